"""Our Transformer in transformers: the same tokens, logits and texts; in CTranslate2, the files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import qkv
from qkv.data.tokenizer import EOS, PAD
from qkv.errors import ConfigError, FolderError
from qkv.export import export_model
from qkv.models import build
from qkv.models.config import ModelConfig
from qkv.models.folder import read_config, save_model
from qkv.pipeline import Translator
from tests.tiny import PAIRS

TEXTS = ["我喜欢咖啡", "  小猫 有 书, é猫!", "x"]


def load(folder: Path) -> Translator:
    translator = qkv.load(folder)
    assert isinstance(translator, Translator)
    return translator


def random_folder(folder: Path, base: Path, **form: Any) -> Path:
    """A model of random weights with the tokenizers of `base`; the source's where it is joint."""
    folder.mkdir()
    config = read_config(base)
    names = ("source.tokenizer.json", "target.tokenizer.json")
    if form.pop("joint", True):
        names = ("tokenizer.json",)
        form |= {"joint": True, "target_vocabulary": config.source_vocabulary}
    for name in names:
        read = base / ("source.tokenizer.json" if len(names) == 1 else name)
        (folder / name).write_bytes(read.read_bytes())
    config = replace(config, **form)
    save_model(folder, config, randomised(config))
    return folder


def randomised(config: ModelConfig) -> dict[str, torch.Tensor]:
    torch.manual_seed(7)
    weights = {n: p.detach() for n, p in build(config).named_parameters()}
    return {n: w + 0.2 * torch.randn_like(w) for n, w in weights.items()}


FORMS: list[dict[str, Any]] = [
    {},
    {"tied": False},
    {"joint": False},
    {"joint": False, "tied": False},
    {"activation": "swish"},
    {"normalize": "after"},
    {"normalize": "after", "tied": False},
    {"normalize": "after", "joint": False},
    {"normalize": "after", "joint": False, "tied": False},
]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_logits_are_those_of_transformers(
    transformer: Path, tmp_path: Path, form: dict[str, Any]
) -> None:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    folder, out = random_folder(tmp_path / "ours", transformer, **form), tmp_path / "theirs"
    export_model(folder, "transformers", out)
    model, loading = AutoModelForSeq2SeqLM.from_pretrained(out, output_loading_info=True)
    assert {kind: names for kind, names in loading.items() if names} == {}
    after = form.get("normalize") == "after"
    assert type(model).__name__ == ("MarianMTModel" if after else "PegasusForConditionalGeneration")
    tokenizer, ours = AutoTokenizer.from_pretrained(out), load(folder)
    given = tokenizer(TEXTS, return_tensors="pt", padding=True)
    for text, ids, present in zip(TEXTS, given.input_ids, given.attention_mask, strict=True):
        own = [*ours.source_tokenizer.encode(text).ids, EOS]
        assert ids.tolist() == own + [PAD] * (len(ids) - len(own))
        assert present.tolist() == [1] * len(own) + [0] * (len(ids) - len(own))
    read = torch.tensor([[1, 50, 260, 280, 4]] * len(TEXTS))
    with torch.no_grad():
        wanted = model.eval()(**given, decoder_input_ids=read).logits
        decoded, _ = ours.model(given.input_ids, given.attention_mask.bool(), read)
        found = ours.model.decoder.readout(decoded.features)
    vocabulary = found.shape[-1]
    torch.testing.assert_close(found, wanted[..., :vocabulary], rtol=0, atol=1e-5)
    assert wanted[..., vocabulary:].numel() == 0 or wanted[..., vocabulary:].max() < -9e2


def test_texts_are_those_of_generate(transformer: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    out = tmp_path / "out"
    export_model(transformer, "transformers", out)
    model, tokenizer = (
        each.from_pretrained(out) for each in (AutoModelForSeq2SeqLM, AutoTokenizer)
    )
    target = AutoTokenizer.from_pretrained(out / "target")
    texts = [chinese for chinese, _ in PAIRS[::5]]
    given = tokenizer(texts, return_tensors="pt", padding=True)
    for beam in (1, None):  # None: as the folder says
        made = model.generate(**given, **({"num_beams": beam} if beam else {}))
        found = load(transformer).translate(texts, beam=beam or 5, length_formula="average")
        texts_made = target.batch_decode(made, skip_special_tokens=True)
        same = [one == other.text for one, other in zip(texts_made, found, strict=True)]
        assert sum(same) >= len(same) - (beam is None)  # its beam stops by another rule


def test_a_folder_of_ctranslate2_is_used_without_us(transformer: Path, tmp_path: Path) -> None:
    import ctranslate2
    from tokenizers import Tokenizer as Backend

    for quantization, exact in (("float32", True), ("int8", False)):
        out = tmp_path / quantization
        export_model(transformer, "ctranslate2", out, quantization)
        engine = ctranslate2.Translator(str(out), compute_type=quantization)
        backend = Backend.from_file(str(transformer / "source.tokenizer.json"))
        texts = [chinese for chinese, _ in PAIRS[::5]]
        tokens = [backend.encode(text).tokens for text in texts]
        made = engine.translate_batch(tokens, beam_size=1)
        found = ["".join(result.hypotheses[0]).strip() for result in made]
        wanted = [each.text for each in load(transformer).translate(texts, beam=1)]
        same = sum(one == other for one, other in zip(found, wanted, strict=True))
        assert same == len(texts) if exact else same > 0.8 * len(texts)


@pytest.mark.parametrize("to", ["ctranslate2", "transformers"])
def test_other_models_are_refused(
    to: str, rnn: Path, captioner: Path, one_vector: Path, tmp_path: Path
) -> None:
    for folder, why in (
        (rnn, "this model is not one"),
        (one_vector, "this model is not one"),
        (captioner, "captions pictures"),
    ):
        with pytest.raises(ConfigError, match=why):
            export_model(folder, to, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_refusals(transformer: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    refused: list[tuple[Any, str]] = [
        ((transformer, "marian", out), "--to must be one of ctranslate2, onnx, transformers"),
        ((transformer, "transformers", out, "int8"), "--quantization belongs to"),
        ((transformer, "ctranslate2", out, "int3"), "quantization must be one of float32"),
    ]
    for arguments, why in refused:
        with pytest.raises(ConfigError, match=why):
            export_model(*arguments)
    with pytest.raises(FolderError, match="no such file"):
        export_model(tmp_path, "transformers", out)
    assert list(tmp_path.iterdir()) == []
    out.mkdir()
    export_model(transformer, "transformers", out)  # an empty folder is as good as none
    before = sorted(path.name for path in out.iterdir())
    with pytest.raises(FolderError, match="is there already"):
        export_model(transformer, "transformers", out)
    assert sorted(path.name for path in out.iterdir()) == before
