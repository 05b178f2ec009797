"""What `qkv check` finds of faults that were planted in real text, and what it takes.

    PYTHONPATH=. python benchmarks/check.py DATA [--planted 2000] [kinds…]
    PYTHONPATH=. python benchmarks/check.py DATA --million

DATA has multi30k/, tatoeba-zh-en/ and 3am-zh-en/. Of each pair of languages 20,000 pairs
are taken in which no sentence comes twice. One kind of fault is planted in them at a time
(`tests/faults.py`), then all checks run. Thresholds were chosen on English-German and on Tatoeba;
the others were not looked at for that.

recall: share of the planted faults that are found. precision: share of what is found that was
planted; `before` is what the same kind finds in the text as it is, which counts as wrong here,
although some of it is faulty indeed. `--million` makes a million pairs of halves of pairs.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from random import Random

from qkv.data import Pair
from qkv.data.check import Report, check
from qkv.data.check import Text as Checked
from qkv.data.check import text_of as as_text
from qkv.data.corpora import read_lines
from tests.faults import PLANTED, Text, text_of

PAIRS = 20_000
CORPORA = {
    "en-de": ("multi30k", "en", "de", "fr"),
    "zh-en": ("tatoeba-zh-en", "zh", "en", "de"),
    "en-fr": ("multi30k", "en", "fr", "de"),
    "zh-en 3AM": ("3am-zh-en", "zh", "en", "fr"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("kinds", nargs="*", metavar="kind", help=", ".join(PLANTED))
    parser.add_argument("--planted", type=int, default=2000)
    parser.add_argument("--million", action="store_true")
    given = parser.parse_args()
    if given.million:
        million(given.data)
        return
    print(f"{'kind':15} " + "  ".join(f"{name:^23}" for name in CORPORA))
    print(" " * 16 + "  ".join(["recall precision before"] * len(CORPORA)))
    before = {name: looked_at(read(given.data, name)) for name in CORPORA}
    for kind in given.kinds or PLANTED:
        cells = [row(given.data, name, kind, given.planted, before[name]) for name in CORPORA]
        print(f"{kind:15} " + "  ".join(cells), flush=True)


def row(data: Path, name: str, kind: str, planted: int, before: Report) -> str:
    text = read(data, name)
    faulty = PLANTED[kind](text, planted)
    found = set(looked_at(text)[kind].pairs.tolist())
    right = len(found & faulty)
    precision = f"{right / len(found):9.4f}" if found else f"{'-':>9}"
    return f"{right / len(faulty):6.4f} {precision} {len(before[kind].pairs):6}"


def looked_at(text: Text) -> Report:
    held_out = {"valid": as_text(text.valid)} if text.valid else {}
    return check(Checked("planted", text.sources, text.targets, str), held_out)


def read(data: Path, name: str) -> Text:
    folder, source, target, third = CORPORA[name]
    sides = [read_lines(data / folder / f"train.{language}") for language in (source, target)]
    pairs = [Pair(*pair) for pair in zip(*sides, strict=True)]
    thirds = read_lines(data / "multi30k" / f"train.{third}")
    return text_of(pairs, PAIRS, (source != "zh", target != "zh"), thirds)


def million(data: Path) -> None:
    """The time of reading apart, and the most memory that was held."""
    folder = data / "multi30k"
    rng = Random(0)
    sides = [read_lines(folder / f"train.{language}") for language in ("en", "de")]
    halves = [
        [(t[: len(t) // 2], t[len(t) // 2 :]) for t in map(str.split, side)] for side in sides
    ]
    chosen = [(rng.randrange(len(sides[0])), rng.randrange(len(sides[0]))) for _ in range(10**6)]
    texts = [[" ".join(h[i][0] + h[j][1]) for i, j in chosen] for h in halves]
    del sides, halves, chosen
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, begun = time.perf_counter(), time.process_time()
    report = check(Checked("a million", texts[0], texts[1], str))
    wall, cpu = time.perf_counter() - start, time.process_time() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(report.text):,} pairs: {wall:.1f} s, {cpu:.1f} s of one core; "
        f"{most:,.0f} MiB at most, of them {held:,.0f} for the text and what made it"
    )


if __name__ == "__main__":
    main()
