"""Faults of parallel text, found before it is trained on; `check` looks for all, a file a kind."""

from qkv.data.check.checking import LONGEST, Report, check
from qkv.data.check.finding import KINDS, Finding, Kind
from qkv.data.check.heldout import Overlap
from qkv.data.check.repair import Cleaned, cleaned
from qkv.data.check.report import as_dict, as_text, glance
from qkv.data.check.shifts import Course, Region
from qkv.data.check.text import Text, read_data, read_sides, text_of

__all__ = [
    "KINDS",
    "LONGEST",
    "Cleaned",
    "Course",
    "Finding",
    "Kind",
    "Overlap",
    "Region",
    "Report",
    "Text",
    "as_dict",
    "as_text",
    "check",
    "cleaned",
    "glance",
    "read_data",
    "read_sides",
    "text_of",
]
