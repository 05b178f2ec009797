"""Files that are whole or not there."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from qkv.errors import DataError

__all__ = [
    "check_folder",
    "check_writable",
    "locked",
    "named_folders",
    "read_json",
    "write_atomically",
]


def named_folders(named: str | Path | Sequence[str | Path]) -> list[Path]:
    """The folders of a list, or of a text: one, or several with commas between them."""
    if not isinstance(named, (str, Path)):
        return [Path(folder) for folder in named]
    one = Path(named)
    return [one] if one.exists() else [Path(part) for part in str(named).split(",")]


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
            _replace(_target(path), write)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror or error}).") from None


def check_writable(path: Path) -> None:
    """Find out before long work, not after it, that `path` cannot be written.

    Raises:
        DataError: its folder is missing or closed, its name is too long, or it is a folder itself.
    """
    try:
        if _takes_bytes(path):
            if not os.access(path, os.W_OK):
                raise DataError(f"{path}: cannot be written (permission denied).")
            return
        if path.is_dir():
            raise DataError(f"{path}: is a folder; name a file.")
        folder = _target(path).parent if path.is_symlink() else path.parent
        if not folder.is_dir():
            raise DataError(f"{path}: no folder {folder}; make it first.")
        if not os.access(folder, os.W_OK):
            raise DataError(f"{path}: the folder {folder} is not writable.")
        part = _part(folder)  # a full disk, a file system that is read-only
        part.touch()
        part.unlink()
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror or error}).") from None


def check_folder(path: Path) -> None:
    """The same for a folder that will be made, with those above it that are missing.

    Raises:
        DataError: it is a file, or lies below one or in a closed folder.
    """
    whole = path.absolute()
    try:
        there = next(folder for folder in (whole, *whole.parents) if folder.exists())
    except OSError as error:  # a name that is too long
        raise DataError(f"{path}: cannot be made ({error.strerror}).") from None
    if not there.is_dir():
        raise DataError(f"{path}: cannot be made a folder, because {there} is a file.")
    if not os.access(there, os.W_OK):
        raise DataError(f"{path}: the folder {there} is not writable.")


def read_json(path: Path, most: int) -> Any:
    """What a JSON file says that has at most `most` bytes.

    Raises:
        OSError: it cannot be read.
        ValueError: it is larger, not UTF-8, not JSON, or nested too deeply.
    """
    if path.stat().st_size > most:
        raise ValueError(f"more than {most:,} bytes")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[bool | None]:
    """Hold the lock of a file while the block runs; a process that has died holds none.

    Args:
        shared: others may share it, and this waits for one that has it alone.
    Yields:
        True; False if another has the lock, None where there are no locks.
    """
    held, file = _lock(path, shared)
    try:
        yield held
    finally:
        if file is not None:
            _unlock(path, file)


def _lock(path: Path, shared: bool) -> tuple[bool | None, int | None]:
    """See `locked`; and the open file that has the lock."""
    if sys.platform == "win32":
        return None, None
    import fcntl

    while True:
        try:
            file = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
        except OSError:
            return None, None
        try:
            fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            return (False if isinstance(error, BlockingIOError) else None), None
        if _is_at(path, file):
            return True, file
        os.close(file)  # who had it has just removed it


def _unlock(path: Path, file: int) -> None:
    """Let go of the lock; the last one removes its file."""
    import fcntl

    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(path, file):
            path.unlink()
    os.close(file)


def _is_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _replace(path: Path, write: Callable[[Path], Any]) -> None:
    temporary = _part(path.parent)
    try:
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):  # the folder itself may be missing
            temporary.unlink()


def _part(folder: Path) -> Path:
    """A name for a file that is being written: short, since the target's may be the longest."""
    return folder / f".{secrets.token_hex(8)}.part"


def _target(path: Path) -> Path:
    """Where links lead."""
    return Path(os.path.realpath(path))


def _takes_bytes(path: Path) -> bool:
    """A pipe, a terminal or another device: there is nothing to put in its place."""
    return path.exists() and not path.is_file() and not path.is_dir()
