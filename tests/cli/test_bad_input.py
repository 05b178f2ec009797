"""What a user can mend is one line on stderr and exit code 2."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Callable
from functools import partialmethod
from pathlib import Path

import pytest

from qkv.attention import Weights
from qkv.pipeline import alignment_heads
from tests.cli.conftest import Qkv

KEEP = {
    "transformer": (
        "config.json",
        "model.safetensors",
        "source.tokenizer.json",
        "target.tokenizer.json",
    ),
    "rnn": ("config.json", "model.safetensors", "tokenizer.json"),
}
EVERY_FILE = [(kind, name) for kind, names in KEEP.items() for name in names]

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "one byte less": lambda data: data[:-1] if data[-1:] != b"\n" else data[:-2],
    "zeros": lambda data: bytes(len(data)),
    "other text": lambda data: b'{"a": 1}',
    "a list": lambda data: b"[]",
    "not UTF-8": lambda data: b"\xff" + data[1:],
}


@pytest.fixture
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a model's folder that may be damaged."""

    def make(kind: str) -> Path:
        folder = tmp_path / "model"
        shutil.copytree(request.getfixturevalue(kind), folder)
        return folder

    return make


@pytest.mark.parametrize(("kind", "name"), EVERY_FILE)
def test_a_missing_file(qkv: Qkv, copy: Callable[[str], Path], kind: str, name: str) -> None:
    folder = copy(kind)
    (folder / name).unlink()
    for command in (("translate", folder), ("show", folder, "我")):
        refused = qkv(*command, stdin="我\n").refusal()
        assert refused.startswith(f"{folder / name}: no such file")


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(("kind", "name"), EVERY_FILE)
def test_a_damaged_file(
    qkv: Qkv, copy: Callable[[str], Path], kind: str, name: str, damage: str
) -> None:
    path = copy(kind) / name
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    assert qkv("translate", path.parent, stdin="我\n").refusal().startswith(f"{path}: ")


@pytest.mark.parametrize("size", [0, -7])
@pytest.mark.parametrize("name", ["source_vocabulary", "target_vocabulary"])
def test_a_vocabulary_of_no_tokens(
    qkv: Qkv, copy: Callable[[str], Path], name: str, size: int
) -> None:
    path = copy("transformer") / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, name: size}))
    assert qkv("translate", path.parent, stdin="我\n").refusal() == (
        f"{path}: {name} must be at least 1; got {size}. Fill in the tokenizer's number of tokens."
    )


@pytest.mark.parametrize("command", ["translate", "evaluate", "show"])
def test_no_model_at_all(qkv: Qkv, corpus: dict[str, str], tmp_path: Path, command: str) -> None:
    rest = {
        "translate": [],
        "evaluate": ["--source", corpus["source"], "--reference", corpus["target"]],
        "show": ["我"],
    }
    for folder in (tmp_path, tmp_path / "no", Path(corpus["source"])):
        refused = qkv(command, folder, *rest[command]).refusal()
        assert refused.startswith(f"{folder / 'config.json'}: no such file; a model folder holds ")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--beam", "0"], "beam must be a whole number from 1 to 1,000; got 0."),
        (["--beam", "-1"], "beam must be a whole number from 1 to 1,000; got -1."),
        (["--beam", "100000"], "beam must be a whole number from 1 to 1,000; got 100000."),
        (["--beam", "x"], "Invalid value for '--beam': "),
        (["--beam", "1.5"], "Invalid value for '--beam': "),
        (["--beam", "nan"], "Invalid value for '--beam': "),
        (["--nbest", "6"], "nbest must be a whole number from 1 to beam=5; got 6."),
        (["--nbest", "0"], "nbest must be a whole number from 1 to beam=5; got 0."),
        (["--length-penalty", "nan"], "length_penalty must lie between 0 and 10; got nan."),
        (["--length-penalty", "inf"], "length_penalty must lie between 0 and 10; got inf."),
        (["--length-penalty", "-1"], "length_penalty must lie between 0 and 10; got -1.0."),
        (["--length-penalty", "x"], "Invalid value for '--length-penalty': "),
        (["--max-ratio", "nan"], "max_ratio must lie between 0 and 1000; got nan."),
        (["--max-ratio", "1e999"], "max_ratio must lie between 0 and 1000; got inf."),
        (["--max-ratio", "-0.1"], "max_ratio must lie between 0 and 1000; got -0.1."),
        (["--format", "xml"], "--format must be text or jsonl; got 'xml'."),
        (["--subwords", "--pretokenized"], "--subwords and --pretokenized both say what links"),
        (["--beams", "3"], "No such option: --beams"),
        (["NO"], "NO: no such file."),
        (["FOLDER"], "FOLDER: is a folder; name a file."),
        (["LATIN1"], "LATIN1, line 2: not UTF-8 (byte 4 of the line is 0xE9);"),
        (["--alignments", "FOLDER"], "FOLDER: is a folder; name a file."),
        (["--alignments", "NO/links"], "NO/links: no folder NO; make it first."),
        (["--alignments", "LATIN1/links"], "LATIN1/links: no folder LATIN1; make it first."),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
@pytest.mark.parametrize("stdin", ["", "我喜欢咖啡\n"], ids=["empty", "a line"])
def test_translate(
    qkv: Qkv, transformer: Path, tmp_path: Path, arguments: list[str], text: str, stdin: str
) -> None:
    (tmp_path / "LATIN1").write_bytes(b"cafe\ncaf\xe9\n")
    named = {"LATIN1": tmp_path / "LATIN1", "NO": tmp_path / "NO", "FOLDER": tmp_path}
    for name, path in named.items():
        arguments = [argument.replace(name, str(path)) for argument in arguments]
        text = text.replace(name, str(path))
    assert text in qkv("translate", transformer, *arguments, stdin=stdin).refusal()
    assert sorted(tmp_path.iterdir()) == [tmp_path / "LATIN1"]


def test_standard_input_that_is_not_utf8(qkv: Qkv, transformer: Path) -> None:
    done = qkv("translate", transformer, stdin="我喜欢咖啡\n".encode() + b"\xff\n")
    assert (done.code, done.out) == (2, "I like coffee\n")  # the lines before had been read
    expected = "qkv: standard input, line 2: not UTF-8 (byte 1 of the line is 0xFF); "
    assert done.err.startswith(expected)


def test_standard_input_that_is_broken_gzip(qkv: Qkv, transformer: Path) -> None:
    data = gzip.compress("我喜欢咖啡\n".encode())[:-9]
    refused = qkv("translate", transformer, stdin=data).refusal()
    assert refused.startswith("standard input: broken gzip file (")


def test_a_line_too_long_for_its_links(
    qkv: Qkv, transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another engine searches, the model reads once more."""
    pytest.importorskip("ctranslate2")
    monkeypatch.setattr(alignment_heads, "SMALL", 0)
    monkeypatch.setattr(Weights, "mean", partialmethod(Weights.mean, limit_bytes=4 * 4 * 6))
    asked = "--format", "jsonl", "--engine", "ctranslate2"
    assert qkv("translate", transformer, *asked, stdin="我\n").code == 0
    done = qkv("translate", transformer, *asked, stdin="我喜欢咖啡" * 9 + "\n")
    assert (done.code, done.out) == (2, "")
    assert re.fullmatch(
        r"qkv: standard input, line 1: the attention of \d+ tokens to \d+ is too large to hold in "
        r"memory; split the text into shorter ones\.\n",
        done.err,
    )


@pytest.mark.parametrize(
    ("source", "reference", "text"),
    [
        (b"a\nb\n", b"a\n", "SOURCE has 2 lines and REFERENCE 1; parallel text needs"),
        (b"", b"", "SOURCE and REFERENCE are empty."),
        (b"a\n\xff\n", b"a\nb\n", "SOURCE, line 2: not UTF-8 (byte 1 of the line is 0xFF);"),
        (b"a\n", None, "REFERENCE: no such file."),
    ],
)
def test_evaluate(
    qkv: Qkv, transformer: Path, tmp_path: Path, source: bytes, reference: bytes | None, text: str
) -> None:
    paths = tmp_path / "SOURCE", tmp_path / "REFERENCE"
    for path, content in zip(paths, (source, reference), strict=True):
        if content is not None:
            path.write_bytes(content)
    refused = qkv("evaluate", transformer, "--source", paths[0], "--reference", paths[1]).refusal()
    text = text.replace("SOURCE", str(paths[0])).replace("REFERENCE", str(paths[1]))
    assert refused.startswith(text)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["trian"], "No such command 'trian'. Did you mean 'train'?"),
        (
            ["--beam", "3"],
            "No such option: --beam. It belongs after a command: explain, translate, ",
        ),
        (
            ["train", "--epoch", "3"],
            "No such option: --epoch. Settings are given as --set, such as --set epochs=VALUE",
        ),
        (
            ["train", "--wibble", "3"],
            "No such option: --wibble. Settings are given as --set, such as --set NAME=VALUE",
        ),
        (
            ["show", "x", "y", "--png", "x.gif"],
            "x.gif: a figure's name must end in .png or .svg or .pdf.",
        ),
        (["translate"], "Missing argument 'model'."),
        (
            ["evaluate", "x", "--source", "y"],
            "give --source and --reference, or --data alone, or --images.",
        ),
        (["show", "x"], "Missing argument 'source'."),
        (["show", "x", "y", "--layer", "z"], "Invalid value for '--layer': "),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_commands_and_options(qkv: Qkv, arguments: list[str], text: str) -> None:
    assert qkv(*arguments).refusal().startswith(text)


def test_a_message_of_several_lines_becomes_one(
    qkv: Qkv, transformer: Path, tmp_path: Path
) -> None:
    refused = qkv("translate", transformer, tmp_path / "two\nlines").refusal()
    assert refused == f"{tmp_path}/two lines: no such file."
