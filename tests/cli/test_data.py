"""Files as people have them, through every command that reads text."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow
import pyarrow.parquet
import pytest

from qkv import training
from qkv.errors import FolderError
from qkv.training.run_folder import RunFolder
from qkv.training.text import read_text
from tests.cli.conftest import Qkv
from tests.tiny import PAIRS, RNN

SHORT: dict[str, Any] = RNN | {"max_steps": 4, "validations": 1}
SET = [word for name, value in SHORT.items() for word in ("--set", f"{name}={value}")]
ROWS = [(str(i), zh, en, "checked, 1") for i, (zh, en) in enumerate(PAIRS)]
ADDED = "columns zh → en, header skipped, 150 pairs"


def as_csv(delimiter: str = ",") -> str:
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([("id", "zh", "en", "remark"), *ROWS])
    return out.getvalue()


def as_parquet() -> bytes:
    out = BytesIO()
    rows = [{"translation": {"zh": zh, "en": en}, "id": i} for i, zh, en, _ in ROWS]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), out)
    return out.getvalue()


def as_tmx() -> str:
    units = "".join(
        f'<tu><tuv xml:lang="zh"><seg>{escape(zh)}</seg></tuv>'
        f'<tuv xml:lang="en"><seg>{escape(en)}</seg></tuv></tu>'
        for zh, en in PAIRS
    )
    return f'<tmx version="1.4"><header srclang="zh"/><body>{units}</body></tmx>'


EXPORTS = {
    "csv": (as_csv().encode("utf-8-sig"), ADDED),
    "semicolons": (as_csv(";").encode(), ADDED),
    "utf-16": (as_csv("\t").encode("utf-16"), ADDED),
    "jsonl": (
        "".join(f"{json.dumps({'zh': zh, 'en': en})}\n" for zh, en in PAIRS).encode(),
        "fields zh → en, 150 pairs",
    ),
    "parquet": (as_parquet(), "columns translation.zh → translation.en, 150 pairs"),
    "tmx": (as_tmx().encode(), "languages zh → en, 150 pairs"),
}


@pytest.fixture(params=EXPORTS)
def export(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A file without an ending, and what is said of it."""
    data, said = EXPORTS[request.param]
    path = tmp_path / "export"
    path.write_bytes(data)
    return path, f"{path}: {said}"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(as_csv(), encoding="utf-8")
    return path


def test_what_is_read_is_said_and_the_same_for_every_format(
    qkv: Qkv,
    corpus: dict[str, str],
    export: tuple[Path, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Up to the first step, where the fingerprint is that of the two plain files."""
    monkeypatch.setattr("qkv.training.train._run", lambda *_: None)
    path, said = export
    done = qkv("train", "--data", path, "--columns", "zh,en", "--out", tmp_path / "model", *SET)
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[:2] == [f"reading {path}", said]
    plan = RunFolder(tmp_path / "model").read_plan()
    assert plan.data == {"data": [str(path)], "columns": "zh,en"}
    assert plan.fingerprint == read_text(corpus, seed=1).fingerprint


def test_training_takes_several_files_and_others_to_validate(
    qkv: Qkv, tmp_path: Path, table: Path
) -> None:
    lines = tmp_path / "more.jsonl"
    lines.write_text('{"en": "I like dogs", "zh": "我喜欢狗"}\n')
    out = tmp_path / "model"
    data = ("--data", table, "--data", lines, "--valid-data", lines, "--columns", "zh,en")
    done = qkv("train", *data, "--out", out, *SET)
    assert done.code == 0
    assert done.err.splitlines()[:5] == [
        f"reading {table}, {lines}, {lines}",
        f"{table}: {ADDED}",
        f"{lines}: fields zh → en, 1 pairs",
        f"{lines}: fields zh → en, 1 pairs",
        "1 validation pairs are training pairs too; of those a score says nothing about new ones",
    ]
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "- data: `export.csv`\n- data: `more.jsonl`\n- valid_data: `more.jsonl`\n" in card
    assert "- training pairs: 151; validation pairs: 1" in card


def test_a_pattern_names_the_files_that_match(
    qkv: Qkv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qkv.training.train._run", lambda *_: None)
    parts = tmp_path / "parts"
    (parts / "folder.tsv").mkdir(parents=True)
    for number in (2, 0, 1):
        rows = "".join(f"{zh}\t{en}\n" for zh, en in PAIRS[50 * number : 50 * number + 50])
        packed = pyarrow.compress(rows.encode(), "zstd", asbytes=True)
        (parts / f"{number}.tsv.zst").write_bytes(packed)
    for option in ("--data", "--tsv"):
        out = tmp_path / option
        done = qkv("train", option, parts / "*.tsv*", "--out", out, *SET)
        lines = [f"{parts}/{n}.tsv.zst: columns 1 (zh) → 2 (en), 50 pairs" for n in range(3)]
        assert done.err.splitlines()[:4] == [f"reading {parts}/*.tsv*", *lines]
        (parts / "9.tsv").write_text("later\tlater\n")  # is no part of the run
        plan = RunFolder(out).read_plan()
        assert plan.data[option[2:]] == [f"{parts}/{n}.tsv.zst" for n in range(3)]
        training.resume(out, {}, {}, report=lambda _: None)
        (parts / "9.tsv").unlink()
    refused = qkv("train", "--data", parts / "*.csv", "--out", tmp_path / "none", *SET).refusal()
    assert refused == f"{parts}/*.csv: no file matches."
    (parts / "a[0].csv").write_text("甲\tA\n")  # a name like a pattern
    done = qkv("train", "--data", parts / "a[0].csv", "--out", tmp_path / "none")
    assert f"{parts}/a[0].csv: columns 1 (zh) → 2, 1 pairs" in done.err


def interrupt(line: str) -> None:
    if line.startswith(("rnn, ", "transformer, ")):
        raise KeyboardInterrupt


def test_a_run_goes_on_with_the_same_pairs_in_any_form(
    table: Path, corpus: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        training.start(
            tmp_path / "model", {"data": str(table), "columns": "2,3"}, SHORT, report=interrupt
        )
    plan = RunFolder(tmp_path / "model").read_plan()
    assert plan.data == {"data": [str(table)], "columns": "2,3"}
    other = tmp_path / "other.csv"
    other.write_text(as_csv(";").replace("coffee", "tea", 1))
    with pytest.raises(FolderError, match="is not what the run began with"):
        training.resume(tmp_path / "model", {"data": [str(other)]}, {}, report=interrupt)
    table.unlink()
    training.resume(tmp_path / "model", corpus, {}, report=lambda _: None)
    assert RunFolder(tmp_path / "model").finished


def test_a_missing_file_of_a_run_is_named(table: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        training.start(
            tmp_path / "model", {"data": [str(table)], "columns": "2,3"}, SHORT, report=interrupt
        )
    table.unlink()
    with pytest.raises(Exception, match=r"export\.csv: no such file; .* say so with --data\."):
        training.resume(tmp_path / "model", {}, {}, report=interrupt)


def test_evaluation_reads_the_same(
    qkv: Qkv, transformer: Path, corpus: dict[str, str], export: tuple[Path, str]
) -> None:
    plain = ("--source", corpus["source"], "--reference", corpus["target"])
    path, said = export
    done = qkv("evaluate", transformer, "--data", path, "--columns", "zh,en", "--beam", "1")
    assert (done.code, done.err) == (0, f"{said}\n")
    assert done.out == qkv("evaluate", transformer, *plain, "--beam", "1").printed()


def test_evaluation_takes_the_language_of_the_column_and_no_empty_pairs(
    qkv: Qkv, transformer: Path, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    rows = "".join(f"{zh},Ein ganz kurzer Satz\n" for zh, _ in PAIRS[:3])
    path.write_text(f"zh,de\n{rows}我喜欢茶,\n")
    done = qkv("evaluate", transformer, "--data", path)
    assert "tok:moses-de[" in done.out
    assert done.err == (
        f"{path}: columns zh → de, header skipped, 4 pairs\n"
        "skipped 1 pairs: no text on one of the sides\n"
    )
    path.write_text("我喜欢茶,\n我喜欢茶, \n")
    refused = qkv("evaluate", transformer, "--data", path).refusal()
    assert refused == f"{path}: no pair has text on both sides."


def test_a_column_is_translated_row_for_row(
    qkv: Qkv, transformer: Path, export: tuple[Path, str], corpus: dict[str, str]
) -> None:
    path, said = export
    done = qkv("translate", transformer, "--data", path, "--columns", "zh", "--beam", "1")
    assert done.code == 0
    assert done.out == qkv("translate", transformer, corpus["source"], "--beam", "1").printed()
    chosen, rest = said.split(", ", 1)
    column = chosen.split(" → ")[0].replace("s ", " ")
    assert done.err == f"{column}, {rest.replace('pairs', 'texts')}\n"


def test_empty_cells_and_line_breaks_stay_in_their_row(
    qkv: Qkv, transformer: Path, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_text('zh,n\n我喜欢茶,1\n,2\n\n"我喜欢\n茶",3\n我喜欢茶,4\n')
    done = qkv("translate", transformer, "--data", path)
    tea, *lines = done.out.splitlines()
    assert (lines[:2], lines[3:]) == (["", ""], [tea])
    assert done.err.startswith(f"{path}: column zh, header skipped, 5 texts\n")
    assert f"qkv: {path}, line 5: unlike the training text" in done.err
    path.write_text(f"zh,n\n我,1\n{'我' * 5001},2\n")
    refused = qkv("translate", transformer, "--data", path).refusal()
    assert refused.startswith(f"{path}, line 3: a sentence of 5,001 characters;")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--out", "OUT", "--data", "NO"], "NO: no such file."),
        (["train", "--out", "OUT", "--columns", "zh,en"], "give --source and --target, or --data"),
        (
            ["train", "--out", "OUT", "--source", "T", "--target", "T", "--columns", "zh,en"],
            "--columns belongs to --data; give it too.",
        ),
        (
            ["train", "--out", "OUT", "--data", "T", "--tsv", "T"],
            "give --source and --target, or --",
        ),
        (
            ["train", "--out", "OUT", "--data", "T", "--columns", "zh"],
            "--columns zh: needs two, such",
        ),
        (
            ["train", "--out", "OUT", "--data", "T", "--columns", "zh,fr"],
            'T: no column \'fr\'; its columns are 1 id "0"; 2 zh "我喜欢咖啡"; 3 en "I like '
            'coffee"; 4 remark "checked, 1". Choose with --columns, by name or number.',
        ),
        (
            ["train", "--out", "OUT", "--images", "T", "--data", "T"],
            "--images and --data do not go",
        ),
        (
            ["evaluate", "MODEL", "--data", "T", "--source", "T"],
            "give --source and --reference, or",
        ),
        (["evaluate", "MODEL", "--columns", "zh,en"], "give --source and --reference, or --data"),
        (["evaluate", "MODEL", "--data", "NO"], "NO: no such file."),
        (["translate", "MODEL", "--data", "T", "T"], "give a file to translate, or --data alone"),
        (
            ["translate", "MODEL", "--data", "T", "--columns", "zh", "--documents"],
            "--documents is for a text; --data is translated row for row.",
        ),
        (["translate", "MODEL", "--columns", "zh"], "give a file to translate, or --data alone"),
        (
            ["translate", "MODEL", "--data", "T"],
            "T: cannot tell which one is meant; its columns are",
        ),
        (
            ["translate", "MODEL", "--data", "T", "--columns", "2,3"],
            "--columns 2,3: needs one, such",
        ),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_refusal_is_one_line(
    qkv: Qkv, transformer: Path, table: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    names = {"MODEL": transformer, "T": table, "NO": tmp_path / "NO", "OUT": tmp_path / "model"}
    refused = qkv(*(names.get(word, word) for word in arguments)).refusal()
    name, colon, rest = said.partition(":")
    said = f"{names[name]}{colon}{rest}" if name in names else said
    assert refused.startswith(said)
    assert not (tmp_path / "model").exists()
