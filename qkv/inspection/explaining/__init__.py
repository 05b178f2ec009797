"""How a number of a trained model came about: one query, step by step, to the next token."""

from qkv.inspection.explaining.explained import Explained, explained
from qkv.inspection.explaining.page import explained_text

__all__ = ["Explained", "explained", "explained_text"]
