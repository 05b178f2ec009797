"""`qkv translate`."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Annotated, Any, TypeAlias, cast

from typer import Argument, Option

from qkv.cli.options import Device, searching
from qkv.errors import ConfigError, DataError
from qkv.search import Search

if TYPE_CHECKING:
    from io import BufferedReader

    from qkv.pipeline import Translation, Translator

__all__ = ["translate"]

CHUNK = 2000  # lines at most that are translated together, then printed
CHUNK_CHARACTERS = 1_000_000  # after which no further line is added to them
LINKS_BYTES = 1 << 20  # held in memory until all is translated; more wait in a temporary file
NAMED = 10  # lines unlike the training text; more are only counted

JSON = json.JSONEncoder(ensure_ascii=False)

Links: TypeAlias = list[tuple[int, int]] | None
Spans: TypeAlias = list[tuple[int, int]] | None


@searching()
def translate(
    model: Annotated[Path, Argument(help="Model folder.")],
    file: Annotated[Path | None, Argument(help="Sentences; - or nothing: standard input.")] = None,
    *,
    search: Search,
    alignments: Annotated[Path | None, Option(help="Write Pharaoh links i-j, a line each.")] = None,
    subwords: Annotated[bool, Option("--subwords", help="Link model tokens, not words.")] = False,
    pretokenized: Annotated[
        bool, Option("--pretokenized", help="The source is tokens with spaces; link those.")
    ] = False,
    format_: Annotated[str, Option("--format", help="text or jsonl.")] = "text",
    device: Device = "auto",
) -> None:
    """Translate line for line; an empty line stays an empty line.

    A line of several sentences is translated sentence by sentence. Lines unlike the text that the
    model was trained on are named on standard error, and have `warnings` in JSON lines.
    """
    if format_ not in ("text", "jsonl"):
        raise ConfigError(f"--format must be text or jsonl; got {format_!r}.")
    if subwords and pretokenized:
        raise ConfigError("--subwords and --pretokenized both say what links join; give one.")
    from qkv.files import check_writable
    from qkv.pipeline import load_translator

    if alignments:
        check_writable(alignments)
    translator = load_translator(model, device=device)
    if alignments and translator.one_vector:
        raise ConfigError("this model reads the source as one vector; it attends to no words.")
    wanted = bool(alignments) or (format_ == "jsonl" and not translator.one_vector)
    name, lines, most = _lines_of(file)
    pharaoh = SpooledTemporaryFile(LINKS_BYTES, "w+", encoding="utf-8")  # noqa: SIM115 - until the end
    unlike = 0
    for number, (translation, words) in enumerate(
        _translated(translator, lines, most, pretokenized, search)
    ):
        where = f"{name}, line {number + 1}"
        links = _links(translation, subwords, words, where) if wanted else None
        clauses = translator.unlike_training(translation)
        print(*_lines(translation, links, clauses, number, search.nbest, format_), sep="\n")
        if alignments:
            pharaoh.write(_pharaoh(links))
        if clauses:
            unlike += 1
            _warn(where, clauses, unlike)
    if unlike > NAMED:
        print(f"qkv: {unlike - NAMED:,} more lines are unlike the training text.", file=sys.stderr)
    if alignments:
        _write(alignments, pharaoh)


def _lines_of(file: Path | None) -> tuple[str, Iterable[str], int]:
    """What the errors call the text, its lines, and how many at most to translate together.

    Standard input's come as they arrive; somebody who types them waits for each translation.
    """
    from qkv.data import iter_lines, stream_lines

    if file is not None and str(file) != "-":
        name = str(file)
        if file.is_file():  # what is wrong with it shall be said before the work
            deque(_usable(iter_lines(file), name), maxlen=0)
        return name, _usable(iter_lines(file), name), CHUNK
    name = "standard input"
    if sys.stdin is None:
        raise DataError(f"{name} is closed; name a file to translate.")
    lines = stream_lines(cast("BufferedReader[Any]", sys.stdin.buffer), name)
    return name, _usable(lines, name), 1 if sys.stdin.isatty() else CHUNK


def _usable(lines: Iterable[str], name: str) -> Iterator[str]:
    """The lines, until one that would take minutes and gigabytes."""
    from qkv.pipeline import check_length

    for number, line in enumerate(lines, 1):
        check_length(line, f"{name}, line {number}")
        yield line


def _translated(
    translator: Translator, lines: Iterable[str], most: int, pretokenized: bool, search: Search
) -> Iterator[tuple[Translation, Spans]]:
    """Line for line, the spans of the words where these are given."""
    from qkv.data import join_tokens

    for part in _chunks(lines, most):
        given = [join_tokens(line) if pretokenized else (line, None) for line in part]
        translations = translator.translate([text for text, _ in given], search=search)
        yield from zip(translations, [spans for _, spans in given], strict=True)
        sys.stdout.flush()  # a reader need not wait for the next lines


def _chunks(lines: Iterable[str], most: int) -> Iterator[list[str]]:
    """One line, then two, four and so on: the first comes soon, the others are batched."""
    size, characters = 1, 0
    part: list[str] = []
    for line in lines:
        part.append(line)
        characters += len(line)
        if len(part) == size or characters >= CHUNK_CHARACTERS:
            yield part
            part, characters, size = [], 0, min(2 * size, most)
    if part:
        yield part


def _links(translation: Translation, subwords: bool, words: Spans, where: str) -> Links:
    if not translation.ids:
        return []
    try:
        return translation.alignment(subwords=subwords, source_words=words)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def _warn(where: str, clauses: list[str], count: int) -> None:
    if count <= NAMED:
        print(f"qkv: {where}: unlike the training text: {'; '.join(clauses)}.", file=sys.stderr)


def _pharaoh(links: Links) -> str:
    from qkv.evaluation import format_pharaoh

    return f"{format_pharaoh(links or [])}\n"


def _write(path: Path, lines: IO[str]) -> None:
    from qkv.files import write_atomically

    def copy(part: Path) -> None:
        lines.seek(0)
        with part.open("w", encoding="utf-8") as file:
            copyfileobj(lines, file)

    write_atomically(path, copy)


def _lines(
    translation: Translation,
    links: Links,
    warnings: list[str],
    number: int,
    nbest: int,
    format_: str,
) -> list[str]:
    """One line; for an n-best list in text one a hypothesis: `number ||| text ||| score`."""
    if format_ == "jsonl":
        record = {**translation.as_dict(), "alignment": links}
        return [JSON.encode(record | {"warnings": warnings} if warnings else record)]
    if nbest == 1:
        return [_one_line(translation.text)]
    every = (translation, *translation.alternatives)
    return [f"{number} ||| {_one_line(each.text)} ||| {each.score:.4f}" for each in every]


def _one_line(text: str) -> str:
    """A text keeps the breaks between its sentences, such as U+2028; a line has none."""
    return " ".join(text.splitlines())
