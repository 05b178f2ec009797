"""The encoder of pictures: regions in, a Memory out, and every region stays in its place."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, pixel_unshuffle

from qkv.models import EncoderDecoder
from qkv.models.decoders import RecurrentDecoder
from qkv.models.encoders import Convolutions, Patches, RegionEncoder
from qkv.models.encoders.regions import AROUND
from tests.models.helpers import TARGET_WORDS, small, stepped, targets

GRID, C, B, T = 3, 11, 2, 5
R = GRID**2
PICTURES: dict[str, Any] = {
    "joint": True, "source_vocabulary": TARGET_WORDS, "grid": GRID, "encoder_layers": 1,
}  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "soft": {"architecture": "rnn"},
    "article": {"architecture": "rnn", "order": "article", "gate": True, "cell": "gru"},
    "hard": {
        "architecture": "rnn",
        "select": "hard",
        "gate": True,
        "norm": True,
        "decoder_layers": 2,
    },
    "places": {"architecture": "rnn", "order": "places", "norm": True, "decoder_layers": 2},
    "places, hard": {"architecture": "rnn", "order": "places", "cell": "gru", "select": "hard"},
    "mean": {"architecture": "rnn", "attention": "none"},
    "places, mean": {"architecture": "rnn", "attention": "none", "order": "places"},
    "transformer": {"architecture": "transformer", "heads": 2},
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def captioner(vision: str = "frozen", **settings: Any) -> EncoderDecoder:
    sizes = {"width": 8, "embedding": 8, "encoder_width": 8, "decoder_layers": 1}
    width = 192 if vision == "pixels" else C
    given = {**sizes, **PICTURES, "vision": vision, "region_width": width, **settings}
    return small(**given)


def regions(width: int = C) -> tuple[Tensor, Tensor]:
    torch.manual_seed(2)
    return torch.randn(B, R, width, dtype=torch.float64), torch.ones(B, R, dtype=torch.bool)


@pytest.mark.parametrize("vision", ["frozen", "pixels"])
@every_kind
def test_step_by_step_is_one_pass(kind: dict[str, Any], vision: str) -> None:
    model = captioner(vision, **kind)
    decoded, memory = model(*regions(192 if vision == "pixels" else C), targets(B, T))
    logits = model.decoder.readout(decoded.features)
    torch.testing.assert_close(stepped(model, memory, targets(B, T)), logits)
    keys = 1 if kind.get("attention") == "none" else R
    assert decoded.cross_weights[0].shape[-2:] == (T, keys)


@every_kind
def test_a_batch_is_its_pictures(kind: dict[str, Any]) -> None:
    model = captioner(**kind)
    (source, present), tokens = regions(), targets(B, T)
    together, _ = model(source, present, tokens)
    for row in range(B):
        one = slice(row, row + 1)
        alone, _ = model(source[one], present[one], tokens[one])
        torch.testing.assert_close(alone.features, together.features[one])


@every_kind
def test_cached_half_precision_is_taken(kind: dict[str, Any]) -> None:
    model = captioner(**kind)
    source, present = regions()
    half = source.half()
    torch.testing.assert_close(
        model.encode(half, present).keys, model.encode(half.double(), present).keys
    )


def test_the_start_is_the_mean_region_and_the_fixed_vector_nothing_else() -> None:
    whole, fixed = captioner(architecture="rnn"), captioner(**KINDS["mean"])
    weights = whole.get_submodule("encoder").state_dict()
    fixed.get_submodule("encoder").load_state_dict(weights)
    memory, alone = whole.encode(*regions()), fixed.encode(*regions())
    mean = memory.keys.mean(1, keepdim=True)
    assert len(memory.start) == 2  # h and c of an LSTM
    for start in memory.start:
        torch.testing.assert_close(start, mean)
    torch.testing.assert_close(alone.values, mean)
    assert alone.present.shape == (B, 1)
    assert fixed.one_vector
    assert not whole.one_vector


def test_regions_are_told_where_they_are() -> None:
    """Without their places, regions that change theirs would give the same memory, permuted."""
    model = captioner(architecture="rnn")
    source, present = regions()
    order = torch.randperm(R)
    moved, still = model.encode(source[:, order], present).keys, model.encode(source, present).keys
    assert not torch.allclose(moved, still[:, order])
    assert isinstance(model.encoder, RegionEncoder)
    model.encoder.place.data.zero_()
    moved, still = model.encode(source[:, order], present).keys, model.encode(source, present).keys
    torch.testing.assert_close(moved, still[:, order])


@pytest.mark.parametrize("select", ["soft", "hard"])
def test_with_places_the_cell_reads_where_it_looked_last(select: str) -> None:
    """s_t = cell(s_{t-1}, [l_{t-1}; y_{t-1}]); l_t = Σ α_ti p_i before a draw, and l_0 = 0."""
    model = captioner(
        architecture="rnn", order="places", cell="gru", select=select, dropout=0.0
    ).train()
    decoder, encoder = model.decoder, model.encoder
    assert isinstance(decoder, RecurrentDecoder)
    assert isinstance(encoder, RegionEncoder)
    tokens = targets(B, T)
    decoded, memory = model(*regions(), tokens)
    torch.testing.assert_close(memory.values[..., :8], memory.keys)
    state = decoder.start(memory).moving[0].transpose(0, 1)  # (1, B, 8)
    weights = decoded.cross_weights[0].dense()[:, 0]  # (B, T, R)
    where = torch.zeros(B, 8).double()
    for t in range(T):
        word = decoder.embedding(tokens[:, t])
        out, state = decoder.rnn(torch.cat((where, word), -1)[:, None], state)
        soft = decoder.score(out, memory.keys).softmax(-1)[:, 0]
        if select == "soft":
            torch.testing.assert_close(weights[:, t], soft)
        else:
            assert weights[:, t].count_nonzero(-1).eq(1).all()
        where = soft @ encoder.place


def test_patches_are_put_together_to_the_picture() -> None:
    """The first convolution sees the picture itself, not its patches."""
    network = Convolutions(GRID, 8).double()
    picture = torch.randn(B, 3, 8 * GRID, 8 * GRID, dtype=torch.float64)
    patches = pixel_unshuffle(picture, 8).flatten(2).transpose(1, 2)  # (B, R, 192)
    seen: list[Tensor] = []

    def remember(module: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> None:
        seen.append(out)

    network.halve[0].register_forward_hook(remember)
    assert network(patches).shape == (B, R, 8)
    first = network.halve[0]
    assert isinstance(first.weight, Tensor)
    assert isinstance(first.bias, Tensor)
    expected = conv2d(picture, first.weight, first.bias, stride=2, padding=1)
    torch.testing.assert_close(seen[0], expected)


def test_a_region_sees_its_patch_and_the_same_margin_on_all_sides() -> None:
    """∂ region / ∂ pixel: from the edges of its patch, 15 pixels in each direction."""
    grid = 7
    network = Convolutions(grid, 8).double()
    for module in network.modules():  # nothing is switched off
        if isinstance(module, nn.Conv2d):
            assert module.bias is not None
            nn.init.constant_(module.weight, 0.1)
            nn.init.constant_(module.bias, 1e3)
    picture = torch.randn(1, 3, 8 * grid, 8 * grid, dtype=torch.float64, requires_grad=True)
    patches = pixel_unshuffle(picture, 8).flatten(2).transpose(1, 2)
    network(patches)[0, 3 * grid + 3].sum().backward()  # the middle, pixels 24 to 31
    assert picture.grad is not None
    rows, columns = (picture.grad[0].abs().sum(0) > 0).nonzero(as_tuple=True)
    for found in (rows, columns):
        assert (found.min(), found.max()) == (24 - 15, 31 + 15)


def test_a_key_has_few_numbers_of_its_neighbours() -> None:
    """Whatever the patch in a corner shows, others move in AROUND directions or not at all."""
    grid, tries = 4, 20
    torch.manual_seed(4)
    network = Patches(grid, 8).double()
    patches = torch.randn(1, grid**2, 192, dtype=torch.float64).expand(tries, -1, -1).clone()
    still = network(patches)
    patches[:, 0] = torch.randn(tries, 192).double()
    moved = network(patches) - still
    rank = torch.linalg.matrix_rank(moved.transpose(0, 1), atol=1e-9).view(grid, grid)
    assert rank[0, 0] == 8
    assert {rank[row, column].item() for row, column in ((0, 1), (1, 0), (1, 1))} == {AROUND}
    rank[:2, :2] = 0
    assert not rank.any()
    patches[:, 0] *= 1e9
    widest = 2 * network.widen.weight.abs().sum(1)  # the numbers lie in [-1, 1]
    assert (network(patches) - still)[:, 1:].abs().le(widest).all()


@pytest.mark.parametrize("architecture", ["rnn", "transformer"])
def test_keys_of_pixels_are_no_values(architecture: str) -> None:
    memory = captioner("pixels", architecture=architecture, heads=2).encode(*regions(192))
    assert not torch.allclose(memory.keys, memory.values)
    frozen = captioner(architecture=architecture, heads=2).encode(*regions())
    assert frozen.keys is frozen.values
