"""The model that a run goes on from: what it keeps of it, and what suits the new data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from math import sqrt
from pathlib import Path
from types import MappingProxyType
from typing import Any

from qkv.data.tokenizer import Tokenizer
from qkv.errors import ConfigError
from qkv.models import ModelConfig
from qkv.models.folder import checksum, load_model, read_config
from qkv.pipeline.loading import tokenizer_paths
from qkv.training.config import TrainConfig, configs, parse_settings
from qkv.training.material import Data, Material, Tokenizers, paths_of
from qkv.training.mixing import MixedMaterial
from qkv.training.run_folder import Base, RunFolder

__all__ = [
    "base_of",
    "check_kind",
    "configs_from",
    "grown",
    "suited",
    "tokenizers_of",
    "with_old",
]

RATE_EXAMPLES, SEEN, EPOCHS = 1_200, 18_000, (8, 60)
DROPOUT, BATCH_TOKENS, WARMUP_STEPS, VALIDATIONS, EMA = 0.2, 1024, 20, 4, 0.99

FREE = ("dropout", "soft_share", "languages")  # of a model's settings: they have no weights
MOST_OF_DATA = ("source_length", "source_sentences", "caption_length")


def base_of(folder: Path) -> Base:
    """What a run's plan keeps of the model in a folder.

    Raises:
        FolderError: there is none, or it is damaged.
    """
    model, _ = load_model(folder)
    plan = RunFolder(folder).begun_with()
    fingerprint = checksum(dict(model.named_parameters()))
    return Base(str(folder.absolute()), fingerprint, plan.base if plan else None)


def tokenizers_of(folder: Path) -> Tokenizers:
    source, target = tokenizer_paths(folder, read_config(folder).joint)
    learnt = Tokenizer.load(target)
    return (learnt if source == target else Tokenizer.load(source)), learnt


def configs_from(folder: Path, settings: dict[str, Any]) -> tuple[ModelConfig, TrainConfig]:
    """The model's own config, and the run's, of which `suited` is not known yet.

    Raises:
        ConfigError: as `configs`; or a setting is not what the model has.
        FolderError: as `read_config`.
    """
    model, given = read_config(folder), parse_settings(settings)
    own = {**asdict(model), "vocabulary": model.target_vocabulary}
    for name, value in given.items():
        if name in own and name not in FREE and value not in (None, own[name]):
            raise ConfigError(
                f"{name}={value}: the model in {folder} has {name}={own[name]}, and a run that "
                f"goes on from it keeps that; leave {name} out."
            )
    if given.get("units") is not None:
        raise ConfigError("units belong to the vocabulary, which the model keeps; leave units out.")
    of_run = {name: value for name, value in given.items() if name not in own}
    if model.architecture == "rnn":
        of_run["select"] = model.select
    _, train = configs({"architecture": model.architecture, **of_run}, pictures=bool(model.vision))
    return replace(model, **{name: given[name] for name in FREE if name in given}), train


def check_kind(folder: Path, model: ModelConfig, data: Data) -> None:
    """Raises ConfigError for text where the model captions pictures, or pictures elsewhere."""
    if bool(model.vision) != ("images" in data):
        what = "captions pictures; give --images" if model.vision else "translates; give text"
        raise ConfigError(f"the model in {folder} {what}.")


def with_old(data: Data, folder: Path, share: float) -> Data:
    """The data, and what the model in the folder was validated on, if nothing else is named.

    Raises:
        ConfigError: a share of old data that is not there, or old data without a share.
    """
    mixed = any(name.startswith("old_") and "valid" not in name for name in data)
    if mixed != bool(share):
        raise ConfigError("old data is mixed in with --mix FILE=SHARE; give both.")
    if any(name.startswith("old_valid_") for name in data):
        return data
    return data | {f"old_{name}": path for name, path in _validated_on(folder).items()}


def suited(
    model: ModelConfig,
    config: TrainConfig,
    settings: dict[str, Any],
    material: Material,
    of_time: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[ModelConfig, TrainConfig]:
    """With what suits the number of new examples, where no setting says otherwise.

    The peak of the learning rate is a new model's from RATE_EXAMPLES on, and falls with the square
    root of their number below. They are gone through until SEEN have been seen, within EPOCHS.
    docs/training.md has what was measured.
    """
    new = material.new if isinstance(material, MixedMaterial) else material
    examples = len(new.examples)
    rule = {
        "dropout": min(model.dropout, DROPOUT),
        "learning_rate": config.learning_rate * min(1.0, sqrt(examples / RATE_EXAMPLES)),
        "batch_tokens": min(config.batch_tokens, BATCH_TOKENS),
        "epochs": min(max(EPOCHS[0], round(SEEN / examples)), EPOCHS[1]),
        "warmup_steps": WARMUP_STEPS,
        "validations": VALIDATIONS,
        "ema": max(config.ema, EMA),
        **of_time,
    }
    left_open = {name: rule[name] for name in rule.keys() - parse_settings(settings).keys()}
    model = replace(model, dropout=left_open.pop("dropout", model.dropout))
    return model, replace(config, **left_open)


def grown(model: ModelConfig, of_data: dict[str, Any]) -> ModelConfig:
    """The model's config after it has seen this data too.

    Raises:
        ConfigError: its pictures were seen by another vision encoder.
    """
    fingerprint = of_data.get("vision_fingerprint", model.vision_fingerprint)
    if fingerprint != model.vision_fingerprint:
        raise ConfigError(
            f"vision={model.vision}: its weights are not those that the model was trained with."
        )
    mosts = {
        name: max(of_data[name], getattr(model, name)) for name in MOST_OF_DATA & of_data.keys()
    }
    return replace(model, languages=model.languages or of_data.get("languages"), **mosts)


def _validated_on(folder: Path) -> Data:
    """What the model in a folder was validated on, by name; nothing if it is not there any more."""
    run = RunFolder(folder)
    plan = run.begun_with()
    data = plan.data if plan else {}
    paths = {name: path for name, path in data.items() if name.startswith("valid_")}
    if paths and "columns" in data:
        paths["valid_columns"] = data["columns"]
    if not paths and "images" in data:
        paths = {"valid_images": str(run.run / "valid.jsonl")}
    elif not paths:
        paths = {f"valid_{side}": str(run.run / f"valid.{side}") for side in ("source", "target")}
    if not all(Path(path).exists() for files in paths_of(paths).values() for path in files):
        return {}
    return paths | {name: data[name] for name in ("image_root",) if name in data}
