"""A folder that is there when all of it is written, or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qkv.errors import DataError, FolderError
from qkv.files import check_folder

__all__ = ["new_folder"]


def _readable(folder: Path) -> None:
    """Some libraries let nobody but the owner read what they write."""
    mask = os.umask(0)
    os.umask(mask)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o666 & ~mask)


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """An empty folder beside `out`, which becomes `out` at the end of the block.

    Raises:
        FolderError: `out` is there already, and not empty. DataError: it cannot be made.
    """
    check_folder(out)
    if out.is_dir() and any(out.iterdir()):
        raise FolderError(f"{out}: is there already; name a new folder, or remove it first.")
    part = out.absolute().parent / f".{secrets.token_hex(8)}.part"
    try:
        part.mkdir(parents=True)
        yield part
        _readable(part)
        if out.is_dir():
            out.rmdir()
        part.rename(out)
    except OSError as error:
        raise DataError(f"{out}: cannot be written ({error.strerror or error}).") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
