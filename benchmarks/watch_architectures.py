"""Is what `watch` shows what the model computed? Every architecture of transformers, small.

    python benchmarks/watch_architectures.py [NAME ...] > table.md

Each is built from its own configuration with small numbers put in, of the same random weights on
sdpa, with qkv.hf's attention and eager, and run with padding; decoders also generate, with a cache
and two beams. The weights that were seen must be the eager ones: within 1e-5, on queries that may
attend to something. An architecture that needs more than small numbers is left out, and counted; a
dash stands where it does not generate, or does not take another attention.

true: all weights that eager has were seen. unseen: said to be unseen. wrong: others were shown.
missed: neither seen nor said. none: eager itself has none to compare with.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

os.environ["TRANSFORMERS_VERBOSITY"] = "critical"
import torch
import transformers
from torch import Tensor, nn
from transformers.models.auto import modeling_auto

import qkv
import qkv.hf

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
    verdict: str
    calls: int = 0
    largest: float = 0.0
    note: str = ""


WAYS = ("sdpa", "generation", "qkv")


def main() -> None:
    """Print a table of all architectures, or of those named, and how many had which outcome."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    names = sys.argv[1:] or sorted(modeling_auto.MODEL_MAPPING_NAMES)
    print("| architecture | sdpa | generation | qkv | calls | largest difference | |")
    print("|---|---|---|---|---|---|---|")
    counts: dict[str, Counter[str]] = {way: Counter() for way in WAYS}
    for name in names:
        found = {"sdpa": tried(name, "sdpa", run_once)}
        if found["sdpa"].verdict == "left out":
            print(name, "left out:", found["sdpa"].note, file=sys.stderr, flush=True)
        else:
            found["generation"] = tried(name, "sdpa", generate)
            found["qkv"] = tried(name, "qkv", run_once)
            print(line(name, found), flush=True)
        for way, outcome in found.items():
            counts[way][outcome.verdict] += 1
    for way in WAYS:
        print(f"\n{way}: " + ", ".join(f"{v} {n}" for v, n in counts[way].most_common()))
    bad = sum(count[verdict] for count in counts.values() for verdict in ("wrong", "missed"))
    sys.exit(1 if bad else 0)


def line(name: str, found: dict[str, Outcome]) -> str:
    verdicts = ["–" if o.verdict == "left out" else o.verdict for o in found.values()]
    calls = sum(o.calls for o in found.values())
    largest = f"{max(o.largest for o in found.values()):.1e}" if calls else ""
    notes = dict.fromkeys(o.note for o in found.values() if o.note and o.verdict != "left out")
    return f"| {name} | {' | '.join(verdicts)} | {calls} | {largest} | {'; '.join(notes)} |"


def tried(name: str, way: str, run: Callable[..., Any]) -> Outcome:
    """Build, run and compare one architecture."""
    try:
        model, eager = twins(name, way, run is generate)
        inputs = inputs_of(eager)
        with torch.no_grad():
            output = run(eager, inputs, output_attentions=True)
            expected = run(model, inputs)
    except Exception as error:  # noqa: BLE001 - whatever a small configuration breaks
        return Outcome("left out", note=f"{type(error).__name__}: {error}"[:150])
    with torch.no_grad(), qkv.watch(model) as seen:
        again = run(model, inputs)
    outcome = compared(model, list(attentions(output)), seen)
    if not same(expected, again):
        outcome.verdict, outcome.note = "wrong", "another output while watched"
    return outcome


def run_once(model: nn.Module, inputs: dict[str, Any], **more: Any) -> Any:
    torch.manual_seed(1)  # some models draw noise
    return model(**inputs, **more)


def generate(model: Any, inputs: dict[str, Any], **more: Any) -> Any:
    torch.manual_seed(1)
    given = {name: x for name, x in inputs.items() if name != "decoder_input_ids"}
    return model.generate(
        **given, **more, num_beams=2, max_new_tokens=4, min_new_tokens=4, do_sample=False,
        use_cache=True, return_dict_in_generate=True, decoder_start_token_id=1,
    )  # fmt: skip


def compared(model: nn.Module, truth: list[Tensor], seen: Any) -> Outcome:
    left, largest, strange = set(range(len(truth))), 0.0, []
    for record in seen:
        weights = record.weights.dense(limit_bytes=1 << 33)
        apart = [(away(weights, t), n) for n, t in enumerate(truth) if comparable(weights, t)]
        best = min(apart, default=(0.0, -1))[0]
        left -= {index for each, index in apart if each <= NEAR}
        largest = max(largest, best)
        if best > NEAR:
            strange.append(f"{record.name} is {best:.1e} away")
    way = getattr(model.config, "_attn_implementation", "")
    if strange:
        return Outcome("wrong", len(seen), largest, strange[0])
    if left and seen.unseen:
        return Outcome("unseen", len(seen), largest, f"{way}: {seen.unseen[0].reason}")
    if left:
        return Outcome("missed", len(seen), largest, f"{way}: {len(left)} of {len(truth)}")
    return Outcome("true" if truth else "none", len(seen), largest)


def comparable(found: Tensor, truth: Tensor) -> bool:
    """Some return the weights of the best beams alone."""
    fewer = found.shape[1:] == truth.shape[1:] and len(truth) < len(found)
    return fewer or found.numel() == truth.numel()


def away(found: Tensor, truth: Tensor) -> float:
    """The largest difference; some fold heads into the batch, or give each head their mean."""
    if not found.numel():
        return 0.0
    if len(truth) < len(found) and truth.shape[1:] == found.shape[1:]:
        return max(min(away(x, t) for x in found.split(1)) for t in truth.split(1))
    truth = truth.reshape(found.shape)
    attends = found.sum(-1, keepdim=True) > (0.0 if sinks(found, truth) else 0.5)
    if sinks(found, truth):  # its own weights leave out what went into the sinks
        found = found / found.sum(-1, keepdim=True).clamp(min=1e-30)
    if (
        found.dim() > 3
        and found.shape[-3] > 1
        and torch.equal(truth[:, :1].expand_as(truth), truth)
    ):
        found = found.mean(-3, keepdim=True).expand_as(found)
    return float(((found - truth).abs() * attends).max())


def sinks(found: Tensor, truth: Tensor) -> bool:
    """Do rows sum to less than one, though the model's own do not?"""
    return bool((found.sum(-1) < 0.999).any()) and bool((truth.sum(-1) > 0.999).all())


def twins(name: str, way: str, generates: bool) -> tuple[nn.Module, nn.Module]:
    """That way, or on sdpa where the architecture has it, and eager, of the same weights."""
    config = small(transformers.CONFIG_MAPPING[name])
    kind = kind_of(name, generates)
    with torch.device("meta"):
        size = sum(p.numel() for p in kind._from_config(copy.deepcopy(config)).parameters())
    if size > LARGEST:
        raise ValueError(f"{size:,} parameters")
    torch.manual_seed(0)
    eager = kind._from_config(copy.deepcopy(config), attn_implementation="eager").eval()
    try:
        other = kind._from_config(copy.deepcopy(config), attn_implementation=way).eval()
    except ValueError:
        if way != "sdpa":
            raise
        other = kind._from_config(copy.deepcopy(config)).eval()
    other.load_state_dict(eager.state_dict())
    return other, eager


def kind_of(name: str, generates: bool) -> Any:
    """The class of an architecture's models, of those that generate where that is asked for."""
    if not generates:
        known = modeling_auto.MODEL_MAPPING_NAMES[name]
        return getattr(transformers, known if isinstance(known, str) else known[0])
    tables: Any = (
        modeling_auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
        modeling_auto.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES,
        modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    )
    for table in tables:
        if name in table:
            return getattr(transformers, table[name])
    raise ValueError("does not generate")


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
    """All (B, H, Tq, Tk) under names that end in attentions, of steps and parts of the output."""
    for name, value in output.items() if hasattr(output, "items") else ():
        if name.endswith("attentions") and value is not None:
            yield from tensors(value)
        elif hasattr(value, "items"):
            yield from attentions(value)


def tensors(values: Any) -> Iterator[Tensor]:
    if isinstance(values, Tensor):
        yield values
    elif isinstance(values, tuple | list):
        for value in values:
            yield from tensors(value)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor):
        return torch.equal(one, other) or bool(torch.isnan(one).any())
    if hasattr(one, "items"):
        return all(same(one[name], other[name]) for name in one if isinstance(one[name], Tensor))
    return True


if __name__ == "__main__":
    main()
