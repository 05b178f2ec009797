"""What `qkv.load` returns: text in, translations out."""

from qkv.pipeline.translation import Attention, Translation
from qkv.pipeline.translator import Translator, load

__all__ = ["Attention", "Translation", "Translator", "load"]
