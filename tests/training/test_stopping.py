"""A run that is stopped: it ends where its state is whole, and leaves a model."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qkv import training
from qkv.evaluation import Score
from qkv.models import EncoderDecoder
from qkv.models.folder import load_model, load_tensors
from qkv.pipeline import load_translator
from qkv.training import RunFolder, loop
from qkv.training.material import Validation
from qkv.training.signals import Signals
from qkv.training.text import TextMaterial
from tests.tiny import RNN, train

SETTINGS: dict[str, Any] = RNN | {"max_steps": 12, "validations": 4, "dropout": 0.2, "ema": 0.5}


def quiet(line: str) -> None:
    pass


def signalled(calls: int, real: Callable[..., Any]) -> Callable[..., Any]:
    """The function; its call of this number brings a signal, as the terminal would, at its end."""
    count = iter(range(1, 10**6))

    def called(*arguments: Any) -> Any:
        result = real(*arguments)
        if next(count) == calls:
            signal.raise_signal(signal.SIGINT)
        return result

    return called


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


@pytest.fixture(scope="module")
def unbroken(corpus: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "unbroken"
    train(folder, corpus, SETTINGS)
    return folder


def stopped(
    owner: object, name: str, calls: int, folder: Path, corpus: dict[str, str]
) -> RunFolder:
    """A run that a signal ended at a call of this function."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, name, signalled(calls, getattr(owner, name)))
        with pytest.raises(KeyboardInterrupt):
            train(folder, corpus, SETTINGS)
    return RunFolder(folder)


@pytest.mark.parametrize("call", [1, 3, 5])  # before and after the first validation, and at it
def test_an_update_is_finished_and_kept(
    call: int, unbroken: Path, corpus: dict[str, str], tmp_path: Path
) -> None:
    run = stopped(loop, "_smooth", call, tmp_path / "model", corpus)
    assert load_tensors(run.checkpoint)[1]["step"] == call
    assert run.unfinished
    load_translator(run.top)
    training.resume(run.top, {}, {}, report=quiet)
    assert weights(run.top) == weights(unbroken)


@pytest.mark.parametrize("call", [1, 3, 5])
def test_a_gradient_is_left_at_once_and_computed_again(
    call: int, unbroken: Path, corpus: dict[str, str], tmp_path: Path
) -> None:
    """But the first: there is no model before it."""
    run = stopped(loop, "forward_backward", call, tmp_path / "model", corpus)
    assert load_tensors(run.checkpoint)[1]["step"] == max(1, call - 1)
    assert run.unfinished
    load_translator(run.top)
    training.resume(run.top, {}, {}, report=quiet)
    assert weights(run.top) == weights(unbroken)


@pytest.mark.parametrize("call", [1, 2, 4])
def test_a_validation_is_left_at_once_and_done_again(
    call: int, unbroken: Path, corpus: dict[str, str], tmp_path: Path
) -> None:
    run = stopped(TextMaterial, "validate", call, tmp_path / "model", corpus)
    notes = load_tensors(run.checkpoint)[1]
    assert (notes["step"], len(notes["validated"])) == (3 * call, call - 1)
    assert run.unfinished
    load_translator(run.top)
    training.resume(run.top, {}, {}, report=quiet)
    assert weights(run.top) == weights(unbroken)
    lines = [(folder / "run" / "metrics.jsonl").read_text() for folder in (run.top, unbroken)]
    assert lines[0].count("validation") == lines[1].count("validation") == 4


def test_while_a_run_goes_on_its_best_weights_are_a_model(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def score(_: TextMaterial, model: EncoderDecoder, *where: Any) -> Any:
        seen.append({name: weight.clone() for name, weight in model.named_parameters()})
        return Validation(Score("BLEU", [1.0, 5.0, 4.0][len(seen) - 1], "tok:13a"), [])

    monkeypatch.setattr(TextMaterial, "validate", score)
    run = stopped(loop, "forward_backward", 11, tmp_path / "model", corpus)
    model, _ = load_model(run.top)
    assert len(seen) == 3
    assert all((weight == seen[1][name]).all() for name, weight in model.named_parameters())
    card = (run.top / "README.md").read_text(encoding="utf-8")
    assert "- kept: best so far, step 6 of 12\n" in card
    assert "Validation, greedy search, BLEU|tok:13a: best 5.00.\n" in card


def test_what_a_kill_left_unpublished_is_published_by_a_resume(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = stopped(loop, "publish", 2, tmp_path / "model", corpus)
    (run.top / "model.safetensors").write_bytes(b"of an earlier step")
    steps: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(loop, "forward_backward", lambda *_: steps.append(weights_step(run)))
        with pytest.raises(AttributeError):
            training.resume(run.top, {}, {}, report=quiet)
    assert steps == [weights_step(run)]


def weights_step(run: RunFolder) -> str:
    """Whose weights the model has."""
    best = load_tensors(run.checkpoint)[1]["best_step"]
    kept = load_tensors(run.weights(best))[0]
    model, _ = load_model(run.top)
    assert all((weight == kept[name]).all() for name, weight in model.named_parameters())
    return f"step {best}"


def test_signals_wait_and_are_then_what_they_were() -> None:
    before, reached = signal.getsignal(signal.SIGINT), []

    def until_checked() -> None:
        with Signals() as signals:
            signal.raise_signal(signal.SIGINT)
            reached.append("the check")
            signals.check()
            reached.append("behind the check")

    def until_the_end() -> None:
        with Signals():
            signal.raise_signal(signal.SIGINT)
            reached.append("the end")

    def not_at_all() -> None:
        with Signals() as signals, signals.at_once():
            signal.raise_signal(signal.SIGINT)
            reached.append("what it should not")

    for block in (until_checked, until_the_end, not_at_all):
        with pytest.raises(KeyboardInterrupt):
            block()
    assert reached == ["the check", "the end"]
    assert signal.getsignal(signal.SIGINT) is before
