"""The recurrent models: every combination holds the same promises; the article's is worked out."""

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from qkv.attention import General, Heads, attend
from qkv.attention.select import Chosen
from qkv.data.tokenizer import BOS, PAD
from qkv.models import EncoderDecoder, Memory, ModelConfig
from qkv.models.decoders import RecurrentDecoder
from qkv.models.encoders import RecurrentEncoder
from qkv.training.config import PRESETS
from tests.models.helpers import SOURCE_WORDS, TARGET_WORDS, sentences, small, stepped, targets
from tests.oracles import attention as oracle
from tests.oracles.recurrent import gru_cell, lstm_cell
from tests.tiny import lstms_run_in_bfloat16

LENGTHS, S, T = [7, 5, 3], 7, 6
B = len(LENGTHS)

COMBINATIONS = {
    f"{attention} {order} {cell} {'both ways' if both else 'one way'} {layers[0]}+{layers[1]}": {
        "architecture": "rnn",
        "attention": attention,
        "order": order,
        "cell": cell,
        "bidirectional": both,
        "encoder_layers": layers[0],
        "decoder_layers": layers[1],
        "embedding": 5,
        "tied": False,
        "width": 8,
        "encoder_width": 8 if attention == "dot" else 10,
    }
    for attention, order, cell, both, layers in product(
        ["none", "dot", "general", "additive"],
        ["article", "luong"],
        ["lstm", "gru"],
        [False, True],
        [(1, 1), (2, 3)],
    )
}
COMBINATIONS |= {
    f"{name} with {how}": COMBINATIONS[name] | settings
    for name in ("dot article gru one way 1+1", "general luong lstm both ways 2+3")
    for how, settings in {
        "hard": {"select": "hard"},
        "gate": {"gate": True},
        "norm": {"norm": True},
        "hard and gate": {"select": "hard", "gate": True},
    }.items()
}
every_combination = pytest.mark.parametrize("settings", COMBINATIONS.values(), ids=COMBINATIONS)


@every_combination
def test_step_by_step_is_one_pass(settings: dict[str, Any]) -> None:
    model = small(**settings)
    decoded, memory = model(*sentences(LENGTHS, SOURCE_WORDS), targets(B, T))
    logits = model.decoder.readout(decoded.features)
    assert logits.shape == (B, T, TARGET_WORDS)
    torch.testing.assert_close(stepped(model, memory, targets(B, T)), logits)
    with torch.inference_mode():  # as a search does: by cells, not by nn.LSTM
        torch.testing.assert_close(stepped(model, memory, targets(B, T)), logits)


@every_combination
def test_padding_changes_nothing_and_a_batch_is_its_sentences(settings: dict[str, Any]) -> None:
    model = small(**settings)
    ids, present = sentences(LENGTHS, SOURCE_WORDS)
    tokens = targets(B, T)
    together, _ = model(ids, present, tokens)
    weights = together.cross_weights[0].dense()
    for row, length in enumerate(LENGTHS):
        one = slice(row, row + 1)
        alone, _ = model(ids[one, :length], present[one, :length], tokens[one])
        torch.testing.assert_close(alone.features, together.features[one])
        seen = alone.cross_weights[0].dense()
        torch.testing.assert_close(seen, weights[one, ..., : seen.shape[-1]])
        assert not weights[one, ..., seen.shape[-1] :].any()


@every_combination
def test_every_parameter_learns(settings: dict[str, Any]) -> None:
    model = small(**settings).train()
    decoded, _ = model(*sentences(LENGTHS, SOURCE_WORDS), targets(B, T))
    loss = model.decoder.readout(decoded.features).square().sum()
    select = decoded.cross_weights[0].lookup.select
    if isinstance(select, Chosen):  # the draw hides the score from the loss
        loss = loss + select.log_prob.sum()
    loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name


@every_combination
def test_it_trains_in_bfloat16(settings: dict[str, Any]) -> None:
    if settings["cell"] == "lstm" and not lstms_run_in_bfloat16():
        pytest.skip("torch has no LSTM in bfloat16 on this processor")
    model = small(**settings).float().train()
    with torch.autocast("cpu", torch.bfloat16):
        decoded, _ = model(*sentences(LENGTHS, SOURCE_WORDS), targets(B, T))
        loss = model.decoder.readout(decoded.features).float().square().mean()
    loss.backward()
    assert loss.isfinite()
    hidden = {"decoder.score.project.weight"} if settings.get("select") == "hard" else set()
    for name, parameter in model.named_parameters():
        if name not in hidden:
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name


@every_combination
def test_a_state_follows_the_rows_it_is_told_to(settings: dict[str, Any]) -> None:
    """Hypotheses change places between two steps, across sentences too."""
    model = small(**settings)
    tokens = targets(B, 3)
    memory = model.encode(*sentences(LENGTHS, SOURCE_WORDS))
    state = model.decoder.step(model.decoder.start(memory), tokens[:, 0], memory).state
    straight = model.decoder.step(state, tokens[:, 1], memory).logits
    rows = torch.tensor([2, 0, 2, 1])
    moved = model.decoder.step(state.select(rows), tokens[rows, 1], memory.select(rows))
    torch.testing.assert_close(moved.logits, straight[rows])
    assert moved.state.position == 2


def numbers(x: Tensor) -> np.ndarray:
    return x.detach().numpy()


def parameters(rnn: nn.Module, suffix: str = "_l0") -> list[np.ndarray]:
    """W, U, b, d of one layer and direction, as torch names them."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return [numbers(getattr(rnn, name + suffix)) for name in names]


def cell_states(rnn: nn.Module, x: np.ndarray, suffix: str) -> list[tuple[np.ndarray, ...]]:
    """The states (h, c) or (h,) after each row of x, by the oracle's cell."""
    weights, lstm = parameters(rnn, suffix), isinstance(rnn, nn.LSTM)
    width = weights[1].shape[1]
    state = (np.zeros(width),) * (2 if lstm else 1)
    states = []
    for row in x:
        state = lstm_cell(row, *state, *weights) if lstm else (gru_cell(row, *state, *weights),)
        states.append(state)
    return states


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("both", [False, True])
def test_the_encoders_states_are_those_of_its_cells(cell: str, both: bool) -> None:
    """h_i = [forward to i; backward to i]; the start is where each direction ended."""
    model = small(
        architecture="rnn", encoder_layers=1, embedding=6, tied=False, cell=cell, bidirectional=both
    )
    assert isinstance(model.encoder, RecurrentEncoder)
    ids, present = sentences(LENGTHS, SOURCE_WORDS)
    memory = model.encode(ids, present)
    assert torch.equal(memory.keys, memory.values)
    assert torch.equal(memory.present, present)
    for row, length in enumerate(LENGTHS):
        x = numbers(model.encoder.embedding(ids[row, :length]))
        runs = [cell_states(model.encoder.rnn, x, "_l0")]
        ends = [runs[0][-1]]
        if both:
            runs.append(cell_states(model.encoder.rnn, x[::-1], "_l0_reverse")[::-1])
            ends.append(runs[1][0])
        expected = np.stack([np.concatenate([run[i][0] for run in runs]) for i in range(length)])
        np.testing.assert_allclose(numbers(memory.keys[row, :length]), expected, atol=1e-12)
        for start, parts in zip(memory.start, zip(*ends, strict=True), strict=True):
            np.testing.assert_allclose(numbers(start[row, 0]), np.concatenate(parts), atol=1e-12)


@pytest.fixture(name="article")
def article_model() -> EncoderDecoder:
    """The article's literal model: sections 2.2 and 2.4."""
    preset = PRESETS["article"].items()
    literal = {name: value for name, value in preset if name in ModelConfig.__dataclass_fields__}
    return small(**literal, width=11, encoder_width=11, embedding=7)


class TestTheArticle:
    """S2 and S7: s₀ = hₙ; cₜ = Attention(s₍t₋₁₎, h, h); sₜ = LSTMCell(s₍t₋₁₎, [cₜ; y₍t₋₁₎])."""

    def test_the_decoder_starts_from_the_last_state(self, article: EncoderDecoder) -> None:
        assert isinstance(article.decoder, RecurrentDecoder)
        assert article.decoder.bridge is None
        memory = article.encode(*sentences(LENGTHS, SOURCE_WORDS))
        start = article.decoder.start(memory)
        last = memory.keys[torch.arange(B), torch.tensor(LENGTHS) - 1]
        assert torch.equal(start.moving[0][:, 0], last)

    def test_each_step_is_the_articles(self, article: EncoderDecoder) -> None:
        decoder = article.decoder
        assert isinstance(decoder, RecurrentDecoder)
        ids, present = sentences(LENGTHS, SOURCE_WORDS)
        tokens = targets(B, T)
        decoded, memory = article(ids, present, tokens)
        state = decoder.start(memory)
        w_o, b_o = numbers(decoder.output.weight), numbers(decoder.output.bias)
        for t in range(T):
            before = [numbers(x[:, 0]) for x in state.moving]  # s_{t-1} and its cell
            step = decoder.step(state, tokens[:, t], memory)
            logits, state = step.logits, step.state
            for row, length in enumerate(LENGTHS):
                s, c = before[0][row], before[1][row]
                h = numbers(memory.keys[row, :length])
                weights = oracle.softmax((h @ s)[None], np.array(True))[0]
                context = weights @ h
                y = numbers(decoder.embedding(tokens[row, t]))
                s, c = lstm_cell(np.concatenate((context, y)), s, c, *parameters(decoder.rnn))
                np.testing.assert_allclose(numbers(state.moving[0][row, 0]), s, atol=1e-12)
                np.testing.assert_allclose(numbers(state.moving[1][row, 0]), c, atol=1e-12)
                np.testing.assert_allclose(numbers(logits[row]), w_o @ s + b_o, atol=1e-12)
                seen = numbers(decoded.cross_weights[0][row, 0, t, :length])
                np.testing.assert_allclose(seen, weights, atol=1e-12)

    def test_its_context_is_attention_at_scale_one(self, article: EncoderDecoder) -> None:
        """S7: the same formula under other names, s = Q and h = K = V."""
        memory = article.encode(*sentences([S], SOURCE_WORDS))
        s, h = memory.start[0][0], memory.keys[0]
        context, weights = attend(s, h, h, scale=1.0)
        answer = oracle.attend(
            numbers(s), numbers(h), numbers(h), oracle.dot(1.0), np.ones((1, S), bool)
        )
        np.testing.assert_allclose(numbers(context), answer.context, atol=1e-12)
        np.testing.assert_allclose(numbers(weights.dense()), answer.weights, atol=1e-12)


def test_luongs_order_is_luongs() -> None:
    """s_t = cell(s_{t-1}, y_{t-1}); c_t = attend(s_t, h, h); s̃_t = tanh(W_c [c_t; s_t])."""
    model = small(
        architecture="rnn",
        attention="general",
        cell="gru",
        decoder_layers=1,
        encoder_layers=2,
        tied=False,
        width=11,
        encoder_width=6,
        embedding=7,
    )
    decoder = model.decoder
    assert isinstance(decoder, RecurrentDecoder)
    assert decoder.combine is not None
    assert decoder.bridge is not None
    assert isinstance(decoder.score, General)
    tokens = targets(1, T)
    decoded, memory = model(*sentences([S], SOURCE_WORDS), tokens)
    h = numbers(memory.keys[0])
    bilinear = oracle.general(numbers(decoder.score.project.weight))
    bridge = decoder.bridge[0]
    assert isinstance(bridge, nn.Linear)
    s = np.tanh(numbers(bridge.weight) @ numbers(memory.start[0][0]).ravel() + numbers(bridge.bias))
    for t in range(T):
        y = numbers(decoder.embedding(tokens[0, t]))
        s = gru_cell(y, s, *parameters(decoder.rnn))
        answer = oracle.attend(s[None], h, h, bilinear, np.ones((1, S), bool))
        joined = np.concatenate((answer.context[0], s))
        feature = np.tanh(numbers(decoder.combine.weight) @ joined + numbers(decoder.combine.bias))
        np.testing.assert_allclose(numbers(decoded.features[0, t]), feature, atol=1e-12)
        np.testing.assert_allclose(
            numbers(decoded.cross_weights[0][0, 0, t]), answer.weights[0], atol=1e-12
        )


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("order", ["article", "luong"])
def test_the_fixed_vector_is_a_memory_of_length_one(order: str, both: bool) -> None:
    """S1: all that the decoder sees of the source is where the encoder ended."""
    model = small(
        architecture="rnn", attention="none", order=order, bidirectional=both, encoder_layers=2
    )
    ids, present = sentences(LENGTHS, SOURCE_WORDS)
    decoded, memory = model(ids, present, targets(B, T))
    assert memory.keys.shape == (B, 1, 128)
    assert torch.equal(memory.keys[:, 0], memory.start[0][:, -1])
    assert torch.equal(decoded.cross_weights[0].dense(), torch.ones(B, 1, T, 1).double())


def test_an_rnn_has_no_self_attention() -> None:
    decoded, memory = small(architecture="rnn")(*sentences(LENGTHS, SOURCE_WORDS), targets(B, T))
    assert memory.self_weights == decoded.self_weights == ()
    assert not any(isinstance(m, Heads) for m in small(architecture="rnn").modules())


def test_padding_ids_are_embedded_as_nothing() -> None:
    model = small(architecture="rnn")
    assert isinstance(model.encoder, RecurrentEncoder)
    assert not model.encoder.embedding.weight[PAD].any()
    assert model.encoder.embedding.weight[BOS].any()


@pytest.mark.parametrize("order", ["article", "luong"])
def test_hard_attention_takes_the_likeliest_place_outside_training(order: str) -> None:
    settings = {"architecture": "rnn", "order": order, "width": 8, "embedding": 8}
    hard = small(**settings, encoder_width=8, select="hard")
    decoded, memory = hard(*sentences(LENGTHS, SOURCE_WORDS), targets(B, T))
    lookup = decoded.cross_weights[0].lookup
    soft = lookup.scores().masked_fill(~memory.mask.allowed, -torch.inf).softmax(-1)  # (B, 1, T, S)
    expected = nn.functional.one_hot(soft.argmax(-1), S).to(soft.dtype)
    torch.testing.assert_close(decoded.cross_weights[0].dense(), expected)


@pytest.mark.parametrize("order", ["article", "luong"])
def test_hard_attention_draws_in_training_and_remembers_what(order: str) -> None:
    settings = {"architecture": "rnn", "order": order, "width": 8, "embedding": 8}
    hard = small(**settings, encoder_width=8, select="hard").train()
    source, tokens, seen = sentences(LENGTHS, SOURCE_WORDS), targets(B, T), []
    for _ in range(8):
        decoded, memory = hard(*source, tokens)
        weights = decoded.cross_weights[0]
        assert set(weights.dense().unique().tolist()) == {0.0, 1.0}
        torch.testing.assert_close(weights.dense().sum(-1), torch.ones(B, 1, T).double())
        assert not (weights.dense() * ~memory.mask.allowed).any()
        lookup = weights.lookup
        assert isinstance(lookup.select, Chosen)
        soft = lookup.scores().masked_fill(~memory.mask.allowed, -torch.inf).log_softmax(-1)
        of_drawn = (soft * weights.dense()).nan_to_num().sum(-1)
        torch.testing.assert_close(lookup.select.log_prob, of_drawn)
        seen.append(weights.dense())
    assert any(not torch.equal(seen[0], other) for other in seen[1:])


@pytest.mark.parametrize("order", ["article", "luong"])
def test_the_gate_scales_the_context(order: str) -> None:
    """A gate that is shut leaves a decoder that sees nothing; an open one changes nothing."""
    settings = {"architecture": "rnn", "order": order, "width": 8, "embedding": 8}
    gated, plain = (small(**settings, encoder_width=8, gate=gate) for gate in (True, False))
    assert isinstance(gated.decoder, RecurrentDecoder)
    assert gated.decoder.gate is not None
    plain.load_state_dict(gated.state_dict(), strict=False)
    gated.decoder.gate.weight.data.zero_()
    source, tokens = sentences(LENGTHS, SOURCE_WORDS), targets(B, T)
    gated.decoder.gate.bias.data.fill_(50.0)  # σ(50) = 1
    torch.testing.assert_close(
        gated(*source, tokens)[0].features, plain(*source, tokens)[0].features
    )
    gated.decoder.gate.bias.data.fill_(-800.0)  # σ(-800) = 0
    memory = gated.encode(*source)
    blind = Memory(memory.keys, memory.values * 0, memory.present, memory.start)
    torch.testing.assert_close(
        gated.decoder(memory, tokens).features, plain.decoder(blind, tokens).features
    )
