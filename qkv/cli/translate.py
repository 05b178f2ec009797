"""`qkv translate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

from typer import Argument, Option

from qkv.cli.options import Device, searching
from qkv.errors import ConfigError, DataError
from qkv.search import Search

if TYPE_CHECKING:
    from io import BufferedReader

    from qkv.pipeline import Translation, Translator

__all__ = ["translate"]

CHUNK = 2000  # lines at most that are translated together, then printed

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
    """Translate line for line; an empty line stays an empty line."""
    if format_ not in ("text", "jsonl"):
        raise ConfigError(f"--format must be text or jsonl; got {format_!r}.")
    if subwords and pretokenized:
        raise ConfigError("--subwords and --pretokenized both say what links join; give one.")
    from qkv.files import check_writable
    from qkv.pipeline import load_translator

    if alignments:
        check_writable(alignments)
    translator = load_translator(model, device=device)
    wanted = bool(alignments) or (format_ == "jsonl" and not translator.one_vector)
    name, lines, most = _lines_of(file)
    every: list[Links] = []
    for translation, words in _translated(translator, lines, most, pretokenized, search):
        where = f"{name}, line {len(every) + 1}"
        links = _links(translation, subwords, words, where) if wanted else None
        print(*_lines(translation, links, len(every), search.nbest, format_), sep="\n")
        every.append(links)
    if alignments:
        _write_links(alignments, every)


def _lines_of(file: Path | None) -> tuple[str, Iterable[str], int]:
    """What the errors call the text, its lines, and how many at most to translate together.

    Standard input's come as they arrive; somebody who types them waits for each translation.
    """
    from qkv.data import read_lines, stream_lines

    if file is not None and str(file) != "-":
        return str(file), read_lines(file), CHUNK
    name = "standard input"
    if sys.stdin is None:
        raise DataError(f"{name} is closed; name a file to translate.")
    lines = stream_lines(cast("BufferedReader[Any]", sys.stdin.buffer), name)
    return name, lines, 1 if sys.stdin.isatty() else CHUNK


def _translated(
    translator: Translator, lines: Iterable[str], most: int, pretokenized: bool, search: Search
) -> Iterator[tuple[Translation, Spans]]:
    """Line for line, the spans of the words where these are given."""
    from qkv.data import join_tokens

    for part in _chunks(iter(lines), most):
        given = [join_tokens(line) if pretokenized else (line, None) for line in part]
        translations = translator.translate([text for text, _ in given], search=search)
        yield from zip(translations, [spans for _, spans in given], strict=True)
        sys.stdout.flush()  # a reader need not wait for the next lines


def _chunks(lines: Iterator[str], most: int) -> Iterator[list[str]]:
    """One line, then two, four and so on: the first comes soon, the others are batched."""
    size = 1
    while part := list(islice(lines, size)):
        yield part
        size = min(2 * size, most)


def _links(translation: Translation, subwords: bool, words: Spans, where: str) -> Links:
    try:
        return translation.alignment(subwords=subwords, source_words=words)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def _write_links(path: Path, links: list[Links]) -> None:
    from qkv.evaluation import format_pharaoh
    from qkv.files import write_atomically

    text = "".join(f"{format_pharaoh(each or [])}\n" for each in links)
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))


def _lines(
    translation: Translation, links: Links, number: int, nbest: int, format_: str
) -> list[str]:
    """One line; for an n-best list in text one a hypothesis: `number ||| text ||| score`."""
    if format_ == "jsonl":
        record = {**translation.as_dict(), "alignment": links}
        return [json.dumps(record, ensure_ascii=False)]
    if nbest == 1:
        return [translation.text]
    every = (translation, *translation.alternatives)
    return [f"{number} ||| {each.text} ||| {each.score:.4f}" for each in every]
