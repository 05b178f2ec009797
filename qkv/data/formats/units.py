"""TMX and XLIFF: units of one text in several languages, as translators' tools write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - it has no types

from qkv.data.formats.columns import Columns, same_language
from qkv.data.formats.source import Source
from qkv.errors import DataError

__all__ = ["Units"]

SAMPLE = 1000  # units by which the languages are judged
UNITS = {"tu", "trans-unit", "segment"}
TAGS = tuple(f"{{*}}{name}" for name in (*UNITS, "tmx", "header", "xliff", "file"))
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Inside of these is code of another format, or another text; this text goes on behind.
CODES = {"bpt", "ept", "it", "ph", "ut", "sub"}
BREAKS = {"lb", "xlf:lb"}  # the type of a code that is a line break
UNTRANSLATED = {"new", "needs-translation", "initial"}  # states of a target


class Units:
    """The units of a TMX or XLIFF file; where one lacks a language, its text is empty.

    Inline elements are dropped, with the codes that some have inside; marked text stays. A target
    that is not translated yet, by its state, is empty. Nothing outside of the file is read, and a
    file that declares entities is refused.
    """

    def __init__(self, source: Source, wanted: Sequence[str], count: int) -> None:
        self._source, self._name = source, str(source.path)
        self._untranslated = 0
        self._codes = ("", "")  # of source and target, as the file says
        sample, names = self._sampled(wanted)
        if not names:
            raise DataError(f"{self._name}: has no units with text; there is nothing to read.")
        cells = [[unit.get(key, "") for unit in sample] for key in names]
        self.columns = Columns(self._name, list(names.values()), cells, "language")
        self.chosen = self.columns.choose(wanted, count)
        self._keys = [list(names)[index] for index in self.chosen]

    def rows(self) -> Iterator[Sequence[str]]:
        """The text of each unit in the chosen languages.

        Raises:
            DataError: as `Source.open`; or XML that is not well-formed, or declares entities.
        """
        self._untranslated = 0
        for unit in self._units():
            texts = {code.casefold(): text for code, text in unit}
            yield [texts.get(key, "") for key in self._keys]

    @property
    def remarks(self) -> Sequence[str]:
        count = self._untranslated
        targets, their = ("target", "its") if count == 1 else ("targets", "their")
        return [f"{count:,} {targets} not translated by {their} state"] if count else []

    def place(self, index: int) -> str:
        return f"{self._name}, unit {index + 1}"

    def _sampled(self, wanted: Sequence[str]) -> tuple[list[dict[str, str]], dict[str, str]]:
        """Some units, and the languages: those of the sample, or until all wanted are among them.

        Languages are keys without case, and as they are written; the file's source comes first.
        """
        sample: list[dict[str, str]] = []
        names: dict[str, str] = {}
        for number, unit in enumerate(self._units()):
            for code, _ in unit:
                names.setdefault(code.casefold(), code)
            if number < SAMPLE:
                sample.append({code.casefold(): text for code, text in unit})
            elif all(any(same_language(name, each) for name in names) for each in wanted):
                break
        first = self._codes[0].casefold()
        return sample, dict(sorted(names.items(), key=lambda name: name[0] != first))

    def _units(self) -> Iterator[list[tuple[str, str]]]:
        """The languages and texts of each unit."""
        with self._source.open() as stream:
            events = etree.iterparse(
                stream, events=("start", "end"), tag=TAGS, resolve_entities=False, load_dtd=False,
                no_network=True, remove_comments=True, remove_pis=True, huge_tree=False,
            )  # fmt: skip
            try:
                for event, element in events:
                    if event == "start":
                        self._begin(element)
                    elif _local(element) in UNITS:
                        yield list(self._texts(element))
                        _forget(element)
            except etree.XMLSyntaxError as error:
                where = f"{self._name}, line {error.lineno}" if error.lineno else self._name
                why = error.msg if error.lineno else "an entity that it does not declare, perhaps"
                raise DataError(f"{where}: not well-formed XML ({why}).") from None

    def _begin(self, element: Any) -> None:
        """Refuse entities at the root; note the languages that a file or its part is in."""
        if element.getparent() is None:
            subset = element.getroottree().docinfo.internalDTD
            if subset is not None and any(True for _ in subset.iterentities()):
                raise DataError(
                    f"{self._name}: declares entities, which are not read; remove them."
                )
        source = ("srclang", "source-language", "srcLang")
        target = ("target-language", "trgLang")
        codes = [next(filter(None, map(element.get, names)), "") for names in (source, target)]
        if any(codes):
            self._codes = codes[0], codes[1]

    def _texts(self, unit: Any) -> Iterator[tuple[str, str]]:
        """Each language and its text; of XLIFF source and target."""
        for child in unit:
            name = _local(child)
            if name == "tuv":
                code = child.get(LANGUAGE) or child.get("lang") or ""
                yield code, "".join(_text(each) for each in child if _local(each) == "seg")
            elif name == "source":
                yield self._codes[0] or name, _text(child)
            elif name == "target":
                missing = bool({unit.get("state"), child.get("state")} & UNTRANSLATED)
                self._untranslated += missing
                yield self._codes[1] or name, "" if missing else _text(child)


def _local(element: Any) -> str:
    """Its name without the namespace."""
    return str(element.tag).rpartition("}")[2]


def _text(element: Any) -> str:
    """What a reader sees of it."""
    parts = [element.text or ""]
    for child in element:
        if BREAKS & {child.get("type"), child.get("ctype"), child.get("subType")}:
            parts.append(" ")
        elif _local(child) not in CODES:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _forget(unit: Any) -> None:
    """Free it and those before it, so that the file's length does not matter."""
    unit.clear(keep_tail=False)
    while unit.getprevious() is not None:
        del unit.getparent()[0]
