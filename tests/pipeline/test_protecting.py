"""Units come back exactly, whatever the model says: these say nothing but noise."""

from __future__ import annotations

import json
import pickle
import re
from collections import Counter
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.data.protected import STAND_INS, TAG, is_tag, unit_spans
from qkv.data.sentences import document_spans
from qkv.data.tokenizer import EOS, Decoded, Encoding, Token, Tokenizer
from qkv.data.words import spans
from qkv.errors import ConfigError
from qkv.models import PLAIN, ModelConfig, build
from qkv.pipeline import Translation, Translator
from qkv.pipeline.editing import edited, moved
from qkv.pipeline.paragraph import split_at_eos
from qkv.pipeline.protecting import Protection, restored

ENGLISH = re.findall(r"\w+", "the quick brown fox jumps over a lazy dog while children play")
CHINESE = "我喜欢咖啡他看书小猫吃鱼老师买苹果学生在公园里跑步"
MARKS = {"none": "", "all": STAND_INS[:4], "tags": TAG, "numbers": STAND_INS[1:3]}


@cache
def noise(marks: str, seed: int = 7, **settings: Any) -> Translator:
    """A model with weights as they are drawn, whose tokens can spell any unit."""
    random = Random(marks)
    lines = [
        " ".join(random.sample(ENGLISH, 7)) + tail for tail in (" 5%.", " @ $ / {a}!", " <>&;")
    ]
    lines += ["".join(random.sample(CHINESE, 9)) + "。", "www.a.b http://x"]
    lines += [f"the {mark} fox {mark}吃 ({mark})" for mark in marks]
    tokenizer = Tokenizer.train(lines * 9, 420, marks)
    size = tokenizer.vocabulary_size
    config = ModelConfig(
        width=16, embedding=16, heads=2, feedforward=16, encoder_layers=1, decoder_layers=1,
        source_vocabulary=size, target_vocabulary=size,
    )  # fmt: skip
    if settings:
        config = ModelConfig(
            architecture="rnn", width=16, embedding=16, encoder_width=16, encoder_layers=1,
            decoder_layers=1, source_vocabulary=size, target_vocabulary=size, **settings,
        )  # fmt: skip
    torch.manual_seed(seed)
    model = build(config).eval()
    for parameter in model.parameters():
        parameter.data *= 3  # so that tokens differ from place to place
    return Translator(model, tokenizer, tokenizer)


@pytest.fixture(params=MARKS)
def translator(request: pytest.FixtureRequest) -> Translator:
    return noise(MARKS[request.param])


def units(text: str) -> list[str]:
    return [text[start:end] for start, end in unit_spans(text)]


def unit(random: Random) -> str:
    n = random.randrange(1000)
    return random.choice(
        [
            f"https://ex{n}.com/a_{n}?b={n}&c=%20#d", f"www.x{n}.de/(a)", f"a.b{n}@mail{n}.co.uk",
            f"{n},{n:03}.50", f"{n / 7:.2f}", f"{n % 24}:30", f"{n % 100} %", f"-{n}", f"{n}",
            f"{{name{n}}}", "{0}", "%s", "%(x)d", "${v}", "&amp;", f"A{n}", "{{ x }}", "%1$s",
        ]
    )  # fmt: skip


def sentence(random: Random, words: list[str]) -> str:
    chosen = random.sample(words, random.randint(1, 8))
    for _ in range(random.choice([0, 0, 1, 1, 2, 4])):
        shape = random.choice(["{}", "{}", "{}", "({})", "“{}”", "<b>{}</b>", "<i><b>{}</b></i>"])
        chosen.insert(random.randint(0, len(chosen)), shape.replace("{}", unit(random)))
    if words is ENGLISH:  # a small letter begins no sentence, and a number might end none
        return f"Then {' '.join(chosen)} now{random.choice('.!?')}"
    return random.choice(["", " "]).join(chosen) + random.choice("。！？")


CHINESE_WORDS = list(CHINESE)


def paragraph(seed: int) -> str:
    random = Random(seed)
    words = random.choice([ENGLISH, CHINESE_WORDS])
    text = random.choice(["", "  ", "\n\n", " \t"])
    for _ in range(random.randint(1, 3)):
        text += sentence(random, words) + random.choice([" ", "  ", "\n\n", "\n\n  "])
    return text if random.random() < 0.5 else text.rstrip()


def check(source: str, translation: Translation) -> None:
    text, expected = translation.text, units(source)
    assert Counter(units(text)) == Counter(expected)
    assert list(filter(is_tag, units(text))) == list(filter(is_tag, expected))
    listed = Counter(text[c:d] for _, _, c, d in translation.units)
    assert listed <= Counter(expected)  # the number of a list's item is outside its sentence
    assert listed == Counter(expected) or re.search(r"^\s*\d+[.)]", source, re.MULTILINE)
    assert all(source[a:b] == text[c:d] for a, b, c, d in translation.units)
    for whole, tokens in ((source, translation.source_tokens), (text, translation.tokens)):
        places = [token for token in tokens if token.start < token.end]
        assert [t.start for t in places] == sorted(t.start for t in places)
        for name, start, end in places:
            assert name.startswith("<0x") or whole[start:end] == name


@pytest.mark.parametrize("marks", ["all", "numbers"])
def test_a_translation_that_people_wrote_may_have_units(marks: str) -> None:
    read = noise(MARKS[marks]).forced("The fox 12.5 now", "吃 12.5 the fox")
    assert read.text == "吃 12.5 the fox"
    assert [read.source[a:b] for a, b, _, _ in read.units] == ["12.5"]
    assert [read.text[c:d] for _, _, c, d in read.units] == ["12.5"]
    assert len(read.attention.probabilities) == len(read.tokens)


@pytest.mark.parametrize("first", range(0, 1000, 250))
def test_a_thousand_paragraphs(first: int) -> None:
    translator = noise([*MARKS.values()][first // 250])
    texts = [paragraph(seed) for seed in range(first, first + 250)]
    found = translator.translate(texts, documents=True, beam=1, max_ratio=0.2)
    for text, translation in zip(texts, found, strict=True):
        check(text, translation)
        sentences = document_spans(text, unit_spans(text))
        assert translation.ids.count(EOS) + 1 == len(sentences)
        for whole in (text, translation.text):
            assert whole.startswith(text[: sentences[0][0]])
            assert whole.endswith(text[sentences[-1][1] :])
        assert re.findall(r"\n\s*|  +", text) == re.findall(r"\n\s*|  +", translation.text)


PIECES = [
    *"%{}</>$&;@。.!-+,:()'#s\"我 \n",
    "  ", "\n\n", "5", "50", "{a}", "<b>", "</b>", "%s", "%d", "${x}",
    "&amp;", "http://", "www.", "x.com", "a@b.c", "喜欢", "the", "fox", "\ufdd0", "\ufdd1", "é",
    "e\u0301", "\u200b", "٣", "３", "Ab",
]  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.sampled_from(PIECES), max_size=16).map("".join), st.sampled_from([*MARKS]))
def test_any_text(text: str, kind: str) -> None:
    for documents in (False, True):
        translator = noise(MARKS[kind])
        [found] = translator.translate(
            [text], protect=True, documents=documents, beam=1, max_ratio=0.5
        )
        check(text, found)
        assert translator.attend(found) == found
        sentences = document_spans(text, unit_spans(text))
        assert not documents or found.ids.count(EOS) == max(0, len(sentences) - 1)


SHAPES = [
    "https://x.com/a",
    "  {a} {b}\u3000%s ",
    "5",
    "5 foxes",
    "the fox has 5",
    "the fox (5).",
    " ".join(f"fox {n}" for n in range(50)),
    "".join(f"{{{n}}}" for n in range(50)),
    " ".join(["5"] * 50),
    "我有3个<b>苹果</b>，看https://x.com/a吃{name}。",
    "<a href='x'><b>the <i>fox</i></b></a> jumps",
    "<b>the fox <i>jumps</b>",
    "the </i> fox <br/> jumps <b",
    "⟨1⟩ <unit1> the \ufdd0 fox \ufdd1\ufdd2 jumps \ufddf",
    "the fox https://x.com/" + "a1" * 2000 + " jumps",
    "fox{name}fox 1080p A4 3rd-5th",
    "a < b & c > d { e } @ $ % 50 % / www. http://",
    "5 %s 100%s 50 % 7% {0}% %% 50%-fox",
    "-5 5-5 - 5 +5",
    "five & six",
]


@pytest.mark.parametrize(
    "search", [{}, {"beam": 1}, {"temperature": 2.0, "nbest": 2}, {"nbest": 3}]
)
@pytest.mark.parametrize("text", SHAPES, ids=lambda text: text[:20])
def test_any_shape(translator: Translator, text: str, search: dict[str, Any]) -> None:
    [found] = translator.translate([text], protect=True, max_ratio=0.5, **search)
    for each in (found, *found.alternatives):
        check(text, each)


def test_other_rules_of_a_search_come_after_units(translator: Translator) -> None:
    text = "the 5 foxes <b>jump</b> 6 {a}"
    rules: list[dict[str, Any]] = [
        {"max_length": 1},
        {"shortlist": ["fox"]},
        {"no_repeat": 1},
        {"min_length": 20},
        {"banned": ["5", "<b>"]},
        {"prefix": "the lazy 6 and 7 {b} fox"},
    ]
    for rule in rules:
        [found] = translator.translate([text], protect=True, **rule)
        kept = units(found.text)
        if "prefix" in rule:
            assert found.text.startswith("the lazy 6 and 7 {b} fox")
            kept = [unit for unit in kept if unit not in ("7", "{b}")]
        assert Counter(kept) == Counter(units(text))


def test_a_model_that_attends_to_nothing() -> None:
    for marks in ("", STAND_INS[:4]):
        translator = noise(marks, attention="none")
        for text in SHAPES:
            [found] = translator.translate([text], protect=True, beam=1)
            check(text, found)


def test_units_stay_text_unless_they_are_protected() -> None:
    known, unknown = noise(STAND_INS[:4]), noise("")
    text = "the fox has 5 {a}"
    assert known.translate([text])[0].units
    assert not unknown.translate([text])[0].units
    [found] = unknown.translate([text], protect=False)
    assert found == unknown.translate([text])[0]
    assert "5" in [token.text for token in found.source_tokens]
    assert not known.translate([text], protect=False)[0].units
    assert unknown.translate([text], documents=True)[0].units


def test_links_of_units_are_known(translator: Translator) -> None:
    text = "the fox has 5 dogs. 我有{a}书。  <b>the</b> dog"
    [found] = translator.translate([text], documents=True)
    links, source, target = found.alignment(), spans(text), spans(found.text)
    assert len(found.units) == 4
    for start, end, begin, stop in found.units:
        (i,) = [i for i, (a, b) in enumerate(source) if a <= start and end <= b]
        (j,) = [j for j, (a, b) in enumerate(target) if a <= begin and stop <= b]
        assert (i, j) in links
    assert found.attention.matrix().shape == (len(found.tokens), len(found.source_tokens))


def test_it_travels_and_is_looked_at_again(translator: Translator) -> None:
    texts = [paragraph(seed) for seed in range(5)]
    for documents in (True, False):
        found = translator.translate(texts, documents=documents, protect=True, nbest=2, beam=2)
        for whole in found:
            record = json.loads(json.dumps(whole.as_dict()))
            for back in (pickle.loads(pickle.dumps(whole)), Translation.from_dict(record)):
                assert back == whole
                again = translator.attend(back)
                # Of random weights near ties decide the links, so what they are read from is held.
                assert again.weigh is not None
                assert whole.weigh is not None
                for one, other in zip(again.weigh(), whole.weigh(), strict=True):
                    np.testing.assert_allclose(one, other, atol=1e-4)
                np.testing.assert_array_equal(again.attention.matrix(), whole.attention.matrix())


PUT = [  # source, what the model said of it, what of that attended to which source word, result
    ("the fox 5 jumps.", "der Fuchs springt.", [0, 1, 2, 3], "der Fuchs 5 springt."),
    ("the fox (5) jumps.", "der Fuchs () springt.", [0, 1, 2, 3, 4, 5], "der Fuchs (5) springt."),
    ("jumps 5 now", "nun springt", [1, 0], "nun springt 5"),
    ("5 jumps", "springt", [0], "5 springt"),
    ("see www.a.b", "siehe", [0], "siehe www.a.b"),
    ("see www.a.b.", "siehe.", [0, 1], "siehe www.a.b."),
    ("a <b>fox</b>, yes", "ein Fuchs, ja", [0, 1, 2, 3], "ein <b>Fuchs</b>, ja"),
    ("a <i><b>fox</b></i> runs", "ein Fuchs", [0, 1], "ein <i><b>Fuchs</b></i>"),
    ("<b>fox</b> <i>a</i>", "ein Fuchs", [1, 0], "ein <b>Fuchs</b> <i></i>"),
    ("fox {a}{b} %s", "Fuchs", [0], "Fuchs {a}{b} %s"),
    ("fox 5 6", "狐狸", [0], "狐狸5 6"),
    ("pay $5 now", "zahle $ nun", [0, 1, 2], "zahle $5 nun"),
    ("fox 5", "Fuchs https://x.c 7", [0, 0, 0], "Fuchs 5"),
    ("fox 5 a", "Fuchs %", [0, 0], "Fuchs 5"),  # 5 % would be another
]


@pytest.mark.parametrize(("source", "said", "links", "expected"), PUT)
def test_units_are_put_where_attention_points(
    source: str, said: str, links: list[int], expected: str
) -> None:
    tokenizer = Tokenizer.train([source, said], 300)
    reading = Protection(tokenizer, tokenizer).reading(source, "", True)
    words = re.compile(r"\w+|\S")
    shown = [Token(m[0], *m.span()) for m in words.finditer(reading.shown)]
    tokens = reading.tokens(Encoding([], shown))
    decoded = Decoded(said, [Token(m[0], *m.span()) for m in words.finditer(said)])
    weights = np.zeros((len(decoded.tokens) + 1, len(tokens) + 1))
    weights[-1, -1] = 0.4
    for row, column in enumerate(links):
        weights[row, column] = 0.5
    assert restored(reading, decoded, tokens, lambda: weights).text == expected


def test_a_unit_that_would_be_read_as_none_is_parted() -> None:
    mark = STAND_INS[1]
    tokenizer = Tokenizer.train([f"fox {mark} fox{mark}"], 300, STAND_INS[:2])
    reading = Protection(tokenizer, tokenizer).reading("fox www.a.b", "", True)
    assert reading.shown == f"fox {mark}"
    said = Decoded(f"fox{mark}fox{mark}", [Token(f"fox{mark}fox{mark}", 0, 8)])
    result = restored(reading, said, reading.tokens(Encoding([], [])), lambda: None)
    assert result.text == "fox www.a.b fox"  # and once only
    assert result.units == ((4, 11, 4, 11),)


def test_every_sentence_of_a_document_has_some_text() -> None:
    translator = noise("", seed=1)
    translator.model.get_parameter("decoder.output.bias").data[EOS] = 1e4
    text = "The fox jumps. The dog plays."
    assert translator.translate([text])[0].text == ""
    [found] = translator.translate([text], documents=True)
    assert all(len(ids) == 1 for ids in split_at_eos(found.ids))
    assert translator.translate([text], documents=True, max_length=1)[0].text == ""


def test_documents_keep_what_is_around_sentences(translator: Translator) -> None:
    texts = [
        "",
        " \n ",
        "***",
        "\n\n  # the fox\n\n - a dog\n - the {a}\n\n***\n",
        "the quick brown fox jumps over a\ndog",
    ]
    found = translator.translate(texts, documents=True)
    assert [each.text for each in found[:3]] == texts[:3]
    assert [each.source for each in found] == texts
    lines = found[3].text.split("\n")
    assert [line[:3] for line in lines] == ["", "", "  #", "", " - ", " - ", "", "***", ""]
    assert "\n" not in found[4].text
    hidden = PLAIN.hiding(torch.zeros(3, dtype=torch.bool))
    with pytest.raises(ConfigError, match=r"^translate\(\): attention= is for texts"):
        translator.translate(["the fox"], documents=True, attention=hidden)


def test_wrapped_lines_are_read_as_one() -> None:
    translator = noise("")
    wrapped = "我喜欢咖啡他看书小猫吃鱼老师买\n苹果学生在公园里跑步看书 well-\n  known foxes."
    [found] = translator.translate([wrapped], documents=True)
    [plain] = translator.translate([re.sub(r"\n\s*", "", wrapped)], protect=True)
    assert found.ids == plain.ids
    for name, start, end in found.source_tokens[:-1]:
        assert wrapped[start:end] == name or name.startswith("<0x")


def test_edits_say_where_characters_went() -> None:
    new = edited("abcdef", [(0, 0, "x"), (1, 3, "yyy"), (4, 5, "")])
    assert new.text == "xayyydf"
    assert new.places == [(0, 1), (2, 5), (6, 6)]
    assert new.forward == [(1, 2), (2, 5), (2, 5), (5, 6), (6, 6), (6, 7)]
    assert new.backward == [(0, 0), (0, 1), (1, 3), (1, 3), (1, 3), (3, 4), (5, 6)]
    assert moved((0, 3), new.forward, 7) == (1, 5)
    assert moved((6, 6), new.forward, 7) == (7, 7)
