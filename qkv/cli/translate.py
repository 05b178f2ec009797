"""`qkv translate`."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Annotated, Any, TypeAlias, cast

from typer import Argument, Option

from qkv.cli.bulk import Bulk, in_bulk
from qkv.cli.documents import paragraphs
from qkv.cli.options import Bonus, Device, Engine, Terms, glossary_of, say_engine, searching
from qkv.errors import ConfigError, DataError
from qkv.files import named_folders
from qkv.search import Search

if TYPE_CHECKING:
    from io import BufferedReader

    from qkv.pipeline import Glossary, Handling, Link, Oddities, Translation, Translator

__all__ = ["translate"]

CHUNK = 2000  # lines at most that are translated together, then printed
CHUNK_CHARACTERS = 1_000_000  # after which no further line is added to them
LINKS_BYTES = 1 << 20  # held in memory until all is translated; more wait in a temporary file
NAMED = 10  # lines unlike the training text; more are only counted

JSON = json.JSONEncoder(ensure_ascii=False)

Spans: TypeAlias = list[tuple[int, int]] | None
Place: TypeAlias = Callable[[int], str]  # of a text, counted from 0


@searching()
@in_bulk(
    "translation", "Instead, any number of rows: text, TSV, CSV, JSONL or Parquet.",
    "model", "columns", "protect", "copy_unknown", "glossary", "glossary_bonus", "engine",
    "device",
)  # fmt: skip
def translate(
    model: Annotated[Path, Argument(help="Model folder; A,B: an ensemble of two or more.")],
    file: Annotated[Path | None, Argument(help="Sentences; - or nothing: standard input.")] = None,
    *,
    data: Annotated[
        list[Path] | None,
        Option(help="Instead: TSV, CSV, JSONL, Parquet, TMX or XLIFF; may be repeated."),
    ] = None,
    columns: Annotated[
        str | None, Option(help="Its column to translate, by name or number, such as de.")
    ] = None,
    search: Search,
    alignments: Annotated[Path | None, Option(help="Write Pharaoh links i-j, a line each.")] = None,
    subwords: Annotated[bool, Option("--subwords", help="Link model tokens, not words.")] = False,
    pretokenized: Annotated[
        bool, Option("--pretokenized", help="The source is tokens with spaces; link those.")
    ] = False,
    documents: Annotated[
        bool, Option("--documents/--lines", help="Paragraphs, maybe wrapped; or a text a line.")
    ] = False,
    protect: Annotated[
        bool | None,
        Option(
            "--protect/--no-protect",
            help="Leave numbers, addresses, {names} and <tags> as they are; by default of "
            "--documents, and if the model was trained to.",
        ),
    ] = None,
    markup: Annotated[
        str | None,
        Option(help="html, xliff or xml: carry tags through; --documents: a whole file."),
    ] = None,
    copy_unknown: Annotated[
        bool, Option("--copy-unknown", help="Leave words of characters new to the model, too.")
    ] = False,
    glossary: Terms = None,
    glossary_bonus: Bonus = None,
    format_: Annotated[str, Option("--format", help="text or jsonl.")] = "text",
    bulk: Bulk,
    engine: Engine = "torch",
    device: Device = "auto",
) -> None:
    """Translate line for line; an empty line stays an empty line.

    A line of several sentences is translated sentence by sentence. With --documents the text is
    taken for paragraphs; all white space around sentences stays. Texts unlike those that the model
    was trained on, and translations that repeat themselves, are named on standard error, and have
    `warnings` in JSON lines.

    --input is translated in several processes, part by part, into files of the folder --out. The
    same command goes on with it after it was stopped or killed.
    """
    terms = glossary_of(glossary, glossary_bonus)
    if bulk.input:
        from qkv.bulk import Translating

        folders = Path(",".join(str(folder.absolute()) for folder in named_folders(model)))
        given = search, protect, engine, device, terms, copy_unknown
        bulk.run(Translating(folders, *given), columns)
        return
    _check(format_, subwords, pretokenized, documents, markup)
    _check_kept(alignments, [file, glossary, *(data or ())])
    from qkv.export.engine import use

    translator = _loaded(model, device, alignments)
    wanted = bool(alignments) or (format_ == "jsonl" and not translator.one_vector)
    handling = translator.handling(protect, documents, copy_unknown, markup)
    say_engine(engine, use(engine, translator, search))
    place, lines, most = _texts_of(file, data, columns, documents, handling)
    pharaoh = SpooledTemporaryFile(LINKS_BYTES, "w+", encoding="utf-8")  # noqa: SIM115 - until the end
    warned = 0
    for number, (translation, words) in enumerate(
        _translated(translator, lines, most, pretokenized, search, handling, terms, wanted)
    ):
        where = place(number)
        links = _links(translation, subwords, words, where) if wanted else None
        oddities = translator.oddities(translation)
        if format_ == "jsonl":
            print(_record(translation, links, oddities))
        else:
            print(*_texts(translation, number, search.nbest, documents, handling), sep="\n")
        if alignments:
            pharaoh.write(_pharaoh(links))
        if oddities.warnings:
            warned += 1
            _warn(where, oddities, warned)
    _warn_of_others(warned - NAMED)
    if alignments:
        _write(alignments, pharaoh)


def _check_kept(written: Path | None, read: Iterable[Path | None]) -> None:
    """What is read is not to be lost."""
    for path in read if written and written.is_file() else ():
        if path and path.exists() and path.samefile(cast("Path", written)):
            raise ConfigError(f"--alignments {written} is read from, too; name another file.")


def _loaded(model: Path, device: str, alignments: Path | None) -> Translator:
    from qkv.files import check_writable
    from qkv.machine import settle_to_search
    from qkv.pipeline import load_translator

    settle_to_search()
    if alignments:
        check_writable(alignments)
    translator = load_translator(model, device=device)
    if alignments and translator.one_vector:
        raise ConfigError("this model reads the source as one vector; it attends to no words.")
    return translator


def _warn_of_others(count: int) -> None:
    if count > 0:
        has = "has" if count == 1 else "have"
        print(f"qkv: {count:,} more {has} such warnings.", file=sys.stderr)


def _check(
    format_: str, subwords: bool, pretokenized: bool, documents: bool, markup: str | None
) -> None:
    if format_ not in ("text", "jsonl"):
        raise ConfigError(f"--format must be text or jsonl; got {format_!r}.")
    if markup is not None:
        from qkv.data.markup import Markup

        Markup(markup)  # before a model is loaded
    if subwords and pretokenized:
        raise ConfigError("--subwords and --pretokenized both say what links join; give one.")
    for option, value in (("--documents", documents), ("--markup", markup)):
        if value and pretokenized:
            raise ConfigError(f"{option} is for text as it is written; leave out --pretokenized.")


def _texts_of(
    file: Path | None,
    data: list[Path] | None,
    columns: str | None,
    documents: bool,
    handling: Handling,
) -> tuple[Place, Iterable[str], int]:
    """What the errors call each text, the texts, and how many at most to translate together."""
    if not data and not columns:
        return _lines_of(file, documents, handling)
    if file or not data:
        raise ConfigError("give a file to translate, or --data alone, with --columns if need be.")
    if documents:
        raise ConfigError("--documents is for a text; --data is translated row for row.")
    from qkv.data import DataFiles

    reader = DataFiles(data, columns)
    deque(_usable(reader.texts(), reader.place, documents, handling), maxlen=0)
    print(*reader.notes, sep="\n", file=sys.stderr)
    return reader.place, reader.texts(), CHUNK


def _lines_of(
    file: Path | None, documents: bool, handling: Handling
) -> tuple[Place, Iterable[str], int]:
    """The same of a file's lines or paragraphs.

    Standard input's come as they arrive; somebody who types them waits for each translation.
    """
    from qkv.data import iter_lines, stream_lines

    kind = ("text" if handling.markup else "paragraph") if documents else "line"
    if file is not None and str(file) != "-":
        place = _numbered(f"{file}, {kind}")
        if file.is_file():  # what is wrong with it shall be said before the work
            deque(_usable(iter_lines(file), place, documents, handling), maxlen=0)
        return place, _usable(iter_lines(file), place, documents, handling), CHUNK
    name = "standard input"
    if sys.stdin is None:
        raise DataError(f"{name} is closed; name a file to translate.")
    lines = stream_lines(cast("BufferedReader[Any]", sys.stdin.buffer), name)
    place = _numbered(f"{name}, {kind}")
    return place, _usable(lines, place, documents, handling), 1 if sys.stdin.isatty() else CHUNK


def _numbered(name: str) -> Place:
    return lambda index: f"{name} {index + 1}"


def _usable(
    lines: Iterable[str], place: Place, documents: bool, handling: Handling
) -> Iterator[str]:
    """The lines, or paragraphs, until one that would take minutes and gigabytes.

    A document with markup is one text: tags may go around paragraphs.
    """
    from qkv.pipeline import check_length

    if documents:
        lines = ("\n".join(all_) for all_ in [lines]) if handling.markup else paragraphs(lines)
    for number, text in enumerate(lines):
        check_length(text, place(number), handling)
        yield text


def _translated(
    translator: Translator,
    lines: Iterable[str],
    most: int,
    pretokenized: bool,
    search: Search,
    handling: Handling,
    glossary: Glossary | None,
    alignments: bool,
) -> Iterator[tuple[Translation, Spans]]:
    """Line for line, the spans of the words where these are given."""
    from qkv.data import join_tokens

    for part in _chunks(lines, most):
        given = [join_tokens(line) if pretokenized else (line, None) for line in part]
        translations = translator.translate(
            [text for text, _ in given],
            search=search,
            protect=handling.protect,
            documents=handling.document,
            markup=handling.markup,
            copy_unknown=handling.copy_unknown,
            glossary=glossary,
            alignments=alignments,
        )
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


def _links(translation: Translation, subwords: bool, words: Spans, where: str) -> list[Link]:
    if not translation.ids and not translation.units:
        return []
    try:
        return translation.links(subwords=subwords, source_words=words)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def _warn(where: str, oddities: Oddities, count: int) -> None:
    if count <= NAMED:
        unlike = "; ".join(oddities.unlike)
        clauses = [f"unlike the training text: {unlike}"] if unlike else []
        clauses += [*oddities.looping, *oddities.unplaced]
        print(f"qkv: {where}: {'; '.join(clauses)}.", file=sys.stderr)


def _pharaoh(links: list[Link] | None) -> str:
    from qkv.evaluation import format_pharaoh

    return f"{format_pharaoh(link[:2] for link in links or ())}\n"


def _write(path: Path, lines: IO[str]) -> None:
    from qkv.files import write_atomically

    def copy(part: Path) -> None:
        lines.seek(0)
        with part.open("w", encoding="utf-8") as file:
            copyfileobj(lines, file)

    write_atomically(path, copy)


def _record(translation: Translation, links: list[Link] | None, oddities: Oddities) -> str:
    from qkv.pipeline import links_record

    return JSON.encode({**translation.as_dict(), **links_record(links), **oddities.as_dict()})


def _texts(
    translation: Translation, number: int, nbest: int, documents: bool, handling: Handling
) -> list[str]:
    """One text; of an n-best list one a hypothesis: `number ||| text ||| score`."""
    if nbest == 1:
        text = translation.text
        return [text if documents else _one_line(text, handling)]
    every = (translation, *translation.alternatives)
    return [f"{number} ||| {_one_line(each.text, handling)} ||| {each.score:.4f}" for each in every]


def _one_line(text: str, handling: Handling) -> str:
    """A text keeps the breaks between its sentences, such as U+2028; a line has none.

    In a tag only a line feed is one, for nothing in tags may change.
    """
    return text.replace("\n", " ") if handling.markup else " ".join(text.splitlines())
