"""A run with a time ends in time, whatever the speed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qkv.machine import Machine
from qkv.models import ModelConfig
from qkv.training.checkpoints import Progress
from qkv.training.config import TrainConfig
from qkv.training.pace import paced, steps_within
from qkv.training.run_folder import Plan


def plan(seconds: float | None, max_steps: int, validations: int = 10) -> Plan:
    config = TrainConfig(validations=validations)
    return Plan(ModelConfig(), config, Machine("cpu"), 1000.0, max_steps, {}, "", seconds)


def test_without_a_time_the_plan_stands() -> None:
    assert paced(Progress(step=3, seconds=1e6), plan(None, 40)) == 40


@given(
    seconds=st.floats(10, 1000),
    step=st.floats(0.01, 1.0),
    validation=st.floats(0.0, 5.0),
    every=st.integers(1, 100),
)
def test_steps_and_validations_fill_the_time(
    seconds: float, step: float, validation: float, every: int
) -> None:
    n = steps_within(seconds, step, validation, every)
    cost = n * step + (n / every + 1) * validation
    assert cost <= seconds + 1e-6 or n <= 0
    assert cost + step + validation / every >= seconds - 1e-6


@dataclass
class Clock:
    """A machine whose update takes `step` seconds, and whose validation `validation`."""

    step: float
    validation: float

    def run(self, plan: Plan, slower_from: float = 2.0, slower: float = 1.0) -> Progress:
        """To the end, as the loop does; after `slower_from` of the time all takes longer."""
        assert plan.seconds is not None
        progress, validated = Progress(max_steps=plan.max_steps), 0
        while progress.step < progress.max_steps:
            factor = slower if progress.seconds > slower_from * plan.seconds else 1.0
            progress.step += 1
            progress.seconds += self.step * factor
            progress.max_steps = paced(progress, plan)
            due = progress.step - validated >= plan.validate_every
            if due or progress.step >= progress.max_steps:
                validated = progress.step
                progress.seconds += self.validation * factor
                progress.validating += self.validation * factor
        progress.seconds += self.validation  # of the averaged weights
        return progress


@pytest.mark.parametrize("wrong", [0.3, 1.0, 3.0])  # of the speed that was expected
@pytest.mark.parametrize(("step", "validation"), [(0.05, 0.5), (0.3, 6.0), (1.0, 0.1), (4.0, 8.0)])
def test_it_ends_within_a_twentieth_of_the_time(
    wrong: float, step: float, validation: float
) -> None:
    seconds = 300.0
    expected = max(1, int(0.9 * seconds / (step * wrong)))
    progress = Clock(step, validation).run(plan(seconds, expected))
    assert progress.seconds == pytest.approx(seconds, rel=0.05)


@pytest.mark.parametrize(("step", "validation"), [(0.05, 0.5), (0.3, 3.0), (1.0, 0.1)])
def test_a_machine_that_becomes_half_as_fast(step: float, validation: float) -> None:
    expected = max(1, int(0.9 * 300 / step))
    progress = Clock(step, validation).run(plan(300.0, expected), slower_from=0.5, slower=2.0)
    assert progress.seconds == pytest.approx(300.0, rel=0.10)
