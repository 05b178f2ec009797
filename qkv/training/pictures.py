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

    seen, valid_seen: regions (R, C) of each picture of `train` and of `valid`.
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
        numbers, texts = [], []
        for number, each in enumerate(self.train):
            if number not in self.seen.refused:
                numbers += [number] * len(each.captions)
                texts += each.captions
        encoded = zip(numbers, tokenizer.ids_batch(texts), strict=True)
        kept = drop_long([((number,), ids) for number, ids in encoded], longest)
        if not kept.pairs:
            raise DataError(
                f"no caption to train on: every one is longer than longest={longest} tokens, or "
                "its picture cannot be used."
            )
        valid = [i for i in range(len(self.valid)) if i not in self.valid_seen.refused]
        if not valid:
            raise DataError("no picture to validate with can be used.")
        skipped = {**self.skipped, **kept.skipped}
        return PreparedPictures(self, tokenizer, kept.pairs, valid, skipped)

    def decides(self, tokenizers: Tokenizers) -> dict[str, Any]:
        """The model's settings that follow from the data and the vision encoder."""
        return {
            "joint": True,
            "source_vocabulary": tokenizers[0].vocabulary_size,
            "target_vocabulary": tokenizers[1].vocabulary_size,
            "vision": self.vision.name,
            "picture": self.vision.side,
            "grid": self.vision.grid,
            "region_width": self.vision.width,
            "vision_fingerprint": self.vision.fingerprint,
        }

    def write_held_out(self, folder: Path, report: Callable[[str], None]) -> None:
        if self.held_out:
            write_captions(folder / "valid.tsv", self.valid)
            report(f"held out {len(self.valid):,} pictures for validation, in {folder}")


@dataclass(frozen=True)
class PreparedPictures:
    """What the loop trains and validates on; an example's source is its picture's number."""

    unit, valid_unit = "captions", "pictures"
    album: Album
    tokenizer: Tokenizer
    examples: list[Example]
    valid: list[int]
    skipped: dict[str, int]

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
        album = self.album
        references = [album.valid[i].captions for i in self.valid]
        captioner = Captioner(model, self.tokenizer, ModelConfig(grid=album.vision.grid))
        found = captioner.of_regions([album.valid_seen[i] for i in self.valid], beam=1)
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
    kept = read_captions(data["images"], root)
    train, skipped = kept.pairs, dict(kept.skipped)
    held_out = "valid_images" not in data
    if held_out:
        train, valid = hold_out_pictures(train, config.seed)
    else:
        named = read_captions(data["valid_images"], root)
        valid = named.pairs
        skipped |= {f"{why}, in the validation captions": n for why, n in named.skipped.items()}
    valid_seen, seen = (  # in this order: a bad picture is found before the long work
        see([each.picture for each in part], eye, on_bad=config.bad_pictures, report=report)
        for part in (valid, train)
    )
    for part, features, where in (
        (train, seen, ""),
        (valid, valid_seen, ", in the validation captions"),
    ):
        if features.refused:
            captions = sum(len(part[i].captions) for i in features.refused)
            skipped[f"picture cannot be used{where}"] = captions
    fingerprint = sha256(eye.fingerprint.encode())
    for each in (_told(train, seen), _told(valid, valid_seen)):
        fingerprint.update(each.encode())
    digest = fingerprint.hexdigest()
    return Album(eye, train, valid, seen, valid_seen, held_out, skipped, digest)


def _told(pictures: list[Captioned], seen: Features) -> str:
    """All that a run reads: each picture's bytes, whether it can be used, its captions."""
    lines = (
        f"{key}\t{i in seen.refused}\t{each.captions}\n"
        for i, (key, each) in enumerate(zip(seen.keys, pictures, strict=True))
    )
    return "".join(lines) + "\n"
