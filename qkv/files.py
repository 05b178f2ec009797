"""Files that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from qkv.errors import DataError

__all__ = ["check_folder", "check_writable", "write_atomically"]


def write_atomically(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in place in one move.

    A link is followed; what is no file but takes bytes, such as /dev/stdout, gets them directly.

    Raises:
        DataError: the folder is missing or cannot be written to.
    """
    try:
        if _takes_bytes(path):
            write(path)
        else:
            _replace(path.resolve(), write)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror or error}).") from None


def check_writable(path: Path) -> None:
    """Find out before long work, not after it, that `path` cannot be written.

    Raises:
        DataError: its folder is missing or closed, or it is a folder itself.
    """
    if _takes_bytes(path):
        return
    if path.is_dir():
        raise DataError(f"{path}: is a folder; name a file.")
    if not path.parent.is_dir():
        raise DataError(f"{path}: no folder {path.parent}; make it first.")
    if not os.access(path.parent, os.W_OK):
        raise DataError(f"{path}: the folder {path.parent} is not writable.")


def check_folder(path: Path) -> None:
    """The same for a folder that will be made, with those above it that are missing.

    Raises:
        DataError: it is a file, or lies below one or in a closed folder.
    """
    there = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
    if not there.is_dir():
        raise DataError(f"{path}: cannot be made a folder, because {there} is a file.")
    if not os.access(there, os.W_OK):
        raise DataError(f"{path}: the folder {there} is not writable.")


def _replace(path: Path, write: Callable[[Path], Any]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):  # the folder itself may be missing
            temporary.unlink()


def _takes_bytes(path: Path) -> bool:
    """A pipe, a terminal or another device: there is nothing to put in its place."""
    return path.exists() and not path.is_file() and not path.is_dir()
