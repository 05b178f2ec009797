"""Scenes as files that any trainer for captions can read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

from qkv.data.scenes._scene import Scene, SceneCaption
from qkv.errors import ConfigError
from qkv.files import check_folder, write_atomically

__all__ = ["write_scenes"]


def write_scenes(folder: Path, name: str, scenes: Sequence[Scene], language: str) -> Path:
    """Write pictures, captions and boxes; existing files are replaced.

    - images/{name}-00001.png and so on, left alone where they are the same already;
    - {name}.{language}.jsonl: for each picture its things, with boxes, its captions, and for each
      caption its mentions;
    - {name}.{language}.tsv: picture's path from the folder, tab, caption; one line per caption.

    Args:
        language: en or zh.
    Returns:
        the path of the TSV, which is written last.
    Raises:
        ConfigError: another language.
        DataError: the folder cannot be made or written to.
    """
    captions = _captions(scenes, language)
    images = folder / "images"
    check_folder(images)
    images.mkdir(parents=True, exist_ok=True)
    paths = [f"images/{name}-{number:05d}.png" for number in range(1, len(scenes) + 1)]
    for path, scene in zip(paths, scenes, strict=True):
        _write_picture(folder / path, scene)
    records = [_record(*each) for each in zip(paths, scenes, captions, strict=True)]
    _write_lines(folder / f"{name}.{language}.jsonl", records)
    rows = [
        f"{path}\t{caption.text}"
        for path, of_picture in zip(paths, captions, strict=True)
        for caption in of_picture
    ]
    return _write_lines(folder / f"{name}.{language}.tsv", rows)


def _captions(scenes: Sequence[Scene], language: str) -> list[tuple[SceneCaption, ...]]:
    if language not in ("en", "zh"):
        raise ConfigError(f"write_scenes(): language must be 'en' or 'zh'; got {language!r}.")
    return [scene.english if language == "en" else scene.chinese for scene in scenes]


def _record(path: str, scene: Scene, captions: tuple[SceneCaption, ...]) -> str:
    record = {
        "image": path,
        "things": [asdict(thing) for thing in scene.things],
        "captions": [caption.text for caption in captions],
        "mentions": [[asdict(mention) for mention in caption.mentions] for caption in captions],
    }
    return json.dumps(record, ensure_ascii=False)


def _write_picture(path: Path, scene: Scene) -> None:
    buffer = BytesIO()
    # The usual level, 6, takes twice as long and gains nothing on grain.
    scene.draw().save(buffer, "PNG", compress_level=3)
    data = buffer.getvalue()
    if not path.is_file() or path.read_bytes() != data:
        write_atomically(path, lambda part: part.write_bytes(data))


def _write_lines(path: Path, lines: Sequence[str]) -> Path:
    text = "".join(line + "\n" for line in lines)
    write_atomically(path, lambda part: part.write_bytes(text.encode("utf-8")))
    return path
