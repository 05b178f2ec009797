"""The worked example on numbers of one's own, its page in two languages, and its refusals."""

import json
import math
import re
import unicodedata
from dataclasses import asdict
from itertools import pairwise
from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.errors import ConfigError
from qkv.inspection._explain_layout import flow
from qkv.inspection.explain import Worked, explain_text, worked_example
from tests.oracles import worked_example as oracle

Rows = list[list[float]]
LANGUAGES = ("en", "zh")

every_language = pytest.mark.parametrize("lang", LANGUAGES)


@st.composite
def inputs(draw: st.DrawFn, size: float = 5) -> tuple[list[float], Rows, Rows]:
    """A query (D,), keys (n, D) and values (n, Dv) from -size to size."""
    numbers = st.floats(-size, size, allow_subnormal=False)
    n, d, value_width = (draw(st.integers(1, top)) for top in (5, 3, 3))
    row = st.lists(numbers, min_size=d, max_size=d)
    value = st.lists(numbers, min_size=value_width, max_size=value_width)
    keys = draw(st.lists(row, min_size=n, max_size=n))
    return draw(row), keys, draw(st.lists(value, min_size=n, max_size=n))


def text(rows: Rows) -> str:
    return ";".join(",".join(map(repr, row)) for row in rows)


def worked(query: list[float], keys: Rows, values: Rows, *, scaled: bool = False) -> Worked:
    return worked_example(text([query]), text(keys), text(values), scaled=scaled)


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line)


def values_printed(page: str) -> set[str]:
    return set(re.findall(r"-?\d+\.\d{6}", page))


# The numbers


@settings(max_examples=50, deadline=None)
@given(inputs(), st.booleans())
def test_own_numbers_agree_with_the_oracle(
    given_: tuple[list[float], Rows, Rows], scaled: bool
) -> None:
    got = worked(*given_, scaled=scaled)
    expected = oracle.attention(*given_, scaled=scaled)
    for name, numbers in expected._asdict().items():
        assert getattr(got, name) == pytest.approx(tuple(numbers), rel=1e-11, abs=1e-12), name


@settings(max_examples=50, deadline=None)
@given(inputs())
def test_weights_sum_to_one_and_the_context_lies_among_the_values(
    given_: tuple[list[float], Rows, Rows],
) -> None:
    got = worked(*given_)
    assert math.fsum(got.weights) == pytest.approx(1, abs=1e-14)
    assert min(got.weights) >= 0
    for x, column in zip(got.context, zip(*got.values, strict=True), strict=True):
        assert min(column) - 1e-13 <= x <= max(column) + 1e-13


@settings(max_examples=50, deadline=None)
@given(inputs(), st.randoms(use_true_random=False))
def test_permuted_keys_permute_the_weights_and_keep_the_context(
    given_: tuple[list[float], Rows, Rows], random: Random
) -> None:
    query, keys, values = given_
    order = random.sample(range(len(keys)), len(keys))
    before, after = (
        worked(*given_),
        worked(query, [keys[i] for i in order], [values[i] for i in order]),
    )
    assert after.weights == pytest.approx(tuple(before.weights[i] for i in order), abs=1e-13)
    assert after.context == pytest.approx(before.context, abs=1e-12)


@pytest.mark.parametrize("query", ["0.5,0.5", "30,7", "-30,-7", "1e100,1e100", "-1e100,1e100"])
def test_exponentials_explain_the_weights_at_any_size(query: str) -> None:
    got = worked_example(query)
    assert got.weights == pytest.approx(
        tuple(each / got.exponentials.total for each in got.exponentials.each), abs=1e-14
    )
    for each, score in zip(got.exponentials.each, got.scores, strict=True):
        assert each == math.exp(score - got.exponentials.shift)


def test_the_largest_score_is_subtracted_only_where_needed() -> None:
    assert worked_example().exponentials.shift == 0
    assert worked_example("1000,1000").exponentials.shift == 7000
    assert worked_example("-1000,-1000").exponentials.shift == -3000


def test_the_lstm_is_torchs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qkv.inspection._worked.CELL", (0.4, -0.6))  # else f is never seen
    got = worked_example("0.3,-0.7", "1,2;3,4;-5,6", scaled=True)
    step = got.decoder
    assert step is not None
    weights = torch.tensor([gate.weights for gate in step.gates], dtype=torch.float64)
    input_weights, state_weights, bias = weights.flatten(0, 1).split((4, 2, 1), dim=1)  # (8, ·)
    cell = torch.nn.LSTMCell(4, 2, dtype=torch.float64)
    cell.load_state_dict(
        {
            "weight_ih": input_weights,
            "weight_hh": state_weights,
            "bias_ih": bias[:, 0],
            "bias_hh": torch.zeros(8),
        }
    )
    entry = torch.tensor([[*got.context, *step.previous_token]], dtype=torch.float64)
    before = torch.tensor([[got.query, step.previous_cell]], dtype=torch.float64).transpose(0, 1)
    with torch.no_grad():
        state, memory = cell(entry, (before[0], before[1]))
    assert step.state == pytest.approx(tuple(state[0].tolist()), abs=1e-14)
    assert step.cell == pytest.approx(tuple(memory[0].tolist()), abs=1e-14)


def test_values_left_out_are_the_keys() -> None:
    assert worked_example("1,2,3", "1,2,3;4,5,6").values == ((1, 2, 3), (4, 5, 6))


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("1,2", "1,2;3,4;5,6", None), True),
        (("1,2", "1,2", "7,8"), True),
        (("1,2,3", "1,2,3;4,5,6", "7,8;9,10"), False),
        (("1,2", "1,2;3,4", "7;8"), False),
    ],
)
def test_the_decoder_step_needs_width_two(
    arguments: tuple[str, str, str | None], shown: bool
) -> None:
    assert (worked_example(*arguments).decoder is not None) == shown


def test_chinese_punctuation_and_spaces_are_read() -> None:
    assert worked_example(" 0.5，0.5", "1，2 ；3, 4") == worked_example()


def test_it_goes_into_json_and_comes_back() -> None:
    table = asdict(worked_example(scaled=True))
    back = json.loads(json.dumps(table, allow_nan=False))
    assert tuple(back["decoder"]["state"]) == table["decoder"]["state"]
    assert back["decoder"]["token"] == "cat"


# The page

SYMBOLS = (
    *("s₀", "h₁", "h₂", "q", "k₁", "v₁", "e₁", "e₂", "α₁", "α₂", "c₁[1]", "c₁[2]", "y₀", "cell₀"),
    *("i[1]", "i[2]", "f[1]", "f[2]", "g[1]", "g[2]", "o[1]", "o[2]", "cell₁[1]", "cell₁[2]"),
    *("s₁[1]", "s₁[2]", "u[EOS]", "ŷ₁[EOS]", "SOS", "Wₒ", "bₒ", "√d"),
)
FORMULAS = (
    "eᵢ = s₀ᵀ hᵢ",
    "eᵢ = q · kᵢ",
    "αᵢ = exp(eᵢ) / Σₖ exp(eₖ)",
    "α = softmax(q Kᵀ",
    "c₁ = Σᵢ αᵢ hᵢ",
    "Attention(q, K, V) = softmax(q Kᵀ",
    "s₁ = LSTMCell(s₀, c₁, SOS)",
    "z = W [c₁; y₀] + U s₀ + b",
    "σ(z) = 1 / (1 + exp(-z))",
    "cell₁ = f ⊙ cell₀ + i ⊙ g",
    "s₁ = o ⊙ tanh(cell₁)",
    "u = Wₒ s₁ + bₒ",
    "ŷ₁ = softmax(Wₒ s₁ + bₒ)",
    "ŷ₁ = exp(u) / Σ exp(u)",
)
NAMES = {
    "en": (
        *(
            "previous decoder state",
            "encoder hidden state",
            "attention weight",
            "query q",
            "key kᵢ",
        ),
        *("value vᵢ", "what you need", "label of a book", "content of the book", "which book"),
        *("similarity", "score", "context vector", "weighted sum of the values", "input gate"),
        *("forget gate", "candidate", "output gate", "next decoder state", "next query"),
        *("Pre-activations", "prediction", "Logits", "Probabilities", "Predicted token", "cat"),
        *("embedding of SOS", "New cell", "MADE UP FOR THIS PAGE"),
    ),
    "zh": (
        *("解码器前一状态", "编码器隐藏状态", "注意力权重", "查询 q", "键 kᵢ"),
        *("值 vᵢ", "需要什么信息", "书的标签", "书的内容", "哪本书"),
        *("相似度", "得分", "上下文向量", "值的加权和", "输入门"),
        *("遗忘门", "候选值", "输出门", "解码器的新状态", "下一步的查询"),
        *("预激活值", "预测", "logits", "概率", "预测的词", "cat"),
        *("SOS 的词向量", "新的细胞状态", "为本页设定的"),
    ),
}
OWN = {
    "three keys": ("0.25,-1", "1,2;3,4;-5,6", None),
    "own values": ("1,2,3", "1,2,3;4,5,6", "7;8"),
    "twelve wide": (",".join(["3.5"] * 12), ";".join([",".join(["-12.5"] * 12)] * 11), None),
    "huge": ("1e100,-1e100", "1e100,1e100;-3,4e99", "-1e100,1e100;1e100,-1e99"),
}


@every_language
@pytest.mark.parametrize("scaled", [False, True])
def test_every_quantity_is_named_in_both_terms_with_its_formula(lang: str, scaled: bool) -> None:
    page = explain_text(worked_example(scaled=scaled), lang)
    assert [each for each in (*SYMBOLS, *FORMULAS, *NAMES[lang]) if each not in page] == []
    assert ("eᵢ = q · kᵢ / √d" in page) == scaled
    assert ("softmax(q Kᵀ / √d) V" in page) == scaled


@every_language
@pytest.mark.parametrize("scaled", [False, True])
def test_every_number_of_the_example_is_printed_with_six_decimals(lang: str, scaled: bool) -> None:
    got = worked_example(scaled=scaled)
    step = got.decoder
    assert step is not None
    numbers = [
        *(*got.query, *got.products, *got.scores, *got.exponentials.each, got.exponentials.total),
        *(*got.weights, *got.context, *step.cell, *step.cell_tanh, *step.state, *step.logits),
        *(*step.exponentials.each, step.exponentials.total, *step.probabilities),
        *(x for row in got.keys for x in row),
        *(x for gate in step.gates for x in (*gate.preactivation, *gate.value)),
        *(x for gate in step.gates for part in gate.parts[1:3] for x in part),
    ]
    missing = {f"{x:.6f}" for x in numbers} - values_printed(explain_text(got, lang))
    assert missing == set()


@every_language
def test_every_weight_of_ours_is_printed(lang: str) -> None:
    lines = [line.split() for line in explain_text(worked_example(), lang).splitlines()]
    for gate in "ifgo":
        for unit in (0, 1):
            row = [*oracle.W[gate][unit], *oracle.U[gate][unit], oracle.B[gate][unit]]
            assert [f"{gate}[{unit + 1}]", *map(str, row)] in lines
    for word, row, bias in zip(oracle.VOCABULARY, oracle.OUTPUT, oracle.OUTPUT_BIAS, strict=True):
        assert [word, *map(str, row), str(bias)] in lines


@every_language
@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
@pytest.mark.parametrize("scaled", [False, True])
def test_no_line_is_wider_than_88_columns(
    lang: str, own: tuple[str, str, str | None], scaled: bool
) -> None:
    for got in (worked_example(scaled=scaled), worked_example(*own, scaled=scaled)):
        lines = explain_text(got, lang).splitlines()
        assert [line for line in lines if columns(line) > 88 or line != line.rstrip()] == []
        assert {columns(line) for line in lines if line.startswith("── ")} == {88}


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([1e1, 1e3, 1e7, 1e100]).flatmap(inputs), st.booleans())
def test_numbers_of_any_size_fit_the_page(
    given_: tuple[list[float], Rows, Rows], scaled: bool
) -> None:
    lines = explain_text(worked(*given_, scaled=scaled), "zh").splitlines()
    assert [line for line in lines if columns(line) > 88] == []


def test_a_sum_breaks_at_column_88_and_goes_on_below_its_first_part() -> None:
    assert flow("e =", ["a" * 42, "b" * 41]) == f"e = {'a' * 42} {'b' * 41}"
    assert flow("e =", ["a" * 42, "b" * 42]) == f"e = {'a' * 42}\n    {'b' * 42}"


def test_both_languages_print_the_same_numbers() -> None:
    for arguments in (*OWN.values(), (None, None, None)):
        got = worked_example(*arguments)
        assert values_printed(explain_text(got, "en")) == values_printed(explain_text(got, "zh"))


def test_each_page_is_in_one_language() -> None:
    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", explain_text(worked_example(), "en"))
    latin = set(re.findall(r"[A-Za-z]{2,}", explain_text(worked_example(), "zh")))
    names = {"Seq", "QKV", "Attention", "LSTMCell", "LSTM", "SOS", "EOS", "cell", "logits"}
    source = {"Luong", "et", "al"}
    assert latin <= {*names, *source, "softmax", "exp", "tanh", "cute", "cat"}


@every_language
def test_the_page_says_what_is_left_out_and_why(lang: str) -> None:
    page = explain_text(worked_example("1,2,3", "1,2,3;4,5,6", "7;8"), lang)
    reason = {"en": "query has width 3 and the values have width 1", "zh": "维度是 3，值的维度是 1"}
    assert reason[lang] in page
    assert "LSTMCell" not in page


@every_language
def test_the_page_tells_the_built_in_numbers_from_your_own(lang: str) -> None:
    built_in = {"en": "The built-in example", "zh": "内置的例子"}[lang]
    own = {"en": "Your own numbers", "zh": "你给出的数字"}[lang]
    apart = {"en": "apart from the keys", "zh": "值与键分开给出"}[lang]
    pages = [
        explain_text(worked_example(*arguments), lang)
        for arguments in ((), ("0.5,0.5", "1,2;3,4"), ("1,1",), (None, None, "1,2;3,5"))
    ]
    assert [built_in in page for page in pages] == [True, True, False, False]
    assert [own in page for page in pages] == [False, False, True, True]
    assert [apart in page for page in pages] == [False, False, False, True]


@every_language
def test_the_page_shows_the_subtraction_only_where_it_happens(lang: str) -> None:
    assert "- m)" not in explain_text(worked_example(), lang)
    page = explain_text(worked_example("1000,1000"), lang)
    assert "m = 7000.000000" in page
    assert "exp(e₁ - m) = exp(-4000.000000) = 0.000000" in page


@every_language
def test_the_end_of_the_output_is_no_next_step(lang: str) -> None:
    on = {"en": "Step t = 2 starts over", "zh": "时间步 t = 2 从第 1 步重新开始"}[lang]
    got = worked_example("-900,2", "1,2;3,4;-5,12", "1,-9;2,3;3,5")
    assert got.decoder is not None
    assert got.decoder.token == "EOS"
    assert on not in explain_text(got, lang)
    assert on in explain_text(worked_example(), lang)


@pytest.mark.parametrize("query", ["-0.0,0", "-1e-9,1e-9", "0.1,-0.3"])
def test_no_number_is_printed_as_minus_zero(query: str) -> None:
    assert "-0.000000" not in explain_text(worked_example(query, "3,1;-3,-1"), "en")


@every_language
def test_the_page_sends_nobody_to_a_text_it_does_not_name(lang: str) -> None:
    for got in (worked_example(), worked_example("1,2", "3,4", "5,6", scaled=True)):
        page = explain_text(got, lang)
        assert not re.search("[Ss]ection|[Aa]rticle|原文|[0-9 ]节", page)


@every_language
def test_values_of_their_own_are_mixed_under_their_own_name(lang: str) -> None:
    page = explain_text(worked_example("1,2", "1,2;3,4", "5,6;7,8"), lang)
    [mixed] = [line for line in page.splitlines() if "Σᵢ" in line]
    assert mixed.endswith("c₁ = Σᵢ αᵢ vᵢ")
    [value] = [line for line in page.splitlines() if re.search("(value|值) vᵢ", line)]
    assert re.search("given apart from hᵢ|与 hᵢ 分开给出", value)
    assert "h₂ = k₂ = [3.000000, 4.000000]" in page
    assert "v₂      = [7.000000, 8.000000]" in page
    shared = explain_text(worked_example("1,2", "1,2;3,4", "1,2;3,4"), lang)
    assert "c₁ = Σᵢ αᵢ hᵢ" in shared
    assert "vᵢ" not in shared.split("αᵢ hᵢ")[1]


def test_tiny_numbers_keep_their_digits() -> None:
    page = explain_text(worked_example("1e-9,2e-9", "1e-8,1;3,4"), "en")
    assert "s₀ = q       = [1.000000e-09, 2.000000e-09]" in page
    assert "e₂ = 1.000000e-09 ×     3.000000 + 2.000000e-09 ×     4.000000 = 1.100000e-08" in page
    page = explain_text(worked_example("1,2,3", "1,2,3;4,5,6", "7;8"), "en")
    assert "α₁ = 1.522998e-08 / 1.000000 = 1.522998e-08" in page
    page = explain_text(worked_example("1,0", "-4,0;0,0"), "en")
    assert "α₁ = 0.0183156 / 1.0183156 = 0.0179862\n" in page
    assert "α₂ = 1.0000000 / 1.0183156 = 0.9820138  █" in page


@pytest.mark.parametrize(("query", "keys"), [("0.1,0.3", "3,-1"), ("0.1,0.3", "-1e9,1e9;3e9,-1e9")])
def test_terms_that_cancel_leave_nothing(query: str, keys: str) -> None:
    got = worked_example(query, keys, scaled=True)
    assert (got.products[-1], got.scores[-1]) == (0, 0)
    assert not re.search(r"e-(1[4-9]|2\d)\b", explain_text(got, "en"))


@every_language
def test_the_page_says_why_an_exp_is_zero(lang: str) -> None:
    why = {"en": "What double precision cannot hold", "zh": "超出双精度的范围"}[lang]
    assert why not in explain_text(worked_example(), lang)
    assert why in explain_text(worked_example("1000,1000"), lang)


def sigmoid(z: float) -> float:
    return oracle.sigmoid(max(z, -700))


def summed(side: str) -> tuple[float, float]:
    """What a printed sum of products comes to, and the size of its terms."""
    code = side.replace("×", "*").replace("√", "math.sqrt ").replace("σ", "sigmoid")
    code = re.sub(r"math.sqrt (\d+)", r"math.sqrt(\1)", code)
    functions = {"math": math, "exp": math.exp, "tanh": math.tanh, "sigmoid": sigmoid}
    each = [eval(term, functions) for term in code.split(" + ")]
    return math.fsum(each), math.fsum(map(abs, each))


def equations(page: str) -> list[list[str]]:
    """The sides of every printed equation between numbers, joined where the page broke them."""
    joined = re.sub(r"\n {5,}(?=[+=] |.{,6}tanh)", " ", page)
    found = []
    for line in re.sub(r"( [ifgo]\[\d\])  +", r"\1 = ", joined).splitlines():
        for part in re.split(r" {3,}(?=[ifgo]\[)", line.rstrip(" █")):
            sides = [side.strip() for side in part.split("=")]
            sides = [
                side for side in sides if re.fullmatch(r"[-\d.e+×/ ()√σ]+|.*(exp|tanh)\(.*", side)
            ]
            numeric = [side for side in sides if re.search(r"\d\.\d{6}|\de-", side)]
            numeric = [side for side in numeric if not re.search(r"[₀-₉]|exp\(u|\[", side)]
            if len(numeric) > 1:
                found.append(numeric)
    return found


SIZES = st.sampled_from([1e-12, 1e-3, 1e-2, 1.0, 30.0, 1e3, 1e7, 1e12])


@settings(max_examples=80, deadline=None)
@given(SIZES.flatmap(inputs), st.booleans())
def test_every_line_adds_up_from_the_numbers_it_shows(
    given_: tuple[list[float], Rows, Rows], scaled: bool
) -> None:
    got = worked(*given_, scaled=scaled)
    lines = equations(explain_text(got, "en"))
    assert len(lines) >= 3 * len(got.keys) + len(got.context)
    for sides in lines:
        for left, right in pairwise(sides):
            (value, size), (printed, _) = summed(left), summed(right)
            assert abs(value - printed) <= 2e-5 * size + 1e-300, (left, right)


# The refusals

REFUSALS = {
    ("0.5,x", None, None): (
        "query, row 1, entry 2: 'x' is not a number; write numbers such as 0.5, commas between."
    ),
    ("1_0,2", None, None): (
        "query, row 1, entry 1: '1_0' is not a number; write numbers such as 0.5, commas between."
    ),
    ("0.5,", None, None): (
        "query, row 1, entry 2: '' is not a number; write numbers such as 0.5, commas between."
    ),
    (None, "1,2;3 4", None): (
        "keys, row 2, entry 1: '3 4' is not a number; write numbers such as 0.5, commas between."
    ),
    (None, None, "1,2;3,nan"): (
        "values, row 2, entry 2: nan is out of range; write a number from -1e+100 to 1e+100."
    ),
    ("inf,1", None, None): (
        "query, row 1, entry 1: inf is out of range; write a number from -1e+100 to 1e+100."
    ),
    (None, "1,2;-1e101,4", None): (
        "keys, row 2, entry 1: -1e101 is out of range; write a number from -1e+100 to 1e+100."
    ),
    (None, "1,2;3,4,5", None): (
        "keys, row 2 has 3 numbers but row 1 has 2; give every row the same length."
    ),
    (None, None, "1;2,3"): (
        "values, row 2 has 2 numbers but row 1 has 1; give every row the same length."
    ),
    ("1,2,3", None, None): (
        "query has 3 numbers but each row of keys has 2; give both the same width (where one is "
        "not given, the example's of width 2 is taken)."
    ),
    ("1,2;3,4", None, None): 'query has 2 rows; write one row of numbers, such as "0.5,0.5".',
    (None, None, "1;2;3"): "values has 3 rows but keys has 2; give each key one row of values.",
    ("", None, None): 'query is empty; write numbers, such as "0.5,0.5" or "1,2;3,4".',
    (None, "  ", None): 'keys is empty; write numbers, such as "0.5,0.5" or "1,2;3,4".',
    (None, "1,2;", None): 'keys, row 2 is empty; write its numbers or remove a ";".',
}


@pytest.mark.parametrize(("arguments", "message"), REFUSALS.items(), ids=map(str, REFUSALS))
def test_a_refusal_says_where_what_and_the_way_out(
    arguments: tuple[str | None, str | None, str | None], message: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        worked_example(*arguments)
    assert str(refused.value) == message


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^lang must be en or zh; got 'fr'\.$"):
        explain_text(worked_example(), "fr")
