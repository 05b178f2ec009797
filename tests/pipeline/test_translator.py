"""Text in, translations out, for all kinds of models."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch

import qkv
from qkv.data import join_tokens
from qkv.data.tokenizer import EOS, FIRST_BYTE, Token, Tokenizer
from qkv.errors import ConfigError, FolderError
from qkv.pipeline import Translation, Translator, load_translator
from qkv.search.hypothesis import Hypothesis
from tests.tiny import PAIRS

TEXTS = ["我喜欢咖啡", "", "老师吃面包", "  ", "小猫有书", "他们看到苹果"]


@pytest.fixture(params=["transformer", "rnn", "one_vector"])
def translator(request: pytest.FixtureRequest) -> Translator:
    return load_translator(request.getfixturevalue(request.param))


@pytest.fixture
def attentive(transformer: Path) -> Translator:
    return load_translator(transformer)


def test_a_model_in_training_translates_as_it_does_later(attentive: Translator) -> None:
    for module in attentive.model.modules():
        if hasattr(module, "dropout"):
            module.dropout = 0.5  # pyright: ignore[reportArgumentType]
    expected = attentive.translate(["我喜欢咖啡"])
    attentive.model.train()
    assert attentive.translate(["我喜欢咖啡"]) == expected
    assert not attentive.model.training


def links(translation: Translation, **how: Any) -> set[tuple[int, int]]:
    return set(translation.alignment(**how))


@pytest.mark.parametrize("beam", [1, 3])
def test_a_batch_is_its_single_texts_in_order(translator: Translator, beam: int) -> None:
    together = translator.translate(TEXTS, beam=beam)
    assert [t.source for t in together] == TEXTS
    for text, found in zip(TEXTS, together, strict=True):
        [alone] = translator.translate([text], beam=beam)
        assert alone.text == found.text
        assert alone.tokens == found.tokens
        assert alone.log_probability == pytest.approx(found.log_probability, abs=1e-4)


def test_small_batches_give_the_same(translator: Translator) -> None:
    texts = [source for source, _ in PAIRS[::7]]
    whole = translator.translate(texts, beam=2)
    parts = translator.translate(texts, beam=2, batch_tokens=1)
    assert [t.text for t in whole] == [t.text for t in parts]


def test_equal_texts_are_searched_for_once(translator: Translator) -> None:
    given = ["我喜欢咖啡", "老师吃面包", "我喜欢咖啡", "", "老师吃面包", "我喜欢咖啡"]
    prefixes = ["", "", "I", "", "", ""]
    alone = [
        translator.translate([text], prefix=prefix, beam=2)[0]
        for text, prefix in zip(given, prefixes, strict=True)
    ]
    rows, find = [], translator.find

    def counted(model: Any, machine: Any, source: torch.Tensor, *others: Any) -> Any:
        rows.append(len(source))
        return find(model, machine, source, *others)

    translator.find = counted
    together = translator.translate(given, prefix=prefixes, beam=2)
    assert [t.text for t in together] == [t.text for t in alone]
    assert [t.source for t in together] == given
    assert sum(rows) == 3  # the first text with its two beginnings, and the second


def test_no_texts_give_no_translations(translator: Translator) -> None:
    assert translator.translate([]) == []


@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_an_empty_text_has_an_empty_translation(translator: Translator, text: str) -> None:
    [found] = translator.translate([text], nbest=2)
    assert (found.text, found.score, found.log_probability) == ("", 0.0, 0.0)
    assert found.source_tokens == (Token("<eos>", len(text), len(text)),)
    assert found.tokens == (Token("<eos>", 0, 0),)
    if not translator.one_vector:
        assert found.alignment() == []


def test_tokens_lie_in_the_text_and_end_with_eos(translator: Translator) -> None:
    for found in translator.translate(TEXTS):
        for text, tokens in ((found.source, found.source_tokens), (found.text, found.tokens)):
            assert tokens[-1] == Token("<eos>", len(text), len(text))
            starts = [token.start for token in tokens]
            assert starts == sorted(starts)
            for token in tokens[:-1]:
                if not token.text.startswith(("<0x", "▁")):
                    assert text[token.start : token.end] == token.text


def test_the_score_is_the_log_probability_over_the_penalty(attentive: Translator) -> None:
    for alpha in (0.0, 0.6, 2.0):
        for found in attentive.translate(["我喜欢咖啡", "老师吃面包"], length_penalty=alpha):
            penalty = ((5 + len(found.tokens)) / 6) ** alpha  # EOS counted
            assert found.score == pytest.approx(found.log_probability / penalty)


def test_the_log_probability_is_that_of_its_tokens(translator: Translator) -> None:
    [found] = translator.translate(["我喜欢咖啡"])
    source = translator.source_tokenizer.encode("我喜欢咖啡").ids
    target = translator.target_tokenizer.encode(found.text).ids
    assert translator.target_tokenizer.decode(target).tokens == list(found.tokens[:-1])
    words = torch.tensor([[1, *target]])
    ids = torch.tensor([[*source, 2]])
    with torch.no_grad():
        decoded, _ = translator.model(ids, torch.ones_like(ids, dtype=torch.bool), words)
        log_p = translator.model.decoder.readout(decoded.features)[0].log_softmax(-1)
    expected = sum(log_p[i, word].item() for i, word in enumerate([*target, 2]))
    assert found.log_probability == pytest.approx(expected, abs=1e-3)


def test_a_translation_that_people_wrote_is_read_as_if_it_had_been_found(
    translator: Translator,
) -> None:
    [found] = translator.translate(["我喜欢咖啡"])
    again = translator.forced("我喜欢咖啡", found.text)
    assert (again.text, again.tokens, again.ids) == (found.text, found.tokens, found.ids)
    assert again.score == pytest.approx(found.score, abs=1e-4)
    probabilities = again.attention.probabilities
    assert len(probabilities) == len(again.tokens)
    assert np.log(probabilities).sum() == pytest.approx(found.log_probability, abs=1e-4)
    worse = translator.forced("我喜欢咖啡", "apples  tea")
    assert worse.text == "apples tea"
    assert worse.log_probability < found.log_probability
    nothing = translator.forced("", "")
    assert [token.text for token in nothing.tokens] == ["<eos>"]


def test_alternatives_are_the_other_hypotheses(attentive: Translator) -> None:
    [found] = attentive.translate(["我喜欢咖啡"], beam=5, nbest=4)
    every = [found, *found.alternatives]
    assert len(every) == 4
    assert [t.score for t in every] == sorted((t.score for t in every), reverse=True)
    assert len({t.tokens for t in every}) == 4
    assert {t.source for t in every} == {"我喜欢咖啡"}
    assert attentive.translate(["我喜欢咖啡"], beam=5)[0].alternatives == ()


def test_one_text_in_two_segmentations_is_one_alternative(
    attentive: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    i, like = (tuple(attentive.target_tokenizer.encode(text).ids) for text in ("I", "like"))
    spelled = tuple(FIRST_BYTE + byte for byte in b" like")
    ranked = [(i + like, -1.0), (i + spelled, -2.0), (i, -3.0), (like, -4.0)]
    every = [Hypothesis(tokens, score, score) for tokens, score in ranked]
    monkeypatch.setattr("qkv.pipeline.searching.run", lambda *_, **__: [every])
    for nbest, expected in ((4, [-1, -3, -4]), (2, [-1, -3]), (1, [-1])):
        [found] = attentive.translate(["我"], nbest=nbest)
        assert [t.score for t in (found, *found.alternatives)] == expected
    assert found.text == "I like"


def test_the_length_is_limited(translator: Translator) -> None:
    bias = translator.model.get_parameter("decoder.output.bias")
    bias.data[EOS] = -1e4  # it never ends by itself
    for beam, ratio in ((1, 0.0), (1, 1.5), (3, 0.0), (3, 2.7)):
        for found in translator.translate([TEXTS[0], TEXTS[2]], beam=beam, max_ratio=ratio):
            assert len(found.tokens) == int(ratio * (len(found.source_tokens) - 1)) + 10


def test_attention_is_that_of_the_finished_translation(attentive: Translator) -> None:
    [found] = attentive.translate(["我喜欢咖啡"])
    rows, columns = len(found.tokens), len(found.source_tokens)
    sizes = {"cross": (rows, columns), "encoder": (columns, columns), "decoder": (rows, rows)}
    for kind, size in sizes.items():
        heads = [found.attention.matrix(kind, layer=0, head=head) for head in (0, 1)]
        for matrix in heads:
            assert matrix.shape == size
            np.testing.assert_allclose(matrix.sum(-1), 1, rtol=1e-5)
        mean = found.attention.matrix(kind, layer=0)
        np.testing.assert_allclose(mean, (heads[0] + heads[1]) / 2, rtol=1e-6)
        last = found.attention.matrix(kind, layer=1)
        np.testing.assert_array_equal(found.attention.matrix(kind), last)
        np.testing.assert_array_equal(found.attention.matrix(kind, layer=-1), last)
        assert not np.allclose(mean, last)
    assert not np.triu(found.attention.matrix("decoder"), 1).any()


def test_looking_does_not_change_what_follows(translator: Translator) -> None:
    before = translator.translate(TEXTS)
    torch.manual_seed(5)
    if not translator.one_vector:
        _ = [found.attention for found in before]
    assert translator.translate(TEXTS) == before
    assert torch.initial_seed() == 5


@pytest.mark.parametrize(
    ("kind", "where", "text"),
    [
        ("cross", {"layer": 2}, "no layer 2; this model has 2, numbered from 0."),
        ("cross", {"layer": -3}, "no layer -3; this model has 2, numbered from 0."),
        ("encoder", {"head": 2}, "no head 2; this model has 2, numbered from 0."),
        ("decoder", {"head": -9}, "no head -9; this model has 2, numbered from 0."),
        ("selff", {}, "no attention 'selff'; choose cross, encoder or decoder."),
        ("matrix", {}, "no attention 'matrix'; choose cross, encoder or decoder."),
    ],
)
def test_layers_and_heads_that_are_not_there(
    attentive: Translator, kind: str, where: dict[str, int], text: str
) -> None:
    [found] = attentive.translate(["我喜欢咖啡"])
    with pytest.raises(ConfigError) as caught:
        found.attention.matrix(kind, **where)
    assert str(caught.value) == text


def test_a_recurrent_model_has_cross_attention_alone(rnn: Path) -> None:
    [found] = load_translator(rnn).translate(["我喜欢咖啡"])
    matrix = found.attention.matrix()
    assert matrix.shape == (len(found.tokens), len(found.source_tokens))
    np.testing.assert_allclose(matrix.sum(-1), 1, rtol=1e-5)
    with pytest.raises(ConfigError, match="a recurrent model has no encoder self-attention"):
        found.attention.matrix("encoder")


def test_one_vector_has_nothing_to_attend_to(one_vector: Path) -> None:
    [found] = load_translator(one_vector).translate(["我喜欢咖啡"])
    for look in (found.attention.matrix, found.alignment):
        with pytest.raises(ConfigError) as caught:
            look()
        assert str(caught.value) == (
            "this model reads the source as one vector; it attends to no words."
        )


def test_links_join_words_characters_subwords_or_given_words(attentive: Translator) -> None:
    [found] = attentive.translate(["我喜欢咖啡"])
    characters, words = len(found.source), len(found.text.split())
    matrix = found.attention.matrix()
    explained = {j for j, row in enumerate(matrix[:words]) if row[:-1].max() > row[-1]}
    assert {j for _, j in links(found)} == explained != set()  # each word is a token
    assert {i for i, _ in links(found)} <= set(range(characters))
    tokens = len(found.source_tokens) - 1, len(found.tokens) - 1
    assert all(i < tokens[0] and j < tokens[1] for i, j in links(found, subwords=True))
    given = join_tokens("我 喜欢 咖啡").spans
    assert {i for i, _ in links(found, source_words=given)} <= {0, 1, 2}
    # a word of two characters is linked where one of them is
    expected = {(min((i + 1) // 2, 2), j) for i, j in links(found)}
    assert links(found, source_words=given) == expected


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"beam": 0}, "beam must be a whole number from 1 to 1,000; got 0."),
        ({"beam": 1001}, "beam must be a whole number from 1 to 1,000; got 1001."),
        ({"beam": 2.0}, "beam must be a whole number from 1 to 1,000; got 2.0."),
        ({"beam": "2"}, "beam must be a whole number from 1 to 1,000; got '2'."),
        ({"beam": 2, "nbest": 3}, "nbest must be a whole number from 1 to beam=2; got 3."),
        ({"nbest": 0}, "nbest must be a whole number from 1 to beam=5; got 0."),
        ({"nbest": 1.0}, "nbest must be a whole number from 1 to beam=5; got 1.0."),
        ({"length_penalty": float("nan")}, "length_penalty must lie between 0 and 10; got nan."),
        ({"length_penalty": -0.5}, "length_penalty must lie between 0 and 10; got -0.5."),
        ({"length_penalty": 1e308}, "length_penalty must lie between 0 and 10; got 1e+308."),
        ({"max_ratio": float("nan")}, "max_ratio must lie between 0 and 1000; got nan."),
        ({"max_ratio": float("inf")}, "max_ratio must lie between 0 and 1000; got inf."),
        ({"max_ratio": -1}, "max_ratio must lie between 0 and 1000; got -1."),
    ],
)
def test_numbers_out_of_range(transformer: Path, given: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_translator(transformer).translate([], **given)
    assert str(caught.value) == text


@pytest.mark.parametrize("texts", ["我喜欢咖啡", b"abc", None, 3])
def test_one_text_is_no_list(attentive: Translator, texts: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        attentive.translate(texts)
    name = type(texts).__name__
    assert str(caught.value) == f"translate(): needs a list of texts, as in [text]; got {name}."


@pytest.mark.parametrize("other", [None, b"abc", 3, ("a", "b"), ["a"]])
def test_what_is_no_text_is_named(attentive: Translator, other: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        attentive.translate(["我", other])
    name = type(other).__name__
    assert str(caught.value) == f"translate(): text 2 must be a str; got {name}."


def test_texts_may_come_one_by_one(attentive: Translator) -> None:
    assert attentive.translate(iter(TEXTS), beam=2) == attentive.translate(TEXTS, beam=2)


def test_whole_numbers_may_be_numpys(attentive: Translator) -> None:
    beam = np.int64(2)
    assert attentive.translate(TEXTS, beam=beam) == attentive.translate(TEXTS, beam=2)  # pyright: ignore[reportArgumentType]


def test_the_widest_beam_is_searched(attentive: Translator) -> None:
    assert attentive.translate(["我"], beam=1000, max_ratio=0)


@pytest.mark.parametrize("name", ["transformer", "rnn", "one_vector"])
def test_in_bfloat16_large_layers_are_narrow_and_say_the_same(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = request.getfixturevalue(name)
    wide = load_translator(folder)
    monkeypatch.setattr("qkv.pipeline.loading._LARGE", 1)
    narrow = load_translator(folder, dtype="bfloat16")
    weights = dict(narrow.model.named_parameters())
    assert weights["decoder.output.weight"].dtype is torch.bfloat16
    assert all(p.dtype is torch.float32 for key, p in weights.items() if "embed" in key)
    for found in narrow.translate(TEXTS, beam=2):
        exact = wide.forced(found.source, found.text).log_probability if found.text else 0.0
        assert found.log_probability == pytest.approx(exact, rel=0.05, abs=0.05)


def test_in_bfloat16_small_layers_stay_as_they_are(transformer: Path) -> None:
    expected = load_translator(transformer).translate(TEXTS)
    assert load_translator(transformer, dtype="bfloat16").translate(TEXTS) == expected


def test_a_dtype_that_torch_lacks_here_is_refused(
    rnn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forward(*_: Any) -> None:
        raise RuntimeError("could not create a primitive. Run with ONEDNN_VERBOSE.")

    for cell in (torch.nn.LSTM, torch.nn.GRU):
        monkeypatch.setattr(cell, "forward", forward)
    with pytest.raises(ConfigError) as caught:
        qkv.load(rnn, dtype="float16")
    assert str(caught.value) == (
        "dtype float16: torch cannot run this model in it on cpu here "
        "(could not create a primitive); use float32."
    )


def test_tokenizers_of_another_model_are_refused(transformer: Path, tmp_path: Path) -> None:
    for path in transformer.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    Tokenizer.train(["a"], 261).save(tmp_path / "source.tokenizer.json")
    with pytest.raises(FolderError, match=r"its tokenizers have \d+ and \d+ tokens, its config"):
        qkv.load(tmp_path)


def test_a_part_that_trains_drops_nothing_out(transformer: Path) -> None:
    translator = load_translator(transformer)
    [wanted] = translator.translate(["我喜欢咖啡"])
    cast("Any", translator.model.decoder).train()
    [again] = translator.translate(["我喜欢咖啡"])
    assert (again.text, again.score) == (wanted.text, wanted.score)
