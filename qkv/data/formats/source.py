"""A data file's bytes, unpacked, and its lines, whatever the encoding that it says it is in."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from qkv.data.corpora import MOST_CHARACTERS, stream_lines
from qkv.data.packed import BROKEN, MARK_BYTES, is_broken, packed_as, unpacked
from qkv.errors import DataError

__all__ = ["HEAD_BYTES", "Source"]

HEAD_BYTES = 1 << 16
UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Source:
    """A file that can be read from its start again and again; a pipe is kept in a temporary file.

    head: its first bytes, unpacked. text: the same as text, as far as it is that.
    packed: as what it is compressed, "" if it is not.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._piped: IO[bytes] | None = None
        with self.reading():
            self._keep_pipe()
            with self._raw() as file:
                self.packed = packed_as(file.read(MARK_BYTES))
        with self.open() as stream:
            self.head = stream.read(HEAD_BYTES)
        encoding = "utf-16" if self.is_utf16 else "utf-8-sig"
        self.text = self.head.decode(encoding, "ignore")

    @property
    def is_utf16(self) -> bool:
        """By its mark; without one it is not read."""
        return self.head.startswith(UTF16)

    @contextmanager
    def open(self) -> Iterator[io.BufferedReader[Any]]:
        """The bytes from the start, unpacked.

        Raises:
            DataError: the file is missing, unreadable or broken.
            MissingExtra: it is packed in a way that only an extra can read.
        """
        with self.reading(), self._raw() as file, unpacked(file, self.packed) as stream:
            yield io.BufferedReader(stream, HEAD_BYTES)

    def lines(self) -> Iterator[str]:
        """As `read_lines` has them; in UTF-16 too, if a mark says so.

        Raises:
            DataError: as `open`; or not text, or a line of more than MOST_CHARACTERS.
        """
        with self.open() as stream:
            if self.is_utf16:
                yield from _utf16_lines(stream, str(self.path))
            else:
                yield from stream_lines(stream, str(self.path))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What goes wrong with the file while the block runs, as a sentence."""
        try:
            yield
        except FileNotFoundError:
            raise DataError(f"{self.path}: no such file.") from None
        except IsADirectoryError:
            raise DataError(f"{self.path}: is a folder; name a file.") from None
        except (*BROKEN, OSError) as error:
            packed = getattr(self, "packed", "packed")
            if is_broken(error, packed):
                raise DataError(
                    f"{self.path}: broken {packed} file ({error}); copy it again."
                ) from None
            reason = getattr(error, "strerror", None) or error
            raise DataError(f"{self.path}: cannot be read ({reason}).") from None

    def _keep_pipe(self) -> None:
        if stat.S_ISFIFO(self.path.stat().st_mode):
            self._piped = tempfile.TemporaryFile()  # noqa: SIM115 - as long as this lives
            with self.path.open("rb") as pipe:
                shutil.copyfileobj(pipe, self._piped)
            self._piped.flush()

    @contextmanager
    def _raw(self) -> Iterator[IO[bytes]]:
        if self._piped is None:
            with self.path.open("rb") as file:
                yield file
        else:  # a reader closes what it was given
            with os.fdopen(os.dup(self._piped.fileno()), "rb") as kept:
                kept.seek(0)
                yield kept


def _utf16_lines(stream: io.BufferedReader[Any], name: str) -> Iterator[str]:
    text = io.TextIOWrapper(stream, encoding="utf-16", newline="\n")
    number = 0
    try:
        for line in iter(partial(text.readline, MOST_CHARACTERS + 3), ""):
            number += 1
            line = line.removesuffix("\n").removesuffix("\r")
            if len(line) > MOST_CHARACTERS:
                raise DataError(
                    f"{name}, line {number}: longer than {MOST_CHARACTERS:,} characters; split it."
                )
            yield line
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name}, from line {number + 1} on: broken UTF-16 ({error.reason}); save it again."
        ) from None
    finally:
        text.detach()
