"""Tags are told apart as the standards do it, and nothing of a text is lost or counted twice."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.data.markup import FORMATS, Markup, Role, read_markup
from qkv.errors import ConfigError

B, O, C, P, U = Role.BREAK, Role.OPEN, Role.CLOSE, Role.POINT, Role.UNIT  # noqa: E741


def roles(text: str, markup: str | Markup = "html") -> list[tuple[str, Role]]:
    markup = Markup(markup) if isinstance(markup, str) else markup
    return [(text[tag.start : tag.end], tag.role) for tag in read_markup(text, markup)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b <3 <é> x> </", []),
        ("<a title=\"x>y\" b='>' c>z</A >", [("<a title=\"x>y\" b='>' c>", O), ("</A >", C)]),
        ("<a href=x/>y</a>", [("<a href=x/>", O), ("</a>", C)]),
        ("<b/>x<br/><img src=y>", [("<b/>", P), ("<br/>", B), ("<img src=y>", P)]),
        ("<!-- <b> -->x<!-->y<!x>z", [("<!-- <b> -->", P), ("<!-->", P), ("<!x>", P)]),
        ("x<!-- <b> y</b>", [("<!-- <b> y</b>", B)]),  # is one to the end
        ('x<a href="y>z</a>', [('<a href="y>z</a>', B)]),
        ("<script>a<b>'</b>'</script >x", [("<script>a<b>'</b>'", B), ("</script >", B)]),
        ("<title>a <b> c</title>", [("<title>", B), ("</title>", B)]),
        ("<pre>a <b>c</b></pre>x", [("<pre>a <b>c</b></pre>", B)]),
        ("x <code>a<b>c</code>", [("<code>a<b>c</code>", U)]),
        ("<p translate=no>x<p>y</p></p>", [("<p translate=no>x<p>y</p></p>", B)]),
        ('<i class="x notranslate">x</i>', [('<i class="x notranslate">x</i>', U)]),
        ('<i class="notranslated">x</i>', [('<i class="notranslated">', O), ("</i>", C)]),
        ("<b>1<i>2</b>3</i>", [("<b>", O), ("<i>", B), ("</b>", C), ("</i>", B)]),
        ("<b>1<b>2</b>", [("<b>", P), ("<b>", O), ("</b>", C)]),
        ("1</b>2", [("</b>", P)]),
        ("<b/>1</b>", [("<b/>", B), ("</b>", B)]),
        ("<?php x ?>y", [("<?php x ?>", P)]),
    ],
)
def test_html(text: str, expected: list[tuple[str, Role]]) -> None:
    assert roles(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<g id="1">x</g><x id="2"/>', [('<g id="1">', O), ("</g>", C), ('<x id="2"/>', P)]),
        ("<ph id='1'>&lt;br></ph>y", [("<ph id='1'>&lt;br></ph>", P)]),
        ("<bx id='1'/>x<ex id='1'/>", [("<bx id='1'/>", O), ("<ex id='1'/>", C)]),
        ("<bx id='1' rid='7'/>x<ex id='2' rid='7'/>",
         [("<bx id='1' rid='7'/>", O), ("<ex id='2' rid='7'/>", C)]),
        ("<bx id='1'/>x<ex id='2'/>", [("<bx id='1'/>", P), ("<ex id='2'/>", P)]),
        ("<sc id='1'/>x<ec startRef='1'/>", [("<sc id='1'/>", O), ("<ec startRef='1'/>", C)]),
        ("<bpt i='1'>{</bpt>x<ept i='1'>}</ept>",
         [("<bpt i='1'>{</bpt>", O), ("<ept i='1'>}</ept>", C)]),
        ("<mrk mtype='protected'>x</mrk><mrk mtype='seg'>y</mrk>",
         [("<mrk mtype='protected'>x</mrk>", U), ("<mrk mtype='seg'>", O), ("</mrk>", C)]),
        ("<pc id='1'>x<mrk translate='no'>y</mrk></pc>",
         [("<pc id='1'>", O), ("<mrk translate='no'>y</mrk>", U), ("</pc>", C)]),
        ("<source>x</source>", [("<source>", B), ("</source>", B)]),
        ("&own;&amp;&#65;", [("&own;", U)]),
    ],
)  # fmt: skip
def test_xliff(text: str, expected: list[tuple[str, Role]]) -> None:
    assert roles(text, "xliff") == expected


def test_xml_knows_no_names_but_those_that_it_is_told() -> None:
    text = "<P>a<br/>b</P><y>c<p>d</p></y><Y>e</Y>"
    told = Markup("xml", frozenset({"y"}), frozenset({"P", "p"}), frozenset({"p"}))
    assert roles(text, told) == [
        ("<P>", B), ("<br/>", P), ("</P>", B), ("<y>c<p>d</p></y>", U), ("<Y>", O), ("</Y>", C)
    ]  # fmt: skip
    assert {role for _, role in roles("<p>a</p><script>b<i>c</i></script>", "xml")} == {O, C}


@pytest.mark.parametrize("markup", ["html", "xml"])
def test_references(markup: str) -> None:
    text = "a &amp; b &lt;i&gt; &eacute;&#233;&#xE9; <b title='&amp;'>&nbsp;</b> & &x; &#0;"
    _, characters = read_markup(text, Markup(markup))
    assert [text[a:b] for a, b, _ in characters] == [
        "&amp;", "&lt;", "&gt;", "&eacute;", "&#233;", "&#xE9;", "&nbsp;", "&#0;"
    ]  # fmt: skip
    assert "".join(meant for _, _, meant in characters) == "&<>ééé\xa0\ufffd"


def test_cdata_is_text_of_xml() -> None:
    text = "a<![CDATA[<b>&amp;]]>c"
    assert read_markup(text, Markup("xml")) == ([], [(1, 21, "<b>&amp;")])
    assert roles(text) == [("<![CDATA[<b>", P)]


def test_no_such_format() -> None:
    with pytest.raises(ConfigError, match="markup must be html, xliff, xml; got 'htm'"):
        Markup("htm")


PARTS = st.sampled_from(
    ["<b>", "</b>", "<i x='>'>", "</i>", "<p>", "</p>", "<x/>", "<g id='1'>", "</g>", "<code>",
     "</code>", "<!-- ", "-->", "<![CDATA[", "]]>", "<script>", "</script>", "&amp;", "&", "<", ">",
     "'", '"', "=", " ", "/", "\0", "a", "é", "<bx id='1'/>", "<ex id='1'/>", "<ph>", "</ph>"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=30).map("".join) | st.text(), st.sampled_from(FORMATS))
def test_spans_are_in_order_and_pairs_nested(text: str, markup: str) -> None:
    tags, characters = read_markup(text, Markup(markup))
    spans = sorted([*((tag.start, tag.end) for tag in tags), *(each[:2] for each in characters)])
    assert all(a < b for a, b in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    opened: list[int] = []
    for number, tag in enumerate(tags):
        if tag.role is Role.OPEN:
            opened.append(number)
        elif tag.role is Role.CLOSE:
            assert tag.partner == opened.pop()
    assert opened == []
