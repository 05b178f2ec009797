"""From files of text to examples: read, hold out, tokenise, and say what was left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qkv.data import Kept, Pair, clean, hold_out, read_parallel, read_tsv, write_pairs
from qkv.data.batching import Example, drop_long
from qkv.data.tokenizer import Tokenizer
from qkv.errors import DataError
from qkv.pipeline.translator import tokenizer_paths
from qkv.training.config import TrainConfig
from qkv.training.run_folder import RunFolder

__all__ = ["Corpus", "Prepared", "prepare", "read_corpus", "shares_tokenizer"]


@dataclass(frozen=True)
class Corpus:
    """Pairs with text on both sides; skipped: how many were not, by reason."""

    train: list[Pair]
    valid: list[Pair] | None
    skipped: dict[str, int]


@dataclass(frozen=True)
class Prepared:
    """What the loop trains and validates on."""

    source_tokenizer: Tokenizer
    target_tokenizer: Tokenizer
    examples: list[Example]
    valid: list[Pair]
    skipped: dict[str, int]


def read_corpus(data: dict[str, str]) -> Corpus:
    """Read `source` and `target` or `tsv`, and `valid_source` and `valid_target` or `valid_tsv`."""
    train = _read(data, "")
    validates = any(name.startswith("valid_") for name in data)
    return Corpus(train.pairs, _read(data, "valid_").pairs if validates else None, train.skipped)


def _read(data: dict[str, str], prefix: str) -> Kept[Pair]:
    files = [data[f"{prefix}{n}"] for n in ("source", "target", "tsv") if f"{prefix}{n}" in data]
    kept = clean(read_parallel(*files) if len(files) == 2 else read_tsv(files[0]))
    if not kept.pairs:
        raise DataError(f"{', '.join(files)}: no pair has text on both sides.")
    return kept


def shares_tokenizer(pairs: list[Pair], config: TrainConfig) -> bool:
    """As the config says; left open, where most letters of the target are also in the source."""
    if config.joint is not None:
        return config.joint
    known = {letter for pair in pairs for letter in pair.source}
    letters = [letter for pair in pairs for letter in pair.target if letter.isalpha()]
    return sum(letter in known for letter in letters) > len(letters) / 2


def prepare(
    corpus: Corpus,
    config: TrainConfig,
    joint: bool,
    folder: RunFolder,
    report: Callable[[str], None],
) -> Prepared:
    """Hold out, tokenise, leave out what is too long; tokenizers that the folder has are used.

    Raises:
        DataError: nothing is left to train on or to validate with.
    """
    train, valid = corpus.train, corpus.valid
    if valid is None:
        train, valid = hold_out(train, config.seed)
        write_pairs(folder.run, "valid", valid)
        report(f"held out {len(valid):,} pairs for validation, in {folder.run}")
    source, target = _tokenizers(train, config, joint, folder)
    encoded = zip(
        source.ids_batch([p.source for p in train]),
        target.ids_batch([p.target for p in train]),
        strict=True,
    )
    kept = drop_long(list(encoded), config.longest)
    if not kept.pairs:
        raise DataError(f"every pair is longer than longest={config.longest} tokens; raise it.")
    return Prepared(source, target, kept.pairs, valid, {**corpus.skipped, **kept.skipped})


def _tokenizers(
    train: list[Pair], config: TrainConfig, joint: bool, folder: RunFolder
) -> tuple[Tokenizer, Tokenizer]:
    """Of the folder; before its settings are written, newly trained."""
    paths = tokenizer_paths(folder.top, joint)
    if not folder.settings.exists():
        sources, targets = [p.source for p in train], [p.target for p in train]
        texts = ([*sources, *targets],) if joint else (sources, targets)
        for path, lines in zip(paths, texts, strict=False):
            Tokenizer.train(lines, config.vocabulary).save(path)
    source, target = (Tokenizer.load(path) for path in paths)
    return source, target
