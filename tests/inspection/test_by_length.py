"""Lines of several models in one picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from qkv.errors import ConfigError, ShapeError
from qkv.inspection import by_length_png

CURVES = {"注意力": [60.0, 59.0, 61.0], "fixed": [62.0, 40.0, 12.0]}
PLACES = ["1–8\n120", "9–16\n300", "17+\n41"]
LABELS = {"x_label": "source words", "y_label": "BLEU"}


def test_an_svg_has_a_line_a_model_and_a_label_a_place(tmp_path: Path) -> None:
    by_length_png(CURVES, PLACES, tmp_path / "out.svg", **LABELS)
    svg = (tmp_path / "out.svg").read_text(encoding="utf-8")
    for text in ("注意力", "fixed", "17+", "300", "BLEU", "source words"):
        assert f">{text}</text>" in svg


def test_the_background_is_light_and_every_line_is_there(tmp_path: Path) -> None:
    by_length_png(CURVES, PLACES, tmp_path / "out.png", **LABELS)
    picture = imread(tmp_path / "out.png")[..., :3]
    assert (picture[0, 0] == 1).all()
    for colour in ("#1f77b4", "#ff7f0e"):
        wanted = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        assert (np.abs(picture - wanted) < 0.01).all(-1).sum() > 500


def test_a_line_needs_a_number_for_each_place(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="curves: fixed has 2 values for 3 places; each needs one"):
        by_length_png({"fixed": [1.0, 2.0]}, PLACES, tmp_path / "out.png", **LABELS)
    with pytest.raises(ConfigError, match="must end in"):
        by_length_png(CURVES, PLACES, tmp_path / "out.gif", **LABELS)
    assert not list(tmp_path.iterdir())
