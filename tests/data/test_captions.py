"""Captioned pictures from files."""

from __future__ import annotations

import gzip
import json
from os import fsdecode
from pathlib import Path

import pytest

from qkv.data.captions import Captioned, hold_out_pictures, read_captions, write_captions
from qkv.errors import DataError


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_captions_of_one_picture_belong_together(tmp_path: Path) -> None:
    file = write(
        tmp_path / "c.tsv", "b.jpg\t0\tA dog .", "a.jpg\tA cat .", "", "b.jpg\t1\t一只狗。"
    )
    kept = read_captions(file)
    assert kept.pairs == [
        Captioned(tmp_path / "b.jpg", ("A dog .", "一只狗。")),
        Captioned(tmp_path / "a.jpg", ("A cat .",)),
    ]
    assert kept.skipped == {}


def test_a_picture_is_one_whichever_way_it_is_written(tmp_path: Path) -> None:
    absolute = f"{tmp_path}/a.jpg\tThree cats"
    file = write(tmp_path / "a.jsonl.tsv", "a.jpg\tA cat", "./a.jpg\tTwo cats", absolute)
    picture = Captioned(tmp_path / "a.jpg", ("A cat", "Two cats", "Three cats"))
    assert read_captions(file).pairs == [picture]


def test_pictures_lie_below_the_root_or_where_they_say(tmp_path: Path) -> None:
    file = write(tmp_path / "c.tsv", "in/a.jpg\tA cat", "/elsewhere/b.jpg\tA dog")
    paths = [item.picture for item in read_captions(file, tmp_path / "root").pairs]
    assert paths == [tmp_path / "root" / "in" / "a.jpg", Path("/elsewhere/b.jpg")]


def test_json_lines_with_one_or_several_captions(tmp_path: Path) -> None:
    records = [
        {"image": "a.jpg", "caption": "A cat", "more": 1},
        {"image": "b.jpg", "captions": ["A dog", "Two\t\n dogs"]},
        {"image": "a.jpg", "captions": ["Cats"]},
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (tmp_path / "c.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "C.JSONL").write_text(lines, encoding="utf-8")
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    for name in ("c.jsonl", "c.jsonl.gz", "C.JSONL"):
        assert read_captions(tmp_path / name).pairs == [
            Captioned(tmp_path / "a.jpg", ("A cat", "Cats")),
            Captioned(tmp_path / "b.jpg", ("A dog", "Two dogs")),  # one line of a TSV holds it
        ]


def test_empty_captions_are_left_out_and_counted(tmp_path: Path) -> None:
    kept = read_captions(write(tmp_path / "c.tsv", "a.jpg\t", "a.jpg\t  ", "b.jpg\t x "))
    assert kept.pairs == [Captioned(tmp_path / "b.jpg", ("x",))]
    assert kept.skipped == {"empty caption": 2}


def test_captions_of_invisible_characters_are_empty(tmp_path: Path) -> None:
    file = write(tmp_path / "c.tsv", "a.jpg\t\u200b\ufeff", "b.jpg\ta\xad cat\u2060 ", "\u200b")
    kept = read_captions(file)
    assert kept.pairs == [Captioned(tmp_path / "b.jpg", ("a cat",))]
    assert kept.skipped == {"empty caption": 1}


def test_spaces_belong_to_the_name_of_a_file_that_has_them(tmp_path: Path) -> None:
    for name in (" a.jpg", "b.jpg ", "b.jpg"):
        (tmp_path / name).touch()
    file = write(tmp_path / "c.tsv", *(f"{name}\tx" for name in (" a.jpg", "b.jpg ", " c.jpg ")))
    names = [str(shown.picture.relative_to(tmp_path)) for shown in read_captions(file).pairs]
    assert names == [" a.jpg", "b.jpg ", "c.jpg"]


@pytest.mark.parametrize("header", ["image\tcaption", "image\tnumber\tcaption", "file\ten"])
def test_a_header_row_is_skipped(tmp_path: Path, header: str) -> None:
    kept = read_captions(write(tmp_path / "c.tsv", header, "a.jpg\tA cat"))
    assert kept.pairs == [Captioned(tmp_path / "a.jpg", ("A cat",))]
    assert kept.skipped == {"header row": 1}


def test_quotes_of_a_spreadsheet_are_taken_away(tmp_path: Path) -> None:
    rows = ['a.jpg\t"A cat, ""Tom"", sleeps"', "b.jpg\tA dog", 'a.jpg\t"Tom, a cat"']
    kept = read_captions(write(tmp_path / "c.tsv", *rows))
    assert [shown.captions for shown in kept.pairs] == [
        ('A cat, "Tom", sleeps', "Tom, a cat"),
        ("A dog",),
    ]
    assert kept.notes == ("cells are in quotes, as spreadsheets export them; read without",)


def test_captions_without_an_end(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").symlink_to("/dev/zero")
    for path in (Path("/dev/zero"), tmp_path / "c.jsonl"):
        with pytest.raises(DataError, match=r"line 1: longer than 1,000,000 characters"):
            read_captions(path)


@pytest.mark.parametrize(
    ("name", "line", "text"),
    [
        ("c.tsv", "a.jpg A dog", "line 2: needs a picture, a tab and a caption."),
        ("c.tsv", "\tA dog", "line 2: needs a picture, a tab and a caption."),
        ("c.jsonl", "{", "line 2: not JSON (Expecting property name"),
        ("c.jsonl", "[1]", 'line 2: needs {"image": "a.jpg", "caption": "…"} or "captions"'),
        ("c.jsonl", '{"image": "a.jpg"}', 'line 2: needs {"image": "a.jpg", "caption": "…"}'),
        ("c.jsonl", '{"image": 3, "caption": "x"}', 'line 2: needs {"image": "a.jpg"'),
        ("c.jsonl", '{"image": "a", "captions": [1]}', 'line 2: needs {"image": "a.jpg"'),
        ("c.jsonl", '{"image": "a", "captions": "x"}', 'line 2: needs {"image": "a.jpg"'),
        ("c.jsonl", "[" * 200_000, "line 2: not JSON (maximum recursion depth"),
        ("c.jsonl", r'{"image": "a", "caption": "a \ud800"}', "line 2: contains half of a"),
        ("c.jsonl", r'{"image": "\ud800", "caption": "a"}', "line 2: contains half of a"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, name: str, line: str, text: str) -> None:
    good = {"c.tsv": "a.jpg\tx", "c.jsonl": '{"image": "a.jpg", "caption": "x"}'}[name]
    file = write(tmp_path / name, good, line)
    with pytest.raises(DataError) as caught:
        read_captions(file)
    assert str(caught.value).startswith(f"{file}, {text}")


def test_nothing_to_use(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no picture with a caption"):
        read_captions(write(tmp_path / "c.tsv", "a.jpg\t"))


def test_a_tenth_is_held_out_by_seed_and_nothing_is_lost() -> None:
    pictures = [Captioned(Path(f"{i}.jpg"), (str(i),)) for i in range(57)]
    train, valid = hold_out_pictures(pictures, seed=3)
    assert len(valid) == 5
    assert sorted([*train, *valid], key=pictures.index) == pictures
    assert [*train] == sorted(train, key=pictures.index)
    assert hold_out_pictures(pictures, seed=3) == (train, valid)
    assert hold_out_pictures(pictures, seed=4) != (train, valid)
    assert len(hold_out_pictures(pictures, 3, at_most=2)[1]) == 2


def test_one_picture_cannot_be_split() -> None:
    message = "no picture can be held out for validation: there is one, or copies of too few"
    with pytest.raises(DataError, match=message):
        hold_out_pictures([Captioned(Path("a"), ("x",))], 1)
    with pytest.raises(DataError, match=message):
        hold_out_pictures(range(40), 1, keys=["a", "b"] * 20)


def test_ordinary_pictures_are_drawn_as_ever() -> None:
    plain = hold_out_pictures(range(570), seed=3)
    keys, captions = [*map(str, range(570))], [[f"caption {i // 9}"] for i in range(570)]
    assert hold_out_pictures(range(570), 3, keys=keys, captions=captions) == plain


def test_copies_of_a_picture_are_in_one_part() -> None:
    keys = [str(i // 2) for i in range(200)]
    for seed in range(20):
        train, valid = hold_out_pictures(range(200), seed, keys=keys)
        assert len(valid) == 20
        assert not {keys[i] for i in train} & {keys[i] for i in valid}


def test_labels_of_pictures_are_in_both_parts() -> None:
    captions = [["rare", f"own {i}"] if i < 10 else ["often"] for i in range(200)]
    for seed in range(30):
        train, valid = hold_out_pictures(range(200), seed, captions=captions)
        assert len(valid) == 20
        for part in (train, valid):
            assert {"rare", "often"} == {captions[i][0] for i in part}


def test_what_is_written_is_read_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["in/a.jpg", " b\t\n\u2028.jpg ", fsdecode(b"\xff.jpg")]
    pictures = [Captioned(Path(name), ("A dog", "狗")) for name in names]
    write_captions(tmp_path / "out.jsonl", pictures)
    pictures = read_captions(tmp_path / "out.jsonl", "/another/root").pairs
    assert pictures == [Captioned(tmp_path / name, ("A dog", "狗")) for name in names]
    assert "狗" in (tmp_path / "out.jsonl").read_text("utf-8")
