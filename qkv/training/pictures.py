"""From captioned pictures to examples: read, held out, seen by the vision encoder, tokenised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch

from qkv.data.batching import Batch, Example, collate, drop_long
from qkv.data.captions import Captioned, hold_out_pictures, read_captions, write_captions
from qkv.data.corpora import Kept
from qkv.data.features import Features
from qkv.data.tokenizer import Tokenizer
from qkv.errors import DataError
from qkv.evaluation import Score, bleu, is_chinese
from qkv.models import EncoderDecoder, ModelConfig
from qkv.models.vision import Vision, vision
from qkv.pipeline.captioner import Captioner, see
from qkv.training.config import TrainConfig
from qkv.training.prepare import Tokenizers

__all__ = ["Album", "PreparedPictures", "read_album"]


@dataclass(frozen=True)
class Album:
    """Pictures with captions, and what the vision encoder saw in them.

    train, valid: pictures that can be used. seen, valid_seen: regions (R, C) of each of them.
    Other fields as in `prepare.Corpus`.
    """

    vision: Vision
    train: list[Captioned]
    valid: list[Captioned]
    seen: Features
    valid_seen: Features
    held_out: bool
    skipped: dict[str, int]
    fingerprint: str

    def tokenizers(self, config: TrainConfig) -> Tokenizers:
        """A new one, learnt from the captions; there is no other text."""
        texts = [caption for each in self.train for caption in each.captions]
        tokenizer = Tokenizer.train(texts, config.vocabulary)
        return tokenizer, tokenizer

    def prepared(self, tokenizers: Tokenizers, longest: int) -> PreparedPictures:
        """Tokenise, and leave out what is too long.

        Raises:
            DataError: nothing is left to train on.
        """
        tokenizer = tokenizers[1]
        numbers = [number for number, each in enumerate(self.train) for _ in each.captions]
        texts = [caption for each in self.train for caption in each.captions]
        encoded = zip(numbers, tokenizer.ids_batch(texts), strict=True)
        kept = drop_long([((number,), ids) for number, ids in encoded], longest)
        if not kept.pairs:
            raise DataError(
                f"no caption to train on: every one is longer than longest={longest} tokens."
            )
        skipped = {**self.skipped, **kept.skipped}
        return PreparedPictures(self, tokenizer, kept.pairs, skipped)

    def write_held_out(self, folder: Path, report: Callable[[str], None]) -> None:
        if self.held_out:
            write_captions(folder / "valid.jsonl", self.valid)
            report(f"held out {len(self.valid):,} pictures for validation, in {folder}")


@dataclass(frozen=True)
class PreparedPictures:
    """What the loop trains and validates on; an example's source is its picture's number."""

    unit, valid_unit = "captions", "pictures"
    album: Album
    tokenizer: Tokenizer
    examples: list[Example]
    skipped: dict[str, int]

    @property
    def valid(self) -> list[Captioned]:
        return self.album.valid

    @property
    def longest(self) -> int:
        """Tokens of the longest caption, with EOS."""
        return 1 + max(len(ids) for _, ids in self.examples)

    def decides(self) -> dict[str, Any]:
        """The model's settings that follow from the captions and the vision encoder."""
        eye = self.album.vision
        return {
            "joint": True,
            "source_vocabulary": self.tokenizer.vocabulary_size,
            "target_vocabulary": self.tokenizer.vocabulary_size,
            "caption_length": self.longest,
            "grid": eye.grid,
            "region_width": eye.width,
            "vision_fingerprint": eye.fingerprint,
        }

    @property
    def source_tokenizer(self) -> Tokenizer:
        return self.tokenizer

    @property
    def target_tokenizer(self) -> Tokenizer:
        return self.tokenizer

    def batch(self, indices: Sequence[int]) -> Batch:
        """source is (B, R, C) float16 here."""
        examples = [self.examples[i] for i in indices]
        words = collate(examples)
        regions = np.stack([self.album.seen[number] for (number,), _ in examples])
        source = torch.from_numpy(regions)
        present = torch.ones(source.shape[:2], dtype=torch.bool)
        return Batch(source, present, words.target_input, words.target_output, words.target_tokens)

    def score(self, model: EncoderDecoder) -> Score:
        """BLEU of greedy captions of the validation pictures against all their captions."""
        references = [each.captions for each in self.valid]
        config = ModelConfig(grid=self.album.vision.grid, caption_length=self.longest)
        captioner = Captioner(model, self.tokenizer, config)
        found = captioner.of_regions(list(self.album.valid_seen), beam=1)
        chinese = is_chinese(caption for each in references for caption in each)
        return bleu([each.text for each in found], references, chinese=chinese)


def read_album(
    data: dict[str, str],
    settings: dict[str, Any],
    config: TrainConfig,
    report: Callable[[str], None],
) -> Album:
    """Read `images` and `valid_images`, captions as in `read_captions`, below `image_root`.

    Without validation captions, pictures are held out. What the vision encoder sees is computed
    once and kept in `cache_folder()`.

    Args:
        settings: of the model, by name; `vision` and `picture` count here.
    Raises:
        DataError: a file or, where they are refused, a picture that cannot be used.
    """
    wanted = ModelConfig(**settings)
    eye = vision(wanted.vision, wanted.picture)
    root = data.get("image_root")

    def read(name: str, where: str) -> tuple[list[Captioned], Features, dict[str, int]]:
        kept = read_captions(data[name], root)
        pictures = [each.picture for each in kept.pairs]
        seen = see(pictures, eye, on_bad=config.bad_pictures, report=report)
        return _usable(kept, seen, where)

    held_out = "valid_images" not in data
    if held_out:
        pictures, features, skipped = read("images", "")
        rows = hold_out_pictures(range(len(pictures)), config.seed)
        train, valid = ([pictures[i] for i in part] for part in rows)
        seen, valid_seen = (features.part(part) for part in rows)
    else:  # in this order: a bad picture is found before the long work
        valid, valid_seen, bad = read("valid_images", ", in the validation captions")
        train, seen, skipped = read("images", "")
        skipped |= bad
    if shared := len(set(seen.keys) & set(valid_seen.keys)):
        report(
            f"{shared:,} validation pictures are training pictures too; of those a score says "
            "nothing about new ones"
        )
    fingerprint = sha256(eye.fingerprint.encode())
    for each in (_told(train, seen), _told(valid, valid_seen)):
        fingerprint.update(each.encode())
    digest = fingerprint.hexdigest()
    return Album(eye, train, valid, seen, valid_seen, held_out, skipped, digest)


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
        skipped[f"picture cannot be used{where}"] = captions
    return [kept.pairs[i] for i in good], seen.part(good), skipped


def _told(pictures: list[Captioned], seen: Features) -> str:
    """All that a run reads: each picture's bytes, its captions."""
    lines = (f"{key}\t{each.captions}\n" for key, each in zip(seen.keys, pictures, strict=True))
    return "".join(lines) + "\n"
