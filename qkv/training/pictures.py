"""From captioned pictures to examples: read, held out, seen by the vision encoder, tokenised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from os import fsencode
from pathlib import Path
from typing import Any

import numpy as np
import torch

from qkv.data.batching import Batch, collate, drop_long
from qkv.data.captions import Captioned, hold_out_pictures, read_captions, write_captions
from qkv.data.corpora import Kept
from qkv.data.examples import Examples
from qkv.data.features import Features
from qkv.data.tokenizer import Tokenizer
from qkv.errors import DataError
from qkv.evaluation import telling_score
from qkv.machine import Machine
from qkv.models import EncoderDecoder, ModelConfig
from qkv.models.vision import Vision, vision
from qkv.pipeline.captioner import Captioner, see
from qkv.training.config import TrainConfig
from qkv.training.material import Sample, Tokenizers, Validation, evenly, typical

__all__ = ["PictureCorpus", "PictureMaterial", "read_pictures"]


@dataclass(frozen=True)
class PictureCorpus:
    """Pictures with captions, and what the vision encoder saw in them; a `Corpus`.

    train, valid: pictures that can be used. seen, valid_seen: regions (R, C) of each of them.
    Other fields as in `TextCorpus`.
    """

    vision: Vision
    train: list[Captioned]
    valid: list[Captioned]
    seen: Features
    valid_seen: Features
    held_out: bool
    skipped: dict[str, int]
    fingerprint: str

    @property
    def captions(self) -> list[tuple[int, str]]:
        """The training captions, each after the number of its picture."""
        numbered = enumerate(self.train)
        return [(number, caption) for number, shown in numbered for caption in shown.captions]

    def tokenizers(self, config: TrainConfig) -> Tokenizers:
        """One for both sides: there is no text but the captions."""
        texts = [caption for _, caption in self.captions]
        tokenizer = Tokenizer.train(texts, config.vocabulary)
        return tokenizer, tokenizer

    def tokenised(self, tokenizers: Tokenizers, longest: int) -> PictureMaterial:
        numbers, texts = zip(*self.captions, strict=True)
        encoded = zip(numbers, tokenizers[1].ids_batch(list(texts)), strict=True)
        kept = drop_long([((number,), ids) for number, ids in encoded], longest)
        if not kept.pairs:
            raise DataError(
                f"no caption to train on: every one is longer than longest={longest} tokens."
            )
        skipped = {**self.skipped, **kept.skipped}
        return PictureMaterial(self, tokenizers, Examples.of(kept.pairs), skipped)

    def write_held_out(self, folder: Path, report: Callable[[str], None]) -> None:
        if self.held_out:
            write_captions(folder / "valid.jsonl", self.valid)
            report(f"held out {len(self.valid):,} pictures for validation, in {folder}")


@dataclass(frozen=True)
class PictureMaterial:
    """Tokenised captions, the source of each being its picture's number; a `Material`."""

    unit, valid_unit = "captions", "pictures"
    corpus: PictureCorpus
    tokenizers: Tokenizers
    examples: Examples
    skipped: dict[str, int]

    @property
    def valid(self) -> list[Captioned]:
        return self.corpus.valid

    def decides(self) -> dict[str, Any]:
        eye, size = self.corpus.vision, self.tokenizers[1].vocabulary_size
        return {
            "joint": True,
            "source_vocabulary": size,
            "target_vocabulary": size,
            "caption_length": 1 + self.examples.longest[1],  # with EOS
            "grid": eye.grid,
            "region_width": eye.width,
            "vision_fingerprint": eye.fingerprint,
        }

    def drawn(self, seed: int, epoch: int) -> Sequence[int]:
        return range(len(self.examples))

    def batch(self, indices: Sequence[int]) -> Batch:
        """source is (B, R, C) float16 here."""
        examples = [self.examples[i] for i in indices]
        words = collate(examples)
        regions = np.stack([self.corpus.seen[number] for (number,), _ in examples])
        source = torch.from_numpy(regions)
        present = torch.ones(source.shape[:2], dtype=torch.bool)
        return Batch(source, present, words.target_input, words.target_output, words.target_tokens)

    def validate(
        self, model: EncoderDecoder, config: ModelConfig, device: str, most: int | None = None
    ) -> Validation:
        """Against all captions of a picture."""
        numbers = evenly(len(self.valid), most)
        references = [self.valid[i].captions for i in numbers]
        captioner = Captioner(model, self.tokenizers[1], config, Machine(device))
        captions = captioner.of_regions([self.corpus.valid_seen[i] for i in numbers], beam=1)
        texts = [caption.text for caption in captions]
        samples = [
            Sample(_printable(self.valid[numbers[i]].picture), texts[i], references[i][0])
            for i in typical([captions[0] for captions in references])
        ]
        return Validation(telling_score(texts, references), samples)


def read_pictures(
    data: dict[str, str],
    model: ModelConfig,
    config: TrainConfig,
    device: str,
    report: Callable[[str], None],
    *,
    drop_shared: bool = False,
) -> PictureCorpus:
    """Read `images` and `valid_images`, captions as in `read_captions`, below `image_root`.

    Without validation captions, pictures are held out. What the vision encoder sees is computed
    once, on `device`, and kept in `cache_folder()`.

    Args:
        drop_shared: leave out training pictures that are validation pictures too.
    Raises:
        DataError: a file or, where they are refused, a picture that cannot be used.
    """
    eye = vision(model.vision, model.picture, device)
    root = data.get("image_root")

    def read(name: str, where: str) -> tuple[list[Captioned], Features, dict[str, int]]:
        kept = read_captions(data[name], root)
        pictures = [shown.picture for shown in kept.pairs]
        seen = see(pictures, eye, on_bad=config.bad_pictures, report=report)
        return _usable(kept, seen, where)

    held_out = "valid_images" not in data
    if held_out:
        pictures, features, skipped = read("images", "")
        captions = [shown.captions for shown in pictures]
        rows = hold_out_pictures(
            range(len(pictures)), config.seed, keys=features.keys, captions=captions
        )
        train, valid = ([pictures[i] for i in part] for part in rows)
        seen, valid_seen = (features.part(part) for part in rows)
    else:  # in this order: a bad picture is found before the long work
        valid, valid_seen, bad = read("valid_images", ", in the validation captions")
        train, seen, skipped = read("images", "")
        skipped |= bad
    if drop_shared:
        train, seen, skipped = _without(train, seen, skipped, set(valid_seen.keys))
    if shared := len(set(seen.keys) & set(valid_seen.keys)):
        report(
            f"{shared:,} validation pictures are training pictures too; how well those are "
            "described says nothing about new pictures"
        )
    fingerprint = sha256(eye.fingerprint.encode())
    for part in (_contents(train, seen), _contents(valid, valid_seen)):
        fingerprint.update(part.encode())
    digest = fingerprint.hexdigest()
    return PictureCorpus(eye, train, valid, seen, valid_seen, held_out, skipped, digest)


def _usable(
    kept: Kept[Captioned], seen: Features, where: str
) -> tuple[list[Captioned], Features, dict[str, int]]:
    """The pictures that can be used, what was seen in them, and how many captions were not used."""
    good = [i for i in range(len(seen)) if i not in seen.refused]
    if not good:
        raise DataError(f"no picture can be used{where}.")
    skipped = {f"{why}{where}": count for why, count in kept.skipped.items()}
    if seen.refused:
        captions = sum(len(kept.pairs[i].captions) for i in seen.refused)
        skipped[f"{seen.refusal}{where}"] = captions
    return [kept.pairs[i] for i in good], seen.part(good), skipped


def _without(
    pictures: list[Captioned], seen: Features, skipped: dict[str, int], keys: set[str]
) -> tuple[list[Captioned], Features, dict[str, int]]:
    """Raises DataError if nothing is left."""
    rows = [row for row, key in enumerate(seen.keys) if key not in keys]
    if not rows:
        raise DataError("each of the old pictures is validated on; name others.")
    dropped = sum(len(shown.captions) for shown in pictures) - sum(
        len(pictures[row].captions) for row in rows
    )
    skipped = skipped | ({"picture is validated on": dropped} if dropped else {})
    return [pictures[row] for row in rows], seen.part(rows), skipped


def _printable(path: Path) -> str:
    """Where its name is not UTF-8, those bytes are spelled."""
    return fsencode(path).decode("utf-8", "backslashreplace")


def _contents(pictures: list[Captioned], seen: Features) -> str:
    """All that a run reads: each picture's bytes, its captions."""
    keyed = zip(seen.keys, pictures, strict=True)
    lines = (f"{key}\t{shown.captions}\n" for key, shown in keyed)
    return "".join(lines) + "\n"
