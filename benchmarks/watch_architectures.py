"""Is what `watch` shows what the model computed? Every architecture of transformers, small.

    python benchmarks/watch_architectures.py [NAME ...] > table.md

Each is built from its own configuration with small numbers put in, once on sdpa and once eager, of
the same random weights, and run once with padding. The weights that were seen must be the eager
ones: within 1e-5, on queries that may attend to something. An architecture that needs more than
small numbers is left out, and counted.

true: all weights that eager has were seen. unseen: said to be unseen. wrong: others were shown.
missed: neither seen nor said. No attentions: eager itself has none to compare with.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

os.environ["TRANSFORMERS_VERBOSITY"] = "critical"
import torch
import transformers
from torch import Tensor, nn
from transformers.models.auto import modeling_auto

import qkv

NEAR = 1e-5
LARGEST = 30_000_000  # parameters
SMALL: dict[str, Any] = {
    **dict.fromkeys(("vocab_size", "text_vocab_size"), 120),
    **dict.fromkeys(("hidden_size", "d_model", "n_embd", "embed_dim", "dim", "model_dim"), 32),
    **dict.fromkeys(("word_embed_proj_dim", "embedding_size", "emb_dim", "projection_dim"), 32),
    **dict.fromkeys(("encoder_hidden_size", "decoder_hidden_size", "conv_bias_dim"), 32),
    **dict.fromkeys(
        ("num_hidden_layers", "num_layers", "n_layer", "n_layers", "encoder_layers",
         "decoder_layers", "num_encoder_layers", "num_decoder_layers", "depth"), 2,
    ),
    **dict.fromkeys(
        ("num_attention_heads", "num_heads", "n_head", "n_heads", "encoder_attention_heads",
         "decoder_attention_heads", "num_encoder_attention_heads", "num_decoder_attention_heads"),
        4,
    ),
    **dict.fromkeys(("num_key_value_heads", "num_kv_heads", "n_head_kv"), 2),
    **dict.fromkeys(
        ("intermediate_size", "ffn_dim", "encoder_ffn_dim", "decoder_ffn_dim", "d_ff", "n_inner",
         "ffn_hidden_size", "moe_intermediate_size", "mlp_dim", "d_inner"), 64,
    ),
    **dict.fromkeys(("head_dim", "d_kv", "attention_head_dim", "kv_channels"), 8),
    **dict.fromkeys(("num_experts", "num_local_experts", "n_routed_experts"), 4),
    **dict.fromkeys(("num_experts_per_tok", "moe_topk", "num_selected_experts"), 2),
    **dict.fromkeys(("bos_token_id", "decoder_start_token_id"), 1),
    "eos_token_id": 2,
    "pad_token_id": 0,
    "image_size": 32,
    "patch_size": 8,
    "sliding_window": 4,
    "attention_dropout": 0.0,
    "num_mel_bins": 16,
    "max_source_positions": 24,
    "max_target_positions": 64,
    "layerdrop": 0.0,
}  # fmt: skip


@dataclasses.dataclass
class Outcome:
    name: str
    verdict: str
    calls: int = 0
    largest: float = 0.0
    note: str = ""


def main() -> None:
    """Print a table of all architectures, or of those named, and how many had which outcome."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    names = sys.argv[1:] or sorted(modeling_auto.MODEL_MAPPING_NAMES)
    print("| architecture | outcome | calls | largest difference | |\n|---|---|---|---|---|")
    found = []
    for name in names:
        outcome = tried(name)
        found.append(outcome)
        if outcome.verdict != "left out":
            difference = f"{outcome.largest:.1e}" if outcome.calls else ""
            line = (
                f"| {name} | {outcome.verdict} | {outcome.calls} | {difference} | {outcome.note} |"
            )
            print(line, flush=True)
        else:
            print(name, "left out:", outcome.note, file=sys.stderr, flush=True)
    counts = Counter(outcome.verdict for outcome in found)
    print("\n" + ", ".join(f"{verdict}: {n}" for verdict, n in counts.most_common()))
    sys.exit(1 if counts["wrong"] or counts["missed"] else 0)


def tried(name: str) -> Outcome:
    """Build, run and compare one architecture."""
    try:
        fused, eager = twins(name)
        inputs = inputs_of(eager)
        with torch.no_grad():
            output = seeded(eager, inputs | {"output_attentions": True})
            expected = seeded(fused, inputs)
    except Exception as error:  # noqa: BLE001 - whatever a small configuration breaks
        return Outcome(name, "left out", note=f"{type(error).__name__}: {error}"[:150])
    truth = list(attentions(output))
    with torch.no_grad(), qkv.watch(fused) as seen:
        again = seeded(fused, inputs)
    outcome = compared(name, fused, truth, seen)
    if not same(expected, again):
        outcome.verdict, outcome.note = "wrong", "another output while watched"
    return outcome


def seeded(model: nn.Module, inputs: dict[str, Any]) -> Any:
    torch.manual_seed(1)  # some models draw noise
    return model(**inputs)


def compared(name: str, model: nn.Module, truth: list[Tensor], seen: Any) -> Outcome:
    left, largest, strange = set(range(len(truth))), 0.0, []
    for record in seen:
        weights = record.weights.dense(limit_bytes=1 << 33)
        apart = [(away(weights, t), n) for n, t in enumerate(truth) if t.numel() == weights.numel()]
        best = min(apart, default=(0.0, -1))[0]
        left -= {index for each, index in apart if each <= NEAR}
        largest = max(largest, best)
        if best > NEAR:
            strange.append(f"{record.name} is {best:.1e} away")
    way = getattr(model.config, "_attn_implementation", "")
    if strange:
        return Outcome(name, "wrong", len(seen), largest, strange[0])
    if left and seen.unseen:
        return Outcome(name, "unseen", len(seen), largest, f"{way}; {seen.unseen[0].reason}")
    if left:
        return Outcome(name, "missed", len(seen), largest, f"{way}; {len(left)} of {len(truth)}")
    return Outcome(name, "true" if truth else "no attentions", len(seen), largest)


def away(found: Tensor, truth: Tensor) -> float:
    """The largest difference; some fold heads into the batch, or give each head their mean."""
    if not found.numel():
        return 0.0
    truth = truth.reshape(found.shape)
    attends = found.sum(-1, keepdim=True) > 0.5
    if (
        found.dim() > 3
        and found.shape[-3] > 1
        and torch.equal(truth[:, :1].expand_as(truth), truth)
    ):
        found = found.mean(-3, keepdim=True).expand_as(found)
    return float(((found - truth).abs() * attends).max())


def twins(name: str) -> tuple[nn.Module, nn.Module]:
    """On sdpa, where the architecture has it, and eager, of the same weights."""
    config = small(transformers.CONFIG_MAPPING[name])
    known = modeling_auto.MODEL_MAPPING_NAMES[name]
    kind = getattr(transformers, known if isinstance(known, str) else known[0])
    with torch.device("meta"):
        size = sum(p.numel() for p in kind._from_config(copy.deepcopy(config)).parameters())
    if size > LARGEST:
        raise ValueError(f"{size:,} parameters")
    torch.manual_seed(0)
    eager = kind._from_config(copy.deepcopy(config), attn_implementation="eager").eval()
    try:
        fused = kind._from_config(copy.deepcopy(config), attn_implementation="sdpa").eval()
    except ValueError:  # this architecture has no sdpa
        fused = kind._from_config(copy.deepcopy(config)).eval()
    fused.load_state_dict(eager.state_dict())
    return fused, eager


def small(kind: type) -> Any:
    """A configuration with small numbers wherever its own has a number of that name."""
    plain = kind()
    own = {
        name: n for name, n in SMALL.items() if isinstance(getattr(plain, name, None), int | float)
    }
    for name in getattr(kind, "sub_configs", {}):
        if isinstance(getattr(plain, name, None), transformers.PretrainedConfig):
            part = type(getattr(plain, name))
            own[name] = small(part).to_dict() if part is not transformers.AutoConfig else None
    return kind(**{name: value for name, value in own.items() if value is not None})


def inputs_of(model: Any) -> dict[str, Tensor]:
    """What the model's main input wants: words with padding, an image, or sound."""
    words = torch.randint(3, 100, (2, 9), generator=torch.Generator().manual_seed(1))
    present = (torch.arange(9) < torch.tensor([[9], [6]])).long()
    main, config = model.main_input_name, model.config
    parameters = inspect.signature(model.forward).parameters
    found: dict[str, Tensor] = {}
    if main == "input_ids" or "input_ids" in parameters:
        found |= {"input_ids": words}
        if "attention_mask" in parameters:
            found |= {"attention_mask": present}
    if main == "pixel_values" or "pixel_values" in parameters:
        vision = getattr(config, "vision_config", config)
        size = getattr(vision, "image_size", 32)
        height, width = (size, size) if isinstance(size, int) else size
        channels = getattr(vision, "num_channels", 3)
        found |= {"pixel_values": torch.randn(2, channels, height, width)}
    if main == "input_values":
        found |= {"input_values": torch.randn(2, 4000)}
    if main == "input_features":
        bins = getattr(config, "num_mel_bins", getattr(config, "feature_size", 80))
        found |= {
            "input_features": torch.randn(2, bins, 2 * getattr(config, "max_source_positions", 24))
        }
    if config.is_encoder_decoder:
        found |= {"decoder_input_ids": words[:, :5]}
    return found


def attentions(output: Any) -> Iterator[Tensor]:
    """All (B, H, Tq, Tk) under names that end in attentions, of parts of the output too."""
    for name, value in output.items() if hasattr(output, "items") else ():
        if name.endswith("attentions") and value is not None:
            values = value if isinstance(value, tuple | list) else [value]
            yield from (x for x in values if isinstance(x, Tensor))
        elif hasattr(value, "items"):
            yield from attentions(value)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor):
        return torch.equal(one, other) or bool(torch.isnan(one).any())
    if hasattr(one, "items"):
        return all(same(one[name], other[name]) for name in one if isinstance(one[name], Tensor))
    return True


if __name__ == "__main__":
    main()
