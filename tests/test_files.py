"""Files are whole or not there."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from qkv.errors import DataError
from qkv.files import check_folder, check_writable, locked, read_json, write_atomically

LONGEST = 255  # bytes that a name may have on the usual file systems


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


@pytest.mark.parametrize("bytes_", [1, 238, 244, 250, LONGEST])
@pytest.mark.parametrize("letter", ["a", "é"])
def test_the_longest_name_is_written(tmp_path: Path, letter: str, bytes_: int) -> None:
    path = tmp_path / (letter * (bytes_ // len(letter.encode())) or "a")
    check_writable(path)
    assert list(tmp_path.iterdir()) == []
    write_atomically(path, lambda part: part.write_text("new"))
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_longer_name_is_refused_before_the_work(tmp_path: Path) -> None:
    path = tmp_path / ("a" * (LONGEST + 1))
    for refuse in (check_writable, lambda path: write_atomically(path, Path.touch)):
        with pytest.raises(DataError) as caught:
            refuse(path)
        assert str(caught.value) == f"{path}: cannot be written (File name too long)."
    with pytest.raises(DataError, match=r"cannot be made \(File name too long\)"):
        check_folder(path / "below")
    assert list(tmp_path.iterdir()) == []


def test_two_threads_may_write_one_file(tmp_path: Path) -> None:
    path, both = tmp_path / "file", threading.Barrier(2, timeout=10)

    def write(part: Path, text: str) -> None:
        part.write_text(text)
        both.wait()  # neither is in place yet
        assert part.read_text() == text

    writers = [
        threading.Thread(target=write_atomically, args=(path, lambda part, t=t: write(part, t)))
        for t in ("one", "two")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(10)
    assert path.read_text() in ("one", "two")
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_into_nowhere_is_refused_before_the_work(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "no" / "file")
    with pytest.raises(DataError) as caught:
        check_writable(link)
    assert str(caught.value) == f"{link}: no folder {tmp_path / 'no'}; make it first."


def test_a_link_to_itself_can_be_written(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    check_writable(link)
    write_atomically(link, lambda part: part.write_text("new"))
    assert link.read_text() == "new"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_device_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    check_writable(Path("/dev/full"))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DataError, match=r"^/dev/full: cannot be written"):
        check_writable(Path("/dev/full"))


def test_a_full_disk_is_found_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "touch", full)
    with pytest.raises(DataError, match=r"file: cannot be written \(No space left on device\)"):
        check_writable(tmp_path / "file")


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"[1, 2, 3, 4, 5, 6]", "more than 16 bytes"),
        (b"\xff\xfe", "utf-8"),
        (b"[1, 2", "Expecting"),
        (b"", "Expecting value"),
        (b"9" * 5000, "Exceeds the limit"),
        (DEEP.encode(), "nested too deeply"),
    ],
)
def test_json_that_cannot_be_read(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=why):
        read_json(path, 16 if "16" in why else 10**6)


def test_json_is_read_no_further_than_it_may_be_long(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("[1, 2]")
    assert read_json(path, 6) == [1, 2]
    with path.open("wb") as file:
        file.truncate(3 * 10**9)  # of holes
    with pytest.raises(ValueError, match="more than 1,000 bytes"):
        read_json(path, 1000)


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
