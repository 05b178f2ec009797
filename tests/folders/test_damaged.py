"""Damaged, foreign and hostile model folders: refused in one sentence, or as good as the whole one.

Each case is a good folder in which one thing was changed. What is written now has checksums; in
folders of qkv 0.1.0, which have none, foreign parts must be known by what they are.
"""

from __future__ import annotations

import json
import random
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer as Library
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

import qkv
from qkv.data.tokenizer import FIRST_PIECE, Tokenizer
from qkv.errors import ConfigError, FolderError, QkvError
from qkv.models import ModelConfig
from qkv.models.folder import load_model, save_model
from tests.folders.test_written_by_0_1_0 import FOLDERS, SOURCES, answers
from tests.fresh import modules_after

GREEDY = {"beam": 1, "length_penalty": 1.0}
CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
FILES = {
    "rnn-general": (CONFIG, WEIGHTS, TOKENIZER),
    "transformer": (CONFIG, WEIGHTS, "source.tokenizer.json", "target.tokenizer.json"),
    "captioner-soft": (CONFIG, WEIGHTS, TOKENIZER),
}
NAMES = ("", *{file for files in FILES.values() for file in files})
EVERY = [(kind, file) for kind, files in FILES.items() for file in files]
Folders = Callable[..., Path]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders as they are written now, by kind."""
    folders = {}
    for kind in FILES:
        folders[kind] = tmp_path_factory.mktemp("good") / kind
        shutil.copytree(FOLDERS / kind, folders[kind])
        model, config = load_model(folders[kind])
        save_model(folders[kind], config, dict(model.named_parameters()))
    return folders


@pytest.fixture(scope="module")
def texts(good: dict[str, Path]) -> dict[str, list[Any]]:
    return {kind: told(folder) for kind, folder in good.items()}


@pytest.fixture
def copied(tmp_path: Path, good: dict[str, Path]) -> Folders:
    """A copy to be damaged; without checksums it is one of 0.1.0."""

    def copy(kind: str, checksums: bool = True) -> Path:
        folder = tmp_path / "model"
        shutil.rmtree(folder, ignore_errors=True)
        return shutil.copytree(good[kind] if checksums else FOLDERS / kind, folder)

    return copy


def told(folder: Path) -> list[Any]:
    return [(each.text, each.score) for each in answers(qkv.load(folder), GREEDY)]


def refusal(folder: Path, *files: str) -> str:
    """Why it was refused: one sentence that begins with the folder, or with one of the files."""
    started = time.process_time()
    with pytest.raises((FolderError, ConfigError)) as caught:
        qkv.load(folder)
    assert time.process_time() - started < 1
    message = str(caught.value)
    assert message.startswith(tuple(f"{folder / file}: " for file in files)), message
    assert message.endswith(".")
    assert "\n" not in message
    return message.removeprefix(str(folder)).lstrip("/")


# Damage by chance


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize(("kind", "file"), EVERY)
def test_a_flipped_bit_is_found_or_changes_nothing(
    copied: Folders, texts: dict[str, list[Any]], kind: str, file: str
) -> None:
    folder, harmless = copied(kind), 0
    path = folder / file
    whole, chance = path.read_bytes(), random.Random(f"{kind}/{file}")
    bits = {chance.randrange(8 * len(whole)) for _ in range(15)}
    for bit in sorted(bits | {0, 9, 8 * len(whole) - 3}):
        path.write_bytes(flipped(whole, bit))
        try:
            seen = told(folder)
        except (FolderError, ConfigError):
            refusal(folder, *FILES[kind])
        else:
            assert seen == texts[kind], bit
            harmless += 1
    assert harmless <= 2


@pytest.mark.parametrize("kind", FILES)
def test_every_flip_in_the_numbers_is_found(copied: Folders, kind: str) -> None:
    folder = copied(kind)
    path = folder / WEIGHTS
    whole, chance = path.read_bytes(), random.Random(kind)
    [header] = struct.unpack("<Q", whole[:8])
    for _ in range(10):
        path.write_bytes(flipped(whole, chance.randrange(8 * (8 + header), 8 * len(whole))))
        refused = refusal(folder, WEIGHTS)
        assert refused in (f"{WEIGHTS}: damaged, its numbers are not those saved; copy it again.",)


@pytest.mark.parametrize(("kind", "file"), EVERY)
def test_a_file_cut_or_lengthened_is_found(copied: Folders, kind: str, file: str) -> None:
    path = copied(kind) / file
    whole = path.read_bytes()
    for size in (0, 1, 7, 8, 9, len(whole) // 3, len(whole) // 2, len(whole) - 2):
        path.write_bytes(whole[:size])
        refusal(path.parent, *FILES[kind])
    for more in (b"\0", b"{}", whole):
        path.write_bytes(whole + more)
        refusal(path.parent, *FILES[kind])


@pytest.mark.parametrize(("kind", "file"), EVERY)
def test_damage_to_what_is_not_read_is_harmless(
    copied: Folders, texts: dict[str, list[Any]], kind: str, file: str
) -> None:
    folder = copied(kind)
    (folder / "README.md").write_bytes(b"\xff")
    (folder / "other.tokenizer.json").write_bytes(b"\xff")
    if file != WEIGHTS:  # as git does on Windows
        path = folder / file
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert told(folder) == texts[kind]


def test_files_of_a_twin_are_found(copied: Folders, good: dict[str, Path]) -> None:
    """Another model of the same sizes: nothing but the checksum tells."""
    for file in ("source.tokenizer.json", "target.tokenizer.json"):
        folder = copied("transformer")
        tokens = Tokenizer.load(folder / file).vocabulary_size
        alphabet = "".join(map(chr, range(0x4E00, 0x4E00 + tokens - FIRST_PIECE)))
        twin = Tokenizer.train([alphabet] * 2, tokens)
        assert twin.vocabulary_size == tokens
        twin.save(folder / file)
        assert refusal(folder, file).endswith(
            "damaged, or not of the same model as model.safetensors; copy the whole folder again."
        )
    folder = copied("transformer")
    edit(folder / CONFIG, lambda config: config.update(heads=3))
    assert "not of the same model" in refusal(folder, CONFIG)


# Foreign settings


def edit(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    data = json.loads(path.read_text("utf-8"))
    change(data)
    path.write_text(json.dumps(data), "utf-8")


FOREIGN_SETTINGS: list[Any] = [
    None, "", "x", "a\nb", [], {"a": 1}, True, False, -1, 0, 1, 3, 256, 65_536, 10**7, 10**30,
    10**400, -(10**7), 0.5, 1e300, float("nan"), float("inf"), "9" * 1000,
]  # fmt: skip
KEYS = [field.name for field in fields(ModelConfig)]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", FILES)
def test_a_foreign_setting_is_refused(copied: Folders, kind: str, key: str) -> None:
    folder = copied(kind)
    path = folder / CONFIG
    own = json.loads(path.read_text())
    for value in FOREIGN_SETTINGS:
        if type(value) is type(own[key]) and value == own[key]:
            continue
        path.write_text(json.dumps({**own, key: value}))
        refusal(folder, *NAMES)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", FILES)
def test_without_checksums_a_foreign_setting_never_fails_inside(
    copied: Folders, kind: str, key: str
) -> None:
    """It may be one that such a model can have; then it answers."""
    folder = copied(kind, checksums=False)
    path = folder / CONFIG
    own = json.loads(path.read_text())
    for value in FOREIGN_SETTINGS:
        path.write_text(json.dumps({**own, key: value}))
        try:
            model = qkv.load(folder)
        except (FolderError, ConfigError):
            refusal(folder, *NAMES)
            continue
        with suppress(QkvError):  # what sees pictures is made when one comes
            assert len(answers(model, GREEDY)) in (3, len(SOURCES))


DEEP = 100_000
HUGE_JSON: dict[str, Callable[[Path], Any]] = {
    "deep lists": lambda path: path.write_text("[" * DEEP + "]" * DEEP),
    "deep objects": lambda path: path.write_text('{"a":' * DEEP + "1" + "}" * DEEP),
    "deep inside": lambda path: edit_text(path, "[" * 20_000 + "]" * 20_000),
    "open lists": lambda path: path.write_text("[" * 10_000_000),
    "empty lists": lambda path: path.write_text("[" + "[]," * 5_000_000 + "[]]"),
    "a long number": lambda path: edit_text(path, "9" * 20_000),
    "spaces": lambda path: path.write_text(path.read_text("utf-8") + " " * 10**7, "utf-8"),
    "holes": lambda path: holes(path, 3 * 10**9),
}


def edit_text(path: Path, value: str) -> None:
    text = path.read_text("utf-8").rstrip().removesuffix("}").rstrip()
    path.write_text(f'{text}, "added": {value}}}', "utf-8")


def holes(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


@pytest.mark.parametrize("case", HUGE_JSON)
@pytest.mark.parametrize("file", [CONFIG, TOKENIZER])
def test_json_too_deep_or_too_long(copied: Folders, file: str, case: str) -> None:
    folder = copied("rnn-general", checksums=False)
    HUGE_JSON[case](folder / file)
    refusal(folder, file)


# Foreign tokenizers


def learned(path: Path) -> dict[str, int]:
    return json.loads(path.read_text("utf-8"))["model"]["vocab"]


def of_kind(model: Callable[[dict[str, int]], Any]) -> Callable[[Path], Any]:
    def write(path: Path) -> None:
        Library(model(learned(path))).save(str(path))

    return write


def with_part(name: str, part: Any) -> Callable[[Path], Any]:
    """As the library itself would write it."""

    def write(path: Path) -> None:
        library = Library.from_file(str(path))
        setattr(library, name, part)
        library.save(str(path))

    return write


def with_model(**settings: Any) -> Callable[[Path], Any]:
    return lambda path: edit(path, lambda data: data["model"].update(settings))


def with_top(**settings: Any) -> Callable[[Path], Any]:
    return lambda path: edit(path, lambda data: data.update(settings))


def with_vocabulary(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], Any]:
    return lambda path: edit(path, lambda data: change(data["model"]["vocab"]))


def with_merges(change: Callable[[list[Any]], Any]) -> Callable[[Path], Any]:
    return lambda path: edit(path, lambda data: change(data["model"]["merges"]))


def exchanged(vocabulary: dict[str, Any]) -> None:
    one, other = [*vocabulary][:2]
    vocabulary[one], vocabulary[other] = vocabulary[other], vocabulary[one]


def renamed(old: str, new: str) -> Callable[[dict[str, Any]], Any]:
    return lambda vocabulary: vocabulary.update({new: vocabulary.pop(old)})


TEN_THOUSAND_WORDS = normalizers.Replace("a", "a " * 10_000)
TRUNCATION = {"direction": "Right", "max_length": 1, "strategy": "LongestFirst", "stride": 0}
PADDING = {"strategy": {"Fixed": 10**10}, "direction": "Right", "pad_to_multiple_of": None,
           "pad_id": 0, "pad_type_id": 0, "pad_token": "<pad>"}  # fmt: skip
ADDED = {"id": 5, "content": "a", "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}  # fmt: skip
FOREIGN_TOKENIZERS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "WordLevel": (of_kind(lambda v: models.WordLevel(v, unk_token="<unk>")), "normalizer"),
    "WordPiece": (of_kind(lambda v: models.WordPiece(v, unk_token="<unk>")), "normalizer"),
    "Unigram": (of_kind(lambda v: models.Unigram([(p, 0.0) for p in v], 3, True)), "normalizer"),
    "WordLevel in ours": (with_model(type="WordLevel"), "type"),
    "no kind": (with_model(type=None), "type"),
    "no byte fallback": (with_model(byte_fallback=False), "byte_fallback"),
    "dropout": (with_model(dropout=0.5), "dropout"),
    "dropout that is no number": (with_model(dropout=float("nan")), "dropout"),
    "unknown token": (with_model(unk_token="[UNK]"), "unk_token"),
    "unknown token that is a word": (with_model(unk_token="<0x41>"), "unk_token"),
    "no unknown token": (with_model(unk_token=None), "unk_token"),
    "joined unknown tokens": (with_model(fuse_unk=True), "fuse_unk"),
    "prefix": (with_model(continuing_subword_prefix="##"), "continuing_subword_prefix"),
    "suffix": (with_model(end_of_word_suffix="</w>"), "end_of_word_suffix"),
    "whole words": (with_model(ignore_merges=True), "ignore_merges"),
    "an unknown setting": (with_model(colour="red"), "colour"),
    "truncation": (with_top(truncation=TRUNCATION), "truncation"),
    "padding": (with_top(padding=PADDING), "padding"),
    "added tokens": (with_top(added_tokens=[ADDED]), "added_tokens"),
    "version": (with_top(version="2.0"), "version"),
    "no normalizer": (with_top(normalizer=None), "normalizer"),
    "a normalizer that multiplies": (with_part("normalizer", TEN_THOUSAND_WORDS), "normalizer"),
    "a deep normalizer": (
        with_top(normalizer=json.loads("[" * 200 + "]" * 200)),
        "normalizer",
    ),
    "no pre-tokenizer": (with_top(pre_tokenizer=None), "pre_tokenizer"),
    "pre-tokenizer": (with_part("pre_tokenizer", pre_tokenizers.ByteLevel()), "pre_tokenizer"),
    "post-processor": (
        with_part("post_processor", processors.TemplateProcessing(["$A"] * 9, ["$A", "$B"], [])),
        "post_processor",
    ),
    "decoder": (with_part("decoder", decoders.WordPiece()), "decoder"),
    "no model": (with_top(model=None), ""),
    "a model that is text": (with_top(model="BPE"), ""),
    "no vocabulary": (with_model(vocab=None), "vocab"),
    "a vocabulary that is a list": (with_model(vocab=["a"]), "vocab"),
    "an empty vocabulary": (with_model(vocab={}), "vocab"),
    "numbers as text": (with_vocabulary(lambda v: v.update({"<pad>": "0"})), "vocab"),
    "numbers as fractions": (with_vocabulary(lambda v: v.update({"<pad>": 0.0})), "vocab"),
    "a number twice": (with_vocabulary(lambda v: v.update({"<pad>": 1})), "vocab"),
    "a negative number": (with_vocabulary(lambda v: v.update({"<pad>": -1})), "vocab"),
    "a huge number": (with_vocabulary(lambda v: v.update({"<pad>": 2**40})), "vocab"),
    "a number beyond any": (with_vocabulary(lambda v: v.update({"<pad>": 10**30})), "vocab"),
    "a gap": (with_vocabulary(lambda v: v.pop("<0x41>")), "vocab"),
    "specials exchanged": (with_vocabulary(exchanged), "vocab"),
    "no padding token": (with_vocabulary(renamed("<pad>", "[PAD]")), "vocab"),
    "a byte renamed": (with_vocabulary(renamed("<0x41>", "A")), "vocab"),
    "a piece without text": (with_vocabulary(renamed(" ", "")), "vocab"),
    "half a character": (with_vocabulary(renamed(" ", "\ud800")), "vocab"),
    "a piece as long as a book": (with_vocabulary(renamed(" ", "a" * 50_000)), "vocab"),
    "no merges": (with_model(merges=None), "merges"),
    "merges as text": (with_model(merges="a b"), "merges"),
    "a merge of one": (with_merges(lambda m: m.append(["a"])), "merges"),
    "a merge of three": (with_merges(lambda m: m.append(["a", "b", "c"])), "merges"),
    "a merge of numbers": (with_merges(lambda m: m.append([1, 2])), "merges"),
    "a merge of lists": (with_merges(lambda m: m.append([["a"], ["b"]])), "merges"),
    "a merge of none": (with_merges(lambda m: m.append(None)), "merges"),
    "a merge of unknown pieces": (with_merges(lambda m: m.append(["鱻", "鱻"])), "merges"),
    "a merge into an unknown piece": (with_merges(lambda m: m.append([" ", " "])), "merges"),
    "a merge twice": (with_merges(lambda m: m.append(m[0])), "merges"),
}


@pytest.mark.parametrize("case", FOREIGN_TOKENIZERS)
def test_a_foreign_tokenizer_is_refused(copied: Folders, case: str) -> None:
    change, part = FOREIGN_TOKENIZERS[case]
    folder = copied("rnn-general", checksums=False)
    change(folder / TOKENIZER)
    refused = refusal(folder, TOKENIZER)
    if part:
        assert refused == (
            f"{TOKENIZER}: not a tokenizer that qkv trained, see its {part}; copy it again."
        )
    else:
        assert refused == f"{TOKENIZER}: broken or truncated (not a tokenizer); copy it again."


# Foreign weights


def with_tensors(change: Callable[[dict[str, torch.Tensor]], Any]) -> Callable[[Path], Any]:
    def write(path: Path) -> None:
        tensors = load_file(path)
        changed = change(tensors)
        save_file(tensors if changed is None else changed, path)

    return write


def all_as(dtype: torch.dtype) -> Callable[[Path], Any]:
    return with_tensors(lambda tensors: {name: x.to(dtype) for name, x in tensors.items()})


BIAS = "decoder.output.bias"  # (320,)


def replaced(change: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Path], Any]:
    return with_tensors(lambda tensors: tensors.update({BIAS: change(tensors[BIAS]).clone()}))


def with_a(number: float) -> Callable[[Path], Any]:
    return replaced(lambda x: x.index_fill(0, torch.tensor([3]), number))


def with_header(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], Any]:
    """The header as JSON; the numbers stay."""

    def write(path: Path) -> None:
        data = path.read_bytes()
        [size] = struct.unpack("<Q", data[:8])
        header = json.loads(data[8 : 8 + size])
        text = change(header)
        text = (json.dumps(header) if not isinstance(text, str) else text).encode()
        text += b" " * (-len(text) % 8)
        path.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + size :])

    return write


def with_size(size: int) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(struct.pack("<Q", size) + path.read_bytes()[8:])


def with_metadata(metadata: Any) -> Callable[[Path], Any]:
    return with_header(lambda header: header.update(__metadata__=metadata))


def with_notes(notes: Any) -> Callable[[Path], Any]:
    return with_metadata({"notes": json.dumps(notes)})


def empty_tensors(path: Path) -> None:
    kind = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    header = json.dumps({f"t{i}": kind for i in range(100_000)}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)


FOREIGN_WEIGHTS: dict[str, tuple[Callable[[Path], Any], str]] = {
    **{
        f"stored as {dtype}": (all_as(dtype), f" is of {dtype}, which qkv does not write; copy")
        for dtype in (
            torch.int64, torch.int8, torch.uint8, torch.bool, torch.float64, torch.float16,
            torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2, torch.complex64,
        )
    },
    "one stored as int64": (replaced(lambda x: x.long()), f"{BIAS} is of torch.int64"),
    "one longer": (replaced(lambda x: torch.cat((x, x))), f"{BIAS} has shape (640,), config"),
    "one shorter": (replaced(lambda x: x[:-1]), f"{BIAS} has shape (319,), config.json"),
    "one of another rank": (replaced(lambda x: x[None]), f"{BIAS} has shape (1, 320), config"),
    "one of no numbers": (replaced(lambda x: x[:0]), f"{BIAS} has shape (0,), config.json"),
    "one number": (replaced(lambda x: x[0]), f"{BIAS} has shape (), config.json"),
    "one missing": (with_tensors(lambda t: {n: x for n, x in t.items() if n != BIAS}), BIAS),
    "one too many": (with_tensors(lambda t: t.update(zebra=torch.ones(1))), "'zebra'"),
    "nothing": (with_tensors(lambda t: {}), "broken or truncated (16 bytes are too few for"),
    "nan": (with_a(torch.nan), f"{BIAS} holds nan or inf"),
    "inf": (with_a(torch.inf), f"{BIAS} holds nan or inf"),
    "-inf": (with_a(-torch.inf), f"{BIAS} holds nan or inf"),
    "10¹⁰": (with_a(1e10), f"{BIAS} holds numbers beyond ±1,000,000"),
    "-10³⁸": (with_a(-1e38), f"{BIAS} holds numbers beyond ±1,000,000"),
    "all times 10¹²": (
        with_tensors(lambda t: {name: x * 1e12 for name, x in t.items()}),
        " holds numbers beyond ±1,000,000; train the model again.",
    ),
    "a header beyond the file": (with_size(10**9), "broken or truncated ("),
    "a header beyond any file": (with_size(2**64 - 1), "broken or truncated ("),
    "no header": (with_size(0), "broken or truncated ("),
    "a header of holes": (lambda path: (with_size(10**9)(path), holes(path, 2 * 10**9)), "header"),
    "a deep header": (with_header(lambda h: "[" * DEEP + "]" * DEEP), "broken or truncated ("),
    "a header of many tensors": (empty_tensors, "broken or truncated ("),
    "an unknown kind": (with_header(lambda h: h[BIAS].update(dtype="F31")), "broken or"),
    "a kind of other size": (with_header(lambda h: h[BIAS].update(dtype="F64")), "broken or"),
    "a negative shape": (with_header(lambda h: h[BIAS].update(shape=[-320])), "broken or"),
    "a huge shape": (with_header(lambda h: h[BIAS].update(shape=[2**62, 2**62])), "broken or"),
    "overlapping": (with_header(lambda h: h[BIAS].update(data_offsets=[0, 1280])), "broken or"),
    "metadata that is no text": (with_metadata({"sha256": 3}), "broken or truncated ("),
    "a list of metadata": (with_metadata(["sha256"]), "broken or truncated ("),
    "another checksum": (with_notes({"sha256": {"tensors": "0" * 64}}), "damaged, its numbers"),
    "a checksum of no use": (with_notes({"sha256": {"tensors": None}}), "damaged, its numbers"),
    "no checksums": (with_notes({"sha256": 3}), "broken or truncated (notes that are not qkv's)"),
    "a list of checksums": (with_notes({"sha256": [1, 2]}), "broken or truncated (notes that"),
    "a list of notes": (with_notes([1]), "broken or truncated (notes that are not qkv's)"),
    "deep notes": (with_metadata({"notes": "[" * DEEP + "]" * DEEP}), "nested too deeply"),
    "3 GB of holes": (lambda path: holes(path, 3 * 10**9), "broken or truncated ("),
    "text": (lambda path: path.write_text("weights"), "broken or truncated ("),
}  # fmt: skip


@pytest.mark.parametrize("case", FOREIGN_WEIGHTS)
def test_foreign_weights_are_refused(copied: Folders, case: str) -> None:
    change, text = FOREIGN_WEIGHTS[case]
    folder = copied("rnn-general", checksums=False)
    change(folder / WEIGHTS)
    assert text in refusal(folder, WEIGHTS)


def test_a_giant_whose_files_agree_is_refused_by_its_tokenizer(copied: Folders) -> None:
    """10⁷ tokens in the config and in 480 MB of weights; nothing of that is read."""
    folder = copied("rnn-general", checksums=False)
    edit(folder / CONFIG, lambda c: c.update(source_vocabulary=10**7, target_vocabulary=10**7))

    def giant(header: dict[str, Any]) -> None:
        end = max(tensor["data_offsets"][1] for tensor in header.values())
        header["encoder.embedding.weight"] |= {"shape": [10**7, 12]}
        header["encoder.embedding.weight"]["data_offsets"] = [end, end + 48 * 10**7]

    with_header(giant)(folder / WEIGHTS)
    holes(folder / WEIGHTS, 5 * 10**8)
    assert "tokens, its config.json says 10000000" in refusal(folder, "")


@pytest.mark.parametrize("file", [CONFIG, WEIGHTS, TOKENIZER])
def test_what_is_no_file(copied: Folders, file: str) -> None:
    path = copied("rnn-general") / file
    path.unlink()
    for make in (path.mkdir, lambda: path.symlink_to("/dev/zero"), lambda: path.symlink_to(path)):
        make()
        assert "no such file" in refusal(path.parent, file)
        path.rmdir() if path.is_dir() else path.unlink()


# As a process


IN_A_PROCESS = """
import resource, sys, time
import qkv.pipeline
if sys.platform == "linux":
    resource.setrlimit(resource.RLIMIT_AS, (2**34, 2**34))
from qkv.cli import main
for folder in sys.argv[1:]:
    started = time.process_time()
    sys.argv = ["qkv", "translate", folder]
    try:
        main()
    except SystemExit as ended:
        print(ended.code, time.process_time() - started)
if sys.platform == "linux":  # getrusage would count the process that began this one
    status = open("/proc/self/status").read()
    print(status.partition("VmHWM:")[2].split()[0])
"""
HOSTILE: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "deep config": (CONFIG, HUGE_JSON["deep lists"]),
    "config of holes": (CONFIG, HUGE_JSON["holes"]),
    "tokenizer of lists": (TOKENIZER, HUGE_JSON["empty lists"]),
    "tokenizer of holes": (TOKENIZER, HUGE_JSON["holes"]),
    "10⁷ tokens": (CONFIG, lambda path: edit(path, lambda c: c.update(target_vocabulary=10**7))),
    "65,536 wide": (CONFIG, lambda path: edit(path, lambda c: c.update(encoder_width=65_536))),
    "256 wide layers": (
        CONFIG,
        lambda path: edit(
            path,
            lambda c: c.update(
                architecture="transformer", encoder_layers=256, decoder_layers=256,
                feedforward=65_536,
            ),
        ),
    ),
    "padding": (TOKENIZER, with_top(padding=PADDING)),
    "weights of 10¹²": (WEIGHTS, FOREIGN_WEIGHTS["all times 10¹²"][0]),
    "weights of holes": (WEIGHTS, FOREIGN_WEIGHTS["3 GB of holes"][0]),
    "many tensors": (WEIGHTS, empty_tensors),
}  # fmt: skip


def test_the_command_ends_soon_and_small(tmp_path: Path) -> None:
    folders = []
    for number, (file, change) in enumerate(HOSTILE.values()):
        folders.append(shutil.copytree(FOLDERS / "rnn-general", tmp_path / str(number)))
        change(folders[-1] / file)
    command = [sys.executable, "-c", IN_A_PROCESS, *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, stdin=None)
    ends = done.stdout.splitlines()
    kilobytes = ends.pop() if sys.platform == "linux" else 0
    for case, end in zip(HOSTILE, ends, strict=True):
        code, seconds = end.split()
        assert (code, float(seconds) < 1) == ("2", True), (case, end)
    lines = done.stderr.splitlines()
    for folder, line in zip(folders, lines, strict=True):
        assert line.startswith(f"qkv: {folder}")
    assert int(kilobytes) < 1_000_000


@pytest.mark.parametrize("kind", ["transformer", "rnn-general"])
def test_loading_brings_no_compiler(kind: str) -> None:
    """It takes 50 times as long as the rest."""
    load = f"import qkv.pipeline; qkv.load({str(FOLDERS / kind)!r})"
    assert "sympy" not in modules_after(load)
