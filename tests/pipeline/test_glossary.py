"""Glossaries: where terms are found, and that translations have them."""

from __future__ import annotations

import json
import pickle
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qkv.data.invisible import visible
from qkv.errors import ConfigError, DataError
from qkv.pipeline import Glossary, Term, Translation, Translator, load_translator
from qkv.pipeline.spelling import Spelling

TEXTS = ["我喜欢咖啡", "老师吃面包", "我喜欢咖啡"]


@pytest.fixture(scope="module", params=["transformer", "rnn"])
def translator(request: pytest.FixtureRequest) -> Translator:
    return load_translator(request.getfixturevalue(request.param))


@pytest.mark.parametrize(
    ("terms", "text", "found"),
    [
        (["dog"], "A dog, two dogs and a DOG. Dog!", ["dog", "DOG", "Dog"]),
        (["Polish"], "Polish the Polish table, polish it", ["Polish", "Polish"]),
        (["new york", "york city", "new"], "new york city has a new hall", ["new york", "new"]),
        (
            ["ice cream"],
            "ice  cream, ice\ncream, ice-cream, icecream",
            ["ice  cream", "ice\ncream"],
        ),
        (["café"], "cafe\u0301 Cafés CAFÉ", ["cafe\u0301", "CAFÉ"]),
        (["e"], "e\u0301 e", ["e"]),
        (["咖啡", "咖"], "我喝咖啡，咖啡店有咖", ["咖啡", "咖啡", "咖"]),
        (["กา"], "กากี", ["กา"]),
        (["c++"], "C++ or c+++ or C+", ["C++", "c++"]),
        (["ω"], "Ω ω ώ ωω", ["Ω", "ω"]),
        (["سلام"], "سلام! والسلام", ["سلام"]),
        (["👩‍💻"], "a 👩‍💻 at work", ["👩‍💻"]),
        (["straße"], "die STRAßE und Straße", ["STRAßE", "Straße"]),
    ],
)
def test_where_terms_are_found(terms: list[str], text: str, found: list[str]) -> None:
    uses = Glossary(dict.fromkeys(terms, "x")).uses(text)
    assert [text[start:end] for start, end, _ in uses] == found


def test_no_term_has_a_part_of_a_unit() -> None:
    glossary = Glossary({"b": "x", "24 hours": "y", "hours": "z"})
    text = "b <b>24 hours</b>"
    assert [use.term for use in glossary.uses(text)] == ["b", "b", "24 hours", "b"]
    units = [(2, 5), (5, 7), (13, 17)]
    assert [use.term for use in glossary.uses(text, units)] == ["b", "hours"]


def test_terms_are_placed_one_for_one() -> None:
    glossary = Glossary({"dog": ["Hund", "Hündin"], "hound": "Hund", "cat": "Katze"})
    uses = glossary.uses("dog cat hound dog")
    placed = glossary.placed(uses, "Ein Hund, Hunde, eine Hündin und Hund")
    assert placed == (
        Term(0, 3, 22, 28),
        Term(4, 7),
        Term(8, 13, 4, 8),
        Term(14, 17, 33, 37),
    )


TARGETS = ["bread", "Łódź tower", "the the", "咖啡", "☕", "(x)", "ab\u0301c", "I", "tea! tea", "ß"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("beam", [1, 5])
def test_hard_terms_are_always_there(translator: Translator, target: str, beam: int) -> None:
    glossary = Glossary({"咖啡": target, "老师": "master"})
    plain = translator.translate(TEXTS, beam=beam)
    results = translator.translate([*TEXTS, ""], glossary=glossary, beam=beam)
    wanted = unicodedata.normalize("NFC", target)
    for result, text in zip(results, [*TEXTS, ""], strict=True):
        for term in result.terms:
            assert term.begin is not None
            said = result.text[term.begin : term.stop]
            expected = "master" if text[term.start : term.end] == "老师" else wanted
            assert said in (expected, expected[0].upper() + expected[1:])
        assert len(result.terms) == len(glossary.uses(text))
    assert results[0] == results[2]
    assert results[0].terms
    if target == "bread":
        assert results[0].text != plain[0].text


def test_as_often_as_the_source_has_it_in_any_form(translator: Translator) -> None:
    glossary = Glossary({"我": ["me", "myself"], "咖啡": "tea"})
    text = "我喜欢我我喜欢咖啡"
    for nbest in (1, 3):
        [best] = translator.translate([text], glossary=glossary, nbest=nbest)
        for result in (best, *best.alternatives):
            words = result.text.lower().split()
            assert words.count("me") + words.count("myself") >= 3
            assert "tea" in words
            assert [t.begin is None for t in result.terms] == [False] * 4


def test_a_hundred_terms_of_a_sentence_are_asked_for(transformer: Path) -> None:
    glossary = Glossary({"咖啡": "x"})
    spelling = Spelling(load_translator(transformer).target_tokenizer)
    for count in (99, 104):
        due = glossary.due(glossary.uses("咖啡" * count), spelling, None)
        one = glossary.due(glossary.uses("咖啡"), spelling, None)
        assert due is not None
        assert one is not None
        assert due.tokens == min(count, 100) * one.tokens


def test_soft_terms_stand_where_they_are_worth_it(translator: Translator) -> None:
    plain = translator.translate(TEXTS)
    free, dear = (
        translator.translate(TEXTS, glossary=Glossary({"咖啡": "tea", "面包": "rice"}, bonus))
        for bonus in (0.0, 60.0)
    )
    assert [t.text for t in free] == [t.text for t in plain]
    assert all(term.begin is None for t in free for term in t.terms)
    assert all(term.begin is not None for t in dear for term in t.terms)
    assert [len(t.terms) for t in free] == [1, 1, 1]


def test_in_documents_with_units_and_after_a_prefix(translator: Translator) -> None:
    glossary = Glossary({"咖啡": "tea", "老师": "master 7", "钥匙": "lock"})
    text = "我喜欢{n}咖啡。\n\n  - 老师吃<b>咖啡</b>。"
    [document] = translator.translate([text], documents=True, glossary=glossary)
    said = {
        (text[t.start : t.end], None if t.begin is None else document.text[t.begin : t.stop])
        for t in document.terms
    }
    assert said == {("咖啡", "tea"), ("老师", None)}  # "master 7" would be read as a unit
    assert sorted(document.text[c:d] for _, _, c, d in document.units) == ["</b>", "<b>", "{n}"]
    assert translator.oddities(document).unplaced == [
        "the glossary's translation of '老师' is not in it"
    ]
    [held] = translator.translate(TEXTS[:1], prefix="they tea", glossary=glossary)
    assert held.text.startswith("they tea")
    assert held.terms[0].begin == 5


def test_results_travel(translator: Translator) -> None:
    glossary = Glossary({"咖啡": "tea", "我": "\ufffd7"})
    [result] = translator.translate(TEXTS[:1], glossary=glossary, nbest=2, protect=True)
    assert [t.begin is None for t in result.terms] == [True, False]
    record = json.loads(json.dumps(result.as_dict()))
    assert record["terms"][0] == [0, 1, None, None]
    again = Translation.from_dict(record)
    assert again == pickle.loads(pickle.dumps(result)) == result
    assert translator.attend(again).terms == result.terms
    record["terms"] = [[0, 1, None, 2]]
    with pytest.raises(DataError, match="not a record"):
        Translation.from_dict(record)


@settings(max_examples=10, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*"我喜欢咖啡老师吃面包", "咖啡", "喜欢"]),
        st.text(min_size=1, max_size=8).filter(lambda text: not text.isspace()),
        min_size=1,
        max_size=3,
    )
)
def test_any_text_can_be_a_translation(transformer: Path, terms: dict[str, str]) -> None:
    translator = load_translator(transformer)
    assume(all(visible(form).strip() for form in terms.values()))
    glossary = Glossary(terms)
    for result in translator.translate(TEXTS[:2], glossary=glossary, beam=2):
        assert all(term.begin is not None for term in result.terms), (result.text, terms)


def test_what_cannot_be_had_at_once(translator: Translator) -> None:
    glossary = Glossary({"咖啡": "black tea"})
    with pytest.raises(ConfigError, match="'tea' is banned, and the glossary asks for 'black tea'"):
        translator.translate(TEXTS, glossary=glossary, banned=["rice", "tea"])
    assert translator.translate(TEXTS, glossary=glossary, banned=["rice"])
    with pytest.raises(ConfigError, match="leave out temperature"):
        translator.translate(TEXTS, glossary=glossary, temperature=0.5)
    with pytest.raises(ConfigError, match="must be a Glossary; got dict"):
        translator.translate(TEXTS, glossary={"a": "b"})  # pyright: ignore[reportArgumentType]


def test_what_is_no_glossary(tmp_path: Path) -> None:
    for terms, text in [
        ({"a": []}, "'a' has no translation"),
        ({"a": "\u200b"}, r"'\\u200b' is empty"),
        ({"": "b"}, "'' is empty"),
        ({"a": "b" * 201}, "longer than 200"),
        ({"a": 3}, "must be texts; got 3"),
        ("terms.tsv", "must be a dict; got 'terms.tsv'"),
        ({"a": "\ud800"}, "surrogate"),
    ]:
        with pytest.raises(ConfigError, match=text):
            Glossary(terms)  # pyright: ignore[reportArgumentType]
    for bonus in (-1, 101, float("nan")):
        with pytest.raises(ConfigError, match="bonus must lie between 0 and 100"):
            Glossary({"a": "b"}, bonus)


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "terms.tsv"
    path.write_text("\ufeffdog\tHund\r\n\r\ncat\tKatze\ndog\tKöter\n", encoding="utf-8")
    glossary = Glossary.read(path, 1.5)
    assert glossary == Glossary({"dog": ["Hund", "Köter"], "cat": "Katze"}, 1.5)
    assert hash(glossary) == hash(Glossary.read(path, 1.5))
    for line, number in [("dog", 1), ("\na\tb\tc", 2), ("a\tb\n\t\n \tc", 3)]:
        path.write_text(line, encoding="utf-8")
        with pytest.raises(DataError, match=f"terms.tsv, line {number}: must be a term, a tab"):
            Glossary.read(path)
    path.write_bytes(b"a\t\xff")
    with pytest.raises(DataError):
        Glossary.read(path)
    with pytest.raises(DataError, match=r"nowhere\.tsv"):
        Glossary.read(tmp_path / "nowhere.tsv")
    path.write_text("a\t\u200b", encoding="utf-8")
    with pytest.raises(DataError, match=r"terms\.tsv: .*is empty"):
        Glossary.read(path)


def test_spellings_are_those_of_the_decoder(translator: Translator) -> None:
    tokenizer = translator.target_tokenizer
    spelling = Spelling(tokenizer)
    for text in ["the cat (see 咖啡 Łódź) 👩‍💻", "don't", "a  b"]:
        ids = tokenizer.encode(text).ids
        assert spelling.text(ids).strip() == tokenizer.decode(ids).text
