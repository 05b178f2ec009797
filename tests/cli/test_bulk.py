"""`--input` and `--out` of `qkv translate`, `caption` and `features`."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from qkv.bulk import Job, Translating
from qkv.bulk.job import Shards
from qkv.bulk.processes import Report
from qkv.cli.bulk import Bulk
from qkv.data.features import cache_folder
from qkv.search import Search
from tests.cli.conftest import Qkv
from tests.tiny import PAIRS

ROOT = Path(__file__).parents[2]

LINES = [
    *(source for source, _ in PAIRS[:40]),
    "",
    "   ",
    "我喜欢咖啡。老师吃面包！",
    "咖啡" * 3000,
    "한국어",
]
GOOD = [*LINES[:43], LINES[44]]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are done in this process: others would all have to load torch."""

    def run(job: Job, jobs: int, report: Report) -> None:
        shards = Shards(job)
        for shard in job.pending():
            report(shards.do(shard))

    monkeypatch.setattr("qkv.bulk.run", run)
    monkeypatch.setattr("qkv.bulk.work._settle", lambda: None)


def parts(out: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted(out.glob("part-*")))


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("text") / "big.txt.gz"
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in LINES).encode()))
    return path


def plain(qkv: Qkv, model: Path, *options: str) -> list[str]:
    """What `qkv translate` prints of the lines that it translates, with the other one's."""
    texts = qkv("translate", model, *options, stdin="".join(f"{line}\n" for line in GOOD)).out
    lines = texts.splitlines()
    return [*lines[:43], "", lines[43]]


def test_text_is_translated_as_line_by_line_and_only_once(
    qkv: Qkv, transformer: Path, text: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a folder"
    arguments = ("--input", text, "--out", out, "--shard-rows", "9", "--jobs", "2")
    done = qkv("translate", transformer, *arguments)
    assert (done.code, done.out) == (0, "")
    assert parts(out).splitlines() == plain(qkv, transformer)
    assert f"{out}: finished; 45 rows in 5 files" in done.err
    assert f"1 without a result, first {text}, line 44: a sentence of 6,000 char" in done.err
    assert done.err.endswith(f"in one file: cat '{out}'/part-*.txt > all.txt\n")
    notes = [json.loads(n) for f in sorted(out.glob("notes-*")) for n in f.read_text().splitlines()]
    assert notes[-2]["row"] == 44
    assert notes[-1]["place"] == f"{text}, line 45"
    assert notes[-1]["warnings"][0].startswith("9 of its 9 tokens spell characters unknown")

    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    done = qkv("translate", transformer, *arguments)
    assert done.code == 0
    assert f"{out}: finished before, nothing to do; 45 rows in 5 files" in done.err
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before

    refused = qkv("translate", transformer, *arguments, "--beam", "2")
    assert refused.code == 2
    assert refused.err.splitlines()[-1] == (
        f"qkv: {out}: holds a job with another --beam; give what it was begun with, or name "
        "another folder."
    )


@pytest.mark.usefixtures("alone")
def test_the_search_and_other_models(qkv: Qkv, rnn: Path, text: Path, tmp_path: Path) -> None:
    arguments = ("--input", text, "--out", tmp_path / "out", "--jobs", "1", "--beam", "2")
    assert qkv("translate", rnn, *arguments, "--copy-unknown").code == 0
    assert parts(tmp_path / "out").splitlines() == plain(qkv, rnn, "--beam", "2", "--copy-unknown")
    assert not (tmp_path / "out" / "part-00001.txt").exists()


def test_on_ray(
    qkv: Qkv, rnn: Path, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []

    def run(job: Job, jobs: int, address: str, report: Report) -> None:
        given.extend([jobs, address, job.pending()])

    monkeypatch.setattr("qkv.bulk.cluster.run_on_ray", run)
    arguments = ("--input", text, "--out", tmp_path / "out", "--jobs", "3", "--ray", "auto")
    assert qkv("translate", rnn, *arguments).code == 0
    assert given == [3, "auto", [0]]


@pytest.mark.usefixtures("alone")
def test_parquet_keeps_its_columns(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "big.parquet", tmp_path / "out"
    table = pyarrow.table({"n": range(5), "zh": [*LINES[:3], None, LINES[43]]})
    parquet.write_table(table, path)
    arguments = ("--input", path, "--out", out, "--columns", "zh", "--into", "en", "--jobs", "1")
    done = qkv("translate", transformer, *arguments, "--shard-rows", "2")
    assert "what reads Parquet reads all parts as one table: " in done.err
    found = parquet.read_table(out / "part-00000.parquet").schema
    assert found.names == ["n", "zh", "en"]
    found = pyarrow.concat_tables(map(parquet.read_table, sorted(out.glob("part-*"))))
    assert found.column("en").to_pylist() == [*plain(qkv, transformer)[:3], "", None]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_is_obeyed_at_once_and_politely(tmp_path: Path, name: str) -> None:
    """Sent to all processes at once, as by Ctrl-C."""
    out, number = tmp_path / "out", getattr(signal, name)
    (tmp_path / "in.txt").write_text("line\n" * 3000)
    command = [sys.executable, "-m", "tests.cli.bulk_command", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not list(out.glob("part-*")):
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, number)
        assert process.stderr
        told = process.stderr.read()
    assert process.returncode == 128 + number
    assert told.splitlines() == [
        f"reading {tmp_path / 'in.txt'}",
        f"interrupted; the same command goes on with {out}",
    ]
    assert not list(out.glob(".*"))
    assert 0 < len(list(out.glob("part-*"))) < 300


@pytest.mark.usefixtures("alone")
def test_pictures_of_a_folder_and_of_a_list(
    qkv: Qkv, captioner: Path, album: dict[str, str], tmp_path: Path
) -> None:
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    names = ["blue-red.png", "green-black.png", "red-blue.png"]
    for name in names:
        shutil.copy(Path(album["images"]).with_name(name), photos)
    (photos / "broken.png").write_bytes(b"no picture")
    whole = [str(photos / name) for name in names]
    captions = [line.split("\t")[1] for line in qkv("caption", captioner, *whole).out.splitlines()]
    done = qkv("caption", captioner, "--input", photos, "--out", out, "--jobs", "1")
    assert (done.code, done.out) == (0, "")
    found = [json.loads(line) for line in parts(out).splitlines()]
    paths = [str(photos / name) for name in ("blue-red.png", "broken.png", *names[1:])]
    assert [record["image"] for record in found] == paths
    assert [record["caption"] for record in found] == [captions[0], None, *captions[1:]]
    assert "broken.png: not a picture" in (out / "notes-00000.jsonl").read_text()

    listed = photos / "list.tsv"
    listed.write_text("".join(f"{name}\tsome words of {name[:-4]}\n" for name in names))
    qkv("caption", captioner, "--input", listed, "--out", tmp_path / "more", "--jobs", "1")
    rows = [line.split("\t") for line in parts(tmp_path / "more").splitlines()]
    assert [(row[0], row[2]) for row in rows] == list(zip(names, captions, strict=True))


@pytest.mark.usefixtures("alone")
def test_features_are_where_training_looks_for_them(
    qkv: Qkv, album: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QKV_CACHE", str(tmp_path / "cache"))
    folder = Path(album["images"]).parent
    arguments = ("--vision", "pixels", "--picture", "16", "--jobs", "2", "--shard-rows", "8")
    done = qkv("features", "--input", folder, "--out", tmp_path / "out", *arguments)
    assert (done.code, done.out) == (0, "")
    records = [json.loads(line) for line in parts(tmp_path / "out").splitlines()]
    assert len({record["sha256"] for record in records}) == 20
    shards = list(cache_folder().glob("features/*/*.npy"))
    assert sum(len(np.load(shard)) for shard in shards) == 20

    told: list[str] = []
    settings = ("--vision", "pixels", "--set", "picture=16", "--set", "max_steps=1")
    data = ("--images", album["images"], "--valid-images", album["valid_images"])
    told = qkv("train", *data, *settings, "--out", tmp_path / "model").err.splitlines()
    assert "features: 0 pictures computed, 20 read from the cache" in told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("alone")
def test_a_bar_in_a_terminal(
    rnn: Path, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", shown := Terminal())
    work = Translating(rnn, Search(beam=1))
    Bulk("translation", text, tmp_path / "out", 1, 30).run(work)
    assert "45/45" in shown.getvalue()
    assert " a second" in shown.getvalue()


REFUSED = [
    (["--input", "IN"], "--input needs --out, a folder for what becomes of it."),
    (["--out", "x"], "--out goes with --input; give that too."),
    (["--shard-rows", "3"], "--shard-rows goes with --input; give that too."),
    (["--input", "IN", "--out", "x", "--jobs", "0"], "--jobs must be at least 1; got 0."),
    (["--input", "IN", "--out", "x", "IN"], "FILE does not go with --input; leave it out."),
    (
        ["--input", "IN", "--out", "x", "--documents"],
        "--documents does not go with --input; leave it out.",
    ),
    (
        ["--input", "IN", "--out", "x", "--nbest", "2"],
        "--nbest does not go with --input; leave it out.",
    ),
    (
        ["--input", "IN", "--out", "x", "--format", "jsonl"],
        "--format does not go with --input; leave it out.",
    ),
]


@pytest.mark.parametrize(("arguments", "why"), REFUSED)
def test_what_does_not_go_together(
    qkv: Qkv,
    transformer: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "IN").write_text("我\n", encoding="utf-8")
    assert qkv("translate", transformer, *arguments).refusal() == why
    assert [path.name for path in tmp_path.iterdir()] == ["IN"]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"good\n\xff\n", "line 2: not UTF-8"),
        ("a.csv", b"zh,en\na,b\nc\n", "cannot tell which one is meant"),
        ("a.jsonl", b'{"zh": "a"}\n{"zh": 3}\n', "line 2: field 'zh' is no text but 3"),
        ("a.gz", b"\x1f\x8bxx", "broken gzip"),
        ("a.tmx", b"<tmx/>", "`qkv translate --data` reads them"),
        ("missing.txt", None, "no such file"),
    ],
)
def test_inputs_that_are_refused_before_anything_is_written(
    qkv: Qkv, transformer: Path, tmp_path: Path, name: str, data: bytes | None, why: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    out = tmp_path / "out"
    done = qkv("translate", transformer, "--input", tmp_path / name, "--out", out)
    assert (done.code, done.out) == (2, "")
    assert why in done.err
    assert done.err.count("\n") == 2
    assert not out.exists()


def test_models_that_are_refused(
    qkv: Qkv, captioner: Path, rnn: Path, text: Path, tmp_path: Path
) -> None:
    given = ("--input", text, "--out", tmp_path / "out")
    for command, model, why in (
        ("translate", captioner, "captions pictures"),
        ("caption", rnn, "translates text"),
        ("translate", tmp_path, "no such file"),
    ):
        done = qkv(command, model, *given)
        assert (done.code, why in done.err) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("alone")
def test_the_bar_and_the_lines_of_progress(
    qkv: Qkv, transformer: Path, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qkv.cli.bulk.REPORT_S", 0.0)
    given = ("--input", text, "--jobs", "1", "--shard-rows", "30", "--beam", "1")
    told = qkv("translate", transformer, *given, "--out", tmp_path / "lines").err
    assert "\n30 of 45 rows, " in told
    assert " a second, 0.0 min left\n" in told


@pytest.mark.usefixtures("alone")
def test_a_glossary_and_an_ensemble(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    """What the command does to the lines of a pipe."""
    lines = "".join(f"{source}\n" for source, _ in PAIRS[:7])
    (tmp_path / "in.txt").write_text(lines, encoding="utf-8")
    (tmp_path / "terms.tsv").write_text("咖啡\ttea\n", encoding="utf-8")
    named = f"{transformer},{transformer}"
    given = ["translate", named, "--glossary", tmp_path / "terms.tsv"]
    expected = qkv(*given, stdin=lines).printed()
    assert "tea" in expected.splitlines()[0]
    job = ["--input", tmp_path / "in.txt", "--out", tmp_path / "out"]
    assert qkv(*given, *job).code == 0
    assert parts(tmp_path / "out") == expected
    (tmp_path / "terms.tsv").write_text("咖啡\trice\n", encoding="utf-8")
    assert "another" in qkv(*given, *job).refusal()
    refused = qkv(*given, *job[:3], tmp_path / "new", "--banned", "rice").refusal()
    assert refused == "'rice' is banned, and the glossary asks for 'rice'; leave out either."
    assert not (tmp_path / "new").exists()


def test_an_input_without_rows(transformer: Path, tmp_path: Path, qkv: Qkv) -> None:
    (tmp_path / "empty.txt").touch()
    done = qkv("translate", transformer, "--input", tmp_path / "empty.txt", "--out", tmp_path / "o")
    assert done.code == 0
    assert "nothing to do, the input has no rows" in done.err
