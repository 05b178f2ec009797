"""A job's folder: begun, gone on with, finished, refused."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from qkv.bulk import Job, at_work, job
from qkv.bulk.job import Shards
from qkv.errors import ConfigError, DataError, FolderError
from tests.bulk.works import Capitals, text_of

LINES = [f"line {number}" for number in range(17)]


@pytest.fixture
def new(tmp_path: Path) -> Job:
    (tmp_path / "in.txt").write_text("".join(f"{line}\n" for line in LINES))
    return Job(tmp_path / "out", tmp_path / "in.txt", Capitals(), shard_rows=5)


def done(given: Job, *shards: int) -> Job:
    with at_work(given) as begun:
        worker = Shards(begun)
        for shard in shards:
            worker.do(shard)
    return begun


def test_shards_are_done_in_any_order_and_only_once(new: Job) -> None:
    begun = done(new, 3, 1, 1)
    assert (begun.rows, begun.shards, begun.pending()) == (17, 4, [0, 2])
    assert done(new, 2, 0).pending() == []
    assert text_of(new.folder) == "".join(f"{line.upper()}\n" for line in LINES)
    files = {path.name for path in new.folder.iterdir()}
    assert files == {"job.json", *(f"part-0000{number}.txt" for number in range(4))}


def test_a_shard_ends_at_many_characters(new: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "SHARD_CHARACTERS", 12)
    assert [len(rows) for rows in new.read()] == [2] * 8 + [1]


def test_a_part_is_whole_or_not_there(new: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_half(path: Path, lines: object) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qkv.bulk.rows.write_lines", write_half)
    with pytest.raises(DataError, match="No space left"):
        done(new, 0)
    assert [path.name for path in new.folder.iterdir()] == ["job.json"]


def test_notes_say_what_rows_are_wrong(new: Job) -> None:
    new.input.write_text("a\nrefuse\nb\nwarn\nunforeseen\nc\nrefuse\n")
    begun = done(new, 0, 1)
    assert text_of(new.folder) == "A\n\nB\nWARN\n\nC\n\n"
    notes = [json.loads(line) for line in begun.notes(0).read_text().splitlines()]
    where = [f"{new.input}, line {number}" for number in range(1, 8)]
    assert notes == [
        {"row": 2, "place": where[1], "error": f"{where[1]}: refused."},
        {"row": 4, "place": where[3], "warnings": ["odd"]},
        {"row": 5, "place": where[4], "error": f"{where[4]}: never seen."},
    ]
    assert begun.noted() == (3, 1, f"{where[1]}: refused.")


def test_names_of_parts_are_in_their_order(new: Job) -> None:
    many = replace(new, shards=100_001)
    names = [many.part(shard).name for shard in (0, 99_999, 100_000)]
    assert names == sorted(names)
    assert replace(new, shards=3).part(2).name == "part-00002.txt"


def test_memory_does_not_grow_with_the_rows(new: Job) -> None:
    peaks = []
    for rows in (20_000, 100_000):
        new.input.write_text("a line of a file\n" * rows)
        tracemalloc.start()
        assert sum(len(shard) for shard in replace(new).read()) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_no_rows_are_a_finished_job(new: Job) -> None:
    new.input.write_text("")
    begun = done(new)
    assert (begun.rows, begun.shards, begun.pending()) == (0, 0, [])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"work": Capitals(mark="!")}, "another --mark;"),
        ({"columns": "1"}, "another --columns;"),
        ({"into": "x"}, "another --into;"),
        ({"shard_rows": 4}, "another --shard-rows;"),
    ],
)
def test_another_job_in_its_folder_is_refused(new: Job, change: dict, what: str) -> None:
    done(new, 1)
    before = {path: path.read_bytes() for path in new.folder.iterdir()}
    with pytest.raises(ConfigError, match=what), at_work(replace(new, **change)):
        pass
    assert {path: path.read_bytes() for path in new.folder.iterdir()} == before


def test_another_input_is_refused_and_a_copy_is_not(new: Job) -> None:
    done(new, 1)
    copy = new.input.with_name("copy.txt")
    copy.write_bytes(new.input.read_bytes())
    assert done(replace(new, input=copy)).pending() == [0, 2, 3]
    copy.write_text(copy.read_text().replace("7", "8"))
    with pytest.raises(ConfigError, match="another input;"), at_work(replace(new, input=copy)):
        pass


def test_an_input_that_changes_meanwhile(new: Job) -> None:
    with pytest.raises(DataError, match="was changed meanwhile"), at_work(new):
        new.input.write_text("other\n")


def test_what_is_wrong_with_the_input_is_found_before_anything_is_written(new: Job) -> None:
    new.input.write_bytes(b"good\n" * 20 + b"\xff\n")
    with pytest.raises(DataError, match="line 21: not UTF-8"), at_work(new):
        pass
    assert not new.folder.exists()


def test_work_that_cannot_be_done_begins_no_job(new: Job) -> None:
    broken = replace(new, work=Capitals(broken="early"))
    with pytest.raises(DataError, match="nothing can be done"), at_work(broken):
        pass
    assert not new.folder.exists()


def test_a_folder_with_something_else_is_left_alone(new: Job) -> None:
    new.folder.mkdir()
    (new.folder / "mine.txt").write_text("mine")
    with pytest.raises(FolderError, match=r"something else, such as mine\.txt"), at_work(new):
        pass
    assert [path.name for path in new.folder.iterdir()] == ["mine.txt"]


def test_a_broken_plan(new: Job) -> None:
    done(new, 1)
    for text in ("{", "[]", '{"identity": 3, "rows": 1, "shards": 1}', '{"identity": {}}'):
        (new.folder / "job.json").write_text(text)
        with pytest.raises(FolderError, match=r"job\.json: broken"), at_work(new):
            pass


def test_two_do_not_work_at_one_job(new: Job) -> None:
    with at_work(new), pytest.raises(FolderError, match="another process"), at_work(new):
        pass


def test_what_was_left_half_written_goes(new: Job) -> None:
    done(new, 1)
    (new.folder / ".0123456789abcdef.part").write_text("half")
    done(new)
    assert not list(new.folder.glob(".*"))
