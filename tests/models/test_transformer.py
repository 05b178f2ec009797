"""The Transformer: torch's layers with our weights, the paper's positions, steps as one pass."""

from math import cos, sin

import pytest
import torch
from torch import Tensor, nn

from qkv.attention import Heads, causal
from qkv.models import EncoderDecoder
from qkv.models.decoders import TransformerDecoder
from qkv.models.decoders.layer import DecoderLayer
from qkv.models.encoders import TransformerEncoder
from qkv.models.encoders.transformer import EncoderLayer
from qkv.models.parts import KEPT, Embed, FeedForward, sinusoids
from tests.models.helpers import SOURCE_WORDS, TARGET_WORDS, sentences, small, stepped, targets

LENGTHS, S, T = [7, 5, 3], 7, 6
B, H, M, F, LAYERS = len(LENGTHS), 2, 12, 17, 3


@pytest.fixture(name="model")
def transformer() -> EncoderDecoder:
    return small(
        heads=H, width=M, embedding=M, feedforward=F, encoder_layers=LAYERS, decoder_layers=LAYERS
    )


def source() -> tuple[Tensor, Tensor]:
    return sentences(LENGTHS, SOURCE_WORDS)


def copy_heads(ours: Heads, theirs: nn.MultiheadAttention) -> None:
    projections = ours.query, ours.key, ours.value
    theirs.in_proj_weight.data = torch.cat([p.weight for p in projections])
    theirs.in_proj_bias.data = torch.cat([p.bias for p in projections])
    theirs.out_proj.load_state_dict(ours.out.state_dict())


def copy_feedforward(
    ours: FeedForward, theirs: nn.TransformerEncoderLayer | nn.TransformerDecoderLayer
) -> None:
    theirs.linear1.load_state_dict(ours.inner.state_dict())
    theirs.linear2.load_state_dict(ours.outer.state_dict())


SIZES = {"dropout": 0.0, "batch_first": True, "norm_first": True, "dtype": torch.float64}


def torchs_encoder_layer(ours: EncoderLayer) -> nn.TransformerEncoderLayer:
    theirs = nn.TransformerEncoderLayer(M, H, F, **SIZES)
    copy_heads(ours.heads, theirs.self_attn)
    copy_feedforward(ours.feedforward, theirs)
    theirs.norm1.load_state_dict(ours.norm.state_dict())
    theirs.norm2.load_state_dict(ours.feedforward.norm.state_dict())
    return theirs


def torchs_decoder_layer(ours: DecoderLayer) -> nn.TransformerDecoderLayer:
    theirs = nn.TransformerDecoderLayer(M, H, F, **SIZES)
    copy_heads(ours.own, theirs.self_attn)
    copy_heads(ours.cross, theirs.multihead_attn)
    copy_feedforward(ours.feedforward, theirs)
    theirs.norm1.load_state_dict(ours.own_norm.state_dict())
    theirs.norm2.load_state_dict(ours.cross_norm.state_dict())
    theirs.norm3.load_state_dict(ours.feedforward.norm.state_dict())
    return theirs


def randomise(module: nn.Module) -> None:
    """Norms and biases too, which start as ones and zeros and would hide a swap."""
    torch.manual_seed(3)
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.5)


def test_torchs_encoder_with_our_weights_agrees(model: EncoderDecoder) -> None:
    encoder = model.encoder
    assert isinstance(encoder, TransformerEncoder)
    randomise(encoder)
    ids, present = source()
    x = encoder.embed(ids)
    for layer in encoder.layers:
        assert isinstance(layer, EncoderLayer)
        x = torchs_encoder_layer(layer)(x, src_key_padding_mask=~present)
    expected = encoder.norm(x)
    memory = model.encode(ids, present)
    torch.testing.assert_close(memory.keys[present], expected[present])
    assert torch.equal(memory.keys, memory.values)
    assert memory.start == ()


def test_torchs_decoder_with_our_weights_agrees(model: EncoderDecoder) -> None:
    decoder = model.decoder
    assert isinstance(decoder, TransformerDecoder)
    randomise(model)
    tokens = targets(B, T)
    memory = model.encode(*source())
    x = decoder.embed(tokens)
    for layer in decoder.layers:
        assert isinstance(layer, DecoderLayer)
        x = torchs_decoder_layer(layer)(
            x,
            memory.keys,
            tgt_mask=~causal(T).allowed,
            memory_key_padding_mask=~memory.present,
        )
    torch.testing.assert_close(decoder(memory, tokens).features, decoder.norm(x))


def test_positions_are_the_papers() -> None:
    """PE(pos, 2i) = sin(pos / 10000^(2i/M)), PE(pos, 2i + 1) = cos(…); section 3.5."""
    expected = [
        [(sin, cos)[k % 2](position / 10000 ** (2 * (k // 2) / M)) for k in range(M)]
        for position in range(100)
    ]
    got = sinusoids(torch.arange(100), M)
    torch.testing.assert_close(got, torch.tensor(expected), rtol=0.0, atol=1e-5)


def test_words_are_scaled_and_placed() -> None:
    """Embeddings times √M, plus the position (section 3.4); later positions on request."""
    embedding = nn.Embedding(TARGET_WORDS, M)
    embed = Embed(embedding, dropout=0.0)
    tokens = targets(B, T)
    whole = embed(tokens)
    by_hand = embedding.weight[tokens] * M**0.5 + sinusoids(torch.arange(T), M)
    torch.testing.assert_close(whole, by_hand)
    torch.testing.assert_close(embed(tokens[:, 4:], 4), whole[:, 4:])


def test_kept_and_new_positions_are_alike() -> None:
    embed = Embed(nn.Embedding(TARGET_WORDS, M), dropout=0.0).double()
    tokens = targets(1, KEPT + 3)
    whole = embed(tokens)
    for first in (0, 1, KEPT - 2, KEPT - 1, KEPT, KEPT + 1):
        assert torch.equal(embed(tokens[:, first : first + 2], first), whole[:, first : first + 2])
    assert not [name for name in embed.state_dict() if "sines" in name]


@pytest.mark.parametrize(("encoder_layers", "decoder_layers"), [(1, 1), (1, 3), (2, 1)])
@pytest.mark.parametrize("heads", [1, 2])
def test_step_by_step_is_one_pass(heads: int, encoder_layers: int, decoder_layers: int) -> None:
    model = small(
        heads=heads,
        width=M,
        embedding=M,
        encoder_layers=encoder_layers,
        decoder_layers=decoder_layers,
    )
    decoded, memory = model(*source(), targets(B, T))
    logits = model.decoder.readout(decoded.features)
    assert logits.shape == (B, T, TARGET_WORDS)
    torch.testing.assert_close(stepped(model, memory, targets(B, T)), logits)


def test_padding_changes_nothing_and_a_batch_is_its_sentences(model: EncoderDecoder) -> None:
    ids, present = source()
    tokens = targets(B, T)
    together, memory = model(ids, present, tokens)
    for row, length in enumerate(LENGTHS):
        one = slice(row, row + 1)
        alone, alone_memory = model(ids[one, :length], present[one, :length], tokens[one])
        torch.testing.assert_close(alone.features, together.features[one])
        torch.testing.assert_close(alone_memory.keys, memory.keys[one, :length])
        for few, many in zip(alone.cross_weights, together.cross_weights, strict=True):
            torch.testing.assert_close(few.dense(), many[one, ..., :length])
            assert not many[one, ..., length:].any()


def test_later_words_change_nothing_before_them(model: EncoderDecoder) -> None:
    tokens = targets(B, T)
    changed = tokens.clone()
    changed[:, 4:] = (changed[:, 4:] + 1) % TARGET_WORDS
    before, after = (model(*source(), each)[0].features for each in (tokens, changed))
    assert torch.equal(before[:, :4], after[:, :4])
    assert not torch.isclose(before[:, 4:], after[:, 4:]).all(-1).any()


def test_every_layer_shows_its_weights(model: EncoderDecoder) -> None:
    ids, present = source()
    decoded, memory = model(ids, present, targets(B, T))
    kinds = {
        (B, H, S, S): memory.self_weights,
        (B, H, T, T): decoded.self_weights,
        (B, H, T, S): decoded.cross_weights,
    }
    for shape, by_layer in kinds.items():
        assert len(by_layer) == LAYERS
        for weights in by_layer:
            assert weights.shape == shape
            torch.testing.assert_close(weights.dense().sum(-1), torch.ones(shape[:-1]).double())
    hidden = ~present[:, None, None].expand(B, H, T, S)
    assert not any(weights.dense()[hidden].any() for weights in decoded.cross_weights)
    assert not any(weights.dense().triu(1).any() for weights in decoded.self_weights)
    firsts = [weights.dense() for weights in decoded.cross_weights]
    assert not any(torch.allclose(firsts[0], other) for other in firsts[1:])


def test_a_state_follows_the_rows_it_is_told_to(model: EncoderDecoder) -> None:
    """Within a sentence `reorder` moves the words; across sentences `select` moves all."""
    tokens = targets(B, 3)
    memory = model.encode(*source())
    step = model.decoder.step
    state = step(model.decoder.start(memory), tokens[:, 0], memory).state
    straight = step(state, tokens[:, 1], memory).logits
    rows = torch.tensor([2, 0, 2, 1])
    moved = step(state.select(rows), tokens[rows, 1], memory.select(rows))
    torch.testing.assert_close(moved.logits, straight[rows])
    assert moved.state.position == 2
    one = memory.select(torch.tensor([1]))
    pair = model.decoder.start(one).reorder(torch.tensor([0, 0]))
    pair = step(pair, torch.tensor([4, 9]), one).state
    expected = step(pair, torch.tensor([5, 5]), one).logits
    swapped = step(pair.reorder(torch.tensor([1, 0])), torch.tensor([5, 5]), one).logits
    torch.testing.assert_close(swapped, expected.flip(0))


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16], ids=str)
def test_every_parameter_learns(model: EncoderDecoder, precision: torch.dtype) -> None:
    model.float().train()
    with torch.autocast("cpu", torch.bfloat16, enabled=precision is torch.bfloat16):
        decoded, _ = model(*source(), targets(B, T))
        loss = model.decoder.readout(decoded.features).float().square().mean()
    loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name


def test_a_sentence_of_nothing_harms_no_other(model: EncoderDecoder) -> None:
    ids, present = source()
    present[2] = False
    decoded, _ = model(ids, present, targets(B, T))
    whole, _ = model(*source(), targets(B, T))
    torch.testing.assert_close(decoded.features[:2], whole.features[:2])
    assert decoded.features.isfinite().all()
