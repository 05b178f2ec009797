"""A score that a researcher wrote, named package.module:name.

    class Distance(nn.Module):
        def __init__(self, query_width, key_width): ...
        def forward(self, query, key): ...      # (..., Tq, D), (..., Tk, Dk) → (..., Tq, Tk)

or a plain function of query and key. A model's config has its name and the SHA-256 of its module's
file; the code runs where that hash is trusted, from exactly the text that was hashed.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from importlib.machinery import PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import Tensor, nn

from qkv.attention import Score
from qkv.attention.scores import in_its_dtype
from qkv.errors import ConfigError, QkvError, ScoreNotTrusted, ShapeError
from qkv.models.config import ModelConfig

__all__ = ["OwnScore", "Source", "check_own", "is_trusted", "locate", "own_score", "run", "trust"]

_trusted: set[str] = set()  # where nothing can be kept on disk, for this process alone
_modules: dict[tuple[str, str], ModuleType] = {}  # by name, and the hash of their source


@dataclass(frozen=True)
class Source:
    """Where a score's code stands, and its bytes."""

    module: str
    attribute: str
    file: Path
    code: bytes

    @property
    def name(self) -> str:
        return f"{self.module}:{self.attribute}"

    @property
    def sha256(self) -> str:
        """Whether lines end as on Windows is no difference."""
        return sha256(self.code.replace(b"\r\n", b"\n")).hexdigest()


def locate(name: str) -> Source:
    """Find the code of a score on Python's path or in the working directory; none of it is run.

    Raises:
        ConfigError: `name` is no package.module:name, or there is no such module in Python source.
    """
    module, _, attribute = name.partition(":")
    if not all(part.isidentifier() for part in [*module.split("."), attribute]):
        raise ConfigError(f"attention={name}: write a score of your own as package.module:name.")
    importlib.invalidate_caches()
    spec, path = None, _path()
    for part in module.split("."):  # by its own name, for the packages above it are not imported
        spec = PathFinder.find_spec(part, path)
        path = list(spec.submodule_search_locations or ()) if spec else []
    if spec is None:
        raise ConfigError(
            f"attention={name}: no module {module} in {Path.cwd()} or on Python's path; run qkv "
            "where it is, or name its folder in PYTHONPATH."
        )
    file = Path(spec.origin or "")
    if file.suffix != ".py":
        raise ConfigError(f"attention={name}: the module {module} is no file of Python source.")
    try:
        return Source(module, attribute, file, file.read_bytes())
    except OSError as error:
        raise ConfigError(f"attention={name}: {file} cannot be read ({error.strerror}).") from None


def own_score(config: ModelConfig) -> OwnScore:
    """The score that the config names, made for its widths.

    Raises:
        ConfigError, ScoreNotTrusted: see `check_own`; or it cannot be made.
    """
    source = check_own(config)
    return OwnScore(source, _made(source, config.width, config.encoder_width))


def check_own(config: ModelConfig) -> Source:
    """May the code of the config's own score run? Nothing of it is run yet.

    Raises:
        ConfigError: it cannot be found, or its source is not what the config says.
        ScoreNotTrusted: nobody has trusted this code here.
    """
    source = locate(config.attention)
    if source.sha256 != config.score_sha256:
        raise ConfigError(
            f"the source of {source.name}, {source.file}, has changed: its SHA-256 is "
            f"{source.sha256[:12]}…, that of the model's score {config.score_sha256[:12]}…. Bring "
            "the old file back, or train again."
        )
    if not is_trusted(source.sha256):
        raise ScoreNotTrusted(
            f"this model attends by {source.name}, code in {source.file} (SHA-256 "
            f"{source.sha256}) that has not been trusted here yet; read it, then give --trust, or "
            "qkv.load(folder, trust=True)."
        )
    return source


def is_trusted(digest: str) -> bool:
    """Has somebody allowed the code of this SHA-256 to run, here or in the cache's memory?"""
    return digest in _trusted or (_trust_folder() / digest).is_file()


def trust(digest: str) -> None:
    """From now on the code of this SHA-256 may run."""
    _trusted.add(digest)
    with suppress(OSError):
        _trust_folder().mkdir(parents=True, exist_ok=True)
        (_trust_folder() / digest).touch()


class OwnScore(nn.Module):
    """The score, held to its shape; its parameters are the model's."""

    def __init__(self, source: Source, score: Score) -> None:
        super().__init__()
        self.source, self.score = source, score

    def score_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """By the names that the researcher gave them."""
        return ((n.removeprefix("score."), p) for n, p in self.named_parameters())

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        weight = next(self.parameters(), query)
        with in_its_dtype(query, weight):
            scores = run(self.source, "cannot be run", self.score, query, key)
        wanted = (query.shape[-2], key.shape[-2])
        if not isinstance(scores, Tensor) or scores.shape[-2:] != wanted:
            got = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
            raise ShapeError(
                f"{self.source.name} must give scores (..., Tq, Tk) = (..., {wanted[0]}, "
                f"{wanted[1]}) for query {tuple(query.shape)} and key {tuple(key.shape)}; got "
                f"{got}."
            )
        return scores.to(query.dtype)


def _trust_folder() -> Path:
    from qkv.data.features import cache_folder

    return cache_folder() / "trusted-scores"


def _path() -> list[str]:
    """Python's, and the working directory last, which the command `qkv` does not have there."""
    here = str(Path.cwd())
    return sys.path if {"", here} & {*sys.path} else [*sys.path, here]


def _made(source: Source, query_width: int, key_width: int) -> Any:
    """What the name stands for, a class made for these widths."""
    thing: Any = getattr(_module(source), source.attribute, None)
    if thing is None:
        names = [name for name in vars(_module(source)) if not name.startswith("_")]
        close = get_close_matches(source.attribute, names, 1)
        hint = f"; did you mean {close[0]}?" if close else "."
        raise ConfigError(f"{source.file} has no {source.attribute}{hint}")
    if isinstance(thing, nn.Module):
        raise ConfigError(f"{source.name} is a module already made; name its class.")
    if isinstance(thing, type):
        thing = run(source, f"cannot be made with widths {query_width}, {key_width}", thing,
                     query_width, key_width)  # fmt: skip
    if not callable(thing):
        raise ConfigError(
            f"{source.name} is no score: a score is a function of (query, key), or a class made "
            f"with (query_width, key_width) whose objects are; this is {type(thing).__name__}."
        )
    return thing


def _module(source: Source) -> ModuleType:
    """The module of this very source; a compiled file beside it could be of another."""
    kept = source.module, source.sha256
    if kept not in _modules:
        sys.path[:] = _path()
        spec = spec_from_file_location(source.module, source.file)
        assert spec is not None
        module = module_from_spec(spec)
        if parent := source.module.rpartition(".")[0]:
            run(source, "cannot be imported", importlib.import_module, parent)
        run(source, "cannot be imported", _execute, source, module)
        _modules[kept] = module
    return _modules[kept]


def _execute(source: Source, module: ModuleType) -> None:
    """Under its name, which what it makes may look up, unless another has the name already."""
    named = sys.modules.setdefault(source.module, module)
    try:
        exec(compile(source.code, source.file, "exec", dont_inherit=True), vars(module))
    except BaseException:
        if named is module:
            del sys.modules[source.module]
        raise


def run(source: Source, what: str, function: Any, *arguments: Any) -> Any:
    """Somebody's code: whatever it raises is one sentence here."""
    try:
        return function(*arguments)
    except QkvError:
        raise
    except (Exception, SystemExit) as error:
        raise ConfigError(f"{source.name} {what} ({type(error).__name__}: {error}).") from error
