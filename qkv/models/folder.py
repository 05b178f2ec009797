"""A model is a folder: config.json and model.safetensors, beside its tokenizers and its README."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from qkv.errors import ConfigError, FolderError
from qkv.files import write_atomically
from qkv.models.build import build
from qkv.models.config import ADDED, ModelConfig
from qkv.models.encoder_decoder import EncoderDecoder

__all__ = ["load_model", "load_tensors", "load_weights", "save_model", "save_tensors"]

CONFIG, WEIGHTS = "config.json", "model.safetensors"


def save_model(folder: Path, config: ModelConfig, weights: dict[str, Tensor]) -> None:
    """Write config and weights, each whole or not at all."""
    text = json.dumps(asdict(config), indent=2) + "\n"
    write_atomically(folder / CONFIG, lambda path: path.write_text(text, encoding="utf-8"))
    save_tensors(folder / WEIGHTS, weights)


def load_model(folder: Path, device: str = "cpu") -> tuple[EncoderDecoder, ModelConfig]:
    """The model of a folder on a device, in evaluation mode.

    Raises:
        FolderError: a file is missing, truncated or does not fit the others.
    """
    config = _read_config(folder / CONFIG)
    try:
        with torch.random.fork_rng(devices=[]):  # building draws numbers; loading must not
            model = build(config)
    except ConfigError as error:
        raise FolderError(f"{folder / CONFIG}: {error}") from None
    tensors, _ = load_tensors(folder / WEIGHTS, device)
    load_weights(model.to(device), tensors, folder / WEIGHTS)
    return model.eval(), config


def load_weights(model: EncoderDecoder, tensors: dict[str, Tensor], path: Path) -> None:
    """Copy `tensors`, read from `path`, into the model's parameters; all of them, no others."""
    parameters = dict(model.named_parameters())
    if parameters.keys() != tensors.keys():
        odd = sorted(parameters.keys() ^ tensors.keys())
        raise FolderError(
            f"{path}: its tensors are not those of {CONFIG}, first difference {odd[0]!r}. "
            "Copy both files from the same model."
        )
    for name, parameter in parameters.items():
        if parameter.shape != tensors[name].shape:
            raise FolderError(
                f"{path}: {name} has shape {tuple(tensors[name].shape)}, {CONFIG} says "
                f"{tuple(parameter.shape)}. Copy both files from the same model."
            )
        if not tensors[name].isfinite().all():
            raise FolderError(f"{path}: {name} holds nan or inf; train the model again.")
        parameter.data.copy_(tensors[name])


def save_tensors(
    path: Path, tensors: dict[str, Tensor], notes: dict[str, Any] | None = None
) -> None:
    """Tensors, and notes as JSON in the header, in one safetensors file."""
    metadata = {"notes": json.dumps(notes)} if notes is not None else None
    whole = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    data = save(whole, metadata)
    write_atomically(path, lambda temporary: temporary.write_bytes(data))


def load_tensors(path: Path, device: str = "cpu") -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What `save_tensors` wrote, on a device.

    Raises:
        FolderError: the file is missing or not whole.
    """
    if not path.is_file():
        raise FolderError(f"{path}: no such file; a model folder holds {CONFIG} and {WEIGHTS}.")
    try:
        with safe_open(path, "pt", device=device) as file:
            notes = json.loads((file.metadata() or {}).get("notes", "{}"))
            return {name: file.get_tensor(name) for name in file.keys()}, notes  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise FolderError(f"{path}: broken or truncated ({error}); copy it again.") from None


def _read_config(path: Path) -> ModelConfig:
    if not path.is_file():
        raise FolderError(
            f"{path}: no such file; a model folder holds {CONFIG} and {WEIGHTS}, as `qkv train` "
            "writes them when it ends."
        )
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: not readable as JSON ({error}); copy it again.") from None
    known = {field.name for field in fields(ModelConfig)}
    if not isinstance(settings, dict) or not known - {*ADDED} <= settings.keys() <= known:
        odd = sorted(known ^ set(settings)) if isinstance(settings, dict) else ["not an object"]
        odd = [name for name in odd if name not in ADDED]
        raise FolderError(f"{path}: settings are not this version's, first difference {odd[0]!r}.")
    try:
        return ModelConfig(**settings)
    except ConfigError as error:
        raise FolderError(f"{path}: {error}") from None
