"""`qkv.translate("…", model=…)`: loaded once, and again when the model has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import qkv
from qkv.errors import ConfigError, FolderError
from qkv.pipeline import loading


def test_one_line(transformer: Path, captioner: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(transformer, folder, ignore=shutil.ignore_patterns("run"))
    loading._kept.cache_clear()
    [wanted] = loading.load_translator(folder).translate(["我喜欢咖啡"], beam=1)
    assert qkv.translate("我喜欢咖啡", model=folder, beam=1) == wanted.text
    assert qkv.translate("我喜欢咖啡", model=str(folder)) == wanted.text
    assert qkv.translate("", model=folder) == ""
    assert loading._kept.cache_info().misses == 1
    weights = folder / "model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[:-1])
    with pytest.raises(FolderError, match="broken or truncated"):
        qkv.translate("我喜欢咖啡", model=folder)
    weights.write_bytes(data)
    assert qkv.translate("我喜欢咖啡", model=folder) == wanted.text
    with pytest.raises(FolderError, match="no such file"):
        qkv.translate("我", model=tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="captions pictures"):
        qkv.translate("我", model=captioner)
    with pytest.raises(ConfigError, match="must be a str"):
        qkv.translate(["我"], model=folder)  # pyright: ignore[reportArgumentType]
