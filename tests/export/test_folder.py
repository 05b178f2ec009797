"""What an exported folder holds besides the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from qkv.data import Tokenizer
from qkv.export import export_model

NEEDS = {"ctranslate2": "ctranslate2", "onnx": "onnx", "transformers": "transformers"}


@pytest.mark.parametrize("to", NEEDS)
def test_others_may_read_it(to: str, transformer: Path, tmp_path: Path) -> None:
    pytest.importorskip(NEEDS[to])
    export_model(transformer, to, tmp_path / "out")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*.*")}
    (tmp_path / "usual").touch()
    assert set(modes.values()) == {(tmp_path / "usual").stat().st_mode & 0o777}


@pytest.mark.parametrize("to", ["ctranslate2", "onnx"])
def test_the_tokenizers_are_beside_the_model(to: str, transformer: Path, tmp_path: Path) -> None:
    pytest.importorskip(NEEDS[to])
    export_model(transformer, to, tmp_path / "out")
    for name in ("source.tokenizer.json", "target.tokenizer.json"):
        own = Tokenizer.load(transformer / name)
        assert Tokenizer.load(tmp_path / "out" / name).pieces == own.pieces
