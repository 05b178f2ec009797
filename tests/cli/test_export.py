"""`qkv export`, `qkv import` and --engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Qkv
from tests.export.marian_folder import marian_folder
from tests.tiny import PAIRS

ENGLISH = [english for _, english in PAIRS]


@pytest.mark.parametrize("to", ["ctranslate2", "onnx", "transformers"])
def test_export(qkv: Qkv, transformer: Path, tmp_path: Path, to: str) -> None:
    out = tmp_path / "out"
    assert qkv("export", transformer, "--to", to, "--out", out).printed() == f"{out}\n"
    assert (out / "config.json").is_file()
    assert "is there already" in qkv("export", transformer, "--to", to, "--out", out).refusal()


def test_import(qkv: Qkv, tmp_path: Path) -> None:
    theirs, out = tmp_path / "theirs", tmp_path / "out"
    marian_folder(theirs, ENGLISH, ENGLISH)
    assert qkv("import", theirs, "--out", out).printed() == f"{out}\n"
    done = qkv("translate", out, "--max-length", "4", stdin="I like you\n\n")
    assert (done.code, done.out.count("\n")) == (0, 2)
    assert "heads" in qkv("explain", out, "I like you").printed()
    (theirs / "source.spm").unlink()
    refused = qkv("import", theirs, "--out", tmp_path / "more").refusal()
    assert refused.startswith(f"{theirs / 'source.spm'}: no such file")


def test_engine(qkv: Qkv, transformer: Path, rnn: Path, corpus: dict[str, str]) -> None:
    text = "我喜欢咖啡\n\n他们吃面包\n"
    wanted = qkv("translate", transformer, stdin=text).printed()
    named = qkv("translate", transformer, "--engine", "ctranslate2", stdin=text)
    assert named.printed() == wanted
    auto = qkv("translate", transformer, "--engine", "auto", stdin=text)
    assert auto.out == wanted
    assert auto.err == "qkv: engine: CTranslate2, which finds the same texts in less time.\n"
    auto = qkv("translate", rnn, "--engine", "auto", stdin=text)
    assert auto.err.startswith(
        "qkv: engine: torch, because CTranslate2 runs Transformers that translate"
    )
    refused = qkv("translate", transformer, "--engine", "ctranslate2", "--nbest", "2")
    assert refused.refusal().startswith("engine=ctranslate2: CTranslate2 can't do nbest")


def test_evaluation_by_either_engine(
    qkv: Qkv, transformer: Path, corpus: dict[str, str], tmp_path: Path
) -> None:
    source, reference = tmp_path / "test.zh", tmp_path / "test.en"
    source.write_text("".join(f"{zh}\n" for zh, _ in PAIRS), encoding="utf-8")
    reference.write_text("".join(f"{en}\n" for _, en in PAIRS), encoding="utf-8")
    given = ("evaluate", transformer, "--source", source, "--reference", reference)
    results = [qkv(*given, "--engine", engine) for engine in ("torch", "ctranslate2")]
    assert results[0].out.startswith("BLEU")
    assert results[0] == results[1]
