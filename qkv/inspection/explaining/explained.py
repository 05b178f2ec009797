"""How one row of a trained model's attention came about, and what was said next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from reprlib import repr as short
from typing import Any, cast

import torch

from qkv.data.tokenizer import BOS, EOS, PAD, UNK, Tokenizer
from qkv.data.words import spans
from qkv.errors import ConfigError
from qkv.inspection._grid import legible
from qkv.inspection.explaining.comparing import exact
from qkv.inspection.explaining.look import Heads, Look, heads_of, look, weigh
from qkv.inspection.explaining.prediction import Prediction, predicted
from qkv.models.decoders import RecurrentDecoder, TransformerDecoder
from qkv.models.ensemble import Mixture
from qkv.pipeline import Attention, Caption, Captioner, Translation, Translator, layer_and_head

__all__ = ["Explained", "explained", "step_number"]

_LISTED = 12  # tokens in an error
_SPECIAL = {PAD: "<pad>", BOS: "<bos>", EOS: "<eos>", UNK: "<unk>"}


@dataclass(frozen=True, slots=True)
class Explained:
    """One query of a model's attention, from its comparison with the keys to the next token.

    kind: cross, encoder or decoder. step, steps: of the query among those of its text, from 1, and
        how many there are. token: what it is for: the token said at this step or, of the encoder,
        the one that stands there. before: the tokens said before it.
    architecture: rnn or transformer. order, normed, gate: of a recurrent decoder, its `order`,
        whether it normalises what its output weights read, and βₜ, which scales the context, where
        it has that gate; else "", False, None.
    layer, head: that are explained, from 0; None where the model reads the source as one vector.
        layers, head_count: how many there are. head_named: whether it was asked for; else it is the
        one that put most on the key that the mean over heads put most on.
    grid: regions a side where keys are regions of a picture; else 0.
    look: what the query did; None where the model reads the source as one vector.
    heads: of a layer with several, all beside each other.
    prediction: what was said next; None of the encoder.
    """

    kind: str
    step: int
    steps: int
    token: str
    before: tuple[str, ...]
    architecture: str
    order: str
    normed: bool
    gate: float | None
    layer: int | None
    layers: int
    head: int | None
    head_count: int
    head_named: bool
    grid: int
    look: Look | None
    heads: Heads | None
    prediction: Prediction | None

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold: numbers, texts, and lists and dicts of them."""
        return asdict(self)


@dataclass(frozen=True)
class _Sentence:
    """A query's row in the attention of its own sentence, and what its keys are called."""

    attention: Attention
    row: int
    keys: Sequence[str]


def explained(
    model: Translator | Captioner,
    result: Translation | Caption,
    step: int | str,
    *,
    kind: str = "cross",
    layer: int | None = None,
    head: int | None = None,
) -> Explained:
    """Explain one row of what a translation or caption attended to, in float64.

        [translation] = translator.translate(["我喜欢咖啡"])
        print(explained_text(explained(translator, translation, 2), "en"))

    Its numbers are those that the model computed with, and all that follows from them is computed
    anew. What was asked of attention (`attention=`) when the result was made is in it.

    Args:
        model: that made the result.
        step: of the target's tokens, from 1, the end counted, or the word that begins there; of
            kind encoder, of the source's.
        kind: cross, encoder or decoder.
        layer, head: from 0, negative from the end; None: the last layer, and of its heads the one
            that put most on what their mean put most on.
    Raises:
        ConfigError: no such step, word, layer or head, or no such attention in this model; or the
            result has come without its model, or is an ensemble's.
    """
    if isinstance(model.model.decoder, Mixture):
        raise ConfigError("an ensemble has no one step to explain; load one of its models alone.")
    attention, asked = result.attention, head is not None
    if kind != "cross" or attention.heads["cross"] or layer is not None or asked:
        layer, head = layer_and_head(attention.heads, kind, layer, head)
    tokens, row = _step(result, kind, step)
    sentence = _sentence(attention, result, kind, row)
    at, heads = None, None
    if layer is not None:
        head, heads, at = _looked(sentence, kind, layer, head)
    layers, decoder = attention.heads[kind], model.model.decoder
    recurrent = decoder if isinstance(decoder, RecurrentDecoder) else None
    return Explained(
        kind=kind,
        step=row + 1,
        steps=len(tokens),
        token=tokens[row],
        before=() if kind == "encoder" else tuple(tokens[row - sentence.row : row]),
        architecture="rnn" if recurrent else "transformer",
        order=recurrent.order if recurrent else "",
        normed=recurrent is not None and recurrent.norm is not None,
        gate=_gate(recurrent, sentence) if recurrent and at else None,
        layer=layer,
        layers=len(layers),
        head=head,
        head_count=0 if layer is None else layers[layer],
        head_named=asked,
        grid=result.grid if isinstance(result, Caption) and kind != "decoder" else 0,
        look=at,
        heads=heads,
        prediction=None if kind == "encoder" else _prediction(model, result, sentence, row),
    )


def _looked(
    sentence: _Sentence, kind: str, layer: int, head: int | None
) -> tuple[int, Heads | None, Look]:
    """The head, one if none is named; all heads beside each other, if several; what it did."""
    weights = getattr(sentence.attention, kind)[layer]
    weighed = weigh(weights, sentence.row)
    heads = heads_of(weighed, sentence.keys) if len(weighed) > 1 else None
    if head is None:
        head = int(weighed[:, heads.key - 1].argmax()) if heads else 0
    return head, heads, look(weights, sentence.row, head, sentence.keys)


def _step(result: Translation | Caption, kind: str, step: int | str) -> tuple[list[str], int]:
    """What the queries are for, and which of them is asked for, from 0."""
    tokens = _sources(result) if kind == "encoder" else [token.text for token in result.tokens]
    number = step_number(step)
    if number is None:
        return tokens, _of_word(result, kind, tokens, str(step))
    if not 1 <= number <= len(tokens):
        raise ConfigError(
            f"no step {number}; there are {len(tokens)}, numbered from 1: {_listed(tokens)}."
        )
    return tokens, number - 1


def step_number(step: int | str) -> int | None:
    """The number that names a step; None: a word does."""
    if isinstance(step, str):
        return int(step) if re.fullmatch(r"[+-]?\d{1,9}", step.strip()) else None
    return step


def _of_word(result: Translation | Caption, kind: str, tokens: list[str], word: str) -> int:
    """The query for the token called so, or for the first one of the word."""
    own, text = result.tokens, result.text
    if kind == "encoder":
        own = result.source_tokens if isinstance(result, Translation) else ()
        text = result.source if isinstance(result, Translation) else ""
    starts = {start for start, end in spans(text) if text[start:end] == word}
    begins = [i for i, token in enumerate(own) if token.start in starts and token.start < token.end]
    rows = [i for i in begins if not i or own[i - 1].start != own[i].start]
    rows = rows or [i for i, token in enumerate(tokens) if token == word]
    if not rows:
        raise ConfigError(f"no step is for {short(word)}; they are {_listed(tokens)}.")
    if len(rows) > 1:
        numbers = ", ".join(str(row + 1) for row in rows[:-1])
        raise ConfigError(
            f"{word!r} is said at steps {numbers} and {rows[-1] + 1}; name one by its number."
        )
    return rows[0]


def _listed(tokens: Sequence[str]) -> str:
    """The first of them, with their numbers."""
    some = [f"{i} {token}" for i, token in enumerate(map(legible, tokens[:_LISTED]), start=1)]
    return ", ".join(some) + ", …" * (len(tokens) > _LISTED)


def _sources(result: Translation | Caption) -> list[str]:
    """What the keys of cross-attention are called: tokens, or places on the grid of regions."""
    if isinstance(result, Translation):
        return [token.text for token in result.source_tokens]
    side = range(1, result.grid + 1)
    return [f"r{row} c{column}" for row in side for column in side]


def _sentence(
    attention: Attention, result: Translation | Caption, kind: str, row: int
) -> _Sentence:
    source, target = _sources(result), [token.text for token in result.tokens]
    for one in attention.sentences or (attention,):
        assert one.features is not None  # nosec: only a text of several sentences has none
        said = one.features.shape[1]
        read = next((layer.shape[-1] for layer in (*one.cross, *one.encoder)), 0)
        own = read if kind == "encoder" else said
        if row < own:
            keys = [_SPECIAL[BOS], *target[: said - 1]] if kind == "decoder" else source[:read]
            return _Sentence(one, row, keys)
        row, source, target = row - own, source[read:], target[said:]
    raise AssertionError("a token without a row")


def _gate(decoder: RecurrentDecoder, sentence: _Sentence) -> float | None:
    if decoder.gate is None:
        return None
    state = exact(sentence.attention.cross[0].lookup.query[0, 0, sentence.row])
    return float(torch.sigmoid(exact(decoder.gate.weight)[0] @ state + exact(decoder.gate.bias)[0]))


def _prediction(
    model: Translator | Captioner, result: Translation | Caption, sentence: _Sentence, row: int
) -> Prediction:
    tokenizer = model.target_tokenizer if isinstance(model, Translator) else model.tokenizer
    taken = (*result.ids, EOS)[row]

    def name(token: int) -> str:
        return result.tokens[row].text if token == taken else _name(tokenizer, token)

    def text(token: int) -> str:
        return tokenizer.decode([*result.ids[row - sentence.row : row], token]).text

    assert sentence.attention.features is not None  # nosec: see `_sentence`
    decoder = cast("RecurrentDecoder | TransformerDecoder", model.model.decoder)
    feature = sentence.attention.features[0, sentence.row]
    return predicted(feature, decoder.output, taken, name, text)


def _name(tokenizer: Tokenizer, token: int) -> str:
    """A token of the vocabulary as it is shown."""
    return _SPECIAL.get(token) or tokenizer.decode([token]).tokens[0].text
