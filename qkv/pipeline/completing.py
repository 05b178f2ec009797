"""What somebody types of a translation, its last word maybe unfinished, and how it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import exp, inf, log
from operator import itemgetter
from typing import Any, NamedTuple

import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS, FIRST_BYTE, Tokenizer
from qkv.errors import ConfigError
from qkv.pipeline.protecting import Reading
from qkv.pipeline.spelling import LOST, Spelling, continues
from qkv.pipeline.translation import Translation
from qkv.search import Search
from qkv.search.filters import Filter, Sentences
from qkv.search.reader import Reader
from qkv.search.transfer import fetch, send

__all__ = ["Completion", "NextWord", "Typed", "check_typed", "next_words"]

OPEN = 16  # beginnings of words that are looked at together
LONGEST = 32  # tokens of a word


class NextWord(NamedTuple):
    text: str
    probability: float

    def with_units(self, reading: Reading) -> NextWord:
        """Units of the source for what stands for them."""
        units = [reading.text[start:end] for start, end in reading.units]
        marks = {mark: unit for mark, unit in zip(reading.marks, units, strict=True) if mark}
        return self._replace(text=self.text.translate(str.maketrans(marks)))


@dataclass(frozen=True)
class Completion:
    """How a translation goes on.

    translations: that begin with what was typed, best first.
    words: the likeliest next words, and the probability of each after what was typed. A word is
    whole, though its beginning may be typed already; where a script has no spaces it is what one
    token adds; "" is the end of the text.
    """

    translations: tuple[Translation, ...]
    words: tuple[NextWord, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "translations": [each.as_dict() for each in self.translations],
            "words": [word._asdict() for word in self.words],
        }


def check_typed(text: str, typed: str, words: int, search: Search) -> None:
    """Raises ConfigError where one of them is not as `Translator.complete` wants it."""
    if not isinstance(text, str) or not isinstance(typed, str):
        raise ConfigError("complete(): the text and what is typed must each be one str.")
    if search.prefix:
        raise ConfigError("complete(): what is typed is the prefix; leave out the other.")
    if isinstance(words, bool) or not isinstance(words, int) or not 0 <= words <= 100:
        raise ConfigError(f"words must be a whole number from 0 to 100; got {words!r}.")


class Typed:
    """A text as far as it is typed.

    said: as tokens spell it, in UTF-8. tokens: of what a space ends. rest: the bytes after these,
    which any tokens that agree with them may spell. word: the letters at the end, to go on with.
    """

    def __init__(self, typed: str, tokenizer: Tokenizer, spelling: Spelling) -> None:
        [ids] = tokenizer.ids_batch([typed])
        whole = spelling.said(ids) + (b" " if ids and typed[-1:].isspace() else b"")
        self.said, text = whole, whole.decode("utf-8", "replace")
        ends = accumulate(len(spelling.said([token])) for token in ids)
        last = max(0, whole.rfind(b" "))
        self.tokens = [token for token, end in zip(ids, ends, strict=True) if end <= last]
        self.rest = whole[len(spelling.said(self.tokens)) :]
        letters = len(text)
        while letters and continues(text[letters - 1]):
            letters -= 1
        self.word = text[letters:]

    def asked(self, sentences: Sentences, spelling: Spelling) -> Sentences:
        """What is asked of one sentence, and that it begins like this."""
        filters = sentences.filters
        if self.rest:
            filters = [_Beginning(self, spelling, filters)]
        most = max(sentences.limits[0], len(self.tokens) + len(self.rest) + 1)
        return replace(sentences, limits=[most], prefixes=[self.tokens], filters=filters)

    def left(self, said: bytes) -> bytes:
        """What of `rest` is not among the bytes that have been said."""
        return self.rest[len(said) :]


@dataclass(frozen=True)
class _Beginning:
    """Only what agrees with a typed text, and no other filter before that is said."""

    typed: Typed
    spelling: Spelling
    others: Sequence[Filter]

    def __call__(self, log_p: Tensor, words: Tensor) -> Tensor:
        given = len(self.typed.tokens)
        said = [self.spelling.said(own) for own in words[:, given:].tolist()]
        open_ = [i for i, own in enumerate(said) if self.typed.left(own)]
        own = log_p[open_].clone()
        for change in self.others:
            log_p = change(log_p, words)
        for i, values in zip(open_, own, strict=True):
            parts, whole = self.spelling.agreeing(self.typed.left(said[i]))
            tokens = send([*parts, *whole], log_p.device)
            log_p[i] = torch.full_like(values, -inf).index_copy_(0, tokens, values[tokens])
        return log_p


def next_words(reader: Reader, typed: Typed, spelling: Spelling, most: int) -> tuple[NextWord, ...]:
    """The likeliest words after a text, and the probability of each.

        P(word | typed) = Σ P(tokens that spell typed and word, and then end it) / P(typed)

    The sums are over all ways to spell them but those that are unlikely: no more than OPEN are
    followed at a time.
    """
    log_p = torch.empty(0)
    for token in (BOS, *typed.tokens):
        log_p = reader.read(send([token], reader.device))
    looked, open_ = _NextWords(typed, spelling), [((), 0.0)]
    for _ in range(len(typed.rest) + LONGEST):
        joint = torch.stack([looked.goes_on(*o, own) for o, own in zip(open_, log_p, strict=True)])
        best = joint.flatten().topk(min(OPEN, joint.numel()))
        floor = looked.floor(most)
        branches = [
            (*divmod(place, joint.shape[1]), value)
            for value, place in zip(fetch(best.values), fetch(best.indices), strict=True)
            if value > floor
        ]
        if not branches:
            break
        open_ = [((*open_[row][0], token), value) for row, token, value in branches]
        reader.go_on(send([row for row, _, _ in branches], reader.device))
        log_p = reader.read(send([token for _, token, _ in branches], reader.device))
    return looked.likeliest(most)


class _NextWords:
    """What has been found out about the next word."""

    def __init__(self, typed: Typed, spelling: Spelling) -> None:
        self._typed, self._spelling = typed, spelling
        self._words: dict[str, float] = {}  # P(typed, word)
        self._all = 0.0 if typed.rest else 1.0  # P(typed)

    def goes_on(self, words: tuple[int, ...], total: float, log_p: Tensor) -> Tensor:
        """log P (V,) of this beginning, with log P `total`, and each token it may go on with."""
        said = self._spelling.said(words)
        left = self._typed.left(said)
        after = torch.full_like(log_p, -inf)
        if left:
            parts, whole = self._spelling.agreeing(left)
            self._all += exp(total + _mass(log_p, whole)) if whole else 0.0
            tokens = [*parts, *whole]
        else:
            word = self._typed.word + said[len(self._typed.rest) :].decode("utf-8", "replace")
            tokens = self._ended(word.strip(), total, log_p)
        index = send(tokens, log_p.device)
        return after.index_copy_(0, index, log_p[index] + total)

    def _ended(self, word: str, total: float, log_p: Tensor) -> Sequence[int]:
        """Note how probable it is that the word ends here; the tokens with which it does not."""
        if not word:
            self._note("", total + float(log_p[EOS]))
            return range(FIRST_BYTE, len(log_p))
        if LOST in word:  # a character that lacks bytes may get them; a broken one is no text
            return () if LOST in word.rstrip(LOST) else self._spelling.inside
        if not continues(word[-1]):
            self._note(word, total)
            return ()
        goes_on = exp(_mass(log_p, self._spelling.inside))
        self._note(word, total + log(max(1.0 - goes_on, 1e-30)))
        return self._spelling.inside

    def _note(self, word: str, log_p: float) -> None:
        self._words[word] = self._words.get(word, 0.0) + exp(log_p)

    def floor(self, most: int) -> float:
        """Log P of the last of the words that are wanted: what is no likelier brings no other."""
        likeliest = sorted(self._words.values(), reverse=True)
        return log(max(likeliest[most - 1], 1e-30)) if len(likeliest) >= most else -inf

    def likeliest(self, most: int) -> tuple[NextWord, ...]:
        best = sorted(self._words.items(), key=itemgetter(1), reverse=True)[:most]
        return tuple(NextWord(word, p / self._all) for word, p in best if p > 0)


def _mass(log_p: Tensor, tokens: Sequence[int]) -> float:
    """Log of the sum of their probabilities."""
    return float(log_p[send(tokens, log_p.device)].logsumexp(0))
