"""The numbers of the worked example: attention by `attend`, an LSTM step, a prediction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qkv.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "KEYS",
    "QUERY",
    "Decoder",
    "Exponentials",
    "Gate",
    "Matrix",
    "Vector",
    "Worked",
    "worked_example",
]

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]

# The built-in example.
QUERY: Vector = (0.5, 0.5)  # s₀
KEYS: Matrix = ((1.0, 2.0), (3.0, 4.0))  # h₁, h₂

# Made up: round values for what a trained model has learned.
SOS: Vector = (1.0, -0.5)  # y₀
CELL: Vector = (0.0, 0.0)  # cell₀
LSTM: dict[str, Matrix] = {  # two units each:  W on c₁ | W on y₀ | U on s₀ | b
    "i": ((0.3, -0.1, 0.2, 0.1, 0.4, -0.2, 0.1), (0.1, 0.2, -0.3, 0.2, -0.1, 0.3, 0.0)),
    "f": ((0.2, 0.1, 0.1, -0.2, 0.3, 0.1, 1.0), (-0.1, 0.3, 0.2, 0.1, 0.2, -0.3, 1.0)),
    "g": ((-0.4, 0.1, 0.1, 0.3, -0.2, 0.1, 0.2), (-0.2, 0.4, 0.3, -0.1, 0.1, 0.2, -0.1)),
    "o": ((0.1, 0.3, -0.1, 0.2, 0.2, 0.4, -0.2), (0.3, -0.2, 0.4, 0.1, -0.3, 0.2, 0.1)),
}
OUTPUT: dict[str, Vector] = {  # each token:  W_o | b_o
    "EOS": (1.0, -0.5, 0.1),
    "cute": (0.5, 1.0, 0.2),
    "cat": (-1.0, 2.0, -0.1),
}

_LARGEST = 1e100  # a product of two such numbers is still far from overflow
_RESIDUE = 1e-15  # of the terms: below it, a sum in float64 is nothing but rounding
_READABLE = (-3.0, 12.0)  # largest scores whose exp reads well with six decimals
_ASCII = str.maketrans("，；", ",;")  # what a Chinese keyboard types


@dataclass(frozen=True, slots=True)
class Exponentials:
    """exp(score - shift) of each score, and their sum; shift is 0 where exp is readable without."""

    shift: float
    each: Vector
    total: float


@dataclass(frozen=True, slots=True)
class Gate:
    """One LSTM gate, two units: preactivation = sum of the parts; value = σ (g: tanh) of it."""

    name: str
    weights: Matrix  # (2, 7), as in LSTM
    parts: Matrix  # (4, 2): W c₁, W y₀, U s₀, b
    preactivation: Vector
    value: Vector


@dataclass(frozen=True, slots=True)
class Decoder:
    """What follows attention in a step: s₁ = LSTMCell(s₀, c₁, SOS), ŷ₁ = softmax(W_o s₁ + b_o)."""

    previous_token: Vector
    previous_cell: Vector
    gates: tuple[Gate, ...]
    cell: Vector
    cell_tanh: Vector
    state: Vector
    vocabulary: tuple[str, ...]
    output_weights: Matrix
    logits: Vector
    exponentials: Exponentials
    probabilities: Vector
    token: str


@dataclass(frozen=True, slots=True)
class Worked:
    """Every number of one decoder step, in float64; no `decoder` where our table does not fit."""

    query: Vector
    keys: Matrix
    values: Matrix
    scaled: bool
    products: Vector
    scores: Vector
    exponentials: Exponentials
    weights: Vector
    context: Vector
    decoder: Decoder | None


def worked_example(
    query: str | None = None,
    keys: str | None = None,
    values: str | None = None,
    *,
    scaled: bool = False,
) -> Worked:
    """Work one decoder step with the built-in numbers, or with numbers of your own.

    Args:
        query: D numbers, such as "0.5,0.5"; None is the built-in s₀.
        keys: n rows of D numbers, such as "1,2;3,4"; None is the built-in h₁, h₂.
        values: n rows of Dv numbers; None takes the keys, as Seq2Seq does.
        scaled: divide the scores by √D (Vaswani et al. 2017).
    Returns:
        Worked: its `decoder` is None unless D = Dv = 2, the size of our LSTM table.
    Raises:
        ConfigError: something is not a number, is out of range or does not fit the rest.
    """
    import torch

    from qkv.attention import attend, dot, scaled_dot

    q, k, v = _inputs(query, keys, values)
    query_row, key_rows, value_rows = (
        torch.tensor(rows, dtype=torch.float64) for rows in ((q,), k, v)
    )  # (1, D), (n, D), (n, Dv)
    score = scaled_dot if scaled else dot
    attended = attend(query_row, key_rows, value_rows, score=score)
    products = _sums(dot(query_row, key_rows)[0], query_row * key_rows)
    scores = _vector(score(query_row, key_rows)[0].where(products != 0, 0.0))
    weights = attended.weights.dense()[0]  # (n,)
    context = _sums(attended.context[0], weights * value_rows.T)
    return Worked(
        query=q,
        keys=k,
        values=v,
        scaled=scaled,
        products=_vector(products),
        scores=scores,
        exponentials=_exponentials(scores),
        weights=_vector(weights),
        context=_vector(context),
        decoder=_decode(context, query_row[0]) if len(q) == len(v[0]) == 2 else None,
    )


def _decode(context: Tensor, state: Tensor) -> Decoder:
    """One LSTM step from `state` (2,) on [context (2,); SOS], and the prediction after it."""
    import torch

    token, cell = state.new_tensor(SOS), state.new_tensor(CELL)
    inputs = (context, token, state, state.new_ones(1))
    gates = [_gate(name, inputs) for name in LSTM]
    i, f, g, o = (state.new_tensor(gate.value) for gate in gates)
    new_cell = f * cell + i * g
    new_state = o * new_cell.tanh()
    output = state.new_tensor(tuple(OUTPUT.values()))  # (V, 3)
    logits = output[:, :2] @ new_state + output[:, 2]
    vocabulary = tuple(OUTPUT)
    return Decoder(
        previous_token=SOS,
        previous_cell=CELL,
        gates=tuple(gates),
        cell=_vector(new_cell),
        cell_tanh=_vector(new_cell.tanh()),
        state=_vector(new_state),
        vocabulary=vocabulary,
        output_weights=tuple(OUTPUT.values()),
        logits=_vector(logits),
        exponentials=_exponentials(_vector(logits)),
        probabilities=_vector(torch.softmax(logits, 0)),
        token=vocabulary[int(logits.argmax())],
    )


def _gate(name: str, inputs: tuple[Tensor, ...]) -> Gate:
    import torch

    weights = inputs[0].new_tensor(LSTM[name]).split((2, 2, 2, 1), dim=1)
    parts = [
        _sums(weight @ vector, weight * vector)
        for weight, vector in zip(weights, inputs, strict=True)
    ]  # each (2,)
    z = _sums(parts[0] + parts[1] + parts[2] + parts[3], torch.stack(parts, dim=-1))
    value = z.tanh() if name == "g" else z.sigmoid()
    return Gate(name, LSTM[name], tuple(map(_vector, parts)), _vector(z), _vector(value))


def _sums(sums: Tensor, terms: Tensor) -> Tensor:
    """`sums` (N,) of `terms` (N, K), with 0 for what rounding leaves of terms that cancel."""
    return sums.where(sums.abs() > _RESIDUE * terms.abs().sum(-1), 0.0)


def _exponentials(scores: Vector) -> Exponentials:
    low, high = _READABLE
    shift = 0.0 if low <= max(scores) <= high else max(scores)
    each = tuple(math.exp(score - shift) for score in scores)
    return Exponentials(shift, each, math.fsum(each))


def _vector(tensor: Tensor) -> Vector:
    return tuple(tensor.tolist())


def _inputs(
    query: str | None, keys: str | None, values: str | None
) -> tuple[Vector, Matrix, Matrix]:
    q, *more = (QUERY,) if query is None else _rows("query", query)
    k = KEYS if keys is None else _rows("keys", keys)
    v = k if values is None else _rows("values", values)
    if more:
        raise ConfigError(
            f'query has {1 + len(more)} rows; write one row of numbers, such as "0.5,0.5".'
        )
    if len(q) != len(k[0]):
        raise ConfigError(
            f"query has {len(q)} numbers but each row of keys has {len(k[0])}; give both the "
            "same width (where one is not given, the example's of width 2 is taken)."
        )
    if len(v) != len(k):
        raise ConfigError(
            f"values has {len(v)} rows but keys has {len(k)}; give each key one row of values."
        )
    return q, k, v


def _rows(name: str, text: str) -> Matrix:
    """Numbers of one argument, such as "1,2;3,4": commas within a row, semicolons between rows."""
    if not text.strip():
        raise ConfigError(f'{name} is empty; write numbers, such as "0.5,0.5" or "1,2;3,4".')
    rows = tuple(
        _row(f"{name}, row {at}", row)
        for at, row in enumerate(text.translate(_ASCII).split(";"), start=1)
    )
    for at, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise ConfigError(
                f"{name}, row {at} has {len(row)} numbers but row 1 has {len(rows[0])}; "
                "give every row the same length."
            )
    return rows


def _row(where: str, text: str) -> Vector:
    if not text.strip():
        raise ConfigError(f'{where} is empty; write its numbers or remove a ";".')
    return tuple(
        _number(f"{where}, entry {at}", entry) for at, entry in enumerate(text.split(","), start=1)
    )


def _number(where: str, text: str) -> float:
    try:
        number = float("" if "_" in text else text)  # Python reads 1_0 as 10; a person does not
    except ValueError:
        raise ConfigError(
            f"{where}: {text.strip()!r} is not a number; write numbers such as 0.5, commas between."
        ) from None
    if not abs(number) <= _LARGEST:  # so written, it refuses nan too
        raise ConfigError(
            f"{where}: {text.strip()} is out of range; write a number from "
            f"{-_LARGEST:g} to {_LARGEST:g}."
        )
    return number
