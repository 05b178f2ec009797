"""Threads and precision are picked by a clock; here the clock is ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import torch

from qkv.errors import ConfigError
from qkv.machine import Machine
from qkv.models import ModelConfig, build
from qkv.training import tuning
from qkv.training.tuning import Measured, check_memory, pick

pick_on_cpu = partial(pick, device="cpu")


def gradient(batch: int, machine: Machine, rounding: float = 0.0) -> torch.Tensor:
    """Of two batches that differ by a vector of length 1; bfloat16 is off by `rounding`."""
    return torch.tensor([5.0 + batch, 3.0 + rounding * (machine.dtype == "bfloat16")])


def refuse(*_: object) -> torch.Tensor:
    raise AssertionError("nobody asked")


Tried = list[tuple[int, str]]
Trials = Callable[..., tuple[Tried, Callable[[Machine], int]]]


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
    ) -> tuple[Tried, Callable[[Machine], int]]:
        clock, tried = [0.0], []

        def trial(machine: Machine) -> int:
            tried.append((torch.get_num_threads(), machine.dtype))
            clock[0] += seconds(*tried[-1])
            return 70

        monkeypatch.setattr(tuning.time, "perf_counter", lambda: clock[0])
        monkeypatch.setattr(tuning, "cores", lambda: cores)
        monkeypatch.setattr(tuning, "_fast_bfloat16", lambda machine: bfloat16)
        return tried, trial

    return prepare


def test_a_model_must_fit_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    config = ModelConfig(source_vocabulary=1000, target_vocabulary=1000)
    numbers = sum(parameter.numel() for parameter in build(config).parameters())
    monkeypatch.setattr(tuning, "_memory", lambda device: 16 * numbers)
    check_memory(config, "cpu")
    monkeypatch.setattr(tuning, "_memory", lambda device: 16 * numbers - 1)
    with pytest.raises(ConfigError) as caught:
        check_memory(config, "cpu")
    assert f"a model of {numbers:,} parameters needs " in str(caught.value)


def test_the_fastest_is_picked(trials: Trials) -> None:
    times = {(4, "float32"): 0.5, (2, "bfloat16"): 0.25}
    tried, trial = trials(lambda *each: times.get(each, 1.0))
    assert pick_on_cpu(trial, gradient, threads=None, precision=None) == Measured(
        Machine("cpu", "bfloat16", 2), 280.0
    )
    assert set(tried) == {(n, kind) for n in (1, 2, 4, 6) for kind in ("float32", "bfloat16")}


@pytest.mark.parametrize(("cores", "counts"), [(1, {1}), (2, {1, 2}), (8, {1, 2, 4, 8})])
def test_powers_of_two_and_all_cores_are_tried(
    trials: Trials, cores: int, counts: set[int]
) -> None:
    tried, trial = trials(lambda *_: 1.0, cores=cores, bfloat16=False)
    pick_on_cpu(trial, gradient, threads=None, precision=None)
    assert set(tried) == {(n, "float32") for n in counts}


def test_what_is_given_is_taken(trials: Trials) -> None:
    tried, trial = trials(lambda *_: 1.0)
    assert pick_on_cpu(trial, refuse, threads=3, precision="bfloat16") == Measured(
        Machine("cpu", "bfloat16", 3), 70.0
    )
    assert set(tried) == {(3, "bfloat16")}


def no_lstm(batch: int, machine: Machine) -> torch.Tensor:
    if machine.dtype == "bfloat16":
        raise RuntimeError("no LSTM\nin it")
    return gradient(0, machine)


def test_what_does_not_run_in_bfloat16_runs_in_float32(trials: Trials) -> None:
    tried, trial = trials(lambda *_: 1.0)
    assert pick_on_cpu(trial, no_lstm, threads=1, precision=None).machine.dtype == "float32"
    assert {kind for _, kind in tried} == {"float32"}


def test_bfloat16_that_was_asked_for_and_does_not_run_is_refused(trials: Trials) -> None:
    trials(lambda *_: 1.0)
    text = r"^precision=bfloat16: this machine cannot train this model in it \(no LSTM\); choose"
    with pytest.raises(ConfigError, match=text):
        pick_on_cpu(
            lambda machine: int(no_lstm(0, machine).sum()), refuse, threads=1, precision="bfloat16"
        )


def test_the_first_trial_warms_up(trials: Trials) -> None:
    first = iter([100.0])
    _, trial = trials(lambda *_: next(first, 2.0))
    assert pick_on_cpu(trial, refuse, threads=1, precision="float32").tokens_per_s == 35.0


def test_cores_are_those_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {1, 4, 7}, raising=False)
    assert tuning.cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert tuning.cores() == 5


def test_bfloat16_must_be_half_as_fast_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for narrow, expected in ((1.9, True), (2.1, False)):
        times = {torch.float32: 3.0, torch.bfloat16: narrow}
        monkeypatch.setattr(tuning, "_product_seconds", times.__getitem__)
        assert tuning._fast_bfloat16(Machine()) is expected


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
    picked = pick_on_cpu(trial, partial(gradient, rounding=rounding), threads=1, precision=None)
    assert {kind for _, kind in tried} == kinds
    assert picked.machine.dtype == ("bfloat16" if "bfloat16" in kinds else "float32")


def test_without_a_second_batch_nothing_tells_how_fine_is_fine(trials: Trials) -> None:
    tried, trial = trials(lambda *_: 1.0)
    pick_on_cpu(trial, lambda batch, machine: gradient(0, machine), threads=1, precision=None)
    assert set(tried) == {(1, "float32")}


def test_gradients_are_not_asked_for_where_bfloat16_is_slow(trials: Trials) -> None:
    tried, trial = trials(lambda *_: 1.0, bfloat16=False)
    pick_on_cpu(trial, refuse, threads=1, precision=None)
    assert set(tried) == {(1, "float32")}


def test_the_real_clock() -> None:
    calls = []
    picked = pick_on_cpu(
        lambda machine: calls.append(machine.dtype) or 5, gradient, threads=1, precision=None
    )
    assert picked.machine.threads == 1
    assert picked.tokens_per_s > 0
    both = {"float32", "bfloat16"}
    assert set(calls) == both if tuning._fast_bfloat16(Machine()) else {"float32"}


@pytest.mark.parametrize(("has", "kinds"), [(True, {"float32", "bfloat16"}), (False, {"float32"})])
def test_on_a_cuda_card_threads_are_left_and_bfloat16_is_asked_of_the_card(
    monkeypatch: pytest.MonkeyPatch, has: bool, kinds: set[str]
) -> None:
    tried, waited = [], []
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda emulated: has and not emulated)
    monkeypatch.setattr(torch.accelerator, "synchronize", waited.append)
    monkeypatch.setattr(tuning, "_product_seconds", refuse)
    monkeypatch.setattr(tuning, "cores", refuse)
    threads = torch.get_num_threads()
    picked = pick(
        lambda machine: tried.append(machine) or 5,
        gradient,
        device="cuda:1",
        threads=None,
        precision=None,
    )
    assert {(m.device, m.threads) for m in (*tried, picked.machine)} == {("cuda:1", None)}
    assert {m.dtype for m in tried} == kinds
    assert waited == ["cuda:1"] * 2 * len(kinds)  # before the clock starts and before it stops
    assert torch.get_num_threads() == threads


def test_settling_bounds_what_onednn_keeps_and_obeys_who_has_said_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
    for before, after in (("", "32"), ("7", "7")):
        monkeypatch.setenv(name, before)
        if not before:
            monkeypatch.delenv(name)
        Machine().settle()
        assert os.environ[name] == after
