"""From captioned pictures to examples, and a captioner trained on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from qkv.data.captions import read_captions
from qkv.data.tokenizer import BOS, EOS
from qkv.errors import DataError, FolderError
from qkv.models import EncoderDecoder
from qkv.models.decoders import RecurrentDecoder
from qkv.training import loop, resume, start
from qkv.training.config import TrainConfig
from qkv.training.objectives import Objective
from qkv.training.pictures import Album, read_album
from tests.tiny import CAPTIONER, PICTURES, train, write_album

MODEL = {"architecture": "rnn", "vision": "pixels", "picture": 16}


def read(data: dict[str, str], **config: str) -> tuple[Album, list[str]]:
    told: list[str] = []
    return read_album(data, MODEL, TrainConfig(**config), told.append), told  # pyright: ignore[reportArgumentType]


def test_an_example_is_a_picture_and_one_of_its_captions(album: dict[str, str]) -> None:
    found, _ = read(album)
    tokenizers = found.tokenizers(TrainConfig(vocabulary=400))
    prepared = found.prepared(tokenizers, 250)
    assert len(prepared.examples) == 2 * len(PICTURES)
    batch = prepared.batch([0, 1, 2])
    assert batch.source.shape == (3, 4, 192)
    assert torch.equal(batch.source[0], batch.source[1])
    assert not torch.equal(batch.source[0], batch.source[2])
    np.testing.assert_array_equal(batch.source[2].numpy(), found.seen[1])
    assert batch.source_mask.all()
    ids = tokenizers[1].encode("red left of green").ids
    assert [*prepared.examples[1][1]] == ids
    assert batch.target_input[1, : len(ids) + 1].tolist() == [BOS, *ids]
    assert batch.target_output[1, len(ids)] == EOS


def test_pictures_are_held_out_without_a_file_that_names_them(album: dict[str, str]) -> None:
    found, _ = read({"images": album["images"]})
    assert found.held_out
    assert (len(found.train), len(found.valid)) == (18, 2)
    assert len(found.seen) == 18
    assert not {p.picture for p in found.train} & {p.picture for p in found.valid}


def test_bad_pictures_are_refused_or_skipped_by_choice(tmp_path: Path) -> None:
    data = write_album(tmp_path)
    (tmp_path / "red-blue.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"red-blue\.png"):
        read(data)
    found, told = read(data, bad_pictures="skip")
    assert any("red-blue.png" in line for line in told)
    prepared = found.prepared(found.tokenizers(TrainConfig(vocabulary=400)), 250)
    assert len(prepared.examples) == 2 * len(PICTURES) - 2
    assert len(prepared.valid) == len(PICTURES) - 1
    assert prepared.skipped == {  # captions, of which the picture has two
        "picture cannot be used": 2,
        "picture cannot be used, in the validation captions": 2,
    }


def test_long_captions_are_left_out(album: dict[str, str]) -> None:
    found, _ = read(album)
    with pytest.raises(DataError, match="no caption to train on"):
        found.prepared(found.tokenizers(TrainConfig(vocabulary=400)), 1)


def test_what_was_seen_is_not_computed_again(
    album: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QKV_CACHE", str(tmp_path))
    _, first = read(album)
    _, second = read(album)
    assert "features: 20 pictures computed, 0 read from the cache" in first
    assert second == ["features: 0 pictures computed, 20 read from the cache"] * 2


def test_captions_decide_whether_a_run_is_resumed(tmp_path: Path) -> None:
    data = write_album(tmp_path)
    one, _ = read(data)
    file = Path(data["images"])
    file.write_text(file.read_text("utf-8").replace("beside", "near"), encoding="utf-8")
    other, _ = read(data)
    assert one.fingerprint != other.fingerprint


def test_the_card_says_how_it_is_used(captioner: Path) -> None:
    card = (captioner / "README.md").read_text("utf-8")
    assert card.startswith("# A qkv captioning model")
    assert "training captions: 40; validation pictures: 20" in card
    assert "qkv caption FOLDER picture.jpg" in card
    assert "qkv show FOLDER picture.jpg --png attention.png" in card


def test_hard_attention_is_logged_with_its_variance(
    album: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qkv.training.loop.LOG_SECONDS", 0.0)
    train(tmp_path / "m", album, CAPTIONER | {"select": "hard", "max_steps": 12})
    lines = (tmp_path / "m" / "run" / "metrics.jsonl").read_text("utf-8").splitlines()
    logged = [r for r in map(json.loads, lines) if "reward" in r]
    assert len(logged) >= 10
    assert all(r["reward"] < 0 for r in logged)
    logged = [r for r in logged if "variance" in r]  # not where all captions were read softly
    assert all(r["variance"] >= 0 and r["without"] > 0 for r in logged)
    assert logged[-1]["variance"] < logged[-1]["without"]  # the baseline has found the reward


def test_hard_attention_may_begin_soft(
    album: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float] = []
    step = loop.forward_backward

    def seen(model: EncoderDecoder, *given: Any) -> Objective:
        assert isinstance(model.decoder, RecurrentDecoder)
        shares.append(model.decoder.soft_share)
        return step(model, *given)

    monkeypatch.setattr(loop, "forward_backward", seen)
    asked = {"select": "hard", "soft_start": 0.5, "soft_share": 0.0, "max_steps": 10}
    train(tmp_path / "m", album, CAPTIONER | asked)
    assert shares == pytest.approx([1.0] * 5 + [0.75, 0.5, 0.25, 0.0, 0.0])


def test_a_finished_run_is_not_resumed(captioner: Path, album: dict[str, str]) -> None:
    with pytest.raises(FolderError, match="has finished"):
        resume(captioner, album, {})


@pytest.mark.parametrize("changed", ["a picture", "what sees them"])
def test_a_run_goes_on_with_the_pictures_it_began_with(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, model = write_album(tmp_path), tmp_path / "m"

    def interrupt(line: str) -> None:
        if line.startswith("step"):
            raise KeyboardInterrupt

    monkeypatch.setattr("qkv.training.loop.LOG_SECONDS", 0.0)
    with pytest.raises(KeyboardInterrupt):
        start(model, data, CAPTIONER | {"max_steps": 4}, report=interrupt)
    if changed == "a picture":
        first = read_captions(data["images"]).pairs[0].picture
        Image.new("RGB", (16, 16), "white").save(first)
    else:
        monkeypatch.setattr("qkv.models.vision._VERSION", 10**6)
    with pytest.raises(FolderError, match="the training or validation data is not what the run"):
        resume(model, data, {})
