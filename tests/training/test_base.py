"""A run that goes on from a model: what it keeps, what it refuses, and what it tells."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from qkv import training
from qkv.data import Pair, hold_out
from qkv.errors import ConfigError, DataError, FolderError
from qkv.evaluation import Score
from qkv.models import EncoderDecoder, ModelConfig
from qkv.models.folder import checksum, load_model, read_config
from qkv.pipeline import load_captioner, load_translator
from qkv.training import RunFolder, loop
from qkv.training.base import suited
from qkv.training.config import TrainConfig
from qkv.training.material import Validation
from qkv.training.text import TextMaterial
from tests.tiny import COLOURS, PAIRS, RNN, train, write_album, write_corpus

NEW = [(f"{zh}卖{o}", f"{en} sell {thing}") for zh, en in (("我", "I"), ("老师", "the teacher"))
       for o, thing in (("茶", "tea"), ("书", "books"), ("面包", "bread"), ("苹果", "apples"),
                        ("钥匙", "keys"), ("咖啡", "coffee"))]  # fmt: skip
FEW: dict[str, Any] = {
    "max_steps": 6,
    "validations": 3,
    "batch_tokens": 128,
    "threads": 1,
    "precision": "float32",
}


def quiet(line: str) -> None:
    pass


@pytest.fixture
def new(tmp_path: Path) -> dict[str, str]:
    """Twelve pairs with a verb that the model does not know, which are also validated on."""
    (tmp_path / "new").mkdir()
    data = write_corpus(tmp_path / "new", NEW)
    return data | {f"valid_{side}": path for side, path in data.items()}


@pytest.fixture
def old(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "old.tsv"
    path.write_text("".join(f"{zh}\t{en}\n" for zh, en in PAIRS), encoding="utf-8")
    return {"old_tsv": str(path)}


def go_on(
    base: Path, data: dict[str, str], folder: Path, report: Callable[[str], None] = quiet, **s: Any
) -> Path:
    training.start(folder, data, FEW | s, report=report, base=base)
    return folder


def records(folder: Path, name: str) -> list[dict[str, Any]]:
    lines = (folder / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [record for record in map(json.loads, lines) if name in record]


def card(folder: Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8")


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


def test_it_learns_the_new_and_keeps_shape_and_vocabulary(
    rnn: Path, new: dict[str, str], tmp_path: Path
) -> None:
    folder = go_on(rnn, new, tmp_path / "m", max_steps=60, learning_rate=0.02)
    scores = records(folder, "new_bleu")
    assert [record["step"] for record in scores] == [0, 20, 40, 60]
    assert scores[-1]["new_bleu"] > scores[0]["new_bleu"] + 20
    tokenizers = [(path / "tokenizer.json").read_bytes() for path in (rnn, folder)]
    assert tokenizers[0] == tokenizers[1]
    assert replace(read_config(folder), source_length=0) == replace(
        read_config(rnn), source_length=0
    )
    assert read_config(folder).source_length > read_config(rnn).source_length
    translations = load_translator(folder).translate([source for source, _ in NEW])
    right = [t.text == reference for t, (_, reference) in zip(translations, NEW, strict=True)]
    assert sum(right) > 6


def test_what_the_model_was_validated_on_is_validated_on_again(
    rnn: Path, new: dict[str, str], tmp_path: Path
) -> None:
    """Its first score there is the one that the model ended with."""
    folder = go_on(rnn, new, tmp_path / "m")
    ended = max(record["validation_bleu"] for record in records(rnn, "validation_bleu"))
    assert records(folder, "old_bleu")[0]["old_bleu"] >= ended - 1e-9
    for record in records(folder, "old_bleu"):  # nothing is mixed in: the new alone chooses
        assert record["validation_bleu"] == record["new_bleu"]


@pytest.mark.parametrize("gone", ["run", "run/valid.target"])
def test_without_that_there_is_the_new_alone(
    gone: str, rnn: Path, new: dict[str, str], tmp_path: Path
) -> None:
    base = tmp_path / "base"
    shutil.copytree(rnn, base)
    shutil.rmtree(base / gone) if gone == "run" else (base / gone).unlink()
    folder = go_on(base, new, tmp_path / "m")
    assert records(folder, "old_bleu") == []
    assert "validation score on new data: " in card(folder)


def test_the_card_tells_the_history(rnn: Path, new: dict[str, str], tmp_path: Path) -> None:
    one = go_on(rnn, new, tmp_path / "one")
    two = go_on(one, new, tmp_path / "two", max_steps=2)
    came_from = [checksum(dict(load_model(path)[0].named_parameters())) for path in (one, rnn)]
    history = card(two).partition("## History\n\n")[2].partition("\n\n## Training")[0].splitlines()
    assert history[:2] == [
        f"- went on from `{path.name}`, SHA-256 of its weights `{fingerprint}`"
        for path, fingerprint in zip((one, rnn), came_from, strict=True)
    ]
    before = records(two, "new_bleu")[0]
    for line, part in zip(history[2:], ("new", "old"), strict=True):
        start = f"- validation score on {part} data: {before[f'{part}_bleu']:.2f} before, "
        assert re.fullmatch(rf"{re.escape(start)}\d+\.\d\d after", line)
    assert "## History" not in card(rnn)


def test_where_nothing_is_better_the_model_stays_what_it_was(
    rnn: Path, new: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [9.0, 1.0, 2.0, 3.0, 0.0]

    def validate(_: TextMaterial, model: EncoderDecoder, *where: Any) -> Validation:
        return Validation(Score("BLEU", left.pop(0), ""), [])

    shutil.copytree(rnn, tmp_path / "base")
    shutil.rmtree(tmp_path / "base" / "run")  # nothing old to validate on
    monkeypatch.setattr(TextMaterial, "validate", validate)
    reported: list[str] = []
    folder = go_on(tmp_path / "base", new, tmp_path / "m", reported.append)
    assert "kept the weights that it began with" in reported[-1]
    for one, other in zip(
        *(load_model(path)[0].parameters() for path in (rnn, folder)), strict=True
    ):
        assert torch.equal(one, other)


def test_the_columns_of_the_old_text_are_not_those_of_the_text_mixed_in(
    new: dict[str, str], old: dict[str, str], tmp_path: Path
) -> None:
    """The model was trained on a table whose target comes first; old.tsv is in the usual order."""
    table = tmp_path / "table.tsv"
    table.write_text("".join(f"{en}\t{zh}\n" for zh, en in PAIRS), encoding="utf-8")
    tiny = {**RNN, "max_steps": 2, "validations": 1}
    train(tmp_path / "base", {"data": [str(table)], "columns": "2,1"}, tiny)
    reported: list[str] = []
    settings = {**FEW, "mix": 0.5}
    training.start(
        tmp_path / "m", new | old, settings, report=reported.append, base=tmp_path / "base"
    )
    assert not [line for line in reported if "columns 2" in line and "old.tsv" in line]


def test_equally_good_weights_do_not_replace_those_that_it_began_with(
    rnn: Path, new: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = Validation(Score("BLEU", 1.0, ""), [])
    monkeypatch.setattr(TextMaterial, "validate", lambda *_: same)
    reported: list[str] = []
    shutil.copytree(rnn, tmp_path / "base")
    shutil.rmtree(tmp_path / "base" / "run")
    go_on(tmp_path / "base", new, tmp_path / "m", reported.append)
    assert "kept the weights that it began with" in reported[-1]


def test_nearly_all_may_be_old(
    rnn: Path, new: dict[str, str], old: dict[str, str], tmp_path: Path
) -> None:
    """What suits the new pairs goes by their number, also where the old ones run out."""
    rates = []
    for name, share in (("half", 0.5), ("most", 0.999)):
        go_on(rnn, new | old, tmp_path / name, mix=share)
        plan = json.loads((tmp_path / name / "run" / "settings.json").read_text("utf-8"))
        rates.append(plan["train"]["learning_rate"])
    assert rates[0] == rates[1] > 0


@pytest.mark.parametrize("where", ["validate", "forward_backward"])
@pytest.mark.parametrize("call", [1, 2, 4])
def test_a_stopped_run_is_a_model_and_goes_on_bit_for_bit(
    where: str, call: int, rnn: Path, new: dict[str, str], old: dict[str, str], tmp_path: Path
) -> None:
    mixed = new | old
    unbroken = go_on(rnn, mixed, tmp_path / "unbroken", mix=0.4, dropout=0.3)
    owner: Any = TextMaterial if where == "validate" else loop
    real, count = getattr(owner, where), iter(range(1, 100))

    def called(*arguments: Any) -> Any:
        if next(count) == call:
            raise KeyboardInterrupt
        return real(*arguments)

    folder = tmp_path / "stopped"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, where, called)
        with pytest.raises(KeyboardInterrupt):
            go_on(rnn, mixed, folder, mix=0.4, dropout=0.3)
    assert RunFolder(folder).unfinished
    if (where, call) not in (("validate", 1), ("validate", 2)):  # two a validation: new and old
        load_translator(folder)
    training.resume(folder, mixed, FEW | {"mix": 0.4, "dropout": 0.3}, report=quiet, base=rnn)
    assert weights(folder) == weights(unbroken)


def test_another_base_is_refused_on_resume(
    rnn: Path, new: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("qkv.training.train.fit", stop)
        with pytest.raises(KeyboardInterrupt):
            go_on(rnn, new, tmp_path / "m")
    with pytest.raises(ConfigError, match="--from differs from what this run began with"):
        training.resume(tmp_path / "m", {}, {}, base=tmp_path)
    training.resume(tmp_path / "m", {}, {}, report=quiet)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"width": 64}, "width=64: the model in BASE has width=32, and a run that goes on from it"),
        ({"architecture": "transformer"}, "architecture=transformer: the model in BASE has arch"),
        ({"vocabulary": 8000}, "vocabulary=8000: the model in BASE has vocabulary="),
        ({"joint": False}, "joint=False: the model in BASE has joint=True"),
        ({"preset": "article"}, "the model in BASE has attention=general"),
        ({"heads": 8}, "heads=8: the model in BASE has heads=4"),
        (
            {"units": True},
            "units belong to the vocabulary, which the model keeps; leave units out.",
        ),
        ({"mix": 0.5}, "old data is mixed in with --mix FILE=SHARE; give both."),
        ({"lerning_rate": 0.5}, "no setting 'lerning_rate'; did you mean 'learning_rate'?"),
    ],
)
def test_settings_that_are_not_the_models_are_refused(
    settings: dict[str, Any], text: str, rnn: Path, new: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        go_on(rnn, new, tmp_path / "m", **settings)
    assert text in str(caught.value).replace(str(rnn), "BASE")
    assert not (tmp_path / "m").exists()


def test_what_the_model_has_may_be_repeated(rnn: Path, new: dict[str, str], tmp_path: Path) -> None:
    same = {"width": 32, "architecture": "rnn", "joint": True, "dropout": 0.1}
    folder = go_on(rnn, new, tmp_path / "m", **same)
    assert read_config(folder).dropout == 0.1


def test_data_of_another_kind_is_refused(
    rnn: Path, captioner: Path, new: dict[str, str], album: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="captions pictures; give --images"):
        go_on(captioner, new, tmp_path / "m")
    with pytest.raises(ConfigError, match="translates; give text"):
        go_on(rnn, album, tmp_path / "m")
    with pytest.raises(FolderError, match=r"config\.json: no such file"):
        go_on(tmp_path / "nowhere", new, tmp_path / "m")


def test_a_captioner_goes_on_too(captioner: Path, tmp_path: Path, album: dict[str, str]) -> None:
    (tmp_path / "new").mkdir()
    few = write_album(tmp_path / "new", [("red", "blue"), ("green", "black")])
    text = Path(few["images"]).read_text(encoding="utf-8").replace("beside", "next to")
    Path(few["images"]).write_text(text, encoding="utf-8")
    data = few | {"old_images": album["images"], "old_valid_images": few["images"]}
    folder = go_on(captioner, data, tmp_path / "m", mix=0.5)
    assert len(records(folder, "old_bleu")) == 4
    assert "4 captions" in card(folder).partition("skipped, ")[2] or "is validated on" in card(
        folder
    )
    [caption] = load_captioner(folder).caption([str(next((tmp_path / "new").glob("*.png")))])
    assert set(caption.text.split()) & set(COLOURS)


def test_old_pairs_that_are_validated_on_are_not_trained_on(
    rnn: Path, new: dict[str, str], old: dict[str, str], tmp_path: Path
) -> None:
    """By default that is what the model held out of the very same text."""
    held_out = hold_out([Pair(*pair) for pair in PAIRS], 1)[1]
    reported: list[str] = []
    go_on(rnn, new | old, tmp_path / "m", reported.append, mix=0.5)
    skipped = f"skipped {len(held_out)} pairs: source is validated on, in the old data"
    assert skipped in reported
    assert not any("are training pairs too" in line for line in reported[1:])
    Path(old["old_tsv"]).write_text("".join(f"{p.source}\t{p.target}\n" for p in held_out))
    with pytest.raises(DataError, match="each of the old pairs has a source that is validated on"):
        go_on(rnn, new | old, tmp_path / "n", mix=0.5)


class Examples:
    def __init__(self, count: int) -> None:
        self.examples = range(count)


def test_what_suits_the_number_of_new_examples() -> None:
    def of(count: int, **settings: Any) -> TrainConfig:
        return suited(ModelConfig(), TrainConfig(**settings), settings, Examples(count))[1]  # pyright: ignore[reportArgumentType]

    usual = TrainConfig().learning_rate
    rates = [of(count).learning_rate for count in (3, 12, 300, 1200, 10**6)]
    assert rates == pytest.approx([usual / 20, usual / 10, usual / 2, usual, usual])
    assert [of(count).epochs for count in (30, 300, 900, 3000, 10**6)] == [60, 60, 20, 8, 8]
    assert of(300, mix=0.5) == replace(of(300), mix=0.5)
    given = {"learning_rate": 0.25, "epochs": 3, "batch_tokens": 999, "ema": 0.0, "validations": 4}
    chosen = of(300, **given)
    assert {name: getattr(chosen, name) for name in given} == given


def test_there_is_less_dropout_than_in_a_new_model(
    corpus: dict[str, str], new: dict[str, str], tmp_path: Path
) -> None:
    train(tmp_path / "base", corpus, {**RNN, "max_steps": 2, "validations": 1, "dropout": 0.4})
    assert read_config(go_on(tmp_path / "base", new, tmp_path / "one")).dropout == 0.2
    assert read_config(go_on(tmp_path / "base", new, tmp_path / "two", dropout=0.4)).dropout == 0.4
    few = suited(ModelConfig(dropout=0.05), TrainConfig(), {}, Examples(300))[0]  # pyright: ignore[reportArgumentType]
    assert few.dropout == 0.05
