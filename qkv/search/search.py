"""What is asked of a search, in one value: whoever offers it to a user reads its fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, dataclass, field, fields, replace
from numbers import Integral, Real
from typing import Any

from qkv.errors import ConfigError
from qkv.search.penalties import LENGTH_FORMULAS

__all__ = ["DEFAULT", "Search"]


def _setting(default: Any, text: str, least: float = 0, most: float = 0) -> Any:
    """A field with its help, and the range of its numbers; None as default: may be left open."""
    return field(default=default, metadata={"help": text, "least": least, "most": most})


@dataclass(frozen=True)
class Search:
    """How texts are searched for; numbers are checked here and nowhere else.

        score = log P / lp(length) + β Σ_j log min(Σ_i p_ij, 1)

    The score ranks hypotheses that have ended; those still open are compared by log P. p_ij is the
    attention of word i to source position j, of the last layer, the mean over its heads. Lengths
    count the end of the text.

    prefix: a text that all results begin with, or one a source. Its tokens count in log P and
    length, and come before every other rule; a result may always be as long as its prefix.
    With temperature, `nbest` texts are drawn, word by word, instead of searched for. What a source
    gives depends on its text and the seed alone: not on its place among others, nor the device.
    banned: the usual tokens of these texts; another spelling of them is not seen.

    Raises:
        ConfigError: a number out of range, or what is no text.
    """

    beam: int = _setting(5, "Hypotheses kept a source; 1 is greedy.", 1, 1000)
    nbest: int = _setting(1, "Different results a source, at most --beam.", 1, 1000)
    length_penalty: float = _setting(1.0, "α: score = log P / ((5 + length) / 6)^α.", 0, 10)
    length_formula: str = _setting("wu", "wu, as above; average: log P / length^α; none: log P.")
    coverage_penalty: float = _setting(0.0, "β: source left unattended lowers scores.", 0, 10)
    min_length: int = _setting(0, "Fewest tokens, the end counted.", 0, 10_000)
    max_length: int | None = _setting(None, "Most tokens, the end counted.", 1, 10_000)
    max_ratio: float = _setting(2.0, "At most this · source tokens + 10 tokens.", 0, 1000)
    prefix: str | Sequence[str] = _setting("", "Text that results begin with.")
    temperature: float = _setting(0.0, "Above 0: draw words, of p^(1/temperature).", 0, 100)
    top_k: int = _setting(0, "Draw from this many likeliest words; 0: from all.", 0, 10**9)
    top_p: float = _setting(1.0, "Draw from the likeliest words that have this share of p.", 0, 1)
    seed: int = _setting(0, "Of the draws.", 0, 2**62)
    banned: Sequence[str] = _setting((), "Text that results must not contain; repeatable.")
    no_repeat: int = _setting(0, "No run of so many tokens occurs twice; 0: any may.", 0, 10_000)
    shortlist: Sequence[str] = _setting((), "Use only tokens of these texts; repeatable.")

    def __post_init__(self) -> None:
        for each in fields(self):
            if each.default is None or isinstance(each.default, (int, float)):
                self._check_number(each)
        for name in ("prefix", "banned", "shortlist"):
            object.__setattr__(self, name, _texts(name, getattr(self, name)))
        if self.length_formula not in LENGTH_FORMULAS:
            known = ", ".join(LENGTH_FORMULAS)
            raise ConfigError(
                f"length_formula must be one of {known}; got {self.length_formula!r}."
            )
        if self.max_length is not None and self.min_length > self.max_length:
            raise ConfigError(
                f"min_length={self.min_length} is more than max_length={self.max_length}."
            )

    def score(self, log_probability: float, length: int, coverage: float = 0.0) -> float:
        """What ended hypotheses are ranked by; coverage: see `penalties.covered`."""
        return log_probability / self._penalty(length) + self.coverage_penalty * coverage

    def bound(self, log_probability: float, longest: int) -> float:
        """No continuation of this, of at most `longest` tokens, scores better.

        Words only lower log P ≤ 0, no formula divides a longer text by less, and coverage adds
        nothing above 0.
        """
        return log_probability / self._penalty(longest)

    def limit(self, source_tokens: int) -> int:
        """Tokens that a text may have for a source of so many, the end counted."""
        most = int(self.max_ratio * source_tokens) + 10
        return most if self.max_length is None else min(most, self.max_length)

    def prefixes(self, sources: int) -> Sequence[str]:
        """Of so many sources.

        Raises:
            ConfigError: not one prefix, and not one for each source.
        """
        if isinstance(self.prefix, str):
            return [self.prefix] * sources
        if len(self.prefix) != sources:
            given = f"got {len(self.prefix):,} for {sources:,} sources"
            raise ConfigError(f"prefix must be one text, or one for each source; {given}.")
        return self.prefix

    def part(self, sources: slice) -> Search:
        """For these of the sources."""
        if isinstance(self.prefix, str):
            return self
        return replace(self, prefix=self.prefix[sources])

    def changed(self) -> dict[str, Any]:
        """What is not as it is by default, by name."""
        return {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if getattr(self, each.name) != each.default
        }

    def _check_number(self, setting: Field[Any]) -> None:
        """Whole where its default is; left open where its default is."""
        name, default, value = setting.name, setting.default, getattr(self, setting.name)
        least, most = setting.metadata["least"], setting.metadata["most"]
        whole, at_most = not isinstance(default, float), f"{most:,}"
        if name == "nbest" and not self.temperature:
            most, at_most = self.beam, f"beam={self.beam}"
        if value is None and default is None:
            return
        kind = Integral if whole else Real
        if isinstance(value, bool) or not isinstance(value, kind) or not least <= value <= most:
            rule = (
                f"be a whole number from {least} to {at_most}"
                if whole
                else f"lie between {least} and {most}"
            )
            raise ConfigError(f"{name} must {rule}; got {value!r}.")

    def _penalty(self, length: int) -> float:
        return LENGTH_FORMULAS[self.length_formula](length, self.length_penalty)


def _texts(name: str, value: Any) -> str | tuple[str, ...]:
    """One text, where that will do, or several."""
    if name == "prefix" and isinstance(value, str):
        return _whole(name, value)
    if isinstance(value, str) or not isinstance(value, Sequence):
        one = "one text or " if name == "prefix" else ""
        raise ConfigError(f"{name} must be {one}a list of texts, as in [text]; got {value!r}.")
    for text in value:
        if not isinstance(text, str):
            raise ConfigError(f"{name} must contain only texts; got {text!r}.")
    return tuple(_whole(name, text) for text in value)


def _whole(name: str, text: str) -> str:
    """The text, which UTF-8 can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigError(f"{name} must be text; {text!r} has half of a surrogate pair.") from None
    return text


DEFAULT = Search()
