"""What translations and captions have in common: they travel, and know how to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import exp
from operator import index
from typing import Any, ClassVar, Self

from qkv.data.tokenizer import Token
from qkv.errors import ConfigError, DataError
from qkv.pipeline.attention import Attention

__all__ = ["Result", "text_in", "tokens_in"]


@dataclass(frozen=True)
class Result:
    """A text that a model gave, with its numbers; pickles and copies without the model.

    score: what hypotheses are ranked by, see `Search`; log_probability: in nats, EOS counted.
    tokens: with character offsets into `text`, EOS last; ids: their numbers, EOS left out.
    alternatives: the other results of an n-best list, best first.
    look: reads what was attended to; None once the result has left the process of its model.
    """

    text: str
    score: float
    log_probability: float
    tokens: tuple[Token, ...]
    ids: tuple[int, ...] = field(default=(), kw_only=True)
    alternatives: tuple[Self, ...] = field(default=(), kw_only=True)
    look: Callable[[], Attention] | None = field(
        default=None, repr=False, compare=False, kw_only=True
    )

    text_key: ClassVar[str] = "text"  # in records
    remedy: ClassVar[str]  # how to look again

    @cached_property
    def attention(self) -> Attention:
        """What each token attended to, computed when it is first looked at.

        Raises:
            ConfigError: the result has come without its model.
        """
        if self.look is None:
            raise self._without_model()
        return self.look()

    @property
    def quality(self) -> float:
        """How sure the model is, from 0 to 1: the geometric mean of its tokens' probabilities.

        An estimate of quality only in so far as the model knows what it does not know.
        """
        return exp(self.log_probability / (len(self.ids) + 1))

    def _without_model(self) -> ConfigError:
        return ConfigError(f"this result has come without its model; call {self.remedy} first.")

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold of it, and `from_dict` reads: all but the attention."""
        others = [other._record() for other in self.alternatives]
        return {**self._source(), **self._record(), "alternatives": others}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """The result that `as_dict` made this record of; other keys are left unread.

        Raises:
            DataError: a key is missing, or does not hold what it should.
        """
        try:
            source = cls._read_source(record)
            others = tuple(cls._read(other, source) for other in record["alternatives"])
            return cls._read(record, {**source, "alternatives": others})
        except KeyError as error:
            raise DataError(
                f"from_dict(): the record has no {error}; give one that as_dict() made."
            ) from None
        except (TypeError, ValueError) as error:
            raise DataError(f"from_dict(): not a record that as_dict() made ({error}).") from None

    def _repr_html_(self) -> str:
        """For notebooks, which ask the object itself: the one import from a room above."""
        from qkv.inspection.notebook import result_html

        return result_html(self)

    def _record(self) -> dict[str, Any]:
        return {
            self.text_key: self.text,
            "score": self.score,
            "log_probability": self.log_probability,
            "quality": self.quality,
            "tokens": [list(token) for token in self.tokens],
            "ids": list(self.ids),
        }

    @classmethod
    def _read(cls, record: Mapping[str, Any], more: dict[str, Any]) -> Self:
        return cls(
            text_in(record, cls.text_key),
            float(record["score"]),
            float(record["log_probability"]),
            tokens_in(record, "tokens"),
            ids=tuple(map(index, record["ids"])),
            **more,
        )

    def _source(self) -> dict[str, Any]:
        """What the alternatives share with it."""
        raise NotImplementedError

    @classmethod
    def _read_source(cls, record: Mapping[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        left = {name: value for name, value in vars(self).items() if name != "attention"}
        return left | {"look": None}

    def __copy__(self) -> Self:
        return self  # nothing of it can change

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def text_in(record: Mapping[str, Any], key: str) -> str:
    """Raises TypeError where it is none."""
    if not isinstance(record[key], str):
        raise TypeError(f"{key} must be a str")
    return record[key]


def tokens_in(record: Mapping[str, Any], key: str) -> tuple[Token, ...]:
    """Raises TypeError or ValueError where it holds anything else."""
    return tuple(Token(str(text), index(start), index(end)) for text, start, end in record[key])
