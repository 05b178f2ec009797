"""What the writers of other libraries write is read back, pair for pair, with its place."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
import re
from collections.abc import Callable, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qkv.data import DataFiles, Pair, clean, filled, read_parallel
from qkv.data.spreadsheet import is_number

TEXT = (
    st.text(
        st.sampled_from("ab ,;\"'\t\n\r中é\u2028😀<&")
        | st.characters(exclude_categories=["Cs", "Cc"]),
        max_size=12,
    )
    .map(lambda text: text.replace("\r", "\r\n"))
    .filter(lambda text: text.strip() or not text)
)
ROWS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8).filter(
    lambda rows: any("".join(row) for row in rows)
)
PACK: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": lambda data: pyarrow.compress(data, "zstd", asbytes=True),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formats") / "file"


def in_one_line(rows: Sequence[Sequence[str]]) -> list[Pair]:
    """Line breaks of a text are spaces once it is read."""
    return [
        Pair(*(re.sub(r"\s*\n\s*", " ", t).strip() if "\n" in t else t for t in row))
        for row in rows
    ]


def read(path: Path, data: bytes, columns: str | None = None) -> DataFiles:
    path.write_bytes(data)
    return DataFiles([path], columns)


def as_csv(rows: Sequence[Sequence[str]], **how: Any) -> tuple[str, list[int]]:
    """The text, and the line on which each row begins."""
    out, begins = StringIO(newline=""), []
    writer = csv.writer(out, **how)
    for row in rows:
        begins.append(out.getvalue().count("\n") + 1)
        writer.writerow(row)
    return out.getvalue(), begins


@given(
    ROWS,
    st.sampled_from(",;"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(list(PACK)),
)
def test_csv(
    path: Path,
    rows: list[tuple[str, str]],
    delimiter: str,
    quoting: Any,
    end: str,
    encoding: str,
    packed: str,
) -> None:
    text, begins = as_csv(
        [("en", "de"), *rows], delimiter=delimiter, quoting=quoting, lineterminator=end
    )
    files = read(path, PACK[packed](text.encode(encoding)), "en,de")
    assert list(files.pairs()) == in_one_line(rows)
    assert files.notes == [f"{path}: columns en → de, header skipped, {len(rows)} pairs"]
    assert [files.place(i) for i in range(len(rows))] == [
        f"{path}, line {line}" for line in begins[1:]
    ]


@given(
    ROWS, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.sampled_from(["utf-8", "utf-16"])
)
def test_tsv_with_the_quotes_of_a_spreadsheet(
    path: Path, rows: list[tuple[str, str]], quoting: Any, encoding: str
) -> None:
    text, begins = as_csv(
        [("en", "de"), *rows], delimiter="\t", quoting=quoting, lineterminator="\n"
    )
    # Where each line of a cell has one tab by chance, these are rows of two cells.
    assume(
        {line.count("\t") for line in text.split("\n")[:-1]} != {1}
        or not any("\n" in cell for row in rows for cell in row)
    )
    files = read(path, text.encode(encoding), "en,de")
    assert list(files.pairs()) == in_one_line(rows)
    assert ("quotes taken away" in files.notes[0]) == ('"' in text)
    assert [files.place(i) for i in range(len(rows))] == [
        f"{path}, line {line}" for line in begins[1:]
    ]


CELL = st.text(st.sampled_from("ab,\"' 1中"), min_size=1, max_size=8).filter(str.strip)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.booleans())
def test_tsv_as_it_always_was_read(path: Path, rows: list[tuple[str, str]], header: bool) -> None:
    """By the rules of `clean` for lines of two texts."""
    # A column of numbers below something else has a header, which two texts do not.
    assume(not any(all(map(is_number, column)) for column in zip(*rows[1:], strict=True)))
    rows = [("Source", "Target"), *rows] if header else rows
    files = read(path, "".join(f"{a}\t{b}\n" for a, b in rows).encode())
    expected = clean(Pair(*row) for row in rows).pairs
    assume(expected)
    assert filled(files.pairs()).pairs == expected


@given(ROWS, st.sampled_from(["flat", "nested", "array", "whole", "indented"]), st.booleans())
def test_json(path: Path, rows: list[tuple[str, str]], form: str, ascii_: bool) -> None:
    records: list[Any] = [{"id": i, "en": a, "de": b} for i, (a, b) in enumerate(rows)]
    if form == "nested":
        records = [{"id": i, "translation": {"en": a, "de": b}} for i, (a, b) in enumerate(rows)]
    if form == "array":
        records = [list(row) for row in rows]
    if form in ("whole", "indented"):
        text = json.dumps(records, ensure_ascii=ascii_, indent=form == "indented" or None)
    else:
        text = "".join(f"\n{json.dumps(record, ensure_ascii=ascii_)}\n" for record in records)
    files = read(path, text.encode())
    assert list(files.pairs()) == in_one_line(rows)
    unit = "record" if form in ("whole", "indented") else "line"
    step = 1 if unit == "record" else 2
    assert [files.place(i) for i in range(len(rows))] == [
        f"{path}, {unit} {step * (i + 1)}" for i in range(len(rows))
    ]


@given(ROWS, st.booleans(), st.sampled_from(["string", "large_string", "dictionary"]))
def test_parquet(path: Path, rows: list[tuple[str, str]], nested: bool, kind: str) -> None:
    columns = {name: pyarrow.array([row[i] for row in rows]) for i, name in enumerate(("en", "de"))}
    if kind == "dictionary":
        columns = {name: column.dictionary_encode() for name, column in columns.items()}
    elif kind == "large_string":
        columns = {name: column.cast(pyarrow.large_string()) for name, column in columns.items()}
    if nested:
        columns = {"translation": pyarrow.StructArray.from_arrays(
            [column.cast(pyarrow.string()) for column in columns.values()], names=list(columns)
        )}  # fmt: skip
    out = BytesIO()
    table = pyarrow.table({"id": range(len(rows)), **columns})
    pyarrow.parquet.write_table(table, out, row_group_size=3)
    files = read(path, out.getvalue())
    assert list(files.pairs()) == in_one_line(rows)
    assert files.place(len(rows) - 1) == f"{path}, row {len(rows)}"


XML_TEXT = TEXT.map(lambda text: re.sub("[\r\ufffe\uffff]", "", text))
XML_ROWS = st.lists(st.tuples(XML_TEXT, XML_TEXT), min_size=1, max_size=8)


def tmx(rows: Sequence[Sequence[str]]) -> ElementTree.Element:
    root = ElementTree.Element("tmx", version="1.4")
    ElementTree.SubElement(root, "header", srclang="en-GB", datatype="plaintext")
    body = ElementTree.SubElement(root, "body")
    for row in rows:
        unit = ElementTree.SubElement(body, "tu")
        for code, text in zip(("de", "en-GB"), reversed(row), strict=True):
            variant = ElementTree.SubElement(unit, "tuv", {"xml:lang": code})
            ElementTree.SubElement(variant, "seg").text = text
    return root


def xliff(rows: Sequence[Sequence[str]], version: str) -> ElementTree.Element:
    languages = {"source-language": "en-GB", "target-language": "de"}
    root = ElementTree.Element("xliff", version=version)
    if version == "2.0":
        root.attrib |= {
            "srcLang": "en-GB",
            "trgLang": "de",
            "xmlns": "urn:oasis:names:tc:xliff:document:2.0",
        }
        languages = {}
    file = ElementTree.SubElement(root, "file", languages)
    body = ElementTree.SubElement(file, "body") if version == "1.2" else file
    for source, target in rows:
        unit = ElementTree.SubElement(body, "trans-unit" if version == "1.2" else "unit")
        where = unit if version == "1.2" else ElementTree.SubElement(unit, "segment")
        ElementTree.SubElement(where, "source").text = source
        ElementTree.SubElement(where, "target").text = target
    return root


@given(
    XML_ROWS,
    st.sampled_from(["tmx", "1.2", "2.0"]),
    st.sampled_from(["utf-8", "utf-16", "us-ascii"]),
    st.sampled_from(list(PACK)),
)
def test_tmx_and_xliff(
    path: Path, rows: list[tuple[str, str]], form: str, encoding: str, packed: str
) -> None:
    root = tmx(rows) if form == "tmx" else xliff(rows, form)
    data = ElementTree.tostring(root, encoding=encoding, xml_declaration=True)
    files = read(path, PACK[packed](data))
    assert list(files.pairs()) == in_one_line(rows)
    assert files.notes == [f"{path}: languages en-GB → de, {len(rows)} pairs"]
    assert files.place(len(rows) - 1) == f"{path}, unit {len(rows)}"
    assert list(DataFiles(path, "de,en").pairs()) == in_one_line([(b, a) for a, b in rows])
    assert list(DataFiles(path, "de").texts()) == [pair.target for pair in in_one_line(rows)]


@settings(max_examples=30)
@given(st.lists(ROWS, min_size=2, max_size=3))
def test_several_files_one_after_the_other(path: Path, parts: list[list[tuple[str, str]]]) -> None:
    paths = []
    for number, rows in enumerate(parts):
        paths.append(path.with_name(f"part{number}"))
        if number % 2:
            root = tmx([(re.sub("[\r\n]", "", a), re.sub("[\r\n]", "", b)) for a, b in rows])
            paths[-1].write_bytes(ElementTree.tostring(root))
        else:
            paths[-1].write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    files = DataFiles(paths)
    pairs = list(files.pairs())
    assert len(files.notes) == len(parts)
    assert len(pairs) == sum(map(len, parts))
    assert list(files.pairs()) == pairs  # once more
    number = 0
    for part, rows in enumerate(parts):
        for index in range(len(rows)):
            assert files.place(number) == (
                f"{paths[part]}, {'unit' if part % 2 else 'line'} {index + 1}"
            )
            number += 1


MULTI30K = Path("/work/shared/data/multi30k")


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "parquet", "tmx", "2.0"])
def test_real_sentences(path: Path, form: str) -> None:
    if not MULTI30K.exists():
        pytest.skip("needs the Multi30k captions")
    pairs = read_parallel(MULTI30K / "val.en", MULTI30K / "val.de")
    rows = [tuple(pair) for pair in pairs]
    out = BytesIO()
    if form in ("csv", "tsv"):
        delimiter = "," if form == "csv" else "\t"
        text = as_csv([("en", "de"), *rows], delimiter=delimiter)[0]
        out.write(text.encode())
    elif form == "jsonl":
        out.writelines(f"{json.dumps({'en': a, 'de': b})}\n".encode() for a, b in rows)
    elif form == "parquet":
        pyarrow.parquet.write_table(
            pyarrow.table({"en": [a for a, _ in rows], "de": [b for _, b in rows]}), out
        )
    else:
        root = tmx(rows) if form == "tmx" else xliff(rows, form)
        out.write(ElementTree.tostring(root))
    assert list(read(path, out.getvalue()).pairs()) == pairs
