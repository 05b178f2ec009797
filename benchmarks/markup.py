"""How often the tags of marked-up text come to stand around the right words.

    python benchmarks/markup.py MODEL [MODEL …] [--pairs test|valid] [--sentences 2000]

MODEL: a Chinese-English model trained on the built-in phrasebook, whose pairs have word links.
Sentences are made of its pairs: up to four elements, nested at random, around phrases that the
English has in one piece, and up to two without text, such as placeholders.

An element is right if all English words that are linked into it are inside, and none that is linked
elsewhere; one without text, if it stands beside a word that it stood beside.

links: tags put by the phrasebook's links: what the placing by itself gets wrong. forced: by what
the model attends to as it reads the phrasebook's translation. model: the same of its own
translations, those that are the phrasebook's. Two shares each: of tags, of sentences without error.
"""

from __future__ import annotations

import argparse
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

import numpy as np

from qkv.data.markup import Markup
from qkv.data.phrasebook import PhrasebookPair, phrasebook
from qkv.data.tokenizer import Token
from qkv.data.words import spans
from qkv.pipeline import Translation, load_translator
from qkv.pipeline.markup import marked

MARKUP = Markup("xml")


class Element(NamedTuple):
    """first, last: Chinese characters inside; none in an element without text."""

    name: str
    first: int
    last: int


class Sample(NamedTuple):
    pair: PhrasebookPair
    elements: list[Element]
    text: str


def phrases(pair: PhrasebookPair) -> list[tuple[int, int]]:
    """Spans of the Chinese whose words the English has in one piece, without others."""
    count = len(pair.source) - 1  # without the full stop
    found = []
    for first in range(count):
        for last in range(first + 1, count + 1):
            inside = {j for i, j in pair.links if first <= i < last}
            outside = {j for i, j in pair.links if not first <= i < last}
            ends = {i for i, _ in pair.links} >= {first, last - 1}
            if inside and ends and not any(min(inside) <= j <= max(inside) for j in outside):
                found.append((first, last))
    return found


def sample(pair: PhrasebookPair, random: Random) -> Sample:
    nested: list[tuple[int, int]] = []
    for span in random.sample(every := phrases(pair), min(len(every), 4)):
        apart = all(
            a >= span[1] or span[0] >= b or (a <= span[0] and span[1] <= b)
            or (span[0] <= a and b <= span[1])
            for a, b in nested
        )  # fmt: skip
        if apart:
            nested.append(span)
    linked = sorted({i for i, _ in pair.links})
    points = [(i, i) for i in random.sample(linked, min(len(linked), random.randrange(3)))]
    ordered = sorted([*nested, *points], key=lambda span: (span[0], -span[1]))
    elements = [Element(f"{'gx'[a == b]}{n}", a, b) for n, (a, b) in enumerate(ordered)]
    return Sample(pair, elements, written(pair.source, elements))


def written(text: str, elements: Sequence[Element]) -> str:
    """The text with the elements, which are ordered: the outer of two comes first."""
    result, place = "", 0
    opened: list[Element] = []
    for element in [*elements, Element("", len(text), len(text))]:
        while opened and opened[-1].last <= element.first:
            closed = opened.pop()
            result += f"{text[place : closed.last]}</{closed.name}>"
            place = closed.last
        result, place = result + text[place : element.first], element.first
        if element.first < element.last:
            result += f"<{element.name}>"
            opened.append(element)
        elif element.name:
            result += f"<{element.name}/>"
    return result


def inside(text: str, target: str) -> dict[str, set[int]]:
    """Of each element the English words in it; of one without text, those before it."""
    root = ET.fromstring(f"<all>{text}</all>")
    words = spans(target)
    places: dict[str, tuple[int, int]] = {}

    def walk(node: ET.Element, at: int) -> int:
        start, at = at, at + len(node.text or "")
        for child in node:
            at = walk(child, at) + len(child.tail or "")
        places[node.tag] = (start, at)
        return at

    walk(root, 0)
    assert places.pop("all")[1] == len(target), (text, target)
    core = [(a, b - (not target[b - 1].isalnum())) for a, b in words]
    return {
        name: {
            j for j, (a, b) in enumerate(core)
            if (start <= a and b <= end if name[0] == "g" else b <= start)
        }
        for name, (start, end) in places.items()
    }  # fmt: skip


def rights(example: Sample, text: str) -> list[bool]:
    links, target = example.pair.links, example.pair.target
    got = inside(text, target)
    linked = {j for _, j in links}
    right = []
    for name, first, last in example.elements:
        if first < last:
            wanted = {j for i, j in links if first <= i < last}
            right.append(wanted == got[name] & linked)
        else:
            before = max(got[name] & linked, default=-1)
            after = min(linked - got[name], default=-1)
            previous = max((i for i, _ in links if i < first), default=-1)
            right.append(
                (first, after) in links
                or (previous, before) in links
                or (previous, before) == (-1, -1)
            )
    return right


def shares(results: Iterable[list[bool]]) -> str:
    rows = list(results)
    tags = [right for row in rows for right in row]
    return (
        f"{np.mean(tags):7.1%} of {len(tags):,} tags, "
        f"{np.mean([all(row) for row in rows]):7.1%} of {len(rows):,} sentences"
    )


def by_links(pair: PhrasebookPair) -> Translation:
    """The phrasebook's translation, aligned by the links that are drawn."""
    characters = [Token(c, i, i + 1) for i, c in enumerate(pair.source)]
    words = [Token(pair.target[a:b], a, b) for a, b in spans(pair.target)]
    weights = np.zeros((len(words) + 1, len(characters) + 1))
    weights[tuple(np.array(pair.links)[:, ::-1].T)] = 1
    ends = [Token("<eos>", len(text), len(text)) for text in pair[:2]]
    tokens, source = (*words, ends[1]), (*characters, ends[0])
    return Translation(pair.target, 0.0, 0.0, tokens, pair.source, source, weigh=lambda: [weights])


def intact(before: str, after: str) -> bool:
    """Is each tag there once, in a well-formed text, inside of what it was inside of?"""
    return around(before) == around(after)


def around(text: str) -> list[tuple[str, ...]]:
    """Of each element the names of those that it is in."""
    found = []
    waiting: list[tuple[ET.Element, tuple[str, ...]]] = [(ET.fromstring(f"<all>{text}</all>"), ())]
    for element, path in waiting:
        found.append((element.tag, *path))
        waiting += [(child, (element.tag, *path)) for child in element]
    return sorted(found)


def plain(text: str) -> str:
    return "".join(ET.fromstring(f"<all>{text}</all>").itertext())


def show(name: str, examples: Sequence[Sample]) -> None:
    translator = load_translator(name)
    texts = [each.text for each in examples]
    read = [marked(text, MARKUP) for text in texts]
    forced = [translator.forced(e.pair.source, e.pair.target) for e in examples]
    of_links = [by_links(each.pair) for each in examples]
    print(name)
    for what, translations in (("links", of_links), ("forced", forced)):
        done = [r.joined([t], 1).text for r, t in zip(read, translations, strict=True)]
        print(f"  {what:8}{shares(map(rights, examples, done))}")
    own = [each.text for each in translator.translate(texts, markup=MARKUP)]
    same = [(e, t) for e, t in zip(examples, own, strict=True) if plain(t) == e.pair.target]
    print(f"  {'model':8}{shares(rights(*each) for each in same)}")
    whole = sum(map(intact, texts, own))
    print(f"  every tag once and nested as before: {whole:,} of {len(own):,} translations")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+")
    parser.add_argument("--pairs", default="test", choices=["test", "valid"])
    parser.add_argument("--sentences", type=int, default=2000)
    given = parser.parse_args()
    pairs, random = getattr(phrasebook(), given.pairs), Random(1)
    examples = [sample(pairs[n % len(pairs)], random) for n in range(given.sentences)]
    for name in given.models:
        show(name, examples)


if __name__ == "__main__":
    main()
