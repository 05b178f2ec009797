"""From captioned pictures to examples, and a captioner trained on them."""

from __future__ import annotations

import json
from os import fsdecode
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from qkv.data.captions import read_captions
from qkv.data.tokenizer import BOS, EOS
from qkv.errors import DataError, FolderError
from qkv.models import ModelConfig
from qkv.models.decoders import RecurrentDecoder
from qkv.pipeline import load_captioner
from qkv.training import loop, resume, start
from qkv.training.config import TrainConfig
from qkv.training.objectives import Objective
from qkv.training.pictures import PictureCorpus, read_pictures
from tests.tiny import CAPTIONER, PICTURES, train, write_album

ARTICLE = {
    **{k: v for k, v in CAPTIONER.items() if k != "architecture"},
    "preset": "article",
    "max_steps": 2,
}
MODEL = ModelConfig(architecture="rnn", vision="pixels", picture=16)


def read(data: dict[str, str], **config: Any) -> tuple[PictureCorpus, list[str]]:
    reported: list[str] = []
    return read_pictures(data, MODEL, TrainConfig(**config), "cpu", reported.append), reported


def test_an_example_is_a_picture_and_one_of_its_captions(album: dict[str, str]) -> None:
    pictures, _ = read(album)
    tokenizers = pictures.tokenizers(TrainConfig(vocabulary=400))
    prepared = pictures.tokenised(tokenizers, 250)
    assert len(prepared.examples) == 2 * len(PICTURES)
    batch = prepared.batch([0, 1, 2])
    assert batch.source.shape == (3, 4, 192)
    assert torch.equal(batch.source[0], batch.source[1])
    assert not torch.equal(batch.source[0], batch.source[2])
    np.testing.assert_array_equal(batch.source[2].numpy(), pictures.seen[1])
    assert batch.source_mask.all()
    ids = tokenizers[1].encode("red left of green").ids
    assert [*prepared.examples[1][1]] == ids
    assert batch.target_input[1, : len(ids) + 1].tolist() == [BOS, *ids]
    assert batch.target_output[1, len(ids)] == EOS


def test_pictures_are_held_out_without_a_file_that_names_them(album: dict[str, str]) -> None:
    pictures, _ = read({"images": album["images"]})
    assert pictures.held_out
    assert (len(pictures.train), len(pictures.valid)) == (18, 2)
    assert len(pictures.seen) == 18
    assert not {p.picture for p in pictures.train} & {p.picture for p in pictures.valid}


def test_bad_pictures_are_refused_or_skipped_by_choice(tmp_path: Path) -> None:
    data = write_album(tmp_path)
    (tmp_path / "red-blue.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"red-blue\.png"):
        read(data)
    pictures, reported = read(data, bad_pictures="skip")
    assert any("red-blue.png" in line for line in reported)
    prepared = pictures.tokenised(pictures.tokenizers(TrainConfig(vocabulary=400)), 250)
    assert len(prepared.examples) == 2 * len(PICTURES) - 2
    assert len(prepared.valid) == len(prepared.corpus.valid_seen) == len(PICTURES) - 1
    assert "red-blue.png" not in {each.picture.name for each in prepared.valid}
    assert prepared.skipped == {  # captions, of which the picture has two
        "1 picture cannot be used": 2,
        "1 picture cannot be used, in the validation captions": 2,
    }


@pytest.mark.parametrize("seed", range(6))
def test_what_cannot_be_used_is_not_held_out(tmp_path: Path, seed: int) -> None:
    data = write_album(tmp_path)
    for left, right in PICTURES[:-2]:
        (tmp_path / f"{left}-{right}.png").write_bytes(b"no picture")
    del data["valid_images"]
    pictures, _ = read(data, bad_pictures="skip", seed=seed)
    assert len(pictures.train) == len(pictures.valid) == 1
    assert len(pictures.seen[0]) == len(pictures.valid_seen[0]) == 4
    assert pictures.skipped == {"18 pictures cannot be used": 2 * len(PICTURES) - 4}
    pictures.write_held_out(tmp_path, print)
    assert read_captions(tmp_path / "valid.jsonl").pairs == pictures.valid


def test_pictures_on_both_sides_are_told(tmp_path: Path) -> None:
    data = write_album(tmp_path)
    _, reported = read(data)
    assert any(
        line.startswith("20 validation pictures are training pictures too") for line in reported
    )
    del data["valid_images"]
    _, reported = read(data)
    assert not any("training pictures too" in line for line in reported)
    first, second = (tmp_path / f"{left}-{right}.png" for left, right in PICTURES[:2])
    second.write_bytes(first.read_bytes())
    seed = next(s for s in range(99) if len({0, 1} & {*Random(s).sample(range(20), 2)}) == 1)
    _, reported = read(data, seed=seed)  # which would draw one of the two
    assert not any("training pictures too" in line for line in reported)


def test_skipped_pictures_and_their_captions_are_counted(tmp_path: Path) -> None:
    data = write_album(tmp_path)
    (tmp_path / "red-blue.png").write_bytes(b"no picture")
    (tmp_path / "blue-red.png").unlink()
    del data["valid_images"]
    settings = CAPTIONER | {"max_steps": 2, "bad_pictures": "skip"}
    reported = train(tmp_path / "model", data, settings)
    assert "skipped 4 captions: 2 pictures cannot be used" in reported
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "- skipped, 2 pictures cannot be used: 4 captions\n" in card


def test_the_article_is_literal_with_pictures_too(tmp_path: Path) -> None:
    data = write_album(tmp_path)
    train(tmp_path / "model", data, ARTICLE)
    captioner = load_captioner(tmp_path / "model")
    config = captioner.config
    assert (config.gate, config.norm, config.tied, config.attention) == (False, False, False, "dot")
    decoder = captioner.model.decoder
    assert isinstance(decoder, RecurrentDecoder)
    assert (decoder.bridge, decoder.gate, decoder.norm, decoder.combine) == (None,) * 4
    regions = torch.rand(2, config.grid**2, config.region_width)
    memory = captioner.model.encode(regions, torch.ones(2, config.grid**2, dtype=torch.bool))
    mean = memory.values.mean(1)
    for each in decoder.start(memory).moving:
        torch.testing.assert_close(each[:, 0], mean)
    [caption] = captioner.caption([tmp_path / "red-blue.png"])
    assert caption.attention.matrix().shape[1] == config.grid**2


def test_captions_are_as_long_as_the_longest_trained_on(tmp_path: Path) -> None:
    data = write_album(tmp_path)
    words = " ".join(f"word{i}" for i in range(70))
    with Path(data["images"]).open("a", encoding="utf-8") as file:
        file.write(f"red-blue.png\t{words}\n")
    settings = CAPTIONER | {"max_steps": 2}
    train(tmp_path / "long", data, settings)
    captioner = load_captioner(tmp_path / "long")
    assert captioner.config.caption_length == 1 + len(captioner.tokenizer.encode(words).ids) > 71

    with torch.no_grad():  # it never ends by itself
        captioner.model.get_parameter("decoder.output.bias")[EOS] = -1e9
    [caption] = captioner.caption([tmp_path / "red-blue.png"], beam=1)
    assert len(caption.tokens) == captioner.config.caption_length


@pytest.mark.parametrize("held_out", [True, False])
def test_names_need_not_be_utf8(tmp_path: Path, held_out: bool) -> None:
    odd = Path(fsdecode(bytes(tmp_path) + b"/\xff\tb\nc"))
    try:
        odd.mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    data = write_album(odd)
    if held_out:
        del data["valid_images"]
    train(tmp_path / "model", data, CAPTIONER | {"max_steps": 2})
    assert f"- images: `{Path(data['images']).name}`" in (tmp_path / "model/README.md").read_text()
    assert (tmp_path / "model" / "model.safetensors").exists()
    if held_out:
        [first, *_] = read_captions(tmp_path / "model" / "run" / "valid.jsonl").pairs
        assert first.picture.exists()


def test_long_captions_are_left_out(album: dict[str, str]) -> None:
    pictures, _ = read(album)
    with pytest.raises(DataError, match="no caption to train on"):
        pictures.tokenised(pictures.tokenizers(TrainConfig(vocabulary=400)), 1)


def test_what_was_seen_is_not_computed_again(
    album: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QKV_CACHE", str(tmp_path))
    _, first = read(album)
    _, second = read(album)
    assert "features: 20 pictures computed, 0 read from the cache" in first
    assert second[:-1] == ["features: 0 pictures computed, 20 read from the cache"] * 2


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
    monkeypatch.setattr("qkv.training.log.LOG_SECONDS", 0.0)
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

    def seen(*given: Any) -> Objective:
        shares.append(given[-1].soft_share)
        return step(*given)

    monkeypatch.setattr(loop, "forward_backward", seen)
    settings = {"select": "hard", "soft_start": 0.5, "soft_share": 0.0, "max_steps": 10}
    train(tmp_path / "m", album, CAPTIONER | settings)
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

    monkeypatch.setattr("qkv.training.log.LOG_SECONDS", 0.0)
    with pytest.raises(KeyboardInterrupt):
        start(model, data, CAPTIONER | {"max_steps": 4}, report=interrupt)
    if changed == "a picture":
        first = read_captions(data["images"]).pairs[0].picture
        Image.new("RGB", (16, 16), "white").save(first)
    else:
        monkeypatch.setattr("qkv.models.vision._VERSION", 10**6)
    with pytest.raises(FolderError, match="the training or validation data is not what the run"):
        resume(model, data, {})
