"""Which columns are meant: those named, or the only ones that can be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from qkv.data import DataFiles, Pair
from qkv.errors import DataError

EN = ["A man is riding a bicycle.", "Two dogs are playing in the snow.", "She reads a long book."]
DE = ["Ein Mann fährt Fahrrad.", "Zwei Hunde spielen im Schnee.", "Sie liest ein langes Buch."]
FR = ["Un homme fait du vélo.", "Deux chiens jouent dans la neige.", "Elle lit un long livre."]
ZH = ["一个男人在骑自行车。", "两只狗在雪地里玩耍。", "她在读一本很长的书。"]
IDS, NAMES, LABELS = ["17", "18", "19"], ["a.jpg", "b/c.jpg", "d_1"], ["news"] * 3
PAIRS = [Pair(*row) for row in zip(EN, DE, strict=True)]


def table(path: Path, *columns: Sequence[str], header: str = "") -> Path:
    rows = [",".join(row) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([header] * bool(header) + rows), encoding="utf-8")
    return path


def note(path: Path, columns: str | Sequence[str] | None = None) -> str:
    """How the columns of what is English and German were chosen."""
    files = DataFiles(path, columns)
    assert list(files.pairs()) == PAIRS
    [said] = files.notes
    return said.removeprefix(f"{path}: ").removesuffix(", 3 pairs")


@pytest.mark.parametrize(
    ("columns", "header", "said"),
    [
        ((EN, DE), "", "columns 1 (en) → 2 (de)"),
        ((EN, DE), "en,de", "columns en → de, header skipped"),
        ((EN, DE), "English,German", "columns English → German, header skipped"),
        ((IDS, EN, DE), "", "columns 2 (en) → 3 (de)"),
        ((IDS, NAMES, EN, DE), "", "columns 3 (en) → 4 (de)"),
        ((EN, IDS, DE), "Satz,Nummer,Übersetzung", "columns Satz → Übersetzung, header skipped"),
        ((EN, LABELS, DE), "english,topic,german", "columns english → german, header skipped"),
        ((EN, FR, DE), "en,remark,de", "columns en → de, header skipped"),
        ((DE, ZH, EN), "target,x,source", "columns source → target, header skipped"),
        ((IDS, DE, EN), "id,target,source", "columns source → target, header skipped"),
    ],
)  # fmt: skip
def test_guessed(
    tmp_path: Path, columns: tuple[Sequence[str], ...], header: str, said: str
) -> None:
    assert note(table(tmp_path / "file", *columns, header=header)) == said


@pytest.mark.parametrize(
    ("columns", "header", "wanted", "said"),
    [
        ((DE, FR, EN), "de,fr,en", "en,de", "columns en → de, header skipped"),
        ((DE, FR, EN), "de,fr,en", "3,1", "columns en → de, header skipped"),
        ((DE, FR, EN), "DE,FR,en-US", "en,de", "columns en-US → DE, header skipped"),
        ((DE, FR, EN), "wie,x,how", "how,wie", "columns how → wie, header skipped"),
        ((DE, FR, EN), "", "3,1", "columns 3 (en) → 1 (de)"),
        ((DE, FR, EN), "", "en,de", "columns 3 (en) → 1 (de)"),
        ((DE, EN), "", "2,1", "columns 2 (en) → 1 (de)"),
        ((DE, EN), "x y,a b", ["a b", "x y"], "columns a b → x y, header skipped"),
    ],
)
def test_named(
    tmp_path: Path,
    columns: tuple[Sequence[str], ...],
    header: str,
    wanted: str | list[str],
    said: str,
) -> None:
    assert note(table(tmp_path / "file", *columns, header=header), wanted) == said


LISTED = (
    'its columns are 1 "A man is riding a bicycle."; 2 "Ein Mann fährt Fahrrad."; 3 "Un homme '
    'fait du vélo.". Choose with --columns, by name or number.'
)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (None, f"FILE: cannot tell which two are source and target; {LISTED}"),
        ("en,it", f"FILE: no column 'it'; {LISTED}"),
        ("1,4", f"FILE: no column '4'; {LISTED}"),
        ("0,1", f"FILE: no column '0'; {LISTED}"),
        ("1", "--columns 1: needs two, such as --columns en,de."),
        ("1,2,3", "--columns 1,2,3: needs two, such as --columns en,de."),
        ("1,en", "--columns 1,en: names the same column twice."),
    ],
)
def test_what_cannot_be_told_is_listed(tmp_path: Path, wanted: str | None, said: str) -> None:
    path = table(tmp_path / "file", EN, DE, FR)
    with pytest.raises(DataError) as caught:
        list(DataFiles(path, wanted).pairs())
    assert str(caught.value).replace(str(path), "FILE") == said


def test_one_column(tmp_path: Path) -> None:
    path = table(tmp_path / "file", IDS, DE)
    assert list(DataFiles(path).texts()) == DE  # the only text
    path = table(tmp_path / "file", EN, DE, header="target,source")
    assert list(DataFiles(path).texts()) == DE
    path = table(tmp_path / "file", EN, DE, FR, header="target,text,comment")
    with pytest.raises(DataError, match="cannot tell which one is meant; its columns are 1 target"):
        list(DataFiles(path).texts())
    path = table(tmp_path / "file", EN, DE, header="en,de")
    with pytest.raises(DataError, match="cannot tell which one is meant; its columns are 1 en"):
        list(DataFiles(path).texts())
    files = DataFiles(path, "de")
    assert list(files.texts()) == DE
    assert files.notes == [f"{path}: column de, header skipped, 3 texts"]
    (tmp_path / "lines").write_text("so\n" + "".join(f"{line}\n" for line in DE))
    assert list(DataFiles(tmp_path / "lines").texts()) == ["so", *DE]


def test_labels_are_no_sentences(tmp_path: Path) -> None:
    """Where there are rows enough to see that they repeat."""
    kinds = ["sports news", "other news"]
    rows = [(f"{en} {i}", kinds[i % 2], f"{i} {de}") for i in range(4) for en, de in PAIRS]
    path = table(tmp_path / "file", *zip(*rows, strict=True))
    assert [tuple(pair) for pair in DataFiles(path).pairs()] == [(en, de) for en, _, de in rows]


def test_a_name_of_several_columns(tmp_path: Path) -> None:
    path = table(tmp_path / "file", EN, FR, DE, header="en-US,en-GB,de")
    with pytest.raises(DataError, match=r"file: more than one column 'en'; its columns are 1 en-U"):
        list(DataFiles(path, "en,de").pairs())


def test_a_language_is_its_column_whatever_the_name(tmp_path: Path) -> None:
    path = table(tmp_path / "file", FR, EN, DE, header="Français,English,Wortlaut")
    assert list(DataFiles(path, "de,en").pairs()) == [Pair(*p) for p in zip(DE, EN, strict=True)]


def test_spaces_after_commas(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text('"en", "de"\n"a, b", "c ""d"""\n e, f\n')
    assert list(DataFiles(path).pairs()) == [Pair("a, b", 'c "d"'), Pair("e", "f")]


def test_a_hint_of_the_delimiter_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("\ufeffsep=|\r\nen|de\r\na, b; c|d\r\n".encode())
    files = DataFiles(path)
    assert list(files.pairs()) == [Pair("a, b; c", "d")]
    assert files.place(0) == f"{path}, line 3"


def test_rows_without_text_stay_in_their_place(tmp_path: Path) -> None:
    """A spreadsheet leaves out or adds delimiters where there are no cells."""
    path = tmp_path / "file"
    path.write_text("\nen,de,note\na,b,c\n\n,,\nd,e\nf,g,,,\n,h,\n")
    files = DataFiles(path, "en,de")
    pairs = list(files.pairs())
    assert [tuple(pair) for pair in pairs] == [
        ("", ""), ("a", "b"), ("", ""), ("", ""), ("d", "e"), ("f", "g"), ("", "h"),
    ]  # fmt: skip
    assert [files.place(i).split()[-1] for i in range(7)] == list("1345678")


def test_languages_of_a_tmx(tmp_path: Path) -> None:
    units = "".join(
        f'<tu><tuv xml:lang="{code}"><seg>x</seg></tuv><tuv xml:lang="de"><seg>y</seg></tuv></tu>'
        for code in ["en-US"] * 1500 + ["fr"]
    )
    path = tmp_path / "file"
    path.write_text(f'<tmx><header srclang="de"/><body>{units}</body></tmx>')
    files = DataFiles(path)
    assert set(files.pairs()) == {Pair("y", "x"), Pair("y", "")}
    assert files.notes == [f"{path}: languages de → en-US, 1,501 pairs"]
    assert files.languages == ("de", "en")
    assert list(DataFiles(path, "fr,de").pairs())[-1] == Pair("x", "y")  # beyond the sample
    with pytest.raises(DataError) as caught:
        list(DataFiles(path, "zh,de").pairs())
    assert str(caught.value) == (
        f'{path}: no language \'zh\'; its languages are 1 de "y"; 2 en-US "x"; 3 fr. Choose with '
        "--columns, by name or number."
    )


def test_the_corpus_of_tatoeba_as_it_is_published(tmp_path: Path) -> None:
    """English, Chinese, and whose sentences they are."""
    path = tmp_path / "file"
    licence = "CC-BY 2.0 (France) Attribution: tatoeba.org #{} (CM) & #{} (GlossaMatrix)"
    path.write_text(
        "".join(
            f"{i} {EN[i % 3]}\t{i} {ZH[i % 3]}\t{licence.format(i, 7 * i)}\n" for i in range(20)
        )
    )
    files = DataFiles(path)
    assert next(files.pairs()) == Pair(f"0 {EN[0]}", f"0 {ZH[0]}")
