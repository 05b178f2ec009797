"""The article's example (section 2.5; scaled: 5.2), in whole values.

Source of the attention numbers: pencil, from h₁ = [1, 2], h₂ = [3, 4], s₀ = [0.5, 0.5]. The numbers
after it, from weights of our own, are those of tests/oracles/worked_example.py.
"""

import pytest

from qkv.inspection.explain import Decoder, worked_example
from tests.oracles import worked_example as oracle

EXACT = 1e-13  # float64, some ten operations on numbers below 5
SIX = 5e-7  # as printed: six decimals

ATTENTION = {
    False: {
        "scores": (1.5, 3.5),
        "weights": (0.119203, 0.880797),
        "context": (2.761594, 3.761594),
    },
    True: {
        "scores": (1.060660, 2.474874),
        "weights": (0.195570, 0.804430),
        "context": (2.608859, 3.608859),
    },
}
GATES = {
    False: {
        "i": (0.690470, 0.674471),
        "f": (0.911208, 0.875699),
        "g": (-0.557003, 0.874599),
        "o": (0.786614, 0.616841),
    },
    True: {
        "i": (0.683904, 0.664332),
        "f": (0.907431, 0.872336),
        "g": (-0.524594, 0.867224),
        "o": (0.776180, 0.613224),
    },
}
DECODER = {
    False: {
        "cell": (-0.384594, 0.589892),
        "state": (-0.288444, 0.326813),
        "logits": (-0.351851, 0.382591, 0.842071),
        "probabilities": (0.156634, 0.326475, 0.516891),
    },
    True: {
        "cell": (-0.358772, 0.576124),
        "state": (-0.267109, 0.318780),
        "logits": (-0.326499, 0.385226, 0.804669),
        "probabilities": (0.162952, 0.332015, 0.505033),
    },
}

both = pytest.mark.parametrize("scaled", [False, True], ids=["section 2.5", "section 5.2"])


def decoder(*, scaled: bool) -> Decoder:
    step = worked_example(scaled=scaled).decoder
    assert step is not None
    return step


@both
def test_attention_has_the_articles_numbers(scaled: bool) -> None:
    worked = worked_example(scaled=scaled)
    for name, numbers in ATTENTION[scaled].items():
        assert getattr(worked, name) == pytest.approx(numbers, abs=SIX), name


@both
def test_attention_is_the_oracles(scaled: bool) -> None:
    worked = worked_example(scaled=scaled)
    expected = oracle.attention(oracle.QUERY, oracle.STATES, oracle.STATES, scaled=scaled)
    for name, numbers in expected._asdict().items():
        assert getattr(worked, name) == pytest.approx(tuple(numbers), abs=EXACT), name


@both
def test_the_decoder_step_has_its_golden_numbers(scaled: bool) -> None:
    step = decoder(scaled=scaled)
    for gate in step.gates:
        assert gate.value == pytest.approx(GATES[scaled][gate.name], abs=SIX), gate.name
    for name, numbers in DECODER[scaled].items():
        assert getattr(step, name) == pytest.approx(numbers, abs=SIX), name
    assert step.token == "cat"


@both
def test_the_decoder_step_is_the_oracles(scaled: bool) -> None:
    context = oracle.attention(oracle.QUERY, oracle.STATES, oracle.STATES, scaled=scaled).context
    expected = oracle.step(oracle.QUERY, context)
    step = decoder(scaled=scaled)
    assert [gate.name for gate in step.gates] == list("ifgo")
    for gate in step.gates:
        assert gate.preactivation == pytest.approx(
            tuple(expected.preactivations[gate.name]), abs=EXACT
        )
        assert gate.value == pytest.approx(tuple(expected.gates[gate.name]), abs=EXACT)
    for name in ("cell", "state", "logits", "probabilities"):
        assert getattr(step, name) == pytest.approx(tuple(getattr(expected, name)), abs=EXACT), name
    assert (step.vocabulary, step.token) == (tuple(oracle.VOCABULARY), expected.token)
