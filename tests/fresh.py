"""Code in an interpreter of its own, to see what a fresh one prints or imports."""

from __future__ import annotations

import subprocess
import sys

__all__ = ["modules_after", "printed"]


def printed(code: str, hash_seed: str = "0") -> str:
    """What `code` prints where strings hash in an order of `hash_seed`."""
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return run.stdout.strip()


def modules_after(code: str) -> set[str]:
    """The names of all modules that are loaded after `code` has run."""
    return set(printed(f"import sys\n{code}\nprint(*sys.modules)").splitlines()[-1].split())
