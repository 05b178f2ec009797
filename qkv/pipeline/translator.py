"""Tokenizers, model and search as one object: text in, text out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from itertools import islice, product
from typing import Any

import numpy as np
import torch

from qkv.data.batching import batches, pad
from qkv.data.markup import Markup
from qkv.data.protected import Span
from qkv.data.tokenizer import EOS, Encoding, Tokenizer
from qkv.errors import ConfigError, DataError
from qkv.machine import CPU, Machine
from qkv.models import PLAIN, Attending, EncoderDecoder
from qkv.pipeline import searching
from qkv.pipeline.alignment_heads import LAST_LAYER, AlignmentHeads, Forced
from qkv.pipeline.attention import Attention
from qkv.pipeline.completing import Completion, Typed, check_typed, next_words
from qkv.pipeline.glossary import Glossary, Terms
from qkv.pipeline.markup import Marked, check_length, handling_of, marked
from qkv.pipeline.oddities import UNKNOWN_SHARE, Oddities, repetition, unknown, unplaced
from qkv.pipeline.paragraph import (
    Handling,
    joined,
    lengths,
    split_at_eos,
    spread,
    together,
    without_sentences,
)
from qkv.pipeline.protecting import Protection, Reading, restored
from qkv.pipeline.spelling import Spelling
from qkv.pipeline.translation import Translation
from qkv.search import DEFAULT, Search
from qkv.search.filters import Sentences
from qkv.search.hypothesis import Hypothesis

__all__ = ["Translator"]


class Translator:
    """`translate(texts)` → Translations, each with tokens, scores and attention.

    A text of several sentences is translated sentence by sentence, by a rule that `sentence_spans`
    states, and put together again with the white space between them. Its numbers are sums; what is
    asked for of a text, such as its greatest length, is asked of each sentence, a prefix of the
    first.

    Units of a text, such as addresses, numbers and tags (see `qkv.data.protected`), come back as
    they are where it is asked for, or where the model was trained on text in which they do.

    machine: where the model lives, and its sources are moved to.
    longest: tokens of the longest source that it was trained on; 0: unknown.
    sentences: how many a text may have to be translated as one; None: any number.
    alignment_heads: what of its attention is read as an alignment; None: nobody has picked any.

    Attributes:
        find: what searches; another engine is put here in place of `searching.hypotheses`.
    """

    def __init__(
        self,
        model: EncoderDecoder,
        source_tokenizer: Tokenizer,
        target_tokenizer: Tokenizer,
        machine: Machine = CPU,
        longest: int = 0,
        sentences: int | None = None,
        alignment_heads: AlignmentHeads | None = None,
    ) -> None:
        self.model, self.machine = model, machine
        self.longest, self.sentences = longest, sentences
        self.source_tokenizer, self.target_tokenizer = source_tokenizer, target_tokenizer
        self.alignment_heads = alignment_heads
        self._protection = Protection(source_tokenizer, target_tokenizer)
        self.find: Callable[..., list[list[Hypothesis]]] = searching.hypotheses

    @property
    def one_vector(self) -> bool:
        """Does the model read the source as one fixed vector, with nothing to attend to?"""
        return self.model.one_vector

    def translate(
        self,
        texts: Iterable[str],
        *,
        search: Search = DEFAULT,
        attention: Attending = PLAIN,
        batch_tokens: int = 4096,
        protect: bool | None = None,
        documents: bool = False,
        markup: str | Markup | None = None,
        glossary: Glossary | None = None,
        alignments: bool = False,
        copy_unknown: bool = False,
        **settings: Any,
    ) -> list[Translation]:
        """One Translation a text, in order; an empty text gives an empty translation.

            translator.translate(texts, beam=1)
            translator.translate(texts, search=Search(coverage_penalty=0.2))

        Args:
            search: what is asked for. settings: fields of `Search` that are other than there.
                `nbest` are returned, but the first as `alternatives`: fewer where hypotheses
                differ in their tokens but not in their text.
            attention: what the model may attend to; texts are then translated one by one and each
                as a whole, so that the positions of its masks are those of each text.
            batch_tokens: source tokens in a batch; fewer with a beam of more than 3.
            protect: each unit of a text stands in its translation as often as there, and no other
                does. None: of documents, and if the model was trained to.
            documents: texts are paragraphs, or several, whose lines may have been wrapped. Every
                sentence is translated alone, and all white space around them kept.
            markup: html, xliff, xml, or more exactly a `Markup`: texts are documents with tags, and
                their translations have each tag once, around the words that it belongs to.
            glossary: terms, and what they are to be; `terms` of a translation says what came of it.
            alignments: links will be asked for: what they are read from is kept while searching.
                Else it is computed when the first of them is asked for.
            copy_unknown: words that have characters unknown to the model are protected, too.
        Raises:
            ConfigError: a number out of range, what is no list of texts, no such markup, or a
                glossary and what it does not go with.
            DataError: half a surrogate pair in a text, or a sentence beyond SENTENCE_CHARACTERS.
        """
        search, texts = searching.changed(search, settings, attention), _listed(texts)
        for name, value in (("documents=True", documents), ("markup=", markup)):
            if value and attention.rules:
                raise ConfigError(
                    "translate(): attention= is for texts that are translated as a whole; leave "
                    f"out {name}."
                )
        handling = self.handling(protect, documents, copy_unknown, markup)
        for number, text in enumerate(texts, 1):
            check_length(text, f"text {number}", handling)
        if handling.markup:
            sources = [marked(text, handling.markup) for text in texts]
            others = {"glossary": glossary, "copy_unknown": copy_unknown}
            return self._marked(sources, search, batch_tokens=batch_tokens, **others)
        places = [[] if attention.rules else self._places(text, handling) for text in texts]
        if documents:  # as many sentences as there are
            search = replace(
                search, min_length=max(search.min_length, min(2, search.max_length or 2))
            )
        self._check_glossary(glossary, search)
        given = glossary, handling, attention, batch_tokens, alignments
        if not any(places) and not documents:
            return self._translate(texts, search, *given)
        pieces = [
            text[start:end]
            for text, spans in zip(texts, places, strict=True)
            for start, end in spans or [(0, 0 if documents else len(text))]
        ]
        first = replace(search, prefix=spread(search.prefixes(len(texts)), places))
        results = iter(self._translate(pieces, first, *given))
        translations = []
        for text, spans in zip(texts, places, strict=True):
            own = list(islice(results, max(1, len(spans))))
            if spans:
                own = [together(text, spans, own, search.nbest, document=documents)]
            elif documents:
                own = [without_sentences(text, own[0])]
            translations += own
        return translations

    def _marked(
        self, sources: Sequence[Marked], search: Search, **settings: Any
    ) -> list[Translation]:
        every = [source.texts for source in sources]
        prefix = spread(search.prefixes(len(sources)), every)
        results = iter(
            self.translate(
                [text for texts in every for text in texts],
                search=replace(search, prefix=prefix),
                protect=True,
                documents=True,
                **settings,
            )
        )
        return [
            source.joined(islice(results, len(texts)), search.nbest)
            for source, texts in zip(sources, every, strict=True)
        ]

    def complete(
        self,
        text: str,
        typed: str = "",
        *,
        words: int = 5,
        search: Search = DEFAULT,
        protect: bool | None = None,
        **settings: Any,
    ) -> Completion:
        """How a translation goes on of which somebody has typed the beginning.

            translator.complete("A man sleeps.", "Ein Mann schl", nbest=3)

        The last word may be unfinished: up to the last space the tokens are the usual ones, after
        it all that agree with the characters. A space at the end ends a word. Text and translation
        are read as a whole.

        Args:
            words: how many next words to give. search, settings, protect: see `translate`.
        Raises:
            ConfigError: a number out of range, or a prefix beside `typed`. DataError: there are no
                tokens for what is typed, or half of a surrogate pair.
        """
        search = searching.changed(search, settings, PLAIN)
        check_typed(text, typed, words, search)
        handling = self.handling(protect)
        check_length(text, "the text", handling)
        reading = self._read(text, typed, handling)
        source = self.source_tokenizer.encode(reading.shown if reading.words else "")
        if not source.ids:
            return Completion((), ())
        given = Typed(reading.prefix, self.target_tokenizer, self._spelling)
        wanted = searching.sentences(
            search,
            self.target_tokenizer,
            [search.limit(len(source.ids))],
            [repr(source.ids).encode()],
            *self._protection.rules([reading], handling.protect),
        )
        ids, present = pad([[*source.ids, EOS]])
        of_source = self.model, self.machine, ids, present
        found = searching.hypotheses(*of_source, search, given.asked(wanted, self._spelling), PLAIN)
        fits = [h for h in found[0] if self._spelling.said(h.tokens).startswith(given.said)]
        if not fits:
            raise DataError(
                f"complete(): this model has no translation that begins with {typed!r}."
            )
        result = partial(self._translation, reading, source, PLAIN, read=Forced(self, PLAIN))
        with searching.reading(*of_source) as reader:
            likeliest = next_words(reader, given, self._spelling, words) if words else ()
        translations = tuple(searching.distinct(fits, search.nbest, result))
        return Completion(translations, tuple(word.with_units(reading) for word in likeliest))

    def unlike_training(self, translation: Translation) -> list[str]:
        """What of the source is unlike all that the model was trained on, a clause each."""
        count, tokens = unknown(translation)
        if not tokens:
            return []
        clauses = []
        if count > UNKNOWN_SHARE * tokens:
            clauses.append(f"{count} of its {tokens} tokens spell characters unknown to the model")
        most = max(lengths(translation.source_tokens))
        if 0 < self.longest < most:
            clauses.append(
                f"a sentence has {most:,} tokens, the longest trained on had {self.longest:,}"
            )
        return clauses

    def oddities(self, translation: Translation) -> Oddities:
        """What is odd about a translation of this model's, in numbers and in warnings."""
        count, tokens = unknown(translation)
        share = count / max(1, tokens)
        unlike = self.unlike_training(translation)
        return Oddities(share, repetition(translation), unlike, unplaced(translation))

    def source_positions(self, text: str, protect: bool | None = None) -> int:
        """How many source tokens a text has, read as a whole, EOS counted: those that masks see.

        0: the model reads it as one vector.
        """
        if self.one_vector:
            return 0
        reading = self._read(text, "", self.handling(protect))
        return len(self.source_tokenizer.encode(reading.shown).ids) + 1

    def handling(
        self,
        protect: bool | None = None,
        documents: bool = False,
        copy_unknown: bool = False,
        markup: str | Markup | None = None,
    ) -> Handling:
        """How texts are handled that `translate` is given with these."""
        if markup is not None:
            return handling_of(markup, protect, copy_unknown)
        if copy_unknown and protect is False:
            raise ConfigError("copy_unknown protects words; it does not go with protect=False.")
        if protect is None:
            protect = bool(self._protection.known) or documents or copy_unknown
        return Handling(protect, documents, copy_unknown)

    def _places(self, text: str, handling: Handling) -> list[Span]:
        """The sentences of a text that is translated in parts."""
        if handling.document:
            return handling.spans(text)
        spans = [] if self.sentences is None else handling.spans(text)
        return spans if len(spans) > (self.sentences or 0) else []

    def _read(self, text: str, prefix: str, handling: Handling) -> Reading:
        tokens = self.source_tokenizer.encode(text).tokens if handling.copy_unknown else ()
        given = text, prefix, handling.protect
        return self._protection.reading(*given, wrapped=handling.document, tokens=tokens)

    def _translate(
        self, texts: list[str], search: Search, glossary: Glossary | None, *given: Any
    ) -> list[Translation]:
        """As `_each`, but of equal texts with one beginning only the first is computed."""
        pairs = list(zip(texts, search.prefixes(len(texts)), strict=True))
        different = list(dict.fromkeys(pairs))
        own = search
        if not isinstance(search.prefix, str):
            own = replace(search, prefix=[prefix for _, prefix in different])
        results = self._each([text for text, _ in different], own, glossary, *given)
        if glossary:
            results = [_with_terms(result, glossary) for result in results]
        of_pair = dict(zip(different, results, strict=True))
        return [of_pair[pair] for pair in pairs]

    def _each(
        self,
        texts: list[str],
        search: Search,
        glossary: Glossary | None,
        handling: Handling,
        attention: Attending,
        batch_tokens: int,
        alignments: bool = False,
    ) -> list[Translation]:
        """Each as a whole; nothing is computed for blank ones."""
        begun = zip(texts, search.prefixes(len(texts)), strict=True)
        readings = [self._read(*each, handling) for each in begun]
        worded = [i for i, reading in enumerate(readings) if reading.words]
        every = self.source_tokenizer.encode_batch([readings[i].shown for i in worded])
        filled = [i for i, source in zip(worded, every, strict=True) if source.ids]
        sources = [source for source in every if source.ids]
        wanted = self._wanted(
            [readings[i] for i in filled], sources, search, glossary, handling, alignments
        )
        results: dict[int, Translation] = {}
        read = Forced(self, attention)
        sizes = [(source.ids, source.ids) for source in sources]
        room = 1 if attention.rules else max(1, batch_tokens // max(1, search.beam // 2))
        for rows in batches(sizes, room, None, 0):
            ids, present = pad([[*sources[row].ids, EOS] for row in rows])
            given = search, wanted.select(rows), attention
            found = self.find(self.model, self.machine, ids, present, *given)
            for row, hypotheses in zip(rows, found, strict=True):
                place = filled[row]
                own = readings[place], sources[row]
                best, *others = searching.distinct(
                    hypotheses,
                    search.nbest,
                    lambda each, own=own, best=hypotheses[0]: self._translation(
                        *own, attention, each, read if each is best else Forced(self, attention)
                    ),
                )
                results[place] = replace(best, alternatives=tuple(others))
        nothing = cache(
            lambda text: self._translation(
                self._read(text, "", handling), _NO_TOKENS, attention, _NOTHING, read
            )
        )
        return [results.get(i) or nothing(text) for i, text in enumerate(texts)]

    def _wanted(
        self,
        readings: Sequence[Reading],
        sources: Sequence[Encoding],
        search: Search,
        glossary: Glossary | None,
        handling: Handling,
        alignments: bool,
    ) -> Sentences:
        """What the search is asked for each source, one or more tokens long."""
        wanted = searching.sentences(
            replace(search, prefix=[reading.prefix for reading in readings]),
            self.target_tokenizer,
            [search.limit(len(source.ids)) for source in sources],
            (repr(source.ids).encode() for source in sources),
            *self._protection.rules(readings, handling.protect),
            [self._due(glossary, reading) for reading in readings] if glossary else (),
        )
        if alignments and not self.one_vector:
            wanted = replace(wanted, keep=(self.alignment_heads or LAST_LAYER).of)
        return wanted

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self.target_tokenizer)

    def _due(self, glossary: Glossary, reading: Reading) -> Terms | None:
        """What is to be said for the terms of a sentence."""
        uses = glossary.uses(reading.text, reading.units)
        return glossary.due(uses, self._spelling, reading.shown if reading.protected else None)

    def _check_glossary(self, glossary: Glossary | None, search: Search) -> None:
        """Refuse what is no glossary, and what cannot be had at once."""
        if glossary is None:
            return
        if not isinstance(glossary, Glossary):
            raise ConfigError(f"glossary must be a Glossary; got {type(glossary).__name__}.")
        if search.temperature:
            raise ConfigError("terms of a glossary are searched for; leave out temperature.")
        banned = self.target_tokenizer.ids_batch(search.banned)
        for text, ids in zip(search.banned, banned, strict=True):
            if form := glossary.form_with(ids, self._spelling):
                raise ConfigError(
                    f"{text!r} is banned, and the glossary asks for {form!r}; leave out either."
                )

    def attend(self, translation: Translation, attention: Attending = PLAIN) -> Translation:
        """The translation with what it attended to, or would attend to under `attention`.

        For one that has come from another process or a record, or to ask what if.

        Raises:
            ConfigError: it is of another model, or no translation; or what if is asked of several
                sentences.
        """
        searching.check_attending(attention)
        searching.check_own(translation, Translation, self.target_tokenizer)
        if translation.plain is not None:
            plain = self.attend(translation.plain, attention)
            others = tuple(self.attend(each, attention) for each in translation.alternatives)
            return replace(
                translation, plain=plain, look=plain.look, weigh=plain.weigh, alternatives=others
            )
        text, ids = translation.source, split_at_eos(translation.ids)
        if len(ids) > 1 and attention.rules:
            raise ConfigError(
                "attend(): this text was translated sentence by sentence; give one of them alone."
            )
        protected = bool(translation.units)
        ways = product((protected, not protected), (False, True), (False, True))
        for protect, document, copy in ways:
            handling = Handling(protect, document, copy and protect)
            spans = handling.spans(text)
            if len(ids) == 1 and not handling.document:
                spans = [(0, len(text))]
            looked = self._looked(text, spans, ids, handling, attention)
            if looked and _are_same(looked, translation):
                others = tuple(self.attend(each, attention) for each in translation.alternatives)
                return replace(
                    translation, look=looked.look, weigh=looked.weigh, alternatives=others
                )
        raise ConfigError(searching.FOREIGN.format("translation"))

    def _looked(
        self,
        text: str,
        spans: Sequence[Span],
        ids: Sequence[tuple[int, ...]],
        handling: Handling,
        attention: Attending,
    ) -> Translation | None:
        """The translation of these ids again, if there are as many sentences."""
        read = Forced(self, attention)
        if not spans and not any(ids):
            nothing = self._read("", "", handling)
            empty = self._translation(nothing, _NO_TOKENS, attention, _NOTHING, read)
            return without_sentences(text, empty)
        if len(ids) != len(spans):
            return None
        readings = [self._read(text[start:end], "", handling) for start, end in spans]
        shown = [reading.shown if reading.words else "" for reading in readings]
        sources = self.source_tokenizer.encode_batch(shown)
        sentences = [
            self._translation(reading, source, attention, Hypothesis(own, 0.0, 0.0), read)
            for reading, source, own in zip(readings, sources, ids, strict=True)
        ]
        if len(spans) == 1 and not handling.document:
            return sentences[0]
        return joined(text, spans, sentences, document=handling.document)

    def forced(self, text: str, translation: str, attention: Attending = PLAIN) -> Translation:
        """The translation as this model reads it, as if it had found it: for one that people wrote.

        Both are read as a whole. The score is the default search's.

        Raises:
            ConfigError: `attention` is none. DataError: half a surrogate pair in a text.
        """
        searching.check_attending(attention)
        reading = self._read(text, translation, self.handling())
        source = self.source_tokenizer.encode(reading.shown)
        [ids] = self.target_tokenizer.ids_batch([reading.prefix])
        found = Hypothesis(tuple(ids), 0.0, 0.0)
        read = self._translation(reading, source, attention, found, Forced(self, attention))
        probabilities = read.attention.probabilities
        log_probability = float(np.log(np.maximum(probabilities, 1e-45)).sum())
        score = DEFAULT.score(log_probability, len(probabilities))
        return replace(read, log_probability=log_probability, score=score)

    def attention(
        self, source: Encoding, target: Sequence[int], attention: Attending = PLAIN
    ) -> Attention:
        """Weights of every layer for source tokens and target ids (without BOS and EOS)."""
        ids = torch.tensor([[*source.ids, EOS]])
        present = torch.ones_like(ids, dtype=torch.bool)
        return searching.attention(self.model, self.machine, ids, present, target, attention)

    def _translation(
        self,
        reading: Reading,
        source: Encoding,
        attention: Attending,
        hypothesis: Hypothesis,
        read: Forced,
    ) -> Translation:
        """read: reads what it is aligned by, with others."""
        decoded = self.target_tokenizer.decode(hypothesis.tokens)
        weigh = read.add(source.ids, hypothesis.tokens, hypothesis.weights)
        tokens = reading.tokens(source)
        said = restored(reading, decoded, tokens, lambda: None if self.one_vector else weigh()[0])
        return Translation(
            said.text,
            hypothesis.score,
            hypothesis.log_probability,
            (*said.tokens, searching.eos(said.text)),
            reading.text,
            (*tokens, searching.eos(reading.text)),
            ids=hypothesis.tokens,
            units=said.units,
            look=partial(self.attention, source, hypothesis.tokens, attention),
            weigh=weigh,
        )


_NO_TOKENS, _NOTHING = Encoding([], []), Hypothesis((), 0.0, 0.0)


def _are_same(one: Translation, other: Translation) -> bool:
    """Of the same tokens, though units may be at other places."""
    tokens, others = one.tokens, other.tokens
    if other.units:
        tokens, others = ([token.text for token in each] for each in (tokens, others))
    return (one.source_tokens, tokens) == (other.source_tokens, others)


def _with_terms(result: Translation, glossary: Glossary) -> Translation:
    """With what became of the terms of its source."""
    uses = glossary.uses(result.source, [unit[:2] for unit in result.units])
    others = tuple(replace(o, terms=glossary.placed(uses, o.text)) for o in result.alternatives)
    return replace(result, terms=glossary.placed(uses, result.text), alternatives=others)


def _listed(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
        name = type(texts).__name__
        raise ConfigError(f"translate(): needs a list of texts, as in [text]; got {name}.")
    texts = list(texts)
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str):
            name = type(text).__name__
            raise ConfigError(f"translate(): text {number} must be a str; got {name}.")
    return texts
