"""What is wrong with a file is one sentence, with the place and the way out."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - it has no types

from qkv.data import DataFiles, Pair
from qkv.errors import ConfigError, DataError, MissingExtra


def refusal(path: Path, columns: str | Sequence[str] | None = None) -> str:
    """The sentence, the file's name left out."""
    with pytest.raises(DataError) as caught:
        list(DataFiles(path, columns).pairs())
    assert str(caught.value).count("\n") == 0
    return str(caught.value).replace(str(path), "FILE")


def parquet(**columns: Sequence[object]) -> bytes:
    out = BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


TEXT = b"en,de\n" + b"a house,ein Haus\n" * 100
TMX = (
    '<tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>{}</seg></tuv>'
    '<tuv xml:lang="de"><seg>ja</seg></tuv></tu></body></tmx>'
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "FILE is empty."),
        (b"\xef\xbb\xbf", "FILE is empty."),
        (b"\n \n", "FILE is empty."),
        (b",\n ,\n", "FILE: has no rows with text; there is nothing to read."),
        (b'""\t""\n', "FILE: has no rows with text; there is nothing to read."),
        (b"en,de\n", "FILE: has a header and no rows; there is nothing to read."),
        (
            b"hello\nworld\n",
            'FILE: only one column; needs two, source and target (it begins with "hello").',
        ),
        (
            b"en,de\na,b\nc\nd\n,\n\ne,f,g\n",
            "FILE, line 3: 1 column where other rows have 2 (2 more rows do not fit either); "
            "complete or delete such rows.",
        ),
        (
            b'en,de\n"a\nb",c\nd,e,f\n',
            "FILE, line 4: 3 columns where other rows have 2; put quotes around cells that have a "
            "comma in them, as spreadsheets do.",
        ),
        (
            b"a;b\nc;d\ne;f;g\n",
            "FILE, line 3: 3 columns where other rows have 2; put quotes around cells that have a "
            "semicolon in them, as spreadsheets do.",
        ),
        (
            b'en,de\n"a\nb",c\nd,"e\nf,g\n',
            "FILE, line 4: a quote is opened here and not closed (in 131,072 characters at most); "
            "close it, or double it if it is text.",
        ),
        (
            b'en,de\na,"he said "no" again"\n',
            "FILE, line 2: a quote inside a quoted cell is not doubled; double it, as spreadsheets "
            "do.",
        ),
        (
            b"en,de\ra,b\rc,d\r",
            "FILE, line 1: a carriage return inside a cell; save the file with usual line ends.",
        ),
        (
            b"en,de\na,\0b\n",
            "FILE, line 2: has NUL bytes, so it is no text; if it is UTF-16 without its mark, "
            "convert it with iconv -f utf-16le -t utf-8.",
        ),
        (
            "en,de\na,b\n".encode("utf-16")[:-1],
            "FILE, from line 2 on: broken UTF-16 (truncated data)",
        ),
        (
            "en,de\nGrüße,a\n".encode("latin-1"),
            "FILE, line 2: not UTF-8 (byte 3 of the line is 0xFC)",
        ),
        ("en,zh\nhello,我喜欢咖啡\n".encode("gb18030"), "it looks like gb18030. Convert the file"),
        (
            b"en,de\n" + b"x" * 1_000_001,
            "FILE, line 2: longer than 1,000,000 characters; split it.",
        ),
        (
            f"en,de\n{'x' * 1_000_001},y\n".encode("utf-16"),
            "FILE, line 2: longer than 1,000,000 characters; split it.",
        ),
        (b'{"en": "a", "de": "b"}\n\n{"en": "a"\n', "FILE, line 3: not JSON (Expecting ',' delim"),
        (
            b'{"en": "a", "de": "b"}\n{"en": "a"}\n',
            "FILE, line 2: field 'de' is missing; each needs",
        ),
        (
            b'{"en": "a", "de": "b"}\n{"en": "a", "de": ["b"]}\n',
            "FILE, line 2: field 'de' is no text but [\"b\"].",
        ),
        (b'["a", "b"]\n["c"]\n', "FILE, line 2: item 2 is missing; each needs it."),
        (b'{"en": "a", "de": "b"}\n7\n', "FILE, line 2: needs an object with two texts."),
        (
            b'{"en": "a", "de": "b"}\n{"en": "\\ud800", "de": "b"}\n',
            "FILE, line 2: contains half of a character (a lone surrogate).",
        ),
        (b"[[[" * 100_000, "FILE: not JSON (maximum recursion depth exceeded"),
        (b'{"id": 1}\n', "FILE: has no records with text; there is nothing to read."),
        (
            b'{"en": "a"}\n',
            'FILE: only one field; needs two, source and target (it begins with "a").',
        ),
        (b"[{}]", "FILE: has no records with text; there is nothing to read."),
        (
            TMX.format("a").encode()[:-13],
            "FILE, line 1: not well-formed XML (Premature end of data",
        ),
        (
            b"<?xml version='1.0'?>\n<tmx>\n<body>&nope;</body></tmx>",
            "FILE: not well-formed XML (an entity",
        ),
        (b"<tmx><header/><body/></tmx>", "FILE: has no units with text; there is nothing to read."),
        (b"<!DOCTYPE html>\n<html></html>", "FILE: XML or HTML of another kind (<html>); TMX and"),
        (
            b"<?xml version='1.0'?><!-- x --><resources/>",
            "another kind (<resources>); TMX and XLIFF",
        ),
        (
            b"%PDF-1.7\n",
            "FILE: is a PDF; export its text, or the table that it was made from, as CSV.",
        ),
        (
            b"PK\x03\x04...",
            "FILE: is a zip archive, as .xlsx, .ods and .docx are; save it as CSV (UTF-8)",
        ),
        (b"\xd0\xcf\x11\xe0", "FILE: is an old Excel or Word file; save it as CSV (UTF-8) from"),
        (b"ARROW1\0\0", "FILE: is an Arrow file; write it with to_parquet or to_json."),
        (bytes(257) + b"ustar", "FILE: is a tar archive; unpack it."),
        (b"PAR1 and no more", "FILE: broken Parquet file (Parquet magic bytes not found in footer"),
        (parquet(id=[1], n=[2.0]), "FILE: has no rows with text; there is nothing to read."),
        (
            parquet(en=["a"], id=[1]),
            'FILE: only one column; needs two, source and target (it begins with "a").',
        ),
        (parquet(en=[], de=[]), "FILE: has no rows with text; there is nothing to read."),
        (
            gzip.compress(TEXT, mtime=0)[:-12],
            "FILE: broken gzip file (Compressed file ended before the end",
        ),
        (bz2.compress(TEXT)[:-12], "FILE: broken bzip2 file (Compressed file ended before the end"),
        (lzma.compress(TEXT)[:-12], "FILE: broken xz file (Compressed file ended before the end"),
        (
            pyarrow.compress(TEXT, "zstd", asbytes=True)[:-4],
            "FILE: broken zstd file (Truncated compressed stream); copy it again.",
        ),
        (bz2.compress(TEXT)[:30] + b"x" * 30, "FILE: broken bzip2 file (Invalid data stream)"),
    ],
    ids=lambda each: repr(each[:30]) if isinstance(each, bytes) else "",
)
def test_a_malformed_file(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert said in refusal(path)


def test_a_page_of_a_parquet_file_that_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    data = parquet(en=["a house"] * 99 + ["b"], de=["ein Haus"] * 100)
    path.write_bytes(data[:30] + bytes(20) + data[50:])
    assert refusal(path).startswith("FILE: broken Parquet file (")


def test_what_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no") == "FILE: no such file."
    assert refusal(tmp_path) == "FILE: is a folder; name a file."


def test_zeros_that_never_end_are_refused_soon() -> None:
    assert refusal(Path("/dev/zero")).startswith("FILE, line 1: has NUL bytes")


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    for data, kind in ((b"PAR1", "Parquet needs"), (b"\x28\xb5\x2f\xfd....", "zstd files need")):
        (tmp_path / "file").write_bytes(data)
        with pytest.raises(MissingExtra, match=rf"^{kind} pyarrow: pip install 'qkv\[data\]'\.$"):
            list(DataFiles(tmp_path / "file").pairs())


ENTITIES = [
    '<!ENTITY leak SYSTEM "file://{secret}">',
    '<!ENTITY % dtd SYSTEM "file://{secret}"> %dtd; <!ENTITY leak "x">',
    '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY leak "&b;&b;&b;">',
]


@pytest.mark.parametrize("entities", ENTITIES)
def test_entities_are_not_read(tmp_path: Path, entities: str) -> None:
    (tmp_path / "secret").write_text("secret")
    subset = entities.format(secret=tmp_path / "secret")
    path = tmp_path / "file"
    path.write_text(f"<!DOCTYPE tmx [{subset}]>" + TMX.format("&leak;"))
    assert refusal(path) == "FILE: declares entities, which are not read; remove them."


def test_a_bomb_of_entities_takes_no_time_or_memory(tmp_path: Path) -> None:
    """A billion laughs, in a text and in the root's own attribute."""
    lines = ['<!ENTITY e0 "ha">'] + [f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10)]
    start = f"<!DOCTYPE tmx [{''.join(lines)}]>"
    for tmx in (TMX.format("&e9;"), TMX.replace("1.4", "&e9;").format("a")):
        (tmp_path / "file").write_text(start + tmx)
        tracemalloc.start()
        said = refusal(tmp_path / "file")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert "entities" in said or "entity" in said
        assert peak < 20_000_000


def test_a_dtd_outside_is_left_alone(tmp_path: Path) -> None:
    """As TMX files name one; it is neither needed nor fetched."""
    path = tmp_path / "file"
    start = '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "http://localhost:1/tmx14.dtd">\n'
    path.write_text(start + "<!-- made by <b>a tool</b> -->" + TMX.format("yes"))
    assert list(DataFiles(path).pairs()) == [Pair("yes", "ja")]


def test_inline_elements(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(
        TMX.format(
            'Click <bpt i="1">&lt;b></bpt><hi>here</hi><ept i="1">&lt;/b></ept><!-- x -->, '
            '<ph type="fnote">[1]<sub>a note</sub></ph>now<ph type="lb">&lt;br/></ph>or<it>\\</it>'
            " &amp; then<ut>{}</ut>."
        )
    )
    assert next(DataFiles(path).pairs()).source == "Click here, now or & then."
    unit = (
        '<source>A <g id="1">big <x id="2"/>dog</g><ph id="3">%s</ph> <mrk>runs</mrk></source>'
        "<seg-source><mrk>no</mrk></seg-source>"
        '<target state="{}">Ein Hund<x ctype="lb"/>rennt</target>'
        "<alt-trans><source>no</source><target>nein</target></alt-trans>"
    )
    body = "".join(
        f"<trans-unit>{unit.format(state)}</trans-unit>"
        for state in ("final", "new", "translated", "needs-translation")
    )
    path.write_text(
        f'<xliff version="1.2"><file source-language="en" target-language="de"><body>{body}</body>'
        "</file></xliff>"
    )
    files = DataFiles(path)
    translated = Pair("A big dog runs", "Ein Hund rennt")
    open_ = Pair("A big dog runs", "")
    assert list(files.pairs()) == [translated, open_, translated, open_]
    assert files.notes == [
        f"{path}: languages en → de, 2 targets not translated by their state, 4 pairs"
    ]
    path.write_text(
        '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en" trgLang="de">'
        "<file><unit>"
        '<segment><source>A <pc id="1">dog</pc><ph id="2"/>.</source><target>Ein <mrk>Hund</mrk>.'
        "</target></segment><ignorable><source> </source></ignorable>"
        '<segment state="initial"><source>No</source><target>No</target></segment>'
        "</unit></file></xliff>"
    )
    assert list(DataFiles(path).pairs()) == [Pair("A dog.", "Ein Hund."), Pair("No", "")]


@pytest.mark.parametrize("packed", [gzip.compress, bytes])
def test_a_pipe_is_read_like_a_file(packed: Callable[[bytes], bytes]) -> None:
    """Twice, though what was in it is gone."""
    reader, writer = os.pipe()
    os.write(writer, packed(b'en\tde\n"a, ""b"""\tc\n'))
    os.close(writer)
    files = DataFiles(f"/dev/fd/{reader}")
    assert list(files.pairs()) == list(files.pairs()) == [Pair('a, "b"', "c")]
    os.close(reader)


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_memory_does_not_grow_with_a_file(tmp_path: Path, kind: str) -> None:
    start, row, last = {
        "csv": ("en,de\n", '"a, house","ein\nHaus"\n', "line 40000"),
        "jsonl": ("", '{"en": "a house", "de": "ein Haus"}\n', "line 20000"),
    }[kind]
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(f"{start}{row * 20_000}".encode()))
    files = DataFiles(path)
    tracemalloc.start()
    assert sum(1 for _ in files.pairs()) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_500_000
    assert files.place(19_999) == f"{path}, {last}"


def test_of_xml_only_what_is_being_read_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """lxml's memory is not traced: what is left of the tree is counted."""
    begin, unit, end = re.split("(<tu>.*</tu>)", TMX.format("a house"))
    path = tmp_path / "file"
    path.write_text(f"{begin}{unit * 5_000}{end}")
    parsers: list[etree.iterparse] = []
    iterparse = etree.iterparse

    def listen(*arguments: Any, **options: Any) -> etree.iterparse:
        parsers.append(iterparse(*arguments, **options))
        return parsers[-1]

    monkeypatch.setattr(etree, "iterparse", listen)
    assert sum(1 for _ in DataFiles(path).pairs()) == 5_000
    assert sum(1 for _ in parsers[-1].root.iter()) < 10


def test_columns_need_names() -> None:
    for columns in ("", ",", "en,", ["en", " "]):
        with pytest.raises(ConfigError, match="--columns needs names or numbers with commas"):
            DataFiles("file", columns)


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    table = pyarrow.Table.from_arrays([["a"]] * 3, ["en", "de", "en"])
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(DataError, match="two columns are called 'en'; rename one"):
        list(DataFiles(tmp_path / "a.parquet", "en,de").pairs())
