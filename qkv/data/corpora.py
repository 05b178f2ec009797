"""Parallel text from files. What is left out is counted by reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from qkv.data import spreadsheet
from qkv.data.invisible import visible
from qkv.data.packed import BROKEN, MARK_BYTES, is_broken, packed_as, unpacked
from qkv.errors import DataError

__all__ = [
    "MOST_CHARACTERS",
    "Keep",
    "Kept",
    "Pair",
    "clean",
    "filled",
    "iter_lines",
    "iter_parallel",
    "read_lines",
    "read_parallel",
    "stream_lines",
]

MOST_CHARACTERS = 1_000_000  # of a line
BLOCK_BYTES = 1 << 16
HANZI_SHARE = 0.8  # of the characters of Chinese text that are not ASCII, punctuation included
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
T = TypeVar("T")


class Pair(NamedTuple):
    """A sentence and its translation."""

    source: str
    target: str


Keep = Callable[[Iterable[Pair]], Sequence[Pair]]


@dataclass(frozen=True)
class Kept(Generic[T]):
    """Pairs that can be used, and how many were skipped for each reason.

    notes: what else a person should know of the text, a line each.
    """

    pairs: Sequence[T]
    skipped: dict[str, int]
    notes: tuple[str, ...] = ()


def read_lines(path: str | Path) -> list[str]:
    r"""The lines of a text file, packed or not, in UTF-8, without a byte-order mark.

    A line ends with \n or \r\n and with nothing else, so U+2028 stays inside its sentence.

    Raises:
        DataError: the file is missing, unreadable, broken, or not UTF-8; or a line has more
            than MOST_CHARACTERS.
    """
    return list(iter_lines(path))


def iter_lines(path: str | Path) -> Iterator[str]:
    """The same, line by line: a file that is larger than the memory can be read."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            yield from stream_lines(file, str(path))
    except FileNotFoundError:
        raise DataError(f"{path}: no such file.") from None
    except IsADirectoryError:
        raise DataError(f"{path}: is a folder; name a file.") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from None


def stream_lines(stream: BufferedReader[Any], name: str) -> Iterator[str]:
    """The same lines of a stream, each as soon as it arrives; errors call the stream `name`.

    Raises:
        DataError: a broken packed file; too long a line; or not UTF-8: which line and byte, counted
            from 1.
    """
    return chain.from_iterable(_lines(stream, name))


def _lines(stream: BufferedReader[Any], name: str) -> Iterator[Iterable[str]]:
    """Lines by the block; a block that cannot be used as a whole is read line by line."""
    packed = packed_as(stream.peek(MARK_BYTES))
    number = 1
    try:
        whole = BufferedReader(unpacked(stream, packed), BLOCK_BYTES) if packed else stream
        for block in _blocks(whole):
            lines = _plain(block)
            yield _decoded(block, name, number) if lines is None else lines
            number += block.count(b"\n") + 1
    except (*BROKEN, OSError) as error:
        if not is_broken(error, packed):
            raise
        raise DataError(f"{name}: broken {packed} file ({error}); copy it again.") from None


def _blocks(stream: BufferedReader[Any]) -> Iterator[bytes]:
    """Whole lines as they arrive, without the last line feed; or part of one that is too long."""
    mark, rest = BYTE_ORDER_MARK, bytearray()
    while len(rest) <= 4 * MOST_CHARACTERS and (piece := stream.read1(BLOCK_BYTES)):
        ended, line_feed, begun = piece.rpartition(b"\n")
        if line_feed:
            yield bytes(rest + ended).removeprefix(mark)
            mark, rest = b"", bytearray()
        rest += begun
    if last := bytes(rest).removeprefix(mark):
        yield last


def _plain(block: bytes) -> list[str] | None:
    """The lines of a block; None if one may be too long, or is not UTF-8."""
    if len(block) > MOST_CHARACTERS:
        return None
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n").removesuffix("\r").split("\n")


def _decoded(block: bytes, name: str, first: int) -> Iterator[str]:
    """The lines of a block until the first that cannot be used; `first` is its first's number."""
    for number, line in enumerate(block.split(b"\n"), first):
        line = line.removesuffix(b"\r")
        if len(line) > 4 * MOST_CHARACTERS:
            raise _too_long(name, number)
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError(
                f"{name}, line {number}: not UTF-8 (byte {error.start + 1} of the line is "
                f"0x{line[error.start]:02X}); it looks like {_encoding(block)}. Convert the file, "
                f"for example with iconv -f {_encoding(block)} -t utf-8 (if it is another, -f "
                "windows-1252, -f gb18030, -f utf-16), or save it as UTF-8 where it was made."
            ) from None
        if len(text) > MOST_CHARACTERS:
            raise _too_long(name, number)
        yield text


def _encoding(text: bytes) -> str:
    """What text that is not UTF-8 is in, by the look of it: nearly all is one of three."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        foreign = [each for each in text.decode("gb18030") if not each.isascii()]
    except UnicodeDecodeError:
        return "windows-1252"
    common = sum("\u4e00" <= each <= "\u9fff" or each in "，。！？、：；（）“”" for each in foreign)
    return "gb18030" if common > HANZI_SHARE * len(foreign) else "windows-1252"


def _too_long(name: str, number: int) -> DataError:
    return DataError(
        f"{name}, line {number}: longer than {MOST_CHARACTERS:,} characters; split it."
    )


def read_parallel(source_path: str | Path, target_path: str | Path) -> list[Pair]:
    """Line n of one file translates line n of the other.

    Raises:
        DataError: as `read_lines`; or the files are empty, differ in their number of lines, or are
            one and the same.
    """
    return list(iter_parallel(source_path, target_path))


def iter_parallel(source_path: str | Path, target_path: str | Path) -> Iterator[Pair]:
    """The same, pair by pair."""
    sources, targets = iter_lines(source_path), iter_lines(target_path)
    count = 0
    for count, (source, target) in enumerate(zip_longest(sources, targets), 1):
        if source is None or target is None:
            more = count + sum(1 for _ in chain(sources, targets))
            have = (more, count - 1) if target is None else (count - 1, more)
            raise DataError(
                f"{source_path} has {have[0]:,} lines and {target_path} {have[1]:,}; "
                "parallel text needs the same number, line for line."
            )
        if count == 1:  # what is empty is called so
            _check_different(source_path, target_path)
        yield Pair(source, target)
    if not count:
        raise DataError(f"{source_path} and {target_path} are empty.")


def filled(pairs: Iterable[Pair], keep: Keep = list) -> Kept[Pair]:
    """Pairs with text on both sides, in order, without characters that show nothing.

    keep: puts them where they can be read again.
    """
    skipped = {"empty source": 0, "empty target": 0}
    return _kept(keep(_with_text(pairs, skipped)), skipped, [])


def clean(pairs: Iterable[Pair], keep: Keep = list) -> Kept[Pair]:
    """The same of lines that may have been columns of a spreadsheet.

    A first row that names the columns is skipped, and quotes that a spreadsheet put around cells
    are taken away: `spreadsheet` has the rules. `DataFiles` has applied them already.
    """
    skipped = {"empty source": 0, "empty target": 0, "header row": 0}
    kept = keep(_with_text(pairs, skipped))
    notes = []
    if spreadsheet.quoted(kept):
        notes.append("cells are in quotes, as spreadsheets export them; read without")
        kept = keep(_with_text((Pair(*spreadsheet.unquoted(pair)) for pair in kept), skipped))
    if spreadsheet.is_header(kept[:2]):
        skipped["header row"] += 1
        kept = keep(islice(kept, 1, None))
    return _kept(kept, skipped, notes)


def _kept(kept: Sequence[Pair], skipped: dict[str, int], notes: list[str]) -> Kept[Pair]:
    if kept and all(source == target for source, target in kept):
        notes.append("source and target are the same text in every pair")
    return Kept(kept, {reason: n for reason, n in skipped.items() if n}, tuple(notes))


def _with_text(pairs: Iterable[Pair], skipped: dict[str, int]) -> Iterator[Pair]:
    """The pairs with text on both sides; the others are counted."""
    for pair in pairs:
        source, target = visible(pair.source), visible(pair.target)
        if not source.strip():
            skipped["empty source"] += 1
        elif not target.strip():
            skipped["empty target"] += 1
        else:  # most pairs are as they were
            same = source is pair.source and target is pair.target
            yield pair if same else Pair(source, target)


def _check_different(source: str | Path, target: str | Path) -> None:
    try:
        same = Path(source).samefile(target)
    except (OSError, ValueError):
        return  # reading it says what is wrong
    if same:
        raise DataError(
            f"{source} and {target} are the same file; name the text and its translation."
        )
