"""`qkv` as a process among others: pipes, signals, encodings, full disks."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from qkv import __version__
from qkv.cli import commands
from tests.tiny import RNN

# As the installed command does; a shell may have told its children to ignore interrupts.
QKV = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
    "from qkv.cli import main; main()",
]


def run(*arguments: str | Path, **how: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*QKV, *map(str, arguments)], capture_output="stdout" not in how, check=False, **how
    )


HELP = [[], ["--help"], ["-h"], ["train", "--help"], ["train", "-h"], ["demo", "--help"]]


@pytest.mark.parametrize("arguments", HELP)
def test_help_is_given_without_torch(arguments: list[str]) -> None:
    script = "import sys\nfrom qkv.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: " in done.stdout
    assert not {"torch", "numpy", "matplotlib", "sacrebleu", "rich"} & set(done.stdout.split())


def test_help_lists_each_command_whole_and_builds_none() -> None:
    script = "import sys\nfrom qkv.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script, "--help"], capture_output=True, text=True)
    listed = done.stdout.partition("Commands:\n")[2].splitlines()
    for name in commands.LINES:
        [line] = [line for line in listed if line.startswith(f"  {name} ")]
        assert line.endswith(".")
        assert not line.endswith("..")
        assert f"qkv.cli.{name}" not in done.stdout.split()


def test_every_module_with_a_command_is_listed() -> None:
    modules = Path(commands.__file__).parent.glob("*.py")
    names = {m.stem.removesuffix("_"): m.read_text(encoding="utf-8") for m in modules}
    having = {name for name, code in names.items() if code.startswith(f'"""`qkv {name}`')}
    assert having == set(commands.LINES)


def test_the_module_runs_as_the_command_and_names_its_version() -> None:
    done = subprocess.run([sys.executable, "-m", "qkv", "--version"], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"qkv {__version__}\n".encode(), b"")


def test_what_goes_in_and_out_is_utf8_whatever_the_locale(transformer: Path) -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run("translate", transformer, "--format", "jsonl", env=env, input="我".encode())
    assert done.stderr == b""
    assert "我".encode() in done.stdout


def test_a_translation_appears_before_the_next_line_is_given(transformer: Path) -> None:
    command = [*QKV, "translate", str(transformer)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8") as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("我喜欢咖啡\n")
        process.stdin.flush()
        assert process.stdout.readline() == "I like coffee\n"
        process.stdin.write("\n你喜欢咖啡\n")
        process.stdin.close()
        assert process.stdout.read() == "\nyou like coffee\n"
    assert process.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows gives arguments as UTF-16")
def test_an_argument_that_is_not_utf8_is_named_in_the_refusal() -> None:
    for argument in (b"caf\xe9", "咖啡\udce9"):
        done = subprocess.run([*QKV, "translate", argument], capture_output=True, check=False)
        assert done.returncode == 2
        assert done.stderr.startswith(b"qkv: ")
        assert b"\\udce9" in done.stderr
        assert done.stderr.count(b"\n") == 1


@pytest.fixture(params=["", "1"], ids=["buffered", "unbuffered"])
def buffering(request: pytest.FixtureRequest) -> dict[str, str]:
    """The output fails at the first line that is printed, or when all is flushed at the end."""
    return {**os.environ, "PYTHONUNBUFFERED": request.param}


def test_a_reader_that_goes_away(buffering: dict[str, str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = run("--help", stdout=write, stderr=subprocess.PIPE, env=buffering)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk(buffering: dict[str, str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run("--help", stdout=full, stderr=subprocess.PIPE, env=buffering)
    assert (done.returncode, done.stderr) == (2, b"qkv: [Errno 28] No space left on device\n")


CLOSED = [
    (["--version"], "0", 0, b""),
    (["--version"], "2", 0, b""),
    (["--version"], "1", 2, b"qkv: standard output is closed.\n"),
    (["--version"], "012", 2, b""),
    (["translate", "MODEL", "FILE"], "0", 0, b""),
    (["translate", "MODEL", "FILE"], "2", 0, b""),
    (["translate", "MODEL", "FILE"], "1", 2, b"qkv: standard output is closed.\n"),
    (["translate", "MODEL"], "0", 2, b"qkv: standard input is closed; name a file to translate.\n"),
    (["translate", "MODEL"], "02", 2, b""),
    (["translate", "NONE"], "012", 2, b""),
]


@pytest.mark.skipif(os.name == "nt", reason="a shell that closes streams")
@pytest.mark.parametrize(("arguments", "closed", "code", "err"), CLOSED)
def test_closed_standard_streams(
    transformer: Path, tmp_path: Path, arguments: list[str], closed: str, code: int, err: bytes
) -> None:
    (tmp_path / "in").write_text("我喜欢咖啡\n", encoding="utf-8")
    names = {"MODEL": str(transformer), "FILE": str(tmp_path / "in")}
    command = shlex.join([*QKV, *(names.get(argument, argument) for argument in arguments)])
    redirections = " ".join(f"{number}>&-" for number in closed)
    done = subprocess.run(f"{command} {redirections}", shell=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (code, err)
    assert bool(done.stdout) == (code == 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_refusal_that_cannot_be_written() -> None:
    with Path("/dev/full").open("wb") as full:
        done = run("--no-such-option", stdout=subprocess.PIPE, stderr=full)
    assert (done.returncode, done.stdout) == (2, b"")


SIGNALS = {
    name: getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")
}  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_while_training(name: str, corpus: dict[str, str], tmp_path: Path) -> None:
    """It leaves a checkpoint and, though nothing was validated yet, a model."""
    out, number = tmp_path / "model", SIGNALS[name]
    assert number
    settings = [w for n, v in {**RNN, "max_steps": 10**6}.items() for w in ("--set", f"{n}={v}")]
    files = ["--source", corpus["source"], "--target", corpus["target"]]
    command = [*QKV, "train", "--out", str(out), *files, *settings]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        for line in process.stderr:
            if "tokens/s" in line:  # announced; the loop begins
                break
        time.sleep(0.5)  # some steps
        process.send_signal(number)
        rest = process.stderr.read()
    assert process.returncode == 128 + number
    assert rest.splitlines()[-3:] == [
        f"{out} holds a model, the best so far; its README.md says of which step",
        f"use it with `qkv translate {out} < source.txt`",
        f"interrupted; go on with `qkv train --out {out} --resume`",
    ]
    assert "Traceback" not in rest
    assert (out / "run" / "checkpoint.safetensors").exists()
    assert run("translate", out, input="我".encode()).returncode == 0
    card = (out / "README.md").read_text(encoding="utf-8")
    assert re.search(r"- kept: best so far, step [\d,]+ of 1,000,000\n", card)
    assert "Not validated yet." in card


def test_training_says_a_word_before_it_imports_torch(
    corpus: dict[str, str], tmp_path: Path
) -> None:
    script = (
        "import builtins, sys\n"
        "real = builtins.__import__\n"
        "def import_(name, *rest):\n"
        "    if name == 'torch': raise SystemExit('torch')\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = import_\n"
        "from qkv.cli import main\n"
        "main()"
    )
    files = ["--source", corpus["source"], "--target", corpus["target"]]
    command = [sys.executable, "-c", script, "train", "--out", str(tmp_path / "model"), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines() == [
        f"reading {corpus['source']}, {corpus['target']}",
        "torch",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_what_nohup_ignores_stays_ignored(corpus: dict[str, str], tmp_path: Path) -> None:
    settings = [w for n, v in {**RNN, "max_steps": 9}.items() for w in ("--set", f"{n}={v}")]
    files = ["--source", corpus["source"], "--target", corpus["target"]]
    command = [*QKV, "train", "--out", str(tmp_path / "model"), *files, *settings]
    command[2] = command[2].replace("SIG_DFL", "SIG_IGN")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        process.stderr.readline()
        process.send_signal(signal.SIGHUP)
        process.stderr.read()
    assert process.returncode == 0
