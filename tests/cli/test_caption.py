"""`qkv caption`, and what the other commands do with pictures."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qkv.pipeline import Caption, Captioner
from tests.cli.conftest import Qkv
from tests.tiny import CAPTIONER


@pytest.fixture
def picture(album: dict[str, str]) -> Path:
    return Path(album["images"]).parent / "red-blue.png"


def test_a_line_a_picture(qkv: Qkv, captioner: Path, picture: Path) -> None:
    other = picture.with_name("green-black.png")
    lines = qkv("caption", captioner, picture, other).printed().splitlines()
    files, texts = zip(*(line.split("\t") for line in lines), strict=True)
    assert files == (str(picture), str(other))
    assert texts[0] in ("red beside blue", "red left of blue")
    assert texts[1] in ("green beside black", "green left of black")


def test_several_captions_a_picture(qkv: Qkv, captioner: Path, picture: Path) -> None:
    lines = qkv("caption", captioner, picture, "--nbest", "2").printed().splitlines()
    texts = [line.split("\t")[1] for line in lines]
    assert set(texts) == {"red beside blue", "red left of blue"}


def test_json_lines_say_where_it_looked(qkv: Qkv, captioner: Path, picture: Path) -> None:
    record = json.loads(qkv("caption", captioner, picture, "--format", "jsonl").printed())
    assert record["image"] == str(picture)
    looked = record["looked_at"]
    assert [each["word"] for each in looked] == record["caption"].split()
    for each in looked:
        left, top, right, bottom = each["box"]
        assert (right - left, bottom - top) == (16.0, 8.0)  # 2 x 2 regions of 32 x 16 pixels
        assert 0.25 <= each["weight"] <= 1


def test_bad_pictures_are_refused_or_named_and_skipped(
    qkv: Qkv, captioner: Path, picture: Path, tmp_path: Path
) -> None:
    broken, missing = tmp_path / "broken.png", tmp_path / "missing.png"
    broken.write_bytes(picture.read_bytes()[:60])
    assert str(broken) in qkv("caption", captioner, broken, picture).refusal()
    done = qkv("caption", captioner, broken, picture, missing, "--skip-bad")
    assert done.code == 0
    assert [line.split("\t")[0] for line in done.out.splitlines()] == [str(picture)]
    told = done.err.splitlines()
    assert len(told) == 2
    assert told[0].startswith(f"skipped {broken}: ")
    assert told[1].startswith(f"skipped {missing}: ")


def test_no_picture_that_can_be_used(qkv: Qkv, captioner: Path, tmp_path: Path) -> None:
    done = qkv("caption", captioner, tmp_path / "missing.png", "--skip-bad")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[-1] == "qkv: no picture can be used."


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux alone")
def test_a_name_that_is_no_utf8(qkv: Qkv, captioner: Path, picture: Path, tmp_path: Path) -> None:
    latin = tmp_path / os.fsdecode(b"caf\xe9.png")
    shutil.copy(picture, latin)
    line = qkv("caption", captioner, latin).printed()
    assert "caf\\udce9.png\tred " in line
    record = json.loads(qkv("caption", captioner, latin, "--format", "jsonl").printed())
    assert record["image"] == str(latin)
    latin.write_bytes(b"no picture")
    assert "caf\\udce9.png: not a picture" in qkv("caption", captioner, latin).refusal()


@pytest.mark.skipif(sys.platform == "win32", reason="names of files have no tabs there")
@pytest.mark.parametrize("name", ["a\tb.png", "a\nb.png"])
def test_a_name_that_no_line_holds(
    qkv: Qkv, captioner: Path, picture: Path, tmp_path: Path, name: str
) -> None:
    shutil.copy(picture, tmp_path / name)
    told = qkv("caption", captioner, tmp_path / name).refusal()
    assert told.endswith("has a tab or a line break in its name; use --format jsonl.")
    printed = qkv("caption", captioner, tmp_path / name, "--format", "jsonl").printed()
    (tmp_path / "back.jsonl").write_text(printed, "utf-8")
    scores = qkv("evaluate", captioner, "--images", tmp_path / "back.jsonl", "--image-root", ".")
    assert scores.code == 0


def test_show_needs_a_caption(
    qkv: Qkv, captioner: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Captioner.caption

    def nothing(*given: Any, **options: Any) -> list[Caption]:
        return [replace(each, text="") for each in said(*given, **options)]

    monkeypatch.setattr(Captioner, "caption", nothing)
    told = qkv("show", captioner, picture).refusal()
    assert told == f"{picture}: its caption is empty, so there is nothing to show."


def test_show_draws_each_word(qkv: Qkv, captioner: Path, picture: Path, tmp_path: Path) -> None:
    out = qkv("show", captioner, picture, "--png", tmp_path / "a.png").printed()
    caption, _, drawn = out.partition("\n\n")
    assert caption in ("red beside blue", "red left of blue")
    assert all(word in drawn for word in caption.split())
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "option",
    [
        ["--self"],
        ["--layer", "0"],
        ["--head", "0"],
        ["--words"],
        ["--scale", "row"],
        ["--as", "links"],
    ],
)
def test_show_has_options_for_text_alone(
    qkv: Qkv, captioner: Path, picture: Path, option: list[str]
) -> None:
    told = qkv("show", captioner, picture, *option).refusal()
    assert told.endswith(
        "captions pictures: --self, --layer, --head, --words, --scale and --as are for text."
    )


def test_evaluate_against_all_captions(qkv: Qkv, captioner: Path, album: dict[str, str]) -> None:
    done = qkv("evaluate", captioner, "--images", album["images"], "--json")
    scores = {score["name"]: score for score in json.loads(done.out)["scores"]}
    assert list(scores) == [
        "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "CIDEr-D", "BLEU", "exact match",
    ]  # fmt: skip
    assert scores["exact match"]["value"] >= 90
    assert "nrefs:2" in scores["BLEU-4"]["signature"]


def test_evaluate_leaves_bad_pictures_out_when_asked(
    qkv: Qkv, captioner: Path, album: dict[str, str], tmp_path: Path
) -> None:
    more = "gone.png\tred beside gone\ngone.png\tred left of gone\nred-blue.png\t\n"
    lines = Path(album["images"]).read_text("utf-8") + more
    (tmp_path / "more.tsv").write_text(lines, encoding="utf-8")
    given = ["--images", tmp_path / "more.tsv", "--image-root", Path(album["images"]).parent]
    refused = qkv("evaluate", captioner, *given)
    assert refused.code == 2
    assert "gone.png" in refused.err
    done = qkv("evaluate", captioner, *given, "--skip-bad", "--json")
    assert done.code == 0
    assert "gone.png" in done.err
    assert "skipped 1 captions: empty caption" in done.err
    record = json.loads(done.out)
    assert "skipped 2 captions: 1 picture cannot be used" in done.err
    assert (record["pictures"], record["skipped_pictures"]) == (20, 1)
    assert record["skipped"] == {"empty caption": 1, "picture cannot be used": 2}  # captions


def test_the_wrong_kind_of_model(qkv: Qkv, captioner: Path, rnn: Path, picture: Path) -> None:
    told = qkv("translate", captioner, stdin="x\n").refusal()
    assert told == f"{captioner}: this model captions pictures; it cannot translate text."
    told = qkv("caption", rnn, picture).refusal()
    assert told == f"{rnn}: this model translates text; it cannot see pictures."


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--images", "A", "--tsv", "B"], "--images and --tsv do not go together; give one"),
        (["--tsv", "B", "--image-root", "C"], "--valid-images and --image-root belong to"),
        (["--images", "A", "--set", "joint=true"], "joint is only for text; leave it out."),
        (["--images", "gone.tsv", "--vision", "pixels"], "gone.tsv: no such file."),
        (["--images", "gone.tsv", "--vision", "eyes"], "vision=eyes is unknown"),
        (
            ["--tsv", "A", "--select", "hard", "--set", "select=soft"],
            "--select hard and --set select=soft do not agree; leave one out.",
        ),
    ],
)
def test_train_refuses_what_does_not_fit(
    qkv: Qkv, tmp_path: Path, options: list[str], text: str
) -> None:
    done = qkv("train", "--out", tmp_path / "model", *options)
    assert done.refusal().startswith(text)
    assert not (tmp_path / "model").exists()


def test_train_by_its_options(qkv: Qkv, album: dict[str, str], tmp_path: Path) -> None:
    settings = CAPTIONER | {"max_steps": 3}
    named = {"vision", "architecture"}
    options = [f"{k}={v}" for k, v in settings.items() if k not in named]
    done = qkv(
        "train", "--images", album["images"], "--out", tmp_path / "model",
        "--vision", "pixels", "--architecture", "rnn", "--select", "hard",
        *(part for option in options for part in ("--set", option)),
    )  # fmt: skip
    assert done.code == 0
    assert "held out 2 pictures for validation" in done.err
    config = json.loads((tmp_path / "model" / "config.json").read_text("utf-8"))
    assert (config["vision"], config["select"], config["grid"]) == ("pixels", "hard", 2)
    assert (tmp_path / "model" / "run" / "valid.jsonl").exists()
