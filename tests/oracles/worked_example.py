"""The article's worked example (sections 2.3 to 2.5) with nothing but Python's floats and `math`.

Written from the formulas, apart from the package. The LSTM is that of Hochreiter and Schmidhuber
with a forget gate, as in torch.nn.LSTMCell; its input is the context followed by the token.
"""

from math import exp, sqrt, tanh
from typing import NamedTuple

QUERY = [0.5, 0.5]
STATES = [[1.0, 2.0], [3.0, 4.0]]

SOS = [1.0, -0.5]
CELL = [0.0, 0.0]
W = {  # two units each, on [context; token]
    "i": [[0.3, -0.1, 0.2, 0.1], [0.1, 0.2, -0.3, 0.2]],
    "f": [[0.2, 0.1, 0.1, -0.2], [-0.1, 0.3, 0.2, 0.1]],
    "g": [[-0.4, 0.1, 0.1, 0.3], [-0.2, 0.4, 0.3, -0.1]],
    "o": [[0.1, 0.3, -0.1, 0.2], [0.3, -0.2, 0.4, 0.1]],
}
U = {  # on the previous state
    "i": [[0.4, -0.2], [-0.1, 0.3]],
    "f": [[0.3, 0.1], [0.2, -0.3]],
    "g": [[-0.2, 0.1], [0.1, 0.2]],
    "o": [[0.2, 0.4], [-0.3, 0.2]],
}
B = {"i": [0.1, 0.0], "f": [1.0, 1.0], "g": [0.2, -0.1], "o": [-0.2, 0.1]}
VOCABULARY = ["EOS", "cute", "cat"]
OUTPUT = [[1.0, -0.5], [0.5, 1.0], [-1.0, 2.0]]
OUTPUT_BIAS = [0.1, 0.2, -0.1]


class Attention(NamedTuple):
    scores: list[float]
    weights: list[float]
    context: list[float]


class Step(NamedTuple):
    preactivations: dict[str, list[float]]
    gates: dict[str, list[float]]
    cell: list[float]
    state: list[float]
    logits: list[float]
    probabilities: list[float]
    token: str


def dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def softmax(scores: list[float]) -> list[float]:
    exponentials = [exp(score - max(scores)) for score in scores]
    return [each / sum(exponentials) for each in exponentials]


def attention(
    query: list[float], keys: list[list[float]], values: list[list[float]], *, scaled: bool
) -> Attention:
    divisor = sqrt(len(query)) if scaled else 1.0
    scores = [dot(query, key) / divisor for key in keys]
    weights = softmax(scores)
    context = [dot(weights, [value[j] for value in values]) for j in range(len(values[0]))]
    return Attention(scores, weights, context)


def step(state: list[float], context: list[float]) -> Step:
    z = {
        gate: [
            dot(W[gate][unit], context + SOS) + dot(U[gate][unit], state) + B[gate][unit]
            for unit in (0, 1)
        ]
        for gate in "ifgo"
    }
    gates = {gate: [(tanh if gate == "g" else sigmoid)(x) for x in z[gate]] for gate in "ifgo"}
    cell = [
        f * old + i * g
        for f, old, i, g in zip(gates["f"], CELL, gates["i"], gates["g"], strict=True)
    ]
    new_state = [o * tanh(c) for o, c in zip(gates["o"], cell, strict=True)]
    logits = [dot(row, new_state) + bias for row, bias in zip(OUTPUT, OUTPUT_BIAS, strict=True)]
    probabilities = softmax(logits)
    token = VOCABULARY[probabilities.index(max(probabilities))]
    return Step(z, gates, cell, new_state, logits, probabilities, token)
