"""What is to be shown of a text, its model and what was attended to: plain data, for a page."""

from qkv.inspection.view.about import model_note
from qkv.inspection.view.records import records_view, seen_view
from qkv.inspection.view.results import caption_view, shortened, translation_view

__all__ = [
    "caption_view",
    "model_note",
    "records_view",
    "seen_view",
    "shortened",
    "translation_view",
]
