"""What a pass is asked to look at changes just that, in one pass and step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from qkv.errors import ConfigError, ShapeError
from qkv.models import PLAIN, Attending, EncoderDecoder, Memory
from qkv.shapes import Bias, Mask
from tests.models.helpers import SOURCE_WORDS, sentences, small, targets

LENGTHS, T = [7, 5, 3], 4
B, S, HEADS, LAYERS, D = len(LENGTHS), 7, 3, 2, 4
WIDTH = HEADS * D

TRANSFORMER: dict[str, Any] = {
    "width": WIDTH, "embedding": WIDTH, "heads": HEADS, "feedforward": 11,
    "encoder_layers": LAYERS, "decoder_layers": LAYERS,
}  # fmt: skip
RNN: dict[str, Any] = {"architecture": "rnn", "width": 8, "embedding": 8, "encoder_width": 6}
PICTURES = {"vision": "frozen", "grid": 3, "region_width": 5}
MODELS: dict[str, dict[str, Any]] = {
    "transformer": TRANSFORMER,
    "luong": RNN,
    "article": RNN | {"order": "article", "attention": "additive"},
    "hard": RNN | {"select": "hard"},
    "places": RNN | PICTURES | {"order": "places"},
    "places, hard": RNN | PICTURES | {"order": "places", "select": "hard"},
    "regions": TRANSFORMER | PICTURES,
}
every_model = pytest.mark.parametrize("name", MODELS)


def source(settings: dict[str, Any]) -> tuple[Tensor, Tensor]:
    if "vision" not in settings:
        return sentences(LENGTHS, SOURCE_WORDS)
    torch.manual_seed(3)
    return torch.randn(B, 9, 5).double(), torch.ones(B, 9, dtype=torch.bool)


def run(
    model: EncoderDecoder, memory: Memory, tokens: Tensor, attention: Attending
) -> tuple[Tensor, list[Tensor]]:
    """Logits (B, T, V) and the cross weights (B, H, T, Tk) a layer, one step at a time."""
    state, logits, weights = model.decoder.start(memory), [], []
    for token in tokens.unbind(1):
        step = model.decoder.step(state, token, memory, attention=attention)
        state = step.state
        logits.append(step.logits)
        weights.append([layer.dense() for layer in step.cross])
    return torch.stack(logits, 1), [torch.cat(layer, 2) for layer in zip(*weights, strict=True)]


def read(
    model: EncoderDecoder, memory: Memory, tokens: Tensor, attention: Attending = PLAIN
) -> tuple[Tensor, list[Tensor]]:
    """The same in one pass."""
    decoded = model.decoder(memory, tokens, attention=attention)
    return model.decoder.readout(decoded.features), [w.dense() for w in decoded.cross_weights]


def many_rules(keys: int, heads: int) -> Attending:
    """Rules of all kinds over the memory, with axes of the batch and of heads."""
    torch.manual_seed(5)
    allowed = torch.rand(B, heads, T, keys) < 0.7
    pin = torch.rand(B, 1, 2, keys).double()
    return (
        PLAIN.masked("cross", Mask(allowed), layer=0)
        .biased("cross", Bias(torch.randn(heads, T, keys).double()))
        .pinned("cross", pin / pin.sum(-1, keepdim=True), rows=[0, 2], layer=0)
    )


@every_model
def test_step_by_step_is_one_pass_whatever_is_asked(name: str) -> None:
    settings = MODELS[name]
    model, tokens = small(**settings), targets(B, T)
    memory = model.encode(*source(settings))
    heads = settings.get("heads", 1)
    attention = many_rules(memory.keys.shape[1], heads)
    logits, weights = read(model, memory, tokens, attention)
    stepped, step_weights = run(model, memory, tokens, attention)
    torch.testing.assert_close(stepped, logits)
    torch.testing.assert_close(step_weights, weights)
    assert not torch.allclose(logits, read(model, memory, tokens)[0])


@every_model
@pytest.mark.parametrize("length", [3, 40])
def test_weights_pinned_to_what_they_were_change_nothing(name: str, length: int) -> None:
    """Bit for bit, in float32, where short and long texts take different kernels."""
    settings = MODELS[name]
    model = small(**settings).float()
    ids, present = source(settings)
    if ids.dtype is torch.int64:
        ids, present = ids.repeat(1, length), present.repeat(1, length)
    memory = model.encode(ids.float() if ids.dtype.is_floating_point else ids, present)
    tokens = targets(B, length)
    decoded = model.decoder(memory, tokens)
    by_word = settings.get("order") in ("article", "places")
    for layer, weights in enumerate(decoded.cross_weights):
        # A product of one row rounds otherwise than one of many: read as they were computed.
        rows = [weights[:, :, t : t + 1] for t in range(length)] if by_word else [weights.dense()]
        attention = PLAIN.pinned("cross", torch.cat(rows, 2), rows=range(length), layer=layer)
        again = model.decoder(memory, tokens, attention=attention)
        assert torch.equal(again.features, decoded.features)
    for layer, weights in enumerate(decoded.self_weights):
        attention = PLAIN.pinned("self", weights.dense(), rows=range(length), layer=layer)
        again = model.decoder(memory, tokens, attention=attention)
        assert torch.equal(again.features, decoded.features)


def test_the_encoder_pinned_to_what_it_did_changes_nothing() -> None:
    model, given = small(**TRANSFORMER).float(), sentences(LENGTHS, SOURCE_WORDS)
    memory = model.encode(*given)
    for layer, weights in enumerate(memory.self_weights):
        attention = PLAIN.pinned("encoder", weights.dense(), rows=range(S), layer=layer)
        assert torch.equal(model.encode(*given, attention=attention).keys, memory.keys)


@every_model
def test_pinned_rows_have_the_weights_they_were_given(name: str) -> None:
    settings = MODELS[name]
    model, tokens = small(**settings), targets(B, T)
    memory = model.encode(*source(settings))
    keys, last = memory.keys.shape[1], settings.get("decoder_layers", 1) - 1
    pin = torch.zeros(1, keys).double()
    pin[0, 1] = 1.0
    attention = PLAIN.pinned("cross", pin, rows=[2], layer=last)
    _, plain = read(model, memory, tokens)
    _, weights = read(model, memory, tokens, attention)
    assert torch.equal(weights[last][:, :, 2], pin.expand(B, weights[last].shape[1], keys))
    torch.testing.assert_close(weights[last][:, :, :2], plain[last][:, :, :2])
    logits = run(model, memory, tokens, attention)[0]
    if settings.get("decoder_layers"):  # and the context is that value alone, projected
        changed = (logits - read(model, memory, tokens)[0]).abs().amax((0, 2)) > 1e-9
        assert changed.tolist() == [False, False, True, False]


def test_a_pin_is_for_the_heads_it_names_and_the_last_one_wins() -> None:
    model, tokens = small(**TRANSFORMER), targets(B, T)
    memory = model.encode(*sentences(LENGTHS, SOURCE_WORDS))
    first, second = torch.eye(S)[None, 0].double(), torch.eye(S)[None, 1].double()
    attention = (
        PLAIN.pinned("cross", first, rows=[1], layer=0, heads=[0, 1])
        .pinned("cross", second, rows=[1], layer=0, heads=[1])
    )  # fmt: skip
    _, plain = read(model, memory, tokens)
    for how in (read, run):
        weights = how(model, memory, tokens, attention)[1][0]
        assert torch.equal(weights[:, 0, 1], first.expand(B, S))
        assert torch.equal(weights[:, 1, 1], second.expand(B, S))
        torch.testing.assert_close(weights[:, 2], plain[0][:, 2])
        torch.testing.assert_close(weights[:, :, [0, 2, 3]], plain[0][:, :, [0, 2, 3]])


def cut_out(model: EncoderDecoder, part: str, heads: list[int]) -> EncoderDecoder:
    """The model without some heads of a layer: nothing of them reaches the output."""
    weight = model.get_parameter(f"{part}.out.weight").data
    for head in heads:
        weight[:, head * D : (head + 1) * D] = 0.0
    return model


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("cross", "decoder.layers.1.cross"),
        ("self", "decoder.layers.1.own"),
        ("encoder", "encoder.layers.1.heads"),
    ],
)
def test_heads_switched_off_are_heads_cut_out(kind: Any, part: str) -> None:
    given, tokens = sentences(LENGTHS, SOURCE_WORDS), targets(B, T)
    attention = PLAIN.without_heads(kind, [0, 2], layer=1)
    decoded, memory = small(**TRANSFORMER)(*given, tokens, attention=attention)
    expected, _ = cut_out(small(**TRANSFORMER), part, [0, 2])(*given, tokens)
    torch.testing.assert_close(decoded.features, expected.features)
    weights = {"cross": decoded.cross_weights, "self": decoded.self_weights}
    layer = weights.get(kind, memory.self_weights)[1].dense()
    assert not layer[:, [0, 2]].any()
    assert layer[:, 1].any()


@pytest.mark.parametrize("name", [name for name in MODELS if "vision" not in MODELS[name]])
def test_a_hidden_word_is_a_memory_without_it(name: str) -> None:
    model, tokens = small(**MODELS[name]), targets(B, T)
    memory = model.encode(*sentences(LENGTHS, SOURCE_WORDS))
    rest = [0, 1, 3, 4, 5, 6]
    without = replace(
        memory,
        keys=memory.keys[:, rest],
        values=memory.values[:, rest],
        present=memory.present[:, rest],
    )
    hidden = torch.arange(S) == 2
    expected, expected_weights = read(model, without, tokens)
    for how in (read, run):
        logits, weights = how(model, memory, tokens, PLAIN.hiding(hidden))
        torch.testing.assert_close(logits, expected)
        for layer, other in zip(weights, expected_weights, strict=True):
            torch.testing.assert_close(layer[..., rest], other)
            assert not layer[..., 2].any()


def test_a_hidden_word_is_hidden_from_the_encoder_too() -> None:
    """As if it were padding, sentence by sentence."""
    model = small(**TRANSFORMER)
    ids, present = sentences(LENGTHS, SOURCE_WORDS)
    hidden = torch.zeros(B, S, dtype=torch.bool)
    hidden[0, 3] = hidden[1, 0] = True
    attention = PLAIN.hiding(hidden)
    memory = model.encode(ids, present, attention=attention)
    expected = model.encode(ids, present & ~hidden)
    torch.testing.assert_close(memory.keys, expected.keys)
    torch.testing.assert_close(
        read(model, memory, targets(B, T), attention)[0], read(model, expected, targets(B, T))[0]
    )


@every_model
def test_rows_of_the_batch_are_selected_with_the_memory(name: str) -> None:
    settings = MODELS[name]
    model, tokens = small(**settings), targets(B, T)
    memory = model.encode(*source(settings))
    attention = many_rules(memory.keys.shape[1], settings.get("heads", 1))
    logits, _ = read(model, memory, tokens, attention)
    rows = torch.tensor([2, 0, 2])
    selected = attention.select(torch.tensor([1, 2, 0])).select(torch.tensor([1, 2, 1]))
    again, _ = run(model, memory.select(rows), tokens[rows], selected)
    torch.testing.assert_close(again, logits[rows])
    assert PLAIN.select(rows) is PLAIN


@pytest.mark.parametrize("width", [1, T - 1, T, T + 3])
def test_pins_over_a_decoders_own_words_hold_step_by_step(width: int) -> None:
    """Whatever text they were made for; weight on words yet to come is left out."""
    model, tokens = small(**TRANSFORMER), targets(B, T)
    memory = model.encode(*source(TRANSFORMER))
    pin = torch.rand(3, width).double()
    attention = PLAIN.pinned("self", pin, rows=[0, 1, 3], layer=1)
    decoded = model.decoder(memory, tokens, attention=attention)
    logits, _ = run(model, memory, tokens, attention)
    torch.testing.assert_close(logits, model.decoder.readout(decoded.features))
    given = torch.nn.functional.pad(pin, (0, T))[:, :T]
    for number, row in enumerate([0, 1, 3]):
        wanted = given[number].where(torch.arange(T) <= row, 0.0)
        weights = decoded.self_weights[1].dense()[:, :, row]
        torch.testing.assert_close(weights, wanted.expand_as(weights))


def test_words_beyond_the_end_of_a_mask_are_free() -> None:
    model, tokens = small(**TRANSFORMER), targets(B, T)
    memory = model.encode(*sentences(LENGTHS, SOURCE_WORDS))
    only_first = torch.zeros(2, S, dtype=torch.bool)
    only_first[:, 0] = True
    own = torch.eye(2, dtype=torch.bool)
    attention = PLAIN.masked("cross", Mask(only_first)).masked("self", Mask(own), layer=0)
    decoded = model.decoder(memory, tokens, attention=attention)
    cross, own_weights = decoded.cross_weights[0].dense(), decoded.self_weights[0].dense()
    assert (cross[:, :, :2, 0] == 1).all()
    assert (cross[0, :, 2:] > 0).all()
    assert (own_weights[:, :, 1, 1] == 1).all()
    assert (own_weights[:, :, 3] > 0).all()
    torch.testing.assert_close(
        run(model, memory, tokens, attention)[0], model.decoder.readout(decoded.features)
    )


def test_a_bias_moves_attention_in_the_layer_and_head_it_is_for() -> None:
    model, tokens = small(**TRANSFORMER), targets(B, T)
    memory = model.encode(*sentences(LENGTHS, SOURCE_WORDS))
    bias = torch.zeros(1, S).double()
    bias[0, 2] = 1.5
    _, plain = read(model, memory, tokens)
    _, weights = read(model, memory, tokens, PLAIN.biased("cross", Bias(bias), layer=0, heads=[1]))
    wanted = (plain[0].log() + bias).softmax(-1)
    torch.testing.assert_close(weights[0][:, 1], wanted[:, 1])
    torch.testing.assert_close(weights[0][:, [0, 2]], plain[0][:, [0, 2]])


PAIRS = Mask(torch.ones(1, S, dtype=torch.bool))
ERRORS: dict[str, tuple[dict[str, Any], Attending, str]] = {
    "layer": (
        TRANSFORMER,
        PLAIN.masked("cross", PAIRS, layer=2),
        "no layer 2 of cross attention; this model has 2, numbered from 0.",
    ),
    "head": (
        TRANSFORMER,
        PLAIN.without_heads("self", [1, 3]),
        "no head 3 of self attention; this model has 3, numbered from 0.",
    ),
    "encoder": (
        RNN,
        PLAIN.masked("encoder", PAIRS),
        "this model has no encoder attention to change.",
    ),
    "self": (RNN, PLAIN.masked("self", PAIRS), "this model has no self attention to change."),
    "source": (
        TRANSFORMER,
        PLAIN.hiding(torch.tensor([True, False])),
        "Mask(1, 1, 1, 2) is for 2 source positions, end of sentence counted; there are 7.",
    ),
    "layer of the source": (
        TRANSFORMER,
        PLAIN.masked("source", PAIRS, layer=2),
        "no layer 2 of encoder attention; this model has 2, numbered from 0.",
    ),
    "head of the source": (
        RNN,
        PLAIN.without_heads("source", [1]),
        "no head 1 of cross attention; this model has 1, numbered from 0.",
    ),
    "pin too narrow": (
        TRANSFORMER,
        PLAIN.pinned("cross", torch.ones(1, 5), rows=[0]),
        "pinned weights (1, 5) are for 5 source positions, end of sentence counted; there are 7.",
    ),
    "pin too wide": (
        TRANSFORMER,
        PLAIN.pinned("cross", torch.ones(1, 8), rows=[0]),
        "pinned weights (1, 8) are for 8 source positions, end of sentence counted; there are 7.",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_the_model_does_not_have_is_refused(case: str) -> None:
    settings, attention, text = ERRORS[case]
    with pytest.raises((ConfigError, ShapeError)) as error:
        small(**settings)(*sentences(LENGTHS, SOURCE_WORDS), targets(B, T), attention=attention)
    assert str(error.value) == text


def test_what_makes_no_sense_is_refused_when_it_is_said() -> None:
    with pytest.raises(ConfigError, match="no attention 'casual'; choose cross, self"):
        PLAIN.masked("casual", PAIRS)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ShapeError, match=r"2 rows need weights \(..., 2, Tk\); got \(3, 7\)"):
        PLAIN.pinned("cross", torch.zeros(3, 7), rows=[0, 1])
    for rows in ([-1], [0.5]):
        with pytest.raises(ShapeError, match=r"rows are whole numbers from 0; got \["):
            PLAIN.pinned("cross", torch.zeros(1, 7), rows=rows)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ShapeError, match=r"a row is given twice in \[1, 1\]"):
        PLAIN.pinned("cross", torch.zeros(2, 7), rows=[1, 1])
    bare: Any = torch.ones(1, 7, dtype=torch.bool)
    with pytest.raises(ShapeError, match=r"needs a qkv.Mask; got Tensor. Use qkv.Mask\(bool_"):
        PLAIN.masked("cross", bare)
    other: Any = Bias(torch.zeros(1, 7))
    with pytest.raises(ShapeError, match=r"needs a qkv\.Mask; got Bias"):
        PLAIN.masked("cross", other)
    wrong: Any = PAIRS
    with pytest.raises(ShapeError, match=r"needs a qkv.Bias; got Mask. Use qkv.Bias\(float_"):
        PLAIN.biased("cross", wrong)
    with pytest.raises(ShapeError, match=r"needs a bool tensor \(S,\) or \(B, S\)"):
        PLAIN.hiding(torch.zeros(3))
