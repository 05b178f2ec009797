"""The phrasebook's grammar: grammatical, unambiguous, correctly aligned, split without overlap."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qkv.data.phrasebook
from qkv.data.phrasebook import Phrasebook, PhrasebookPair
from qkv.errors import DataError
from tests.fresh import printed
from tools.phrasebook import (
    ARTICLE_PAIRS,
    __main__,
    _english,
    _splits,
    _tables,
    generate,
    lexicon,
)
from tools.phrasebook import _moods as moods
from tools.phrasebook._choices import around
from tools.phrasebook._clauses import ask, clause, relative, who
from tools.phrasebook._events import move
from tools.phrasebook._linked import Linked, Phrase, align, linked, weave
from tools.phrasebook._phrases import (
    at,
    colour,
    copula,
    pronoun,
    quality,
    role,
    thing,
    transitive,
    verb_phrase,
)
from tools.phrasebook._sentences import BANDS, band, sentence, stopped


@pytest.fixture(scope="module")
def book() -> Phrasebook:
    return generate(seed=7, train=6000, valid=500, test=500)


def all_pairs(book: Phrasebook) -> list[PhrasebookPair]:
    return [pair for split in book for pair in split]


def bare(text: str) -> str:
    return text.rstrip("。.")


# ---- the corpus


def test_same_seed_same_pairs_on_any_machine() -> None:
    small = generate(seed=3, train=40, valid=10, test=10)
    assert generate(seed=3, train=40, valid=10, test=10) == small
    code = (
        "from tools.phrasebook import generate; "
        "print(repr(generate(seed=3, train=40, valid=10, test=10)))"
    )
    assert [printed(code, hash_seed) for hash_seed in ("1", "2")] == [repr(small)] * 2


def test_the_package_carries_what_the_command_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = Path(qkv.data.phrasebook.__file__)
    shipped = loader.with_suffix(".tsv.gz").read_bytes()
    monkeypatch.setattr(qkv.data.phrasebook, "__file__", str(tmp_path / "phrasebook.py"))
    __main__.main()
    written = (tmp_path / "phrasebook.tsv.gz").read_bytes()
    assert gzip.decompress(written) == gzip.decompress(shipped)
    assert written == shipped
    [checksum] = re.findall(r'_SHA256 .*"(\w{64})"', capsys.readouterr().out)
    assert f'_SHA256 = "{checksum}"' in loader.read_text()


def test_seeds_differ_and_test_does_not_depend_on_train_size() -> None:
    one = generate(seed=1, train=50, valid=20, test=20)
    assert one != generate(seed=2, train=50, valid=20, test=20)
    larger = generate(seed=1, train=200, valid=20, test=20)
    assert larger.test == one.test
    assert larger.valid == one.valid


def test_no_sentence_twice_in_either_language(book: Phrasebook) -> None:
    assert [len(split) for split in book] == [6000, 500, 500]
    for side in ("source", "target"):
        texts = [bare(getattr(pair, side)) for pair in all_pairs(book)]
        assert len(set(texts)) == len(texts)


def test_article_sentences_are_kept_for_the_test_of_a_model(book: Phrasebook) -> None:
    kept = {bare(text) for pair in ARTICLE_PAIRS for text in (pair.source, pair.target)}
    seen = {bare(text) for pair in all_pairs(book) for text in (pair.source, pair.target)}
    assert not kept & seen
    train = "\n".join(pair.source for pair in book.train)
    parts = ("今天早上", "在公园", "看到了", "一只", "非常可爱", "小猫", "喜欢", "咖啡", "我")
    assert all(train.count(part) >= 10 for part in parts)


def test_every_band_of_lengths_has_its_fifth(book: Phrasebook) -> None:
    for split in book:
        sizes = Counter(band(len(pair.source)) for pair in split)
        assert sizes == {b: len(split) // BANDS for b in range(BANDS)}
    assert max(len(pair.source) for pair in book.test) > 40
    assert [band(n) for n in (1, 8, 9, 16, 17, 24, 25, 32, 33, 90)] == [
        0,
        0,
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
    ]


def test_a_share_goes_without_its_full_stop_in_both_languages(book: Phrasebook) -> None:
    statements = [pair for pair in book.train if not pair.source.endswith("？")]
    assert all(pair.source.endswith("。") == pair.target.endswith(".") for pair in statements)
    unstopped = sum(not pair.source.endswith("。") for pair in statements) / len(statements)
    assert 0.12 < unstopped < 0.18


def test_every_word_of_the_lexicon_is_said(book: Phrasebook) -> None:
    entries = re.findall(
        r"[一-鿿·]+", "\n".join(getattr(_tables, name) for name in _tables.__all__)
    )
    words = {word for entry in entries for word in entry.split("·")} - {"从", "日", "午"}
    assert len(words) >= 500
    text = "\n".join(pair.source for pair in all_pairs(book))
    assert not {word for word in words if word not in text}


def test_too_many_pairs_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_splits, "_PATIENCE", 0)
    with pytest.raises(DataError, match=r"generate\(\): no new sentences left among the .* Chin"):
        generate(train=500, valid=0, test=0)


# ---- the languages


def test_one_chinese_sentence_has_one_translation() -> None:
    rng, seen = Random(11), {}
    ambiguous = 0
    for draw in range(20_000):
        pair = align(sentence(rng, draw % BANDS))
        ambiguous += seen.setdefault(pair.source, pair.target) != pair.target
    assert ambiguous == 0


def test_spelling_and_punctuation(book: Phrasebook) -> None:
    for source, target, _ in all_pairs(book):
        assert re.fullmatch(r"[一-鿿，、]+[。？]?", source), source
        assert re.fullmatch(r"[A-Z][A-Za-z' ,.]*[a-zA-Z][.?]?", target), target
        assert not re.search(r"  | [,.?]", target), target
        assert source.endswith("？") == target.endswith("?")


def test_a_and_an(book: Phrasebook) -> None:
    consonant_sound = ("uni", "use")
    for pair in all_pairs(book):
        words = re.split(r"[ ,]+", pair.target.lower())
        for article, word in pairwise(words):
            vowel = word[:1] in tuple("aeiou") and not word.startswith(consonant_sound)
            if article in ("a", "an"):
                assert (article == "an") == vowel, pair.target


def test_measure_words_go_with_their_nouns(book: Phrasebook) -> None:
    measures: dict[str, set[str]] = {}
    for noun in (noun for nouns in lexicon.NOUNS.values() for noun in nouns):
        measures.setdefault(noun.zh.replace("·", ""), set()).add(noun.measure)
    known = {"猫": "只", "狗": "条", "马": "匹", "书": "本", "信": "封", "毛衣": "件", "裙子": "条",
             "自行车": "辆", "桌子": "张", "椅子": "把", "咖啡": "杯", "面条": "碗", "鞋": "双",
             "花": "朵", "树": "棵", "照片": "张", "电影": "部", "手机": "部", "铅笔": "支",
             "餐厅": "家"}  # fmt: skip
    assert {zh: measures[zh] for zh in known} == {zh: {m} for zh, m in known.items()}
    for person in (person for people in lexicon.PEOPLE.values() for person in people):
        measures.setdefault(person.zh, set()).add(person.measure)
    nouns = "|".join(sorted(measures, key=len, reverse=True))
    every_measure = "".join(set().union(*measures.values()))
    pattern = re.compile(f"[一两三四五六七八九十几这那哪]([{every_measure}])({nouns})")
    used = [match.groups() for pair in all_pairs(book) for match in pattern.finditer(pair.source)]
    assert len(used) > 1000
    assert all(measure in measures[noun] for measure, noun in used)


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("run", "runs ran run running"),
        ("study", "studies studied studied studying"),
        ("write", "writes wrote written writing"),
        ("see", "sees saw seen seeing"),
        ("lie", "lies lied lied lying"),
        ("play", "plays played played playing"),
        ("plan", "plans planned planned planning"),
        ("watch", "watches watched watched watching"),
        ("have", "has had had having"),
        ("visit", "visits visited visited visiting"),
    ],
)
def test_verb_forms(base: str, forms: str) -> None:
    made = [_english.verb_form(base, form) for form in ("third", "past", "participle", "ing")]
    assert made == forms.split()


def test_plurals_and_degrees() -> None:
    nouns = "child wolf potato piano bus dictionary toy scarf apple_tree sheep"
    plurals = "children wolves potatoes pianos buses dictionaries toys scarves apple_trees sheep"
    made = [_english.plural(noun.replace("_", " ")) for noun in nouns.split()]
    assert made == [noun.replace("_", " ") for noun in plurals.split()]
    degrees = {"big": "bigger biggest", "cute": "cuter cutest", "heavy": "heavier heaviest",
               "young": "younger youngest", "good": "better best", "quiet": "quieter quietest",
               "famous": "more_famous most_famous"}  # fmt: skip
    for adjective, made in degrees.items():
        both = [_english.comparative(adjective), _english.superlative(adjective)]
        assert both == [degree.replace("_", " ") for degree in made.split()]


# ---- the alignment


def gloss(text: Linked) -> str:
    """Each English word with the Chinese it is linked to: 'saw=看到 the= cat=猫'."""
    source, target, links = align(text)
    linked_to = {j: "".join(source[i] for i, k in links if k == j) for _, j in links}
    return " ".join(f"{word}={linked_to.get(j, '')}" for j, word in enumerate(target.split()))


def noun(kind: str, zh: str) -> lexicon.Noun:
    return next(noun for noun in lexicon.NOUNS[kind] if noun.zh == zh)


def test_article_pairs() -> None:
    kitten, coffee = ARTICLE_PAIRS
    assert kitten.source == "我今天早上在公园看到了一只非常可爱的小猫"
    assert kitten.target == "I saw a very cute kitten in the park this morning"
    assert kitten.links == (
        (0, 0), (1, 9), (2, 9), (3, 10), (4, 10), (5, 6), (6, 8), (7, 8), (8, 1), (9, 1),
        (11, 2), (13, 3), (14, 3), (15, 4), (16, 4), (18, 5), (19, 5),
    )  # fmt: skip
    assert coffee == ("我喜欢咖啡", "I like coffee", ((0, 0), (1, 1), (2, 1), (3, 2), (4, 2)))


def test_gold_relative_clause() -> None:
    bought = transitive("买", "buy").near(at(lexicon.PLACES["商店"]))
    bought_by_me = relative(
        clause(pronoun("我"), bought, moods.WAS, time=linked("昨天", "yesterday"))
    )
    text = stopped(clause(thing(noun("book", "书"), relative=bought_by_me), quality("有意思")))
    assert align(text).source == "我昨天在商店买的书很有意思。"
    assert gloss(text) == (
        "The= book=书 that=的 I=我 bought=买 at=在 the= shop=商店 yesterday=昨天 "
        "is=很 interesting.=有意思。"
    )


def test_gold_question() -> None:
    what = linked("什么", "what")
    eaten = transitive("吃", "eat", Phrase(what.zh)).near(at(lexicon.PLACES["餐厅"]))
    question = ask(
        pronoun("她"), eaten, moods.PAST, time=linked("昨天·晚上", "last night"), wh=what
    )
    text = weave("{x} ？1", "{x} ?1", x=question)
    assert align(text).source == "她昨天晚上在餐厅吃了什么？"
    assert gloss(text) == (
        "What=什么 did= she=她 eat=吃 at=在 the= restaurant=餐厅 last=昨天 night?=晚上？"
    )


def test_gold_ba_and_place() -> None:
    shoes = thing(noun("garment", "鞋"), "两", colour("红色"))
    put = move(
        transitive("放", "put"), shoes.as_object, around("床·下面", "under the bed", zai=True)
    )
    text = stopped(clause(pronoun("他"), put, moods.PAST))
    assert align(text).source == "他把两双红色的鞋放在床下面了。"
    assert gloss(text) == (
        "He=他 put=放 two=两 pairs=双 of= red=红色 shoes=鞋 under=在下面 the= bed.=床。"
    )


def test_gold_who_and_comparison() -> None:
    girl = next(person for person in lexicon.PEOPLE["youth"] if person.zh == "女孩")
    reading = verb_phrase("看·书", "read", late=True).near(at(lexicon.PLACES["公园"]))
    subject = role(girl, relative=who(reading, moods.PROGRESSIVE))
    taller = copula("", linked("高", "taller")).near(
        weave("比1 {x}", "than1 {x}", x=pronoun("我").as_object)
    )
    text = clause(subject, taller)
    assert align(text).source == "正在公园看书的女孩比我高"
    assert gloss(text) == (
        "The= girl=女孩 who=的 is=正 reading=看书 in=在 the= park=公园 is= taller=高 than=比 me=我"
    )


def test_gold_negation_and_reason() -> None:
    tired = clause(
        pronoun("我们"), quality("累", "非常"), moods.WAS, time=linked("昨天", "yesterday")
    )
    together = weave("跟1 {x} 一起", "with1 {x}", x=pronoun("她").as_object)
    undone = verb_phrase("打·篮球", "play basketball", late=True).far(together)
    stayed = clause(pronoun("我们"), undone, moods.DID_NOT)
    because = weave("因为1 {a} ，2 所以 {b}", "because1 {a} ,2 {b}", a=tired, b=stayed)
    assert align(because).source == "因为我们昨天非常累，所以我们没跟她一起打篮球"
    assert gloss(because) == (
        "Because=因为 we=我们 were= very=非常 tired=累 yesterday,=昨天， "
        "we=我们 did=没 not=没 play=打 basketball=篮球 with=跟 her=她"
    )


def test_only_words_without_counterpart_are_unlinked(book: Phrasebook) -> None:
    measures = "".join({n.measure for nouns in lexicon.NOUNS.values() for n in nouns if not n.unit})
    glue_zh = set("了的把吗吧个位场给今年边所以但一起是，" + measures)
    glue_en = {"a", "an", "the", "of", "to", "it", "them", "and", "that", "there", "for", "in"}
    glue_en |= {"do", "does", "did", "be", "am", "is", "are", "was", "were"}
    for source, target, links in all_pairs(book):
        from_zh, from_en = {i for i, _ in links}, {j for _, j in links}
        free = {char for i, char in enumerate(source) if i not in from_zh}
        assert free <= glue_zh, (source, free - glue_zh)
        words = target.lower().split()
        unlinked = {word for j, word in enumerate(words) if j not in from_en}
        assert unlinked <= glue_en, (target, unlinked - glue_en)


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_links_are_in_range_sorted_and_cover_the_end(seed: int) -> None:
    small = generate(seed, train=15, valid=5, test=5)
    for source, target, links in all_pairs(small):
        words = target.split()
        assert links == tuple(sorted(set(links)))
        assert all(0 <= i < len(source) and 0 <= j < len(words) for i, j in links)
        if source[-1] in "。？":
            assert (len(source) - 1, len(words) - 1) in links
