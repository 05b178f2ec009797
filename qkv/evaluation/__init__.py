"""How good translations, captions and alignments are, in numbers that say how they were counted."""

from qkv.evaluation.alignment import (
    AlignmentScores,
    Links,
    alignment_error_rate,
    alignment_scores,
    format_pharaoh,
    read_gold,
    read_pharaoh,
    reference_links,
)
from qkv.evaluation.by_length import Band, by_length, table
from qkv.evaluation.captions import caption_bleu, cider_d
from qkv.evaluation.comparison import Compared, Comparison, Difference, System, Tested, compare
from qkv.evaluation.pointing import Look, Pointing, pointing_game
from qkv.evaluation.quality import (
    Reference,
    Score,
    bleu,
    bleu_lowercased,
    chrf,
    exact_match,
    is_chinese,
    moses_languages,
    telling_metric,
    telling_score,
    tokenizer_for,
)

__all__ = [
    "AlignmentScores",
    "Band",
    "Compared",
    "Comparison",
    "Difference",
    "Links",
    "Look",
    "Pointing",
    "Reference",
    "Score",
    "System",
    "Tested",
    "alignment_error_rate",
    "alignment_scores",
    "bleu",
    "bleu_lowercased",
    "by_length",
    "caption_bleu",
    "chrf",
    "cider_d",
    "compare",
    "exact_match",
    "format_pharaoh",
    "is_chinese",
    "moses_languages",
    "pointing_game",
    "read_gold",
    "read_pharaoh",
    "reference_links",
    "table",
    "telling_metric",
    "telling_score",
    "tokenizer_for",
]
