"""Folders that are filled once and kept: whole or not there, and checked when they are read."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from qkv.errors import DataError
from qkv.files import locked, read_json

__all__ = ["filled_folder", "notes_of"]

NOTES, LOCK = "whole.json", ".lock"
NOTES_BYTES = 1 << 30


@contextmanager
def filled_folder(folder: Path, notes: dict[str, Any]) -> Iterator[Path]:
    """A folder to fill while the block runs; it's put in place with the notes, and checksums.

    notes: a dict that is filled meanwhile; if it's empty in the end, the folder is dropped.

    What a process left behind that was killed is removed. Of two that fill the same, one wins.

    Raises:
        DataError: it cannot be written, or the disk is full.
    """
    part = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.part"
    try:
        part.mkdir(parents=True)
        _sweep(folder.parent)
        with locked(part / LOCK):
            yield part
            if not notes:
                return
            sums = {path.name: _checksum(path) for path in _files(part)}
            (part / NOTES).write_text(json.dumps([notes, sums]), encoding="utf-8")
            (part / LOCK).unlink(missing_ok=True)
            if notes_of(folder) is None:
                shutil.rmtree(folder, ignore_errors=True)
                with suppress(OSError):  # another was faster
                    part.rename(folder)
    except OSError as error:
        raise DataError(
            f"{folder.parent}: text of so many pairs is prepared there, and it cannot be written "
            f"({error.strerror or error}); make room, or name another folder with QKV_CACHE=FOLDER."
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def notes_of(folder: Path) -> dict[str, Any] | None:
    """What was noted; None if the folder is not there or damaged."""
    try:
        notes, sums = read_json(folder / NOTES, NOTES_BYTES)
        whole = all(_checksum(folder / name) == checksum for name, checksum in sums.items())
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return notes if whole else None


def _sweep(parent: Path) -> None:
    for part in parent.glob(".*.part"):
        if (part / LOCK).exists():
            with locked(part / LOCK) as held:
                if held:
                    shutil.rmtree(part, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name != LOCK)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
