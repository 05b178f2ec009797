"""A system trained by `qkv train` and scored by `qkv evaluate`; each command is printed first."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

__all__ = ["score", "train"]


def train(folder: Path, options: list[str]) -> None:
    """Train the system if it is not there yet; an interrupted run goes on."""
    if (folder / "model.safetensors").exists():
        return
    resume = ["--resume"] if (folder / "run" / "settings.json").exists() else []
    _call(["qkv", "train", "--out", str(folder), *options, *resume])


def score(name: str, folder: Path, options: list[str]) -> None:
    """Print its scores with their signatures."""
    answer = _call(["qkv", "evaluate", str(folder), *options, "--json"])
    for each in json.loads(answer)["scores"]:
        print(f"{name}: {each['name']} {each['value']:.2f}   {each['signature']}", flush=True)


def _call(command: list[str]) -> str:
    """The command's standard output."""
    print("$", shlex.join(command), flush=True)
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
