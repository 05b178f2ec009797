"""A model with a score of its own: asked once, remembered, `--trust` where nobody can be asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from qkv.cli import trust
from qkv.models import own_score
from tests.cli.conftest import Qkv
from tests.tiny import RNN, train

SETTINGS = RNN | {"max_steps": 2, "validations": 1, "attention": "tests.own_scores:cosine"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, corpus: dict[str, str]) -> Path:
    folder = tmp_path_factory.mktemp("models") / "own"
    train(folder, corpus, SETTINGS)
    return folder


@pytest.fixture(autouse=True)
def _nothing_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QKV_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(own_score, "_trusted", set())


def test_where_nobody_can_be_asked_it_is_refused_until_it_is_trusted(
    qkv: Qkv, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = qkv("translate", model, stdin="我喜欢咖啡\n").refusal()
    assert refused.startswith("this model attends by tests.own_scores:cosine, code in ")
    assert "give --trust" in refused
    first = qkv("translate", model, "--trust", stdin="我喜欢咖啡\n")
    assert first.code == 0
    monkeypatch.setattr(own_score, "_trusted", set())  # in another process
    assert qkv("translate", model, stdin="我喜欢咖啡\n") == first
    assert qkv("show", model, "我喜欢咖啡").printed()


@pytest.mark.parametrize(
    ("answer", "runs"), [("y", True), ("Yes", True), ("n", False), ("", False)]
)
def test_somebody_at_a_terminal_is_asked(
    qkv: Qkv, model: Path, monkeypatch: pytest.MonkeyPatch, answer: str, runs: bool
) -> None:
    monkeypatch.setattr(trust, "_can_be_asked", lambda: True)
    done = qkv("show", model, "我喜欢咖啡", stdin=f"{answer}\n")
    source = own_score.locate("tests.own_scores:cosine")
    assert done.err.startswith(
        f"This model attends by tests.own_scores:cosine, which is code in\n  {source.file}\n"
        f"  SHA-256 {source.sha256}\nIt can do whatever you can. Run it, now and later? [y/N] "
    )
    assert done.code == (0 if runs else 2)
    again = qkv("show", model, "我喜欢咖啡", stdin="n\n")
    assert (again.code, "[y/N]" in again.err) == ((0, False) if runs else (2, True))


def test_only_a_terminal_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    assert not trust._can_be_asked()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert trust._can_be_asked()
    monkeypatch.setattr(sys, "stdin", None)
    assert not trust._can_be_asked()


def test_it_is_asked_for_a_model_that_another_is_shown_beside(
    qkv: Qkv, model: Path, rnn: Path, tmp_path: Path
) -> None:
    arguments = ("report", rnn, "我喜欢咖啡", "--against", model, "--out", tmp_path / "a.html")
    assert "give --trust" in qkv(*arguments).refusal()
    assert list(tmp_path.iterdir()) == []
    assert qkv(*arguments, "--trust").printed()


def test_all_commands_that_load_take_it(
    qkv: Qkv, model: Path, tmp_path: Path, corpus: dict[str, str]
) -> None:
    files = ("--source", corpus["source"], "--target", corpus["target"], "--beam", "1")
    other = tmp_path / "other.en"
    other.write_text("I see\n" * 150, encoding="utf-8")
    assert "give --trust" in qkv("compare", other, model, *files).err
    assert qkv("compare", other, model, *files, "--trust").code == 0


def test_a_resume_asks_too(
    qkv: Qkv, tmp_path: Path, corpus: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "m"
    settings = [f"--set={name}={value}" for name, value in SETTINGS.items()]
    data = ("--source", corpus["source"], "--target", corpus["target"])
    with monkeypatch.context() as patched:
        patched.setattr("qkv.training.train.finish", _killed)
        with pytest.raises(RuntimeError):
            qkv("train", *data, "--out", folder, *settings)
    (tmp_path / "cache").rename(tmp_path / "elsewhere")
    monkeypatch.setattr(own_score, "_trusted", set())
    refused = qkv("train", "--out", folder, "--resume")
    assert refused.code == 2
    said = refused.err.splitlines()[-1]
    assert said.startswith("qkv: this model attends by tests.own_scores:cosine, ")
    assert qkv("train", "--out", folder, "--resume", "--trust").code == 0


def _killed(*_: object) -> None:
    raise RuntimeError
