"""How many updates fit into a given time."""

from __future__ import annotations

from qkv.training.checkpoints import Progress
from qkv.training.run_folder import Plan

__all__ = ["paced", "steps_within"]

KNOWN_STEPS = 20  # so much weighs what was expected beforehand
VALIDATION_SHARE = 0.01  # of the time, until one was timed


def paced(progress: Progress, plan: Plan) -> int:
    """The updates after which a run of this plan ends; without a time, those of the plan.

    With one: as many as the time that is left is enough for, by the mean cost of the updates and
    validations so far.
    """
    if plan.seconds is None:
        return plan.max_steps
    expected = plan.seconds / plan.max_steps
    training = progress.seconds - progress.validating
    step = (training + KNOWN_STEPS * expected) / (progress.step + KNOWN_STEPS)
    validations = progress.step // plan.validate_every
    validation = (
        progress.validating / validations if validations else plan.seconds * VALIDATION_SHARE
    )
    left = plan.seconds - progress.seconds
    return progress.step + max(0, steps_within(left, step, validation, plan.validate_every))


def steps_within(seconds: float, step: float, validation: float, every: int) -> int:
    """n of n · step + (n / every + 1) · validation = seconds.

    step, validation: seconds of one. every: updates from one validation to the next. The last
    validation is that of the averaged weights.
    """
    return int((seconds - validation) / (step + validation / every))
