"""Training with a score that somebody wrote: saved, loaded, shown and resumed as the built-in ones.

The code runs only where its hash is trusted, and nothing but the code that was hashed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import qkv
from qkv import training
from qkv.errors import ConfigError, FolderError, QkvError, ScoreNotTrusted
from qkv.inspection import heatmap_text
from qkv.models import ModelConfig, own_score
from qkv.pipeline import Translator, load_translator
from qkv.training.config import configs
from qkv.training.own_score import stamped
from tests import own_scores
from tests.tiny import CAPTIONER, PAIRS, RNN, lstms_run_in_bfloat16, train

MODULE = """
from torch import nn

class Scaled(nn.Module):
    def __init__(self, query_width, key_width):
        super().__init__()
        self.project = nn.Linear(query_width, key_width)

    def forward(self, query, key):
        return self.project(query) @ key.mT * 0.5
"""
SHORT = RNN | {"max_steps": 4, "validations": 2}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is trusted is this test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("QKV_CACHE", str(folder))
    monkeypatch.setattr(own_score, "_trusted", set())
    return folder


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Iterator[Path]:
    """The file of the module `scaled` in the working directory, which is not on Python's path."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "scaled.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each])
    yield folder / "scaled.py"
    for name in [name for name in sys.modules if name.startswith(("scaled", "outer"))]:
        del sys.modules[name]


def untrusted(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """As on another machine."""
    monkeypatch.setattr(own_score, "_trusted", set())
    for path in (cache / "trusted-scores").iterdir():
        path.unlink()


@pytest.fixture(scope="module")
def distance(tmp_path_factory: pytest.TempPathFactory, corpus: dict[str, str]) -> Path:
    folder = tmp_path_factory.mktemp("models") / "distance"
    train(folder, corpus, RNN | {"attention": "tests.own_scores:Distance", "max_steps": 160})
    return folder


def test_it_is_trained_saved_loaded_searched_and_shown(distance: Path) -> None:
    settings = json.loads((distance / "config.json").read_text(encoding="utf-8"))
    assert settings["attention"] == "tests.own_scores:Distance"
    assert len(settings["score_sha256"]) == 64
    weights = load_file(distance / "model.safetensors")
    assert weights["decoder.score.score.sharpness"] != 0.05  # it began so
    translator = qkv.load(distance)
    assert isinstance(translator, Translator)
    sources, targets = map(list, zip(*PAIRS, strict=True))
    translations = translator.translate(sources)
    right = [t for t, target in zip(translations, targets, strict=True) if t.text == target]
    assert len(right) > len(PAIRS) / 2
    weights = right[0].attention.matrix()
    assert weights.sum(1) == pytest.approx(1, abs=1e-5)
    assert weights.max() > 0.5
    rows, columns = ([t.text for t in side] for side in (right[0].tokens, right[0].source_tokens))
    assert "*" in heatmap_text(weights, rows, columns, colour=False)
    assert right[0].alignment()


def test_the_weights_are_those_of_the_score(distance: Path) -> None:
    """Of the same queries and keys, computed here."""
    translator = load_translator(distance)
    [translation] = translator.translate(["我喜欢咖啡"])
    lookup = translation.attention.cross[0].lookup
    with torch.no_grad():
        score = own_scores.Distance(32, 32)
        tensors = load_file(distance / "model.safetensors")
        score.project.weight.copy_(tensors["decoder.score.score.project.weight"])
        score.sharpness.copy_(tensors["decoder.score.score.sharpness"])
        weights = score(lookup.query, lookup.key).softmax(-1)[0, 0]
        np.testing.assert_allclose(translation.attention.matrix(), weights, atol=1e-6)


def test_a_function_is_a_score(corpus: dict[str, str], tmp_path: Path) -> None:
    train(tmp_path / "m", corpus, SHORT | {"attention": "tests.own_scores:cosine"})
    names = load_file(tmp_path / "m" / "model.safetensors")
    assert not [name for name in names if "score" in name]
    [translation] = load_translator(tmp_path / "m").translate(["我喜欢咖啡"])
    assert translation.attention.matrix().shape[1] == len(translation.source_tokens)


def test_pictures_and_the_articles_order(album: dict[str, str], tmp_path: Path) -> None:
    settings = {"attention": "tests.own_scores:Distance", "order": "article", "max_steps": 4}
    train(tmp_path / "m", album, CAPTIONER | settings)
    assert qkv.load(tmp_path / "m")


@pytest.mark.skipif(not lstms_run_in_bfloat16(), reason="torch has no LSTM in bfloat16 here")
def test_half_precision_reads_the_same_weights(distance: Path) -> None:
    """Also when they are read after autocast is over."""
    wide, narrow = (load_translator(distance, dtype=dtype) for dtype in ("float32", "bfloat16"))
    [one], [other] = wide.translate(["我买书"], beam=1), narrow.translate(["我买书"], beam=1)
    assert one.text == other.text
    np.testing.assert_allclose(one.attention.matrix(), other.attention.matrix(), atol=0.05)


def test_no_random_number_is_drawn_by_the_check() -> None:
    model, _ = configs(RNN | {"attention": "tests.own_scores:Distance"})
    torch.manual_seed(5)
    stamped(model)
    drawn = torch.rand(1)
    torch.manual_seed(5)
    assert torch.rand(1) == drawn


def test_a_resumed_run_is_the_unbroken_one(
    corpus: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = SHORT | {"attention": "tests.own_scores:Distance", "checkpoint_steps": 1}
    train(tmp_path / "whole", corpus, settings)
    stop_at_checkpoint(monkeypatch, tmp_path / "cut", corpus, settings)
    training.resume(tmp_path / "cut", {}, {}, report=lambda _: None)
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "cut"))
    assert all(torch.equal(one[name], other[name]) for name in one)


def stop_at_checkpoint(
    monkeypatch: pytest.MonkeyPatch, folder: Path, data: dict[str, str], settings: dict[str, Any]
) -> None:
    """Train until the second validation, which the run does not survive."""
    scored: list[str] = []

    def report(line: str) -> None:
        if "validation BLEU" in line:
            scored.append(line)
        if scored:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training.start(folder, data, settings, report=report)


# Trust


def test_code_runs_only_where_it_is_trusted(
    module: Path, cache: Path, corpus: dict[str, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = tmp_path / "m"
    train(folder, corpus, SHORT | {"attention": "scaled:Scaled"})
    assert qkv.load(folder)  # who names it for training trusts it
    untrusted(monkeypatch, cache)
    with pytest.raises(ScoreNotTrusted) as refused:
        qkv.load(folder)
    digest = json.loads((folder / "config.json").read_text(encoding="utf-8"))["score_sha256"]
    assert str(refused.value) == (
        f"this model attends by scaled:Scaled, code in {module} (SHA-256 {digest}) that has not "
        "been trusted here yet; read it, then give --trust, or qkv.load(folder, trust=True)."
    )
    assert qkv.load(folder, trust=True)
    monkeypatch.setattr(own_score, "_trusted", set())
    assert qkv.load(folder)  # it was remembered


def test_a_changed_source_is_refused(module: Path, corpus: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "m"
    train(folder, corpus, SHORT | {"attention": "scaled:Scaled"})
    ran = module.parent / "ran"
    module.write_text(f"{MODULE}\nopen({str(ran)!r}, 'w')\n", encoding="utf-8")
    for trust in (False, True):
        with pytest.raises(FolderError) as refused:
            qkv.load(folder, trust=trust)
        assert str(refused.value).startswith(
            f"{folder / 'config.json'}: the source of scaled:Scaled, {module}, has changed: its "
            "SHA-256 is "
        )
        assert str(refused.value).endswith("Bring the old file back, or train again.")
    assert not ran.exists()
    module.write_bytes(MODULE.replace("\n", "\r\n").encode())  # as a checkout on Windows has it
    assert qkv.load(folder)
    module.unlink()
    with pytest.raises(FolderError, match="no module scaled in"):
        qkv.load(folder)


def test_resume_holds_the_source_to_the_same_hash(
    module: Path, cache: Path, corpus: dict[str, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings = SHORT | {"attention": "scaled:Scaled"}
    stop_at_checkpoint(monkeypatch, tmp_path / "m", corpus, settings)
    untrusted(monkeypatch, cache)
    with pytest.raises(ScoreNotTrusted):
        training.resume(tmp_path / "m", {}, {}, report=pytest.fail)
    module.write_text(MODULE.replace("0.5", "0.6"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"the source of scaled:Scaled, .* has changed"):
        training.resume(tmp_path / "m", {}, {}, report=pytest.fail)


def test_what_runs_is_what_was_hashed_and_no_compiled_file(module: Path) -> None:
    """Of a changed source with a compiled file that looks new enough, Python runs the latter."""
    from py_compile import PycInvalidationMode, compile  # noqa: A004

    harmful = module.with_name("other.py")
    harmful.write_text("raise SystemExit('harm')\n", encoding="utf-8")
    compiled = module.parent / "__pycache__" / f"scaled.{sys.implementation.cache_tag}.pyc"
    compile(
        str(harmful), str(compiled), invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        doraise=True,
    )  # fmt: skip
    model, _ = configs(RNN | {"attention": "scaled:Scaled"})
    assert stamped(model).score_sha256
    model, _ = configs(RNN | {"attention": "scaled:Nothing"})
    with pytest.raises(ConfigError, match="has no Nothing"):
        stamped(model)


def test_packages_are_not_run_to_find_a_module(module: Path) -> None:
    for name in ("outer", "outer/inner", "outer/plain"):
        (module.parent / name).mkdir()
    (module.parent / "outer/inner/__init__.py").write_text("raise SystemExit", encoding="utf-8")
    for name in ("inner", "plain"):  # one with a file of its own, one of a namespace
        file = module.parent / "outer" / name / "scaled.py"
        file.write_text(MODULE, encoding="utf-8")
        assert own_score.locate(f"outer.{name}.scaled:Scaled").file == file
    assert stamped(configs(RNN | {"attention": "outer.plain.scaled:Scaled"})[0]).score_sha256
    with pytest.raises(ConfigError, match=r"cannot be imported \(SystemExit"):
        stamped(configs(RNN | {"attention": "outer.inner.scaled:Scaled"})[0])


def test_a_changed_source_is_trained_anew_in_the_same_process(module: Path) -> None:
    model, _ = configs(RNN | {"attention": "scaled:Scaled"})
    first = own_score.own_score(stamped(model))
    module.write_text(MODULE.replace("0.5", "4.0"), encoding="utf-8")
    second = own_score.own_score(stamped(model))
    query, key = torch.ones(1, 32), torch.ones(1, 32)
    for parameter in (*first.parameters(), *second.parameters()):
        torch.nn.init.ones_(parameter)
    assert second(query, key) == 8 * first(query, key)


# What is no score, in a sentence, before anything is read

BAD = {
    "nowhere:Score": "attention=nowhere:Score: no module nowhere in ",
    "tests.nowhere:Score": "attention=tests.nowhere:Score: no module tests.nowhere in ",
    "json.decoder.x:Score": "attention=json.decoder.x:Score: no module json.decoder.x in ",
    "math:sqrt": "attention=math:sqrt: the module math is no file of Python source.",
    "tests/own_scores.py:Distance": "attention=tests/own_scores.py:Distance: write a score of your "
    "own as package.module:name.",
    "tests.own_scores:": "attention=tests.own_scores:: write a score of your own as",
    "tests.own_scores:Distanze": "has no Distanze; did you mean Distance?",
    "tests.own_scores:zzz": "own_scores.py has no zzz.",
    "tests.own_scores:NUMBER": "tests.own_scores:NUMBER is no score: a score is a function of "
    "(query, key), or a class made with (query_width, key_width) whose objects are; this is int.",
    "tests.own_scores:MADE": "tests.own_scores:MADE is a module already made; name its class.",
    "tests.own_scores:NoWidths": "tests.own_scores:NoWidths cannot be made with widths 32, 48 "
    "(TypeError: ",
    "tests.own_scores:Silent": "tests.own_scores:Silent is no score: ",
    "tests.own_scores:Reading": "tests.own_scores:Reading cannot be made with widths 32, 48 "
    "(RuntimeError: ",
    "tests.own_scores:broken": "tests.own_scores:broken cannot be run (KeyError: ",
    "tests.own_scores:a_number": "must give scores (..., Tq, Tk) = (..., 3, 5) for query (2, 1, 3, "
    "32) and key (2, 1, 5, 48); got float.",
    "tests.own_scores:Drawn": "its scores change when the model is saved and loaded; make what it "
    "draws a parameter.",
    "tests.own_scores:Unused": "its parameter spare gets no gradient; a score's parameters are ",
    "tests.own_scores:Double": "its parameter sharpness is of torch.float64; a score's parameters ",
}
BAD_OF_ONE_WIDTH = {
    "tests.own_scores:turned": "must give scores (..., Tq, Tk) = (..., 3, 5) for query (2, 1, 3, "
    "32) and key (2, 1, 5, 32); got (2, 1, 5, 3).",
    "tests.own_scores:no_batch": "must keep the axes before (T, D); got (3, 5) for query ",
    "tests.own_scores:nan": "its scores are not numbers.",
    "tests.own_scores:over_queries": "its scores of a query change with the queries beside it.",
    "tests.own_scores:over_sentences": "its scores of a sentence change with those beside it.",
}


@pytest.mark.parametrize("name", [*BAD, *BAD_OF_ONE_WIDTH])
def test_what_is_no_score_is_refused_before_anything_is_read(name: str, tmp_path: Path) -> None:
    widths = {"encoder_width": 48} if name in BAD else {}
    nothing = {"source": str(tmp_path / "gone"), "target": str(tmp_path / "too")}
    with pytest.raises(QkvError) as refused:
        training.start(tmp_path / "m", nothing, RNN | widths | {"attention": name}, pytest.fail)
    assert {**BAD, **BAD_OF_ONE_WIDTH}[name] in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def scaled(:\n", "(SyntaxError: "),
        ("import nothing_of_this_name\n", "(ModuleNotFoundError: "),
        ("raise SystemExit(3)\n", "(SystemExit: 3)"),
    ],
)
def test_a_module_that_cannot_be_imported(module: Path, code: str, said: str) -> None:
    module.write_text(code, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        stamped(configs(RNN | {"attention": "scaled:Scaled"})[0])
    assert str(refused.value).startswith(f"scaled:Scaled cannot be imported {said[:3]}")
    assert said in str(refused.value)
    assert "scaled" not in sys.modules


def test_built_in_scores_have_no_hash() -> None:
    model, _ = configs(RNN)
    assert stamped(model) is model
    assert model.score_sha256 == ModelConfig.score_sha256 == ""
