"""flex_attention, whose scores and masks are functions of positions, seen as any other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.attention.flex_attention import (
    and_masks,
    create_block_mask,
    flex_attention,
)

import qkv
from qkv import readouts
from qkv.attention import lookup
from qkv.errors import ConfigError
from qkv.inspection import load

B, H, T, D = 2, 4, 23, 8
SLOPES = torch.linspace(0.1, 0.6, H)
DOCUMENTS = torch.randint(0, 3, (B, T), generator=torch.Generator().manual_seed(0))
TABLE = torch.randn(H, 2 * T, generator=torch.Generator().manual_seed(1))
PLACES = [
    torch.arange(n).view([-1 if axis == own else 1 for axis in range(4)])
    for own, n in enumerate((B, H, T, T))
]


def causal(b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
    return q >= k


def same_text(b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
    return DOCUMENTS[b, q] == DOCUMENTS[b, k]


def later_than_five(b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
    return q > 5 + h


def alibi(score: Tensor, b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
    return score - SLOPES[h] * (q - k).abs()


def capped_near(score: Tensor, b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
    return torch.where((q - k).abs() < 4 + b, 2 * torch.tanh(score / 2), -float("inf"))


def from_a_table(score: Tensor, b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
    return score * TABLE[h][q - k + T]


def by_table(score: Tensor, *_: Tensor) -> Tensor:
    """What the one above means."""
    q, k = PLACES[2], PLACES[3]
    return score * TABLE[:, (q - k + T)[0, 0]]


BLOCKS = {
    "all": None,
    "causal": create_block_mask(causal, None, None, T, T, device="cpu", BLOCK_SIZE=16),
    "texts": create_block_mask(
        and_masks(causal, same_text), B, None, T, T, device="cpu", BLOCK_SIZE=16
    ),
    "empty rows": create_block_mask(later_than_five, None, H, T, T, device="cpu", BLOCK_SIZE=16),
}
MODIFIED: dict[str, tuple[Any, Any]] = {
    "as it is": (None, lambda score, *_: score),
    "alibi": (alibi, alibi),
    "capped, and hidden": (capped_near, capped_near),
    "from a table": (from_a_table, by_table),
}


class Attention(nn.Module):
    def __init__(self, flex: Any = flex_attention, key_heads: int = H, **options: Any) -> None:
        super().__init__()
        self.flex, self.key_heads, self.options = flex, key_heads, options
        self.mix = nn.Linear(H * D, (H + 2 * key_heads) * D)

    def heads(self, x: Tensor) -> tuple[Tensor, ...]:
        sizes = [n * D for n in (H, self.key_heads, self.key_heads)]
        return tuple(
            part.unflatten(-1, (-1, D)).transpose(1, 2) for part in self.mix(x).split(sizes, -1)
        )

    def forward(self, x: Tensor) -> Tensor:
        grouped = self.key_heads != H
        return self.flex(*self.heads(x), enable_gqa=grouped, **self.options)


@pytest.fixture(autouse=True)
def few_rows_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "PIECE", 9 * T * B * H)


def inputs(dtype: torch.dtype = torch.float32) -> Tensor:
    torch.manual_seed(0)
    return torch.randn(B, T, H * D, dtype=dtype)


def expected(model: Attention, x: Tensor, meaning: Callable[..., Tensor], mask: Any) -> Tensor:
    """The weights in float64, by the formula."""
    query, key, _ = (part.double() for part in model.heads(x))
    key = key.repeat_interleave(H // model.key_heads, 1)
    scale = model.options.get("scale") or D**-0.5
    scores = meaning(query @ key.mT * scale, *PLACES)
    if mask is not None:
        scores = scores.masked_fill(~mask.mask_mod(*PLACES), -torch.inf)
    return torch.softmax(scores, -1).nan_to_num()  # an empty row has none


@pytest.mark.parametrize("blocks", BLOCKS)
@pytest.mark.parametrize("modified", MODIFIED)
@torch.no_grad()
def test_weights(modified: str, blocks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if blocks in ("all", "texts"):  # a head at a time
        monkeypatch.setattr("qkv.attention.weights.APART_FROM", T * T)
    score_mod, meaning = MODIFIED[modified]
    mask, key_heads = BLOCKS[blocks], 2 if blocks == "causal" else H
    model = Attention(key_heads=key_heads, score_mod=score_mod, block_mask=mask, scale=0.4)
    x = inputs()
    plain = model(x)
    with qkv.watch(model) as seen:
        assert torch.equal(model(x), plain)
    (record,) = seen
    assert not seen.unseen
    assert record.kernel == "flex_attention"
    assert record.kind == ("causal" if blocks in ("causal", "texts") else "self")
    assert record.check is not None
    assert record.check.context is not None
    assert max(record.check.row_sum, record.check.context) < 1e-5
    true, weights = expected(model, x, meaning, mask), record.weights
    torch.testing.assert_close(weights.dense().double(), true, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(weights[1, 2:4, 7].double(), true[1, 2:4, 7], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(weights[1, -1, 3:9, 4:6], weights.dense()[1, -1, 3:9, 4:6])
    torch.testing.assert_close(weights.received().double(), true.sum(-2), rtol=1e-5, atol=1e-5)
    entropy = torch.special.entr(true).sum(-1)
    torch.testing.assert_close(weights.entropy().double(), entropy, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
@torch.no_grad()
def test_in_another_dtype(dtype: torch.dtype) -> None:
    model = Attention(score_mod=alibi, block_mask=BLOCKS["causal"]).to(dtype)
    x = inputs(dtype)
    with qkv.watch(model) as seen:
        model(x)
    true = expected(model, x, alibi, BLOCKS["causal"])
    torch.testing.assert_close(seen[0].weights.dense().double(), true, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@torch.no_grad()
def test_compiled(backend: str) -> None:
    compiled: list[int] = []

    def counted(graph: Any, example: Any) -> Any:
        compiled.append(1)
        return torch._dynamo.lookup_backend(backend)(graph, example)

    flex = torch.compile(flex_attention, backend=counted)
    model = Attention(flex, score_mod=alibi, block_mask=BLOCKS["causal"])
    x = inputs()
    with qkv.watch(model) as seen:
        watched = model(x)
    assert not compiled
    torch.testing.assert_close(model(x), watched)
    assert compiled == [1]  # after the block it is, as ever
    true = expected(model, x, alibi, BLOCKS["causal"])
    torch.testing.assert_close(seen[0].weights.dense().double(), true, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"heads": [3, 1]},
        {"queries": slice(-9, None)},
        {"heads": [2], "queries": slice(3, 20, 2)},
        {"offload": "cpu"},
    ],
)
@torch.no_grad()
def test_parts_and_copies(options: dict[str, Any], tmp_path: Path) -> None:
    model = Attention(score_mod=alibi, block_mask=BLOCKS["texts"])
    x = inputs()
    with qkv.watch(model, **options) as seen:
        model(x)
    true = expected(model, x, alibi, BLOCKS["texts"])
    true = true[:, options.get("heads", slice(None)), options.get("queries", slice(None))]
    torch.testing.assert_close(seen[0].weights.dense().double(), true, rtol=1e-5, atol=1e-6)
    seen.save(tmp_path)
    again = load(tmp_path)[0].weights.dense().double()
    torch.testing.assert_close(again, true, rtol=1e-5, atol=1e-6)


@torch.no_grad()
def test_readouts_as_it_passes_by() -> None:
    model = Attention(score_mod=alibi, block_mask=BLOCKS["empty rows"])
    x = inputs()
    with qkv.watch(model, readouts=[readouts.Received(), readouts.TopK(3)]) as seen:
        model(x)
    true = expected(model, x, alibi, BLOCKS["empty rows"])
    received = seen[0].readouts[readouts.Received()]
    torch.testing.assert_close(received.double(), true.sum(-2), rtol=1e-5, atol=1e-5)
    values, _ = seen[0].readouts[readouts.TopK(3)]
    torch.testing.assert_close(values.double(), true.topk(3).values, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("where", ["score_mod", "mask_mod"])
@torch.no_grad()
def test_a_function_whose_tensors_have_changed(where: str) -> None:
    slopes, limits = torch.linspace(0, 1, H), torch.arange(T) + 3

    def modified(score: Tensor, b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
        return score + slopes[h] * k

    def near(b: Tensor, h: Tensor, q: Tensor, k: Tensor) -> Tensor:
        return limits[q] > k

    mask = create_block_mask(and_masks(causal, near), None, None, T, T, device="cpu")
    model = Attention(score_mod=modified, block_mask=mask)
    with qkv.watch(model) as seen:
        model(inputs())
    assert seen[0].weights.dense().shape == (B, H, T, T)
    (slopes if where == "score_mod" else limits).zero_()
    with pytest.raises(ConfigError, match=f"its {where} was written into"):
        seen[0].weights.dense()


def test_with_a_gradient_it_is_refused() -> None:
    class Direct(nn.Module):  # torch's own function has none on a CPU, and says so first
        def forward(self, x: Tensor) -> Tensor:
            blocks = BLOCKS["causal"]
            assert blocks is not None
            operator = torch.ops.higher_order.flex_attention
            return operator(x, x, x, alibi, blocks.as_tuple(), 1.0, {"BACKEND": "TRITON"})[0]

    model = Direct()
    with qkv.watch(model), pytest.raises(ConfigError, match=r"^watch\(\): flex_attention compiles"):
        model(torch.randn(1, H, T, D, requires_grad=True))


@torch.no_grad()
def test_of_transformers() -> None:
    transformers = pytest.importorskip("transformers", reason="needs the extra hf")
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2,
    )  # fmt: skip
    torch.manual_seed(0)
    model = transformers.LlamaModel._from_config(config, attn_implementation="flex_attention")
    words = torch.arange(22).view(2, 11)
    present = torch.ones(2, 11, dtype=torch.long)
    present[1, :4] = 0
    with qkv.watch(model) as seen:
        model(words, attention_mask=present)
    assert [record.kind for record in seen] == ["causal", "causal"]
    assert not seen.unseen
    model.set_attn_implementation("eager")
    eager = model(words, attention_mask=present, output_attentions=True).attentions
    for record, own in zip(seen, eager, strict=True):
        weights = record.weights.dense()
        torch.testing.assert_close(weights[0], own[0], rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(weights[1, :, 4:], own[1, :, 4:], rtol=1e-5, atol=1e-6)
