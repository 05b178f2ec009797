"""Tags come back, each once and nested, and stand where links say; whatever the model says."""

from __future__ import annotations

import json
import pickle
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.data.markup import Markup, Role, read_markup
from qkv.data.phrasebook import PhrasebookPair, phrasebook
from qkv.data.tokenizer import Token
from qkv.data.words import spans
from qkv.errors import ConfigError, DataError
from qkv.models import PLAIN
from qkv.pipeline import Translation, Translator
from qkv.pipeline.markup import marked
from tests.pipeline.test_protecting import MARKS, noise

HTML, XML = Markup("html"), Markup("xml")


def linked(
    source: str, target: str, links: Sequence[tuple[int, int]], characters: bool = False
) -> Translation:
    """A translation whose words attended to those that they are linked with, from 0."""
    own = [(i, i + 1) for i in range(len(source))] if characters else spans(source)
    tokens = [Token(source[a:b], a, b) for a, b in own]
    words = [Token(target[a:b], a, b) for a, b in spans(target)]
    weights = np.zeros((len(words) + 1, len(tokens) + 1))
    for i, j in links:
        weights[j, i] = 1
    ends = [Token("<eos>", len(text), len(text)) for text in (source, target)]
    said, read = (*words, ends[1]), (*tokens, ends[0])
    return Translation(target, 0.0, 0.0, said, source, read, weigh=lambda: [weights])


def put(text: str, target: str, links: str, markup: Markup = HTML) -> str:
    """The text of one segment, translated as this, by these Pharaoh links."""
    read = marked(text, markup)
    [source] = read.texts
    pairs = [(int(i), int(j)) for i, j in (link.split("-") for link in links.split())]
    return read.joined([linked(source, target, pairs)], 1).text


@pytest.mark.parametrize(
    ("text", "target", "links", "expected"),
    [
        ("a <b>b</b> c", "C B A", "0-2 1-1 2-0", "C <b>B</b> A"),
        ("<b>a b</b> <i>c</i>", "C A B", "0-1 1-2 2-0", "<i>C</i> <b>A B</b>"),
        ("<b>a <i>b</i></b> c", "C B A", "0-2 1-1 2-0", "C <b><i>B</i> A</b>"),
        # an outlier does not stretch an element over the others, a gap does not part it
        ("<b>a b c</b> d e f", "A B E D F C", "0-0 1-1 2-5 3-3 4-2 5-4", "<b>A B</b> E D F C"),
        ("<b>a b c</b> d", "A B D C", "0-0 1-1 2-3 3-2", "<b>A B D C</b>"),
        # punctuation goes with the words that it went with
        ("a <b>b</b>.", "A B.", "0-0 1-1", "A <b>B</b>."),
        ("<b>a:</b> b c", "A: B C.", "0-0 1-1 2-2", "<b>A:</b> B C."),
        ("a (<b>b</b>) c", "A (B) C", "0-0 1-1 2-2", "A (<b>B</b>) C"),
        ("a <b>(b)</b> c", "C (B) A", "0-2 1-1 2-0", "C <b>(B)</b> A"),
        ("a <b>b</b>, c", "A B, C", "0-0 1-1 2-2", "A <b>B</b>, C"),
        ("a <b>b,</b> c", "A B, C", "0-0 1-1 2-2", "A <b>B,</b> C"),
        ('"<b>a</b>" b', "«A» B", "0-0 1-1", "«<b>A</b>» B"),
        ("<b>a b</b>", "A B.", "0-0 1-1", "<b>A B.</b>"),
        ("a<b>!</b>", "A!", "0-0", "A<b>!</b>"),
        # white space as it was
        ("a<b> b </b>c", "A B C", "0-0 1-1 2-2", "A<b> B </b>C"),
        ("a <b> b </b> c", "A B C", "0-0 1-1 2-2", "A <b>B</b> C"),
        (" <b>a</b>\n", "A", "0-0", " <b>A</b>\n"),
        ("a\n  <b>b</b>", "A B", "0-0 1-1", "A <b>B</b>"),
        # what has no text: before the word that follows
        ("a <img> b c", "C B A", "0-2 1-1 2-0", "C <img> B A"),
        ("a <img>b c", "C B A", "0-2 1-1 2-0", "C <img>B A"),
        ("a<img> b", "A B", "0-0 1-1", "A<img> B"),
        ("a b<wbr>. ", "A B.", "0-0 1-1", "A B<wbr>. "),
        ("<img> a b <img>", " B A ", "0-1 1-0", "<img> B A <img>"),
        ("a <i></i><b>b</b>", "B A", "0-1 1-0", "<i></i><b>B</b> A"),
        ("a <b> </b> b", "A B", "0-0 1-1", "A <b></b>B"),
        # nothing to align by
        ("<b>a</b> b", "X", "", "<b>X</b>"),
        ("a <b>b</b> c", "", "", "<b></b>"),
        # references
        ("a &amp; <b>b</b> &lt; &nbsp; c", "A & B < \xa0 > \"'", "0-0 2-2",
         "A &amp; <b>B</b> &lt; &nbsp; > \"'"),
        ("a < &#38; <b>b</b>", "A <i> & B", "0-0 3-3", "A &lt;i> &amp; <b>B</b>"),
        # letters that belong together
        ("<b>a</b> b", "कि ताब", "0-0 1-1", "<b>कि</b> ताब"),
        ("a <b>b</b>", "A e\u0301e B\u200dc", "0-0 1-2", "A e\u0301e <b>B\u200dc</b>"),
    ],
)  # fmt: skip
def test_a_sentence(text: str, target: str, links: str, expected: str) -> None:
    assert put(text, target, links) == expected


def test_scripts_without_spaces() -> None:
    read = marked("我<b>喜欢</b><img>咖啡。", HTML)
    pairs = [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 2)]
    there = linked("我喜欢咖啡。", "I like coffee.", pairs, characters=True)
    assert read.joined([there], 1).text == "I <b>like</b> <img>coffee."
    back = linked("I like coffee.", "我喜欢咖啡。", [])
    weights = np.zeros((7, 4))
    weights[range(6), [0, 1, 1, 2, 2, 2]] = 1
    tokens = (*(Token(c, i, i + 1) for i, c in enumerate("我喜欢咖啡。")), Token("<eos>", 6, 6))
    back = Translation("我喜欢咖啡。", 0, 0, tokens, back.source, back.source_tokens,
                       weigh=lambda: [weights])  # fmt: skip
    marks = marked("I <b>like</b> <img> coffee.", HTML).joined([back], 1)
    assert marks.text == "我<b>喜欢</b><img>咖啡。"


def sample(pair: PhrasebookPair, random: Random) -> tuple[str, dict[str, tuple[int, int]]]:
    """A sentence with nested elements around phrases that the English has in one piece."""
    phrases = []
    for first in range(len(pair.source) - 1):
        for last in range(first + 1, len(pair.source)):
            inside = {j for i, j in pair.links if first <= i < last}
            others = {j for i, j in pair.links if not first <= i < last}
            if {first, last - 1} <= {i for i, _ in pair.links} and not any(
                min(inside) <= j <= max(inside) for j in others
            ):
                phrases.append((first, last))
    chosen: list[tuple[int, int]] = []
    for a, b in random.sample(phrases, min(4, len(phrases))):
        if all(a >= d or b <= c or c <= a < b <= d or a <= c < d <= b for c, d in chosen):
            chosen.append((a, b))
    names = {f"g{n}": span for n, span in enumerate(sorted(chosen, key=lambda s: s[0] - s[1]))}
    text = ""
    for i in range(len(pair.source) + 1):
        ending = [name for name, (_, b) in names.items() if b == i]
        text += "".join(f"</{name}>" for name in reversed(ending))
        text += "".join(f"<{name}>" for name, (a, _) in names.items() if a == i)
        text += pair.source[i : i + 1]
    return text, names


def test_phrases_by_links_drawn_by_hand() -> None:
    """Words that are linked into an element are inside it, and none that is linked elsewhere."""
    random, right, count = Random(7), 0, 0
    for pair in phrasebook().test[:150]:
        text, names = sample(pair, random)
        plain = linked(pair.source, pair.target, pair.links, characters=True)
        root = ET.fromstring(f"<all>{marked(text, XML).joined([plain], 1).text}</all>")
        assert "".join(root.itertext()) == pair.target
        assert sorted(e.tag for e in root.iter()) == sorted(["all", *names])
        everywhere = {j for _, j in pair.links}
        for name, (first, last) in names.items():
            [element] = root.iter(name)
            before = "".join(root.itertext()).index("".join(element.itertext()))
            if pair.target.count("".join(element.itertext())) == 1:
                end = before + len("".join(element.itertext()))
                inside = {j for j, (a, b) in enumerate(spans(pair.target)) if before <= a < end}
                wanted = {j for i, j in pair.links if first <= i < last}
                right += wanted == inside & everywhere
                count += 1
    assert count > 300
    assert right >= 0.99 * count


# Whole texts


def test_sentences_and_paragraphs_keep_their_tags() -> None:
    translator = noise(MARKS["none"])
    text = (
        "<!DOCTYPE html><html><head><title>the fox</title><script>if (a<b) f()</script></head>\n"
        "<body class='x'>\n<h1>the fox</h1><p>fox <b>jumps. the quick</b> dog!</p>\n"
        "<ul>\n  <li>fox\n  <li>dog<br>children</ul><img alt='the fox'></body></html>\n"
    )
    [result] = translator.translate([text], markup="html", beam=1, max_length=8)
    shape = r"<[^>]*>"
    assert re.findall(shape, result.text) == re.findall(shape, text)
    assert "<script>if (a<b) f()</script></head>\n<body class='x'>\n<h1>" in result.text
    assert result.text.endswith("</ul><img alt='the fox'></body></html>\n")
    plain = marked(text, HTML).texts
    assert plain == ["the fox", "the fox", "fox jumps. the quick dog!", "fox", "dog", "children"]
    for each in translator.translate(plain, documents=True, beam=1, max_length=8):
        assert each.text.split(" ")[0].replace("&", "&amp;").replace("<", "&lt;") in result.text


def test_elements_that_are_kept_and_units() -> None:
    translator = noise(MARKS["all"])
    text = (
        'fox <b translate="no">the  &amp; <i>fox</i></b> {a} <code>x</code> <code>x</code> 3.5 dog'
    )
    [result] = translator.translate([text], markup="html", beam=1)
    assert result.text.count('<b translate="no">the  &amp; <i>fox</i></b>') == 1
    assert [result.text.count(unit) for unit in ("{a}", "<code>x</code>", "3.5")] == [1, 2, 1]
    assert {result.source[a:b] == result.text[c:d] for a, b, c, d in result.units} == {True}
    [note] = translator.translate(["fox<sup>1</sup> dog<sub>[2]</sub>"], markup="html")
    assert [note.text.count(each) for each in ("<sup>1</sup>", "<sub>[2]</sub>", "fox1")] == [
        1,
        1,
        0,
    ]
    assert note.plain is not None
    assert {note.plain.source[a:b] for a, b, *_ in note.plain.units}.isdisjoint({"fox1", "dog"})
    [alone] = translator.translate(["<p><code>x</code></p>"], markup="html")
    assert alone.text == "<p><code>x</code></p>"


def test_nothing_to_translate() -> None:
    translator = noise(MARKS["none"])
    texts = ["", " ", "<br>", "<p> <b></b></p>", "<!-- x -->", "<b"]
    assert [r.text for r in translator.translate(texts, markup="html")] == texts


def test_results_travel_and_can_be_attended_again() -> None:
    translator = noise(MARKS["all"])
    text = "<p>the <b>fox. a</b> dog &amp; {a}</p><p><i>children</i> play</p>"
    [result] = translator.translate([text], markup="html", nbest=3, beam=3)
    again = Translation.from_dict(json.loads(json.dumps(result.as_dict())))
    assert again == result == pickle.loads(pickle.dumps(result))
    assert len(result.alternatives) == 2
    looked = translator.attend(again)
    assert looked.links() == result.links()
    assert looked.alternatives[0].links() == result.alternatives[0].links()
    assert looked.attention.matrix().shape == (len(result.tokens), len(result.source_tokens))
    assert result.plain is not None
    assert result.links() == result.plain.links()
    for token, own in zip(result.tokens, result.plain.tokens, strict=True):
        here = result.plain.text[own.start : own.end]
        if "&" not in here and "<" not in here and here.isprintable():
            assert result.text[token.start : token.end] == here


def test_tokens_have_their_places_in_the_marked_up_texts() -> None:
    text = "<p>我<b>喜欢</b>&amp;</p>"
    [result] = noise(MARKS["none"]).translate([text], markup="html")
    spans = dict.fromkeys((t.start, t.end) for t in result.source_tokens)
    assert "".join(result.source[a:b] for a, b in spans) == "我喜欢&amp;"


def test_prefix_and_refusals() -> None:
    translator = noise(MARKS["none"])
    [result] = translator.translate(["<p><b>fox</b></p><p>dog</p>"], markup="html", prefix="quick")
    assert result.text.startswith("<p><b>quick")
    with pytest.raises(ConfigError, match="leave out --no-protect"):
        translator.translate(["x"], markup="html", protect=False)
    with pytest.raises(ConfigError, match="leave out markup="):
        translator.translate(["x"], markup="html", attention=PLAIN.without_heads("cross", [0]))
    with pytest.raises(DataError, match="text 2: a sentence of 6,000 characters"):
        translator.translate(["x", "<b>" + "x" * 6000], markup="html")
    [long] = translator.translate(
        ["<a b='" + "x" * 1_000_000 + ">'>fox</a>"], markup="html", beam=1
    )
    assert len(long.text) > 1_000_000


# Whatever comes

WORDS = [
    "the", "fox", "我喜欢", "{name}", "%s", "3.50", "http://a.b/c", "ไทย", "हिन्दी", "العربية",
    "👍🏽", "é", '\u200f', '\x00', '\ufdd0', '\ufde1', '\u2028', "Mr.", "dog.", "fox!", "。", ",",
    "(", ")", "'", '"', "-",
]  # fmt: skip
NAMES = [
    "b", "i", "a", "span", "p", "div", "br", "img", "code", "script", "style", "pre", "li",
    "svg", "title", "textarea", "x", "g", "ph", "B", "wbr", "mrk", "bx", "ex", "pc", "it",
    "bpt", "ept",
]  # fmt: skip
ODD = [
    "<", "< ", "&", "&amp;", "&lt;b&gt;", "&nbsp;", "&#0;", "&#x80;", "&own;", "&amp", "&#10;",
    "<!-- c <b> -->", "<!--", "<!-->", "-->", "<![CDATA[ x<y ]]>", "<![CDATA[", "]]>", ">",
    "<?pi x?>", "<?", "<!DOCTYPE html>", "<!x", "</>", "</ b>", "</b", "<b", '<a href="',
    "<a b='>", "<3", "<é>", "<b<i>", "<b/>", "<x/>", "\t", "\r\n", "\0", "<\0b>", "<b\0>",
    "{<b>}", "%<i>s</i>",
]  # fmt: skip
ATTRIBUTES = ["", " a='x>y'", ' href="a&amp;b"', ' translate="no"', " id=1", "\n a = b ", " /"]


@st.composite
def fragments(draw: st.DrawFn) -> str:
    random = Random(draw(st.integers(0, 10**9)))
    parts: list[str] = []
    opened: list[str] = []
    for _ in range(random.randrange(1, 14)):
        kind, name = random.random(), random.choice(NAMES)
        if kind < 0.35:
            words = random.choices(WORDS, k=random.randrange(1, 5))
            parts.append(
                random.choice(["", " ", "\n"]) + " ".join(words) + random.choice(["", " "])
            )
        elif kind < 0.55:
            parts.append(f"<{name}{random.choice(ATTRIBUTES)}{random.choice(['>'] * 9 + ['/>'])}")
            opened.append(name)
        elif kind < 0.8 and opened:
            own = opened.pop() if random.random() < 0.85 else name
            parts.append(f"</{own}>")
        else:
            parts.append(random.choice(ODD))
    return "".join(parts)


def structure(text: str, markup: Markup) -> Counter[tuple[str, ...]]:
    """Each tag with the elements that it is in; what stands for a word may be in any."""
    found: Counter[tuple[str, ...]] = Counter()
    opened: list[str] = []
    for tag in read_markup(text, markup)[0]:
        raw = text[tag.start : tag.end]
        found[(raw, *(opened if tag.role is not Role.UNIT else ()))] += 1
        if tag.role is Role.OPEN:
            opened.append(raw)
        elif tag.role is Role.CLOSE:
            opened.pop()
    return found


def elements(text: str) -> Counter[tuple[str, ...]] | None:
    """The elements of well-formed XML, each with those that it is in."""
    try:
        root = ET.fromstring(f"<all>{text}</all>")
    except (ET.ParseError, ValueError):
        return None
    found: Counter[tuple[str, ...]] = Counter()

    def walk(element: ET.Element, path: tuple[str, ...]) -> None:
        path = (*path, element.tag + repr(sorted(element.attrib.items())))
        found[path] += 1
        for child in element:
            walk(child, path)

    walk(root, ())
    return found


MODELS = [noise(MARKS["none"]), noise(MARKS["all"]), noise("", attention="none")]


@settings(max_examples=60)
@given(
    st.lists(fragments() | st.text(), min_size=1, max_size=8),
    st.sampled_from(["html", "xliff", "xml"]),
    st.sampled_from(MODELS),
)
def test_hostile_fragments(texts: list[str], name: str, translator: Translator) -> None:
    markup = Markup(name)
    texts = [text.encode(errors="replace").decode() for text in texts]
    results = translator.translate(texts, markup=markup, beam=1, max_length=9)
    for text, result in zip(texts, results, strict=True):
        assert structure(result.text, markup) == structure(text, markup)
        before = elements(text) if name == "xml" else None
        if before is not None:
            assert elements(result.text) == before


def test_an_element_that_comes_from_another_sentence_keeps_to_its_side() -> None:
    """Though it has nothing but punctuation there, and no words of the translation are its."""
    text = '<g x="1"> quick dog. , </g>fox<a //><b/> dog'
    for translator in MODELS:
        [result] = translator.translate([text], markup=HTML, beam=1, max_length=9)
        assert structure(result.text, HTML) == structure(text, HTML)


@pytest.mark.parametrize(
    "text",
    [
        "<b>" * 3000 + "fox" + "</b>" * 3000,
        "<div>" * 3000 + "fox" + "</div>" * 3000,
        "<b>" * 5000,
        "</b>" * 5000,
        "fox " + "<img>" * 1000 + "dog",
        "<b>fox. " * 50 + "</b>" * 50,
        "<b>fox<i>dog</b>the</i>" * 30,
        "<a b='" * 5000,
        "<a b=\"'>" * 5000,
        "<![CDATA[" * 5000,
        "<!--" * 9000,
        "&" * 500,
    ],
    ids=str.__len__,
)
def test_large_fragments(text: str) -> None:
    for markup in (HTML, XML):
        [result] = MODELS[0].translate([text], markup=markup, beam=1, max_length=4)
        assert Counter(read_tags(result.text, markup)) == Counter(read_tags(text, markup))


def read_tags(text: str, markup: Markup) -> list[str]:
    return [text[tag.start : tag.end] for tag in read_markup(text, markup)[0]]
