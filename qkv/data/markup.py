"""Marked-up text: where the tags are, and what each does to the text around it.

Three formats: `html`; `xliff`, the inline elements of XLIFF 1.2, 2.0 and TMX; `xml`, in which names
mean nothing. Tags are told apart as the HTML standard, or XML, does it; a `<` that begins nothing
whole is text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from html import unescape
from typing import NamedTuple

from qkv.errors import ConfigError

__all__ = ["FORMATS", "HTML", "Markup", "Role", "Tag", "read_markup"]

FORMATS = ("html", "xliff", "xml")


class Role(Enum):
    """BREAK: parts the text. OPEN and CLOSE: go around words. POINT: stands between words.

    UNIT: an element whose text is left as it is, or a name of text that is not known here; stands
    for a word.
    """

    BREAK = "break"
    OPEN = "open"
    CLOSE = "close"
    POINT = "point"
    UNIT = "unit"


class Tag(NamedTuple):
    """A span of the text; partner: of OPEN and CLOSE, the number of the other one in the list."""

    start: int
    end: int
    role: Role
    partner: int | None = None


@dataclass(frozen=True)
class Markup:
    """How tags are read, besides what the format says.

    ignored: names of elements whose text is left as it is. splitting: names of tags that part the
    text; joining: of those that do not.

    Raises:
        ConfigError: no such format.
    """

    format: str
    ignored: frozenset[str] = frozenset()
    splitting: frozenset[str] = frozenset()
    joining: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ConfigError(f"markup must be {', '.join(FORMATS)}; got {self.format!r}.")


HTML = Markup("html")


class _Token(NamedTuple):
    """kind: open, close, empty; kept, a whole element; or other, such as a comment."""

    start: int
    end: int
    kind: str
    name: str = ""


# HTML: what a browser sets apart, or does not show; all other elements are within a line.
BLOCKS = frozenset({
    "address", "article", "aside", "base", "basefont", "blockquote", "body", "br", "caption",
    "center", "col", "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5",
    "h6", "head", "header", "hgroup", "hr", "html", "iframe", "legend", "li", "link", "main",
    "menu", "meta", "nav", "noembed", "noframes", "noscript", "ol", "optgroup", "option", "p",
    "param", "plaintext", "pre", "script", "search", "section", "select", "style", "summary",
    "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "title", "tr", "ul",
    "xmp",
})  # fmt: skip
VOID = frozenset({
    "area", "base", "basefont", "br", "col", "embed", "frame", "hr", "img", "input", "link",
    "meta", "param", "source", "track", "wbr",
})  # fmt: skip
CODE = frozenset({
    "code", "kbd", "math", "pre", "samp", "sub", "sup", "svg", "template", "textarea", "tt", "var",
})  # fmt: skip
# Without tags inside; of the first there is nothing to read, either.
HIDDEN = frozenset(("iframe", "noembed", "noframes", "script", "style", "xmp"))
TAGLESS = HIDDEN | {"textarea", "title"}

# XLIFF and TMX: elements around words, and what stands for code of another format.
AROUND = frozenset(("g", "hi", "mrk", "pc"))
PLACES = frozenset(("cp", "it", "ph", "sub", "ut", "x"))
# What opens and closes, in two elements: whose partner it is, and the attributes that say which.
HALVES = {
    "bpt": ("bpt", "rid", "i", "id"), "ept": ("bpt", "rid", "i", "id"),
    "bx": ("bx", "rid", "id"), "ex": ("bx", "rid", "id"),
    "sc": ("sc", "id"), "ec": ("sc", "startRef", "id"),
    "sm": ("sm", "id"), "em": ("sm", "startRef", "id"),
}  # fmt: skip

SPACE = r"[ \t\n\f\r]"
NAME = r"[^ \t\n\f\r/>=]*+"  # of an attribute, behind its first character
ATTRIBUTES = (
    rf"(?:{SPACE}++|/(?!>)|[^ \t\n\f\r/>]{NAME}(?:{SPACE}*+={SPACE}*+"
    rf"(?:\"[^\"]*+\"|'[^']*+'|(?=>)|[^ \t\n\f\r>\"'][^ \t\n\f\r>]*+)|(?!{SPACE}*+=)))*+"
)
ATTRIBUTE = re.compile(
    rf"{SPACE}([^ \t\n\f\r/>]{NAME}){SPACE}*+={SPACE}*+"
    r"(?:\"([^\"]*+)\"|'([^']*+)'|([^ \t\n\f\r>]++))"
)
# What does not end before the text does, is not told apart any further.
REST = rf"[^ \t\n\f\r/>]*+){ATTRIBUTES}(?:(?P<empty>/?)>|(?P<rest>[\s\S]*+))"
HTML_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>[A-Za-z]{REST}"
    r"|<!--(?:-?>|[\s\S]*?(?:--!?>|\Z))|<(?:[!?](?!--)|/(?![A-Za-z]|\Z))[^>]*+(?:>|\Z)"
)
XML_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>[A-Za-z_:\u0080-\U0010ffff]{REST}"
    r"|<!--[\s\S]*?(?:-->|\Z)|(?P<cdata><!\[CDATA\[[\s\S]*?\]\]>)|<!\[CDATA\[[\s\S]*+"
    r"|<\?[\s\S]*?(?:\?>|\Z)|<![A-Za-z][^<>\[\]]*+(?:\[[^\]]*+\]\s*+)?>|<!(?!--)[^>]*+(?:>|\Z)"
    r"|(?P<entity>&[A-Za-z_:\u0080-\U0010ffff][\w.:-]*+;)"
)
REFERENCE = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9a-fA-F]++;?|[A-Za-z][A-Za-z0-9]{0,31};?)")

Read = tuple[list[Tag], list[tuple[int, int, str]]]


def read_markup(text: str, markup: Markup) -> Read:
    """The tags, in order, and the characters that references (&amp;) stand for: (start, end, text).

    A comment is a tag, too. What an element that is kept holds is part of it. A tag without a
    partner is a point; but where it crosses others, it parts the text.
    """
    tokens, characters = [], []
    for token in _tokens(text, markup.format):
        if token.kind == "cdata":
            characters.append((token.start, token.end, text[token.start + 9 : token.end - 3]))
        else:
            tokens.append(token)
    tokens = list(_merged(text, tokens, markup))
    roles = [_role(text, token, markup) for token in tokens]
    read = [
        Tag(token.start, token.end, *fate)
        for token, fate in zip(tokens, _fates(tokens, roles), strict=True)
    ]
    return read, sorted([*characters, *_references(text, read, characters)])


def _tokens(text: str, form: str) -> Iterator[_Token]:
    place, pattern = 0, HTML_TAG if form == "html" else XML_TAG
    while match := pattern.search(text, place):
        start, place = match.span()
        name = match["name"] if match["name"] and match["rest"] is None else ""
        kind = _kind(match, name)
        if form == "html":
            name = name.lower()
            if kind == "open" and name in TAGLESS:
                place = _end_of_tagless(text, name, place)
                kind = kind if place < len(text) else "other"
        elif match["cdata"]:
            kind = "cdata"
        elif match["entity"]:
            kind = "kept"
            if unescape(match[0]) != match[0]:
                continue
        whole = name in HIDDEN or kind == "other"
        yield _Token(start, place if whole else match.end(), kind, name)


def _kind(match: re.Match[str], name: str) -> str:
    if not name:
        return "other"
    return "close" if match["close"] else "empty" if match["empty"] else "open"


def _end_of_tagless(text: str, name: str, start: int) -> int:
    end = re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE).search(text, start)
    return end.start() if end else len(text)


def _merged(text: str, tokens: Sequence[_Token], markup: Markup) -> Iterator[_Token]:
    """Elements that are kept as one token each: those that are closed."""
    opened: dict[str, list[int]] = {}
    ends: dict[int, int] = {}
    for i, token in enumerate(tokens):
        if token.kind == "open":
            opened.setdefault(token.name, []).append(i)
        elif token.kind == "close" and opened.get(token.name):
            ends[opened[token.name].pop()] = i
    place = 0
    for i, token in enumerate(tokens):
        if i < place:
            continue
        if i in ends and _is_kept(text, token, markup):
            place = ends[i] + 1
            yield _Token(token.start, tokens[ends[i]].end, "kept", token.name)
        else:
            yield token


def _is_kept(text: str, token: _Token, markup: Markup) -> bool:
    name, html = token.name, markup.format == "html"
    if name in markup.ignored or (html and name in CODE):
        return True
    if markup.format == "xliff" and (name in PLACES or name in HALVES):
        return True
    tag = text[token.start : token.end]
    if "translate" not in tag.lower() and "protected" not in tag:
        return False
    said = _attributes(tag)
    return (
        said.get("translate", said.get("its:translate", "")).lower() == "no"
        or (html and "notranslate" in said.get("class", "").split())
        or (markup.format == "xliff" and said.get("mtype") == "protected")
    )


def _attributes(tag: str) -> dict[str, str]:
    return {m[1].lower(): m[2] or m[3] or m[4] or "" for m in ATTRIBUTE.finditer(tag)}


def _role(text: str, token: _Token, markup: Markup) -> tuple[Role, str]:
    """And, of OPEN and CLOSE, what both have in common."""
    name = token.name
    if _parts(token, markup) or (token.kind == "other" and token.end == len(text)):
        return Role.BREAK, ""  # at the end, it may be one that does not end
    if markup.format == "xliff" and name in HALVES and token.kind != "close":
        own, *by = HALVES[name]
        said = _attributes(text[token.start : token.end])
        value = next((said[each.lower()] for each in by if each.lower() in said), "")
        return (Role.OPEN if own == name else Role.CLOSE), f"{own} {value}"
    if token.kind == "kept":
        code = markup.format == "xliff" and name in PLACES
        return (Role.POINT if code else Role.UNIT), ""
    if token.kind in ("empty", "other") or (markup.format == "html" and name in VOID):
        return Role.POINT, ""
    return (Role.OPEN if token.kind == "open" else Role.CLOSE), name


def _parts(token: _Token, markup: Markup) -> bool:
    name = token.name
    if not name or name in markup.joining:
        return False
    if name in markup.splitting:
        return True
    if markup.format == "html":
        return name in BLOCKS
    inline = name in AROUND or name in PLACES or name in HALVES
    return markup.format == "xliff" and not inline


def _fates(
    tokens: Sequence[_Token], roles: Sequence[tuple[Role, str]]
) -> Iterator[tuple[Role, int | None]]:
    """The role and the partner of each tag."""
    partners = _partners(roles)
    alone = [i for i, (role, _) in enumerate(roles) if role in (Role.OPEN, Role.CLOSE)]
    alone = [i for i in alone if i not in partners]
    closing = {roles[i][1] for i in alone if roles[i][0] is Role.CLOSE}
    opening = {roles[i][1] for i in alone if roles[i][0] is Role.OPEN}
    opening |= {token.name for token in tokens if token.kind == "empty"}
    crossing = closing & opening
    for i, (role, key) in enumerate(roles):
        if role in (Role.OPEN, Role.CLOSE) and i not in partners:
            role = Role.BREAK if key in crossing else Role.POINT
        elif role is Role.POINT and tokens[i].kind == "empty" and tokens[i].name in crossing:
            role = Role.BREAK
        yield role, partners.get(i)


def _partners(roles: Sequence[tuple[Role, str]]) -> dict[int, int]:
    """Pairs that are nested, by the nearest tag of the same name."""
    partners: dict[int, int] = {}
    stack: list[int] = []
    opened: Counter[str] = Counter()
    for i, (role, key) in enumerate(roles):
        if role is Role.OPEN:
            stack.append(i)
            opened[key] += 1
        elif role is Role.CLOSE and opened[key]:
            while roles[other := stack.pop()][1] != key:
                opened[roles[other][1]] -= 1
            opened[key] -= 1
            partners |= {i: other, other: i}
    return partners


def _references(
    text: str, read: Sequence[Tag], others: Sequence[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """Those outside of tags, with the characters that they stand for."""
    spans = sorted([(tag.start, tag.end) for tag in read] + [each[:2] for each in others])
    place = 0
    for start, end in [*spans, (len(text), len(text))]:
        for match in REFERENCE.finditer(text, place, start):
            meant = unescape(match[0]) or "\ufffd"  # of a character that no text may have
            if meant != match[0]:
                yield *match.span(), meant
        place = end
