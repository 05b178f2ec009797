import bz2
import csv
import gzip
import lzma
import os
import re
import shutil
import subprocess
import tracemalloc
import unicodedata
from io import BufferedReader, BytesIO, StringIO
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import DataFiles, Pair, clean, filled, read_lines, read_parallel, stream_lines
from qkv.data.corpora import MOST_CHARACTERS
from qkv.errors import DataError


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def refusal(read: object, *paths: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(*paths)  # pyright: ignore[reportCallIssue]
    return str(caught.value)


def read_tsv(path: Path) -> list[Pair]:
    return list(DataFiles(path).pairs())


def test_only_line_feeds_end_lines(tmp_path: Path) -> None:
    text = "a\u2028b\x0bc\x85d\x0ce\rf\n\nlast"
    path = written(tmp_path / "text", text.encode())
    assert read_lines(path) == ["a\u2028b\x0bc\x85d\x0ce\rf", "", "last"]


def test_byte_order_mark_and_crlf_are_not_text(tmp_path: Path) -> None:
    path = written(tmp_path / "text", b"\xef\xbb\xbfone\r\ntwo \xef\xbb\xbf\r\n")
    assert read_lines(path) == ["one", "two \ufeff"]


def test_gzip_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = written(tmp_path / "no-suffix", gzip.compress("我喜欢咖啡\n".encode()))
    assert read_lines(path) == ["我喜欢咖啡"]


PACKERS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": lambda data: pyarrow.compress(data, "zstd", asbytes=True),
}


@pytest.mark.parametrize("name", PACKERS)
def test_every_packing_is_known_by_its_bytes(tmp_path: Path, name: str) -> None:
    lines = ["我喜欢咖啡", *map(str, range(30_000)), ""]
    packed = PACKERS[name]("\n".join(lines).encode())
    path = written(tmp_path / "no-suffix", packed)
    assert read_lines(path) == lines[:-1]
    broken = written(tmp_path / "broken", packed[: len(packed) // 2])
    text = refusal(read_lines, broken)
    assert text.startswith(f"{broken}: broken {name} file (")
    assert text.endswith("); copy it again.")


def test_lines_keep_their_spaces_and_form(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "café")
    path = written(tmp_path / "text", f"  {decomposed}\t\n".encode())
    assert read_lines(path) == [f"  {decomposed}\t"]


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]))))
def test_reading_gives_back_joined_lines(lines: list[str]) -> None:
    data = b"\xef\xbb\xbf" + "".join(f"{line}\n" for line in lines).encode()
    for each in (data, gzip.compress(data)):
        stream = BufferedReader(BytesIO(each))
        assert list(stream_lines(stream, "text")) == lines


def test_a_line_is_read_before_the_next_arrives() -> None:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as stream, os.fdopen(write, "wb", buffering=0) as writer:
        lines = stream_lines(stream, "pipe")
        for line in ("one", "two"):
            writer.write(f"{line}\n".encode())
            assert next(lines) == line


class Dripping(BytesIO):
    """A stream that gives few bytes at a time, as a slow pipe does."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        super().__init__(data)
        self.sizes = sizes

    def readinto(self, buffer: Any) -> int:
        size = self.sizes.pop() if self.sizes else 7
        return super().readinto(memoryview(buffer)[:size])


BYTES = st.binary(max_size=60) | st.text(st.sampled_from("a\r\n中\ufeff")).map(str.encode)


@given(BYTES.filter(lambda data: data[:2] != b"\x1f\x8b"), st.data())
def test_blocks_are_like_lines(data: bytes, draw: st.DataObject) -> None:
    """However the bytes arrive, and whatever is wrong with them."""
    sizes = draw.draw(st.lists(st.integers(1, 9), max_size=9))
    stream = BufferedReader(Dripping(data, sizes))
    text = data.removeprefix(b"\xef\xbb\xbf")
    expected = text.removesuffix(b"\n").split(b"\n") if text else []
    lines = stream_lines(stream, "drip")
    for line in expected:
        try:
            decoded = line.removesuffix(b"\r").decode()
        except UnicodeDecodeError:
            with pytest.raises(DataError, match="not UTF-8"):
                next(lines)
            return
        assert next(lines) == decoded
    assert list(lines) == []


def test_a_long_line_is_refused_by_its_number(tmp_path: Path) -> None:
    good, most = "中" * MOST_CHARACTERS + "\r\n", "x" * MOST_CHARACTERS
    assert read_lines(written(tmp_path / "good", (good + most).encode())) == [
        "中" * MOST_CHARACTERS,
        most,
    ]
    for long in ("x" * (MOST_CHARACTERS + 1), "中" * (MOST_CHARACTERS + 1), "é" * 9_000_000):
        path = written(tmp_path / "long", f"one\n{good}{long}\nfour\n".encode())
        assert refusal(read_lines, path) == (
            f"{path}, line 3: longer than 1,000,000 characters; split it."
        )


@pytest.mark.parametrize("read", [read_lines, lambda path: read_parallel(path, __file__)])
def test_what_never_ends_is_refused_soon(tmp_path: Path, read: object) -> None:
    zeros = written(tmp_path / "zeros", gzip.compress(bytes(100_000_000), 1))
    tracemalloc.start()
    for path in (Path("/dev/zero"), zeros):
        assert "line 1: longer than 1,000,000 characters" in refusal(read, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * MOST_CHARACTERS


def test_empty_lines_take_no_memory(tmp_path: Path) -> None:
    feeds = written(tmp_path / "feeds", gzip.compress(b"\n" * 200_000 + b"a\tb\n"))
    tracemalloc.start()
    kept = filled(DataFiles(feeds).pairs())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kept.pairs == [Pair("a", "b")]
    assert kept.skipped == {"empty source": 200_000}
    assert peak < 2_000_000


@pytest.mark.skipif(not shutil.which("iconv"), reason="needs iconv")
@pytest.mark.parametrize("encoding", ["windows-1252", "gb18030", "utf-16"])
def test_the_hint_for_wrong_bytes_works(encoding: str, tmp_path: Path) -> None:
    text = "na\xefve caf\xe9\n" if encoding == "windows-1252" else "我喜欢咖啡\n"
    path = written(tmp_path / "old", text.encode(encoding))
    hint = refusal(read_lines, path)
    assert f"it looks like {encoding}." in hint
    command = re.search(r"iconv -f \S+ -t \S+", hint)
    assert command
    run = [*command[0].split(), str(path)]
    assert subprocess.run(run, capture_output=True, check=True).stdout.decode() == text


def test_wrong_bytes_are_found_by_line_and_byte(tmp_path: Path) -> None:
    path = written(tmp_path / "latin", b"one\ntwo\nna\xefve caf\xe9\n")
    assert refusal(read_lines, path) == (
        f"{path}, line 3: not UTF-8 (byte 3 of the line is 0xEF); it looks like windows-1252. "
        "Convert the file, for example with iconv -f windows-1252 -t utf-8 (if it is another, -f "
        "windows-1252, -f gb18030, -f utf-16), or save it as UTF-8 where it was made."
    )
    assert "s, line 1: not UTF-8 (byte 1 of" in refusal(
        read_lines, written(tmp_path / "s", b"\xff\xfea\x00")
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(read_lines, tmp_path / "no") == f"{tmp_path / 'no'}: no such file."
    assert refusal(read_lines, tmp_path) == f"{tmp_path}: is a folder; name a file."


def test_a_path_through_a_file_cannot_be_read(tmp_path: Path) -> None:
    path = written(tmp_path / "file", b"") / "below"
    assert refusal(read_lines, path) == f"{path}: cannot be read (Not a directory)."


@pytest.mark.parametrize("damage", ["truncated", "flipped", "block", "header"])
def test_broken_gzip(tmp_path: Path, damage: str) -> None:
    whole = gzip.compress(b"one two three\n" * 50)
    data = {
        "truncated": whole[:-9],
        "flipped": whole[:20] + bytes([whole[20] ^ 255]) + whole[21:],
        "block": whole[:10] + b"\x07" + whole[11:],  # a block type that does not exist
        "header": whole[:2] + b"\x00\x00",
    }[damage]
    path = written(tmp_path / "text.gz", data)
    text = refusal(read_lines, path)
    assert text.startswith(f"{path}: broken gzip file (")
    assert text.endswith("); copy it again.")


def test_parallel_files(tmp_path: Path) -> None:
    source = written(tmp_path / "zh", "你好\n\n谢谢".encode())
    target = written(tmp_path / "en", gzip.compress(b"hello\nx\nthanks\n"))
    assert read_parallel(source, target) == [
        Pair("你好", "hello"),
        Pair("", "x"),
        Pair("谢谢", "thanks"),
    ]


def test_parallel_files_of_different_length(tmp_path: Path) -> None:
    source, target = written(tmp_path / "a", b"x\n" * 1007), written(tmp_path / "b", b"y\n\n")
    assert refusal(read_parallel, source, target) == (
        f"{source} has 1,007 lines and {target} 2; "
        "parallel text needs the same number, line for line."
    )


def test_empty_files(tmp_path: Path) -> None:
    empty, mark = written(tmp_path / "empty", b""), written(tmp_path / "mark", b"\xef\xbb\xbf")
    assert read_lines(empty) == read_lines(mark) == []
    assert refusal(read_parallel, empty, mark) == f"{empty} and {mark} are empty."
    assert refusal(read_parallel, empty, empty) == f"{empty} and {empty} are empty."
    assert refusal(read_tsv, empty) == f"{empty} is empty."


def test_one_file_given_twice(tmp_path: Path) -> None:
    path = written(tmp_path / "a", b"x\n")
    (tmp_path / "link").symlink_to(path)
    for other in (path, tmp_path / "." / "a", tmp_path / "link"):
        assert refusal(read_parallel, path, other) == (
            f"{path} and {other} are the same file; name the text and its translation."
        )


def test_a_copy_is_used_and_noted(tmp_path: Path) -> None:
    source, target = written(tmp_path / "a", b"x\ny\n"), written(tmp_path / "b", b"x\ny\n")
    kept = clean(read_parallel(source, target))
    assert kept.pairs == [Pair("x", "x"), Pair("y", "y")]
    assert kept.notes == ("source and target are the same text in every pair",)
    assert clean([*kept.pairs, Pair("x", "y")]).notes == ()


def test_tsv(tmp_path: Path) -> None:
    path = written(tmp_path / "tsv", "你好\thello\n\tx\n".encode())
    assert read_tsv(path) == [Pair("你好", "hello"), Pair("", "x")]


def test_blank_lines_in_a_tsv_are_skipped_pairs(tmp_path: Path) -> None:
    path = written(tmp_path / "tsv", b"a\tb\n\nc\td\n  \n\t\n\n")
    kept = filled(read_tsv(path))
    assert kept.pairs == [Pair("a", "b"), Pair("c", "d")]
    assert kept.skipped == {"empty source": 4}


def test_tsv_with_other_columns(tmp_path: Path) -> None:
    few = written(tmp_path / "few", b"a\tb\nhello\n")
    many = written(tmp_path / "many", b"a\tb\nc\td\na\tb\tCC-BY\tx\n")
    assert refusal(read_tsv, few) == (
        f"{few}, line 2: 1 column where other rows have 2; complete or delete such rows."
    )
    assert refusal(read_tsv, many) == (
        f"{many}, line 3: 4 columns where other rows have 2; take the tabs out of the text."
    )


def test_clean_counts_what_it_leaves_out() -> None:
    good = [Pair("a", "b"), Pair(" c", "d ")]
    empty = [Pair("", "x"), Pair("x", " \t"), Pair("\u3000", ""), Pair("y", "")]
    kept = clean([good[0], *empty, good[1]])
    assert kept.pairs == good
    assert kept.skipped == {"empty source": 2, "empty target": 2}
    assert clean(good).skipped == {}


def test_invisible_text_is_empty_and_dropped() -> None:
    pairs = [
        Pair("\u200b\ufeff", "x"),
        Pair("x", "\u2060 \x00"),
        Pair("so\xadfa", "so\u200ffa\x00"),
    ]
    kept = clean(pairs)
    assert kept.pairs == [Pair("sofa", "sofa")]
    assert kept.skipped == {"empty source": 1, "empty target": 1}


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        (("en", "de"), True),
        (("EN", " de-AT "), True),
        (("zh_Hans", "pt-br"), True),
        (("source", "target"), True),
        (("English", "中文"), True),
        (("text", "label"), True),
        (("en", "en"), False),
        (("the", "die"), False),
        (("no", "nein"), False),
        (("text", "Text."), False),
    ],
)
def test_a_header_row_is_skipped(header: tuple[str, str], is_one: bool) -> None:
    rows = [Pair("", ""), Pair(*header), Pair("A man.", "Ein Mann."), Pair("no", "so")]
    kept = clean(rows)
    assert kept.pairs == rows[1 + is_one :]
    assert kept.skipped == {"empty source": 1} | ({"header row": 1} if is_one else {})
    assert clean([Pair("en", "de"), Pair("no", "so"), *rows[2:]]).skipped == {}  # a list of words


CELLS = st.text("qx,\"\t\n'；1", max_size=5)


@given(st.lists(st.builds(Pair, CELLS, CELLS), min_size=1), st.sampled_from([0, 1, 2]))
def test_quotes_of_a_spreadsheet_are_taken_away(pairs: list[Pair], quoting: Any) -> None:
    """As the csv module writes them, with the delimiters tab and comma."""
    for delimiter in "\t,":
        written: list[Pair] = []
        for pair in pairs:
            cells = []
            for cell in pair:
                out = StringIO()
                csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="").writerow(
                    ["x", cell]
                )
                x, _, rest = out.getvalue().partition(delimiter)
                assert x.strip('"') == "x"
                cells.append(rest)
            written.append(Pair(*cells))
        kept = clean(written)
        marked = any('"' in cell for pair in written for cell in pair)
        tabs = delimiter == "\t" and any(re.search("[\t\n]", cell) for p in pairs for cell in p)
        if marked and not tabs and all(cell.strip() for pair in pairs for cell in pair):
            assert kept.pairs == [pair for pair in pairs if all(map(str.strip, pair))]
            assert kept.notes[0] == "cells are in quotes, as spreadsheets export them; read without"


@pytest.mark.parametrize(
    "rows",
    [
        ['"Come in!", he said.\t"Herein!", sagte er.', "A man.\tEin Mann."],
        ['"Come in!"\t"Herein!"', "A man.\tEin Mann."],  # no reason for quotes but speech
        ['"Come in, please!"\t"Herein!"', "A man, tall.\tEin Mann."],
        ['A 5" nail\tx', '"A, b"\t"c"'],
        ["'a, b'\t'c, d'"],
        ['"a"b"\t"c, d"'],
        ['"\tx"'],
    ],
)
def test_quotes_of_the_text_stay(tmp_path: Path, rows: list[str]) -> None:
    path = written(tmp_path / "tsv", "".join(f"{row}\n" for row in rows).encode())
    kept = filled(read_tsv(path))
    assert kept.pairs == [Pair(*row.split("\t")) for row in rows]
    assert (kept.notes, kept.skipped) == ((), {})


def test_a_quoted_export_with_a_header(tmp_path: Path) -> None:
    rows = ['"en"\t"de"', '"A man, ""tall""."\t"Ein Mann"', '""\t"x"', '"B"\t"B"']
    path = written(tmp_path / "tsv", "".join(f"{row}\r\n" for row in rows).encode())
    kept = filled(read_tsv(path))
    assert kept.pairs == [Pair('A man, "tall".', "Ein Mann"), Pair("B", "B")]
    assert kept.skipped == {"empty source": 1}
