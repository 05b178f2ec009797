"""Models learn to leave units as they are, where the training text shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from qkv.data import Pair
from qkv.data.protected import STAND_INS, TAG
from qkv.errors import ConfigError
from qkv.pipeline import Translator, load_translator
from qkv.training.config import TrainConfig
from qkv.training.text import TextCorpus
from tests.tiny import PAIRS, TRANSFORMER, train, write_corpus

CONFIG = TrainConfig(vocabulary=400)


def with_units(number: int, zh: str, en: str) -> tuple[str, str]:
    """A number and a tag in every other pair, told apart by where they are."""
    if number % 2:
        return zh, en
    return f"在{number + 300}年<b>{zh}</b>", f"<b>{en}</b> in {number + 300}"


SHOWN = [with_units(number, *pair) for number, pair in enumerate(PAIRS)]


def corpus(pairs: list[tuple[str, str]]) -> TextCorpus:
    return TextCorpus([Pair(*pair) for pair in pairs], [], False, {}, "")


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Translator:
    folder = tmp_path_factory.mktemp("units")
    train(folder / "model", write_corpus(folder, SHOWN), TRANSFORMER | {"max_steps": 150})
    return load_translator(folder / "model")


def test_stand_ins_are_learnt_where_there_are_units() -> None:
    source, target = corpus(SHOWN).tokenizers(CONFIG)
    assert source.stand_ins == target.stand_ins == STAND_INS[:2]
    assert corpus(SHOWN).tokenizers(TrainConfig(vocabulary=400, units=False))[0].stand_ins == ""
    examples = corpus(SHOWN).tokenised((source, target), 250).examples
    _, one = STAND_INS[:2]
    assert source.decode(examples[0][0]).text == f"在{one}年{TAG}{PAIRS[0][0]}{TAG}"
    assert target.decode(examples[0][1]).text == f"{TAG}{PAIRS[0][1]}{TAG} in {one}"


def test_text_without_units_is_tokenised_as_ever(tmp_path: Path) -> None:
    """A few units are no reason for anything either."""
    pairs = [*PAIRS[:145], *SHOWN[:10:2]]
    saved = []
    for config in (CONFIG, TrainConfig(vocabulary=400, units=False)):
        tokenizers = corpus(pairs).tokenizers(config)
        for side, tokenizer in enumerate(tokenizers):
            tokenizer.save(tmp_path / str(side))
        texts = [(tmp_path / str(side)).read_text("utf-8") for side in (0, 1)]
        saved.append((texts, [*corpus(pairs).tokenised(tokenizers, 250).examples]))
    assert saved[0] == saved[1]


def test_units_asked_for_and_not_there() -> None:
    with pytest.raises(ConfigError, match=r"^units=true needs at least 20 pairs with the same"):
        corpus(PAIRS).tokenizers(TrainConfig(vocabulary=400, units=True))
    few = corpus([*PAIRS * 9, *SHOWN[:40]])
    assert few.tokenizers(CONFIG)[0].stand_ins == ""
    assert few.tokenizers(TrainConfig(vocabulary=400, units=True))[0].stand_ins == STAND_INS[:2]


def test_a_trained_model_says_where_units_go(translator: Translator) -> None:
    """Where it has learnt, not where a word beside them went; and units it has never seen."""
    for unit in ("1999", "{year}", "https://a.b/c?d=1"):
        [found] = translator.translate([f"在{unit}年<i>我喜欢咖啡</i>"])
        assert found.text == f"<i>I like coffee</i> in {unit}"
        assert unit in [token.text for token in found.source_tokens]
        assert unit in [token.text for token in found.tokens]
