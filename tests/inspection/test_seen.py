"""What can be done with what `watch` has seen: aligned, saved, kept elsewhere, estimated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import qkv
from qkv.attention import Additive, Sinks, SoftCapped, TopK, attend, causal, readouts, sparsemax
from qkv.errors import ConfigError, DataError, FolderError, ShapeError
from qkv.inspection import Seen, estimate, load
from qkv.shapes import Bias, Mask

B, H, T, D = 2, 4, 9, 8
M = H * D
X = torch.randn(B, T, M, generator=torch.Generator().manual_seed(0))


def scaled_dot_product_attention(*args: Any, **kwargs: Any) -> Tensor:
    return functional.scaled_dot_product_attention(*args, **kwargs)


class Attention(nn.Module):
    """By whatever call of attention it is given."""

    def __init__(self, call: Any = scaled_dot_product_attention) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.call = call
        self.projections = nn.ModuleList(nn.Linear(M, M) for _ in range(3))

    def project(self, x: Tensor) -> list[Tensor]:
        return [p(x).unflatten(-1, (H, D)).transpose(1, 2) for p in self.projections]

    def forward(self, x: Tensor) -> Tensor:
        result = self.call(*self.project(x))
        return (
            (result if isinstance(result, Tensor) else result.context).transpose(1, 2).flatten(-2)
        )


def weights_of(model: Attention, x: Tensor) -> Tensor:
    """Plainly."""
    query, key, _ = model.project(x)
    return (query @ key.mT * D**-0.5).softmax(-1)


# Gradients


def test_weights_have_the_gradient_of_eager_ones_after_backward() -> None:
    model = Attention()
    with qkv.watch(model) as seen:
        output = model(X)
    eager = weights_of(model, X)
    eager.retain_grad()
    again = (eager @ model.project(X)[2]).transpose(1, 2).flatten(-2)
    slope = torch.randn_like(output)
    output.backward(slope)
    again.backward(slope)
    assert eager.grad is not None
    torch.testing.assert_close(seen[0].weights.grad.dense(), eager.grad)
    torch.testing.assert_close(seen[0].weights.grad[1, 2, 3], eager.grad[1, 2, 3])


def test_weights_by_attend_have_it_too() -> None:
    model = Attention(attend)
    with qkv.watch(model) as seen:
        model(X).square().sum().backward()
    assert seen[0].weights.grad.dense().abs().max() > 0


@pytest.mark.parametrize("options", [{"heads": [0]}, {"queries": slice(2)}, {"offload": "cpu"}])
def test_a_part_has_no_gradient(options: dict[str, Any]) -> None:
    model = Attention()
    with qkv.watch(model, **options) as seen:
        model(X).sum().backward()
    with pytest.raises(ConfigError, match="nothing was retained"):
        _ = seen[0].weights.grad


# Elsewhere


@pytest.mark.parametrize("offload", ["cpu", "folder"])
@torch.no_grad()
def test_what_is_kept_elsewhere_is_the_same(offload: str, tmp_path: Path) -> None:
    where = "cpu" if offload == "cpu" else tmp_path / "new"
    hidden = Mask(torch.rand(B, 1, T, T, generator=torch.Generator().manual_seed(2)) < 0.5)
    model = Attention(
        lambda q, k, v: scaled_dot_product_attention(q, k, v, attn_mask=hidden.allowed)
    )
    with qkv.watch(model) as plain, qkv.watch(model, offload=where) as seen:
        model(X)
    assert torch.equal(seen[0].weights.dense(), plain[0].weights.dense())
    assert torch.equal(seen[0].weights.received(), plain[0].weights.received())
    if offload == "folder":
        assert seen.bytes == 0
        assert plain.bytes > 0
        assert not list((tmp_path / "new").iterdir())  # its files have no names any more


@torch.no_grad()
def test_a_copy_elsewhere_stays_when_the_tensor_is_written_into(tmp_path: Path) -> None:
    key = torch.randn(B, H, T, D)
    model = Attention(lambda q, k, v: scaled_dot_product_attention(q, key, v))
    with qkv.watch(model, offload=tmp_path) as seen:
        model(X)
        before = seen[0].weights.dense()
        key.zero_()
        model(X)
    assert torch.equal(seen[0].weights.dense(), before)
    torch.testing.assert_close(seen[1].weights.dense(), torch.full((B, H, T, T), 1 / T))


def test_what_lies_in_files_is_not_in_the_budget(tmp_path: Path) -> None:
    with qkv.watch(Attention(), offload=tmp_path, budget=10) as seen:
        pass
    with torch.no_grad(), qkv.watch(Attention(), budget=10, offload=tmp_path) as seen:
        pass
    assert len(seen) == 0


@pytest.mark.parametrize("offload", [3, b"x"])
def test_an_offload_that_is_none(offload: Any) -> None:
    with pytest.raises(ConfigError) as caught, qkv.watch(Attention(), offload=offload):
        raise AssertionError("the block must not begin")
    assert str(caught.value) == f"watch(): offload is 'cpu' or a folder; got {offload!r}."


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"heads": [1]},
        {"queries": slice(-2, None)},
        {"readouts": [readouts.TopK(3), readouts.Entropy()]},
    ],
)
@torch.no_grad()
def test_the_estimate_is_what_is_kept(options: dict[str, Any]) -> None:
    model = nn.Sequential(Attention(), Attention(attend))
    with qkv.watch(model, **options) as seen:
        model(X)
    result = estimate(model, lambda: model(X), **options)
    assert result == seen.bytes
    assert result > 0


# Saved


CALLS: dict[str, Any] = {
    "plain": scaled_dot_product_attention,
    "causal": lambda q, k, v: scaled_dot_product_attention(q, k, v, is_causal=True),
    "dropout": lambda q, k, v: scaled_dot_product_attention(q, k, v, dropout_p=0.5),
    "numbers": lambda q, k, v: attend(q, k, v, bias=Bias(q @ k.mT)),
    "mask": lambda q, k, v: attend(q, k, v, mask=causal(T) & Mask(torch.arange(T)[None] % 3 > 0)),
    "capped": lambda q, k, v: attend(q, k, v, score=SoftCapped(0.5)),
    "capped, scaled": lambda q, k, v: attend(q, k, v, score=SoftCapped(0.5, 2.0)),
    "scaled": lambda q, k, v: attend(q, k, v, scale=0.1),
    "sparsemax": lambda q, k, v: attend(q, k, v, select=sparsemax),
    "top-k": lambda q, k, v: attend(q, k, v, select=TopK(2)),
    "sinks": lambda q, k, v: attend(q, k, v, select=Sinks(torch.linspace(-1, 1, H))),
}


@pytest.mark.parametrize("name", CALLS)
@torch.no_grad()
def test_what_is_saved_is_what_is_loaded(name: str, tmp_path: Path) -> None:
    model = Attention(CALLS[name])
    with qkv.watch(model) as seen:
        model(X)
    seen.save(tmp_path / "seen")
    again = load(tmp_path / "seen")
    assert repr(again) == repr(seen)
    assert again.bytes == seen.bytes
    for result, wanted in zip(again, seen, strict=True):
        torch.testing.assert_close(result.weights.dense(), wanted.weights.dense())
        torch.testing.assert_close(result.weights[0, 1, 2:4], wanted.weights[0, 1, 2:4])
        torch.testing.assert_close(result.weights.received(), wanted.weights.received())
        assert result.check == wanted.check


@torch.no_grad()
def test_other_scores_are_saved_as_weights(tmp_path: Path) -> None:
    score = Additive(D, D, 5)
    model = Attention(lambda q, k, v: attend(q, k, v, score=score))
    with qkv.watch(model) as seen:
        model(X)
    seen.save(tmp_path)
    torch.testing.assert_close(load(tmp_path)[0].weights.dense(), seen[0].weights.dense())


@torch.no_grad()
def test_readouts_and_what_is_unseen_are_saved(tmp_path: Path) -> None:
    class EagerAttention(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return (x @ x.mT).softmax(-1) @ x

    model = nn.Sequential(Attention(), EagerAttention())
    with qkv.watch(model, readouts=[readouts.TopK(2), readouts.Entropy()]) as seen:
        model(X)
    seen.save(tmp_path)
    again = load(tmp_path)
    assert again.unseen == seen.unseen
    assert [each.module for each in again.unseen] == ["1"]
    (loaded,), (record,) = again, seen
    assert list(loaded.readouts) == [readouts.TopK(2), readouts.Entropy()]
    entropies = (each.readouts[readouts.Entropy()] for each in (loaded, record))
    torch.testing.assert_close(*entropies, rtol=0, atol=0)
    for result, wanted in zip(
        *(r.readouts[readouts.TopK(2)] for r in (loaded, record)), strict=True
    ):
        assert torch.equal(result, wanted)
    with pytest.raises(ConfigError, match="only its readouts were kept"):
        _ = again[0].weights


@torch.no_grad()
def test_readouts_with_arguments_are_saved(tmp_path: Path) -> None:
    first = Mask(torch.arange(T)[None] < 2)
    some = [readouts.Mass(first), readouts.Mean([1, 0]), readouts.Pool(2, 3)]
    model = Attention()
    with qkv.watch(model, readouts=some) as seen:
        model(X)
    seen.save(tmp_path)
    (loaded,) = load(tmp_path)
    mass, mean, pool = loaded.readouts
    assert isinstance(mass, readouts.Mass)
    assert torch.equal(mass.where.allowed, first.allowed)
    assert [mean, pool] == some[1:]
    truth = weights_of(model, X)
    torch.testing.assert_close(loaded.readouts[mass], truth[..., :2].sum(-1))
    torch.testing.assert_close(loaded.readouts[mean], truth[:, :2].mean(1))
    assert torch.equal(loaded.readouts[pool], seen[0].readouts[pool])


@torch.no_grad()
def test_a_readout_of_ones_own_is_not_saved(tmp_path: Path) -> None:
    class Largest(readouts.Readout):
        def read(self, piece: Any) -> Tensor:
            return piece.weights.amax(-1)

    model = Attention()
    with qkv.watch(model, readouts=[own := Largest()]) as seen:
        model(X)
    torch.testing.assert_close(seen[0].readouts[own], weights_of(model, X).amax(-1))
    with pytest.raises(ConfigError, match=r"is not one of qkv\.readouts, which can be saved"):
        seen.save(tmp_path)


def test_what_0_1_0_saved_is_loaded() -> None:
    """nn.MultiheadAttention(8, 2) on x of (3, 1, 8), seed 0."""
    torch.manual_seed(0)
    model, x = nn.MultiheadAttention(8, 2).eval(), torch.randn(3, 1, 8)
    _, truth = model(x, x, x, average_attn_weights=False)
    (record,) = load(Path(__file__).parent / "seen_by_0.1.0")
    names = readouts.TopK(2), readouts.Argmax(), readouts.Entropy(), readouts.Received()
    assert tuple(record.readouts) == names
    assert (record.shape, record.thread) == ((1, 2, 3, 3), "MainThread")
    (values, positions), best, entropy, received = record.readouts.values()
    torch.testing.assert_close(values, truth.topk(2).values)
    assert torch.equal(positions[..., 0], best)
    assert torch.equal(best, truth.argmax(-1))
    torch.testing.assert_close(entropy, torch.special.entr(truth).sum(-1))
    torch.testing.assert_close(received, truth.sum(-2))


@torch.no_grad()
def test_nothing_is_saved_twice(tmp_path: Path) -> None:
    model = Attention()
    with qkv.watch(model) as once:
        model(X)
    with qkv.watch(model) as twice:
        model(X)
        model(X)
    once.save(tmp_path / "once")
    twice.save(tmp_path / "twice")
    sizes = [(tmp_path / n / "attention.safetensors").stat().st_size for n in ("once", "twice")]
    assert sizes[1] < sizes[0] + 1000


def test_folders_that_cannot_be_loaded_or_saved_into(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="no such file; seen"):
        load(tmp_path)
    Seen().save(tmp_path)
    path = tmp_path / "attention.safetensors"
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(FolderError, match="broken or truncated"):
        load(tmp_path)
    with pytest.raises(DataError, match="cannot be made a folder"):
        Seen().save(path / "below")


# Aligned


class Translating(nn.Module):
    """Three layers of cross-attention whose weights are known."""

    def __init__(self, scores: Tensor) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Cross(scores * (n + 1)) for n in range(3))

    def forward(self, target: Tensor, source: Tensor) -> Tensor:
        for layer in self.layers:
            target = layer(target, source)
        return target


class Cross(nn.Module):
    def __init__(self, scores: Tensor) -> None:
        super().__init__()
        self.scores = scores
        self.query, self.key = nn.Linear(M, M), nn.Linear(M, M)

    def forward(self, target: Tensor, source: Tensor) -> Tensor:
        query, key = (
            p(x).unflatten(-1, (H, D)).transpose(1, 2) * 0
            for p, x in ((self.query, target), (self.key, source))
        )
        return attend(query, key, key, bias=Bias(self.scores)).context.transpose(1, 2).flatten(-2)


SOURCE = ["▁the", "▁gr", "een", "▁cat", "</s>"]
TARGET = ["<s>", "▁die", "▁Katze", ",", "▁grün", "e", "</s>"]
#             the  gr   een  cat  </s>
LOOKS = [
    [9, 0, 0, 0, 0],
    [0, 0, 0, 9, 0],
    [0, 0, 0, 8, 0],
    [0, 4, 2, 0, 0],
    [0, 0, 5, 0, 6],
    [0] * 5,
]


def translated(rows: list[list[int]] = LOOKS) -> Seen:
    model = Translating(torch.tensor(rows, dtype=torch.float32))
    with torch.no_grad(), qkv.watch(model) as seen:
        model(torch.randn(B, len(rows), M), torch.randn(B, 5, M))
    return seen


def test_words_are_linked_and_layer_and_heads_are_named() -> None:
    result = translated().align(SOURCE, TARGET)
    assert result.source == ["the", "green", "cat"]
    assert result.target == ["die", "Katze,", "grüne"]
    assert result.links == [(0, 0), (1, 2), (2, 1)]
    assert result.pharaoh == "0-0 1-2 2-1"
    assert result.layer == "layers.1"
    assert result.heads == [0, 1, 2, 3]


def test_a_layer_and_heads_of_ones_own() -> None:
    result = translated().align(SOURCE, TARGET[1:], layer="layers.2", heads=[3], row=1)
    assert (result.layer, result.heads) == ("layers.2", [3])
    assert result.links == [(0, 0), (1, 2), (2, 1)]


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (["[CLS]", "un", "##believ", "##able", "cats", "[SEP]", "[PAD]"], ["unbelievable", "cats"]),
        (["The", "Ġc", "at", "Ġsat", "<|endoftext|>"], ["The", "cat", "sat"]),
        (["un@@", "believ@@", "able", "cats", "</s>"], ["unbelievable", "cats"]),
        (["un", "believable</w>", "cats</w>"], ["unbelievable", "cats"]),
        (["eng_Latn", "▁", "我", "喜欢", "▁咖啡", "</s>"], ["我喜欢", "咖啡"]),
        (["__zh__", "▁", "▁我", "</s>"], ["我"]),
        (["just", "words"], ["just", "words"]),
        (["</s>"], []),
        (["▁a", "<extra_id_0>", "b"], ["a", "b"]),
    ],
)
def test_words_by_the_marks_of_tokenizers(tokens: list[str], words: list[str]) -> None:
    seen = translated([[0] * 5] * len(tokens))
    assert seen.align(SOURCE, tokens).target == words


def test_special_tokens_of_ones_own() -> None:
    assert translated([[0] * 5] * 2).align(SOURCE, ["<BOS", "word"], special=["<BOS"]).target == [
        "word"
    ]


def test_what_cannot_be_aligned() -> None:
    with pytest.raises(ShapeError) as caught:
        translated().align(SOURCE[1:], TARGET)
    assert str(caught.value) == (
        "align(): layers.1 attended from 6 target to 5 source tokens; got 7 and 4. Give all, "
        "special ones included."
    )
    with torch.no_grad(), qkv.watch(Attention()) as seen:
        pass
    with pytest.raises(ConfigError, match="no cross-attention was seen"):
        seen.align(SOURCE, TARGET)
    with pytest.raises(ConfigError, match="did not generate in the block"):
        seen.generated()


# Received


@torch.no_grad()
def test_received_is_summed_over_calls_of_growing_length() -> None:
    model = Attention()
    with qkv.watch(model) as seen, qkv.watch(model, readouts=[readouts.Received()]) as read:
        model(X[:, :4])
        model(X)
    both = weights_of(model, X[:, :4]).sum(-2), weights_of(model, X).sum(-2)
    wanted = both[1] + functional.pad(both[0], (0, T - 4))
    torch.testing.assert_close(seen.received()[""], wanted)
    torch.testing.assert_close(read.received()[""], wanted)
