"""What `qkv.load` returns: text in, translations out; pictures in, captions out."""

from qkv.pipeline.aligner import METHODS, ROUNDS, SOFT, Aligner
from qkv.pipeline.alignment import Link, links_record
from qkv.pipeline.alignment_heads import AlignmentHeads, save_heads
from qkv.pipeline.attention import Attention, layer_and_head
from qkv.pipeline.caption import Caption
from qkv.pipeline.captioner import Captioner
from qkv.pipeline.completing import Completion, NextWord
from qkv.pipeline.glossary import Glossary, Term
from qkv.pipeline.loading import load, load_captioner, load_translator, translate
from qkv.pipeline.markup import check_length
from qkv.pipeline.oddities import Oddities
from qkv.pipeline.paragraph import Handling
from qkv.pipeline.translation import Translation
from qkv.pipeline.translator import Translator

__all__ = [
    "METHODS",
    "ROUNDS",
    "SOFT",
    "Aligner",
    "AlignmentHeads",
    "Attention",
    "Caption",
    "Captioner",
    "Completion",
    "Glossary",
    "Handling",
    "Link",
    "NextWord",
    "Oddities",
    "Term",
    "Translation",
    "Translator",
    "check_length",
    "layer_and_head",
    "links_record",
    "load",
    "load_captioner",
    "load_translator",
    "save_heads",
    "translate",
]
