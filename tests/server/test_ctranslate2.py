"""Models served with CTranslate2 as their engine: the same answers, and the engine is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qkv.errors import ConfigError
from qkv.export.engine import CTranslate2
from qkv.pipeline import Translator
from qkv.search import Search
from qkv.server import Models, folder_and_languages, load_models
from qkv.server.patience import asking
from tests.serving import CLIENT, running

TEXT = "我喜欢咖啡。\n\n他们吃面包！ 42"


@pytest.fixture(scope="module")
def fast(transformer: Path, rnn: Path, captioner: Path) -> Models:
    folders = (str(transformer), f"{rnn}=de-en", str(captioner))
    return load_models(map(folder_and_languages, folders), engine="auto")


@pytest.fixture(scope="module")
def fast_address(fast: Models) -> Iterator[str]:
    with running(fast) as address:
        yield address


def rounded(answer: Any) -> Any:
    """Engines differ in the fifth digit of log-probabilities."""
    if isinstance(answer, dict):
        return {name: rounded(each) for name, each in answer.items()}
    if isinstance(answer, list):
        return [rounded(each) for each in answer]
    return round(answer, 3) if isinstance(answer, float) else answer


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/translate", {"q": TEXT, "source": "zh", "target": "en"}),
        ("/v1/translate", {"text": ["我喜欢咖啡", ""], "beam": 1, "alignment": True}),
        ("/v1/translate", {"text": TEXT, "documents": True, "protect": True}),
        ("/v1/translate", {"text": "我喜欢咖啡", "nbest": 3}),
        ("/v1/view", {"text": "我喜欢咖啡"}),
        ("/v1/view", {"text": "我喜欢咖啡", "changes": {"hide": [1]}}),
        ("/v1/explain", {"text": "我喜欢咖啡", "step": 2}),
    ],
    ids=str,
)
def test_answers_are_the_same(
    address: str, fast_address: str, path: str, asked: dict[str, Any]
) -> None:
    answers = [CLIENT.post(f"{each}{path}", json=asked) for each in (address, fast_address)]
    assert [each.status_code for each in answers] == [200, 200]
    wanted, found = (rounded(each.json()) for each in answers)
    if path == "/v1/view":
        wanted, found = (each["result"]["text"] for each in (wanted, found))
    assert found == wanted


def test_the_engine_is_named(address: str, fast_address: str) -> None:
    told = CLIENT.get(f"{fast_address}/v1/models").json()["models"]
    assert [each["engine"].split(",")[0] for each in told] == ["CTranslate2", "torch", "torch"]
    assert "runs Transformers" in told[1]["engine"]
    told = CLIENT.get(f"{address}/v1/models").json()["models"]
    assert {each["engine"] for each in told} == {"torch, as asked"}


def test_texts_of_other_programs_are_not_left_to_torch(fast: Models, fast_address: str) -> None:
    pipeline = fast.translators[0].pipeline
    assert isinstance(pipeline, Translator)
    find = pipeline.find
    assert isinstance(find, CTranslate2)
    find.by_torch = 0
    asked = {"q": "我喜欢咖啡。", "source": "zh", "target": "en"}
    assert CLIENT.post(f"{fast_address}/translate", json=asked).status_code == 200
    assert find.by_torch == 0


def test_an_engine_that_a_model_has_not_is_refused(transformer: Path, rnn: Path) -> None:
    with pytest.raises(ConfigError, match=r"rnn: engine=ctranslate2: .* use engine=torch"):
        load_models([(transformer, None), (rnn, None)], engine="ctranslate2")


def test_what_nobody_waits_for_is_not_begun(fast: Models) -> None:
    def gone() -> None:
        raise TimeoutError

    pipeline = fast.translators[0].pipeline
    assert isinstance(pipeline, Translator)
    with pytest.raises(TimeoutError):
        asking(pipeline, gone).translate(["我喜欢咖啡"], search=Search(beam=1))
