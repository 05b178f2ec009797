"""Results travel: records, pickles, other processes; and what would have been attended to."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import qkv
from qkv.data.tokenizer import EOS
from qkv.errors import ConfigError, DataError, ShapeError
from qkv.models import PLAIN
from qkv.pipeline import Caption, Captioner, Translation, Translator
from qkv.search import Search
from qkv.shapes import Mask

TEXTS = ["我喜欢咖啡", "", "老师吃面包", "小猫有书"]


@pytest.fixture
def translator(transformer: Path) -> Translator:
    loaded = qkv.load(transformer)
    assert isinstance(loaded, Translator)
    return loaded


@pytest.fixture
def picture(album: dict[str, str]) -> Path:
    return Path(album["images"]).parent / "red-blue.png"


@pytest.fixture
def model(captioner: Path) -> Captioner:
    loaded = qkv.load(captioner)
    assert isinstance(loaded, Captioner)
    return loaded


def returned(result: Translation) -> Translation:
    """What a worker does."""
    return result


class TestTravel:
    def test_a_record_is_the_result(
        self, translator: Translator, model: Captioner, picture: Path
    ) -> None:
        for result in [*translator.translate(TEXTS, nbest=3), *model.caption([picture], nbest=2)]:
            record = json.loads(json.dumps(result.as_dict()))
            again = type(result).from_dict(record)
            assert again == result
            assert again.as_dict() == record

    def test_records_that_are_none(self) -> None:
        with pytest.raises(DataError, match=r"^from_dict\(\): the record has no 'grid'; give one"):
            Caption.from_dict({"caption": "a"})
        with pytest.raises(DataError, match=r"^from_dict\(\): not a record that as_dict\(\) made"):
            Translation.from_dict({"source": "", "source_tokens": 3})

    @pytest.mark.parametrize(
        "changes",
        [
            {"text": 3}, {"source": None}, {"score": "x"}, {"score": None}, {"ids": [0.5]},
            {"ids": "abc"}, {"tokens": "abc"}, {"tokens": [["a", "b", "c"]]}, {"tokens": [["a"]]},
            {"source_tokens": [["a", 0, 0.5]]}, {"log_probability": []}, {"alternatives": "a"},
        ],
        ids=str,
    )  # fmt: skip
    def test_records_that_hold_something_else(
        self, translator: Translator, changes: dict[str, Any]
    ) -> None:
        [result] = translator.translate(TEXTS[:1])
        with pytest.raises(DataError, match=r"^from_dict\(\): not a record that as_dict\(\) made"):
            Translation.from_dict(result.as_dict() | changes)

    def test_through_a_pool_of_processes(self, translator: Translator) -> None:
        results = translator.translate(TEXTS, nbest=2)
        links = results[0].alignment()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            travelled = list(pool.map(returned, results))
        assert travelled == results
        with pytest.raises(ConfigError) as caught:
            travelled[0].alignment()
        assert str(caught.value) == (
            "this result has come without its model; call translator.attend(translation) first."
        )
        back = translator.attend(travelled[0])
        assert back.alignment() == links
        assert back.alternatives[0].attention.heads == results[0].attention.heads

    def test_a_pickle_is_small_and_a_copy_keeps_its_model(self, translator: Translator) -> None:
        [result] = translator.translate(TEXTS[:1])
        matrix = result.attention.matrix()
        assert len(pickle.dumps(result)) < 2000
        for same in (copy.copy(result), copy.deepcopy(result)):
            assert same == result
            np.testing.assert_array_equal(same.attention.matrix(), matrix)

    def test_a_caption_looks_again_at_its_picture(self, model: Captioner, picture: Path) -> None:
        [caption] = model.caption([picture], nbest=2)
        travelled = pickle.loads(pickle.dumps(caption))
        with pytest.raises(ConfigError, match=r"call captioner\.attend\(caption, picture\) first"):
            travelled.words()
        back = model.attend(travelled, picture)
        np.testing.assert_allclose(back.words()[1], caption.words()[1])

    def test_of_another_model_it_is_refused(self, translator: Translator, rnn: Path) -> None:
        [result] = translator.translate(TEXTS[:1])
        other = qkv.load(rnn)
        assert isinstance(other, Translator)
        with pytest.raises(ConfigError, match="is another model's; its tokens differ"):
            other.attend(result)

    @pytest.mark.parametrize("token", [0, EOS, -1, 10**6])
    def test_numbers_that_are_none_of_its_tokens_are_refused(
        self, translator: Translator, token: int
    ) -> None:
        """A larger model's result, or a record that somebody has written."""
        [result] = translator.translate(TEXTS[:1])
        foreign = dataclasses.replace(result, ids=(token, *result.ids))
        with pytest.raises(ConfigError, match="is another model's; its tokens differ"):
            translator.attend(foreign)

    def test_another_kind_of_result_is_refused(
        self, translator: Translator, model: Captioner, picture: Path
    ) -> None:
        [translation], [caption] = translator.translate(TEXTS[:1]), model.caption([picture])
        given: Any = caption
        with pytest.raises(ConfigError, match=r"^attend\(\): needs a Translation; got Caption\.$"):
            translator.attend(given)
        given = translation
        with pytest.raises(ConfigError, match=r"^attend\(\): needs a Caption; got Translation\.$"):
            model.attend(given, picture)

    def test_attention_names_its_layers_and_heads(self, translator: Translator) -> None:
        [result] = translator.translate(TEXTS[:1])
        assert result.attention.heads == {"cross": (2, 2), "encoder": (2, 2), "decoder": (2, 2)}
        assert "cross: layer 0 of 2 heads, layer 1 of 2 heads" in repr(result.attention)


class TestWhatIf:
    @pytest.mark.parametrize("beam", [1, 3])
    def test_what_changes_nothing_changes_nothing(self, translator: Translator, beam: int) -> None:
        everything = PLAIN.masked("cross", Mask(torch.ones(1, 1, dtype=torch.bool)))
        plain = translator.translate(TEXTS, beam=beam)
        for one, other in zip(
            translator.translate(TEXTS, beam=beam, attention=everything), plain, strict=True
        ):
            assert one.text == other.text
            assert one.score == pytest.approx(other.score, abs=1e-4)

    @pytest.mark.parametrize("beam", [1, 3])
    def test_a_hidden_word_is_not_attended_to(self, translator: Translator, beam: int) -> None:
        [plain] = translator.translate(["我喜欢咖啡"], beam=beam)
        positions = len(plain.source_tokens)
        hidden = PLAIN.hiding(torch.arange(positions) == positions - 2)  # 咖啡
        [what_if] = translator.translate(["我喜欢咖啡"], beam=beam, attention=hidden)
        assert (what_if.attention.matrix()[:, -2] == 0).all()
        assert (plain.attention.matrix()[:, -2] > 0).any()
        assert what_if.log_probability != pytest.approx(plain.log_probability, abs=1e-3)
        seen = translator.attend(plain, hidden)
        assert seen.text == plain.text
        assert (seen.attention.matrix()[:, -2] == 0).all()

    def test_positions_are_those_of_each_text(self, translator: Translator) -> None:
        """Not of the longest beside it."""
        texts = ["我喜欢咖啡", "我"]
        positions = len(translator.translate(texts[:1])[0].source_tokens)
        hidden = PLAIN.hiding(torch.arange(positions) == 0)
        with pytest.raises(ShapeError, match=rf"is for {positions} source positions, end of sente"):
            translator.translate(texts, attention=hidden)

    def test_a_hidden_region(self, model: Captioner, picture: Path) -> None:
        hidden = PLAIN.hiding(torch.tensor([True, False, False, False]))
        [caption] = model.caption([picture], attention=hidden)
        assert (caption.attention.matrix()[:, 0] == 0).all()

    def test_a_mask_is_for_each_picture_alone(self, model: Captioner, picture: Path) -> None:
        pair = PLAIN.masked("cross", Mask(torch.ones(2, 1, 1, 1, dtype=torch.bool)))
        with pytest.raises(ShapeError, match=r"mask must broadcast to .* got \(2, 1, 1, 1\)"):
            model.caption([picture, picture], attention=pair)


class TestAsked:
    def test_a_prefix_is_continued(self, translator: Translator) -> None:
        texts = ["我喜欢咖啡", "老师吃面包"]
        for beam in (1, 4):
            found = translator.translate(texts, beam=beam, prefix=["you", "the teacher buy"])
            assert found[0].text.startswith("you")
            assert found[1].text.startswith("the teacher buy")
        with pytest.raises(ConfigError, match="got 2 for 1 sources"):
            translator.translate(texts[:1], prefix=["a", "b"])

    def test_words_are_banned(self, translator: Translator) -> None:
        [plain] = translator.translate(["我喜欢咖啡"])
        assert "coffee" in plain.text
        [without] = translator.translate(["我喜欢咖啡"], banned=["coffee"])
        assert "coffee" not in without.text

    def test_samples_do_not_depend_on_their_neighbours(self, translator: Translator) -> None:
        search = Search(temperature=1.5, seed=3, nbest=2)
        together = translator.translate(TEXTS, search=search)
        turned = translator.translate(TEXTS[::-1], search=search, batch_tokens=1)[::-1]
        assert [t.text for t in together] == [t.text for t in turned]
        other = translator.translate(TEXTS, search=search, seed=4)
        assert [t.text for t in other] != [t.text for t in together]

    def test_captions_too(self, model: Captioner, picture: Path) -> None:
        pictures = [picture] * 33  # more than are captioned at once
        prefixes = ["red beside"] * 32 + ["green"]
        found = model.caption(pictures, prefix=prefixes, beam=2)
        assert [c.text.startswith(p) for c, p in zip(found, prefixes, strict=True)] == [True] * 33

    def test_keywords_are_fields_of_the_search(self, translator: Translator) -> None:
        search = Search(beam=3, length_penalty=0.5)
        expected = translator.translate(TEXTS, beam=3, length_penalty=0.5)
        assert translator.translate(TEXTS, search=search) == expected
        assert translator.translate(TEXTS, search=Search(beam=9), beam=3, length_penalty=0.5) == (
            expected
        )
        with pytest.raises(ConfigError, match="no setting 'bean'; did you mean 'beam'"):
            translator.translate(TEXTS, bean=3)


def test_quality_is_the_geometric_mean_of_the_probabilities(
    translator: Translator, model: Captioner, picture: Path
) -> None:
    for result in [*translator.translate(TEXTS, nbest=2, beam=2), *model.caption([picture])]:
        p = result.attention.probabilities
        expected = float(np.prod(p.astype(np.float64)) ** (1 / len(p))) if result.ids else 1.0
        assert result.quality == pytest.approx(expected, rel=1e-4)
        assert result.as_dict()["quality"] == result.quality
        assert all(0 < other.quality <= 1 for other in result.alternatives)


def test_quality_tells_right_from_wrong(translator: Translator) -> None:
    right, wrong = (
        translator.forced(TEXTS[0], text) for text in ("I like coffee", "they eat bread")
    )
    assert right.quality > 2 * wrong.quality
