"""`qkv translate`: line for line, in order, with links."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest

from qkv.cli import translate as command
from qkv.pipeline import Translation, Translator, load_translator
from qkv.search import Search
from tests.cli.conftest import Qkv
from tests.tiny import PAIRS

SOURCES = [source for source, _ in PAIRS[::11]]
LINES = ["我喜欢咖啡", "", "老师吃面包", "   ", "我喜欢咖啡"]
TEXT = "".join(f"{line}\n" for line in LINES)
PHARAOH = re.compile(r"(\d+-\d+( \d+-\d+)*)?")


def links(line: str) -> set[tuple[int, int]]:
    assert PHARAOH.fullmatch(line)
    pairs = [link.split("-") for link in line.split()]
    return {(int(i), int(j)) for i, j in pairs}


def test_standard_input_to_standard_output_line_for_line(qkv: Qkv, transformer: Path) -> None:
    out = qkv("translate", transformer, stdin=TEXT).printed().split("\n")
    translator = load_translator(transformer)
    assert out == [*(t.text for t in translator.translate(LINES)), ""]
    assert out == ["I like coffee", "", "the teacher eat bread", "", "I like coffee", ""]


@pytest.mark.parametrize("data", [TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT.rstrip("\n")])
def test_line_endings_and_marks_make_no_difference(qkv: Qkv, transformer: Path, data: str) -> None:
    out = qkv("translate", transformer, stdin=data).printed()
    assert out == qkv("translate", transformer, stdin=TEXT).printed()


def test_a_file_gives_what_standard_input_gives(
    qkv: Qkv, transformer: Path, tmp_path: Path
) -> None:
    expected = qkv("translate", transformer, stdin=TEXT).printed()
    plain, packed = tmp_path / "in.zh", tmp_path / "in.zh.gz"
    plain.write_text(TEXT, encoding="utf-8")
    packed.write_bytes(gzip.compress(TEXT.encode()))
    for path in (plain, packed):
        assert qkv("translate", transformer, path).printed() == expected
        assert qkv("translate", transformer, "-", stdin=path.read_bytes()).printed() == expected


def test_nothing_in_nothing_out(qkv: Qkv, transformer: Path) -> None:
    assert qkv("translate", transformer, stdin="").printed() == ""


def test_the_order_is_kept_over_batches_and_chunks(
    qkv: Qkv, transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f"{source}\n" for source in SOURCES)
    files = [tmp_path / name for name in ("whole", "chunks")]
    out = []
    for path, chunk in zip(files, (2000, 3), strict=True):
        monkeypatch.setattr(command, "CHUNK", chunk)
        arguments = ("--nbest", "2", "--alignments", path)
        out.append(qkv("translate", transformer, *arguments, stdin=text).printed())
    assert out[0] == out[1]
    assert files[0].read_text() == files[1].read_text()
    alone = [qkv("translate", transformer, stdin=f"{s}\n").printed() for s in SOURCES[:4]]
    assert [line.split(" ||| ")[1] + "\n" for line in out[0].splitlines()[:8:2]] == alone


def test_lines_wait_for_each_other_unless_they_are_typed(
    qkv: Qkv, transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    translate = Translator.translate

    def listen(self: Translator, texts: list[str], **settings: Any) -> list[Translation]:
        sizes.append(len(texts))
        return translate(self, texts, **settings)

    monkeypatch.setattr(Translator, "translate", listen)
    path = tmp_path / "in.zh"
    path.write_text(TEXT, encoding="utf-8")
    for given, typed, expected in (
        ((path,), True, [1, 2, 2]),  # a terminal, but a file was named
        ((), False, [1, 2, 2]),
        ((), True, [1] * 5),
        (("-",), True, [1] * 5),
    ):
        sizes.clear()
        qkv("translate", transformer, *given, stdin=TEXT, typed=typed).printed()
        assert sizes == expected


def test_other_models(qkv: Qkv, rnn: Path, one_vector: Path) -> None:
    for model in (rnn, one_vector):
        lines = qkv("translate", model, "--beam", "1", stdin=TEXT).printed().split("\n")
        assert len(lines) == 6
        assert lines[1] == lines[3] == ""


def test_an_nbest_list_numbers_its_sentences(qkv: Qkv, transformer: Path) -> None:
    rows = [
        line.split(" ||| ")
        for line in qkv("translate", transformer, "--nbest", "3", stdin=TEXT).printed().splitlines()
    ]
    assert [row[0] for row in rows] == list("0001222") + list("3444")
    assert rows[0][1] == "I like coffee"
    assert rows[3][1:] == ["", "0.0000"]
    for first in (0, 4, 8):
        scores = [float(row[2]) for row in rows[first : first + 3]]
        assert scores == sorted(scores, reverse=True)


def test_settings_of_the_search_arrive(
    qkv: Qkv, transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Search] = []
    translate = load_translator(transformer).translate

    def listen(self: object, texts: list[str], *, search: Search, **how: Any) -> object:
        plain = {"protect": False, "documents": False, "copy_unknown": False, "glossary": None}
        assert how == plain | {"markup": None, "alignments": False}
        given.append(search)
        return translate(texts, beam=1)

    monkeypatch.setattr("qkv.pipeline.Translator.translate", listen)
    options = ("--beam", "7", "--nbest", "1", "--length-penalty", "0.5", "--max-ratio", "3")
    more = ("--banned", "cat", "--banned", "dog", "--min-length", "2", "--max-length", "9")
    qkv("translate", transformer, *options, *more, stdin="我喜欢咖啡\n").printed()
    assert given == [
        Search(
            beam=7, length_penalty=0.5, max_ratio=3.0, banned=("cat", "dog"), min_length=2,
            max_length=9,
        )
    ]  # fmt: skip


def test_alignments_are_pharaoh_lines(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    path = tmp_path / "links"
    qkv("translate", transformer, "--alignments", path, stdin=TEXT).printed()
    rows = path.read_text(encoding="utf-8").split("\n")
    assert (len(rows), rows[1], rows[3], rows[5]) == (6, "", "", "")
    found = load_translator(transformer).translate(LINES)
    assert [links(row) for row in rows[:5]] == [set(t.alignment()) for t in found]
    assert {j for _, j in links(rows[0])} <= {0, 1, 2}  # I like coffee
    assert links(rows[0])
    assert {i for i, _ in links(rows[0])} <= set(range(5))  # characters


def test_many_alignments_wait_on_disk(
    qkv: Qkv, transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Any] = []

    def spooled(*given: Any, **options: Any) -> Any:
        waiting.append(SpooledTemporaryFile(*given, **options))  # noqa: SIM115 - the command's own
        return waiting[-1]

    monkeypatch.setattr("qkv.cli.translate.SpooledTemporaryFile", spooled)
    texts: list[str] = []
    for most in (1 << 20, 8):
        monkeypatch.setattr("qkv.cli.translate.LINKS_BYTES", most)
        qkv("translate", transformer, "--alignments", tmp_path / "links", stdin=TEXT).printed()
        texts.append((tmp_path / "links").read_text(encoding="utf-8"))
    assert texts[0] == texts[1] != ""
    assert [file._rolled for file in waiting] == [False, True]


def test_alignments_of_subwords(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    path = tmp_path / "links"
    arguments = ("--alignments", path, "--subwords")
    qkv("translate", transformer, *arguments, stdin="我喜欢咖啡\n").printed()
    [found] = load_translator(transformer).translate(["我喜欢咖啡"])
    assert links(path.read_text().rstrip("\n")) == set(found.alignment(subwords=True))


def test_pretokenized_chinese_is_joined_and_linked_as_given(
    qkv: Qkv, transformer: Path, tmp_path: Path
) -> None:
    path = tmp_path / "links"
    arguments = ("--alignments", path, "--pretokenized")
    out = qkv("translate", transformer, *arguments, stdin="我 喜欢  咖啡\n\n").printed()
    assert out == "I like coffee\n\n"  # as the joined text is translated
    given, empty, _ = path.read_text().split("\n")
    assert {i for i, _ in links(given)} <= {0, 1, 2}
    assert empty == ""


def test_pretokenized_english_keeps_its_spaces(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    path = tmp_path / "links"
    done = qkv(
        "translate", transformer, "--format", "jsonl", "--alignments", path, "--pretokenized",
        stdin="It 's  a cat .\n",
    )  # fmt: skip
    assert "unlike the training text" in done.err  # which was Chinese
    assert json.loads(done.out)["source"] == "It 's a cat ."
    assert {i for i, _ in links(path.read_text().rstrip("\n"))} <= set(range(5))


def test_jsonl_has_everything(qkv: Qkv, transformer: Path) -> None:
    out = qkv("translate", transformer, "--format", "jsonl", "--nbest", "3", stdin=TEXT).printed()
    records = [json.loads(line) for line in out.splitlines()]
    # In the parts that the command translates at a time: others may round their numbers otherwise.
    parts = LINES[:1], LINES[1:3], LINES[3:]
    translator = load_translator(transformer)
    found = [each for part in parts for each in translator.translate(part, nbest=3)]
    assert len(records) == 5
    for record, each in zip(records, found, strict=True):
        assert record == {
            "source": each.source,
            "text": each.text,
            "score": each.score,
            "log_probability": each.log_probability,
            "quality": each.quality,
            "source_tokens": [list(token) for token in each.source_tokens],
            "tokens": [list(token) for token in each.tokens],
            "ids": list(each.ids),
            "alignment": [list(link) for link in each.alignment()],
            "confidence": [pytest.approx(link.confidence, abs=2e-4) for link in each.links()],
            "unknown_share": 0,
            "repetition": 0,
            "alternatives": [
                {
                    "text": a.text,
                    "score": a.score,
                    "log_probability": a.log_probability,
                    "quality": a.quality,
                    "tokens": [list(token) for token in a.tokens],
                    "ids": list(a.ids),
                }
                for a in each.alternatives
            ],
        }
        assert Translation.from_dict(record) == each
    assert "我喜欢咖啡" in out  # not escaped


def test_jsonl_of_one_vector_has_no_alignment(qkv: Qkv, one_vector: Path) -> None:
    out = qkv("translate", one_vector, "--format", "jsonl", stdin="我喜欢咖啡\n").printed()
    assert json.loads(out)["alignment"] is None


def test_one_vector_has_no_alignments_to_write(qkv: Qkv, one_vector: Path, tmp_path: Path) -> None:
    path = tmp_path / "links"
    refused = qkv("translate", one_vector, "--alignments", path, stdin=TEXT).refusal()
    assert refused == "this model reads the source as one vector; it attends to no words."
    assert not path.exists()


def test_a_line_of_thousands_of_tokens(qkv: Qkv, transformer: Path, rnn: Path) -> None:
    line = " ".join(SOURCES) * 40
    for model in (transformer, rnn):
        done = qkv("translate", model, "--beam", "1", "--max-ratio", "0", stdin=line)
        assert (done.code, done.out.count("\n"), done.err.count("\n")) == (0, 1, 1)
        assert "line 1: unlike the training text: a sentence has " in done.err


def test_a_paragraph_stays_a_line(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    path = tmp_path / "links"
    text = "我喜欢咖啡。老师吃面包！\r他们有书。\u2028我喜欢咖啡\n\n"
    out = qkv("translate", transformer, "--alignments", path, stdin=text).out
    translator = load_translator(transformer)
    alone = ["我喜欢咖啡。", "老师吃面包！", "他们有书。", "我喜欢咖啡"]
    assert out == " ".join(each.text for each in translator.translate(alone)) + "\n\n"
    [whole] = translator.translate([text.rstrip("\n")])
    assert links(path.read_text().split("\n")[0]) == set(whole.alignment())
    record = json.loads(
        qkv("translate", transformer, "--format", "jsonl", stdin=text).out.split("\n")[0]
    )
    record.pop("warnings", None)
    assert Translation.from_dict(record).text == whole.text


def test_lines_unlike_the_training_text_are_named(qkv: Qkv, transformer: Path) -> None:
    text = "我喜欢咖啡\n한국어\n"
    done = qkv("translate", transformer, stdin=text)
    clause = "9 of its 9 tokens spell characters unknown to the model"
    assert done.code == 0
    assert done.out.startswith("I like coffee\n")
    assert done.err.startswith(
        f"qkv: standard input, line 2: unlike the training text: {clause}; a sentence has "
    )
    done = qkv("translate", transformer, "--format", "jsonl", stdin=text)
    usual, unusual = map(json.loads, done.out.splitlines())
    assert "warnings" not in usual
    assert unusual["warnings"][0] == clause


def test_many_such_lines_are_counted(qkv: Qkv, transformer: Path) -> None:
    done = qkv("translate", transformer, "--beam", "1", stdin="한국어\n" * 14)
    told = done.err.splitlines()
    assert len(told) == 11
    assert "line 10: unlike" in told[9]
    assert told[10] == "qkv: 4 more have such warnings."


def test_too_long_a_sentence_is_refused_by_its_line(
    qkv: Qkv, transformer: Path, tmp_path: Path
) -> None:
    text = "我喜欢咖啡\n老师吃面包。" + "咖啡" * 3000 + "\n"
    path = tmp_path / "in"
    path.write_text(text, encoding="utf-8")
    refusal = "line 2: a sentence of 6,000 characters; a sentence may have at most 5,000. Split it."
    assert qkv("translate", transformer, path).refusal() == f"{path}, {refusal}"
    done = qkv("translate", transformer, stdin=text)
    assert (done.code, done.out) == (2, "I like coffee\n")  # it may have been typed
    assert done.err == f"qkv: standard input, {refusal}\n"


def test_long_lines_are_translated_a_few_at_a_time(
    qkv: Qkv, transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "CHUNK_CHARACTERS", 8)
    sizes: list[int] = []
    translate = Translator.translate

    def listen(self: Translator, texts: list[str], **settings: Any) -> list[Translation]:
        sizes.append(len(texts))
        return translate(self, texts, **settings)

    monkeypatch.setattr(Translator, "translate", listen)
    qkv("translate", transformer, stdin=TEXT + TEXT).printed()
    assert sizes == [1, 2, 2, 3, 2]


@pytest.mark.parametrize("format_", ["text", "jsonl"])
def test_empty_lines_cost_next_to_nothing(
    qkv: Qkv, transformer: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    def no(*_: object, **__: object) -> None:
        raise AssertionError("a model was asked about nothing")

    monkeypatch.setattr("qkv.pipeline.searching.hypotheses", no)
    monkeypatch.setattr("qkv.pipeline.searching.attention", no)
    out = qkv("translate", transformer, "--format", format_, stdin="\n \n" * 3000).printed()
    assert out.count("\n") == 6000


DOCUMENT = "\n  # 我喜欢咖啡。\n\n我喜欢{a}。老师吃面包！\n\n***\nhttp://a.b\n\n"


def test_documents_keep_their_layout_and_units(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    path, links_path = tmp_path / "in.zh", tmp_path / "links"
    path.write_text(DOCUMENT, encoding="utf-8")
    out = qkv("translate", transformer, path, "--documents", "--alignments", links_path).out
    lines = out.split("\n")
    assert [i for i, line in enumerate(lines) if not line] == [0, 2, 4, 7, 8]
    assert lines[5:7] == ["***", "http://a.b"]
    assert lines[1].startswith("  # I like coffee")
    assert lines[3].count("{a}") == 1
    assert len(lines) == len(DOCUMENT.split("\n"))
    assert qkv("translate", transformer, "--documents", stdin=DOCUMENT).out == out
    assert len(links_path.read_text("utf-8").splitlines()) == 4  # paragraphs, and the empty end
    done = qkv("translate", transformer, path, "--documents", "--format", "jsonl")
    records = [json.loads(line) for line in done.out.splitlines()]
    assert "\n".join(record["source"] for record in records) == DOCUMENT.removesuffix("\n")
    assert "\n".join(record["text"] for record in records) + "\n" == out
    [[start, end, begin, stop]] = records[1]["units"]
    assert records[1]["source"][start:end] == records[1]["text"][begin:stop] == "{a}"
    assert Translation.from_dict(records[1]).units == ((start, end, begin, stop),)


def test_lines_are_protected_if_it_is_asked_for(qkv: Qkv, transformer: Path) -> None:
    text = "我喜欢{a}咖啡\n"
    assert "{a}" not in qkv("translate", transformer, stdin=text).out
    out = qkv("translate", transformer, "--protect", stdin=text).out
    assert sorted(out.split()) == ["I", "coffee", "like", "{a}"]
    unprotected = qkv("translate", transformer, "--documents", "--no-protect", stdin=text).out
    assert "{a}" not in unprotected


def test_documents_are_not_pretokenized(qkv: Qkv, transformer: Path) -> None:
    refused = qkv("translate", transformer, "--documents", "--pretokenized").refusal()
    assert refused == "--documents is for text as it is written; leave out --pretokenized."


def test_a_sentence_may_have_a_long_unit(qkv: Qkv, transformer: Path) -> None:
    text = f"我喜欢http://a.b/{'c1' * 3000}咖啡\n"
    assert "a sentence of 6," in qkv("translate", transformer, stdin=text).refusal()
    out = qkv("translate", transformer, "--protect", stdin=text).printed()
    assert text[3:-3] in out


def test_translations_that_repeat_themselves_are_named(
    qkv: Qkv, transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clause = "the translation repeats itself: 50% of its runs of three tokens"
    translate = Translator.translate

    def loop(self: Translator, texts: list[str], **settings: Any) -> list[Translation]:
        return [
            replace(each, ids=(300, 301, 302, 300, 301, 302, 300, 301)) if each.source else each
            for each in translate(self, texts, **settings)
        ]

    monkeypatch.setattr(Translator, "translate", loop)
    done = qkv("translate", transformer, stdin="我喜欢咖啡\n\n")
    assert done.err == f"qkv: standard input, line 1: {clause}.\n"
    done = qkv("translate", transformer, "--format", "jsonl", stdin="我喜欢咖啡\n한국어\n")
    first, second = map(json.loads, done.out.splitlines())
    assert (first["warnings"], first["unknown_share"], first["repetition"]) == ([clause], 0, 0.5)
    assert second["unknown_share"] == 1
    assert second["warnings"][-1] == clause


def test_a_glossary(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    terms = tmp_path / "terms.tsv"
    terms.write_text("咖啡\tŁódź 7\n老师\tmaster\n", encoding="utf-8")
    out = qkv("translate", transformer, "--glossary", terms, stdin=TEXT).printed().split("\n")
    assert all("Łódź 7" in out[i] for i in (0, 4))
    assert "master" in out[2].lower()
    given = ["translate", transformer, "--glossary", terms, "--glossary-bonus", "0"]
    result = qkv(*given, "--format", "jsonl", stdin="我喜欢咖啡")
    record = json.loads(result.out)
    assert record["text"] == "I like coffee"
    assert record["terms"] == [[3, 5, None, None]]
    assert record["warnings"] == ["the glossary's translation of '咖啡' is not in it"]
    assert result.err == (
        "qkv: standard input, line 1: the glossary's translation of '咖啡' is not in it.\n"
    )
    refused = qkv("translate", transformer, "--glossary-bonus", "2").refusal()
    assert refused == "--glossary-bonus goes with --glossary."
    terms.write_text("咖啡", encoding="utf-8")
    assert "line 1: must be a term" in qkv("translate", transformer, "--glossary", terms).refusal()


def test_unknown_words_are_copied(qkv: Qkv, transformer: Path) -> None:
    out = qkv("translate", transformer, "--copy-unknown", stdin="鑫鑫喜欢咖啡\n").out
    assert "鑫鑫" in out
    refused = qkv("translate", transformer, "--copy-unknown", "--no-protect", stdin="").refusal()
    assert "does not go with protect=False" in refused


MARKED = "<p>我<b>喜欢</b>咖啡 &amp; 茶\n\n老师吃<i title='>\x85'>面包</i></p>\n"


def test_markup_of_lines_and_of_whole_files(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    path, links_path = tmp_path / "in.html", tmp_path / "links"
    path.write_text(MARKED, encoding="utf-8")
    done = qkv("translate", transformer, path, "--markup", "html", "--alignments", links_path)
    lines = done.out.split("\n")
    translator = load_translator(transformer)
    own = translator.translate(MARKED.split("\n"), markup="html")
    assert lines == [each.text for each in own]
    assert lines[2].count("<i title='>\x85'>") == 1  # \x85 ends a line elsewhere
    assert len(links_path.read_text("utf-8").splitlines()) == 3
    whole = qkv("translate", transformer, "--markup", "html", "--documents", stdin=MARKED).out
    [expected] = translator.translate([MARKED.rstrip("\n")], markup="html")
    assert whole == expected.text + "\n"
    rows = qkv("translate", transformer, path, "--markup", "xml", "--nbest", "2").out.splitlines()
    assert [row.split(" ||| ")[0] for row in rows][:1] == ["0"]
    done = qkv("translate", transformer, path, "--markup", "html", "--format", "jsonl")
    records = [json.loads(line) for line in done.out.split("\n")[:-1]]
    assert [record["text"] for record in records] == lines[:3]
    assert records[2]["plain"]["text"].strip() == "the teacher eat bread"
    assert Translation.from_dict(records[2]).plain is not None


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--markup", "htm"], "markup must be html, xliff, xml; got 'htm'."),
        (
            ["--markup", "html", "--no-protect"],
            "texts with markup have their numbers, addresses and placeholders protected; leave out "
            "--no-protect (in Python protect=False).",
        ),
        (
            ["--markup", "xml", "--pretokenized"],
            "--markup is for text as it is written; leave out --pretokenized.",
        ),
    ],
)
def test_markup_is_refused(qkv: Qkv, transformer: Path, options: list[str], says: str) -> None:
    assert qkv("translate", transformer, *options).refusal() == says


def test_links_do_not_overwrite_what_is_read(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("我喜欢咖啡\n", encoding="utf-8")
    refused = qkv("translate", transformer, text, "--alignments", text).refusal()
    assert "is read from, too; name another file" in refused
    assert text.read_text(encoding="utf-8") == "我喜欢咖啡\n"
