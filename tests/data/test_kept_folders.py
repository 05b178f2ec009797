"""Folders that are whole or not there."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from qkv.data.kept_folders import LOCK, NOTES, filled_folder, notes_of
from qkv.errors import DataError
from qkv.files import locked


def fill(folder: Path, text: str = "text", **notes: Any) -> None:
    with filled_folder(folder, notes) as part:
        (part / "file").write_text(text)


def break_off(folder: Path, error: BaseException) -> None:
    with filled_folder(folder, {"a": 1}) as part:
        (part / "file").write_text("half")
        raise error


def test_it_is_there_when_it_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "below" / "kept"
    assert notes_of(folder) is None
    notes: dict[str, Any] = {}
    with filled_folder(folder, notes) as part:
        (part / "file").write_text("text")
        notes["pairs"] = 3
        assert not folder.exists()
    assert notes_of(folder) == {"pairs": 3}
    assert (folder / "file").read_text() == "text"
    assert sorted(path.name for path in folder.parent.rglob("*")) == ["file", "kept", NOTES]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    for error in (KeyboardInterrupt(), DataError("broken")):
        with pytest.raises(type(error)):
            break_off(tmp_path / "kept", error)
    with filled_folder(tmp_path / "kept", {}) as part:  # without notes it's not wanted
        (part / "file").write_text("text")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        break_off(tmp_path / "kept", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert str(caught.value) == (
        f"{tmp_path}: text of so many pairs is prepared there, and it cannot be written (No space "
        "left on device); make room, or name another folder with QKV_CACHE=FOLDER."
    )
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="Not a directory"):
        fill(tmp_path / "file" / "kept", a=1)


@pytest.mark.parametrize("name", ["file", NOTES])
@pytest.mark.parametrize("damage", [b"", b"other", None])
def test_damage_is_known_and_mended(tmp_path: Path, name: str, damage: bytes | None) -> None:
    folder = tmp_path / "kept"
    fill(folder, n=1)
    if damage is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(damage)
    assert notes_of(folder) is None
    fill(folder, n=2)
    assert notes_of(folder) == {"n": 2}


def test_what_a_killed_process_left_is_removed_and_what_another_fills_is_not(
    tmp_path: Path,
) -> None:
    left, alive = tmp_path / ".kept.0.part", tmp_path / ".kept.1.part"
    for part in (left, alive):
        part.mkdir()
        (part / LOCK).touch()
        (part / "file").touch()
    with locked(alive / LOCK):
        fill(tmp_path / "kept", n=1)
        assert not left.exists()
        assert (alive / "file").exists()


def test_the_first_of_two_wins(tmp_path: Path) -> None:
    with filled_folder(tmp_path / "kept", {"n": 1}) as part:
        (part / "file").write_text("same")
        fill(tmp_path / "kept", "same", n=2)
    assert notes_of(tmp_path / "kept") == {"n": 2}
