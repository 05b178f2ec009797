"""Which program searches: torch, as everywhere, or CTranslate2 where it finds the same texts.

CTranslate2 keeps the same beam, but stops by another rule, and so at times has another best text.
It is made to go on for a number of steps that all texts of a batch share; what then has ended is
ranked as `Search` ranks it. If nothing that is still open could get a better score, see
`Search.bound`, the text is the one that our search finds. If it could, more steps are taken, and at
last torch searches. So texts are the same, but for ties within the rounding of float32.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING

from torch import Tensor

from qkv.data.tokenizer import EOS, FIRST_BYTE
from qkv.errors import ConfigError, MissingExtra
from qkv.machine import Machine
from qkv.models import Attending, EncoderDecoder
from qkv.models.encoders import TransformerEncoder
from qkv.models.ensemble import Mixture
from qkv.pipeline import Handling, Translator, searching
from qkv.search import Search
from qkv.search.filters import Sentences
from qkv.search.hypothesis import Hypothesis

if TYPE_CHECKING:
    import ctranslate2

__all__ = ["ENGINES", "CTranslate2", "use"]

ENGINES = ("auto", "torch", "ctranslate2")

# Settings of a search that CTranslate2 lacks, or reckons with otherwise.
_LACKS = (
    "nbest", "coverage_penalty", "prefix", "temperature", "banned", "no_repeat", "shortlist",
)  # fmt: skip
_AHEAD = 8  # steps beyond the number of source tokens, after which most texts have ended
_ALIKE = 1.25
_ALL = 10_000  # hypotheses, more than a beam ends
_NEVER_ZERO = 1e-9  # as a length penalty 0 would end a search early


def use(
    engine: str, translator: Translator, search: Search, handling: Handling | None = None
) -> str:
    """Let a translator search with an engine, by name; returns which it is, and why.

    handling: of the texts; None: as they are by default.

    Raises:
        ConfigError: no such engine, or CTranslate2 is named, and can't do what is asked.
        MissingExtra: it is named, and not installed.
    """
    if engine not in ENGINES:
        raise ConfigError(f"engine must be one of {', '.join(ENGINES)}; got {engine!r}.")
    if engine == "torch":
        return "torch, as asked"
    protect = (handling or translator.handling()).protect
    reason = _hindrance(translator, search, protect)
    if reason and engine == "ctranslate2":
        raise ConfigError(f"engine=ctranslate2: {reason}; use engine=torch.")
    if reason:
        return f"torch, because {reason}"
    try:
        translator.find = CTranslate2(translator)
    except MissingExtra:
        if engine == "ctranslate2":
            raise
        return "torch, because CTranslate2 is not installed (pip install 'qkv[fast]')"
    return "CTranslate2, which finds the same texts in less time"


def _hindrance(translator: Translator, search: Search, protect: bool) -> str:
    """Why CTranslate2 can't search, "" if it can."""
    if isinstance(translator.model.decoder, Mixture):
        return "CTranslate2 runs one model, and this is an ensemble"
    if not isinstance(translator.model.encoder, TransformerEncoder):
        return "CTranslate2 runs Transformers only, and this model is not one"
    machine = translator.machine
    if not machine.on_cpu or machine.dtype != "float32":
        return f"CTranslate2 is used on CPUs and in float32, not on {machine.device}"
    if lacking := _lacking(search):
        return f"CTranslate2 can't do {lacking} as qkv does"
    return "CTranslate2 can't protect units" if protect else ""


def _lacking(search: Search) -> str:
    """The first setting of a search that CTranslate2 can't do, "" if it can do all."""
    return next((name for name in _LACKS if name in search.changed()), "")


class CTranslate2:
    """`searching.hypotheses` by CTranslate2; the model that it gets is the one converted.

    Attributes:
        by_torch: how many sentences torch had to search for after all.
    """

    def __init__(self, translator: Translator) -> None:
        from qkv.export.ctranslate2 import loaded

        self._pieces = translator.source_tokenizer.pieces
        targets = translator.target_tokenizer.pieces
        self._ids = {piece: number for number, piece in enumerate(targets)}
        tokenizers = translator.source_tokenizer, translator.target_tokenizer
        self._engine = loaded(translator.model, tokenizers)
        self.by_torch = 0

    def __call__(
        self,
        model: EncoderDecoder,
        machine: Machine,
        source: Tensor,
        present: Tensor,
        search: Search,
        wanted: Sentences,
        attention: Attending,
    ) -> list[list[Hypothesis]]:
        best: dict[int, Hypothesis] = {}
        if not (attention.rules or wanted.counted or any(wanted.due) or _lacking(search)):
            lengths = present.sum(1).tolist()
            sources = [
                [self._pieces[i] for i in row[: n - 1]]  # CTranslate2 adds EOS itself
                for row, n in zip(source.tolist(), lengths, strict=True)
            ]
            for rows in _alike(wanted.limits):
                best |= self._best({row: sources[row] for row in rows}, search, wanted.limits)
        rest = [row for row in range(len(source)) if row not in best]
        self.by_torch += len(rest)
        results = {row: [hypothesis] for row, hypothesis in best.items()}
        if rest:
            given = source[rest], present[rest], search, wanted.select(rest), attention
            results |= zip(rest, searching.hypotheses(model, machine, *given), strict=True)
        return [results[row] for row in range(len(source))]

    def _best(
        self, sources: dict[int, list[str]], search: Search, limits: Sequence[int]
    ) -> dict[int, Hypothesis]:
        """Of these sentences, by their rows, where it is sure."""
        from qkv.export.ctranslate2 import POSITIONS

        best: dict[int, Hypothesis] = {}
        longest = max(map(len, sources.values()))
        if longest >= POSITIONS:
            return best
        # At the limit our search lets nothing go on, so that one step less is told apart.
        last = min(min(limits[row] for row in sources) - 1, POSITIONS)
        for steps in sorted({min(longest + _AHEAD, last), last} - {0}):
            rows = [row for row in sources if row not in best]
            if not rows:
                break
            results = self._engine.translate_batch(
                [sources[row] for row in rows],
                beam_size=search.beam,
                patience=_ALL,
                num_hypotheses=1 if search.beam == 1 else _ALL,
                length_penalty=_NEVER_ZERO,
                max_input_length=0,
                max_decoding_length=steps,
                min_decoding_length=0,
                return_end_token=True,
                return_scores=True,
            )
            for row, result in zip(rows, results, strict=True):
                found = self._proven(result, steps, search, limits[row])
                if found is not None:
                    best[row] = found
        return best

    def _proven(
        self, result: ctranslate2.TranslationResult, steps: int, search: Search, limit: int
    ) -> Hypothesis | None:
        """The best of what has ended, if nothing else could be better.

        A result has all that has ended, and the K best of the last step, ended or not.
        """
        best, open_, lowest = Hypothesis((), -inf, -inf), -inf, inf
        for pieces, log_p in zip(result.hypotheses, result.scores, strict=True):
            *tokens, last = (self._ids[piece] for piece in pieces)
            if any(token < FIRST_BYTE for token in tokens):
                return None  # our search never says these
            if len(pieces) == steps:
                lowest = min(lowest, log_p)
            if last != EOS:
                open_ = max(open_, log_p)
                continue
            score = search.score(log_p, len(pieces))
            if len(pieces) >= search.min_length and score > best.score:
                best = Hypothesis(tuple(tokens), log_p, score)
        if open_ == -inf and lowest < inf:
            open_ = lowest  # what is open is none of the K, and so no better than the last of them
        if best.score == -inf or (search.beam > 1 and search.bound(open_, limit) > best.score):
            return None
        return best


def _alike(limits: Sequence[int]) -> Iterator[list[int]]:
    """The rows in groups whose limits are alike, for a group's texts all end at the least."""
    group: list[int] = []
    for row in sorted(range(len(limits)), key=limits.__getitem__):
        if group and limits[row] > _ALIKE * limits[group[0]]:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
