"""From a model folder to the object that uses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from qkv.attention import Linear
from qkv.data.tokenizer import EOS, Tokenizer
from qkv.errors import ConfigError, FolderError
from qkv.files import named_folders
from qkv.machine import Machine
from qkv.models import EncoderDecoder
from qkv.models.config import ModelConfig, is_own
from qkv.models.ensemble import ensemble
from qkv.models.folder import WEIGHTS, load_model, read_config
from qkv.models.own_score import trust as trust_score
from qkv.pipeline.alignment_heads import load_heads
from qkv.pipeline.captioner import Captioner
from qkv.pipeline.translator import Translator

__all__ = [
    "load",
    "load_captioner",
    "load_translator",
    "save_tokenizers",
    "tokenizer_paths",
    "translate",
]


_LARGE = 1 << 18  # weights of a layer from which its products are faster in bfloat16


def load(
    folder: str | Path | Sequence[str | Path],
    *,
    device: str = "cpu",
    dtype: str = "float32",
    step: int | None = None,
    trust: bool = False,
) -> Translator | Captioner:
    """What `qkv train --out FOLDER` wrote: a `Translator`, or a `Captioner` if it saw pictures.

    Of several folders, or their names with commas between them, it is an ensemble: a `Translator`
    that takes the mean of what its models say a next word's probability is. They must have been
    trained with the same tokenizers. Attention, and heads for alignments, are those of the first.

    Args:
        device: auto, cpu, cuda, cuda:1 or mps. dtype: of the products, see `DTYPES`.
        step: of training, as it was validated then; kept by `--keep-checkpoints`.
        trust: let the code of the model's own score run, if it has one, now and later.
    Raises:
        FolderError: a file is missing, truncated or does not fit the others; or the source of the
            model's own score has changed.
        ScoreNotTrusted: the model has a score of its own that nobody has trusted here.
        ConfigError: no such device or dtype here.
    """
    parts, machine = named_folders(folder), Machine.named(device, dtype)
    loaded = [_loaded(part, machine, step, trust) for part in parts]
    return loaded[0] if len(loaded) == 1 else _ensemble(parts, loaded)


def _loaded(
    folder: Path, machine: Machine, step: int | None, trust: bool
) -> Translator | Captioner:
    config = read_config(folder)
    if trust and is_own(config.attention):
        trust_score(config.score_sha256)
    source, target = _tokenizers(folder, config)
    model, _ = load_model(folder, machine.device, step)  # last: it is the largest
    machine = _narrowed(model, machine)
    if config.vision:
        return Captioner(model, target, config, machine)
    _check_dtype(model, machine)
    longest, sentences = config.source_length, config.source_sentences
    heads = load_heads(folder)
    return Translator(model, source, target, machine, longest, sentences, heads)


def load_translator(
    folder: str | Path | Sequence[str | Path], *, device: str = "cpu", dtype: str = "float32"
) -> Translator:
    """The same where only a translator will do.

    Raises:
        FolderError, ConfigError: as `load`, or the model captions pictures.
    """
    for part in named_folders(folder):
        if read_config(part).vision:
            raise ConfigError(f"{part}: this model captions pictures; it cannot translate text.")
    return cast("Translator", load(folder, device=device, dtype=dtype))


def _ensemble(folders: Sequence[Path], loaded: Sequence[Translator | Captioner]) -> Translator:
    """The translators of these folders as one."""
    if not loaded:
        raise ConfigError("load(): no folder is given.")
    for folder, one in zip(folders, loaded, strict=True):
        if isinstance(one, Captioner):
            raise ConfigError(f"{folder}: this model captions pictures; ensembles translate text.")
    first, *others = parts = cast("Sequence[Translator]", loaded)
    for folder, other in zip(folders[1:], others, strict=True):
        for side in ("source_tokenizer", "target_tokenizer"):
            if getattr(other, side).to_json() != getattr(first, side).to_json():
                raise ConfigError(
                    f"{folder}: its {side.replace('_', ' ')} is not that of {folders[0]}; the "
                    "models of an ensemble must have been trained with the same tokenizers."
                )
    return Translator(
        ensemble([one.model for one in parts]),
        first.source_tokenizer,
        first.target_tokenizer,
        first.machine,
        min((one.longest for one in parts if one.longest), default=0),
        min((one.sentences for one in parts if one.sentences is not None), default=None),
        first.alignment_heads,
    )


def translate(text: str, *, model: str | Path, **settings: Any) -> str:
    """One text by the model in a folder, which is read once and kept until it changes.

        qkv.translate("我喜欢咖啡", model="runs/zh-en", beam=1)

    model: a folder, or an ensemble's, see `load`.

    settings: of `Translator.translate`.

    Raises:
        FolderError, ConfigError, DataError: as `load_translator` and `Translator.translate`.
    """
    folders = tuple(folder.absolute() for folder in named_folders(model))
    weights = (folder / WEIGHTS for folder in folders)
    changed = tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in weights)
    return _kept(folders, changed).translate([text], **settings)[0].text


@lru_cache(maxsize=4)
def _kept(folders: tuple[Path, ...], changed: tuple[int, ...]) -> Translator:
    return load_translator(folders)


def load_captioner(folder: str | Path, *, device: str = "cpu", dtype: str = "float32") -> Captioner:
    """The same where only a captioner will do.

    Raises:
        FolderError, ConfigError: as `load`, or the model translates text.
    """
    if not read_config(Path(folder)).vision:
        raise ConfigError(f"{folder}: this model translates text; it cannot see pictures.")
    return cast("Captioner", load(folder, device=device, dtype=dtype))


def _narrowed(model: EncoderDecoder, machine: Machine) -> Machine:
    """On the CPU, what computes a model whose large layers are in bfloat16, and nothing else.

    Autocast would lower all numbers of a step, and raise them again, which takes longer than the
    products; and small products are not faster in bfloat16.
    """
    if not machine.on_cpu or machine.dtype != "bfloat16":
        return machine
    for module in model.modules():
        if isinstance(module, Linear) and module.weight.numel() >= _LARGE:
            for name, tensor in list(module.named_parameters(recurse=False)):
                narrow = nn.Parameter(tensor.detach().bfloat16(), requires_grad=False)
                setattr(module, name, narrow)
    return replace(machine, dtype="float32")


def _check_dtype(model: EncoderDecoder, machine: Machine) -> None:
    """Refuse a dtype that torch lacks here: on some processors it has no LSTM in 16 bits."""
    if machine.dtype == "float32":
        return
    word = machine.place(torch.full((1, 1), EOS))
    try:
        with torch.inference_mode(), machine.autocast():
            model.encode(word, word == EOS)
    except RuntimeError as error:
        raise ConfigError(
            f"dtype {machine.dtype}: torch cannot run this model in it on {machine.device} here "
            f"({str(error).partition('.')[0]}); use float32."
        ) from None


def _tokenizers(folder: Path, config: ModelConfig) -> tuple[Tokenizer, Tokenizer]:
    expected = config.source_vocabulary, config.target_vocabulary
    paths = tokenizer_paths(folder, config.joint)
    target = Tokenizer.load(paths[1], expected[1])
    source = target if config.joint else Tokenizer.load(paths[0], expected[0])
    sizes = source.vocabulary_size, target.vocabulary_size
    if sizes != expected:
        raise FolderError(
            f"{folder}: its tokenizers have {sizes[0]} and {sizes[1]} tokens, its config.json says "
            f"{expected[0]} and {expected[1]}. Copy the whole folder."
        )
    return source, target


def save_tokenizers(folder: Path, tokenizers: tuple[Tokenizer, Tokenizer]) -> tuple[Path, Path]:
    """Write the source's and the target's, once if they are one; returns where they are."""
    paths = tokenizer_paths(folder, tokenizers[0] is tokenizers[1])
    for path, tokenizer in zip(paths, tokenizers, strict=True):
        tokenizer.save(path)
    return paths


def tokenizer_paths(folder: Path, joint: bool) -> tuple[Path, Path]:
    """Where a folder keeps the source's and the target's tokenizer: one file where it is joint."""
    if joint:
        return folder / "tokenizer.json", folder / "tokenizer.json"
    return folder / "source.tokenizer.json", folder / "target.tokenizer.json"
