"""What can be refused without the model is refused before its weights are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.cli.conftest import Qkv

SENTENCE = "我喜欢咖啡"


@pytest.fixture(autouse=True)
def unloadable(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("the weights were read")

    monkeypatch.setattr("qkv.pipeline.loading.load_model", refuse)


@pytest.mark.parametrize(
    "options",
    [
        ["--scale", "x"],
        ["--scale", ""],
        ["--png", "a.gif"],
        ["--png", "no/a.png"],
        ["--beam", "0"],
        ["--device", "tpu"],
        ["--length-formula", "x"],
        ["--layer", "2"],
        ["--head", "-3"],
    ],
)
def test_show(qkv: Qkv, transformer: Path, options: list[str]) -> None:
    assert options[1] in qkv("show", transformer, SENTENCE, *options).refusal()


def test_show_of_what_is_not_there(qkv: Qkv, rnn: Path, one_vector: Path) -> None:
    assert "no encoder self-attention" in qkv("show", rnn, SENTENCE, "--self").refusal()
    assert "as one vector" in qkv("show", one_vector, SENTENCE).refusal()


def test_show_of_pictures(qkv: Qkv, captioner: Path) -> None:
    assert qkv("show", captioner, "a.png", "--words").refusal().endswith(" are for text.")


@pytest.mark.parametrize(
    "options",
    [["--format", "xml"], ["--beam", "0"], ["--device", "tpu"], ["--nbest", "9"]],
)
def test_caption(qkv: Qkv, captioner: Path, tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "a.png").touch()
    assert options[1] in qkv("caption", captioner, tmp_path / "a.png", *options).refusal()


def test_pictures_that_are_not_there(qkv: Qkv, captioner: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    for path, why in ((tmp_path / "b.png", "no such file."), (tmp_path, "is a folder")):
        assert f"{path}: {why}" in qkv("caption", captioner, tmp_path / "a.png", path).refusal()


@pytest.mark.parametrize("options", [["--beam", "0"], ["--device", "tpu"], ["--images", "no.tsv"]])
def test_evaluate(qkv: Qkv, captioner: Path, album: dict[str, str], options: list[str]) -> None:
    given = ["--images", album["images"], *options]
    assert options[1] in qkv("evaluate", captioner, *given).refusal()


def test_the_wrong_kind_of_model(qkv: Qkv, captioner: Path, rnn: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert "cannot see pictures" in qkv("caption", rnn, tmp_path / "a.png").refusal()
    assert "cannot translate text" in qkv("translate", captioner, "-").refusal()
