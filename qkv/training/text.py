"""From files of text to examples: read, hold out, tokenise, and say what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from qkv.data import DataFiles, Kept, Pair, clean, filled, hold_out, iter_parallel, write_pairs
from qkv.data.batching import Batch, collate
from qkv.data.check import glance
from qkv.data.corpora import Keep
from qkv.data.counting import character_counts
from qkv.data.examples import Examples, encoded, in_stand_ins
from qkv.data.holdout import apart
from qkv.data.language import language
from qkv.data.pair_file import PairFile
from qkv.data.protected import ENOUGH, worth
from qkv.data.sentences import sentence_spans
from qkv.data.tokenizer import Tokenizer
from qkv.errors import ConfigError, DataError
from qkv.evaluation import telling_score
from qkv.machine import Machine
from qkv.models import EncoderDecoder, ModelConfig
from qkv.pipeline import Translator
from qkv.training.config import TrainConfig
from qkv.training.material import Data, Sample, Tokenizers, Validation, evenly, typical
from qkv.training.prepared import MOST, PreparedText, kept_examples, kept_tokenizers

__all__ = [
    "TextCorpus",
    "TextMaterial",
    "languages_of",
    "read_text",
    "shares_tokenizer",
    "train_tokenizers",
]

TOLD_BY = 500  # pairs, by which the languages are told
MOSTLY = 0.6  # of the letters must be in a language
SHARED = "share a sentence with the validation text"


@dataclass(frozen=True)
class TextCorpus:
    """Pairs with text on both sides; a `Corpus`.

    train: a list, or in a file of the folder `prepared` where there are more than MOST.
    held_out: whether `valid` was taken out of the training text.
    skipped: how many pairs were not used, by reason.
    """

    train: Sequence[Pair]
    valid: list[Pair]
    held_out: bool
    skipped: dict[str, int]
    fingerprint: str
    report: Callable[[str], None] = print

    @cached_property
    def sample(self) -> Sequence[Pair]:
        """What the whole is judged by: all of it, or of a file MOST pairs at most."""
        return _sample(self.train)

    def tokenizers(self, config: TrainConfig) -> Tokenizers:
        if isinstance(self.train, PairFile):
            return kept_tokenizers(self.train, config, self._new_tokenizers)
        return self._new_tokenizers(config)

    def _new_tokenizers(self, config: TrainConfig) -> Tokenizers:
        joint = shares_tokenizer(self.sample, config)
        known = stand_ins_of(self.sample, config)
        pairs = in_stand_ins(self.sample, known)
        return train_tokenizers(pairs, joint, config.vocabulary, known)

    def tokenised(self, tokenizers: Tokenizers, longest: int) -> TextMaterial:
        if isinstance(self.train, PairFile):
            examples, longer = kept_examples(self.train, tokenizers, longest, self.report)
        else:
            examples, longer = encoded(self.train, tokenizers, longest)
        if not len(examples):
            raise DataError(f"every pair is longer than longest={longest} tokens; raise it.")
        dropped = {f"longer than {longest} tokens": longer} if longer else {}
        skipped = {**self.skipped, **dropped}
        sentences = _usual_sentences(self.sample)
        return TextMaterial(tokenizers, examples, self.valid, skipped, sentences)

    def write_held_out(self, folder: Path, report: Callable[[str], None]) -> None:
        if self.held_out:
            write_pairs(folder, "valid", self.valid)
            report(f"held out {len(self.valid):,} pairs for validation, in {folder}")


@dataclass(frozen=True)
class TextMaterial:
    """Tokenised pairs; a `Material`. sentences: that a source often has."""

    unit = valid_unit = "pairs"
    tokenizers: Tokenizers
    examples: Examples
    valid: list[Pair]
    skipped: dict[str, int]
    sentences: int = 1

    def decides(self) -> dict[str, Any]:
        source, target = self.tokenizers
        return {
            "joint": source is target,
            "source_vocabulary": source.vocabulary_size,
            "target_vocabulary": target.vocabulary_size,
            "source_length": self.examples.longest[0],
            "source_sentences": self.sentences,
            "languages": languages_of(self.valid),
        }

    def drawn(self, seed: int, epoch: int) -> Sequence[int]:
        return range(len(self.examples))

    def batch(self, indices: Sequence[int]) -> Batch:
        return collate([self.examples[i] for i in indices])

    def validate(
        self, model: EncoderDecoder, config: ModelConfig, device: str, most: int | None = None
    ) -> Validation:
        valid = [self.valid[i] for i in evenly(len(self.valid), most)]
        sources, references = zip(*valid, strict=True)
        longest, sentences = config.source_length, config.source_sentences
        translator = Translator(model, *self.tokenizers, Machine(device), longest, sentences)
        translations = translator.translate(sources, beam=1)
        texts = [translation.text for translation in translations]
        samples = [Sample(sources[i], texts[i], references[i]) for i in typical(sources)]
        return Validation(telling_score(texts, references), samples)


def read_text(
    data: Data,
    seed: int,
    report: Callable[[str], None] = print,
    *,
    drop_shared: bool = False,
) -> TextCorpus:
    """Read `source` and `target` or `data`, and `valid_source` and `valid_target` or `valid_data`.

    `data` is one path or several, `columns` its columns; `tsv` is another name for it. Without
    validation files, pairs are held out.

    Args:
        drop_shared: leave out training pairs whose source is a validation pair's too.
    Raises:
        DataError: a file that cannot be used, or nothing to train on or to validate with.
    """
    with PreparedText(data, seed, drop_shared, report) as prepared:
        if prepared.notes is None:
            corpus = _read_text(data, seed, prepared, drop_shared)
            if not isinstance(corpus.train, PairFile):
                return corpus
            prepared.finish(
                corpus.train,
                valid=corpus.valid,
                held_out=corpus.held_out,
                skipped=corpus.skipped,
                fingerprint=corpus.fingerprint,
            )
    train, notes = prepared.reread()
    valid = [Pair(*pair) for pair in notes["valid"]]
    return TextCorpus(
        train, valid, notes["held_out"], notes["skipped"], notes["fingerprint"], report
    )


def _read_text(data: Data, seed: int, prepared: PreparedText, drop_shared: bool) -> TextCorpus:
    """What `read_text` reads; of large text, where it is being prepared."""
    report, keep = prepared.report, prepared.keep
    text = _read(data, "", report, keep)
    for line in glance(text.pairs):
        report(line)
    if not any(name.startswith("valid_") for name in data):
        rest, valid = hold_out(_sample(text.pairs), seed)
        train, skipped = rest, text.skipped
        if isinstance(text.pairs, PairFile):
            train = keep(apart(text.pairs, valid, rest))
            more = len(text.pairs) - len(valid) - len(train)
            skipped = skipped | ({SHARED: more} if more else {})
        return TextCorpus(train, valid, True, skipped, _fingerprint(text.pairs))
    named = _read(data, "valid_", report)
    if drop_shared:
        text = _without_sources_of(text, named.pairs, keep)
    if shared := len(set(named.pairs).intersection(text.pairs)):
        report(
            f"{shared:,} validation pairs are training pairs too; of those a score says nothing "
            "about new ones"
        )
    digest = _fingerprint(text.pairs, [Pair("", ""), *named.pairs])
    skipped = {f"{reason}, in the validation text": n for reason, n in named.skipped.items()}
    return TextCorpus(text.pairs, [*named.pairs], False, {**text.skipped, **skipped}, digest)


def _without_sources_of(text: Kept[Pair], valid: Sequence[Pair], keep: Keep) -> Kept[Pair]:
    """Raises DataError if nothing is left."""
    sources = {pair.source for pair in valid}
    kept = keep(pair for pair in text.pairs if pair.source not in sources)
    if not kept:
        raise DataError("each of the old pairs has a source that is validated on; name others.")
    dropped = {"source is validated on": len(text.pairs) - len(kept)}
    return Kept(kept, text.skipped | {why: n for why, n in dropped.items() if n})


def shares_tokenizer(pairs: Sequence[Pair], config: TrainConfig) -> bool:
    """As the config says; left open, where the two sides have more than half of the letters alike.

    Alike is the overlap of the two frequency distributions: the sum over letters of the smaller of
    its two shares. A few foreign names, which a set of letters would take for a common script, add
    next to nothing. English has 0.75 with German, 0.78 with French (Multi30k).
    """
    if config.joint is not None:
        return config.joint
    source = _letters(pair.source for pair in pairs)
    target = _letters(pair.target for pair in pairs)
    return sum(min(share, target.get(letter, 0.0)) for letter, share in source.items()) > 0.5


def languages_of(pairs: Sequence[Pair]) -> str | None:
    """Of sources and targets, as in zh-en; None where one of them cannot be told."""
    some = [pairs[i] for i in evenly(len(pairs), TOLD_BY)]
    told = language(pair.source for pair in some), language(pair.target for pair in some)
    if not all(code and share > MOSTLY for code, share in told):
        return None
    return "-".join(code for code, _ in told)


def stand_ins_of(pairs: Sequence[Pair], config: TrainConfig) -> str:
    """What shall stand for units, see `qkv.data.protected`: as the config says, or if it pays.

    Raises:
        ConfigError: it is asked for, and hardly a pair has the same unit on both sides.
    """
    if config.units is False:
        return ""
    known = worth(pairs) if config.units is None else worth(pairs, 0.0)
    if config.units and not known:
        raise ConfigError(
            f"units=true needs at least {ENOUGH} pairs with the same unit on both sides; leave it "
            "out."
        )
    return known


def train_tokenizers(
    pairs: Sequence[Pair], joint: bool, size: int, stand_ins: str = ""
) -> Tokenizers:
    """Of the source and of the target, at most `size` tokens each; one and the same if joint.

    stand_ins: for units, in these pairs.

    Raises:
        ConfigError: `size` is too small.
    """
    sources, targets = [p.source for p in pairs], [p.target for p in pairs]
    if joint:
        shared = Tokenizer.train([*sources, *targets], size, stand_ins)
        return shared, shared
    return Tokenizer.train(sources, size, stand_ins), Tokenizer.train(targets, size, stand_ins)


def _read(data: Data, prefix: str, report: Callable[[str], None], keep: Keep = list) -> Kept[Pair]:
    paths = [data[name] for side in ("source", "target") if (name := f"{prefix}{side}") in data]
    if len(paths) == 2:
        kept = clean(iter_parallel(*paths), keep)
    else:
        one_way = data.get(f"{prefix}data") or data.get(f"{prefix}tsv") or paths
        files = DataFiles(one_way, data.get(f"{prefix}columns", data.get("columns")))
        paths = [str(path) for path in files.paths]
        kept = filled(files.pairs(), keep)
        for note in files.notes:
            report(note)
    if not kept.pairs:
        raise DataError(f"{', '.join(paths)}: no pair has text on both sides.")
    for note in kept.notes:
        report(f"{', '.join(paths)}: {note}")
    return kept


def _usual_sentences(pairs: Sequence[Pair]) -> int:
    """The most that one in a hundred of the sources has, at least."""
    counts = sorted((len(sentence_spans(pair.source)) for pair in pairs), reverse=True)
    return max(1, counts[len(counts) // 100])


def _letters(texts: Iterable[str]) -> dict[str, float]:
    """Each letter's share of all letters."""
    counts = {each: n for each, n in character_counts(texts).items() if each.isalpha()}
    total = sum(counts.values())
    return {letter: count / total for letter, count in counts.items()}


def _fingerprint(pairs: Sequence[Pair], others: Sequence[Pair] = ()) -> str:
    """Of a file by its bytes: what an older qkv began, which read all into memory, is another."""
    digest = sha256()
    if isinstance(pairs, PairFile):
        digest.update(pairs.digest().encode())
        pairs = []
    for pair in chain(pairs, others):
        digest.update(f"{pair.source}\t{pair.target}\n".encode())
    return digest.hexdigest()


def _sample(pairs: Sequence[Pair]) -> Sequence[Pair]:
    return pairs.spread(MOST) if isinstance(pairs, PairFile) else pairs
