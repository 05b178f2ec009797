"""Faults planted in clean parallel text, one kind at a time, and the pairs that then have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from qkv.data import Pair

CYRILLIC = str.maketrans("abcdefghijklmnopqrstuvwxyzäöüßéèàç", "абцдефгхийклмнопярстуввхузяёюсеэаж")
GREEK = str.maketrans("abcdefghijklmnopqrstuvwxyzäöüßéèàç", "αβκδεφγηιζκλμνοπψρστυωβχυζαωυσηεας")
MARKUP = {
    "<b>": "<i>", "</i>": "<i>", "<br/>": "<hr/>", "{name}": "{nome}", "{0}": "{1}", "%s": "%d",
    "%1$d": "%2$d", "%(count)d": "%(number)d", "${HOME}": "$ {HOME}", "&nbsp;": "& nbsp;",
    "https://example.org/a?b=1": "https://example.org/a", "www.example.com/page": "example.com",
    "anna@example.org": "anne@example.org",
}  # fmt: skip
REGIONS = 20, 25, 30, 40, 50, 60, 75, 100, 100, 150, 200, 250, 400, 500  # lines; 2,000 in all


@dataclass
class Text:
    """Two sides to plant faults in.

    spare: pairs of the same text that are in neither; third: lines in a third language.
    spaced: whether each side has spaces between words.
    """

    sources: list[str]
    targets: list[str]
    spare: list[Pair]
    third: Sequence[str]
    rng: Random = field(default_factory=lambda: Random(0))
    spaced: tuple[bool, bool] = (True, True)
    valid: list[Pair] = field(default_factory=list)

    def side(self, number: int) -> list[str]:
        return (self.sources, self.targets)[number]

    def some(self, count: int, usable: Callable[[int], bool] = lambda _: True) -> list[int]:
        """Different lines at random."""
        lines = [line for line in range(len(self.sources)) if usable(line)]
        return sorted(self.rng.sample(lines, count))

    def other(self, side: int) -> str:
        """A line of a side that comes nowhere else."""
        return self.spare.pop()[side]

    def words(self, line: int, side: int) -> int:
        """Words, or characters where they are not written apart."""
        text = self.side(side)[line]
        return len(text.split()) if self.spaced[side] else len(text)


def text_of(
    pairs: Sequence[Pair],
    count: int,
    spaced: tuple[bool, bool],
    third: Sequence[str],
    seed: int = 0,
) -> Text:
    """The first pairs of which no side comes twice, and the others to spare."""
    seen: tuple[set[str], set[str]] = (set(), set())
    kept = []
    for pair in pairs:
        keys = [re.sub(r"[\W_]+", "", side).casefold() for side in pair]
        if all(keys) and not any(key in known for key, known in zip(keys, seen, strict=True)):
            kept.append(pair)
            for key, known in zip(keys, seen, strict=True):
                known.add(key)
    sources, targets = ([pair[side] for pair in kept[:count]] for side in (0, 1))
    return Text(sources, targets, list(kept[count:]), list(third), Random(seed), spaced)


def later(text: Text, count: int, usable: Callable[[int], bool]) -> list[tuple[int, int]]:
    """(original, line that becomes its copy), no line twice."""
    middle = len(text.sources) // 2
    originals = text.some(count, lambda line: line < middle and usable(line))
    copies = text.some(count, lambda line: line >= middle)
    return list(zip(originals, copies, strict=True))


def duplicate(text: Text, count: int) -> set[int]:
    chosen = later(text, count, lambda _: True)
    for original, copy in chosen:
        for side in (0, 1):
            text.side(side)[copy] = text.side(side)[original]
    return {copy for _, copy in chosen}


def near_duplicate(text: Text, count: int) -> set[int]:
    """Case, punctuation or spaces changed; or one word of many, on one side."""
    chosen = later(text, count, lambda _: True)
    for number, (original, copy) in enumerate(chosen):
        for side in (0, 1):
            text.side(side)[copy] = text.side(side)[original]
        side = text.rng.randrange(2)
        many = text.words(original, side) >= (12 if text.spaced[side] else 20)
        text.side(side)[copy] = _nearly(text, text.side(side)[original], side, number % (3 + many))
    return {copy for _, copy in chosen}


def _nearly(text: Text, line: str, side: int, way: int) -> str:
    if way == 0:
        return line.upper() if line.upper() != line else f"{line} "
    if way == 1:
        return f"{line.rstrip('.。!?！？')} !"
    if way == 2:
        return line.replace(" ", "  ").replace("，", " , ") + " …"
    units = line.split() if text.spaced[side] else list(line)
    places = [n for n, unit in enumerate(units) if unit.isalpha()]
    units[text.rng.choice(places)] = "anderes" if text.spaced[side] else "甲"
    return (" " if text.spaced[side] else "").join(units)


def same_source(text: Text, count: int) -> set[int]:
    chosen = later(text, count, lambda _: True)
    for original, copy in chosen:
        text.sources[copy] = text.sources[original]
    return {copy for _, copy in chosen}


def same_target(text: Text, count: int) -> set[int]:
    chosen = later(text, count, lambda _: True)
    for original, copy in chosen:
        text.targets[copy] = text.targets[original]
    return {copy for _, copy in chosen}


def copy(text: Text, count: int) -> set[int]:
    """Whole, with other case or punctuation, or but for one word of seven or more."""
    lines = text.some(count)
    for number, line in enumerate(lines):
        side = number % 2
        copied = text.side(side)[line]
        if number % 3 == 1:
            copied = copied.upper().rstrip(".。")
        elif number % 3 == 2 and text.words(line, side) >= (7 if text.spaced[side] else 14):
            copied = _nearly(text, copied, side, 3)
        text.side(1 - side)[line] = copied
    return set(lines)


def empty(text: Text, count: int) -> set[int]:
    lines = text.some(count)
    for number, line in enumerate(lines):
        text.side(number % 2)[line] = ("", "  ", "\u00a0", "\u200b", "\u3000")[number % 5]
    return set(lines)


def misaligned(text: Text, count: int, lengths: Sequence[int] = REGIONS) -> set[int]:
    """Regions in which the target comes up to five lines later or earlier; half of them by one."""
    if sum(lengths) != count:
        raise ValueError(f"{sum(lengths)} lines, not {count}")
    free = len(text.sources) - sum(lengths)
    gaps = sorted(text.rng.sample(range(30, free - 30, 60), len(lengths)))
    faulty: set[int] = set()
    done = 0
    for gap, length in zip(gaps, text.rng.sample(lengths, len(lengths)), strict=True):
        first = gap + done
        done += length
        shift = text.rng.choice([-5, -4, -3, -2, -1, -1, -1, -1, 1, 1, 1, 1, 2, 3, 4, 5])
        region = text.targets[first : first + length]
        new = [text.other(1) for _ in range(abs(shift))]
        region = new + region[:-shift] if shift > 0 else region[-shift:] + new
        text.targets[first : first + length] = region
        faulty |= set(range(first, first + length))
    return faulty


def length(text: Text, count: int) -> set[int]:
    """A side cut to a quarter or less, or with three other lines after it."""
    lines = text.some(count, lambda line: min(text.words(line, 0), text.words(line, 1)) >= 6)
    for number, line in enumerate(lines):
        side = number % 2
        glue = " " if text.spaced[side] else ""
        if number % 4 < 2:
            units = text.side(side)[line].split() if text.spaced[side] else text.side(side)[line]
            text.side(side)[line] = glue.join(units[: max(1, len(units) // 5)])
        else:
            more = [text.rng.choice(text.spare)[side] for _ in range(4)]
            text.side(side)[line] = glue.join([text.side(side)[line], *more])
    return set(lines)


def script(text: Text, count: int) -> set[int]:
    """Another alphabet; or the other side's script where that is another."""
    lines = text.some(count)
    for number, line in enumerate(lines):
        side = number % 2
        if text.spaced[side]:
            table = (CYRILLIC, GREEK)[number // 2 % 2]
            text.side(side)[line] = text.side(side)[line].lower().translate(table)
        else:
            text.side(side)[line] = text.other(1 - side)
    return set(lines)


def language(text: Text, count: int) -> set[int]:
    """Another line of the other side, or of a third language; on sides with spaces."""
    lines = text.some(count)
    sides = [side for side in (0, 1) if text.spaced[side]]
    for number, line in enumerate(lines):
        side = sides[number % len(sides)]
        if len(sides) == 2 and number % 3:
            text.side(side)[line] = text.other(1 - side)
        else:
            text.side(side)[line] = text.third[number]
    return set(lines)


def markup(text: Text, count: int) -> set[int]:
    """Twice as many lines get an element on both sides; in half, one is changed or left out."""
    return _inserted(text, count, lambda: text.rng.choice(list(MARKUP)), MARKUP.__getitem__)


def numbers(text: Text, count: int) -> set[int]:
    """The same with numbers; those that are left out have three digits or more."""
    return _inserted(
        text,
        count,
        lambda: str(text.rng.choice([text.rng.randrange(11, 99), text.rng.randrange(200, 3000)])),
        lambda number: str(int(number) + text.rng.choice([1, 10, 100])),
    )


def _inserted(
    text: Text, count: int, element: Callable[[], str], changed: Callable[[str], str]
) -> set[int]:
    lines = text.some(2 * count)
    faulty = set(text.rng.sample(lines, count))
    for number, line in enumerate(lines):
        one = other = element()
        if line in faulty:
            leave_out = number % 2 and not (one.isdecimal() and len(one) < 3)
            other = "" if leave_out else changed(one)
        for side, each in zip((0, 1) if number % 3 else (1, 0), (one, other), strict=True):
            text.side(side)[line] = f"{text.side(side)[line]} {each}".rstrip()
    return faulty


def long(text: Text, count: int) -> set[int]:
    """Many lines in one: 400 words, or 700 characters where there are no spaces."""
    lines = text.some(count)
    for line in lines:
        for side in (0, 1):
            units, least = 0, 400 if text.spaced[side] else 700
            parts = []
            while units < least:
                parts.append(text.rng.choice(text.spare)[side])
                units += len(parts[-1].split()) if text.spaced[side] else len(parts[-1])
            text.side(side)[line] = (" " if text.spaced[side] else "").join(parts)
    return set(lines)


def encoding(text: Text, count: int) -> set[int]:
    """UTF-8 read as Windows-1252, Latin-1 or GB 18030; characters replaced or lost."""
    lines = text.some(count)
    for number, line in enumerate(lines):
        side = number // 3 % 2
        text.side(side)[line] = _damaged(text.side(side)[line], text.spaced[side], number)
    return set(lines)


def _damaged(line: str, spaced: bool, number: int) -> str:
    if number % 3 == 0:
        middle = len(line) // 2
        return f"{line[:middle]}\ufffd{line[middle + 1 :]}"
    if not spaced and number % 3 == 1 and len(line) >= 6:
        return line.encode().decode("gb18030", "replace")
    accented = line if not line.isascii() else line.replace(" ", " d’", 1) + "’"
    encoding = ("latin-1", "cp1252")[number // 6 % 2]
    return accented.encode().decode(encoding, "ignore" if encoding == "latin-1" else "replace")


def control(text: Text, count: int) -> set[int]:
    lines = text.some(count)
    for number, line in enumerate(lines):
        side, sign = number % 2, "\x07\x00\x1b\u200b\xad\ufeff\u202e\u2028\x7f\t"[number % 10]
        each = text.side(side)[line]
        place = text.rng.randrange(1, max(2, len(each)))
        text.side(side)[line] = each[:place] + sign + each[place:]
    return set(lines)


def valid(text: Text, count: int) -> set[int]:
    """Pairs, sources or targets of held-out text, with other case and spaces."""
    text.valid = [text.spare.pop() for _ in range(count)]
    lines = text.some(count)
    for number, (line, pair) in enumerate(zip(lines, text.valid, strict=True)):
        for side in ((0,), (1,), (0, 1))[number % 3]:
            text.side(side)[line] = f" {pair[side].upper()}".replace(" ", "  ")
    return set(lines)


PLANTED: dict[str, Callable[[Text, int], set[int]]] = {
    each.__name__: each
    for each in (
        empty, duplicate, near_duplicate, same_source, same_target, copy, misaligned, length,
        script, language, markup, numbers, long, encoding, control, valid,
    )
}  # fmt: skip
