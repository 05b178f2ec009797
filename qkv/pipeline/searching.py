"""What translating and captioning share: texts become rules, a search runs, equal texts are one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from difflib import get_close_matches
from hashlib import blake2b
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS, FIRST_BYTE, Token, Tokenizer
from qkv.errors import ConfigError
from qkv.machine import Machine
from qkv.models import PLAIN, Attending, EncoderDecoder
from qkv.pipeline.attention import Attention
from qkv.pipeline.result import Result
from qkv.search import Search
from qkv.search.due import Due
from qkv.search.filters import Banned, Filter, NoRepeat, Sentences, Shortlist
from qkv.search.hypothesis import Hypothesis
from qkv.search.quotas import Counted
from qkv.search.reader import Reader
from qkv.search.run import run

__all__ = [
    "FOREIGN",
    "attention",
    "changed",
    "check_attending",
    "check_own",
    "distinct",
    "eos",
    "hypotheses",
    "reading",
    "sentences",
    "settle",
]

FOREIGN = "attend(): this {} is another model's; its tokens differ."

T = TypeVar("T", bound=Result)


def changed(search: Search, settings: dict[str, Any], attention: Attending) -> Search:
    """The search with these settings, as a caller gave them beside it.

    Raises:
        ConfigError: no such setting, a value out of range, or what is no search or no `Attending`.
    """
    check_attending(attention)
    if not isinstance(search, Search):
        raise ConfigError(f"search must be a Search; got {search!r}.")
    names = [field.name for field in fields(Search)]
    for name in settings:
        if name not in names:
            close = get_close_matches(name, names, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(names)}."
            raise ConfigError(f"a search has no setting {name!r}; {hint}")
    return replace(search, **settings) if settings else search


def check_attending(attention: Attending) -> None:
    """Raises ConfigError for what is no `Attending`."""
    if not isinstance(attention, Attending):
        raise ConfigError(
            f"attention must be an Attending; got {attention!r}. Leave it out to let the model "
            "attend as it does."
        )


def sentences(
    search: Search,
    tokenizer: Tokenizer,
    limits: Sequence[int],
    sources: Iterable[bytes],
    quotas: Sequence[Sequence[float]] = (),
    counted: Counted | None = None,
    terms: Sequence[Due | None] = (),
) -> Sentences:
    """What a search asks for each source, its texts in the target's tokens.

    limits: tokens that a text may have. sources: what tells each from others.
    quotas, counted, terms: see `Sentences`; a text may always be as long as what it must say.

    Raises:
        ConfigError: not one prefix, and not one a source.
    """
    prefixes = tokenizer.ids_batch(search.prefixes(len(limits)))
    seeds = [_seed(search.seed, source) for source in sources] if search.temperature else ()
    due = [sum(quota[: counted.due]) for quota in quotas] if counted else [0] * len(prefixes)
    said = [2 * own.tokens if own else 0 for own in terms] or [0] * len(prefixes)
    least = [
        max(search.min_length, len(prefix) + int(units) + own + 1)
        for prefix, units, own in zip(prefixes, due, said, strict=True)
    ]
    most = [max(pair) for pair in zip(limits, least, strict=True)]
    return Sentences(most, prefixes, seeds, _filters(search, tokenizer), quotas, counted, terms)


def settle(model: EncoderDecoder) -> None:
    """No dropout from now on; a part alone may train."""
    if model.training or any(part.training for part in model.children()):
        model.eval()  # which goes through all the parts


def hypotheses(
    model: EncoderDecoder,
    machine: Machine,
    source: Tensor,
    present: Tensor,
    search: Search,
    wanted: Sentences,
    attention: Attending,
) -> list[list[Hypothesis]]:
    """Of each source, best first. source, present: of the model's `encode`; moved here."""
    settle(model)
    with torch.inference_mode(), machine.autocast():
        memory = model.encode(machine.place(source), machine.place(present), attention=attention)
        return run(model.decoder, memory, search, wanted, attention)


@contextmanager
def reading(
    model: EncoderDecoder, machine: Machine, source: Tensor, present: Tensor
) -> Iterator[Reader]:
    """Reads word by word what could be said of one source; arguments as `hypotheses` has them."""
    model.eval()
    with torch.inference_mode(), machine.autocast():
        memory = model.encode(machine.place(source), machine.place(present))
        yield Reader(model.decoder, memory, PLAIN, covers=False)


def attention(
    model: EncoderDecoder,
    machine: Machine,
    source: Tensor,
    present: Tensor,
    tokens: Iterable[int],
    attending: Attending,
) -> Attention:
    """What each of the tokens (without BOS and EOS) of one source's text attended to."""
    words = torch.tensor([[BOS, *tokens, EOS]])
    given = (machine.place(x) for x in (source, present, words[:, :-1]))
    settle(model)
    with torch.no_grad(), machine.autocast():
        decoded, memory = model(*given, attention=attending)

    def say() -> np.ndarray:
        with torch.no_grad(), machine.autocast():
            logits = model.decoder.readout(decoded.features[0])
        said = torch.softmax(logits.float(), -1).cpu().gather(1, words[0, 1:, None])
        return said[:, 0].numpy()

    cross = () if model.one_vector else decoded.cross_weights
    return Attention(
        cross, memory.self_weights, decoded.self_weights, features=decoded.features, say=say
    )


def distinct(
    hypotheses: Iterable[Hypothesis], most: int, result: Callable[[Hypothesis], T]
) -> list[T]:
    """The best result of each text, at most `most`, best first."""
    results: dict[str, T] = {}
    for hypothesis in hypotheses:
        if len(results) == most:
            break
        one = result(hypothesis)
        results.setdefault(one.text, one)
    return list(results.values())


def check_own(result: Result, kind: type[Result], tokenizer: Tokenizer) -> None:
    """Refuse what is not of this kind, or has tokens that this tokenizer has not.

    Raises:
        ConfigError: it is of another kind, or of another model.
    """
    if not isinstance(result, kind):
        raise ConfigError(f"attend(): needs a {kind.__name__}; got {type(result).__name__}.")
    size = tokenizer.vocabulary_size
    if not all(token == EOS or FIRST_BYTE <= token < size for token in result.ids):
        raise ConfigError(FOREIGN.format(kind.__name__.lower()))


def eos(text: str) -> Token:
    """The token that ends `text`."""
    return Token("<eos>", len(text), len(text))


def _filters(search: Search, tokenizer: Tokenizer) -> list[Filter]:
    filters: list[Filter] = []
    if search.shortlist:
        listed = tokenizer.ids_batch(search.shortlist)
        filters.append(Shortlist(frozenset(token for ids in listed for token in ids)))
    if search.banned:
        banned = (tuple(ids) for ids in tokenizer.ids_batch(search.banned))
        filters.append(Banned(tuple(ids for ids in banned if ids)))
    if search.no_repeat:
        filters.append(NoRepeat(search.no_repeat))
    return filters


def _seed(seed: int, source: bytes) -> int:
    """Of one source, so that it matters neither where it stands nor beside what."""
    digest = blake2b(source, digest_size=8, key=seed.to_bytes(8, "little")).digest()
    return int.from_bytes(digest, "little") >> 1
