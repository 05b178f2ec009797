"""Attention that `watch` changes, against the same change made by hand in eager code."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention as bound_at_import
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask
from transformers.models.auto import configuration_auto, modeling_auto

import qkv
import qkv.hf
from qkv import Bias, Mask
from qkv.errors import ConfigError, ShapeError
from qkv.inspection import Record
from qkv.models import PLAIN, Attending, ModelConfig, build

NEAR = 1e-5
HEADS = 4
TEXT = torch.randint(3, 90, (2, 7), generator=torch.Generator().manual_seed(1))
PRESENT = torch.ones_like(TEXT)
PRESENT[1, :2] = 0  # padded on the left, as for generation
SIZES: dict[str, Any] = {
    "vocab_size": 90, "hidden_size": 32, "d_model": 32, "n_embd": 32, "num_hidden_layers": 2,
    "num_layers": 2, "num_decoder_layers": 2, "n_layer": 2, "encoder_layers": 2,
    "decoder_layers": 2, "num_attention_heads": HEADS, "num_heads": HEADS, "n_head": HEADS,
    "encoder_attention_heads": HEADS, "decoder_attention_heads": HEADS, "num_key_value_heads": 2,
    "intermediate_size": 64, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "d_ff": 64, "d_kv": 8,
    "head_dim": 8, "max_position_embeddings": 64, "n_positions": 64, "pad_token_id": 0,
    "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1, "forced_eos_token_id": None,
}  # fmt: skip

Hand = Callable[[Tensor, Tensor], Tensor]  # scores (B, H, Tq, Tk), weights → weights


def hidden(scores: Tensor, _: Tensor) -> Tensor:
    scores = scores.clone()
    scores[..., 3] = -torch.inf
    return scores.softmax(-1)


def without_head(_: Tensor, weights: Tensor) -> Tensor:
    weights = weights.clone()
    weights[:, 1] = 0.0
    return weights


def biased(scores: Tensor, _: Tensor) -> Tensor:
    scores = scores.clone()
    scores[:, 2, :, 2] += 3.0
    return scores.softmax(-1)


def pinned(_: Tensor, weights: Tensor) -> Tensor:
    weights = weights.clone()
    weights[:, :, 3:5] = 0.0  # the first queries that see these keys, where they are causal
    weights[:, :, 3:5, 2] = 0.75
    weights[:, :, 3:5, 3] = 0.25
    return weights


def at_key(keys: int, key: int) -> Tensor:
    return torch.arange(keys) == key


def hides(record: Record) -> Attending:
    return PLAIN.hiding(at_key(record.shape[-1], 3), "any")


def adds(record: Record) -> Attending:
    row = 3.0 * at_key(record.shape[-1], 2)
    return PLAIN.biased("any", Bias(row[None, None].expand(1, 1, -1)), heads=[2])


def pins(record: Record) -> Attending:
    weights = 0.75 * at_key(record.shape[-1], 2) + 0.25 * at_key(record.shape[-1], 3)
    return PLAIN.pinned("any", weights.expand(2, -1), rows=[3, 4])


CHANGES: dict[str, tuple[Any, Hand]] = {
    "a key hidden": (hides, hidden),
    "a head off": (PLAIN.without_heads("any", [1]), without_head),
    "a bias": (adds, biased),
    "rows pinned": (pins, pinned),
}


def by_hand(module: Any, q: Tensor, k: Tensor, v: Tensor, mask: Any, **given: Any) -> Any:
    """What transformers' models write as eager attention, with a change in it."""
    k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], 1) for x in (k, v))
    scale = given.get("scaling")
    scores = q @ k.mT * (q.shape[-1] ** -0.5 if scale is None else scale)
    for added in (given.get("position_bias"), mask):
        scores = scores if added is None else scores + added[..., : k.shape[-2]]
    weights = scores.softmax(-1)
    changed = getattr(module, "by_hand", None)
    weights = weights if changed is None else changed(scores, weights)
    return (weights.to(v) @ v).transpose(1, 2).contiguous(), weights


AttentionInterface.register("by_hand", by_hand)
AttentionMaskInterface.register("by_hand", eager_mask)


def model_of(kind: str, way: str) -> Any:
    config = configuration_auto.CONFIG_MAPPING[kind]()
    for name, size in SIZES.items():
        if hasattr(config, name):
            setattr(config, name, size)
    config._attn_implementation = way
    config.decoder_start_token_id = 1
    names = modeling_auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES
    mapping: Any = (
        modeling_auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING
        if kind in names
        else modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING
        if kind in modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and kind != "bert"
        else modeling_auto.MODEL_FOR_MASKED_LM_MAPPING
    )
    torch.manual_seed(0)
    model = mapping[type(config)](config).eval().double()
    with torch.no_grad():  # small random weights would attend evenly
        for weights in model.parameters():
            weights.mul_(5.0 if weights.dim() > 1 else 1.0)
    return model


def inputs_of(model: Any) -> dict[str, Tensor]:
    inputs = {"input_ids": TEXT, "attention_mask": PRESENT}
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = TEXT[:, :5]
    return inputs


def attention_of(model: Any, kind: str) -> str:
    """The name of its last module whose calls are of that kind."""
    with qkv.watch(model) as seen, torch.no_grad():
        model(**inputs_of(model))
    return [record.name for record in seen if record.kind == kind][-1]


ATTENTIONS = [
    ("bert", "self"), ("llama", "causal"), ("gpt2", "causal"), ("bart", "self"),
    ("bart", "causal"), ("bart", "cross"), ("t5", "cross"), ("t5", "causal"), ("marian", "cross"),
]  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(("kind", "attention"), ATTENTIONS)
def test_a_change_is_that_of_eager_code(kind: str, attention: str, name: str) -> None:
    change, hand = CHANGES[name]
    model, twin = model_of(kind, "sdpa"), model_of(kind, "by_hand")
    module = attention_of(model, attention)
    twin.get_submodule(module).by_hand = hand
    with torch.no_grad():
        plain, wanted = model(**inputs_of(model)).logits, twin(**inputs_of(twin)).logits
        with qkv.watch(model, change={module: change}) as seen:
            logits = model(**inputs_of(model)).logits
        after = model(**inputs_of(model)).logits
    visible = PRESENT[:, : logits.shape[1]].bool()
    assert (wanted - plain)[visible].abs().max() > 1e-4
    assert (logits - wanted)[visible].abs().max() < NEAR
    assert torch.equal(after, plain)
    assert [r.name for r in seen if "changed" in r.kernel] == [module]


@pytest.mark.parametrize("name", ["a key hidden", "a head off", "a bias"])
@pytest.mark.parametrize(
    ("kind", "attention"), [("llama", "causal"), ("bart", "cross"), ("t5", "cross")]
)
@pytest.mark.parametrize("beams", [1, 2])
def test_while_a_model_generates(kind: str, attention: str, name: str, beams: int) -> None:
    change, hand = CHANGES[name]
    model, twin = model_of(kind, "sdpa"), model_of(kind, "by_hand")
    module = attention_of(model, attention)
    twin.get_submodule(module).by_hand = hand
    settings: dict[str, Any] = {
        "input_ids": TEXT, "attention_mask": PRESENT, "num_beams": beams, "max_new_tokens": 6,
        "do_sample": False, "output_logits": True, "return_dict_in_generate": True,
    }  # fmt: skip
    with qkv.watch(model, change={module: change}):
        ours: Any = model.generate(**settings)
    theirs: Any = twin.generate(**settings)
    assert torch.equal(ours.sequences, theirs.sequences)
    for one, other in zip(ours.logits, theirs.logits, strict=True):
        assert (one - other).abs().max() < NEAR


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize("grad", [False, True])
def test_multi_head_attention(need_weights: bool, average: bool, batched: bool, grad: bool) -> None:
    torch.manual_seed(0)
    model = nn.MultiheadAttention(16, HEADS, batch_first=True, bias=True).double().eval()
    x = torch.randn(2, 6, 16, dtype=torch.float64)
    x = x if batched else x[0]
    asked = {"need_weights": need_weights, "average_attn_weights": average}
    hide = torch.zeros(6, 6, dtype=torch.bool)
    hide[:, 4] = True
    with torch.set_grad_enabled(grad):
        wanted = model(x, x, x, attn_mask=hide, **asked)
        with qkv.watch(model, change={"": PLAIN.masked("any", Mask(~hide))}) as seen:
            output = model(x, x, x, **asked)
    assert torch.allclose(output[0], wanted[0], atol=1e-9)
    if need_weights:
        assert torch.allclose(output[1], wanted[1], atol=1e-9)
        assert output[1].shape == wanted[1].shape
    assert len(seen) == 1
    assert (seen[0].weights.dense()[..., 4] == 0).all()
    assert output[0].requires_grad == grad


def test_torchs_encoder_leaves_its_fast_path_and_takes_it_again() -> None:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(16, HEADS, 32, batch_first=True)
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False).eval()
    twin: Any = copy.deepcopy(model)
    twin.layers[1].self_attn.out_proj.weight.data.zero_()  # of what no head says
    x = torch.randn(2, 6, 16)
    with torch.no_grad():
        plain = model(x)
        with qkv.watch(model, change={"layers.1.*": PLAIN.without_heads("any", range(HEADS))}):
            changed = model(x)
        assert torch.allclose(changed, twin(x), atol=1e-5)
        assert not torch.allclose(changed, plain, atol=1e-2)
        assert torch.equal(model(x), plain)
    assert torch.backends.mha.get_fastpath_enabled()


@pytest.mark.parametrize("architecture", ["rnn", "transformer"])
def test_models_of_our_own(architecture: str) -> None:
    """Asked from outside as they are asked from inside."""
    torch.manual_seed(0)
    config = ModelConfig(
        architecture, source_vocabulary=50, target_vocabulary=50, width=16, embedding=16,
        encoder_width=16, heads=HEADS,
    )  # fmt: skip
    model = build(config).double().eval()
    source, target = TEXT % 50, TEXT[:, :5] % 50
    present = PRESENT.flip(1).bool()
    asked = PLAIN.hiding(at_key(7, 3), "cross")
    with torch.no_grad():
        wanted, _ = model(source, present, target, attention=asked)
        with qkv.watch(model, change={"decoder*": asked}) as seen:
            decoded, _ = model(source, present, target)
    assert torch.allclose(decoded.features, wanted.features, atol=1e-9)
    cross = [record for record in seen if record.kind == "cross"]
    assert cross
    for record in cross:
        assert (record.weights.dense()[..., 3] == 0).all()
        assert "changed" in record.kernel


def test_several_changes_add_up_and_modules_have_numbers() -> None:
    model = model_of("gpt2", "sdpa")
    changes = {
        1: PLAIN.without_heads("any", [0]),
        "transformer.h.*": PLAIN.without_heads("self", [2]),
    }
    with qkv.watch(model, change=changes) as seen, torch.no_grad():
        model(**inputs_of(model))
    silent = [(record.weights.dense().sum((0, 2, 3)) == 0).tolist() for record in seen]
    assert silent == [[False, False, True, False], [True, False, True, False]]


def test_a_function_sees_the_call_as_it_would_be() -> None:
    model = model_of("gpt2", "sdpa")
    with qkv.watch(model) as plain, torch.no_grad():
        model(**inputs_of(model))
    weights = []

    def change(record: Record) -> Attending:
        weights.append(record.weights.dense())
        return PLAIN.pinned("any", weights[-1].mean(1, keepdim=True), rows=range(7))

    with qkv.watch(model, change={0: change}) as seen, torch.no_grad():
        model(**inputs_of(model))
    assert torch.equal(weights[0], plain[0].weights.dense())
    assert torch.allclose(
        seen[0].weights.dense(),
        plain[0].weights.dense().mean(1, keepdim=True).expand(-1, 4, -1, -1),
    )


@pytest.mark.parametrize("again", [False, True])
def test_gradients_are_those_of_the_changed_model(again: bool) -> None:
    """again: with layers that run again for their gradient."""
    model, twin = model_of("gpt2", "sdpa").train(), model_of("gpt2", "by_hand").train()
    module = "transformer.h.1.attn"
    twin.get_submodule(module).by_hand = without_head
    for each in (model, twin):
        each.config.use_cache = False
        for part in each.modules():
            if isinstance(part, nn.Dropout):
                part.p = 0.0
    if again:
        model.gradient_checkpointing_enable()
    with qkv.watch(model, change={module: PLAIN.without_heads("any", [1])}) as seen:
        model(TEXT).logits.pow(2).sum().backward()
    twin(TEXT).logits.pow(2).sum().backward()
    for one, other in zip(model.parameters(), twin.parameters(), strict=True):
        if one.grad is not None and other.grad is not None:
            assert torch.allclose(one.grad, other.grad, rtol=1e-6, atol=1e-6)
    assert len(seen) == 2


def test_nothing_stays_changed_after_an_exception() -> None:
    model = model_of("bart", "sdpa")
    with torch.no_grad():
        plain = model(**inputs_of(model)).logits
        with pytest.raises(ZeroDivisionError):  # noqa: SIM117
            with qkv.watch(model, change={"no such module": PLAIN.without_heads("any", [0])}):
                raise ZeroDivisionError
        assert torch.equal(model(**inputs_of(model)).logits, plain)


def test_an_inner_block_changes_what_an_outer_one_sees() -> None:
    model = model_of("gpt2", "sdpa")
    with qkv.watch(model) as outer, torch.no_grad():  # noqa: SIM117
        with qkv.watch(model, change={0: PLAIN.without_heads("any", [3])}) as inner:
            model(**inputs_of(model))
    assert len(outer) == len(inner) == 2
    assert (inner[0].weights.dense()[:, 3] == 0).all()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"decoder": PLAIN.without_heads("any", [0])}, "no module of that name was seen to attend"),
        ({"*": PLAIN.without_heads("cross", [0])}, r"other attention than that .* \(causal\)"),
        ({"*": PLAIN.without_heads("any", [0], layer=1)}, "leave out layer="),
        ({9: PLAIN.without_heads("any", [0])}, "the change of 9 has reached no call"),
        ({0: PLAIN.without_heads("any", [4])}, "no head 4 of any attention; this model has 4"),
        ({0: PLAIN.pinned("any", torch.ones(3, 1, 7), rows=[0])}, r"does not fit transformer.h.0"),
        ({0: PLAIN.masked("any", Mask(torch.ones(3, 1, 7, 7).bool()))}, "does not broadcast"),
        ({0: lambda record: record.shape}, "must give an Attending"),
        ({0: "hide"}, "must be an Attending"),
        ({0: PLAIN.pinned("any", torch.ones(1, 7) / 7, rows=[40])}, "rows that are not there"),
        ({1.5: PLAIN}, "names modules; got 1.5"),
    ],
)
def test_what_cannot_be_changed_is_said(change: Any, text: str) -> None:
    model = model_of("gpt2", "sdpa")
    with pytest.raises(ConfigError, match=text):  # noqa: SIM117
        with qkv.watch(model, change=change), torch.no_grad():
            model(**inputs_of(model))


def test_a_model_that_attends_eagerly_is_named() -> None:
    model = model_of("gpt2", "eager")
    with pytest.raises(ConfigError, match="no module of that name was seen"):  # noqa: SIM117
        with qkv.watch(model, change={"*": PLAIN.without_heads("any", [0])}), torch.no_grad():
            model(**inputs_of(model))


class ByItsOwnName(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return bound_at_import(x, x, x)


def test_a_function_bound_before_cannot_be_changed() -> None:
    model = ByItsOwnName()
    with pytest.raises(ConfigError, match="imported by its own name, which cannot be changed"):  # noqa: SIM117
        with qkv.watch(model, change={"": PLAIN.without_heads("any", [0])}):
            model(torch.randn(1, 2, 4, 8))


def test_contexts_of_another_run() -> None:
    """Two heads at two places are given what they said in another run."""
    model = model_of("gpt2", "sdpa")
    model.transformer.h = model.transformer.h[:1]
    other = TEXT.roll(1, 0)
    with torch.no_grad():
        with qkv.watch(model) as seen:
            model(other)
        block, words = model.transformer.h[0], model.transformer.wte(other)
        normed = block.ln_1(words + model.transformer.wpe(torch.arange(7)))
        values = block.attn.c_attn(normed)[..., 64:]
        values = values.unflatten(-1, (HEADS, -1)).transpose(1, 2)
        given = seen[0].weights.dense() @ values
        rows = [2, 5]
        patch = PLAIN.replaced("any", given[:, :, rows], rows=rows, heads=[1, 3])
        with qkv.watch(model, change={0: patch}):
            patched = model.transformer(TEXT).last_hidden_state

    twin = model_of("gpt2", "by_hand")
    twin.transformer.h = twin.transformer.h[:1]
    attention = twin.transformer.h[0].attn

    def before_output(_: nn.Module, inputs: Any) -> Any:
        (context,) = inputs
        context = context.unflatten(-1, (HEADS, -1)).clone()
        for head in (1, 3):
            context[:, rows, head] = given[:, head, rows]
        return (context.flatten(-2),)

    attention.c_proj.register_forward_pre_hook(before_output)
    with torch.no_grad():
        wanted = twin.transformer(TEXT).last_hidden_state
    assert torch.allclose(patched, wanted, atol=1e-9)


def test_gains_have_the_gradient_of_the_loss_by_each_head() -> None:
    model = model_of("gpt2", "sdpa")
    gains = torch.ones(HEADS, 1, 1, dtype=torch.float64, requires_grad=True)
    with qkv.watch(model, change={1: PLAIN.scaled("any", gains)}):
        loss = model(TEXT).logits.log_softmax(-1)[..., 7].sum()
    [gradient] = torch.autograd.grad(loss, gains)

    def at(head: int, gain: float) -> float:
        own = torch.ones(HEADS, 1, 1)
        own[head] = gain
        with qkv.watch(model, change={1: PLAIN.scaled("any", own)}), torch.no_grad():
            return float(model(TEXT).logits.log_softmax(-1)[..., 7].sum())

    for head in range(HEADS):
        slope = (at(head, 1.001) - at(head, 0.999)) / 0.002
        assert abs(slope - float(gradient[head])) < 1e-5 + 1e-3 * abs(slope)


def test_a_temperature() -> None:
    model, twin = model_of("t5", "sdpa"), model_of("t5", "by_hand")
    module = attention_of(model, "causal")
    twin.get_submodule(module).by_hand = lambda scores, _: (scores / 2.5).softmax(-1)
    with torch.no_grad(), qkv.watch(model, change={module: PLAIN.tempered("any", 2.5)}):
        logits = model(**inputs_of(model)).logits
    with torch.no_grad():
        wanted = twin(**inputs_of(twin)).logits
    assert (logits - wanted).abs().max() < NEAR


def test_what_only_watch_can_do_is_refused_by_our_own_models() -> None:
    config = ModelConfig(
        "transformer", source_vocabulary=50, target_vocabulary=50, width=16, embedding=16,
        encoder_width=16, heads=HEADS,
    )  # fmt: skip
    with pytest.raises(ConfigError, match=r"tempered\(\) are for qkv.watch"):
        build(config)(TEXT % 50, PRESENT.bool(), TEXT % 50, attention=PLAIN.tempered("cross", 2.0))


def test_what_is_no_module() -> None:
    class Holder:
        model = nn.Linear(2, 2)

    holder: Any = Holder()
    with pytest.raises(ConfigError, match=r"needs a torch module; got Holder; it has one, .model"):
        qkv.watch(holder).__enter__()


@pytest.mark.parametrize("method", [PLAIN.scaled, PLAIN.replaced])
def test_numbers_are_no_tensors(method: Any) -> None:
    with pytest.raises(ShapeError, match="needs a tensor; got float"):
        method("any", 1.0)


@pytest.mark.parametrize("cache", [None, "static"])
def test_queries_are_counted_from_the_start_of_a_text_that_grows(cache: str | None) -> None:
    """The eighth token and the tenth, of seven that were given, look where they are told."""

    def hand(_: Tensor, weights: Tensor) -> Tensor:
        if weights.shape[-2] == 1 and weights.shape[-1] in (9, 11):  # of a cache that only grows
            weights = torch.zeros_like(weights)
            weights[..., 2], weights[..., 3] = 0.75, 0.25
        return weights

    row = torch.tensor([[0.0, 0.0, 0.75, 0.25]], dtype=torch.float64)
    model, twin = model_of("llama", "sdpa"), model_of("llama", "by_hand")
    module = attention_of(model, "causal")
    twin.get_submodule(module).by_hand = hand
    settings: dict[str, Any] = {
        "input_ids": TEXT, "attention_mask": PRESENT, "max_new_tokens": 6, "do_sample": False,
        "output_logits": True, "return_dict_in_generate": True,
    }  # fmt: skip
    change = PLAIN.pinned("self", row.expand(2, -1), rows=[8, 10])
    with qkv.watch(model, change={module: change}):
        ours: Any = model.generate(**settings, cache_implementation=cache)
    theirs: Any = twin.generate(**settings)
    assert torch.equal(ours.sequences, theirs.sequences)
    for one, other in zip(ours.logits, theirs.logits, strict=True):
        assert (one - other).abs().max() < NEAR
