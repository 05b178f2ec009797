"""CTranslate2 in place of our search: the same texts, scores and attention, whatever is asked."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import qkv
from qkv.data.tokenizer import FIRST_BYTE
from qkv.errors import ConfigError
from qkv.export.engine import CTranslate2, use
from qkv.machine import Machine
from qkv.models import Attending, build
from qkv.models.folder import read_config
from qkv.pipeline import Translator, searching
from qkv.search import Search
from tests.tiny import PAIRS

WORDS = [chinese for chinese, _ in PAIRS[::7]]
TEXTS = [*WORDS, "", "咖啡" * 30, "coffee 猫", WORDS[0] + WORDS[1], "好"]


def load(folder: Path) -> Translator:
    translator = qkv.load(folder)
    assert isinstance(translator, Translator)
    return translator


@pytest.fixture(scope="module")
def both(transformer: Path) -> tuple[Translator, Translator]:
    """The same model twice; the second searches with CTranslate2."""
    ours, theirs = load(transformer), load(transformer)
    theirs.find = CTranslate2(theirs)
    return ours, theirs


def random_model(folder: Path, seed: int, form: dict[str, Any]) -> tuple[Translator, Translator]:
    """Of random weights, whose texts end late or never."""
    made = load(folder)
    config = replace(read_config(folder), **form)
    torch.manual_seed(seed)
    model = build(config).eval()
    for parameter in model.parameters():
        parameter.data.mul_(1.7)
    pair = [Translator(model, made.source_tokenizer, made.target_tokenizer) for _ in range(2)]
    pair[1].find = CTranslate2(pair[1])
    return pair[0], pair[1]


def check_same(both: tuple[Translator, Translator], texts: list[str], search: Search) -> int:
    """The same texts with the same numbers; how many of them torch searched for after all."""
    _, theirs = both
    assert isinstance(theirs.find, CTranslate2)
    theirs.find.by_torch = 0
    wanted, found = (each.translate(texts, search=search) for each in both)
    assert [t.ids for t in found] == [t.ids for t in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert one.as_dict()["tokens"] == other.as_dict()["tokens"]
        assert one.score == pytest.approx(other.score, abs=1e-4)
        assert one.log_probability == pytest.approx(other.log_probability, abs=1e-3)
    return theirs.find.by_torch


SEARCHES: list[dict[str, Any]] = [
    {},
    {"beam": 1},
    {"beam": 2},
    {"beam": 9},
    {"length_formula": "average"},
    {"length_formula": "none"},
    {"length_penalty": 0.0},
    {"length_penalty": 3.0},
    {"min_length": 9},
    {"beam": 1, "min_length": 9},
    {"max_length": 1},
    {"max_length": 4},
    {"max_ratio": 0.5},
]


@pytest.mark.parametrize("changed", SEARCHES, ids=str)
def test_texts_and_scores_are_those_of_our_search(
    both: tuple[Translator, Translator], changed: dict[str, Any]
) -> None:
    check_same(both, TEXTS, Search(**changed))


def test_most_are_proved(both: tuple[Translator, Translator]) -> None:
    assert check_same(both, WORDS, Search()) <= len(WORDS) / 5
    assert check_same(both, WORDS, Search(beam=1)) == 0


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "form", [{}, {"normalize": "after", "activation": "swish"}, {"activation": "gelu"}], ids=str
)
def test_models_that_never_learnt_to_end(
    transformer: Path, seed: int, form: dict[str, Any]
) -> None:
    both = random_model(transformer, seed, form)
    searches: list[dict[str, Any]] = [
        {},
        {"beam": 1},
        {"length_formula": "none"},
        {"max_length": 12},
    ]
    for changed in searches:
        check_same(both, TEXTS, Search(**changed))


@settings(max_examples=15, deadline=None)
@given(
    texts=st.lists(st.text("我你猫咖啡书喜欢吃 abc", max_size=12), max_size=6),
    beam=st.integers(1, 6),
    formula=st.sampled_from(["wu", "average", "none"]),
    alpha=st.floats(0, 2),
    least=st.integers(0, 6),
    most=st.none() | st.integers(6, 20),
)
def test_any_text_and_search(
    both: tuple[Translator, Translator],
    texts: list[str],
    beam: int,
    formula: str,
    alpha: float,
    least: int,
    most: int | None,
) -> None:
    check_same(
        both,
        texts,
        Search(
            beam=beam,
            length_formula=formula,
            length_penalty=alpha,
            min_length=least,
            max_length=most,
        ),
    )


def test_order_and_batches_do_not_matter(both: tuple[Translator, Translator]) -> None:
    _, theirs = both
    mixed = random.Random(2).sample(TEXTS, len(TEXTS))
    alone = {text: theirs.translate([text])[0].ids for text in TEXTS}
    for batch_tokens in (1, 300):
        found = theirs.translate(mixed, batch_tokens=batch_tokens)
        assert [t.ids for t in found] == [alone[text] for text in mixed]


def test_attention_is_read_from_our_own_model(both: tuple[Translator, Translator]) -> None:
    wanted, found = (each.translate(WORDS[:3]) for each in both)
    for one, other in zip(found, wanted, strict=True):
        assert one.alignment() == other.alignment()
        torch.testing.assert_close(
            torch.tensor(one.attention.matrix()), torch.tensor(other.attention.matrix())
        )


@pytest.mark.parametrize(
    "changed",
    [
        {"nbest": 3},
        {"coverage_penalty": 0.3},
        {"prefix": "I"},
        {"temperature": 0.8, "seed": 4},
        {"banned": ["coffee"]},
        {"no_repeat": 2},
        {"shortlist": ["I like you"]},
    ],
    ids=str,
)
def test_what_it_lacks_torch_searches_for(
    both: tuple[Translator, Translator], changed: dict[str, Any], transformer: Path
) -> None:
    ours, theirs = both
    search = Search(**changed)
    assert [t.as_dict() for t in theirs.translate(WORDS[:4], search=search)] == [
        t.as_dict() for t in ours.translate(WORDS[:4], search=search)
    ]
    [name] = changed.keys() - {"seed"}
    fresh = load(transformer)
    assert name in use("auto", fresh, search)
    assert fresh.find is searching.hypotheses
    with pytest.raises(ConfigError, match=f"engine=ctranslate2.*{name}"):
        use("ctranslate2", fresh, search)


def test_what_if_is_asked_of_torch(both: tuple[Translator, Translator]) -> None:
    hidden = Attending().without_heads("cross", [0])
    wanted, found = (each.translate(WORDS[:3], attention=hidden) for each in both)
    assert [t.as_dict() for t in found] == [t.as_dict() for t in wanted]


def test_units_are_protected_by_torch(transformer: Path) -> None:
    ours, theirs = load(transformer), load(transformer)
    theirs.find = CTranslate2(theirs)
    text = ["我喜欢 <b>42</b> 咖啡"]
    wanted, found = (each.translate(text, protect=True) for each in (ours, theirs))
    assert [t.as_dict() for t in found] == [t.as_dict() for t in wanted]
    protected = ours.handling(protect=True)
    assert "protect units" in use("auto", ours, Search(), protected)


def test_which_engine_is_taken_and_why(transformer: Path, rnn: Path) -> None:
    translator = load(transformer)
    assert use("torch", translator, Search()) == "torch, as asked"
    assert translator.find is searching.hypotheses
    assert use("auto", translator, Search()).startswith("CTranslate2, ")
    assert isinstance(translator.find, CTranslate2)
    assert use("auto", load(rnn), Search()).startswith("torch, because CTranslate2 runs Transf")
    lowered = Translator(
        translator.model,
        translator.source_tokenizer,
        translator.target_tokenizer,
        Machine(dtype="bfloat16"),
    )
    assert "float32" in use("auto", lowered, Search())
    with pytest.raises(ConfigError, match="auto, torch, ctranslate2"):
        use("onnx", translator, Search())


def test_without_ctranslate2(transformer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from qkv.errors import MissingExtra

    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    monkeypatch.delitem(sys.modules, "qkv.export.ctranslate2", raising=False)
    translator = load(transformer)
    assert "not installed" in use("auto", translator, Search())
    assert translator.find is searching.hypotheses
    with pytest.raises(MissingExtra, match=r"pip install 'qkv\[fast\]'"):
        use("ctranslate2", translator, Search())


def test_what_our_search_never_says_is_not_proved(both: tuple[Translator, Translator]) -> None:
    _, theirs = both
    assert isinstance(theirs.find, CTranslate2)
    pieces = theirs.target_tokenizer.pieces
    one, other, end = pieces[40], pieces[41], "</s>"
    for bad in pieces[:FIRST_BYTE]:
        result = _Result([[bad, one, end], [one, end]], [-1.0, -2.0])
        assert theirs.find._proven(result, 9, Search(), 20) is None
    for log_p, sure in ((-30.0, True), (-3.0, False)):  # 25 / 7 of -2 is -7.1
        for last in (other, end):  # open, or ended, so that something beside it is open
            result = _Result([[one, end], [one, other, last]], [-2.0, log_p])
            proven = theirs.find._proven(result, 3, Search(), 20)
            assert (proven is not None) == sure
            if proven:
                assert (proven.tokens, proven.log_probability) == ((40,), -2.0)


class _Result:
    def __init__(self, hypotheses: list[list[str]], scores: list[float]) -> None:
        self.hypotheses, self.scores = hypotheses, scores
