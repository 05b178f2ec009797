"""`qkv show`: a heat map in the terminal and as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qkv.cli.show import in_colour
from qkv.inspection import heatmap_text, in_words, merged
from qkv.models.folder import validated_steps
from qkv.pipeline import load_translator
from tests.cli.conftest import Qkv
from tests.tiny import RNN, train

SENTENCE = "我喜欢咖啡"


@pytest.fixture(params=["transformer", "rnn"])
def model(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


def drawn(model: Path, kind: str, *, layer: int | None = None, head: int | None = None) -> str:
    """What the command should print."""
    [found] = load_translator(model).translate([SENTENCE])
    columns = [token.text for token in found.source_tokens]
    rows = [token.text for token in found.tokens] if kind == "cross" else columns
    matrix = found.attention.matrix(kind, layer=layer, head=head)
    return f"{found.text}\n\n{heatmap_text(matrix, rows, columns, colour=False)}\n"


def test_cross_attention(qkv: Qkv, model: Path) -> None:
    out = qkv("show", model, SENTENCE).printed()
    assert out == drawn(model, "cross")
    assert "coffee" in out
    assert "<eos>" in out
    assert "\x1b" not in out  # no colours in a pipe


def test_one_layer_one_head(qkv: Qkv, transformer: Path) -> None:
    out = qkv("show", transformer, SENTENCE, "--layer", "0", "--head", "1").printed()
    assert out == drawn(transformer, "cross", layer=0, head=1)
    assert out != drawn(transformer, "cross")


def test_self_attention(qkv: Qkv, transformer: Path) -> None:
    out = qkv("show", transformer, SENTENCE, "--self", "--head", "0").printed()
    assert out == drawn(transformer, "encoder", head=0)


@pytest.mark.parametrize("name", ["map.png", "map.svg", "map.pdf"])
def test_a_picture_besides(qkv: Qkv, transformer: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    out = qkv("show", transformer, SENTENCE, "--png", path).printed()
    assert out == drawn(transformer, "cross")
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[path.suffix[1:]]
    assert path.read_bytes().startswith(start)


@pytest.mark.parametrize("figure", ["heatmap", "heads", "links", "shaded"])
@pytest.mark.parametrize("words", [False, True])
def test_a_figure_of_choice(
    qkv: Qkv, transformer: Path, tmp_path: Path, figure: str, words: bool
) -> None:
    paths = tmp_path / "a.png", tmp_path / "a.svg"
    options = ["--as", figure, "--png", paths[0], "--svg", paths[1], *["--words"] * words]
    out = qkv("show", transformer, SENTENCE, *options).printed()
    assert out == qkv("show", transformer, SENTENCE, *["--words"] * words).printed()
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    drawing = paths[1].read_text("utf-8")
    [result] = load_translator(transformer).translate([SENTENCE])
    assert all(f">{word}</text>" in drawing for word in ("I", "coffee", "I like coffee"))
    if figure == "heads":
        assert drawing.count(">layer ") == 4
    if figure == "shaded":
        source = result.source_tokens[0].text
        assert drawing.count(f">{source}</text>") == len(result.tokens)


def test_each_head_is_drawn_in_its_place(
    qkv: Qkv, transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []
    monkeypatch.setattr("qkv.inspection.heads_png", lambda layers, *_, **__: drawn.append(layers))
    qkv("show", transformer, SENTENCE, "--as", "heads", "--self", "--svg", "a.svg").printed()
    [result] = load_translator(transformer).translate([SENTENCE])
    for layer, heads in enumerate(drawn[0]):
        for head, weights in enumerate(heads):
            expected = result.attention.matrix("encoder", layer=layer, head=head)
            assert (weights == expected).all()
    assert [len(heads) for heads in drawn[0]] == [2, 2]


def test_a_film_of_a_training(qkv: Qkv, corpus: dict[str, str], tmp_path: Path) -> None:
    model = tmp_path / "model"
    train(model, corpus, RNN | {"max_steps": 6, "validations": 3, "keep_checkpoints": True})
    qkv("show", model, SENTENCE, "--as", "film", "--svg", tmp_path / "film.svg").printed()
    drawing = (tmp_path / "film.svg").read_text("utf-8")
    steps = validated_steps(model)
    assert len(steps) > 1
    assert [f">step {step:,}</text>" in drawing for step in steps] == [True] * len(steps)
    assert f">{SENTENCE}</text>" in drawing


def test_words_instead_of_tokens(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    out = qkv("show", transformer, SENTENCE, "--words", "--png", tmp_path / "a.svg").printed()
    [found] = load_translator(transformer).translate([SENTENCE])
    rows, columns = (
        in_words(found.tokens, found.text),
        in_words(found.source_tokens, found.source),
    )
    matrix = merged(found.attention.matrix(), rows, columns)
    labels = [[word for word, _ in side] for side in (rows, columns)]
    assert labels[0][:2] == found.text.split()[:2]
    assert out == f"{found.text}\n\n{heatmap_text(matrix, *labels, colour=False)}\n"


@pytest.mark.parametrize("scale", ["row", "log"])
def test_another_scale(qkv: Qkv, transformer: Path, tmp_path: Path, scale: str) -> None:
    path = tmp_path / "a.svg"
    out = qkv("show", transformer, SENTENCE, "--scale", scale, "--png", path).printed()
    note = {"row": "row's largest = 1", "log": "log scale"}[scale]
    assert note in out
    assert note in path.read_text("utf-8")


@pytest.mark.parametrize(("value", "colours"), [(None, True), ("", True), ("1", False)])
def test_no_color_counts_where_it_says_something(
    value: str | None, colours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    if value is None:
        monkeypatch.delenv("NO_COLOR", raising=False)
    else:
        monkeypatch.setenv("NO_COLOR", value)
    assert in_colour() is colours


def test_a_picture_is_headed_by_the_text_of_its_rows(
    qkv: Qkv, transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles: list[str] = []
    monkeypatch.setattr("qkv.inspection.heatmap_png", lambda *_, title, **__: titles.append(title))
    for arguments in ([], ["--self"]):
        qkv("show", transformer, SENTENCE, "--png", "map.png", *arguments).printed()
    assert titles == ["I like coffee", SENTENCE]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--layer", "2"], "no layer 2; this model has 2, numbered from 0."),
        (["--head", "2"], "no head 2; this model has 2, numbered from 0."),
        (["--head", "-3"], "no head -3; this model has 2, numbered from 0."),
        (["--scale", "sqrt"], "scale must be max, row or log; got 'sqrt'."),
        (["--beam", "0"], "beam must be a whole number from 1 to 1,000; got 0."),
        (["--png", "map.gif"], "map.gif: a figure's name must end in .png or .svg or .pdf."),
        (["--svg", "map.png"], "map.png: the name of an --svg must end in .svg."),
        (
            ["--as", "pie"],
            "--as must be one of heatmap, heads, links, shaded, film; got 'pie'.",
        ),
        (["--as", "links"], "--as links is a picture; name its file with --png or --svg."),
        (
            ["--as", "heads", "--head", "0", "--svg", "a.svg"],
            "--as heads draws all layers and heads; leave out --layer and --head.",
        ),
    ],
)
def test_what_is_not_there(qkv: Qkv, transformer: Path, arguments: list[str], text: str) -> None:
    assert qkv("show", transformer, SENTENCE, *arguments).refusal() == text


def test_no_film_without_weights_that_were_kept(qkv: Qkv, rnn: Path) -> None:
    assert qkv("show", rnn, SENTENCE, "--as", "film", "--svg", "a.svg").refusal() == (
        f"{rnn} keeps no weights of earlier validations, which --as film shows; train with "
        "--keep-checkpoints."
    )


def test_an_rnn_has_no_self_attention(qkv: Qkv, rnn: Path) -> None:
    assert qkv("show", rnn, SENTENCE, "--self").refusal() == (
        "a recurrent model has no encoder self-attention; show its cross-attention."
    )


def test_one_vector_has_nothing_to_show(qkv: Qkv, one_vector: Path) -> None:
    assert qkv("show", one_vector, SENTENCE).refusal() == (
        "this model reads the source as one vector; it attends to no words."
    )


@pytest.mark.parametrize("sentence", ["", "  "])
def test_a_sentence_is_needed(qkv: Qkv, transformer: Path, sentence: str) -> None:
    assert qkv("show", transformer, sentence).refusal() == (
        "the sentence is empty; give some words to translate."
    )


def test_a_picture_that_cannot_be_written(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    path = tmp_path / "no" / "map.png"
    refused = qkv("show", transformer, SENTENCE, "--png", path).refusal()
    assert refused == f"{path}: no folder {path.parent}; make it first."


def test_a_source_unlike_the_training_text(qkv: Qkv, model: Path) -> None:
    done = qkv("show", model, "한국어")
    assert done.code == 0
    assert done.err.startswith("qkv: unlike the training text: 9 of its 9 tokens spell ")
