"""Which program searches: torch, as everywhere, or CTranslate2.

In float32 CTranslate2 finds the same texts. It keeps the same beam, but stops by another rule, and
so at times has another best text. It is made to go on for a number of steps that all texts of a
batch share; what then has ended is ranked as `Search` ranks it. If nothing that is still open could
get a better score, see `Search.bound`, the text is the one that our search finds. If it could, more
steps are taken, and at last torch searches. So texts are the same, but for ties within the rounding
of float32.

In int8 it is another model, if not by much, and nothing is to be proved: the search ends as soon as
1.6 hypotheses for each place in the beam have ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import TypeAlias

import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS, PAD, UNK
from qkv.errors import ConfigError, MissingExtra
from qkv.machine import Machine
from qkv.models import Attending, EncoderDecoder
from qkv.models.encoders import TransformerEncoder
from qkv.models.ensemble import Mixture
from qkv.models.quick import weights_of
from qkv.pipeline import Captioner, Translator, searching
from qkv.search import DEFAULT, Search
from qkv.search.filters import Sentences
from qkv.search.hypothesis import Hypothesis

__all__ = ["ENGINES", "CTranslate2", "use"]

Said: TypeAlias = tuple[list[int], float]  # tokens, EOS too where it has ended, and log P

ENGINES = ("auto", "torch", "ctranslate2", "ctranslate2-int8")

# Settings of a search that CTranslate2 lacks, or reckons with otherwise.
_LACKS = (
    "nbest", "coverage_penalty", "temperature", "banned", "no_repeat", "shortlist",
)  # fmt: skip
_AHEAD = 8  # steps beyond the number of source tokens, after which most texts have ended
_ALIKE = 1.25
_FEW = 16  # sentences, beyond which torch is as fast with a beam: it stops each when it is sure
_ALL = 10_000  # hypotheses, more than a beam ends
_ENOUGH = (
    1.6  # hypotheses for each place in the beam; of 1,000 texts none that ended later was best
)
_SPECIAL = frozenset({PAD, BOS, UNK})
_NEVER_ZERO = 1e-9  # as a length penalty 0 would end a search early


def use(engine: str, pipeline: Translator | Captioner, search: Search = DEFAULT) -> str:
    """Let a translator search with an engine, by name; returns which it is, and why.

    search: as it is asked for at first; what CTranslate2 can't do of later ones torch does.

    Raises:
        ConfigError: no such engine, or CTranslate2 is named, and can't do what is asked.
        MissingExtra: it is named, and not installed.
    """
    if engine not in ENGINES:
        raise ConfigError(f"engine must be one of {', '.join(ENGINES)}; got {engine!r}.")
    if engine == "torch":
        return "torch, as asked"
    reason = _hindrance(pipeline, search)
    if reason and engine != "auto":
        raise ConfigError(f"engine={engine}: {reason}; use engine=torch.")
    if reason or isinstance(pipeline, Captioner):
        return f"torch, because {reason}"
    int8 = engine == "ctranslate2-int8"
    try:
        pipeline.find = CTranslate2(pipeline, int8=int8, most=_FEW if engine == "auto" else _ALL)
    except MissingExtra:
        if engine != "auto":
            raise
        return "torch, because CTranslate2 is not installed (pip install 'qkv[fast]')"
    if int8:
        return "CTranslate2 in int8, whose texts differ a little"
    return "CTranslate2, which finds the same texts in less time"


def _hindrance(pipeline: Translator | Captioner, search: Search) -> str:
    """Why CTranslate2 can't search, "" if it can."""
    if isinstance(pipeline.model.decoder, Mixture):
        return "CTranslate2 runs one model, and this is an ensemble"
    if not isinstance(pipeline.model.encoder, TransformerEncoder):
        return "CTranslate2 runs Transformers that translate text, and this model is not one"
    machine = pipeline.machine
    dtypes = {parameter.dtype for parameter in pipeline.model.parameters()}
    if not machine.on_cpu or machine.dtype != "float32" or dtypes != {torch.float32}:
        return (
            "CTranslate2 is used on CPUs and in float32; this model is on "
            f"{machine.device}, in {machine.dtype}"
        )
    lacking = _lacking(search) or ("prefix" if any(search.prefix) else "")
    return f"CTranslate2 can't do {lacking} as qkv does" if lacking else ""


def _lacking(search: Search) -> str:
    """The first setting of a search that CTranslate2 can't do, "" if it can do all."""
    changed = search.changed()
    return next((name for name in _LACKS if name in changed), "")


class CTranslate2:
    """`searching.hypotheses` by CTranslate2; a model whose weights have changed is converted anew.

    Torch searches for the sentences that must say a prefix, a term or the stand-in of a unit;
    where units are protected, also for those in whose hypotheses a character turns up that only
    units may have. (One that came and went in the midst of a beam is not seen.)

    int8: quantised, see there. most: of a beam's sentences, more at a time are torch's.
    by_torch: how many sentences torch had to search for after all.
    """

    _mark: set[tuple[int, int]] | None = None  # places and writes of the converted weights

    def __init__(self, translator: Translator, *, int8: bool = False, most: int = _ALL) -> None:
        from qkv.export.ctranslate2 import POSITIONS

        self._longest = POSITIONS
        self._pieces = translator.source_tokenizer.pieces
        self._targets = translator.target_tokenizer.pieces
        self._ids = {piece: number for number, piece in enumerate(self._targets)}
        self._tokenizers = translator.source_tokenizer, translator.target_tokenizer
        self._int8, self._most = int8, most
        self.by_torch = 0
        self._convert(translator.model)

    def _convert(self, model: EncoderDecoder) -> None:
        """Unless it has been, and nothing that torch counts was written into its weights since.

        To look at their values takes as long as a short sentence, and takes the processor's cache
        from CTranslate2.
        """
        from qkv.export.ctranslate2 import loaded

        weights = weights_of(model) or [weight.detach() for weight in model.parameters()]
        mark = {(x.data_ptr(), 0 if x.is_inference() else x._version) for x in weights}
        if mark != self._mark:
            self._mark = mark
            self._engine = loaded(model, self._tokenizers, "int8" if self._int8 else "float32")

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
        if not (attention.rules or wanted.filters or _lacking(search)):
            self._convert(model)
            lengths = present.sum(1).tolist()
            sources = {
                row: [self._pieces[i] for i in ids[: lengths[row] - 1]]  # it adds EOS itself
                for row, ids in enumerate(source.tolist())
                if 1 < lengths[row] <= self._longest and not _begun(wanted, row)
            }
            proves = search.beam > 1 and not self._int8
            if sources and not (proves and len(sources) > self._most):
                best = (self._beam if proves else self._at_once)(sources, search, wanted)
        rest = [row for row in range(len(source)) if row not in best]
        self.by_torch += len(rest)
        results = {row: [hypothesis] for row, hypothesis in best.items()}
        if rest:
            given = source[rest], present[rest], search, wanted.select(rest), attention
            results |= zip(rest, searching.hypotheses(model, machine, *given), strict=True)
        return [results[row] for row in range(len(source))]

    def _at_once(
        self, sources: dict[int, list[str]], search: Search, wanted: Sentences
    ) -> dict[int, Hypothesis]:
        """Of these sentences, by their rows: greedily, or by a beam that ends by itself."""
        steps = min(max(wanted.limits[row] for row in sources), self._longest)
        enough = round(_ENOUGH * search.beam) if search.beam > 1 else 1
        results = self._run(sources, search.beam, steps, enough)
        if search.beam == 1:
            results |= self._cut(sources, results, wanted)
        best = {
            row: _best(said, search, wanted.limits[row], _never(wanted, row))
            for row, said in results.items()
        }
        return {row: hypothesis for row, hypothesis in best.items() if hypothesis}

    def _cut(
        self, sources: dict[int, list[str]], results: dict[int, list[Said]], wanted: Sentences
    ) -> dict[int, list[Said]]:
        """Those that did not end by themselves in time, ended at their limit as in our search."""
        longer = {
            row: tokens[: wanted.limits[row] - 1]
            for row, [(tokens, _)] in results.items()
            if len(tokens) >= wanted.limits[row] and EOS not in tokens[: wanted.limits[row]]
        }
        if not longer:
            return {}
        scored = self._engine.score_batch(
            [sources[row] for row in longer],
            [[self._targets[i] for i in tokens] for tokens in longer.values()],
            max_input_length=0,
        )
        return {
            row: [([*tokens, EOS], sum(result.log_probs))]
            for (row, tokens), result in zip(longer.items(), scored, strict=True)
        }

    def _beam(
        self, sources: dict[int, list[str]], search: Search, wanted: Sentences
    ) -> dict[int, Hypothesis]:
        """Of these sentences, by their rows, where it is sure."""
        best: dict[int, Hypothesis] = {}
        for group in _alike({row: wanted.limits[row] for row in sources}):
            longest = max(len(sources[row]) for row in group)
            # At the limit our search lets nothing go on, so that one step less is told apart.
            last = min(min(wanted.limits[row] for row in group) - 1, self._longest)
            for steps in sorted({min(longest + _AHEAD, last), last} - {0}):
                left = {row: sources[row] for row in group if row not in best}
                if not left:
                    break
                for row, said in self._run(left, search.beam, steps, _ALL).items():
                    limit, never = wanted.limits[row], _never(wanted, row)
                    sure = _proven(said, steps, search, limit, never)
                    best |= {row: sure} if sure else {}
        return best

    def _run(
        self, sources: dict[int, list[str]], beam: int, steps: int, enough: int
    ) -> dict[int, list[Said]]:
        """What CTranslate2 says of each sentence, the likeliest first.

        enough: hypotheses that end a sentence. If there are fewer, it has all that has ended, and
        the K best of the last step, ended or not.
        """
        results = self._engine.translate_batch(
            [*sources.values()],
            beam_size=beam,
            patience=enough / beam,
            num_hypotheses=enough,
            length_penalty=_NEVER_ZERO,
            max_input_length=0,
            max_decoding_length=steps,
            min_decoding_length=0,
            return_end_token=True,
            return_scores=True,
        )
        return {
            row: [
                ([self._ids[piece] for piece in pieces], log_p)
                for pieces, log_p in zip(result.hypotheses, result.scores, strict=True)
            ]
            for row, result in zip(sources, results, strict=True)
        }


def _best(
    said: Iterable[Said], search: Search, limit: int, never: frozenset[int]
) -> Hypothesis | None:
    """The best by our score of what has ended and could be said."""
    scored = [
        Hypothesis(tuple(tokens[:-1]), log_p, search.score(log_p, len(tokens)))
        for tokens, log_p in said
        if tokens[-1] == EOS
        and search.min_length <= len(tokens) <= limit
        and never.isdisjoint(tokens)
    ]
    return max(scored, key=lambda hypothesis: hypothesis.score, default=None)


def _proven(
    said: Sequence[Said], steps: int, search: Search, limit: int, never: frozenset[int]
) -> Hypothesis | None:
    """The best of what has ended, if nothing else could be better; see `CTranslate2._run`."""
    if not all(never.isdisjoint(tokens) for tokens, _ in said):
        return None
    best = _best(said, search, limit, never)
    open_ = [log_p for tokens, log_p in said if tokens[-1] != EOS]
    # If none of the K is open, what is open is no better than the last of them.
    least = min((log_p for tokens, log_p in said if len(tokens) == steps), default=-inf)
    bound = search.bound(max(open_, default=least), limit)
    return best if best and bound <= best.score else None


def _begun(wanted: Sentences, row: int) -> bool:
    """Is there something that the translation must say: a prefix, a term, or a unit's stand-in?"""
    said = [each[row] for each in (wanted.prefixes, wanted.due) if each]
    return any(said) or bool(wanted.counted and any(wanted.quotas[row][: wanted.counted.due]))


def _never(wanted: Sentences, row: int) -> frozenset[int]:
    """Tokens that it may not say."""
    counted = wanted.counted
    if counted is None:
        return _SPECIAL
    quotas, pairs = wanted.quotas[row], zip(counted.tokens, counted.classes, strict=True)
    return _SPECIAL.union(token for token, kind in pairs if not quotas[kind])


def _alike(limits: dict[int, int]) -> Iterator[list[int]]:
    """The rows in groups whose limits are alike, for a group's texts all end at the least."""
    group: list[int] = []
    for row in sorted(limits, key=limits.__getitem__):
        if group and limits[row] > _ALIKE * limits[group[0]]:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
