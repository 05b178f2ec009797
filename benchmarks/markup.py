"""How often the tags of marked-up text come to stand around the right words.

    python benchmarks/markup.py MODEL [MODEL …] [--pairs test|valid] [--sentences 2000]

MODEL: a Chinese-English model, such as `qkv demo FOLDER` trains. The sentences are made of the
built-in phrasebook, whose pairs have word links drawn by rule: up to four nested elements around
phrases that the English has in one piece, up to two elements without text, and a placeholder.

gold: tags put by the drawn links themselves: what the placing costs. forced: by what the model
attends to as it reads the phrasebook's own translation, in which the links say what is right: an
element is right if all English words that are linked into it are inside and none that is linked
elsewhere; an element without text, if it stands beside a word that it stood beside. model: the same
of the model's own translations, where they are the phrasebook's; of all of them, whether each tag
is there once and the result well-formed. Two shares each: of tags, and of sentences without error.
"""

from __future__ import annotations

import argparse
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
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
    """Elements that begin earlier, or at the same place and are longer, are around the others."""
    result, opened = "", [Element("", 0, len(text))]
    place = 0
    for element in [*elements, Element("", len(text), len(text))]:
        while opened and (
            opened[-1].last <= element.first
            if element.last > element.first
            else opened[-1].last <= element.first
        ):
            closed = opened.pop()
            result, place = result + text[place : closed.last], closed.last
            result += f"</{closed.name}>" if closed.name else ""
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
        translator = load_translator(name)
        read = [marked(each.text, MARKUP) for each in examples]
        plain = [translator.forced(each.pair.source, each.pair.target) for each in examples]
        forced = [r.joined([p], 1).text for r, p in zip(read, plain, strict=True)]
        gold = [r.joined([by_links(e.pair)], 1).text for r, e in zip(read, examples, strict=True)]
        print(name)
        for what, texts in (("gold", gold), ("forced", forced)):
            print(
                f"  {what:8} {shares(rights(e, t) for e, t in zip(examples, texts, strict=True))}"
            )
        import os

        if os.environ.get("SHOW"):
            k = 0
            for e, t in zip(examples, gold if os.environ["SHOW"] == "gold" else forced):
                if not all(rights(e, t)) and k < 25:
                    k += 1
                    print(
                        "   ",
                        e.text,
                        "|",
                        t,
                        [x.name for x, r in zip(e.elements, rights(e, t)) if not r],
                    )
            continue
        results = translator.translate([each.text for each in examples], markup=MARKUP)
        same = [
            (e, r.text)
            for e, r, p in zip(examples, results, plain, strict=True)
            if "".join(ET.fromstring(f"<a>{r.text}</a>").itertext()) == e.pair.target
        ]
        print(f"  {'model':8} {shares(rights(e, t) for e, t in same)}")


if __name__ == "__main__":
    main()
