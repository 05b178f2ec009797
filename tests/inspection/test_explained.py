"""A model's numbers: right, adding up as they are printed, and readable in two languages."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from functools import cache
from math import exp, fsum, log
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from qkv.attention import Additive, General
from qkv.data.tokenizer import BOS, EOS, Tokenizer
from qkv.errors import ConfigError
from qkv.inspection import Explained, explained, explained_text
from qkv.inspection.explaining.layout import adding_up, folded, label, plain, table
from qkv.inspection.explaining.texts import TEXTS
from qkv.models import PLAIN, Attending, ModelConfig, build
from qkv.models.own_score import locate, trust
from qkv.pipeline import Translation, Translator, load_captioner
from qkv.shapes import Bias, Mask
from tests.oracles import attention as oracle
from tests.tiny import PAIRS

TEXT = "我喜欢咖啡和书"
RNN: dict[str, Any] = {"architecture": "rnn", "width": 24, "embedding": 24, "encoder_width": 20,
                       "encoder_layers": 1, "decoder_layers": 2}  # fmt: skip
MODELS: dict[str, dict[str, Any]] = {
    "transformer": {"width": 24, "embedding": 24, "heads": 3, "feedforward": 16,
                    "encoder_layers": 2, "decoder_layers": 3},
    "general": RNN,
    "dot": RNN | {"attention": "dot", "encoder_width": 24, "cell": "gru"},
    "additive": RNN | {"attention": "additive", "order": "article", "norm": True, "gate": True},
    "hard": RNN | {"select": "hard"},
    "own": RNN | {"attention": "tests.own_scores:Distance"},
    "one vector": RNN | {"attention": "none"},
}  # fmt: skip
LOOKING = [name for name in MODELS if name != "one vector"]
KINDS = ("cross", "encoder", "decoder")


@cache
def tokenizer() -> Tokenizer:
    return Tokenizer.train([text for pair in PAIRS for text in pair], 360)


@cache
def translator(name: str) -> Translator:
    """An untrained model: its numbers are explained like any other's."""
    torch.manual_seed(7)
    chosen: dict[str, Any] = MODELS[name]
    size = tokenizer().vocabulary_size
    if name == "own":
        digest = locate(chosen["attention"]).sha256
        trust(digest)
        chosen = chosen | {"score_sha256": digest}
    config = ModelConfig(source_vocabulary=size, target_vocabulary=size, **chosen)
    model: Any = build(config).eval()
    with torch.no_grad():
        for parameter in model.encoder.parameters():  # or weights would be even, and hide mistakes
            parameter *= 2
    return Translator(model, tokenizer(), tokenizer())


@cache
def translated(name: str, attention: Attending = PLAIN) -> Translation:
    asked: dict[str, Any] = {"beam": 1, "max_length": 6, "prefix": "they see the books"}
    [result] = translator(name).translate([TEXT], attention=attention, **asked)
    return result


def looks(name: str) -> list[tuple[str, int, int]]:
    """All kinds, layers and heads of a model."""
    return [
        (kind, layer, head)
        for kind, layers in translated(name).attention.heads.items()
        for layer, heads in enumerate(layers)
        for head in range(heads)
    ]


def of(name: str, step: int | str = 2, **where: Any) -> Explained:
    return explained(translator(name), translated(name), step, **where)


# The numbers


def tensors(result: Translation, kind: str, layer: int, head: int, row: int) -> Any:
    """What the model computed with: query (1, D), keys, values, in numpy's float64; the score."""
    weights = getattr(result.attention, kind)[layer]
    lookup, value = weights.lookup, weights.value
    given_ = (lookup.query[0, head, row : row + 1], lookup.key[0, head], value[0, head])
    return *(x.detach().double().numpy() for x in given_), lookup.score


def scores(query: np.ndarray, keys: np.ndarray, score: Any) -> np.ndarray:
    """(n,), from the papers' formulas."""
    if isinstance(score, General):
        made = oracle.general(score.project.weight.detach().double().numpy())
    elif isinstance(score, Additive):
        parts = (score.query.weight, score.key.weight, score.energy.weight[0])
        w, u, v = (x.detach().double().numpy() for x in parts)
        made = oracle.additive(w, u, v)
    else:
        made = oracle.dot(query.shape[-1] ** -0.5 if score.scaled else 1.0)
    return made.scores(query, keys)[0]


@pytest.mark.parametrize("name", [name for name in LOOKING if name != "own"])
def test_scores_weights_and_context_are_those_of_the_papers(name: str) -> None:
    result = translated(name)
    for kind, layer, head in looks(name):
        steps = len(result.source_tokens if kind == "encoder" else result.tokens)
        for step in range(1, steps + 1):
            got = of(name, step, kind=kind, layer=layer, head=head).look
            assert got is not None
            query, keys, values, score = tensors(result, kind, layer, head, step - 1)
            n = step if kind == "decoder" else len(keys)
            expected = scores(query, keys[:n], score)
            shares = oracle.softmax(expected[None], np.ones((1, n), bool))[0]
            weights = np.eye(n)[expected.argmax()] if name == "hard" else shares
            assert got.hidden == len(keys) - n
            numbers = [key.number - 1 for key in got.keys]
            assert [key.score for key in got.keys] == pytest.approx(expected[numbers], abs=1e-12)
            assert [key.share for key in got.keys] == pytest.approx(shares[numbers], abs=1e-14)
            assert [key.weight for key in got.keys] == pytest.approx(weights[numbers], abs=1e-14)
            assert got.context == pytest.approx(weights @ values[:n], abs=1e-12)


@pytest.mark.parametrize("name", LOOKING)
def test_weights_are_those_that_are_shown(name: str) -> None:
    result = translated(name)
    for kind, layer, head in looks(name):
        matrix = result.attention.matrix(kind, layer=layer, head=head)
        for step, row in enumerate(matrix, start=1):
            got = of(name, step, kind=kind, layer=layer, head=head)
            assert got.look is not None
            shown = {key.number - 1: key.weight for key in got.look.keys}
            assert got.look.others is None
            assert row == pytest.approx([shown.get(i, 0.0) for i in range(len(row))], abs=2e-6)
            if got.heads is not None:
                mean = result.attention.matrix(kind, layer=layer)[step - 1]
                assert got.heads.mean == pytest.approx(mean.max(), abs=2e-6)
                assert got.heads.key - 1 == mean.argmax()


@pytest.mark.parametrize("name", MODELS)
def test_probabilities_are_those_of_the_whole_model_in_float64(name: str) -> None:
    result = translated(name)
    model = deepcopy(translator(name).model).double()
    source = torch.tensor([[*tokenizer().encode(TEXT).ids, EOS]])
    with torch.no_grad():
        decoded, _ = model(source, source >= 0, torch.tensor([[BOS, *result.ids]]))
        log_p = torch.log_softmax(model.decoder.readout(decoded.features[0]), -1)
    ids, total = [*result.ids, EOS], 0.0
    for step, row in enumerate(log_p, start=1):
        got = of(name, step).prediction
        assert got is not None
        assert got.id == ids[step - 1]
        assert got.log_probability == pytest.approx(float(row[got.id]), abs=1e-4)
        assert [word.id for word in got.words][:5] == row.topk(5).indices.tolist()
        best = row.topk(5).values.exp().tolist()
        assert [word.probability for word in got.words][:5] == pytest.approx(best, abs=2e-5)
        assert got.rank == 1 + int((row > row[got.id]).sum())
        total += got.log_probability
    assert total == pytest.approx(result.log_probability, abs=1e-4)


@pytest.mark.parametrize("name", LOOKING)
def test_everything_adds_up(name: str) -> None:
    for kind, layer, head in looks(name):
        got = of(name, 3, kind=kind, layer=layer, head=head)
        assert got.look is not None
        for key in got.look.keys:
            if got.look.dimensions:
                assert fsum([*key.products, key.rest]) == pytest.approx(key.product, abs=1e-12)
            assert key.product * got.look.scale + key.bias == pytest.approx(key.score, abs=1e-12)
            assert exp(key.score - got.look.shift) == pytest.approx(key.exp, abs=1e-14)
            assert key.exp / got.look.total == pytest.approx(key.share, abs=1e-14)
        for at, d in enumerate(got.look.value_dimensions):
            parts = [key.brought[at] for key in got.look.keys]
            assert fsum(parts) == pytest.approx(got.look.context[d - 1], abs=1e-12)
        if got.prediction is not None:
            check_prediction(got.prediction)


def check_prediction(got: Any) -> None:
    assert fsum([*(t.product for t in got.terms), got.rest, got.bias]) == pytest.approx(got.logit)
    assert all(t.feature * t.weight == pytest.approx(t.product) for t in got.terms)
    assert fsum([*(w.exp for w in got.words), got.other_exp]) == pytest.approx(got.total)
    whole = fsum([*(w.probability for w in got.words), got.other_probability])
    assert whole == pytest.approx(1, abs=1e-12)
    assert len(got.words) + got.others == tokenizer().vocabulary_size
    assert log(got.probability) == pytest.approx(got.log_probability)


@pytest.mark.parametrize(("count", "width"), [(700, 24), (11, 24)])
def test_of_many_keys_the_heaviest_are_shown_and_the_rest_is_added_up(
    count: int, width: int
) -> None:
    text = ("我喜欢咖啡" * count)[: 2 * count]
    [result] = translator("general").translate([text], beam=1, max_length=3)
    got = explained(translator("general"), result, 1).look
    row = result.attention.matrix()[0].astype(float)
    assert got is not None
    assert got.others is not None
    assert len(got.keys) == 10
    assert got.others.count == len(row) - 10
    assert sorted(key.weight for key in got.keys) == pytest.approx(np.sort(row)[-10:], abs=1e-6)
    shown = [key.number - 1 for key in got.keys]
    assert shown == sorted(shown)
    assert fsum([*(key.weight for key in got.keys), got.others.weight]) == pytest.approx(1)
    assert fsum([*(key.exp for key in got.keys), got.others.exp]) == pytest.approx(got.total)
    for at, d in enumerate(got.value_dimensions):
        parts = [*(key.brought[at] for key in got.keys), got.others.brought[at]]
        assert fsum(parts) == pytest.approx(got.context[d - 1], abs=1e-12)
    assert len(got.query) == 20


def test_the_gate_is_of_the_state_that_asks() -> None:
    decoder: Any = translator("additive").model.decoder
    got = of("additive", 3)
    state = translated("additive").attention.cross[0].lookup.query[0, 0, 2]
    with torch.no_grad():
        expected = float(torch.sigmoid(decoder.get_submodule("gate")(state)))
    assert got.gate == pytest.approx(expected, abs=1e-6)
    assert (got.order, got.normed) == ("article", True)
    assert of("general").gate is None


def test_a_score_of_ones_own_is_a_number_with_a_name() -> None:
    got, result = of("own"), translated("own")
    lookup = result.attention.cross[0].lookup
    with torch.no_grad():
        expected = lookup.score(lookup.query, lookup.key)[0, 0, 1]
    assert got.look is not None
    assert got.look.score == "tests.own_scores:Distance"
    assert got.look.dimensions == ()
    assert [key.score for key in got.look.keys] == pytest.approx(expected.tolist(), abs=1e-6)
    assert "tests.own_scores:Distance" in explained_text(got, "en")


# What a pass was asked to look at


def test_hidden_positions_biases_and_pins_are_in_the_numbers() -> None:
    n = len(translated("transformer").source_tokens)
    bias = torch.zeros(1, n)
    bias[0, 1] = 1.5
    asked = (
        PLAIN.hiding(torch.arange(n) == 2)
        .biased("cross", Bias(bias), layer=2, heads=[1])
        .without_heads("cross", [2], layer=2)
        .pinned("cross", torch.full((1, n), 1 / n), rows=[3], layer=2, heads=[0])
    )
    result = translated("transformer", attention=asked)
    model = translator("transformer")
    for step, head in ((2, 0), (2, 1), (2, 2), (4, 0), (4, 1)):
        got = explained(model, result, step, head=head).look
        row = result.attention.matrix(head=head)[step - 1]
        assert got is not None
        shown = {key.number - 1: key.weight for key in got.keys}
        assert row == pytest.approx([shown.get(i, 0.0) for i in range(n)], abs=2e-6)
        assert got.pinned == (step == 4 and head == 0)
        assert got.hidden == (0 if got.pinned else n if head == 2 else 1)
        biases = {key.number - 1: key.bias for key in got.keys if key.bias}
        assert biases == ({1: 1.5} if head == 1 else {})
        for lang in ("en", "zh"):
            check_page(explained_text(explained(model, result, step, head=head), lang))


@pytest.mark.parametrize("name", ["transformer", "general"])
def test_a_key_whose_score_is_minus_infinity_is_hidden(name: str) -> None:
    n = len(translated(name).source_tokens)
    bias = torch.zeros(1, n)
    bias[0, 1] = -torch.inf
    result = translated(name, attention=PLAIN.biased("cross", Bias(bias)))
    got = explained(translator(name), result, 1)
    assert got.look is not None
    assert got.look.hidden == 1
    assert 2 not in [key.number for key in got.look.keys]
    json.dumps(got.as_dict(), allow_nan=False)
    assert "A mask hides 1 of the keys" in explained_text(got, "en")


def test_a_mask_that_leaves_nothing_is_said() -> None:
    asked = PLAIN.masked("cross", Mask(torch.zeros(1, 1, dtype=torch.bool)))
    got = explained(translator("general"), translated("general", attention=asked), 1)
    assert got.look is not None
    assert got.look.keys == ()
    assert set(got.look.context) == {0.0}
    assert "the context is 0" in explained_text(got, "en")
    assert "上下文为 0" in explained_text(got, "zh")


def test_later_words_are_hidden_by_the_causal_mask() -> None:
    got = of("transformer", 2, kind="decoder", layer=0)
    assert got.look is not None
    assert [key.token for key in got.look.keys] == [
        "<bos>",
        translated("transformer").tokens[0].text,
    ]
    assert got.look.hidden == got.steps - 2
    assert f"what comes later, {got.look.hidden} of the keys" in explained_text(got, "en")


# Which step, layer and head


def test_steps_count_from_1_and_words_name_them() -> None:
    tokens = [token.text for token in translated("general").tokens]
    assert [of("general", i).token for i in range(1, len(tokens) + 1)] == tokens
    assert of("general", "see") == of("general", tokens.index("see") + 1)
    assert of("general", "2") == of("general", 2)
    assert of("general", "<eos>").step == len(tokens)
    source = [token.text for token in translated("transformer").source_tokens]
    assert of("transformer", 3, kind="encoder").token == source[2]
    assert of("transformer", "<eos>", kind="encoder").step == len(source)
    assert of("transformer", "see", layer=-1, head=-1) == of("transformer", "see", layer=2, head=2)


@pytest.mark.parametrize(
    ("step", "where", "message"),
    [
        (0, {}, "no step 0; there are 6, numbered from 1: 1 they, 2 see, "),
        (7, {}, "no step 7; there are 6"),
        (-1, {}, "no step -1; "),
        ("cocoa", {}, "no step is for 'cocoa'; they are 1 they, 2 see"),
        (1, {"layer": 3}, "no layer 3; this model has 3, numbered from 0."),
        (1, {"head": -4}, "no head -4; this model has 3, numbered from 0."),
        (1, {"kind": "self"}, "no attention 'self'; choose cross, encoder or decoder."),
    ],
)
def test_what_is_not_there_is_said(step: int | str, where: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        of("transformer", step, **where)
    assert str(caught.value).startswith(message)


def test_a_word_said_twice_is_named_by_its_number() -> None:
    result = translator("general").translate([TEXT], beam=1, max_length=4, prefix="see the see")[0]
    with pytest.raises(
        ConfigError, match=r"^'see' is said at steps 1 and 3; name one by its number"
    ):
        explained(translator("general"), result, "see")


@pytest.mark.parametrize("where", [{"layer": 0}, {"head": 0}])
def test_one_vector_has_no_layers(where: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="reads the source as one vector"):
        of("one vector", **where)


def test_a_result_without_its_model_says_so() -> None:
    result = Translation.from_dict(translated("general").as_dict())
    with pytest.raises(ConfigError, match=r"call translator.attend\(translation\) first"):
        explained(translator("general"), result, 1)


@pytest.mark.parametrize("name", ["transformer", "general", "one vector"])
def test_a_text_of_several_sentences_is_explained_sentence_by_sentence(name: str) -> None:
    model = translator(name)
    texts = ["我喜欢咖啡。", "他们看到书。"]
    [whole] = model.translate(["".join(texts)], beam=1, max_length=5, documents=True)
    first, second = model.translate(texts, beam=1, max_length=5, min_length=2)
    assert len(whole.tokens) == len(first.tokens) + len(second.tokens)
    got, alone = explained(model, whole, len(first.tokens) + 2), explained(model, second, 2)
    assert (got.step, got.steps) == (len(first.tokens) + 2, len(whole.tokens))
    assert replace(got, step=2, steps=alone.steps) == alone
    if name == "transformer":
        read = len(first.source_tokens)
        got, alone = (
            explained(model, one, step, kind="encoder")
            for one, step in ((whole, read + 2), (second, 2))
        )
        assert replace(got, step=2, steps=alone.steps) == alone


def test_protected_units_are_called_by_their_text() -> None:
    result = translator("general").translate(
        ["我喜欢 https://a.b/c 咖啡"], max_length=6, protect=True
    )[0]
    for step, token in enumerate(result.tokens, start=1):
        assert explained(translator("general"), result, step).token == token.text


# Captions


def test_keys_of_a_caption_are_places_in_the_picture(
    captioner: Path, album: dict[str, str]
) -> None:
    model = load_captioner(captioner)
    [caption] = model.caption([str(Path(album["images"]).parent / "red-blue.png")], beam=1)
    matrix, regions = caption.attention.matrix(), caption.grid**2
    for step, row in enumerate(matrix, start=1):
        got = explained(model, caption, step)
        assert got.look is not None
        assert got.grid == caption.grid
        weights = {key.token: key.weight for key in got.look.keys}
        names = [f"r{i + 1} c{j + 1}" for i, j in np.ndindex(caption.grid, caption.grid)]
        assert row == pytest.approx([weights[name] for name in names], abs=2e-6)
        assert len(weights) == regions
    last = explained(model, caption, "<eos>").prediction
    assert last is not None
    assert last.token == "<eos>"


# The page

NUMBER = re.compile(r"-?\d+\.\d{6}(?:e[+-]\d+)?$")


def pages(got: Explained) -> list[str]:
    return [explained_text(got, lang) for lang in ("en", "zh")]


def check_page(page: str) -> None:
    """At most 88 columns, and every table adds up as it is printed."""
    lines = page.splitlines()
    assert [line for line in lines if cell_len(line) > 88 or line != line.rstrip()] == []
    assert {cell_len(line) for line in lines if line.startswith("── ")} == {88}
    for block in re.split(r"\n\s*\n", page):
        if block.startswith("  "):
            check_sums([by_columns(line) for line in block.splitlines()])


def by_columns(line: str) -> str:
    """A character for each column of a terminal."""
    return "".join((c + "~")[: cell_len(c)] for c in line)


def check_sums(lines: list[str]) -> None:
    """Where the last row is a sum, columns add up to it; where the last column is, rows do."""
    rows = [re.split(r"\s{2,}", line.strip()) for line in lines]
    if re.match("  (sum|合~计~)", lines[-1]) or re.match("  (mean|平~均~)", lines[-1]):
        last = max(i for i, line in enumerate(lines) if re.match("  (sum|合~计~)", line))
        ends = [m.end() for m in re.finditer(r"\S+", lines[last]) if NUMBER.match(m[0])]
        assert ends
        for end in ends:
            column = [re.search(r"(?<= )(-?\d+\.\d+\S*)$", line[:end]) for line in lines[1:last]]
            cells = [Decimal(found[1]) for found in column if found]
            assert sum(cells) == Decimal(lines[last][:end].split()[-1])
    elif re.search("(sum( q · kᵢ)?|合~计~( q · kᵢ)?)$", lines[0]):
        for row in rows[1:]:
            *parts, total = (Decimal(x) for x in row if NUMBER.match(x))
            assert len(parts) > 1
            assert sum(parts) == total


@pytest.mark.parametrize("name", MODELS)
def test_the_page_adds_up_in_both_languages(name: str) -> None:
    wheres: list[dict[str, Any]] = [{}]
    wheres += [{"kind": k, "layer": m, "head": h} for k, m, h in looks(name)]
    for where in wheres:
        english, chinese = pages(of(name, 2, **where))
        check_page(english)
        check_page(chinese)
        assert re.findall(r"-?\d+\.\d{6}", english) == re.findall(r"-?\d+\.\d{6}", chinese)


@pytest.mark.parametrize("name", LOOKING)
def test_each_page_is_in_one_language(name: str) -> None:
    english, chinese = (
        "\n".join(re.sub("“.*?”", "", line) for line in page.splitlines() if line[:2] != "  ")
        for page in pages(of(name, "they"))
    )
    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", english)
    names = {"QKV", "RNN", "Transformer", "Luong", "Bahdanau", "softmax", "exp", "logit"}
    names |= {"Seq", "qkv", "show", "bos", "tests", "own", "scores", "Distance"}
    assert set(re.findall(r"[A-Za-z]{3,}", chinese)) <= names


def test_texts_have_the_same_blanks_in_both_languages() -> None:
    for name, (english, chinese) in TEXTS.items():
        blanks = [
            {field for _, field, _, _ in Formatter().parse(t) if field} for t in (english, chinese)
        ]
        assert blanks[0] == blanks[1], name
        assert min(len(english.strip()), len(chinese.strip())) > 0, name


def test_the_terms_of_seq2seq_and_of_qkv_stand_beside_each_other() -> None:
    english, chinese = pages(of("general", 2))
    for term in ("eᵢ = s₂ᵀ W hᵢ", "eᵢ = q · kᵢ", "αᵢ = exp(eᵢ) / Σₖ exp(eₖ)", "c₂ = Σᵢ αᵢ hᵢ",
                 "c = Σᵢ αᵢ vᵢ", "f = tanh(W_c [c₂; s₂] + b)",
                 "ŷ₂ = softmax(Wₒ f + bₒ)"):  # fmt: skip
        assert term in english
        assert term in chinese
    for term in ("decoder state s₂", "encoder hidden state hᵢ", "query q", "key kᵢ", "value vᵢ"):
        assert term in english
    for term in ("解码器状态 s₂", "编码器隐藏状态 hᵢ", "查询 q", "键 kᵢ", "值 vᵢ", "上下文向量"):
        assert term in chinese
    assert "previous decoder state s₁" in explained_text(of("additive", 2), "en")


def test_the_page_tells_the_truth_about_what_follows() -> None:
    one, layers = (
        explained_text(of("general", 6), "en"),
        explained_text(of("transformer", layer=0), "en"),
    )
    assert "there is no next query" in one
    assert "makes s₃, the next query" in explained_text(of("general", 2), "en")
    assert "The contexts of the 3 heads, 8 numbers each, stand side by side (24 numbers)" in layers
    assert "Layers 1 to 2 go on from there." in layers
    encoder = explained_text(of("transformer", kind="encoder"), "en")
    assert "5  Prediction" not in encoder
    assert "Seq2Seq has no self-attention" in encoder
    assert "number 1" not in explained_text(of("hard"), "en")
    assert "Attention is hard" in explained_text(of("hard"), "en")
    assert "attention=none" in explained_text(of("one vector"), "en")


def test_a_language_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match="lang must be en or zh; got 'fr'"):
        explained_text(of("general"), "fr")


def test_what_it_says_goes_into_json() -> None:
    for name in MODELS:
        record = json.loads(json.dumps(of(name).as_dict(), allow_nan=False))
        assert record["token"] == "see"
        assert (record["look"] is None) == (name == "one vector")


ODD = [
    "a\x1b[31m",
    "ש\u202eלום",
    "مرحبا",
    "👩‍👩‍👧",
    "e\u0301",
    "<b>&",
    "\n",
    "字" * 40,
    "w" * 90,
    " ",
    "{x}",
]


@settings(max_examples=40)
@given(st.lists(st.one_of(st.sampled_from(ODD), st.text(min_size=1)), min_size=3, max_size=3))
def test_tokens_are_text_whatever_they_hold(tokens: list[str]) -> None:
    got = of("general", 2)
    assert got.look is not None
    keys = tuple(replace(k, token=tokens[i % 3]) for i, k in enumerate(got.look.keys))
    odd = replace(got, token=tokens[0], before=tuple(tokens), look=replace(got.look, keys=keys))
    for page in pages(odd):
        assert max(map(cell_len, page.splitlines())) <= 88
        assert len(page.splitlines()) == len(page.split("\n"))
        assert all(character == "\n" or ord(character) >= 32 for character in page)


@settings(max_examples=200)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
    st.lists(st.floats(-1e6, 1e6), max_size=1),
    st.sampled_from([1e-12, 1.0, 1e9]),
)
def test_printed_parts_add_up_to_the_printed_total(
    parts: list[float], rest: list[float], size: float
) -> None:
    parts, rest = [x * size for x in parts], [x * size for x in rest]
    *printed, total = map(Decimal, adding_up(parts, rest, fsum(parts + rest)))
    assert sum(printed) == total
    largest = max(map(abs, (*parts, *rest, fsum(parts + rest))))
    unit = 1e-6 if 1e-3 <= largest < 1e7 or not largest else 1e-5 * largest
    shown = zip(parts, printed, strict=False)
    assert all(abs(float(as_shown) - part) <= 1.01 * unit + 1e-300 for part, as_shown in shown)


def test_the_rest_takes_what_rounding_leaves() -> None:
    thirds = [1 / 3] * 3
    assert adding_up(thirds, [], 1.0) == ["0.333334", "0.333333", "0.333333", "1.000000"]
    assert adding_up(thirds[:2], thirds[:1], 1.0) == [
        *["0.333333"] * 2, "0.333334", "1.000000"]  # fmt: skip
    assert adding_up([0.0, 2 / 3, 1 / 3 + 1e-7], [], 1.0) == [
        "0.000000", "0.666667", "0.333333", "1.000000"]  # fmt: skip


@pytest.mark.parametrize(
    ("x", "text"),
    [(0, "0.000000"), (-0.0, "0.000000"), (1.5, "1.500000"), (-12.3456789, "-12.345679"),
     (1e-9, "1.000000e-09"), (3.2e12, "3.200000e+12"), (9999999, "9999999.000000")],
)  # fmt: skip
def test_one_number(x: float, text: str) -> None:
    assert plain(x) == text


def test_a_table_too_wide_goes_on_below() -> None:
    rows = [("a", ["1" * 30] * 4), ("bb", ["2" * 30] * 4)]
    shown = table("", ["x", "y", "z", "w"], rows)
    assert max(map(cell_len, shown.splitlines())) <= 88
    assert shown.count("bb") == 2
    assert len(shown.split("\n\n")) == 2


def test_lines_are_folded_between_words_and_before_no_full_stop() -> None:
    assert list(folded("word " * 20, 2)) == [("word " * 17).rstrip(), "  word word word"]
    for text in ("注意力机制，" * 30, "word " * 40, "模型 model，（括号）。" * 12):
        lines = list(folded(text, 0))
        assert max(map(cell_len, lines)) <= 88
        assert not any(line[0] in "，。）" for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_label_right_to_left_keeps_the_numbers_in_their_place() -> None:
    assert label("שלום") == "שלום\u200e"
    assert label("abc") == "abc"
    assert cell_len(label("字" * 30)) <= 20
