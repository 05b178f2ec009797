"""CTranslate2 in place of our search: the same texts, scores and attention, whatever is asked."""

from __future__ import annotations

import random
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import qkv
from qkv.data.tokenizer import BOS, EOS, PAD, UNK
from qkv.errors import ConfigError
from qkv.export.engine import CTranslate2, _begun, _never, _proven, use
from qkv.machine import Machine
from qkv.models import Attending, build
from qkv.models.folder import read_config
from qkv.pipeline import Translator, searching
from qkv.search import Search
from qkv.search.filters import Sentences
from qkv.search.quotas import Counted
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


def test_units_are_protected_by_torch(both: tuple[Translator, Translator]) -> None:
    ours, theirs = both
    assert isinstance(theirs.find, CTranslate2)
    texts = ["我喜欢 <b>42</b> 咖啡", *WORDS[:6], "", "他们 7 书"]
    for beam in (1, 5):
        wanted, found = (each.translate(texts, protect=True, beam=beam) for each in both)
        assert [t.ids for t in found] == [t.ids for t in wanted]
        assert [t.units for t in found] == [t.units for t in wanted]
    theirs.find.by_torch = 0
    for documents in (True, False):
        theirs.translate(WORDS, protect=True, documents=documents, beam=1)
    assert theirs.find.by_torch == 0  # no sentence has a unit
    assert ours.find is searching.hypotheses


def test_paragraphs_and_prefixes(both: tuple[Translator, Translator]) -> None:
    _, theirs = both
    assert isinstance(theirs.find, CTranslate2)
    texts = [f"{WORDS[0]}。{WORDS[1]}！\n\n{WORDS[2]}。", WORDS[3]]
    for prefix, by_torch in ((("", ""), 0), (("the", ""), 1)):
        theirs.find.by_torch = 0
        given = {"documents": True, "protect": False, "prefix": prefix, "beam": 1}
        wanted, found = (each.translate(texts, **given) for each in both)
        assert [t.as_dict()["text"] for t in found] == [t.as_dict()["text"] for t in wanted]
        assert theirs.find.by_torch == by_torch


def test_a_large_beam_is_left_to_torch_by_auto_alone(transformer: Path) -> None:
    for engine in ("auto", "ctranslate2", "ctranslate2-int8"):
        translator = load(transformer)
        use(engine, translator)
        find: Any = translator.find
        translator.translate(WORDS[:20], beam=1)
        assert find.by_torch == 0
        translator.translate(WORDS[:20], beam=2)
        assert (find.by_torch == 20) == (engine == "auto")


def test_stand_ins_that_must_be_said_are_left_to_torch() -> None:
    counted = Counted(tokens=(260, 270, 280), classes=(0, 1, 2), due=1)
    wanted = Sentences([9, 9], quotas=[[0.0, inf, 0.0], [2.0, inf, inf]], counted=counted)
    assert [_begun(wanted, row) for row in (0, 1)] == [False, True]
    assert [_begun(Sentences([9, 9], [(), (5,)]), row) for row in (0, 1)] == [False, True]
    assert _never(wanted, 0) == {PAD, BOS, UNK, 260, 280}
    assert _never(Sentences([9]), 0) == {PAD, BOS, UNK}


def test_int8_is_named_and_nearly_the_same(
    both: tuple[Translator, Translator], transformer: Path
) -> None:
    ours, theirs = both[0], load(transformer)
    assert use("ctranslate2-int8", theirs) == "CTranslate2 in int8, whose texts differ a little"
    assert isinstance(theirs.find, CTranslate2)
    for beam, length_penalty in ((1, 1.0), (5, 1.0), (5, 0.0)):
        search = Search(beam=beam, length_penalty=length_penalty)
        wanted, found = (each.translate(TEXTS, search=search) for each in (ours, theirs))
        same = sum(one.text == other.text for one, other in zip(wanted, found, strict=True))
        assert same >= 0.8 * len(TEXTS)
        assert [t.score for t in wanted] != [t.score for t in found]
        for one, other in zip(wanted, found, strict=True):
            if one.ids == other.ids:
                assert other.score == pytest.approx(one.score, rel=0.2, abs=0.1)
    assert theirs.find.by_torch == 0
    hidden = Attending().without_heads("cross", [0])
    wanted, found = (each.translate(WORDS[:2], attention=hidden) for each in (ours, theirs))
    assert [t.as_dict() for t in found] == [t.as_dict() for t in wanted]  # of our own weights


def test_a_text_that_does_not_end_is_ended_where_ours_is(transformer: Path) -> None:
    both = random_model(transformer, 4, {})
    for most in (1, 2, 7):
        assert check_same(both, WORDS, Search(beam=1, max_length=most)) == 0


def test_which_engine_is_taken_and_why(transformer: Path, rnn: Path, captioner: Path) -> None:
    translator = load(transformer)
    assert use("torch", translator, Search()) == "torch, as asked"
    assert translator.find is searching.hypotheses
    assert use("auto", translator, Search()).startswith("CTranslate2, ")
    assert isinstance(translator.find, CTranslate2)
    assert use("auto", load(rnn), Search()).startswith("torch, because CTranslate2 runs Transf")
    assert use("auto", qkv.load(captioner)).startswith("torch, because CTranslate2 runs Transf")
    for named in ("ctranslate2", "ctranslate2-int8"):
        with pytest.raises(ConfigError, match=f"engine={named}: CTranslate2 runs Transformers"):
            use(named, qkv.load(captioner))
    lowered = Translator(
        translator.model,
        translator.source_tokenizer,
        translator.target_tokenizer,
        Machine(dtype="bfloat16"),
    )
    assert "float32" in use("auto", lowered, Search())
    with pytest.raises(ConfigError, match="auto, torch, ctranslate2, ctranslate2-int8"):
        use("onnx", translator)


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


def test_what_is_proved() -> None:
    special = frozenset({PAD, BOS, UNK})
    for bad in special:
        said = [([bad, 40, EOS], -1.0), ([40, EOS], -2.0)]
        assert _proven(said, 9, Search(), 20, special) is None
    for log_p, sure in ((-30.0, True), (-3.0, False)):  # 25 / 7 of -2 is -7.1
        for last in (41, EOS):  # open, or ended, so that something beside it is open
            said = [([40, EOS], -2.0), ([40, 41, last], log_p)]
            proven = _proven(said, 3, Search(), 20, special)
            assert (proven is not None) == sure
            if proven:
                assert (proven.tokens, proven.log_probability) == ((40,), -2.0)


def test_weights_that_change_are_converted_anew(transformer: Path) -> None:
    ours, theirs = load(transformer), load(transformer)
    theirs.find = CTranslate2(theirs)
    check_same((ours, theirs), TEXTS[:4], Search(beam=1))
    for translator in (ours, theirs):
        with torch.no_grad():
            for weight in translator.model.parameters():
                weight.mul_(0.8)
    before = [each.text for each in load(transformer).translate(TEXTS, beam=1)]
    assert [each.text for each in theirs.translate(TEXTS, beam=1)] != before
    check_same((ours, theirs), TEXTS, Search(beam=1))
