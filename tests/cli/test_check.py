"""`qkv check`: what it prints, as text and as JSON, what it writes, and what it refuses."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from qkv.data.phrasebook import phrasebook
from tests.cli.conftest import Qkv
from tests.fresh import modules_after

BOOK = phrasebook().train[:300]


@pytest.fixture
def files(tmp_path: Path) -> list[str | Path]:
    """Line 120 of the target is lost, so that 120 has no translation; 260 comes again as 280."""
    sources, targets = [pair.source for pair in BOOK], [pair.target for pair in BOOK]
    sources[279], targets[279] = sources[259], targets[259]
    del targets[119]
    (tmp_path / "a.zh").write_text("\n".join(sources) + "\n", encoding="utf-8")
    (tmp_path / "a.en").write_bytes(gzip.compress("\n".join(targets).encode()))
    return ["--source", tmp_path / "a.zh", "--target", tmp_path / "a.en"]


def test_what_is_found_is_counted_located_and_shown(qkv: Qkv, files: list[str | Path]) -> None:
    lines = qkv("check", *files).printed().splitlines()
    assert lines[0].endswith("a.zh, " + f"{files[3]}: 299 pairs")
    assert lines[1].startswith("the source has 300 lines, the target 299")
    assert "      180  60.20%  not with its translation (lines are shifted)" in lines
    assert "  line 120–300: the target comes 1 line earlier" in lines


def test_json_has_every_pair(qkv: Qkv, files: list[str | Path]) -> None:
    record = json.loads(qkv("check", *files, "--json").printed())
    assert [record[name] for name in ("pairs", "source_lines", "target_lines")] == [299, 300, 299]
    assert record["shifts"] == [{"first": 120, "last": 300, "shift": -1}]
    [found] = [each for each in record["findings"] if each["kind"] == "misaligned"]
    assert found["pairs"] == list(range(120, 300))
    assert (found["count"], found["dropped"], len(found["examples"])) == (180, True, 10)
    assert found["examples"][0] == {
        "pair": 120,
        "place": "line 120",
        "what": "its target is at line 119",
        "source": BOOK[119].source,
        "target": BOOK[120].target,
    }


def test_the_clean_text_is_written(qkv: Qkv, files: list[str | Path], tmp_path: Path) -> None:
    clean = tmp_path / "clean.tsv"
    printed = qkv("check", *files, "--write", clean).printed()
    rows = [line.split("\t") for line in clean.read_text(encoding="utf-8").splitlines()]
    assert f"{clean}: {len(rows)} pairs; 17" in printed
    assert "1 the same pair again" in printed
    pairs = {pair.source: pair.target for pair in BOOK}
    assert all(pairs[source] == target for source, target in rows)
    assert 290 <= len(rows) <= 298
    again = json.loads(qkv("check", "--tsv", clean, "--json").out)
    assert again["findings"] == []


def test_tables_know_their_places(qkv: Qkv, tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    rows = ["de,en", '"Hallo, Welt!","Hello, world!"', "Gute Nacht.,", "Hallo Welt,hello world"]
    table.write_text("\n".join(rows), encoding="utf-8")
    result = qkv("check", "--data", table, "--columns", "en,de")
    assert result.code == 0
    assert "columns en → de" in result.err
    assert f"nearly the same pair again: {table}, line 4" in result.out
    assert f"  {table}, line 3: source" in result.out


def test_held_out_texts(qkv: Qkv, files: list[str | Path], tmp_path: Path) -> None:
    test = tmp_path / "test.tsv"
    test.write_text(f"新的句子。\t{BOOK[3].target.upper()}\n", encoding="utf-8")
    printed = qkv("check", *files, "--test-tsv", test).out
    assert "of 1 pairs of the test text, in the training text too: 0 pairs, 0 sources, 1" in printed
    assert "sentences of the test text: line 4\n  line 4: the target\n" in printed


def test_examples_are_short_and_safe_in_a_terminal(qkv: Qkv, tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("\x1b[31m" + "很" * 300 + "\tred\n", encoding="utf-8")
    printed = qkv("check", "--tsv", tmp_path / "a.tsv").out
    assert "\x1b" not in printed
    assert "\\u001b[31m" + "很" * 54 + "…" in printed
    assert max(map(len, printed.splitlines())) < 120


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ([], "give --source and --target, or --data alone."),
        (["--source", "a"], "give --source and --target, or --data alone."),
        (["--tsv", "a", "--target", "b"], "give --source and --target, or --data alone."),
        (["--source", "a", "--target", "b"], "a: no such file."),
        (["--source", "a", "--target", "b", "--columns", "1,2"], "--columns belongs to --data;"),
        (["--source", "empty", "--target", "empty"], "empty is empty."),
    ],
)
def test_what_cannot_be_read_is_refused(
    qkv: Qkv,
    arguments: list[str],
    refusal: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").touch()
    assert qkv("check", *arguments).refusal().startswith(refusal)


def test_a_place_that_cannot_be_written_is_refused_first(
    qkv: Qkv, files: list[str | Path], tmp_path: Path
) -> None:
    assert "no folder" in qkv("check", *files, "--write", tmp_path / "no" / "a.tsv").refusal()


def test_checking_imports_no_torch(files: list[str | Path]) -> None:
    loaded = modules_after(
        "from qkv.cli import main\n"
        f"sys.argv = {['qkv', 'check', *map(str, files)]}\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code"
    )
    assert "qkv.data.check.shifts" in loaded
    assert "torch" not in loaded
