"""Files that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from qkv.errors import DataError

__all__ = ["check_writable", "write_atomically"]


def write_atomically(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in place in one move.

    Raises:
        DataError: the folder is missing or cannot be written to.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror or error}).") from None
    finally:
        with suppress(OSError):  # the folder itself may be missing
            temporary.unlink()


def check_writable(path: Path) -> None:
    """Find out before long work, not after it, that `path` cannot be written.

    Raises:
        DataError: its folder is missing or closed, or it is a folder itself.
    """
    if path.is_dir():
        raise DataError(f"{path}: is a folder; name a file.")
    if not path.parent.is_dir():
        raise DataError(f"{path}: no folder {path.parent}; make it first.")
    if not os.access(path.parent, os.W_OK):
        raise DataError(f"{path}: the folder {path.parent} is not writable.")
