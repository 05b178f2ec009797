"""Ensembles by their folders: in Python, and by the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qkv.errors import ConfigError, FolderError
from qkv.inspection.explaining import explained
from qkv.pipeline import Translator, load, loading, translate
from qkv.server.models import folder_and_languages, load_models
from tests.cli.conftest import Qkv
from tests.conftest import Trained
from tests.tiny import PAIRS, RNN, TRANSFORMER

TEXTS = ["我喜欢咖啡", "", "老师吃面包"]


@pytest.fixture(scope="module")
def pair(trained: Trained, corpus: dict[str, str]) -> list[Path]:
    """An RNN and a Transformer of the same tokenizers; neither has learned all."""
    joint = {"joint": True, "max_steps": 60}
    return [
        trained("one", corpus, RNN | {"max_steps": 40}),
        trained("other", corpus, TRANSFORMER | joint),
    ]


@pytest.fixture(scope="module")
def translator(pair: list[Path]) -> Translator:
    loaded = load(pair)
    assert isinstance(loaded, Translator)
    return loaded


def named(folders: list[Path]) -> str:
    return ",".join(map(str, folders))


def test_probabilities_are_the_mean_and_attention_is_the_firsts(
    pair: list[Path], translator: Translator
) -> None:
    [translation] = translator.translate(TEXTS[:1])
    alone = [loading.load_translator(folder).attend(translation) for folder in pair]
    mean = np.mean([each.attention.probabilities for each in alone], 0)
    np.testing.assert_allclose(translation.attention.probabilities, mean, rtol=1e-4)
    assert translation.log_probability == pytest.approx(float(np.log(mean).sum()), abs=1e-4)
    one, other = (each.attention.matrix() for each in alone)
    np.testing.assert_array_equal(translation.attention.matrix(), one)
    assert one.shape == other.shape
    assert not np.allclose(one, other, atol=0.1)
    assert translation.alignment() == alone[0].alignment()


def test_all_that_a_search_can_be_asked_for(translator: Translator) -> None:
    plain = translator.translate(TEXTS)
    assert plain[1].text == ""
    [held, *_] = translator.translate(TEXTS, prefix="they see", coverage_penalty=0.2)
    assert held.text.startswith("they see")
    [drawn] = translator.translate(TEXTS[:1], temperature=1.0, seed=3, nbest=2)
    assert drawn.alternatives
    [other] = translator.translate(TEXTS[:1], banned=[plain[0].text.split()[-1]])
    assert other.text != plain[0].text
    [document] = translator.translate(["我喜欢咖啡。\n\n老师吃面包。"], documents=True)
    assert "\n\n" in document.text
    assert translator.forced(TEXTS[0], plain[0].text).log_probability == pytest.approx(
        plain[0].log_probability, abs=1e-4
    )


def test_it_learns_what_neither_knows_alone(pair: list[Path], translator: Translator) -> None:
    """150 sentences: the mixture has more of them right than the worse of the two."""
    sources, targets = zip(*PAIRS, strict=True)

    def right(translator: Any) -> int:
        texts = translator.translate(list(sources), beam=1)
        return sum(one.text == target for one, target in zip(texts, targets, strict=True))

    assert right(translator) > min(right(load(folder)) for folder in pair)


def test_the_commands(pair: list[Path], translator: Translator, qkv: Qkv, tmp_path: Path) -> None:
    lines = "".join(f"{text}\n" for text in TEXTS)
    links = tmp_path / "links"
    out = qkv("translate", named(pair), "--alignments", links, stdin=lines).printed()
    expected = translator.translate(TEXTS)
    assert out.splitlines() == [each.text for each in expected]
    pharaoh = [" ".join(f"{i}-{j}" for i, j in t.alignment()) if t.ids else "" for t in expected]
    assert links.read_text("utf-8").splitlines() == pharaoh
    (tmp_path / "a.zh").write_text(PAIRS[0][0] + "\n", "utf-8")
    (tmp_path / "a.en").write_text(PAIRS[0][1] + "\n", "utf-8")
    given = ["--source", tmp_path / "a.zh", "--reference", tmp_path / "a.en", "--json"]
    record = json.loads(qkv("evaluate", named(pair), *given).out)
    assert record["model"] == named(pair)
    assert "ensemble" in qkv("translate", named(pair), "--engine", "auto", stdin="我").err
    assert (
        "ensemble" in qkv("translate", named(pair), "--engine", "ctranslate2", stdin="").refusal()
    )


def test_one_line_is_read_again_when_either_has_changed(pair: list[Path]) -> None:
    loading._kept.cache_clear()
    text = translate(TEXTS[0], model=named(pair))
    assert translate(TEXTS[0], model=named(pair)) == text
    assert loading._kept.cache_info().misses == 1
    (pair[1] / "model.safetensors").touch()
    assert translate(TEXTS[0], model=named(pair)) == text
    assert loading._kept.cache_info().misses == 2


def test_what_is_refused(
    pair: list[Path], translator: Translator, transformer: Path, captioner: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"its source tokenizer is not that of .*same tokenizers"):
        load([pair[0], transformer])
    with pytest.raises(ConfigError, match="captions pictures"):
        load([pair[0], captioner])
    with pytest.raises(ConfigError, match="captions pictures"):
        loading.load_translator(named([pair[0], captioner]))
    with pytest.raises(FolderError, match="no such file"):
        load(f"{pair[0]},{tmp_path / 'nowhere'}")
    with pytest.raises(ConfigError, match="no folder is given"):
        load([])
    [translation] = translator.translate(TEXTS[:1])
    with pytest.raises(ConfigError, match="an ensemble has no one step to explain"):
        explained(translator, translation, 1)


def test_a_folder_may_have_a_comma_in_its_name(pair: list[Path], tmp_path: Path) -> None:
    (tmp_path / "a,b").symlink_to(pair[0])
    [alone] = loading.load_translator(tmp_path / "a,b").translate(TEXTS[:1])
    assert alone == loading.load_translator(pair[0]).translate(TEXTS[:1])[0]


def test_it_can_be_served(pair: list[Path]) -> None:
    folder, languages = folder_and_languages(f"{named(pair)}=zh-en")
    [served] = load_models([(folder, languages)]).served
    assert (served.name, served.languages) == ("one,other", ("zh", "en"))
    assert served.description["architecture"] == "rnn"
