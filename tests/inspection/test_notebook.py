"""What notebooks show: escaped, without scripts, and nothing where there is nothing."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import qkv
from qkv.data.tokenizer import Token
from qkv.inspection import in_words, merged
from qkv.inspection.notebook import MOST_CALLS
from qkv.pipeline import Caption, Translation, load_captioner, load_translator

ALLOWED = {"p", "b", "small", "bdi", "span", "table", "tr", "td", "th", "code", "div"}


class Shown(HTMLParser):
    """Tags, and the text that a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.titles: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        assert set(self.tags) <= ALLOWED
        assert "url(" not in html
        assert "http" not in html

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert {name for name, _ in attrs} <= {"style", "title", "scope"}
        self.titles += [value or "" for name, value in attrs if name == "title"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("name", ["transformer", "rnn"])
def test_a_translation(name: str, request: pytest.FixtureRequest) -> None:
    translator = load_translator(request.getfixturevalue(name))
    [result] = translator.translate(["我喜欢咖啡"], nbest=2)
    shown = Shown(result._repr_html_())
    rows, columns = (
        in_words(result.tokens, result.text),
        in_words(result.source_tokens, result.source),
    )
    weights = merged(result.attention.matrix().astype(float), rows, columns)
    assert shown.titles == [f"{weight:.3f}" for weight in weights.flatten()]
    for word in [result.text, result.alternatives[0].text, *(w for w, _ in (*rows, *columns))]:
        assert word in shown.text


def test_a_caption(captioner: Path, album: dict[str, str]) -> None:
    path = Path(album["images"]).parent / "red-blue.png"
    [caption] = load_captioner(captioner).caption([path])
    shown = Shown(caption._repr_html_())
    words, _ = caption.words()
    assert shown.text[0] == caption.text
    assert shown.text[-len(words) :] == words
    assert shown.tags.count("td") == 4 * len(words)


def test_without_its_model_the_text_alone(transformer: Path) -> None:
    [result] = load_translator(transformer).translate(["我喜欢咖啡"])
    travelled = Translation.from_dict(result.as_dict())
    shown = Shown(travelled._repr_html_())
    assert shown.text[0] == result.text
    assert "come without its model" in "".join(shown.text)
    assert "table" not in shown.tags


def test_a_model_without_attention_and_an_empty_text(one_vector: Path, rnn: Path) -> None:
    [result] = load_translator(one_vector).translate(["我喜欢咖啡"])
    assert "attends to no words" in "".join(Shown(result._repr_html_()).text)
    [empty] = load_translator(rnn).translate([""])
    Shown(empty._repr_html_())


def test_a_long_text_is_not_a_table(rnn: Path) -> None:
    text = "我喜欢咖啡。" * 60
    [result] = load_translator(rnn).translate([text], beam=1, max_length=20)
    shown = Shown(result._repr_html_())
    assert "table" not in shown.tags


@given(st.text(min_size=1))
def test_text_is_data(text: str) -> None:
    tokens = (Token(text, 0, len(text)), Token("<eos>", len(text), len(text)))
    result = Translation(text, -1.0, -1.0, tokens, text, tokens)
    caption = Caption(text, -1.0, -1.0, tokens, 2)
    for html in (result._repr_html_(), caption._repr_html_()):
        assert Shown(html).tags[:2] == ["p", "b"]


def test_records_and_all_that_was_seen() -> None:
    layer = nn.MultiheadAttention(8, 2, batch_first=True).eval()
    x = torch.randn(1, 3, 8)
    with qkv.watch(layer) as seen, torch.no_grad():
        for _ in range(MOST_CALLS + 2):
            layer(x, x, x)
    shown = Shown(seen._repr_html_())
    assert shown.tags.count("tr") == MOST_CALLS + 1
    assert "… and 2 more" in shown.text
    assert "1 × 2 × 3 × 3" in shown.text
    record = replace(seen[0], name="<script>")
    assert "<script>: self 1×2×3×3" in "".join(Shown(record._repr_html_()).text)
