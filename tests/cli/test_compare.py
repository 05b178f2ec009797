"""`qkv compare`: model folders and files of translations, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qkv.evaluation import bleu, comparison
from qkv.pipeline import load_translator
from tests.cli.conftest import Qkv
from tests.tiny import PAIRS, write_corpus

SOME = PAIRS[::9]


@pytest.fixture(autouse=True)
def _few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_SAMPLES", {"bs": 20, "ar": 20})


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    data = write_corpus(tmp_path, SOME)
    return ["--source", data["source"], "--target", data["target"]]


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.en"
    path.write_text("".join(f"{target} too\n" for _, target in SOME), encoding="utf-8")
    return path


def test_models_and_files_in_one_table(
    qkv: Qkv, rnn: Path, one_vector: Path, wrong: Path, files: list[str]
) -> None:
    done = qkv("compare", rnn, one_vector, wrong, *files, "--beam", "1")
    assert done.code == 0
    assert done.err.splitlines() == [
        "rnn: translating 17 sentences",
        "one-vector: translating 17 sentences",
    ]
    lines = done.out.splitlines()
    assert lines[0] == "17 sentences"
    assert lines[2].split()[:2] == ["system", "BLEU"]
    rows = [line.split() for line in lines[3:6]]
    assert [row[0] for row in rows] == ["rnn", "one-vector", "wrong.en"]
    assert (rows[0][3:5], rows[2][3:5]) == (["–", "–"], ["0.0476", "0.0476"])
    sources, references = map(list, zip(*SOME, strict=True))
    texts = [t.text for t in load_translator(rnn).translate(sources, beam=1)]
    assert rows[0][1] == f"{bleu(texts, references).value:.2f}"
    assert "BLEU|nrefs:1|bs:20|seed:12345" in done.out
    assert lines[lines.index("BLEU by the length of the source") + 2].split() == [
        "characters",
        "1–8",
    ]
    assert done.out.count("\nline ") == 10
    assert "\n  wrong.en" in done.out


def test_json_has_all_of_it(qkv: Qkv, rnn: Path, wrong: Path, files: list[str]) -> None:
    record = json.loads(qkv("compare", wrong, rnn, *files, "--json").out)
    assert (record["beam"], record["metric"]) == (5, "BLEU")
    assert [(each["name"], each["path"]) for each in record["systems"]] == [
        ("wrong.en", str(wrong)),
        ("rnn", str(rnn)),
    ]
    assert [score["name"] for score in record["systems"][0]["scores"]] == [
        "BLEU",
        "chrF2",
        "exact match",
    ]
    assert record["systems"][0]["tests"]["BLEU"]["bootstrap"] is None
    assert record["systems"][1]["by_length"][0]["sentences"] == 17
    assert record["differences"][0].keys() == {
        "line",
        "source",
        "reference",
        "translations",
        "chrf",
    }


def test_the_alignment_error_of_models_that_attend(
    qkv: Qkv, rnn: Path, one_vector: Path, tmp_path: Path, files: list[str]
) -> None:
    gold = tmp_path / "gold.align"
    gold.write_text("0-0 1-1 2?1\n" * len(SOME), encoding="utf-8")
    out = qkv("compare", rnn, one_vector, *files, "--alignment", gold, "--beam", "1").out
    headings, first, second = out.splitlines()[2:5]
    assert headings.endswith("alignment error")
    assert 0 < float(first.split()[-1]) < 1
    assert second.split()[-1] == "–"
    gold.write_text("0-0\n" * (len(SOME) - 1), encoding="utf-8")
    refused = qkv("compare", rnn, one_vector, *files, "--alignment", gold).refusal()
    assert refused == f"{gold} has 16 lines for 17 sentence pairs."
    gold.write_text("0-0\n" * 16 + "0-0 9?0\n", encoding="utf-8")
    refused = qkv("compare", rnn, one_vector, *files, "--alignment", gold).refusal()
    assert refused == (
        f"{gold}, line 17: link 9-0 is beyond the sentences, which have 5 and 4 words, counted "
        "from 0."
    )


def test_a_picture_of_quality_by_length(
    qkv: Qkv, wrong: Path, tmp_path: Path, files: list[str]
) -> None:
    done = qkv("compare", wrong, files[3], *files, "--plot", tmp_path / "out.svg")
    assert done.code == 0
    assert ">wrong.en</text>" in (tmp_path / "out.svg").read_text(encoding="utf-8")
    refused = qkv("compare", wrong, files[3], *files, "--plot", tmp_path / "out.gif").refusal()
    assert refused.endswith("a figure's name must end in .png or .svg or .pdf.")


def test_a_table_instead_of_two_files(
    qkv: Qkv, wrong: Path, tmp_path: Path, files: list[str]
) -> None:
    table = tmp_path / "test.csv"
    rows = ["nr;en;zh", *(f"{i};{b};{a}" for i, (a, b) in enumerate(SOME))]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    one = qkv("compare", wrong, files[3], *files).printed()
    done = qkv("compare", wrong, files[3], "--data", table, "--columns", "zh,en")
    assert (done.code, done.out) == (0, one)
    assert "columns zh → en" in done.err
    for given in (["--data", table, *files], files[:2], [], [*files, "--columns", "zh,en"]):
        refused = qkv("compare", wrong, files[3], *given).refusal()
        assert refused == "give --source and --target, or --data alone."


def test_names_that_collide_are_told_apart_by_their_folders(
    qkv: Qkv, wrong: Path, tmp_path: Path, files: list[str]
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "wrong.en").write_bytes(wrong.read_bytes())
    out = qkv("compare", tmp_path / "a/wrong.en", tmp_path / "b/wrong.en", *files).printed()
    rows = [line.split() for line in out.splitlines()[3:5]]
    assert [row[0] for row in rows] == ["a/wrong.en", "b/wrong.en"]
    assert rows[1][3:5] == ["1.0000", "1.0000"]  # equal systems do not differ


def test_what_cannot_be_compared(
    qkv: Qkv, rnn: Path, captioner: Path, wrong: Path, tmp_path: Path, files: list[str]
) -> None:
    refused = qkv("compare", wrong, *files).refusal()
    assert refused.startswith("there is nothing to compare with; give two model folders or files")
    other = tmp_path / "x" / ".." / "wrong.en"
    (tmp_path / "x").mkdir()
    refused = qkv("compare", wrong, other, *files).refusal()
    assert refused == f"{wrong} and {other} are one and the same; name each system once."
    short = tmp_path / "short.en"
    short.write_text("one line\n", encoding="utf-8")
    refused = qkv("compare", rnn, short, *files).refusal()  # before the model translates
    assert refused == (
        f"{short} has 1 lines for 17 sentences; it needs one translation a sentence, line for line."
    )
    refused = qkv("compare", wrong, captioner, *files).refusal()
    assert refused == f"{captioner}: this model captions pictures; qkv compare compares text."
    refused = qkv("compare", wrong, tmp_path / "gone", *files).refusal()
    assert refused == f"{tmp_path / 'gone'}: no such file."
    refused = qkv("compare", wrong, tmp_path, *files).refusal()
    assert "no such file; a model folder holds config.json" in refused


def test_another_script_than_the_references_is_said(
    qkv: Qkv, wrong: Path, tmp_path: Path, files: list[str]
) -> None:
    chinese = tmp_path / "wrong.zh"
    chinese.write_text("我喜欢咖啡\n" * len(SOME), encoding="utf-8")
    done = qkv("compare", wrong, chinese, *files)
    assert (done.code, done.err) == (
        0,
        "wrong.zh: its translations look like text for the tokenizer zh, the references like text "
        "for 13a; all are scored with 13a. Does it translate into another language?\n",
    )
