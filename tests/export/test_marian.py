"""Marian's models in, and back out: the same tokens, the same logits, the same texts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import qkv
from qkv import training
from qkv.data import Pair
from qkv.data.tokenizer import EOS, Tokenizer
from qkv.errors import FolderError, QkvError
from qkv.export import export_model, import_model
from qkv.export.engine import use
from qkv.export.marian import _sides
from qkv.models.folder import read_config
from qkv.pipeline import Aligner, Translator
from tests.export.marian_folder import LANGUAGE, marian_folder, sentencepiece_model
from tests.tiny import PAIRS

SOURCES = [english for _, english in PAIRS]
TARGETS = [english[::-1] for english in SOURCES]
TEXTS = [
    "I like coffee",
    "  the cat   sees the book zq 猫猫 ½ ﬁ café",
    f"{LANGUAGE} they eat",
    "x",
]
FORMS: list[dict[str, Any]] = [
    {},
    {"shared": False},
    {"tie_word_embeddings": False},
    {"shared": False, "tie_word_embeddings": False},
    {"scale_embedding": False},
    {"activation_function": "relu"},
    {"activation_function": "gelu"},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("marian") / "opus"
    marian_folder(path, SOURCES, TARGETS)
    return path


@pytest.fixture(scope="module")
def imported(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("imported") / "model"
    import_model(folder, out)
    return out


def load(folder: Path) -> Translator:
    translator = qkv.load(folder)
    assert isinstance(translator, Translator)
    return translator


def logits(translator: Translator, source: list[int], target: list[int]) -> torch.Tensor:
    """(T, V), of a source without EOS and a target that begins with BOS."""
    ids = torch.tensor([[*source, EOS]])
    with torch.no_grad():
        decoded, _ = translator.model(ids, torch.ones_like(ids).bool(), torch.tensor([target]))
        return translator.model.decoder.readout(decoded.features)[0]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_logits_and_tokens_are_those_of_transformers(form: dict[str, Any], tmp_path: Path) -> None:
    from transformers import MarianTokenizer

    folder = tmp_path / "theirs"
    theirs = marian_folder(folder, SOURCES, TARGETS, **form)
    import_model(folder, tmp_path / "ours")
    ours = load(tmp_path / "ours")
    shared = form.get("shared", True)
    tokenizer = MarianTokenizer.from_pretrained(
        folder,
        separate_vocabs=not shared,
        target_vocab_file=None if shared else str(folder / "target_vocab.json"),
    )
    source, target = _sides(folder, json.loads((folder / "config.json").read_text()))
    words = [1, *range(5, 24, 3)]
    said = [i for i in range(len(target.numbers)) if i not in target.copies]
    for text in TEXTS:
        ids = ours.source_tokenizer.encode(text).ids
        given = tokenizer(text, return_tensors="pt").input_ids
        assert [source.numbers[i] for i in ids] == given[0, :-1].tolist()
        read = torch.tensor([[target.numbers[i] for i in words]])
        with torch.no_grad():
            wanted = theirs(input_ids=given, decoder_input_ids=read).logits[0]
        found = logits(ours, ids, words)
        assert sorted(target.numbers[i] for i in said) == list(range(wanted.shape[1]))
        in_order = wanted[:, [target.numbers[i] for i in said]]
        torch.testing.assert_close(found[:, said], in_order, rtol=0, atol=1e-5)
        nothing = [i for i in target.copies if found.softmax(-1)[:, i].max() > 0]
        assert nothing == []


def test_texts_are_those_of_greedy_generation(folder: Path, imported: Path) -> None:
    from transformers import MarianMTModel, MarianTokenizer

    tokenizer = MarianTokenizer.from_pretrained(folder)
    model: Any = MarianMTModel.from_pretrained(folder)
    texts = sorted(set(SOURCES))
    given = tokenizer(texts, return_tensors="pt", padding=True)
    never = [[tokenizer.pad_token_id], [tokenizer.unk_token_id]]
    made = model.generate(
        **given,
        num_beams=1,
        max_new_tokens=8,
        bad_words_ids=never,
        forced_eos_token_id=None,
        do_sample=False,
    )
    wanted = tokenizer.batch_decode(made, skip_special_tokens=True, use_source_tokenizer=False)
    found = load(imported).translate(texts, beam=1, max_length=9)
    assert [each.text for each in found] == wanted
    assert len(set(wanted)) > 3  # so that it means something


def test_an_imported_model_is_looked_at_like_any_other(imported: Path) -> None:
    translator = load(imported)
    text = "I  like ½ coffee"
    [translation] = translator.translate([text], max_length=8)
    assert translation.attention.heads["cross"] == (3, 3, 3)
    rows = translation.attention.matrix("cross").sum(1)
    torch.testing.assert_close(torch.tensor(rows), torch.ones(len(rows)))
    assert all(i in range(4) for i, _ in translation.alignment())
    shown = [text[t.start : t.end] for t in translation.source_tokens]
    assert "".join(shown[:7]).startswith("Ilike")
    again = translator.attend(type(translation).from_dict(translation.as_dict()))
    assert again.attention.matrix().shape == translation.attention.matrix().shape


def test_an_imported_model_is_trained_further(imported: Path, tmp_path: Path) -> None:
    pairs = "\n".join(map("\t".join, zip(SOURCES, TARGETS, strict=True)))
    (tmp_path / "pairs.tsv").write_text(f"source\ttarget\n{pairs}\n", encoding="utf-8")
    settings = {
        "max_steps": 40,
        "validations": 4,
        "warmup_steps": 4,
        "learning_rate": 0.005,
        "threads": 1,
        "precision": "float32",
    }
    data = {"data": [str(tmp_path / "pairs.tsv")]}
    training.start(tmp_path / "out", data, settings, report=lambda _: None, base=imported)
    before, after = load(imported), load(tmp_path / "out")
    assert after.target_tokenizer.pieces == before.target_tokenizer.pieces
    losses = [r["loss"] for r in training.read_metrics(tmp_path / "out") if "loss" in r]
    assert losses[-1] < 0.9 * losses[0]


def test_unigram_tokenizers_cut_texts_as_sentencepiece_does(tmp_path: Path) -> None:
    import sentencepiece

    from qkv.export.marian import _sentencepiece

    path = tmp_path / "a.spm"
    sentencepiece_model(path, [*SOURCES, *TARGETS], 80)
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    scores, charsmap = _sentencepiece(path)
    from qkv.data import unigram
    from qkv.data.tokenizer import SPECIALS

    scored = [*((name, 0.0) for name in SPECIALS), *scores.items()]
    tokenizer = Tokenizer(unigram.backend(scored, charsmap))
    tokenizer.save(tmp_path / "tokenizer.json")
    again = Tokenizer.load(tmp_path / "tokenizer.json")
    for text in [
        *SOURCES,
        *TEXTS,
        "a\t<s> </s><pad>",
        "ｃａｔ",
        "a\u00a0b",
        "<unk> ▁x",
        "c\u0323a",
    ]:
        wanted = [p if model.piece_to_id(p) else "<unk>" for p in model.encode(text, out_type=str)]
        for one in (tokenizer, again):
            assert [one.pieces[i] for i in one.encode(text).ids] == wanted, text


@pytest.mark.parametrize(
    ("named", "languages"),
    [
        ({"source_lang": "eng", "target_lang": "deu"}, "eng-deu"),
        ({"source_lang": "EN", "target_lang": "pt_BR"}, "en-pt"),
        ({"source_lang": "en", "target_lang": "ROMANCE"}, None),
        ({"source_lang": "en"}, None),
        ({"source_lang": 5, "target_lang": ["de"]}, None),
        (None, None),
    ],
    ids=str,
)
def test_languages_are_those_that_the_folder_names(
    folder: Path, tmp_path: Path, named: dict[str, Any] | None, languages: str | None
) -> None:
    theirs = tmp_path / "theirs"
    shutil.copytree(folder, theirs)
    if named is not None:
        (theirs / "tokenizer_config.json").write_text(json.dumps(named))
    import_model(theirs, tmp_path / "ours")
    assert read_config(tmp_path / "ours").languages == languages
    if languages == "eng-deu":
        pytest.importorskip("fastapi")
        from qkv.server import load_models

        models = load_models([(tmp_path / "ours", None)], engine="auto")
        assert models.translator(None, "en", "de", []).languages == ("en", "de")
        assert "CTranslate2" in models.served[0].engine


def test_the_older_file_and_half_the_digits_will_do(
    folder: Path, imported: Path, tmp_path: Path
) -> None:
    """As OPUS-MT's first folders have them, with the sines that nobody learnt."""
    places = {f"model.{side}.embed_positions.weight": torch.ones(4) for side in ("en", "de")}
    halves: Callable[[Any], Any] = lambda held: {n: x.half() for n, x in held.items()}  # noqa: E731
    for name, change in (("old", as_bin(lambda held: held | places)), ("half", as_bin(halves))):
        shutil.copytree(folder, tmp_path / name)
        change(tmp_path / name)
        import_model(tmp_path / name, tmp_path / f"{name}.qkv")
    wanted, old, half = (
        load(each).model.state_dict()
        for each in (imported, tmp_path / "old.qkv", tmp_path / "half.qkv")
    )
    torch.testing.assert_close(old, wanted, rtol=0, atol=0)
    torch.testing.assert_close(half, wanted, rtol=2e-3, atol=2e-3)


def test_an_imported_model_goes_into_every_other_format(imported: Path, tmp_path: Path) -> None:
    """Texts by CTranslate2, step by step by ONNX, and links, of a model that knows no words."""
    import onnxruntime

    ours, theirs = load(imported), load(imported)
    use("ctranslate2", theirs)
    texts = [*SOURCES[:5], "猫 😀 مرحبا", ""]
    for beam in (1, 3):
        wanted, found = (each.translate(texts, beam=beam, max_length=7) for each in (ours, theirs))
        assert [each.ids for each in found] == [each.ids for each in wanted]
    export_model(imported, "onnx", tmp_path / "onnx")
    told = json.loads((tmp_path / "onnx" / "config.json").read_text())
    runs = {}
    for part in ("encoder", "decoder"):
        session = onnxruntime.InferenceSession(tmp_path / "onnx" / told[part]["file"])
        runs[part] = partial(session.run, None)
    ids, words = ours.source_tokenizer.encode(TEXTS[0]).ids, [1, *range(5, 24, 3)]
    given = runs["encoder"]({"source": np.array([[*ids, EOS]])})
    past = dict(zip(told["encoder"]["outputs"], given, strict=True))
    for word, wanted in zip(words, logits(ours, ids, words), strict=True):
        out = runs["decoder"]({"token": np.array([word]), **past})
        step = dict(zip(told["decoder"]["outputs"], out, strict=True))
        torch.testing.assert_close(torch.tensor(step["logits"][0]), wanted, rtol=0, atol=1e-5)
        past |= {name: step[after] for after, name in told["state"].items()}
    pairs = [Pair(*each) for each in zip(SOURCES[:4], TARGETS[:4], strict=True)]
    links = [*Aligner(ours).align(pairs)]
    assert len(links) == len(pairs)


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def config(**settings: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | settings))

    return change


def tensors(change: Callable[[dict[str, torch.Tensor]], Any]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        from safetensors.torch import load_file, save_file

        path = folder / "model.safetensors"
        held = load_file(path)
        change(held)
        path.unlink()
        save_file(held, path)

    return apply


def overwrite(name: str, data: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return change


def as_bin(change: Callable[[dict[str, torch.Tensor]], Any]) -> Callable[[Path], None]:
    """The weights in the older file, changed; bytes are written as they are."""

    def apply(folder: Path) -> None:
        from safetensors.torch import load_file

        held = change(load_file(folder / "model.safetensors"))
        (folder / "model.safetensors").unlink()
        if isinstance(held, bytes):
            (folder / "pytorch_model.bin").write_bytes(held)
        else:
            torch.save(held, folder / "pytorch_model.bin")

    return apply


LAYER = "model.decoder.layers.1.fc1.bias"
BROKEN: list[tuple[Callable[[Path], None], str]] = [
    (without("config.json"), "config.json"),
    (without("vocab.json"), "vocab.json"),
    (without("source.spm"), "source.spm"),
    (without("target.spm"), "target.spm"),
    (without("model.safetensors"), "model.safetensors"),
    (config(model_type="bart"), "model_type"),
    (config(normalize_before=True), "normalize_before"),
    (config(decoder_ffn_dim=7), "decoder_ffn_dim"),
    (config(activation_function="tanh"), "tanh"),
    (config(d_model="x"), "width"),
    (config(vocab_size=3), "vocab.json"),
    (config(pad_token_id=None), "pad_token_id"),
    (config(encoder_layers=5), "model.encoder.layers.2"),
    (overwrite("config.json", b"{"), "config.json"),
    (overwrite("config.json", b"[]"), "config.json"),
    (overwrite("vocab.json", b"\xff"), "vocab.json"),
    (overwrite("vocab.json", b'{"a": "b"}'), "vocab.json"),
    (overwrite("source.spm", b"not one"), "source.spm"),
    (overwrite("source.spm", b""), "source.spm"),
    (overwrite("model.safetensors", b"nothing"), "model.safetensors"),
    (tensors(lambda held: held.pop(LAYER)), LAYER),
    (tensors(lambda held: held.update({"model.extra": torch.ones(2)})), "model.extra"),
    (tensors(lambda held: held.update({LAYER: torch.ones(2)})), LAYER),
    (tensors(lambda held: held[LAYER].fill_(float("nan"))), LAYER),
    (tensors(lambda held: held.pop("model.shared.weight")), "embed_tokens"),
    (overwrite("tokenizer_config.json", b"{"), "tokenizer_config.json"),
    (config(share_encoder_decoder_embeddings=False), "target_vocab.json"),
    (as_bin(lambda held: b"nothing"), "pytorch_model.bin"),
    (as_bin(lambda held: [*held.values()]), "pytorch_model.bin"),
    (as_bin(lambda held: held | {"model.extra": {"a": 1}}), "pytorch_model.bin"),
    (as_bin(lambda held: held | {"model.extra": torch.ones(2)}), "model.extra"),
    (as_bin(lambda held: held | {LAYER: torch.full_like(held[LAYER], torch.inf)}), LAYER),
]


@pytest.mark.parametrize(("change", "named"), BROKEN)
def test_a_folder_with_missing_or_foreign_parts_is_refused(
    folder: Path, tmp_path: Path, change: Callable[[Path], None], named: str
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    change(broken)
    with pytest.raises(FolderError) as error:
        import_model(broken, tmp_path / "out")
    assert named in str(error.value)
    assert str(broken) in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["broken"]


def test_a_folder_that_is_there_is_left_as_it_is(folder: Path, imported: Path) -> None:
    before = {path: path.read_bytes() for path in imported.iterdir()}
    with pytest.raises(FolderError, match="is there already"):
        import_model(folder, imported)
    assert {path: path.read_bytes() for path in imported.iterdir()} == before
    with pytest.raises(FolderError, match="no such folder"):
        import_model(folder / "nowhere", imported)


def test_a_bpe_model_is_refused(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    sentencepiece_model(broken / "target.spm", SOURCES, 60, model_type="bpe")
    with pytest.raises(FolderError, match=r"target\.spm.*BPE"):
        import_model(broken, tmp_path / "out")


def test_a_changed_tokenizer_file_is_refused(imported: Path, tmp_path: Path) -> None:
    path = imported / "source.tokenizer.json"
    saved = json.loads(path.read_text(encoding="utf-8"))
    changes: list[Callable[[dict[str, Any]], Any]] = [
        lambda x: x["model"].update(vocab=[["a"]]),
        lambda x: x["model"].update(vocab=[["<pad> ", 0.0]]),
        lambda x: x["normalizer"]["normalizers"][0].update(precompiled_charsmap="AAAA"),
        lambda x: x.update(pre_tokenizer=None),
        lambda x: x.update(added_tokens=[{"id": 5}]),
    ]
    for number, change in enumerate(changes):
        broken = json.loads(json.dumps(saved))
        change(broken)
        one = tmp_path / f"{number}.json"
        one.write_text(json.dumps(broken), encoding="utf-8")
        with pytest.raises(FolderError, match="broken or truncated"):
            Tokenizer.load(one)
    one.write_text(json.dumps(saved | {"normalizer": None}), encoding="utf-8")
    with pytest.raises(FolderError, match="see its normalizer"):
        Tokenizer.load(one)


def test_what_comes_out_again_is_a_marian_model(
    folder: Path, imported: Path, tmp_path: Path
) -> None:
    from transformers import AutoModelForSeq2SeqLM, MarianMTModel

    export_model(imported, "transformers", tmp_path / "out")
    theirs, loading = AutoModelForSeq2SeqLM.from_pretrained(
        tmp_path / "out", output_loading_info=True
    )
    assert isinstance(theirs, MarianMTModel)
    assert not any(loading.values())
    ours = load(imported)
    ids = ours.source_tokenizer.encode(TEXTS[0]).ids
    words = [1, *range(5, 24, 3)]
    with torch.no_grad():
        wanted = theirs.eval()(
            input_ids=torch.tensor([[*ids, EOS]]), decoder_input_ids=torch.tensor([words])
        ).logits[0]
    torch.testing.assert_close(logits(ours, ids, words), wanted, rtol=0, atol=1e-5)


def test_errors_are_of_qkv() -> None:
    with pytest.raises(QkvError):
        import_model(Path("nowhere"), Path("out"))
