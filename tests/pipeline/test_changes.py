"""What if: changes as data ask for what the same call by hand asks for, and nonsense is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import qkv
from qkv.errors import ConfigError
from qkv.models import PLAIN, Attending
from qkv.pipeline import Captioner, Translator
from qkv.pipeline.changes import Changes, Forbidden, HeadsOff, Pin, possible
from qkv.pipeline.result import Result
from qkv.shapes import Mask

TEXT = "老师喜欢咖啡"

# What is changed, and the same said by hand for so many source tokens.
CHANGES: dict[str, tuple[dict[str, Any], Callable[[int], Attending]]] = {
    "hide": ({"hide": [1]}, lambda n: PLAIN.hiding(torch.arange(n) == 1)),
    "forbid": (
        {"forbid": [{"row": 1, "column": 2}, {"row": 2, "column": 0}]},
        lambda n: PLAIN.masked("cross", unless(n, (1, 2), (2, 0))),
    ),
    "forbid in a head": (
        {"forbid": [{"row": 0, "column": 0, "layer": 0, "heads": [0]}]},
        lambda n: PLAIN.masked("cross", unless(n, (0, 0)), layer=0, heads=[0]),
    ),
    "pin": (
        {"pin": [{"row": 2, "weights": {"0": 0.25, "2": 0.75}}]},
        lambda n: PLAIN.pinned(
            "cross", torch.tensor([[0.25, 0, 0.75] + [0] * (n - 3)]), rows=[2]
        ),
    ),
    "head off": (
        {"heads_off": [{"kind": "cross", "layer": 0, "heads": [0]}]},
        lambda n: PLAIN.without_heads("cross", [0], layer=0),
    ),
}  # fmt: skip
OF_A_TRANSFORMER: dict[str, tuple[dict[str, Any], Callable[[int], Attending]]] = {
    "encoder's head": (
        {"heads_off": [{"kind": "encoder", "heads": [1]}]},
        lambda n: PLAIN.without_heads("encoder", [1]),
    ),
    "decoder's heads": (
        {"heads_off": [{"kind": "decoder", "layer": 1, "heads": [0, 1]}]},
        lambda n: PLAIN.without_heads("self", [0, 1], layer=1),
    ),
}
CASES = [("rnn", name) for name in CHANGES] + [("captioner", name) for name in CHANGES]
CASES += [("transformer", name) for name in CHANGES | OF_A_TRANSFORMER]


def unless(columns: int, *looks: tuple[int, int]) -> Mask:
    allowed = torch.ones(1 + max(row for row, _ in looks), columns, dtype=torch.bool)
    for row, column in looks:
        allowed[row, column] = False
    return Mask(allowed)


@pytest.fixture
def models(
    rnn: Path, transformer: Path, captioner: Path, one_vector: Path
) -> dict[str, Translator | Captioner]:
    folders = {"rnn": rnn, "transformer": transformer, "captioner": captioner, "none": one_vector}
    return {name: qkv.load(folder) for name, folder in folders.items()}


@pytest.fixture
def picture(album: dict[str, str]) -> Path:
    return Path(album["images"]).parent / "red-blue.png"


@pytest.fixture
def says(models: dict[str, Translator | Captioner], picture: Path) -> Callable[..., Result]:
    """The result of a model, by its name, for this attention and these settings of a search."""

    def result(name: str, **given: Any) -> Result:
        model = models[name]
        if isinstance(model, Captioner):
            return model.caption([picture], **given)[0]
        return model.translate([TEXT], **given)[0]

    return result


def positions(model: Translator | Captioner) -> int:
    return model.source_positions if isinstance(model, Captioner) else model.source_positions(TEXT)


@pytest.mark.parametrize(("model", "name"), CASES)
def test_a_change_is_the_same_call_by_hand(
    models: dict[str, Translator | Captioner], says: Callable[..., Result], model: str, name: str
) -> None:
    record, by_hand = (CHANGES | OF_A_TRANSFORMER)[name]
    changes, n = Changes.from_dict(record), positions(models[model])
    one, other = says(model, attention=changes.attending(n)), says(model, attention=by_hand(n))
    assert one == other
    assert np.array_equal(one.attention.matrix(), other.attention.matrix())
    assert one.log_probability != says(model).log_probability  # it does something


@pytest.mark.parametrize("model", ["rnn", "transformer", "captioner", "none"])
def test_a_forced_word_is_a_prefix_that_ends_with_it(
    models: dict[str, Translator | Captioner], says: Callable[..., Result], model: str
) -> None:
    plain = says(model, nbest=2)
    changes = Changes.from_dict({"prefix": plain.text.split()[0] + " see"})
    attention = changes.attending(positions(models[model]))
    assert attention == PLAIN
    forced = says(model, prefix=changes.prefix, attention=attention)
    assert forced.text.startswith(changes.prefix)
    assert not plain.text.startswith(changes.prefix)
    [other] = plain.alternatives  # and all of its text chooses an alternative
    assert says(model, prefix=other.text).text.startswith(other.text)


def test_several_changes_hold_together(
    models: dict[str, Translator | Captioner], says: Callable[..., Result]
) -> None:
    record = {
        "prefix": "they",
        "hide": [0],
        "pin": [{"row": 1, "weights": {"1": 1}}, {"row": 2, "weights": {"2": 1}}],
        "forbid": [{"row": 0, "column": 1, "layer": 1}, {"row": 1, "column": 2}],
        "heads_off": [{"kind": "cross", "heads": [1]}],
    }
    changes = Changes.from_dict(record)
    attention = changes.attending(positions(models["transformer"]))
    result = says("transformer", attention=attention, prefix=changes.prefix)
    assert result.text.startswith("they")
    for layer in (0, 1):
        on, off = (result.attention.matrix(layer=layer, head=head) for head in (0, 1))
        assert not off.any()  # in pinned rows neither
        assert not on[:, 0].any()
        assert np.allclose(on.sum(1), 1, atol=1e-6)
        assert (on[1, 1], on[2, 2]) == (1, 1)
    assert result.attention.matrix(layer=1, head=0)[0, 1] == 0
    assert result.attention.matrix(layer=0, head=0)[0, 1] > 0


def test_source_positions_are_those_of_the_tokens(
    models: dict[str, Translator | Captioner], says: Callable[..., Result]
) -> None:
    for name in ("rnn", "transformer"):
        matrix = says(name).attention.matrix()
        assert positions(models[name]) == matrix.shape[1]
    assert positions(models["captioner"]) == says("captioner").attention.matrix().shape[1]
    translator = models["rnn"]
    assert isinstance(translator, Translator)
    for text in ("", "see https://example.org/a?b=1 <b>now</b>", "你 👋 ꧁"):
        [result] = translator.translate([text], protect=True)
        assert translator.source_positions(text, protect=True) == len(result.source_tokens)


def test_what_a_model_can_take(models: dict[str, Translator | Captioner]) -> None:
    assert possible(models["captioner"]) == ("prefix", "hide", "heads_off", "forbid", "pin")
    assert possible(models["none"]) == ("prefix",)
    assert positions(models["none"]) == 0
    with pytest.raises(ConfigError, match=r"^this model reads its source as one vector and atten"):
        Changes(hide=[0]).attending(0)
    assert Changes("a").attending(0) == PLAIN


def test_numbers_may_be_numpys_and_json_can_hold_them() -> None:
    three: Any = np.int64(3)
    changes = {"row": 3, "column": 3, "heads": [3]}
    record = Changes(hide=[three], forbid=[Forbidden(three, three, heads=[three])]).as_dict()
    assert json.loads(json.dumps(record)) == {"hide": [3], "forbid": [changes]}
    one: Any = np.float32(1)
    pinned = Changes(pin=[Pin(0, {three: one})])
    assert json.dumps(pinned.as_dict()) == '{"pin": [{"row": 0, "weights": {"3": 1.0}}]}'


PIN, FORBID = {"row": 0, "weights": {"1": 1.0}}, {"row": 0, "column": 1}


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ([], "changes must be an object; got []."),
        ({"hidden": [1]}, "changes has no 'hidden'; choose prefix, hide, heads_off, forbid, pin."),
        ({"prefix": 3}, "prefix must be a text; got 3."),
        ({"hide": 1}, "hide must be a list; got 1."),
        ({"hide": "12"}, "hide must be a list; got '12'."),
        ({"hide": [-1]}, "each of hide must be a whole number from 0; got -1."),
        ({"hide": [True]}, "each of hide must be a whole number from 0; got True."),
        ({"hide": [0.5]}, "each of hide must be a whole number from 0; got 0.5."),
        ({"pin": PIN}, "pin must be a list; got {'row': 0, 'weights': {'1': 1.0}}."),
        ({"pin": [3]}, "pin must be an object; got 3."),
        ({"pin": [{"row": 0}]}, "pin lacks 'weights'."),
        (
            {"pin": [PIN | {"weights": {}}]},
            'pin: weights must be an object such as {"2": 1.0}; got {}.',
        ),
        (
            {"pin": [PIN | {"weights": {"1": float("nan"), "2": 1}}]},
            "pin: the weight of source token '1' must be a number from 0 to 1; got nan.",
        ),
        (
            {"pin": [PIN | {"weights": {"1": 10**400}}]},
            "pin: the weight of source token '1' must be a number from 0 to 1; got 100000",
        ),
        (
            {"pin": [PIN | {"weights": {"1": 0.5, "2": 0.25}}]},
            "pin: weights must sum to 1; they sum to 0.75.",
        ),
        (
            {"pin": [PIN | {"weights": {"x": 1.0}}]},
            "pin: a source token must be a whole number from 0; got 'x'.",
        ),
        (
            {"pin": [PIN | {"weights": {"1": 1, "01": 0}}]},
            "pin: source token 1 has two weights; give it one.",
        ),
        ({"forbid": [{"row": 0}]}, "forbid lacks 'column'."),
        (
            {"forbid": [FORBID | {"layer": -1}]},
            "forbid: layer must be a whole number from 0; got -1.",
        ),
        ({"forbid": [FORBID | {"row": None}]}, "forbid: row must be a whole number from 0; got No"),
        ({"forbid": [FORBID | {"heads": 1}]}, "forbid: heads must be a list; got 1."),
        ({"forbid": [FORBID | {"head": 1}]}, "forbid has no 'head'; choose row, column, layer, h"),
        (
            {"heads_off": [{"kind": "self", "heads": [0]}]},
            "heads_off: kind must be one of cross, encoder, decoder; got 'self'.",
        ),
        ({"heads_off": [{"kind": [], "heads": [0]}]}, "heads_off: kind must be one of cross, enco"),
        ({"heads_off": [{"kind": "cross", "heads": None}]}, "heads_off: heads must be a list; got"),
    ],
)
def test_what_makes_no_sense_is_refused(record: Any, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Changes.from_dict(record)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (Changes(hide=[5]), "hide: no source token 5; there are 5, numbered from 0, the end count"),
        (Changes(forbid=[Forbidden(0, 10**30)]), "forbid: no source token 10000000000000000000"),
        (Changes(pin=[Pin(0, {7: 1.0})]), "pin: no source token 7; there are 5, numbered from 0"),
        (Changes(forbid=[Forbidden(10**12, 0)]), "forbid: too many looks so late in a text; for"),
        (Changes(hide=[1], pin=[Pin(0, {1: 1.0})]), "source token 1 is hidden and pinned; take "),
        (
            Changes(forbid=[Forbidden(0, 1, heads=[2])], pin=[Pin(0, {1: 1.0}, layer=3)]),
            "target token 0 is forbidden to look at source token 1 and pinned to it; take one b",
        ),
        (
            Changes(pin=[Pin(0, {0: 1.0}), Pin(1, {0: 1.0}), Pin(0, {1: 1.0})]),
            "target token 0 is pinned twice, to weights that differ; take one back.",
        ),
        (
            Changes(pin=[Pin(3, {0: 1.0}, heads=[0, 1]), Pin(3, {1: 1.0}, layer=2, heads=[1])]),
            "target token 3 is pinned twice, to weights that differ; take one back.",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_done_is_refused(changes: Changes, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        changes.attending(5)
    assert str(caught.value).startswith(text)


def test_looks_of_different_heads_contradict_nothing() -> None:
    heads = Changes(forbid=[Forbidden(0, 1, heads=[0])], pin=[Pin(0, {1: 1.0}, heads=[1])])
    nothing = Changes(forbid=[Forbidden(0, 1)], pin=[Pin(0, {1: 0.0, 2: 1.0})])
    pins = Changes(pin=[Pin(0, {1: 1.0}, layer=0), Pin(0, {2: 1.0}, layer=1)])
    alike = Changes(pin=[Pin(0, {1: 1.0}), Pin(0, {1: 1.0, 2: 0.0}, heads=[1])])
    each = (heads, nothing, pins, alike)
    assert [len(changes.attending(5).rules) for changes in each] == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("model", "off", "text"),
    [
        ("transformer", HeadsOff("cross", [2]), "no head 2 of cross attention; this model has 2"),
        ("transformer", HeadsOff("decoder", [0], 7), "no layer 7 of self attention; this model"),
        ("transformer", HeadsOff("cross", [10**30]), "no head 100000000000000000000000000000"),
        ("rnn", HeadsOff("encoder", [0]), "this model has no encoder attention to change."),
        ("captioner", HeadsOff("cross", [1]), "no head 1 of cross attention; this model has 1,"),
    ],
    ids=str,
)
def test_what_the_model_does_not_have_is_refused(
    models: dict[str, Translator | Captioner],
    says: Callable[..., Result],
    model: str,
    off: HeadsOff,
    text: str,
) -> None:
    attention = Changes(heads_off=[off]).attending(positions(models[model]))
    with pytest.raises(ConfigError) as caught:
        says(model, attention=attention)
    assert str(caught.value).startswith(text)


numbers = st.integers(0, 10)
places = st.fixed_dictionaries(
    {}, optional={"layer": numbers, "heads": st.lists(numbers, min_size=1)}
)
looks = st.builds(lambda r, c, p: {"row": r, "column": c} | p, numbers, numbers, places)
pins = st.builds(
    lambda r, c, w, p: {"row": r, "weights": {str(c): w, str(c + 1): 1 - w}} | p,
    numbers, numbers, st.floats(0, 1), places,
)  # fmt: skip
offs = st.fixed_dictionaries(
    {"kind": st.sampled_from(["cross", "encoder", "decoder"]), "heads": st.lists(numbers)},
    optional={"layer": numbers},
)
records = st.fixed_dictionaries(
    {},
    optional={
        "prefix": st.text(min_size=1),
        "hide": st.lists(numbers, min_size=1),
        "heads_off": st.lists(offs, min_size=1),
        "forbid": st.lists(looks, min_size=1),
        "pin": st.lists(pins, min_size=1),
    },
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
words = st.sampled_from(
    ["prefix", "hide", "heads_off", "forbid", "pin", "row", "column", "weights", "layer", "heads",
     "kind", "0", "cross"]
)  # fmt: skip
anything = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(records)
def test_a_record_is_what_was_read(record: dict[str, Any]) -> None:
    changes = Changes.from_dict(json.loads(json.dumps(record)))
    assert changes.as_dict() == record
    assert Changes.from_dict(changes.as_dict()) == changes


@given(st.dictionaries(words, anything, max_size=4) | anything)
def test_any_json_is_changes_or_one_sentence(record: Any) -> None:
    said = ""
    try:
        Changes.from_dict(record).attending(7)
    except ConfigError as error:
        said = str(error)
    assert "\n" not in said
    assert said[-1:] in ("", ".")
