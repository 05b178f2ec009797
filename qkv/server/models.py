"""The models that are served: loaded once, and found by name or by languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from qkv.data.language import language
from qkv.errors import ConfigError
from qkv.export.engine import use
from qkv.files import named_folders
from qkv.models import ModelConfig
from qkv.models.config import attention_heads, language_pair
from qkv.models.folder import read_config
from qkv.pipeline import Captioner, Translator, load
from qkv.pipeline.changes import possible
from qkv.server.languages import AUTO, code_of
from qkv.server.refusal import Refused

__all__ = ["Models", "Served", "folder_and_languages", "load_models"]

ANY = "any language"
SHOWN = 40  # characters of what a client sent, in a sentence about it


@dataclass(frozen=True, eq=False)
class Served:
    """A model with the name that clients call it by.

    languages: source and target, if known. engine: what searches, and why, see `use`.
    """

    name: str
    pipeline: Translator | Captioner
    config: ModelConfig
    languages: tuple[str, str] | None
    engine: str

    @property
    def pair(self) -> str:
        return "-".join(self.languages) if self.languages else "languages unknown"

    @cached_property
    def description(self) -> dict[str, Any]:
        """What `/v1/models` says of it."""
        source, target = self.languages or (None, None)
        return {
            "name": self.name,
            "kind": "captioning" if self.config.vision else "translation",
            "source": source,
            "target": target,
            "architecture": self.config.architecture,
            "attention": self._attention,
            "engine": self.engine,
            "parameters": sum(p.numel() for p in self.pipeline.model.parameters()),
            "layers": attention_heads(self.config),
            "changes": list(possible(self.pipeline)),
        }

    @property
    def _attention(self) -> str:
        return self.config.attention if self.config.architecture == "rnn" else "dot"


class Models:
    """All of them; the first is the first choice wherever several will do."""

    def __init__(self, served: Sequence[Served]) -> None:
        self.served = list(served)

    @property
    def translators(self) -> list[Served]:
        return [each for each in self.served if isinstance(each.pipeline, Translator)]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The languages that can be translated, source and target, each pair once."""
        return list(dict.fromkeys(each.languages for each in self.translators if each.languages))

    def translator(
        self, name: str | None, source: str | None, target: str | None, texts: Sequence[str]
    ) -> Served:
        """The one of this name, or else the first for these languages.

        Args:
            source, target: codes as clients write them; None, or for the source auto: any.
            texts: by which the source is told, where several languages will do.
        Raises:
            Refused: there is none, or several of different languages will do.
        """
        fits = self._named(self.translators, name, "translates")
        source = None if source is None or source.lower() in AUTO else code_of(source)
        target = None if not target else code_of(target)
        if source or target:
            fits = [each for each in fits if _fits(each.languages, source, target)]
        if not fits:
            wanted = " to ".join(_shown(code) if code else ANY for code in (source, target))
            raise Refused(400, f"no model translates {wanted}; there are: {self._all}.")
        if len({each.languages for each in fits}) > 1:
            told, _ = language(texts)
            fits = [each for each in fits if _fits(each.languages, told, None)] or fits
        if len({each.languages for each in fits}) > 1:
            raise Refused(400, f"name the languages or the model; there are: {self._all}.")
        return fits[0]

    def captioner(self, name: str | None) -> Served:
        """The one of this name, or else the first.

        Raises:
            Refused: there is none.
        """
        captioners = [each for each in self.served if isinstance(each.pipeline, Captioner)]
        fits = self._named(captioners, name, "captions pictures")
        if not fits:
            raise Refused(400, f"no model captions pictures; there are: {self._all}.")
        return fits[0]

    def _named(self, of_kind: list[Served], name: str | None, does: str) -> list[Served]:
        if name is None:
            return of_kind
        fits = [each for each in of_kind if each.name == name]
        if not fits:
            raise Refused(404, f"no model {_shown(name)} that {does}; there are: {self._all}.")
        return fits

    @property
    def _all(self) -> str:
        return ", ".join(
            f"{each.name} ({'captions' if each.config.vision else each.pair})"
            for each in self.served
        )


def load_models(
    named: Iterable[tuple[Path, tuple[str, str] | None]], device: str = "cpu", engine: str = "torch"
) -> Models:
    """The models of folders, or ensembles of several, each with its languages if they are named.

    engine: what searches, by name, see `qkv.export.engine.use`.

    Raises:
        ConfigError: two have one name, or one can't be searched with this engine.
        FolderError, ScoreNotTrusted: as `load`. MissingExtra: the engine is not installed.
    """
    served: list[Served] = []
    for folder, languages in named:
        parts = named_folders(folder)
        config = read_config(parts[0])
        if languages is None and config.languages is not None:
            source, target = language_pair(config.languages)
            languages = code_of(source), code_of(target)
        name = ",".join(part.resolve().name for part in parts)
        if name in [each.name for each in served]:
            raise ConfigError(f"{folder}: another model is called {name}; rename one of the two.")
        pipeline = load(folder, device=device)
        try:
            used = use(engine, pipeline)
        except ConfigError as error:
            raise ConfigError(f"{folder}: {error}") from None
        served.append(Served(name, pipeline, config, languages, used))
    for each in served:  # now, not while somebody waits
        if isinstance(each.pipeline, Captioner):
            _ = each.pipeline.vision
    language(["what tells languages apart is read"])
    return Models(served)


def folder_and_languages(argument: str) -> tuple[Path, tuple[str, str] | None]:
    """Of FOLDER, or FOLDER=zh-en."""
    folder, equals, languages = argument.rpartition("=")
    if not equals or Path(argument).exists() or not re.fullmatch("[A-Za-z-]+", languages):
        return Path(argument), None
    return Path(folder), language_pair(languages.lower())


def _fits(languages: tuple[str, str] | None, source: str | None, target: str | None) -> bool:
    if languages is None:
        return False
    return source in (None, languages[0]) and target in (None, languages[1])


def _shown(text: str) -> str:
    """As it can stand in any message."""
    return ascii(text[:SHOWN])
