"""A run that was ended at any moment after its first validation has left a model."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_the_folder_loads_and_translates(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.training.ended", str(tmp_path), "3", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    for name, code in (("SIGKILL", -9), ("SIGINT", 130), ("SIGTERM", 143)):
        assert any(line.startswith(name) and f"ended {code};" in line for line in lines)
