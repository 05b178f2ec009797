"""From a model folder to the object that uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qkv.data.tokenizer import Tokenizer
from qkv.errors import ConfigError, FolderError
from qkv.models.folder import load_model
from qkv.pipeline.captioner import Captioner
from qkv.pipeline.translator import Translator

__all__ = ["load", "load_captioner", "load_translator", "tokenizer_paths"]


def load(folder: str | Path) -> Any:
    """What `qkv train --out FOLDER` wrote: a `Translator`, or a `Captioner` if it saw pictures.

    Raises:
        FolderError: a file is missing, truncated or does not fit the others.
    """
    folder = Path(folder)
    model, config = load_model(folder)
    source, target = (Tokenizer.load(path) for path in tokenizer_paths(folder, config.joint))
    sizes = source.vocabulary_size, target.vocabulary_size
    if sizes != (config.source_vocabulary, config.target_vocabulary):
        raise FolderError(
            f"{folder}: its tokenizers have {sizes[0]} and {sizes[1]} tokens, its config.json says "
            f"{config.source_vocabulary} and {config.target_vocabulary}. Copy the whole folder."
        )
    if config.vision:
        return Captioner(model, target, config)
    return Translator(model, source, target)


def load_translator(folder: str | Path) -> Translator:
    """The same where only a translator will do.

    Raises:
        FolderError: as `load`.
        ConfigError: the model captions pictures.
    """
    found = load(folder)
    if not isinstance(found, Translator):
        raise ConfigError(f"{folder}: captions pictures; it has no sentences to translate.")
    return found


def load_captioner(folder: str | Path) -> Captioner:
    """The same where only a captioner will do.

    Raises:
        FolderError: as `load`.
        ConfigError: the model translates text.
    """
    found = load(folder)
    if not isinstance(found, Captioner):
        raise ConfigError(f"{folder}: translates text; it has no eye for pictures.")
    return found


def tokenizer_paths(folder: Path, joint: bool) -> tuple[Path, Path]:
    """Where a folder keeps the source's and the target's tokenizer: one file where it is joint."""
    if joint:
        return folder / "tokenizer.json", folder / "tokenizer.json"
    return folder / "source.tokenizer.json", folder / "target.tokenizer.json"
