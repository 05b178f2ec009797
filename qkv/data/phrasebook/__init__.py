"""A built-in Chinese-English corpus: sentence pairs from a synchronous grammar, gold-aligned.

    book = phrasebook(seed=0)
    book.train[0].source, book.train[0].target, book.train[0].links

Nearly every word order that differs between the languages is in it: time and place before the verb,
measure words, relative clauses before their noun, 把, comparisons, questions. One Chinese sentence
has one translation: number, tense and definiteness can be told from the Chinese.

A link (i, j) joins Chinese character i and English word j (words between spaces), both from 0.

- A Chinese word is linked with all its characters, to every English word it became.
- 的 is linked to 's or the possessive pronoun, and after a clause to that or who; 很, 是 and 有 to
  is; 没 and 不 to do and not; 会, 就, 正在, 着, 过 and 吗 to the auxiliary they became.
- Punctuation is linked to the English word that carries its counterpart: 。 to the last word.
- What has no counterpart is unlinked. In Chinese: measure words (只), unless English names them
  (杯, cup); 了 outside 已经…了; 的 after an adjective; 把, 所以, 一起; 但是 after 虽然. In English:
  the; a where Chinese has no 一; of, to, and between clauses, it and there as mere subjects, do
  beside a question word.

From the words up:

    _tables, lexicon            the words, and what can be said with each
    _english                    English endings
    _linked                     text in two languages that remembers which word came from which
    _phrases, _moods, _clauses  the grammar: noun and verb phrases, tense, questions, relatives
    _choices, _events           random people, things and times; what they do
    _statements, _descriptions, _questions, _reasons, _compounds, _chains
                                random sentences that make sense, from one clause to many
    _sentences, _splits         sentences of a wanted length; the corpus
"""

from qkv.data.phrasebook._article import ARTICLE_PAIRS
from qkv.data.phrasebook._linked import PhrasebookPair
from qkv.data.phrasebook._splits import Phrasebook, phrasebook

__all__ = ["ARTICLE_PAIRS", "Phrasebook", "PhrasebookPair", "phrasebook"]
