"""`watch` against what torch's own modules say they attended to."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Callable
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.functional import scaled_dot_product_attention as bound_at_import
from torch.utils.checkpoint import checkpoint

import qkv
import qkv.attention
from qkv.attention import lookup
from qkv.attention.readouts import Entropy, Received, TopK
from qkv.errors import ConfigError
from qkv.inspection import Seen, estimate
from qkv.models import ModelConfig, build

B, T, M, H = 2, 9, 32, 4
NEAR = 2e-6

X = torch.randn(B, T, M, generator=torch.Generator().manual_seed(1))
MEMORY = torch.randn(B, 5, M, generator=torch.Generator().manual_seed(2))
PADDED = torch.arange(T) >= torch.tensor([[T], [6]])
FUTURE = torch.ones(T, T, dtype=torch.bool).triu(1)
ADDED = torch.randn(B * H, T, T, generator=torch.Generator().manual_seed(3))


class Attention(nn.Module):
    """Written as most models write it; attends to `memory`, or to itself."""

    def __init__(self, sdpa: Callable[..., Tensor] | None = None, **options: Any) -> None:
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(M, M) for _ in range(3))
        self.sdpa, self.asked = sdpa, options

    def project(self, x: Tensor, memory: Tensor | None = None) -> list[Tensor]:
        memory = x if memory is None else memory
        heads = ((self.q, x), (self.k, memory), (self.v, memory))
        return [linear(y).unflatten(-1, (H, -1)).transpose(1, 2) for linear, y in heads]

    def forward(self, x: Tensor, memory: Tensor | None = None) -> Tensor:
        attend: Any = self.sdpa or functional.scaled_dot_product_attention
        return attend(*self.project(x, memory), **self.asked).transpose(1, 2).flatten(2)

    def truth(self, x: Tensor, memory: Tensor | None = None, added: Any = 0.0) -> Tensor:
        q, k, _ = (y.double() for y in self.project(x, memory))
        return (q @ k.mT / math.sqrt(M // H) + added).softmax(-1).float()


class Block(nn.Module):
    """Self-attention, then cross-attention."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.own, self.other = Attention(**options), Attention()

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        return self.other(x + self.own(x), memory)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def run(model: nn.Module, *inputs: Any, **settings: Any) -> Seen:
    """Watch a run, whose result must be that of an unwatched one, to the last bit."""
    torch.manual_seed(7)
    expected = model(*inputs, **settings)
    torch.manual_seed(7)
    with qkv.watch(model) as seen:
        result = model(*inputs, **settings)
    expected, result = (x if isinstance(x, tuple) else (x, None) for x in (expected, result))
    assert torch.equal(expected[0], result[0])
    assert seen.unseen == []
    return seen


def near(result: Tensor, truth: Tensor) -> None:
    assert result.shape == truth.shape
    torch.testing.assert_close(result, truth, rtol=0, atol=NEAR)


# Functions


@pytest.mark.parametrize("grad", [True, False])
def test_names_kinds_and_weights(grad: bool) -> None:
    block = Block()
    with torch.set_grad_enabled(grad):
        seen = run(block, X, MEMORY)
        hidden = X + block.own(X)
    assert [(r.name, r.kind) for r in seen] == [("own", "self"), ("other", "cross")]
    assert seen["own"].shape == (B, H, T, T)
    assert {r.kernel for r in seen} == {"flash_attention_for_cpu"}
    near(seen["own"].weights.dense(), block.own.truth(X))
    near(seen["other"].weights.dense(), block.other.truth(hidden, MEMORY))
    for record in seen:
        assert record.check is not None
        assert record.check.row_sum < NEAR
        assert record.check.context is not None
        assert record.check.context < NEAR
    assert seen.self == [seen["own"]]
    assert seen.cross == [seen["other"]]


FORMS: dict[str, tuple[dict[str, Any], Tensor | float]] = {
    "scale": ({"scale": 1 / math.sqrt(M // H)}, 0.0),
    "causal": ({"is_causal": True}, FUTURE.float().masked_fill(FUTURE, -torch.inf)),
    "a mask": ({"attn_mask": ~FUTURE}, FUTURE.float().masked_fill(FUTURE, -torch.inf)),
    "a mask for each head": (
        {"attn_mask": (~FUTURE).expand(B, H, T, T)},
        FUTURE.float().masked_fill(FUTURE, -torch.inf),
    ),
    "numbers": ({"attn_mask": ADDED.view(B, H, T, T)}, ADDED.view(B, H, T, T)),
    "one number a key": ({"attn_mask": torch.arange(T)[None] * 1.0}, torch.arange(T)),
    "numbers that hide": (
        {"attn_mask": torch.arange(T).log().expand(1, 1, T, T)},
        torch.arange(T).log(),
    ),
    "numbers with a gradient": (
        {"attn_mask": torch.arange(T * 1.0).expand(T, T).requires_grad_()},
        torch.arange(T),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_whatever_is_added_or_hidden(form: str) -> None:
    options, added = FORMS[form]
    model = Attention(**options)
    seen = run(model, X)
    near(seen[0].weights.dense(), model.truth(X, added=added))
    causal = form in ("causal", "a mask", "a mask for each head")
    assert seen[0].kind == ("causal" if causal else "self")
    entropy = -(torch.special.xlogy(*[model.truth(X, added=added)] * 2)).sum(-1)
    torch.testing.assert_close(seen[0].weights.entropy(), entropy, rtol=0, atol=1e-5)


def test_torch_lets_the_first_query_see_the_first_key() -> None:
    model = Attention(is_causal=True)
    hidden = torch.full((T, 5), -torch.inf).triu(1)
    seen = run(model, X, MEMORY)
    assert seen[0].weights[:, :, 0].count_nonzero() == B * H
    near(seen[0].weights.dense(), model.truth(X, MEMORY, hidden))


def test_counted_positions_do_not_make_it_another_text() -> None:
    class Placed(nn.Module):
        """Only queries know where they stand."""

        def __init__(self) -> None:
            super().__init__()
            self.attention = Attention()

        def forward(self, x: Tensor) -> Tensor:
            places = torch.arange(T)[:, None] * torch.ones(M)
            return self.attention(x + places, x)

    class Own(Attention):
        def forward(self, x: Tensor, places: Tensor) -> Tensor:  # type: ignore[override]
            q, k, v = self.project(x)
            return functional.scaled_dot_product_attention(q + places[:, None], k, v)

    assert run(Placed(), X)[0].kind == "self"
    model = Own()
    with qkv.watch(model) as seen:
        model(X, torch.arange(T))
    assert seen[0].kind == "self"


def test_key_heads_that_serve_groups() -> None:
    class Grouped(Attention):
        def project(self, x: Tensor, memory: Tensor | None = None) -> list[Tensor]:
            q, k, v = super().project(x, memory)
            return [q, k[:, :2], v[:, :2]]

    model = Grouped(enable_gqa=True)
    q, k, _ = model.project(X)
    truth = (q @ k.repeat_interleave(2, 1).mT / math.sqrt(M // H)).softmax(-1)
    seen = run(model, X)
    assert seen[0].shape == (B, H, T, T)
    near(seen[0].weights.dense(), truth)


def test_a_query_without_keys() -> None:
    allowed = ~FUTURE
    allowed[3] = False
    seen = run(Attention(attn_mask=allowed), X)
    assert seen[0].weights[:, :, 3].eq(0).all()
    assert seen[0].weights.entropy()[..., 3].eq(0).all()


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_other_dtypes(dtype: torch.dtype) -> None:
    model = Attention().to(dtype)
    q, k, _ = (x.double() for x in model.project(X.to(dtype)))
    truth = (q @ k.mT / math.sqrt(M // H)).softmax(-1)
    (result,) = run(model, X.to(dtype))[0].weights.read(TopK(9))
    torch.testing.assert_close(result[0].double(), truth.topk(T).values, rtol=0, atol=NEAR)


def test_dropout_leaves_the_fused_kernel_and_weights_are_from_before_it() -> None:
    model = Attention(dropout_p=0.5)
    seen = run(model, X)
    assert seen[0].kernel == "not fused"
    near(seen[0].weights.dense(), model.truth(X))
    assert seen[0].check is not None
    assert seen[0].check.context is None


def test_a_function_bound_before_is_seen_by_its_operator() -> None:
    model = Attention(bound_at_import)
    seen = run(model, X)
    assert len(seen) == 1
    near(seen[0].weights.dense(), model.truth(X))


def test_under_autocast_the_weights_are_those_of_its_dtype() -> None:
    class Normed(Attention):
        """Its queries and keys are in float32 again when attention begins."""

        def project(self, x: Tensor, memory: Tensor | None = None) -> list[Tensor]:
            return [y.float() * 1.01 for y in super().project(x, memory)]

    model = Normed()
    with torch.autocast("cpu", torch.bfloat16), qkv.watch(model) as seen:
        model(X)
        projected = model.project(X)
    assert projected[0].dtype is torch.float32
    q, k, _ = (x.bfloat16().double() for x in projected)
    truth = (q @ k.mT / math.sqrt(M // H)).softmax(-1)
    (result,) = seen[0].weights.read(TopK(9))
    torch.testing.assert_close(result[0].double(), truth.topk(T).values, rtol=0, atol=NEAR)
    kernel = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    own = kernel(*(x.bfloat16() for x in projected), 0.0, False)[1].double()  # its logsumexp
    exact = (q @ k.mT / math.sqrt(M // H)).logsumexp(-1)
    assert seen[0].check is not None
    # How exact the kernel itself is depends on the processor: 3e-5 without AVX-512.
    assert seen[0].check.row_sum < (exact - own).expm1().abs().max() + NEAR
    assert (exact - own).abs().max() < 1e-4


def test_multi_head_attention_under_autocast() -> None:
    model = nn.MultiheadAttention(M, H)
    with torch.autocast("cpu", torch.bfloat16), qkv.watch(model) as seen:
        truth = model(X, X, X, average_attn_weights=False)[1]
    result = seen[0].weights.read(TopK(2))[0][0]
    torch.testing.assert_close(result, truth.float().topk(2).values, rtol=0, atol=4e-3)
    assert seen[0].weights.lookup.query.dtype is torch.bfloat16


def test_nothing_but_what_is_shown_is_kept_alive() -> None:
    model = nn.MultiheadAttention(M, H)
    value = torch.randn(T, B, M)
    gone = weakref.ref(value)
    with qkv.watch(model) as seen:
        model(X.transpose(0, 1), X.transpose(0, 1), value)
    del value
    gc.collect()
    assert len(seen) == 1
    assert gone() is None


# torch's modules


MULTI_HEAD: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "itself": ({}, {}, False),
    "padded": ({}, {"key_padding_mask": PADDED}, False),
    "causal": ({}, {"attn_mask": FUTURE}, False),
    "causal and padded": ({}, {"attn_mask": FUTURE, "key_padding_mask": PADDED}, False),
    "numbers": ({}, {"attn_mask": ADDED}, False),
    "memory": ({}, {}, True),
    "time first": ({"batch_first": False}, {}, False),
    "more keys": ({"add_bias_kv": True, "add_zero_attn": True}, {"attn_mask": FUTURE}, False),
    "no bias": ({"bias": False}, {"key_padding_mask": PADDED}, False),
    "other widths": ({"kdim": M, "vdim": M}, {}, True),
}


@pytest.mark.filterwarnings("ignore:Support for mismatched")
@pytest.mark.parametrize("case", MULTI_HEAD)
@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("grad", [True, False])
def test_multi_head_attention(case: str, need_weights: bool, grad: bool) -> None:
    made, options, to_memory = MULTI_HEAD[case]
    model = nn.MultiheadAttention(M, H, **{"batch_first": True, **made}).eval()
    memory = MEMORY if to_memory else X
    with torch.set_grad_enabled(grad):
        seen = run(model, X, memory, memory, need_weights=need_weights, **options)
        truth = model(X, memory, memory, average_attn_weights=False, **options)[1]
    assert len(seen) == 1
    assert seen[0].shape == truth.shape
    near(seen[0].weights.dense(), truth)
    assert seen[0].kind == ("cross" if to_memory else "causal" if "causal" in case else "self")


@pytest.mark.parametrize("need_weights", [True, False])
def test_multi_head_attention_without_a_batch(need_weights: bool) -> None:
    model = nn.MultiheadAttention(M, H)
    seen = run(model, X[0], X[0], X[0], need_weights=need_weights, attn_mask=FUTURE)
    truth = model(X[0], X[0], X[0], attn_mask=FUTURE, average_attn_weights=False)[1]
    assert (seen[0].name, seen[0].kind) == ("", "causal")
    near(seen[0].weights.dense().view(truth.shape), truth)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("fast", [False, True])
def test_encoder(padded: bool, norm_first: bool, fast: bool) -> None:
    layer = nn.TransformerEncoderLayer(M, H, 64, batch_first=True, norm_first=norm_first)
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=not norm_first).eval()
    options = {"src_key_padding_mask": PADDED if padded else None}
    truth, x = [], X
    with torch.set_grad_enabled(not fast):
        seen = run(model, X, **options)
        for each in cast("Any", model.layers):
            normed = each.norm1(x) if norm_first else x
            _, weights = each.self_attn(
                normed, normed, normed, key_padding_mask=options["src_key_padding_mask"],
                average_attn_weights=False,
            )  # fmt: skip
            truth.append(weights)
            x = each(x, **options)
    assert {r.kind for r in seen} == {"self"}
    fused = "_transformer_encoder_layer_fwd" if fast else "flash_attention_for_cpu"
    assert {r.kernel for r in seen} == {fused}
    for record, weights in zip(seen, truth, strict=True):
        result, rows = record.weights.dense(), T if not padded else 6  # 6: of the second sentence
        near(result[0], weights[0])
        near(result[1, :, :rows], weights[1, :, :rows])


@pytest.mark.parametrize("training", [True, False])
def test_decoder(training: bool) -> None:
    layer = nn.TransformerDecoderLayer(M, H, 64, batch_first=True)
    model = nn.TransformerDecoder(layer, 2).train(training)
    seen = run(model, X, MEMORY, tgt_mask=FUTURE, tgt_is_causal=True)
    assert [r.kind for r in seen] == ["causal", "cross"] * 2
    assert seen[1].name == "layers.0.multihead_attn"
    memory, x = MEMORY, X
    if not training:
        _, first = cast("Any", model.layers)[0].self_attn(
            x, x, x, attn_mask=FUTURE, average_attn_weights=False
        )
        near(seen[0].weights.dense(), first)
        assert seen[1].weights.shape == (B, H, T, memory.shape[1])


# qkv's own


@pytest.mark.parametrize("architecture", ["rnn", "transformer"])
@pytest.mark.parametrize("grad", [True, False])
def test_models_of_qkv(architecture: str, grad: bool) -> None:
    config = ModelConfig(
        architecture, source_vocabulary=50, target_vocabulary=50, width=M, embedding=M,
        encoder_width=M, heads=H, encoder_layers=2,
        decoder_layers=2, feedforward=64,
    )  # fmt: skip
    model = build(config).eval()
    source, target = torch.randint(4, 50, (B, 9)), torch.randint(4, 50, (B, 6))
    present = torch.arange(9) < torch.tensor([[9], [5]])
    with torch.set_grad_enabled(grad), qkv.watch(model) as seen:
        decoded, _ = model(source, present, target)
    kinds = [record.kind for record in seen]
    if architecture == "transformer":
        assert kinds == ["self", "self", *["causal", "cross"] * 2]
    else:
        assert set(kinds) == {"cross"}
    assert seen.unseen == []
    assert seen.cross[-1].weights.shape[-1] == 9
    truth = decoded.cross_weights[-1].dense()
    near(seen.cross[-1].weights.dense().view(truth.shape), truth)
    assert seen.cross[-1].weights[1, ..., 5:].eq(0).all()
    assert seen.cross[-1].check is not None
    assert seen.cross[-1].check.row_sum < NEAR


@pytest.mark.parametrize("select", [qkv.attention.sparsemax, qkv.attention.TopK(3)])
def test_any_score_and_selection(select: Any) -> None:
    class Additive(Attention):
        def __init__(self) -> None:
            super().__init__()
            self.score = qkv.attention.Additive(M // H, M // H, 8)

        def forward(self, x: Tensor, memory: Tensor | None = None) -> Tensor:
            return qkv.attend(*self.project(x), score=self.score, select=select).context

    model = Additive()
    q, k, v = model.project(X)
    truth = qkv.attend(q, k, v, score=model.score, select=select, backend="reference").weights
    assert run(model, X)[0].kind == "self"
    near(run(model, X)[0].weights.dense(), truth.dense())
    with qkv.watch(model, heads=[2], queries=slice(3, 5)) as seen:
        model(X)
    near(seen[0].weights.dense(), truth.dense()[:, 2:3, 3:5])


# Gradients


def test_weights_train() -> None:
    model = Block()
    with qkv.watch(model) as seen:
        model(X, MEMORY)
    weights = seen["own"].weights[0, 0, 3]
    (result,) = torch.autograd.grad(weights.square().sum(), model.own.q.weight)
    q, k, _ = model.own.project(X)
    truth = (q @ k.mT / math.sqrt(M // H)).softmax(-1)[0, 0, 3]
    (wanted,) = torch.autograd.grad(truth.square().sum(), model.own.q.weight)
    assert result.abs().sum() > 0
    near(result, wanted)


@pytest.mark.parametrize("reentrant", [True, False])
def test_a_layer_run_again_for_its_gradient_is_no_new_call(reentrant: bool) -> None:
    model = Attention()
    x = X.clone().requires_grad_()
    with qkv.watch(model) as seen:
        checkpoint(model, x, use_reentrant=reentrant).sum().backward()
    assert len(seen) == 1
    assert x.grad is not None


# What happens afterwards


class Cached(Attention):
    """Keys and values in memory that each call writes into."""

    def __init__(self) -> None:
        super().__init__()
        self.cache: list[Tensor] = []

    def forward(self, x: Tensor, at: int) -> Tensor:  # type: ignore[override]
        q, k, v = self.project(x)
        if not self.cache:
            self.cache = [torch.zeros(B, H, T, M // H) for _ in range(2)]
        for cache, new in zip(self.cache, (k, v), strict=True):
            cache[:, :, at : at + x.shape[1]] = new
        mask = torch.arange(T) < at + x.shape[1]
        return functional.scaled_dot_product_attention(q, *self.cache, attn_mask=mask[None])


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_a_cache_written_into_later_does_not_change_what_was_seen(mode: Any) -> None:
    model = Cached()
    with mode():
        with qkv.watch(model) as seen:
            model(X[:, :4], 0)
            model.cache[0][:, :, 1] += (
                5  # as long as the block is open, all that is written is heard
            )
            model(X[:, 4:5], 4)
        q, k, _ = model.project(X)
        model.cache[0].fill_(9.0)
        truth = (q[:, :, :4] @ k[:, :, :4].mT / math.sqrt(M // H)).softmax(-1)
        near(seen[0].weights[..., :4], truth)
        k[:, :, 1] += 5
        truth = (q[:, :, 4:5] @ k[:, :, :5].mT / math.sqrt(M // H)).softmax(-1)
        near(seen[1].weights[..., :5], truth)
    assert [r.kind for r in seen] == ["self", "causal"]


def test_what_is_written_into_after_the_block_is_no_longer_shown() -> None:
    model = nn.MultiheadAttention(M, H)
    with qkv.watch(model) as seen:
        model(X, X, X)
    assert seen[0].weights.dense().shape == (T, H, B, B)
    weights = seen[0].weights
    with torch.no_grad():
        model.in_proj_weight.mul_(2)
    for read in (lambda: seen[0].weights.dense(), lambda: weights[0]):
        with pytest.raises(ConfigError, match="in_proj_weight was written into after it"):
            read()


def test_an_optimiser_inside_the_block_does_not_change_what_was_seen() -> None:
    model = nn.MultiheadAttention(M, H)
    truth = model(X, X, X, average_attn_weights=False)[1]
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    with qkv.watch(model) as seen:
        model(X, X, X)[0].square().sum().backward()
        optimizer.step()
    assert not torch.equal(model(X, X, X, average_attn_weights=False)[1], truth)
    near(seen[0].weights.dense(), truth.detach())


# The block


def untouched() -> bool:
    return functional.scaled_dot_product_attention is bound_at_import


def test_after_an_exception_all_is_as_before() -> None:
    model = Attention()
    kept: list[Seen] = []

    def fail() -> None:
        with qkv.watch(model) as seen:
            kept.append(seen)
            model(X)
            assert not untouched()
            model(X[..., 1:])

    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        fail()
    (seen,) = kept
    assert untouched()
    assert len(seen) == 1
    model(X)
    assert len(seen) == 1
    assert not torch.nn.modules.module._global_forward_hooks
    assert not torch.nn.modules.module._global_forward_pre_hooks


def test_a_call_after_a_failed_one_has_its_own_name() -> None:
    model = Block()
    with qkv.watch(model) as seen:
        with pytest.raises(RuntimeError):
            model.own(X[..., 1:])
        model(X, MEMORY)
        functional.scaled_dot_product_attention(X, X, X)
    assert [r.name for r in seen] == ["own", "other", ""]


def test_blocks_in_blocks() -> None:
    model = Block()
    with qkv.watch(model) as outer:
        model.own(X)
        with qkv.watch(model.own) as inner:
            model(X, MEMORY)
        model.own(X)
    assert [r.name for r in outer] == ["own", "own", "other", "own"]
    assert [r.name for r in inner] == ["", ""]
    assert untouched()
    with pytest.raises(ConfigError, match=r"own made 3 calls; seen\.calls\('own'\) has them"):
        outer["own"]
    assert len(outer.calls("own")) == 3


# What is kept


def test_readouts_alone() -> None:
    model = Block()
    with qkv.watch(model, readouts=[TopK(8), Entropy(), Received()]) as seen:
        model(X, MEMORY)
    truth = model.own.truth(X)
    result = seen["own"].readouts
    near(result[TopK(8)][0], truth.topk(8).values)
    near(result[Received()], truth.sum(-2))
    torch.testing.assert_close(result[Entropy()], -(truth * truth.log()).sum(-1), rtol=0, atol=1e-5)
    assert seen["other"].readouts[TopK(8)][0].shape == (B, H, T, 5)  # of five keys
    with pytest.raises(ConfigError, match="only its readouts were kept"):
        _ = seen["own"].weights


@pytest.mark.parametrize("form", [*FORMS, "padded"])
def test_the_kind_is_the_same_with_readouts(form: str) -> None:
    padded: dict[str, Any] = {"attn_mask": ~FUTURE & ~PADDED[:, None, None]}
    model = Attention(**(padded if form == "padded" else FORMS[form][0]))
    kinds = []
    kept: Any
    for kept in ({}, {"readouts": [Entropy()]}, {"queries": slice(-3, None)}, {"heads": [1]}):
        with qkv.watch(model, **kept) as seen:
            model(X)
        kinds.append(seen[0].kind)
    causal = form in ("causal", "a mask", "a mask for each head", "padded")
    assert kinds == ["causal" if causal else "self"] * 4


def test_the_kind_of_a_long_mask_is_found_by_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "PIECE", 2 * T)
    for last, kind in ((T - 1, "causal"), (T - 2, "self")):
        allowed = ~FUTURE
        allowed[last, -1] = True
        model = Attention(attn_mask=allowed)
        with qkv.watch(model) as seen:
            model(X)
        assert seen[0].kind == kind


@pytest.mark.parametrize(
    "options", [{"is_causal": True}, {"attn_mask": ADDED.view(B, H, T, T)}, {}]
)
def test_some_heads_and_queries(options: dict[str, Any]) -> None:
    model = Attention(**options)
    with qkv.watch(model) as whole:
        model(X)
    with qkv.watch(model, heads=[3, 1], queries=slice(-2, None)) as seen:
        model(X)
    near(seen[0].weights.dense(), whole[0].weights.dense()[:, [3, 1], -2:])
    near(seen[0].weights.entropy(), whole[0].weights.entropy()[:, [3, 1], -2:])
    assert seen[0].shape == (B, 2, 2, T)


@pytest.mark.parametrize(
    ("layers", "names"),
    [(["own"], ["own"]), (["o*"], ["own", "other"]), ([1], ["other"]), (["x"], [])],
)
def test_some_layers(layers: list[str | int], names: list[str]) -> None:
    model = Block()
    with qkv.watch(model, layers=layers) as seen:
        model(X, MEMORY)
    assert [r.name for r in seen] == names
    assert seen.unseen == []


@torch.no_grad()
def test_a_budget() -> None:
    model = Block()
    # Queries and keys of both, and a logsumexp a query.
    first, second = (4 * B * (M * (T + keys) + H * T) for keys in (T, 5))
    assert estimate(model, lambda: model(X, MEMORY)) == first + second
    with qkv.watch(model, budget=f"{(first + second) / 1000} KB") as seen:
        model(X, MEMORY)
    assert len(seen) == 2
    assert seen.bytes == first + second
    with pytest.raises(ConfigError) as caught, qkv.watch(model, budget=first):
        model(X, MEMORY)
    assert str(caught.value) == (
        f"watch(): other would bring what is kept to {first + second:,} bytes, over the budget "
        f"of {first:,}. Keep fewer layers, heads or queries, or readouts= alone."
    )


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"budget": "much"}, "budget is a size such as '2GB'; got 'much'."),
        ({"budget": -1}, "budget is a size such as '2GB'; got -1."),
        (
            {"readouts": ["topk:8"]},
            "'topk:8' is not a readout; use values of qkv.readouts: TopK(k=8)",
        ),
        ({"readouts": "entropy"}, "readouts and layers are lists, such as [qkv.readouts.TopK(8)]"),
        ({"readouts": Entropy()}, "readouts and layers are lists, such as [qkv.readouts.TopK(8)]"),
        ({"queries": 3}, "queries must be a slice; got 3."),
    ],
)
def test_arguments_that_are_none(settings: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigError) as caught, qkv.watch(Attention(), **settings):
        raise AssertionError("the block must not begin")
    assert text in str(caught.value)


# What cannot be seen


class Eager(Attention):
    def forward(self, x: Tensor, memory: Tensor | None = None) -> Tensor:
        q, k, v = self.project(x, memory)
        weights = functional.dropout((q @ k.mT).softmax(-1), 0.1, self.training)
        return weights @ v


class LinearAttention(Attention):
    def forward(self, x: Tensor, memory: Tensor | None = None) -> Tensor:
        q, k, v = self.project(x, memory)
        return q.relu() @ (k.relu().mT @ v)


class Router(nn.Module):
    """A softmax that is no attention."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.out = nn.Linear(M, 4), nn.Linear(M, M)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.gate(x).softmax(-1)[..., :1] * x)


class AttentionNorm(nn.LayerNorm):
    """Called after attention, it attends to nothing."""


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.q = AttentionNorm(M), nn.Linear(M, M)

    def forward(self, x: Tensor) -> Tensor:
        q = self.q(x)
        return self.norm(functional.scaled_dot_product_attention(q, q, q))


def test_what_is_unseen_is_said() -> None:
    parts = [
        nn.Sequential(Attention()),
        nn.Sequential(Eager()),
        LinearAttention(),
        Router(),
        Layer(),
    ]
    model = nn.ModuleList(parts)
    with qkv.watch(model) as seen:
        for part in parts:
            part(X)
    assert [r.name for r in seen] == ["0.0", "4"]
    remedy = "Let it call torch.nn.functional.scaled_dot_product_attention."
    assert [tuple(each) for each in seen.unseen] == [
        ("1.0", "makes its weights with a plain softmax.", remedy),
        ("2", "ran, but no attention was seen in it: a kernel of its own, or no softmax at all.",
         remedy),
    ]  # fmt: skip
    assert "unseen: 1.0: makes its weights with a plain softmax." in repr(seen)


def test_no_such_module() -> None:
    model = Block()
    with qkv.watch(model) as seen:
        model(X, MEMORY)
    with pytest.raises(ConfigError, match="no attention was seen in 'owm'; did you mean 'own'"):
        seen["owm"]
    with pytest.raises(ConfigError, match="seen: other, own"):
        seen["zzz"]


def test_rollout_and_attentions() -> None:
    layer = nn.TransformerEncoderLayer(M, H, 64, batch_first=True)
    model = nn.TransformerEncoder(layer, 2).eval()
    with torch.no_grad():
        seen = run(model, X)
    assert [tuple(weights.shape) for weights in seen.attentions()] == [(B, H, T, T)] * 2
    first, second = (weights.mean(1) for weights in seen.attentions())
    half = torch.eye(T) / 2
    near(seen.rollout(), (second / 2 + half) @ (first / 2 + half))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_in_inference_the_kernel_and_what_is_eager_are_told_as_elsewhere(mode: Any) -> None:
    class Eager(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.matmul(torch.softmax(torch.matmul(x, x.mT), -1), x)

    model = nn.Sequential(Attention(), Eager())
    with mode():
        expected = model(X)
        with qkv.watch(model) as seen:
            assert torch.equal(model(X), expected)
    assert [record.kernel for record in seen] == ["flash_attention_for_cpu"]
    assert seen[0].weights.logsumexp is not None
    assert [(u.module, u.reason) for u in seen.unseen] == [
        ("1", "makes its weights with a plain softmax.")
    ]
