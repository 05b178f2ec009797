import gzip
import os
import unicodedata
from io import BufferedReader, BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data import Pair, clean, read_lines, read_parallel, read_tsv, stream_lines
from qkv.errors import DataError


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def refusal(read: object, *paths: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(*paths)  # pyright: ignore[reportCallIssue]
    return str(caught.value)


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


def test_wrong_bytes_are_found_by_line_and_byte(tmp_path: Path) -> None:
    path = written(tmp_path / "latin", b"one\ntwo\nna\xefve caf\xe9\n")
    assert refusal(read_lines, path) == (
        f"{path}, line 3: not UTF-8 (byte 3 of the line is 0xEF). "
        "Convert the file, for example with iconv -t utf-8."
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
    empty = written(tmp_path / "empty", b"")
    assert read_lines(empty) == []
    assert refusal(read_parallel, empty, empty) == f"{empty} and {empty} are empty."
    assert refusal(read_tsv, empty) == f"{empty} is empty."


def test_tsv(tmp_path: Path) -> None:
    path = written(tmp_path / "tsv", "你好\thello\n\tx\n".encode())
    assert read_tsv(path) == [Pair("你好", "hello"), Pair("", "x")]


def test_blank_lines_in_a_tsv_are_skipped_pairs(tmp_path: Path) -> None:
    path = written(tmp_path / "tsv", b"a\tb\n\nc\td\n  \n\t\n\n")
    kept = clean(read_tsv(path))
    assert kept.pairs == [Pair("a", "b"), Pair("c", "d")]
    assert kept.skipped == {"empty source": 4}


def test_tsv_with_other_columns(tmp_path: Path) -> None:
    few = written(tmp_path / "few", b"a\tb\nhello\n")
    many = written(tmp_path / "many", b"a\tb\nc\td\na\tb\tCC-BY\tx\n")
    assert refusal(read_tsv, few) == (
        f"{few}, line 2: no tab; needs two columns, source and target."
    )
    assert refusal(read_tsv, many) == (
        f"{many}, line 3: 4 columns; needs two, source and target. "
        "Drop the others, for example with cut -f1,2."
    )


def test_clean_counts_what_it_leaves_out() -> None:
    good = [Pair("a", "b"), Pair(" c", "d ")]
    empty = [Pair("", "x"), Pair("x", " \t"), Pair("\u3000", ""), Pair("y", "")]
    kept = clean([good[0], *empty, good[1]])
    assert kept.pairs == good
    assert kept.skipped == {"empty source": 2, "empty target": 2}
    assert clean(good).skipped == {}
