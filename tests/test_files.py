"""Files are whole or not there."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from qkv.errors import DataError
from qkv.files import check_folder, check_writable, locked, write_atomically


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    seen: list[str] = []

    def write(part: Path) -> None:
        part.write_text("new")
        seen.append(path.read_text())

    with path.open() as opened_before:
        write_atomically(path, write)
        assert opened_before.read() == "old"  # never overwritten
    assert (seen, path.read_text()) == (["old"], "new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def write(part: Path) -> None:
        part.write_text("ne")
        raise OSError(28, "No space left on device")

    with pytest.raises(DataError) as caught:
        write_atomically(path, write)
    assert str(caught.value) == f"{path}: cannot be written (No space left on device)."
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder(tmp_path: Path) -> None:
    path = tmp_path / "no" / "file"
    with pytest.raises(DataError) as caught:
        write_atomically(path, lambda part: part.write_text("new"))
    assert str(caught.value) == f"{path}: cannot be written (No such file or directory)."
    with pytest.raises(DataError) as caught:
        check_writable(path)
    assert str(caught.value) == f"{path}: no folder {path.parent}; make it first."


def test_a_link_is_followed(tmp_path: Path) -> None:
    link, path = tmp_path / "link", tmp_path / "file"
    path.write_text("old")
    link.symlink_to(path)
    write_atomically(link, lambda part: part.write_text("new"))
    assert link.is_symlink()
    assert path.read_text() == "new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_gets_the_bytes(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    check_writable(pipe)
    write_atomically(pipe, lambda part: part.write_text("new"))
    reader.join(10)
    assert got == ["new"]
    assert pipe.is_fifo()


def test_what_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    check_writable(path)
    path.touch()
    check_writable(path)
    with pytest.raises(DataError, match="is a folder; name a file"):
        check_writable(tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DataError, match=f"file: the folder {tmp_path} is not writable"):
        check_writable(path)


def test_what_can_be_made_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_folder(tmp_path)
    check_folder(tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()
    monkeypatch.chdir(tmp_path)
    check_folder(Path("a"))
    Path("a").touch()
    for path in (Path("a"), Path("a") / "b"):
        with pytest.raises(DataError) as caught:
            check_folder(path)
        assert str(caught.value) == (
            f"{path}: cannot be made a folder, because {tmp_path / 'a'} is a file."
        )
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DataError, match=f"^b: the folder {tmp_path} is not writable"):
        check_folder(Path("b"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_one_has_a_lock_alone_or_several_share_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path) as one, locked(path) as other:
        assert (one, other) == (True, False)
    assert not path.exists()
    with (
        locked(path, shared=True) as one,
        locked(path, shared=True) as other,
        locked(path) as third,
    ):
        assert (one, other, third) == (True, True, False)
    assert not path.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_whoever_waited_gets_the_lock_of_the_file_that_is_there(tmp_path: Path) -> None:
    """Not of the one that its last holder removed."""
    path, order = tmp_path / "lock", []

    def wait() -> None:
        with locked(path, shared=True) as held, locked(path) as other:
            order.append((held, other))

    with locked(path):
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(0.2)
        order.append("let go")
    thread.join()
    assert order == ["let go", (True, False)]


def test_where_no_lock_can_be_held_nobody_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path / "missing" / "lock") as held:
        assert held is None
