"""Model folders: what is saved comes back bit for bit, and what is broken is named."""

import json
import pickle
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from qkv.errors import DataError, FolderError
from qkv.models import EncoderDecoder, ModelConfig, build
from qkv.models.folder import load_model, load_tensors, save_model, save_tensors
from tests.folders.test_written_by_0_1_0 import FOLDERS
from tests.models.helpers import sentences, targets

WORDS = 23
CONFIGS = {
    "transformer": ModelConfig(
        source_vocabulary=WORDS, target_vocabulary=WORDS, width=8, embedding=8, feedforward=11
    ),
    "rnn": ModelConfig(
        architecture="rnn",
        joint=False,
        tied=False,
        source_vocabulary=WORDS - 4,
        target_vocabulary=WORDS,
        width=8,
        embedding=5,
        encoder_width=6,
        attention="additive",
    ),
}


def save(to: Path, kind: str = "rnn") -> EncoderDecoder:
    torch.manual_seed(0)
    model = build(CONFIGS[kind]).eval()
    save_model(to, CONFIGS[kind], dict(model.named_parameters()))
    return model


@pytest.mark.parametrize("kind", CONFIGS)
def test_what_is_saved_comes_back_bit_for_bit(tmp_path: Path, kind: str) -> None:
    saved = save(tmp_path, kind)
    assert {path.name for path in tmp_path.iterdir()} == {"config.json", "model.safetensors"}
    loaded, config = load_model(tmp_path)
    assert config == CONFIGS[kind]
    assert not loaded.training
    parameters = dict(loaded.named_parameters())
    assert parameters.keys() == dict(saved.named_parameters()).keys()
    for name, parameter in saved.named_parameters():
        assert torch.equal(parameters[name], parameter), name
    given = (*sentences([5, 3], WORDS - 4), targets(2, 4))
    assert torch.equal(loaded(*given)[0].features, saved(*given)[0].features)


@pytest.mark.parametrize("kind", ["rnn-general", "transformer", "captioner-soft"])
def test_loading_draws_no_random_numbers(kind: str) -> None:
    state = torch.get_rng_state()
    load_model(FOLDERS / kind)
    assert torch.equal(torch.get_rng_state(), state)


def test_config_json_holds_every_setting_and_no_other(tmp_path: Path) -> None:
    save(tmp_path)
    assert json.loads((tmp_path / "config.json").read_text()) == asdict(CONFIGS["rnn"])


def test_tensors_and_notes_come_back(tmp_path: Path) -> None:
    tensors = {"a": torch.randn(2, 3).mT, "b": torch.tensor(7), "c": torch.randn(5).bfloat16()}
    notes = {"step": 3, "best": [1.5, None], "text": "咖啡"}
    save_tensors(tmp_path / "x", tensors, notes)
    back, noted = load_tensors(tmp_path / "x")
    assert noted == notes
    assert back.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert back[name].dtype == tensor.dtype
        assert torch.equal(back[name], tensor)


def test_without_notes_there_are_none(tmp_path: Path) -> None:
    save_tensors(tmp_path / "x", {"a": torch.ones(1)})
    assert load_tensors(tmp_path / "x")[1] == {}


@pytest.mark.parametrize(
    ("notes", "why"),
    [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ("[1]", "notes that are not qkv's"),
        ("3", "notes that are not qkv's"),
        ('{"sha256": 3}', "notes that are not qkv's"),
        ("[" * 100_000 + "]" * 100_000, "notes nested too deeply"),
    ],
)
def test_notes_that_are_none(tmp_path: Path, notes: str, why: str) -> None:
    save_file({"a": torch.ones(1)}, tmp_path / "x", {"notes": notes})
    with pytest.raises(FolderError) as caught:
        load_tensors(tmp_path / "x")
    assert str(caught.value) == f"{tmp_path / 'x'}: broken or truncated ({why}); copy it again."


def test_the_same_is_written_as_the_same_bytes(tmp_path: Path) -> None:
    written = set()
    for _ in range(9):
        save(tmp_path)
        save_tensors(tmp_path / "x", {"a": torch.ones(3)}, {"one": 1, "two": 2})
        files = (tmp_path / "model.safetensors", tmp_path / "x")
        written.add(tuple(path.read_bytes() for path in files))
    assert len(written) == 1


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (2, 3)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64, torch.bool])
def test_a_flipped_bit_of_any_kind_of_tensor_is_found(
    tmp_path: Path, dtype: torch.dtype, shape: tuple[int, ...]
) -> None:
    path = tmp_path / "x"
    save_tensors(path, {"a": torch.ones(shape, dtype=dtype), "b": torch.zeros(1)}, {"step": 1})
    whole = path.read_bytes()
    assert load_tensors(path)[0]["a"].shape == shape
    path.write_bytes(whole[:-1] + b"\x80")  # of the last number
    with pytest.raises(FolderError) as caught:
        load_tensors(path)
    assert str(caught.value) == (
        f"{path}: damaged, its numbers are not those saved; copy it again."
    )


def rewrite(path: Path, change: Callable[[dict], object]) -> None:
    settings = json.loads(path.read_text())
    change(settings)
    path.write_text(json.dumps(settings))


def without_a_tensor(model: Path) -> None:
    tensors, _ = load_tensors(model / "model.safetensors")
    del tensors["decoder.output.bias"]
    save_tensors(model / "model.safetensors", tensors)


def with_a_tensor_more(model: Path) -> None:
    tensors, _ = load_tensors(model / "model.safetensors")
    save_tensors(model / "model.safetensors", {**tensors, "zebra": torch.ones(1)})


def with_a_nan(model: Path) -> None:
    tensors, _ = load_tensors(model / "model.safetensors")
    tensors["decoder.output.bias"][3] = torch.nan
    save_tensors(model / "model.safetensors", tensors)


def with_a_pickle(model: Path) -> None:
    (model / "model.safetensors").write_bytes(pickle.dumps({"a": torch.ones(1)}))


DAMAGE: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no config": (
        lambda model: (model / "config.json").unlink(),
        "config.json",
        "no such file; a model folder holds config.json and model.safetensors",
    ),
    "no weights": (
        lambda model: (model / "model.safetensors").unlink(),
        "model.safetensors",
        "no such file; a model folder holds config.json and model.safetensors",
    ),
    "config cut short": (
        lambda model: (model / "config.json").write_text('{"architecture": "rnn"'),
        "config.json",
        "not readable as JSON",
    ),
    "config that is no text": (
        lambda model: (model / "config.json").write_bytes(b"\xff\xfe\xff"),
        "config.json",
        "not readable as JSON",
    ),
    "config that is a list": (
        lambda model: (model / "config.json").write_text("[1]"),
        "config.json",
        "settings are not this version's, first difference 'not an object'.",
    ),
    "an unknown setting": (
        lambda model: rewrite(model / "config.json", lambda c: c.update(colour="red")),
        "config.json",
        "settings are not this version's, first difference 'colour'.",
    ),
    "a missing setting": (
        lambda model: rewrite(model / "config.json", lambda c: c.pop("heads")),
        "config.json",
        "settings are not this version's, first difference 'heads'.",
    ),
    "a setting out of range": (
        lambda model: rewrite(model / "config.json", lambda c: c.update(cell="rnn")),
        "config.json",
        "cell must be one of lstm, gru; got 'rnn'.",
    ),
    "a setting of another type": (
        lambda model: rewrite(model / "config.json", lambda c: c.update(width="8")),
        "config.json",
        "width must be a whole number; got '8'.",
    ),
    "a vocabulary of no tokens": (
        lambda model: rewrite(model / "config.json", lambda c: c.update(source_vocabulary=0)),
        "config.json",
        "source_vocabulary must be at least 1; got 0. Fill in the tokenizer's number of tokens.",
    ),
    "no weights at all": (
        lambda model: (model / "model.safetensors").write_bytes(b""),
        "model.safetensors",
        "broken or truncated (",
    ),
    "a pickle for weights": (with_a_pickle, "model.safetensors", "broken or truncated ("),
    "a tensor too few": (
        without_a_tensor,
        "model.safetensors",
        "its tensors are not those of config.json, first difference 'decoder.output.bias'. "
        "Copy both files from the same model.",
    ),
    "a tensor too many": (
        with_a_tensor_more,
        "model.safetensors",
        "its tensors are not those of config.json, first difference 'zebra'. "
        "Copy both files from the same model.",
    ),
    "a number that is none": (
        with_a_nan,
        "model.safetensors",
        "decoder.output.bias holds nan or inf; train the model again.",
    ),
    "another model's config": (
        lambda model: rewrite(model / "config.json", lambda c: c.update(target_vocabulary=29)),
        "model.safetensors",
        "decoder.embedding.weight has shape (23, 5), config.json says (29, 5). "
        "Copy both files from the same model.",
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_is_named_with_its_file(tmp_path: Path, case: str) -> None:
    save(tmp_path)
    damage, file, text = DAMAGE[case]
    damage(tmp_path)
    with pytest.raises(FolderError) as error:
        load_model(tmp_path)
    assert str(error.value).startswith(f"{tmp_path / file}: {text}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("share", [0.0001, 0.1, 0.5, 0.999])
def test_weights_cut_anywhere_are_named(tmp_path: Path, share: float) -> None:
    save(tmp_path)
    path = tmp_path / "model.safetensors"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share) + 1])
    with pytest.raises(FolderError, match="broken or truncated"):
        load_model(tmp_path)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="no such file"):
        load_model(tmp_path / "nowhere")


class Bomb:
    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return (pytest.fail, ("a pickle was opened",))


def test_nothing_is_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path)
    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, lambda *_, **__: pytest.fail("a pickle was opened"))
    load_model(tmp_path)
    monkeypatch.undo()
    (tmp_path / "model.safetensors").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(FolderError):
        load_model(tmp_path)


def test_a_failed_save_leaves_the_old_model_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save(tmp_path)

    def half(path: Path, data: bytes) -> None:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    zeros = {name: torch.zeros_like(p) for name, p in saved.named_parameters()}
    with pytest.raises(DataError, match=r"model\.safetensors: cannot be written \(No space left"):
        save_model(tmp_path, CONFIGS["rnn"], zeros)
    assert {path.name for path in tmp_path.iterdir()} == {"config.json", "model.safetensors"}
    parameters = dict(load_model(tmp_path)[0].named_parameters())
    assert all(torch.equal(parameters[name], p) for name, p in saved.named_parameters())


def test_no_folder_to_save_into(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"config\.json: cannot be written"):
        save(tmp_path / "nowhere")
