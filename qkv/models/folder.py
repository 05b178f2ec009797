"""A model is a folder: config.json and model.safetensors, beside its tokenizers and its README.

The weights' file keeps the SHA-256 of its tensors and of the files beside it, so that damage and
parts of another model are found on loading. Files of qkv 0.1.0 have none and are taken as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor
from torch.overrides import TorchFunctionMode

from qkv.errors import ConfigError, FolderError
from qkv.files import read_json, write_atomically
from qkv.models.build import build, check_filled_in
from qkv.models.config import ADDED, ModelConfig
from qkv.models.encoder_decoder import EncoderDecoder

__all__ = [
    "WEIGHTS",
    "checksum",
    "kept_weights",
    "load_model",
    "load_tensors",
    "load_weights",
    "read_config",
    "save_model",
    "save_tensors",
    "validated_steps",
    "validated_weights",
]

CONFIG, WEIGHTS = "config.json", "model.safetensors"
BESIDE = (CONFIG, "tokenizer.json", "source.tokenizer.json", "target.tokenizer.json")
CHECKSUMS = "sha256"  # among the notes: by the file's name, and of the tensors by this
TENSORS = "tensors"

CONFIG_BYTES, HEADER_BYTES = 64 * 1024, 4 * 1024**2  # many times those of the largest model
LARGEST = 1e6  # Weights end far below; from here on, products leave the range of float32.


def save_model(folder: Path, config: ModelConfig, weights: dict[str, Tensor]) -> None:
    """Write config and weights, each whole or not at all; the tokenizers are there already."""
    text = json.dumps(asdict(config), indent=2) + "\n"
    write_atomically(folder / CONFIG, lambda path: path.write_text(text, encoding="utf-8"))
    _save(folder / WEIGHTS, weights, {}, _checksums(folder))


def load_model(
    folder: Path, device: str = "cpu", step: int | None = None
) -> tuple[EncoderDecoder, ModelConfig]:
    """The model of a folder on a device, in evaluation mode.

    Nothing is allocated by what the config says before the weights have been found to fit it.

    Args:
        step: of training, whose weights to take, see `validated_steps`; None: the model's own.
    Raises:
        FolderError: a file is missing, damaged or does not fit the others; or no weights of this
            step are kept.
    """
    config = read_config(folder)
    path = folder / WEIGHTS if step is None else kept_weights(folder, step)
    tensors, _, checksums = _opened(path, HEADER_BYTES)
    with torch.device("meta"):
        _check_fit(_built(config, folder), tensors, path)
    _check_beside(folder, checksums)
    _check_undamaged(path, tensors, checksums)
    model = _built(config, folder).to(device)
    load_weights(model, tensors, path)
    return model.eval(), config


def read_config(folder: Path) -> ModelConfig:
    """The settings of a folder's model.

    Raises:
        FolderError: config.json is missing or broken, or has another version's settings.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise FolderError(
            f"{path}: no such file; a model folder holds {CONFIG} and {WEIGHTS}, as `qkv train` "
            "writes them from its first checkpoint on."
        )
    try:
        settings = read_json(path, CONFIG_BYTES)
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: not readable as JSON ({error}); copy it again.") from None
    known = {field.name for field in fields(ModelConfig)}
    if not isinstance(settings, dict) or not known - {*ADDED} <= settings.keys() <= known:
        odd = sorted(known ^ set(settings)) if isinstance(settings, dict) else ["not an object"]
        odd = [name for name in odd if name not in ADDED]
        raise FolderError(f"{path}: settings are not this version's, first difference {odd[0]!r}.")
    try:
        config = ModelConfig(**settings)
        check_filled_in(config)
    except ConfigError as error:
        raise FolderError(f"{path}: {error}") from None
    _check_size(config, folder / WEIGHTS)
    return config


def validated_weights(folder: Path, step: int) -> Path:
    """Where a run keeps the weights that it validated at a step."""
    return folder / "run" / f"weights-{step:08d}.safetensors"


def validated_steps(folder: Path) -> list[int]:
    """The steps of training whose weights are kept: with `keep_checkpoints` of all validations."""
    paths = validated_weights(folder, 0).parent.glob("weights-*.safetensors")
    numbers = (path.stem.removeprefix("weights-") for path in paths)
    return sorted(int(number) for number in numbers if number.isdecimal())


def load_weights(model: EncoderDecoder, tensors: dict[str, Tensor], path: Path) -> None:
    """Copy `tensors`, read from `path`, into the model's parameters; all of them, no others."""
    _check_fit(model, tensors, path)
    _check_numbers(tensors, path)
    for name, parameter in model.named_parameters():
        parameter.data.copy_(tensors[name])


def save_tensors(
    path: Path, tensors: dict[str, Tensor], notes: dict[str, Any] | None = None
) -> None:
    """Tensors, and notes as JSON in the header, in one safetensors file."""
    _save(path, tensors, notes or {}, {})


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What `save_tensors` wrote.

    Raises:
        FolderError: the file is missing or damaged.
    """
    tensors, notes, checksums = _opened(path)
    _check_undamaged(path, tensors, checksums)
    return tensors, notes


def _save(
    path: Path, tensors: dict[str, Tensor], notes: dict[str, Any], beside: dict[str, str]
) -> None:
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    notes = notes | {CHECKSUMS: {TENSORS: checksum(whole), **beside}}
    data = save(whole, {"notes": json.dumps(notes)})  # one key: several have a random order
    write_atomically(path, lambda temporary: temporary.write_bytes(data))


def _opened(
    path: Path, most: int | None = None
) -> tuple[dict[str, Tensor], dict[str, Any], dict[str, str]]:
    """A file's tensors, whose numbers are not read before they are used, notes and checksums.

    most: bytes that its header may have.
    """
    _check_there(path)
    try:
        with path.open("rb") as start:
            header = int.from_bytes(start.read(8), "little")
        if most is not None and header > most:
            raise ValueError(f"a header of {header:,} bytes")
        with safe_open(path, "pt") as file:
            notes = json.loads((file.metadata() or {}).get("notes", "{}"))
            checksums = dict(notes.pop(CHECKSUMS, {}))
            names = file.keys()
            return {name: file.get_tensor(name) for name in names}, notes, checksums
    except RecursionError:
        why = "notes nested too deeply"
    except (AttributeError, TypeError):
        why = "notes that are not qkv's"
    except (SafetensorError, OSError, ValueError) as error:
        why = str(error)
    raise FolderError(f"{path}: broken or truncated ({why}); copy it again.")


def kept_weights(folder: Path, step: int) -> Path:
    """The weights that a run validated at a step.

    Raises:
        FolderError: it keeps none of this step.
    """
    path = validated_weights(folder, step)
    if path.is_file():
        return path
    steps = ", ".join(map(str, validated_steps(folder)))
    raise FolderError(
        f"{folder}: no weights of step {step} are kept"
        + (f"; there are those of steps {steps}." if steps else "; train with --keep-checkpoints.")
    )


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise FolderError(f"{path}: no such file; a model folder holds {CONFIG} and {WEIGHTS}.")


def _check_size(config: ModelConfig, path: Path) -> None:
    """Before anything is made by the config: can the weights be of such sizes?"""
    _check_there(path)
    tokens = max(config.source_vocabulary, config.target_vocabulary)
    size = path.stat().st_size
    if max(tokens * config.embedding, config.region_width, config.grid**2) > size:
        raise FolderError(
            f"{path}: broken or truncated ({size:,} bytes are too few for the sizes in {CONFIG}); "
            "copy both files again."
        )


def _built(config: ModelConfig, folder: Path) -> EncoderDecoder:
    """The model before it gets its numbers."""
    try:
        with _Unfilled(), torch.random.fork_rng(devices=[]):  # loading must not draw
            return build(config)
    except ConfigError as error:
        raise FolderError(f"{folder / CONFIG}: {error}") from None


class _Unfilled(TorchFunctionMode):
    """What begins as random numbers begins as whatever memory holds, or as nothing on "meta".

    There `normal_` would load half of torch's Python first.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if func.__name__ in ("normal_", "uniform_", "kaiming_uniform_"):
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


def _check_fit(model: EncoderDecoder, tensors: dict[str, Tensor], path: Path) -> None:
    """Are these the model's parameters by name, shape and kind? Their numbers are not read."""
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
        if parameter.dtype != tensors[name].dtype:
            raise FolderError(
                f"{path}: {name} is of {tensors[name].dtype}, which qkv does not write; copy it "
                "again."
            )


def _check_numbers(tensors: dict[str, Tensor], path: Path) -> None:
    for name, tensor in tensors.items():
        low, high = tensor.aminmax()
        if not (low >= -LARGEST and high <= LARGEST):  # nan is neither
            finite = low.isfinite() and high.isfinite()
            holds = f"numbers beyond ±{LARGEST:,.0f}" if finite else "nan or inf"
            raise FolderError(f"{path}: {name} holds {holds}; train the model again.")


def _check_undamaged(path: Path, tensors: dict[str, Tensor], checksums: dict[str, str]) -> None:
    if TENSORS in checksums and checksums[TENSORS] != checksum(tensors):
        raise FolderError(f"{path}: damaged, its numbers are not those saved; copy it again.")


def _check_beside(folder: Path, checksums: dict[str, str]) -> None:
    for name, checksum in _checksums(folder).items():
        if checksums.get(name, checksum) != checksum:
            raise FolderError(
                f"{folder / name}: damaged, or not of the same model as {WEIGHTS}; copy the whole "
                "folder again."
            )


def checksum(tensors: dict[str, Tensor]) -> str:
    """SHA-256 of tensors on the CPU with their names, dtypes and shapes."""
    digest = sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"\n{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.detach().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _checksums(folder: Path) -> dict[str, str]:
    """Of the files beside the weights; whether lines end as on Windows is no difference."""
    texts = {name: (folder / name).read_bytes() for name in BESIDE if (folder / name).is_file()}
    return {name: sha256(text.replace(b"\r\n", b"\n")).hexdigest() for name, text in texts.items()}
