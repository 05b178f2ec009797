"""`qkv train`: options become data and settings; a refused command can be corrected and run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qkv import training
from qkv.models.config import SCORES
from qkv.training.config import SETTINGS
from tests.cli.conftest import Qkv
from tests.tiny import PAIRS, RNN, write_corpus

SHORT: dict[str, Any] = RNN | {"max_steps": 4, "validations": 1}
SET = [word for name, value in SHORT.items() for word in ("--set", f"{name}={value}")]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "model"


@pytest.fixture
def files(corpus: dict[str, str]) -> list[str]:
    return ["--source", corpus["source"], "--target", corpus["target"]]


@pytest.fixture
def requested(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str], dict[str, Any]]]:
    """What the command asks of `qkv.training`, which does nothing."""
    calls = []

    def listen(name: str) -> None:
        monkeypatch.setattr(
            training, name, lambda out, data, settings, **_: calls.append((name, data, settings))
        )

    listen("start")
    listen("resume")
    return calls


def settings(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "run" / "settings.json").read_text(encoding="utf-8"))


def test_progress_goes_to_stderr(qkv: Qkv, files: list[str], out: Path) -> None:
    done = qkv("train", *files, "--out", out, *SET)
    assert (done.code, done.out) == (0, "")
    reported = done.err.splitlines()
    assert reported[:4] == [
        f"reading {files[1]}, {files[3]}",
        "learning the tokenizers",
        "tokenising",
        "measuring how fast this machine trains the model",
    ]
    assert reported[4].startswith("held out 15 pairs")
    assert reported[5].startswith("rnn, ")
    assert reported[-1].startswith("validation BLEU (greedy): best ")
    assert (out / "model.safetensors").exists()


def test_options_settings_and_file_in_their_order(
    qkv: Qkv, tmp_path: Path, requested: list[tuple[str, dict[str, str], dict[str, Any]]]
) -> None:
    toml = tmp_path / "small.toml"
    toml.write_text('architecture = "transformer"\nwidth = 62\nseed = 3\ntied = true\n')
    done = qkv(
        "train", "--tsv", "a.tsv", "--valid-source", "v.zh", "--valid-target", "v.en",
        "--config", toml, "--set", "seed=5", "--set", " clip = 0.5 ", "--set", "seed=7",
        "--architecture", "rnn", "--attention", "additive", "--out", "x",
    )  # fmt: skip
    assert (done.code, done.out, done.err) == (0, "", "reading a.tsv, v.zh, v.en\n")
    data = {"tsv": "a.tsv", "valid_source": "v.zh", "valid_target": "v.en"}
    given = {"width": 62, "tied": True, "seed": "7", "clip": "0.5"}
    chosen = {"architecture": "rnn", "attention": "additive"}
    assert requested == [("start", data, {**given, **chosen})]


def test_going_on_from_a_model(
    qkv: Qkv, rnn: Path, files: list[str], tmp_path: Path, out: Path
) -> None:
    old = tmp_path / "the old=er.tsv"
    old.write_text("".join(f"{zh}\t{en}\n" for zh, en in PAIRS), encoding="utf-8")
    few = [
        word for name in ("threads=1", "precision=float32", "epochs=1") for word in ("--set", name)
    ]
    done = qkv("train", "--from", rnn, *files, "--mix", f"{old}=0.25", "--out", out, *few)
    assert (done.code, done.out) == (0, "")
    assert settings(out)["train"]["mix"] == 0.25
    assert settings(out)["data"]["old_tsv"] == str(old)
    assert settings(out)["base"]["folder"] == str(rnn)
    assert "step 0  validation BLEU " in done.err


def test_a_run_is_drawn_when_it_has_ended(
    qkv: Qkv, files: list[str], tmp_path: Path, out: Path
) -> None:
    assert qkv("train", *files, "--out", out, *SET, "--plot", tmp_path / "run.svg").code == 0
    assert (tmp_path / "run.svg").read_text(encoding="utf-8").startswith("<?xml")
    refused = qkv("train", *files, "--out", tmp_path / "m", *SET, "--plot", tmp_path / "run.gif")
    assert "must end in .png or .svg or .pdf" in refused.refusal()
    assert not (tmp_path / "m").exists()


def test_a_run_that_has_ended_can_still_be_drawn(
    qkv: Qkv, files: list[str], tmp_path: Path, out: Path
) -> None:
    assert qkv("train", *files, "--out", out, *SET).code == 0
    model = (out / "model.safetensors").read_bytes()
    done = qkv("train", "--out", out, "--resume", "--plot", tmp_path / "run.svg")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "run.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert (out / "model.safetensors").read_bytes() == model
    refused = qkv("train", "--out", out, "--resume").refusal()
    assert "this run has finished; there is nothing to resume." in refused


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--mix", "old.tsv"], "--mix old.tsv: needs FILE=SHARE, such as old.tsv=0.5."),
        (["--mix", "old.tsv=x"], "mix must be a number; got 'x'."),
        (["--mix", "old.tsv=1"], "mix must lie in [0, 1); got 1.0."),
        (["--mix", "old.tsv=0.5"], "--mix and --valid-old belong to --from; give it too."),
        (["--valid-old", "old.tsv"], "--mix and --valid-old belong to --from; give it too."),
        (["--set", "mix=0.5"], "mix is only for a run that goes on from a model; give --from too."),
        (["--from", "MODEL", "--set", "mix=0.5"], "old data is mixed in with --mix FILE=SHARE"),
        (["--from", "MODEL", "--mix", "no.tsv=0.5"], "no.tsv: no such file."),
        (["--from", "no"], "config.json: no such file; a model folder holds"),
    ],
)
def test_how_not_to_go_on(
    qkv: Qkv, rnn: Path, files: list[str], out: Path, arguments: list[str], text: str
) -> None:
    from_ = [str(rnn) if word == "MODEL" else word for word in arguments]
    if any("=x" in word or "=1" in word for word in arguments):
        from_ += ["--from", str(rnn)]
    assert text in qkv("train", *files, *from_, "--out", out).refusal()
    assert not out.exists()


@pytest.mark.parametrize("name", ["attention", "select"])
def test_the_help_names_what_a_setting_may_be(qkv: Qkv, name: str) -> None:
    text = " ".join(qkv("train", "--help").printed().split())
    of_option = text.split(f"--{name} ")[1].split(" --")[0]
    allowed = SCORES if name == "attention" else SETTINGS[name].allowed
    assert isinstance(allowed, tuple)
    assert [word for word in allowed if word not in of_option] == []


def test_a_device_is_a_setting(
    qkv: Qkv, requested: list[tuple[str, dict[str, str], dict[str, Any]]]
) -> None:
    assert qkv("train", "--out", "x", "--resume", "--device", "cuda:1").code == 0
    assert requested == [("resume", {}, {"device": "cuda:1"})]


def test_resume_needs_no_files(
    qkv: Qkv, requested: list[tuple[str, dict[str, str], dict[str, Any]]]
) -> None:
    done = qkv("train", "--out", "x", "--resume")
    assert (done.code, done.out, done.err) == (0, "", "resuming the run in x\n")
    assert requested == [("resume", {}, {})]


def test_the_import_of_torch_is_part_of_the_time(
    qkv: Qkv, files: list[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    monkeypatch.setattr(training, "start", lambda *_, seconds, **__: given.append(seconds))
    clock = iter((100.0, 107.5, 200.0))
    monkeypatch.setattr("qkv.cli.train.monotonic", lambda: next(clock))
    assert qkv("train", *files, "--out", out, "--time", "5m").code == 0
    assert qkv("train", *files, "--out", out).code == 0
    assert given == [292.5, None]


def test_a_tsv_file_trains_too(qkv: Qkv, tmp_path: Path, out: Path) -> None:
    tsv = tmp_path / "train.tsv"
    tsv.write_text("".join(f"{zh}\t{en}\n" for zh, en in PAIRS), encoding="utf-8")
    assert qkv("train", "--tsv", tsv, "--out", out, *SET).code == 0
    assert settings(out)["data"] == {"tsv": str(tsv)}


def test_an_interrupt_says_how_to_go_on(
    qkv: Qkv, files: list[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("qkv.training.loop.forward_backward", interrupt)
        done = qkv("train", *files, "--out", out, *SET)
    assert (done.code, done.out) == (130, "")
    last = f"interrupted; go on with `qkv train --out {out} --resume`"
    assert done.err.splitlines()[-1] == last
    assert (
        qkv("train", *files, "--out", out, *SET)
        .refusal()
        .startswith(f"{out}: holds an unfinished run; go on with `qkv train --out {out} --resume`")
    )
    assert qkv("train", *files, "--out", out, *SET, "--resume").code == 0
    assert (out / "model.safetensors").exists()


def test_an_interrupt_before_the_run_has_begun_says_that_nothing_is_kept(
    qkv: Qkv, files: list[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qkv.training.train.read_text", interrupt)
    done = qkv("train", *files, "--out", out)
    assert (done.code, done.out) == (130, "")
    assert done.err == (
        f"reading {files[1]}, {files[3]}\ninterrupted before the first step; nothing is kept\n"
    )


DATA = ["--source", "SOURCE", "--target", "TARGET"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "give --source and --target, or --data alone, or --images."),
        (["--source", "SOURCE"], "give --source and --target, or --data alone, or --images."),
        ([*DATA, "--tsv", "SOURCE"], "give --source and --target, or --data alone, or --images."),
        (
            [*DATA, "--valid-source", "SOURCE"],
            "give --valid-source and --valid-target, or --valid-data alone.",
        ),
        (["--source", "SOURCE", "--target", "NO"], "NO: no such file."),
        (
            ["--source", "SOURCE", "--target", "SHORTER"],
            "SOURCE has 150 lines and SHORTER 149; parallel text needs the same number, line for "
            "line.",
        ),
        (["--source", "EMPTY", "--target", "EMPTY"], "EMPTY and EMPTY are empty."),
        (["--tsv", "EMPTY"], "EMPTY is empty."),
        ([*DATA, "--valid-tsv", "EMPTY"], "EMPTY is empty."),
        (
            ["--source", "LATIN1", "--target", "TARGET"],
            "LATIN1, line 2: not UTF-8 (byte 4 of the line is 0xE9); it looks like windows-1252. "
            "Convert the file, for example with iconv -f windows-1252 -t utf-8 (if it is another",
        ),
        (["--tsv", "COLUMN"], "COLUMN, line 3: 1 column where other rows have 2; complete or"),
        (["--tsv", "FOLDER"], "FOLDER: is a folder; name a file."),
        (["--tsv", "GZIP"], "GZIP: broken gzip file"),
        ([*DATA, "--set", "max_step=3"], "no setting 'max_step'; did you mean 'max_steps'?"),
        ([*DATA, "--set", "max_steps"], "--set max_steps: needs name=value, such as max_steps=500"),
        ([*DATA, "--set", "max_steps=1.5"], "max_steps must be a whole number; got '1.5'."),
        ([*DATA, "--set", "max_steps=0"], "max_steps must lie between 1 and 1,000,000,000; got 0."),
        ([*DATA, "--set", "learning_rate=nan"], "learning_rate must be a number; got 'nan'."),
        ([*DATA, "--set", "learning_rate=-inf"], "learning_rate must be a number; got '-inf'."),
        ([*DATA, "--set", "dropout=x"], "dropout must be a number; got 'x'."),
        ([*DATA, "--set", "dropout=1.5"], "dropout must lie in [0, 1); got 1.5."),
        ([*DATA, "--set", f"seed={10**30}"], "seed must lie between 0 and 9,223,"),
        ([*DATA, "--set", "vocabulary=260"], "a vocabulary needs more than 260 tokens"),
        ([*DATA, "--set", "longest=1"], "every pair is longer than longest=1 tokens; raise it."),
        ([*DATA, "--set", "vocabulary=2000000"], "vocabulary must lie between 1 and 1,000,000;"),
        ([*DATA, "--set", "width=1000000"], "width must lie between 1 and 65,536; got 1000000."),
        (
            [*DATA, "--set", "width=65536", "--set", "encoder_layers=256"],
            "choose a smaller width, vocabulary or number of layers.",
        ),
        ([*DATA, "--set", "preset=x"], "no preset 'x'; known: article."),
        (
            [*DATA, "--architecture", "cnn"],
            "architecture must be one of transformer, rnn; got 'cnn'.",
        ),
        (
            [*DATA, "--architecture", "rnn", "--attention", "x"],
            "attention must be one of none, dot, general, additive, or a score of your own as "
            "package.module:name; got 'x'.",
        ),
        (
            [*DATA, "--attention", "dot"],
            "attention is only for architecture=rnn; got architecture=transformer. "
            "Leave attention out, or set architecture=rnn.",
        ),
        ([*DATA, "--config", "NO"], "NO: cannot be read (No such file or directory)."),
        (
            [*DATA, "--config", "SOURCE"],
            "SOURCE: not TOML (Invalid statement (at line 1, column 1)",
        ),
        ([*DATA, "--config", "LATIN1"], "LATIN1: not TOML ('utf-8' codec can't decode"),
        ([*DATA, "--config", "TYPO"], "TYPO: no setting 'widht'; did you mean 'width'?"),
        ([*DATA, "--config", "HALF"], "HALF: max_steps must be a whole number; got 1.5."),
        ([*DATA, "--config", "TABLE"], "TABLE: no setting 'model';"),
        ([*DATA, "--resume"], "no run to resume here; start one without --resume."),
        ([*DATA, "--sett", "x"], "No such option: --sett"),
    ],
    ids=lambda each: " ".join(each[-2:]) if isinstance(each, list) else "",
)
def test_a_refusal_is_one_line_and_leaves_nothing(
    qkv: Qkv, corpus: dict[str, str], tmp_path: Path, arguments: list[str], text: str
) -> None:
    named = {"SOURCE": Path(corpus["source"]), "TARGET": Path(corpus["target"])}
    contents = {
        "SHORTER": named["TARGET"].read_bytes().split(b"\n", 1)[1],
        "EMPTY": b"",
        "LATIN1": b"x = 1\ncaf\xe9\n",
        "COLUMN": b"a\tb\nc\td\nno tab\n",
        "GZIP": b"\x1f\x8b\x08\x00",
        "TYPO": b"widht = 3\n",
        "HALF": b"max_steps = 1.5\n",
        "TABLE": b"[model]\nwidth = 3\n",
    }
    for name, content in contents.items():
        named[name] = tmp_path / name
        named[name].write_bytes(content)
    named |= {"NO": tmp_path / "NO", "FOLDER": tmp_path}
    out = tmp_path / "model"
    words = [str(named.get(word, word)) for word in arguments]
    refused = qkv("train", "--out", out, *words).refusal()
    for name, path in named.items():
        text = text.replace(name, str(path))
    assert text in refused
    assert not out.exists()


def test_out_is_needed(qkv: Qkv, files: list[str]) -> None:
    assert qkv("train", *files).refusal() == "Missing option '--out'."


def test_an_out_that_cannot_be_written(qkv: Qkv, files: list[str], tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("mine")
    for out in (path, path / "model"):
        refused = qkv("train", *files, "--out", out).refusal()
        assert refused == f"{out}: cannot be made a folder, because {path} is a file."
    assert path.read_text() == "mine"


def test_after_a_refusal_the_corrected_command_runs(
    qkv: Qkv, tmp_path: Path, files: list[str], out: Path
) -> None:
    twice = qkv("train", *files, "--out", out, *SET, "--set", "vocabulary=9").refusal()
    assert twice.startswith("a vocabulary needs more than")
    only = write_corpus(tmp_path, PAIRS[:1])
    alone = ("--source", only["source"], "--target", only["target"])
    assert "can be held out" in qkv("train", *alone, "--out", out, *SET).refusal()
    assert qkv("train", *files, "--out", out, *SET).code == 0
