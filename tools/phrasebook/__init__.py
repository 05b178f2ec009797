"""The grammar behind `qkv.data.phrasebook`: it makes up sentence pairs and their gold links.

    python -m tools.phrasebook      writes the package's file anew, byte for byte the same (zlib-ng
                                    instead of zlib packs the same lines into other bytes)

    book = generate(seed=1, train=50_000)     any other corpus

From the words up:

    _tables, lexicon            the words, and what can be said with each
    _english                    English endings
    _linked                     text in two languages that remembers which word came from which
    _phrases, _moods, _clauses  the grammar: noun and verb phrases, tense, questions, relatives
    _choices, _events           random people, things and times; what they do
    _statements, _descriptions, _questions, _reasons, _compounds, _chains
                                random sentences that make sense, from one clause to many
    _sentences, _splits         sentences of a wanted length; the corpus
    _file                       the corpus as the package's file
"""

from tools.phrasebook._article import ARTICLE_PAIRS
from tools.phrasebook._splits import generate

__all__ = ["ARTICLE_PAIRS", "generate"]
