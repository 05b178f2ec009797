"""Rows come back with their results, whatever kind of file they were in."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from qkv.bulk.rows import rows_of
from qkv.errors import ConfigError, DataError

TEXTS = ["我喜欢咖啡", "", "a b", "مرحبا 👩‍🚀", "x\u2028y"]


def parts(path: Path, columns: str | None = None, size: int = 2) -> list[Path]:
    """The rows of a file with their texts in capitals, some in each part."""
    rows = rows_of(path, columns, "translation")
    every = list(rows)
    written = []
    for first in range(0, len(every), size):
        part = every[first : first + size]
        written.append(path.with_name(f"part-{first:03}.{rows.suffix}"))
        results = [None if text == "bad" else text.upper() for text, _ in part]
        rows.write(written[-1], [row for _, row in part], results)
    return written


def joined(path: Path, columns: str | None = None, size: int = 2) -> bytes:
    return b"".join(part.read_bytes() for part in parts(path, columns, size))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress,
    ".zst": lambda data: pyarrow.compress(data, "zstd", asbytes=True),
}  # fmt: skip


@pytest.mark.parametrize("ending", PACKERS)
def test_text_a_line_a_line(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"in.txt{ending}"
    lines = [*TEXTS, '{"not": "json"}', "one, two", "three\tfour"]
    path.write_bytes(PACKERS[ending]("\r\n".join(lines).encode()))
    expected = [" ".join(line.upper().splitlines()) for line in lines]
    assert joined(path).decode() == "".join(f"{line}\n" for line in expected)


@pytest.mark.parametrize("name", ["in.zh", "in", "in.txt"])
def test_commas_make_no_table_of_text(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("one, two\n" * 30)
    assert joined(tmp_path / name) == b"ONE, TWO\n" * 30


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("header", [True, False])
def test_a_csv_gets_a_column(tmp_path: Path, ending: str, header: bool) -> None:
    cells = [["1", 'say "hi", twice', "x"], ["2", "two\nlines", "y"], ["3", "bad", ""]]
    cells += [["4", "", "z"]]
    stream = io.StringIO()
    csv.writer(stream).writerows([["id", "en", "tag"]] * header + cells)
    path = tmp_path / f"in.csv{ending}"
    path.write_bytes(PACKERS[ending](stream.getvalue().encode()))
    found = list(csv.reader(io.StringIO(joined(path, "2").decode(), newline="")))
    expected = [[*row, one.upper()] for row in cells for one in [row[1].replace("\n", " ")]]
    expected[2][3] = ""
    assert found == [["id", "en", "tag", "translation"]] * header + expected


def test_a_tsv_without_quotes_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "in.tsv"
    path.write_text('a "b\t1\nc\t2\n\nd\t3\n', encoding="utf-8")
    assert joined(path, "1").decode() == 'a "b\t1\tA "B\nc\t2\tC\n\t\t\nd\t3\tD\n'


def test_a_semicolon_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("en;n\na, b;1\nc;2\n", encoding="utf-8")
    assert joined(path, "en").decode() == "en;n;translation\na, b;1;A, B\nc;2;C\n"


KEPT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"en": st.text(st.characters(exclude_categories=["Cs"]), min_size=1)}, optional={"x": KEPT}
    ),
    min_size=1,
    max_size=5,
)


@given(RECORDS, st.booleans(), st.booleans())
def test_json_keeps_its_fields(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any], ascii_: bool, whole: bool
) -> None:
    path = tmp_path_factory.mktemp("json") / "in.jsonl"
    lines = [json.dumps(record, ensure_ascii=ascii_) for record in records]
    text = "[" + ",".join(lines) + "]" if whole else " \n".join(lines)
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
    found = [json.loads(line) for line in joined(path, "en").decode().split("\n") if line]
    for record, each in zip(records, found, strict=True):
        result = each.pop("translation")
        assert each == json.loads(json.dumps(record))
        if record["en"] != "bad" and "\n" not in record["en"]:
            assert result == record["en"].upper()


def test_json_numbers_are_written_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"en": "bad", "n": 1.10, "big": 1e400}\n\n{"en":"b"}\n')
    assert joined(path, "en").decode() == (
        '{"en": "bad", "n": 1.10, "big": 1e400, "translation": null}\n'
        '{"en":"b", "translation": "B"}\n'
    )


def test_json_arrays_get_an_item(tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    path.write_text('["a", 1]\n["b", 2]\n')
    assert joined(path, "1") == b'["a", 1, "A"]\n["b", 2, "B"]\n'


def test_parquet_keeps_its_columns(tmp_path: Path) -> None:
    pair = [{"en": text, "n": number} for number, text in enumerate(TEXTS)]
    given = pyarrow.table(
        {
            "pair": pair,
            "text": pyarrow.array(["bad", None, "c", "d", "e"]).dictionary_encode(),
            "bytes": [b"\xff"] * 5,
        },
        metadata={"who": "me"},
    )
    path = tmp_path / "in.parquet"
    parquet.write_table(given, path, row_group_size=3)
    for column, expected in (
        ("text", [None, "", "C", "D", "E"]),
        ("pair.en", [text.upper() for text in TEXTS]),
    ):
        written = parts(path, column)
        assert len(written) == 3
        found = pyarrow.concat_tables([parquet.read_table(part) for part in written])
        assert found.column("translation").to_pylist() == expected
        assert found.drop(["translation"]).to_pylist() == given.to_pylist()
        assert found.schema.metadata[b"who"] == b"me"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("in.jsonl", '{"en": "a", "translation": "b"}\n'),
        ("in.csv", "en,translation\na b,c d\n"),
    ],
)
def test_a_name_that_is_taken(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=r"'translation' already; .* --into"):
        list(rows_of(tmp_path / name, "en", "translation"))
    assert list(rows_of(tmp_path / name, "en", "other"))


def test_a_folder_of_pictures(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG", "c.txt", "deep/d.webp"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).touch()
    rows = rows_of(tmp_path / "photos", None, "caption", pictures=True)
    texts, kept = zip(*rows, strict=True)
    names = ["a.JPG", "b.png", "deep/d.webp"]
    assert [Path(text).relative_to(tmp_path / "photos").as_posix() for text in texts] == names
    rows.write(tmp_path / "part", kept, ["A", None, "D"])
    lines = [json.loads(line) for line in (tmp_path / "part").read_text("utf-8").splitlines()]
    assert [line["caption"] for line in lines] == ["A", None, "D"]
    assert [line["image"] for line in lines] == list(kept)


def test_a_folder_without_pictures_and_other_kinds(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no pictures"):
        rows_of(tmp_path, None, "caption", pictures=True)
    with pytest.raises(DataError, match="is a folder; name a file"):
        rows_of(tmp_path, None, "translation")
    with pytest.raises(DataError, match="no such file"):
        rows_of(tmp_path / "missing", None, "translation")
    with pytest.raises(DataError, match="can be read again"):
        rows_of(Path("/dev/null"), None, "translation")
    unit = '<tu><tuv xml:lang="en"><seg>a</seg></tuv></tu>'
    for name, columns in (("a.tmx", None), ("a", "en")):
        (tmp_path / name).write_text(f'<?xml version="1.0"?><tmx><body>{unit}</body></tmx>')
        with pytest.raises(DataError, match="--data` reads"):
            rows_of(tmp_path / name, columns, "translation")
