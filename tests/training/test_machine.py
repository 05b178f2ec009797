"""Threads and precision are picked by a clock; here the clock is ours."""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import torch

from qkv.errors import ConfigError
from qkv.models import ModelConfig, build
from qkv.training import machine
from qkv.training.machine import Machine, check_memory, keep_memory, pick


def gradient(batch: int, precision: str, rounding: float = 0.0) -> torch.Tensor:
    """Of two batches that differ by a vector of length 1; bfloat16 is off by `rounding`."""
    return torch.tensor([5.0 + batch, 3.0 + rounding * (precision == "bfloat16")])


def refuse(*_: object) -> torch.Tensor:
    raise AssertionError("nobody asked")


Tried = list[tuple[int, str]]
Trials = Callable[..., tuple[Tried, Callable[[str], int]]]


@pytest.fixture(autouse=True)
def same_threads_afterwards() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> Trials:
    """`trials(seconds)`: a list of all tries, and a trial that takes `seconds(threads, kind)`."""

    def prepare(
        seconds: Callable[[int, str], float], cores: int = 6, bfloat16: bool = True
    ) -> tuple[Tried, Callable[[str], int]]:
        clock, tried = [0.0], []

        def trial(precision: str) -> int:
            tried.append((torch.get_num_threads(), precision))
            clock[0] += seconds(*tried[-1])
            return 70

        monkeypatch.setattr(machine.time, "perf_counter", lambda: clock[0])
        monkeypatch.setattr(machine, "_cores", lambda: cores)
        monkeypatch.setattr(machine, "_fast_bfloat16", lambda: bfloat16)
        return tried, trial

    return prepare


def test_a_model_must_fit_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    config = ModelConfig(source_vocabulary=1000, target_vocabulary=1000)
    numbers = sum(parameter.numel() for parameter in build(config).parameters())
    monkeypatch.setattr(machine, "_memory", lambda: 16 * numbers)
    check_memory(config)
    monkeypatch.setattr(machine, "_memory", lambda: 16 * numbers - 1)
    with pytest.raises(ConfigError) as caught:
        check_memory(config)
    assert f"a model of {numbers:,} parameters needs " in str(caught.value)


def test_the_fastest_is_picked(trials: Trials) -> None:
    times = {(4, "float32"): 0.5, (2, "bfloat16"): 0.25}
    tried, trial = trials(lambda *each: times.get(each, 1.0))
    assert pick(trial, gradient, threads=None, precision=None) == Machine(2, "bfloat16", 280.0)
    assert set(tried) == {(n, kind) for n in (1, 2, 4, 6) for kind in ("float32", "bfloat16")}


@pytest.mark.parametrize(("cores", "counts"), [(1, {1}), (2, {1, 2}), (8, {1, 2, 4, 8})])
def test_powers_of_two_and_all_cores_are_tried(
    trials: Trials, cores: int, counts: set[int]
) -> None:
    tried, trial = trials(lambda *_: 1.0, cores=cores, bfloat16=False)
    pick(trial, gradient, threads=None, precision=None)
    assert set(tried) == {(n, "float32") for n in counts}


def test_what_is_given_is_taken(trials: Trials) -> None:
    tried, trial = trials(lambda *_: 1.0)
    assert pick(trial, refuse, threads=3, precision="bfloat16") == Machine(3, "bfloat16", 70.0)
    assert set(tried) == {(3, "bfloat16")}


def no_lstm(*given: object) -> torch.Tensor:
    if "bfloat16" in given:
        raise RuntimeError("no LSTM\nin it")
    return gradient(0, "float32")


def test_what_does_not_run_in_bfloat16_runs_in_float32(trials: Trials) -> None:
    tried, trial = trials(lambda *_: 1.0)
    assert pick(trial, no_lstm, threads=1, precision=None).precision == "float32"
    assert {kind for _, kind in tried} == {"float32"}


def test_bfloat16_that_was_asked_for_and_does_not_run_is_refused(trials: Trials) -> None:
    trials(lambda *_: 1.0)
    text = r"^precision=bfloat16: this machine cannot train this model in it \(no LSTM\); take"
    with pytest.raises(ConfigError, match=text):
        pick(lambda kind: int(no_lstm(kind).sum()), refuse, threads=1, precision="bfloat16")


def test_the_first_trial_warms_up(trials: Trials) -> None:
    first = iter([100.0])
    _, trial = trials(lambda *_: next(first, 2.0))
    assert pick(trial, refuse, threads=1, precision="float32").tokens_per_s == 35.0


def test_cores_are_those_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {1, 4, 7}, raising=False)
    assert machine._cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert machine._cores() == 5


def test_bfloat16_must_be_half_as_fast_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for narrow, expected in ((1.9, True), (2.1, False)):
        times = {torch.float32: 3.0, torch.bfloat16: narrow}
        monkeypatch.setattr(machine, "_product_seconds", times.__getitem__)
        assert machine._fast_bfloat16() is expected


@pytest.mark.parametrize(
    ("rounding", "kinds"),
    [
        (0.0, {"float32", "bfloat16"}),
        (0.09, {"float32", "bfloat16"}),
        (0.11, {"float32"}),
        (float("inf"), {"float32"}),
        (float("nan"), {"float32"}),
    ],
)
def test_bfloat16_must_add_less_than_a_tenth_of_the_noise_of_sampling(
    trials: Trials, rounding: float, kinds: set[str]
) -> None:
    tried, trial = trials(lambda threads, kind: 0.5 if kind == "bfloat16" else 1.0)
    found = pick(trial, partial(gradient, rounding=rounding), threads=1, precision=None)
    assert {kind for _, kind in tried} == kinds
    assert found.precision == ("bfloat16" if "bfloat16" in kinds else "float32")


def test_without_a_second_batch_nothing_tells_how_fine_is_fine(trials: Trials) -> None:
    tried, trial = trials(lambda *_: 1.0)
    pick(trial, lambda batch, precision: gradient(0, precision), threads=1, precision=None)
    assert set(tried) == {(1, "float32")}


def test_gradients_are_not_asked_for_where_bfloat16_is_slow(trials: Trials) -> None:
    tried, trial = trials(lambda *_: 1.0, bfloat16=False)
    pick(trial, refuse, threads=1, precision=None)
    assert set(tried) == {(1, "float32")}


def test_the_real_clock() -> None:
    calls = []
    found = pick(
        lambda precision: calls.append(precision) or 5, gradient, threads=1, precision=None
    )
    assert found.threads == 1
    assert found.tokens_per_s > 0
    assert set(calls) == {"float32", "bfloat16"} if machine._fast_bfloat16() else {"float32"}


def test_settling_sets_the_threads() -> None:
    Machine(1, "float32", 1.0).settle()
    assert torch.get_num_threads() == 1


def test_other_c_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))  # not glibc
    monkeypatch.setattr(ctypes, "CDLL", refuse)
    keep_memory()
