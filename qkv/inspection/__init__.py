"""What a model attended to, and how the numbers come about, for people to look at."""

from qkv.inspection._merging import in_words, merged, spaces
from qkv.inspection._saving import checked_format
from qkv.inspection._scale import check_scale
from qkv.inspection._worked import Worked, worked_example
from qkv.inspection.attributions import (
    Relevance,
    gradient_times_weight,
    relevance,
    value_norms,
)
from qkv.inspection.by_length import by_length_png
from qkv.inspection.curves import run_curves
from qkv.inspection.effects import Effect, Effects, effect
from qkv.inspection.explain import explain_text
from qkv.inspection.explaining import Explained, explained, explained_text
from qkv.inspection.figures import heatmap_png
from qkv.inspection.importance import Importance, head_importance, source_importance
from qkv.inspection.links import links_png
from qkv.inspection.panels import film_png, heads_png
from qkv.inspection.regions import regions_png, regions_text
from qkv.inspection.report import report
from qkv.inspection.shaded import shaded_png
from qkv.inspection.terminal import heatmap_text
from qkv.inspection.view import caption_view, records_view, translation_view
from qkv.inspection.watching import (
    Alignment,
    Record,
    Seen,
    Unseen,
    by_words,
    estimate,
    load,
    watch,
    words,
)

__all__ = [
    "Alignment",
    "Effect",
    "Effects",
    "Explained",
    "Importance",
    "Record",
    "Relevance",
    "Seen",
    "Unseen",
    "Worked",
    "by_length_png",
    "by_words",
    "caption_view",
    "check_scale",
    "checked_format",
    "effect",
    "estimate",
    "explain_text",
    "explained",
    "explained_text",
    "film_png",
    "gradient_times_weight",
    "head_importance",
    "heads_png",
    "heatmap_png",
    "heatmap_text",
    "in_words",
    "links_png",
    "load",
    "merged",
    "records_view",
    "regions_png",
    "regions_text",
    "relevance",
    "report",
    "run_curves",
    "shaded_png",
    "source_importance",
    "spaces",
    "translation_view",
    "value_norms",
    "watch",
    "words",
    "worked_example",
]
