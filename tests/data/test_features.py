"""Features are computed once, kept in whole shards, and the same however they come."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from numpy.typing import NDArray
from PIL import Image

from qkv.data import features
from qkv.data.features import LOCK, Features, cache_folder, compute_features
from qkv.data.pictures import read_picture, squared
from qkv.errors import DataError
from qkv.files import locked

SIDE, REGIONS, WIDTH = 7, 3, 5


def seen(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(B, 3, side, side) → (B, R, C): sums that tell apart any pictures made here."""
    flat = pictures.reshape(len(pictures), -1).astype(np.float64)
    weights = np.random.default_rng(5).standard_normal((flat.shape[1], REGIONS * WIDTH))
    return (flat @ weights / 99).reshape(-1, REGIONS, WIDTH).astype(np.float32)


class Encoder:
    """`seen`, with the sizes of the batches it was called with."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert pictures.shape[1:] == (3, SIDE, SIDE)
        assert pictures.dtype == np.uint8
        self.batches.append(len(pictures))
        return seen(pictures)


class Cache:
    """A cache folder and what was reported of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []

    def __call__(
        self,
        paths: list[Path],
        extract: Callable[[NDArray[np.uint8]], NDArray[np.floating]] = seen,
        on_bad: str = "refuse",
    ) -> Features:
        self.lines.clear()
        return compute_features(
            paths, SIDE, extract, self.folder, on_bad=on_bad, report=self.lines.append
        )

    def files(self, ending: str) -> list[Path]:
        return sorted(self.folder.glob(f"*.{ending}"))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache" / "of" / "encoder")


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """75 different pictures: two batches and a part of one."""
    folder = tmp_path_factory.mktemp("pictures")
    noise = np.random.default_rng(0).integers(0, 256, (75, 11, 13, 3), np.uint8)
    for number, pixels in enumerate(noise):
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return sorted(folder.iterdir())


def never(_: NDArray[np.uint8]) -> NDArray[np.float32]:
    raise AssertionError("the cache was not used")


def expected(path: Path) -> NDArray[np.float16]:
    return seen(squared(read_picture(path), SIDE)[None])[0].astype(np.float16)


def check(computed: Features, paths: list[Path]) -> None:
    assert len(computed) == len(paths)
    assert computed.refused == {}
    for number, path in enumerate(paths):
        row = computed[number]
        assert (row.shape, row.dtype) == ((REGIONS, WIDTH), np.float16)
        # a sum depends a little on how many pictures are multiplied at once
        np.testing.assert_allclose(row, expected(path), rtol=2e-3, atol=1e-3)


def test_each_picture_has_its_features_and_none_is_seen_twice(
    cache: Cache, paths: list[Path]
) -> None:
    encoder = Encoder()
    first = cache(paths, encoder)
    check(first, paths)
    assert encoder.batches == [32, 32, 11]
    assert cache.lines == ["features: 75 pictures computed, 0 read from the cache"]
    second = cache(paths, never)
    assert cache.lines == ["features: 0 pictures computed, 75 read from the cache"]
    for one, other in zip(first, second, strict=True):
        assert_array_equal(one, other)


def test_order_and_repetition_are_the_callers(
    cache: Cache, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, reads = Encoder(), list[Path]()
    original = features.read_bytes
    monkeypatch.setattr(features, "read_bytes", lambda path: reads.append(path) or original(path))
    wanted = [paths[i] for i in (3, 1, 3, 2, 1)]
    check(cache(wanted, encoder), wanted)
    assert encoder.batches == [3]
    assert sorted(reads) == sorted(2 * paths[1:4])  # for the key, and for the encoder
    check(cache(paths[::-1], encoder), paths[::-1])
    assert encoder.batches == [3, 32, 32, 8]
    assert cache.lines == ["features: 72 pictures computed, 3 read from the cache"]


def test_no_pictures_make_no_features_and_no_folder(cache: Cache) -> None:
    assert len(cache([], never)) == 0
    assert not cache.folder.exists()


def test_a_picture_is_known_by_its_bytes_not_by_its_name(
    cache: Cache, paths: list[Path], tmp_path: Path
) -> None:
    twin, other = tmp_path / "twin.png", tmp_path / "other.png"
    shutil.copy(paths[0], twin)
    shutil.copy(paths[1], other)
    encoder = Encoder()
    computed = cache([paths[0], twin], encoder)
    assert encoder.batches == [1]
    assert_array_equal(computed[0], computed[1])
    shutil.copy(paths[2], twin)  # another picture under a known name
    check(cache([twin], encoder), [twin])
    assert encoder.batches == [1, 1]


def test_they_are_read_from_disk_as_they_are_used(cache: Cache, paths: list[Path]) -> None:
    for computed in (cache(paths), cache(paths)):
        with pytest.raises(ValueError, match="read-only"):
            computed[7][0, 0] = 1


LINUX = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")


@LINUX
def test_shards_are_maps_of_their_files(cache: Cache, paths: list[Path]) -> None:
    computed = cache(paths[:5])
    address = computed[4].__array_interface__["data"][0]
    for line in Path("/proc/self/maps").read_text().splitlines():
        start, end = (int(number, 16) for number in line.split()[0].split("-"))
        if start <= address < end:
            assert Path(line.split(maxsplit=5)[5]) in cache.files("npy")
            return
    pytest.fail("mapped from nowhere")


@LINUX
def test_shards_keep_no_file_open(cache: Cache, paths: list[Path]) -> None:
    for path in paths[:5]:
        cache([path])  # a shard each
    before = len([*Path("/proc/self/fd").iterdir()])
    computed = cache(paths[:5], never)
    assert len([*Path("/proc/self/fd").iterdir()]) == before
    check(computed, paths[:5])


def test_a_cache_whose_name_is_not_utf8(cache: Cache, paths: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    for _ in range(2):
        computed = compute_features(
            paths[:3], SIDE, Encoder(), folder, on_bad="refuse", report=lambda _: None
        )
        check(computed, paths[:3])


def test_shards_hold_at_most_512_pictures(cache: Cache, tmp_path: Path) -> None:
    many = [tmp_path / f"{i}.ppm" for i in range(1030)]
    for i, path in enumerate(many):
        path.write_bytes(b"P6 1 1 255\n" + bytes([i % 256, i // 256, 0]))
    computed = cache(many)
    shapes = sorted(np.load(file, mmap_mode="r").shape for file in cache.files("npy"))
    assert shapes == [(6, REGIONS, WIDTH), (512, REGIONS, WIDTH), (512, REGIONS, WIDTH)]
    for i in (0, 511, 512, 1023, 1024, 1029):
        np.testing.assert_allclose(computed[i], expected(many[i]), rtol=2e-3, atol=1e-3)
    check(cache(many[500:530], never), many[500:530])


def truncate_vectors(vectors: Path, _: Path) -> None:
    vectors.write_bytes(vectors.read_bytes()[:-1])


def empty_vectors(vectors: Path, _: Path) -> None:
    vectors.write_bytes(b"")


def lose_vectors(vectors: Path, _: Path) -> None:
    vectors.unlink()


def make_vectors_of_another_shape(vectors: Path, _: Path) -> None:
    np.save(vectors, np.zeros((72, REGIONS, WIDTH + 1), np.float16))


def make_vectors_of_another_type(vectors: Path, _: Path) -> None:
    np.save(vectors, np.zeros((72, REGIONS, WIDTH), np.float32))


def pickle_vectors(vectors: Path, _: Path) -> None:
    np.save(vectors, np.array([print], object), allow_pickle=True)


def zip_vectors(vectors: Path, _: Path) -> None:
    with vectors.open("wb") as file:
        np.savez(file, np.zeros((72, REGIONS, WIDTH), np.float16))


def garble_header(vectors: Path, _: Path) -> None:
    data = bytearray(vectors.read_bytes())
    data[12:20] = b"\xff{(,'\0]:"
    vectors.write_bytes(data)


def lose_names(_: Path, names: Path) -> None:
    names.unlink()


def garble_names(_: Path, names: Path) -> None:
    names.write_bytes(b"\xff\xfe{")


def truncate_names(_: Path, names: Path) -> None:
    names.write_text(names.read_text()[:-5])


def drop_a_name(_: Path, names: Path) -> None:
    label = json.loads(names.read_text())
    names.write_text(json.dumps({**label, "keys": label["keys"][1:]}))


def misname(_: Path, names: Path) -> None:
    label = json.loads(names.read_text())
    names.write_text(json.dumps({**label, "keys": [[key] for key in label["keys"]]}))


def make_names_a_list(_: Path, names: Path) -> None:
    names.write_text("[1, 2]")


def make_names_null(_: Path, names: Path) -> None:
    names.write_text("null")


BREAKS = [
    truncate_vectors, empty_vectors, lose_vectors, make_vectors_of_another_shape,
    make_vectors_of_another_type, pickle_vectors, zip_vectors, garble_header, lose_names,
    garble_names, truncate_names, drop_a_name, misname, make_names_a_list, make_names_null,
]  # fmt: skip


@pytest.mark.parametrize("break_shard", BREAKS)
def test_a_broken_shard_is_computed_again(
    cache: Cache, paths: list[Path], break_shard: Callable[[Path, Path], None]
) -> None:
    cache(paths[:3])
    (small,) = cache.files("json")
    cache(paths)
    (names,) = set(cache.files("json")) - {small}
    break_shard(names.with_suffix(".npy"), names)
    check(cache(paths), paths)
    assert cache.lines == ["features: 72 pictures computed, 3 read from the cache"]
    check(cache(paths, never), paths)


def test_a_broken_shard_does_not_hide_a_whole_one(cache: Cache, paths: list[Path]) -> None:
    cache(paths[:5])
    (vectors,) = cache.files("npy")
    vectors.write_bytes(b"")
    check(cache(paths), paths)  # all in another shard now
    assert vectors.read_bytes() == b""
    check(cache(paths, never), paths)


def bad_pictures(folder: Path, count: int) -> list[Path]:
    bad = [folder / f"bad {i}.jpg" for i in range(count)]
    for i, path in enumerate(bad):
        path.write_bytes(b"no picture %d" % i)
    return bad


def test_a_bad_picture_is_refused_by_name(cache: Cache, paths: list[Path], tmp_path: Path) -> None:
    bad = bad_pictures(tmp_path, 3)
    with pytest.raises(DataError) as caught:
        cache([*paths[:2], bad[0]])
    assert re.fullmatch(
        re.escape(str(bad[0])) + r": not a picture in a format that qkv reads \(JPEG, .*\)\. "
        r"To skip such pictures, give --set bad_pictures=skip in training, --skip-bad elsewhere\.",
        str(caught.value),
    )
    with pytest.raises(DataError, match=r"bad 2\.jpg: .* 2 more cannot be used\. To skip"):
        cache([paths[2], bad[2], bad[0], paths[3], bad[1], bad[0]])
    check(cache(paths[:4], never), paths[:4])  # the good ones are kept all the same


def test_a_missing_picture_is_refused_before_the_encoder_starts(
    cache: Cache, paths: list[Path], tmp_path: Path
) -> None:
    gone = tmp_path / "gone.jpg"
    with pytest.raises(DataError) as caught:
        cache([*paths, gone, tmp_path], never)
    assert str(caught.value) == (
        f"{gone}: no such file. 1 more cannot be used. To skip such pictures, "
        "give --set bad_pictures=skip in training, --skip-bad elsewhere."
    )


def test_bad_pictures_are_skipped_by_name(cache: Cache, paths: list[Path], tmp_path: Path) -> None:
    (bad,), gone = bad_pictures(tmp_path, 1), tmp_path / "gone.jpg"
    computed = cache([bad, paths[0], gone, paths[1], bad], on_bad="skip")
    assert list(computed.refused) == [0, 2, 4]
    assert computed.refused[2] == f"{gone}: no such file."
    assert cache.lines == [
        f"skipped: {computed.refused[0]}",
        f"skipped: {gone}: no such file.",
        "features: 2 pictures computed, 0 read from the cache",
    ]
    np.testing.assert_allclose(computed[3], expected(paths[1]), rtol=2e-3, atol=1e-3)
    for index in (0, 2, -1):
        with pytest.raises(DataError) as caught:
            _ = computed[index]
        assert str(caught.value) == computed.refused[index % 5]
    with pytest.raises(IndexError):
        _ = computed[5]


def test_of_many_bad_pictures_ten_are_named(
    cache: Cache, paths: list[Path], tmp_path: Path
) -> None:
    ten, eleven = bad_pictures(tmp_path, 10), bad_pictures(tmp_path, 11)
    assert len(cache([*ten, paths[0]], on_bad="skip").refused) == 10
    assert sum(line.startswith("skipped: ") for line in cache.lines) == 10
    assert len(cache([*eleven, paths[0]], on_bad="skip").refused) == 11
    assert cache.lines[9].startswith(f"skipped: {tmp_path}/bad 9.jpg: not a picture")
    assert cache.lines[10:] == [
        "skipped: 1 more, 11 pictures in all",
        "features: 0 pictures computed, 1 read from the cache",
    ]


def test_twins_of_a_bad_picture_are_bad(cache: Cache, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"no picture")
    computed = cache([tmp_path / "one", tmp_path / "two"], on_bad="skip")
    assert list(computed.refused) == [0, 1]
    assert computed.refused[0] == computed.refused[1]
    assert computed.refused[0].startswith(f"{tmp_path}/one: not a picture")


def test_a_picture_that_changes_meanwhile_is_not_kept_under_its_old_key(
    cache: Cache, paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    shutil.copy(paths[0], path)
    keys = features._cached

    def changed(*arguments: object) -> object:
        shutil.copy(paths[1], path)
        return keys(*arguments)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(features, "_cached", changed)
    with pytest.raises(DataError, match=r"a\.png: changed while it was being read; start again"):
        cache([path])


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 65_505, -70_000])
def test_what_float16_cannot_hold_is_an_error(
    cache: Cache, paths: list[Path], number: float
) -> None:
    def extract(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        vectors = seen(pictures)
        vectors[1, 2, 3] = number
        return vectors

    with pytest.raises(DataError) as caught:
        cache(paths[:4], extract, on_bad="skip")
    assert str(caught.value) == (
        f"{paths[1]}: the vision encoder gave a feature of {abs(number):,.0f}, which "
        "cannot be stored in float16; use another encoder."
    )


def test_the_largest_float16_is_kept(cache: Cache, paths: list[Path]) -> None:
    computed = cache(paths[:1], lambda _: np.full((1, REGIONS, WIDTH), -65_504, np.float32))
    assert (computed[0] == -65_504).all()


def test_progress_is_told_now_and_then(
    cache: Cache, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000, 8))  # a batch takes 8 s
    monkeypatch.setattr(features, "perf_counter", lambda: next(clock))
    cache(paths)
    assert cache.lines == [
        "features: 64 of 75 pictures, 4 a second, 0.0 min left",
        "features: 75 pictures computed, 0 read from the cache",
    ]


def test_a_folder_that_cannot_be_made_is_told_and_done_without(
    cache: Cache, paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = cache(paths)
    shutil.rmtree(cache.folder)
    cache.folder.write_text("a file")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    got = cache(paths)
    assert cache.lines == [
        f"features are not kept for later ({cache.folder}: cannot be made a folder, because "
        f"{cache.folder} is a file); QKV_CACHE=FOLDER keeps them elsewhere",
        "features: 75 pictures computed, 0 read from the cache",
    ]
    for i, row in enumerate(expected):
        assert_array_equal(got[i], row)
    assert got.keys == expected.keys
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    "refusal", [OSError(30, "Read-only file system"), PermissionError(13, "no")]
)
def test_a_home_that_refuses_ends_nothing(
    refusal: OSError, cache: Cache, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise refusal

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert len(cache(paths[:3])) == 3
    assert len([line for line in cache.lines if "QKV_CACHE" in line]) == 1
    assert not cache.folder.exists()


def test_a_user_without_a_home_has_no_cache(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("QKV_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    cache = Cache(cache_folder() / "features")
    assert_array_equal(
        cache(paths[:1])[0], seen(squared(read_picture(paths[0]), SIDE)[None]).astype(np.float16)[0]
    )
    assert "QKV_CACHE" in cache.lines[0]


def test_a_full_disk_is_told_and_leaves_no_part_of_a_shard(
    cache: Cache, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(file: BinaryIO, _: object) -> None:
        file.write(b"a part")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", save)
    with pytest.raises(DataError, match=r"\.npy: cannot be written \(No space left on device\)\."):
        cache(paths[:1])
    assert list(cache.folder.iterdir()) == []


SCRIPT = """
import sys
from pathlib import Path
from time import sleep
import numpy as np
from qkv.data import features
from tests.data.test_features import SIDE, seen

def slow(pictures):
    sleep(float(sys.argv[3]))
    print("batch", flush=True)
    return seen(pictures)

features.SHARD = features.BATCH = 4
paths = sorted(Path(sys.argv[1]).iterdir())
features.compute_features(paths, SIDE, slow, Path(sys.argv[2]), on_bad="refuse", report=print)
"""


def started(cache: Cache, paths: list[Path], delay: float) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", SCRIPT, paths[0].parent, cache.folder, str(delay)]
    root = Path(__file__).parents[2]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=root)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_what_was_written_before_a_kill_is_whole(cache: Cache, paths: list[Path]) -> None:
    with started(cache, paths, 0.05) as process:
        assert process.stdout
        for _ in range(4):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    encoder = Encoder()
    check(cache(paths, encoder), paths)
    computed = sum(encoder.batches)
    assert 0 < computed <= 75 - 3 * 4  # three shards of four were on disk at least
    check(cache(paths, never), paths)


def test_two_processes_at_once_do_no_harm(cache: Cache, paths: list[Path]) -> None:
    processes = [started(cache, paths, 0.01) for _ in range(2)]
    for process in processes:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "pictures computed" in out
    check(cache(paths, never), paths)
    assert not list(cache.folder.glob(".*"))


def test_the_cache_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    for name in ("QKV_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert cache_folder() == Path("/home/me/.cache/qkv")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_folder() == Path("/xdg/qkv")
    monkeypatch.setattr(sys, "platform", "win32")
    assert cache_folder() == Path("/home/me/AppData/Local/qkv")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert cache_folder() == Path("/local/qkv")
    monkeypatch.setenv("QKV_CACHE", "/mine")
    assert cache_folder() == Path("/mine")
    monkeypatch.setenv("QKV_CACHE", "")
    assert cache_folder() == Path("/local/qkv")


def test_decoding_goes_on_while_the_encoder_works(
    cache: Cache, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second batch is decoded when the encoder has just got the first."""
    decoded: list[object] = []
    original = features.decode

    def decode(data: bytes, path: Path) -> object:
        decoded.append(path)
        return original(data, path)

    def extract(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        deadline = time.monotonic() + 30
        while len(decoded) < 64 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(decoded) >= 64
        return seen(pictures)

    monkeypatch.setattr(features, "decode", decode)
    cache(paths, extract)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_what_a_kill_left_half_written_is_swept_unless_one_writes(
    cache: Cache, paths: list[Path]
) -> None:
    cache(paths)
    part = cache.folder / ".0a.npy.17.part"
    part.touch()
    with locked(cache.folder / LOCK, shared=True):
        cache(paths, never)
    assert part.exists()
    cache(paths, never)
    assert not list(cache.folder.glob(".*"))
