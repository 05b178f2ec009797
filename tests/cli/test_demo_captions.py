"""`qkv demo captions` from end to end, with so few steps that the models know nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qkv.cli import demo_captions as command
from qkv.data import scenes as built_in
from qkv.data.scenes import Scene
from qkv.evaluation import Look
from qkv.pipeline import Caption
from tests.cli.conftest import Qkv

TINY: dict[str, Any] = {
    "max_steps": 2,
    "validations": 1,
    "width": 16,
    "threads": 1,
    "precision": "float32",
}


@pytest.mark.parametrize("start", [1, 0])
def test_it_trains_compares_and_draws(
    qkv: Qkv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: int
) -> None:
    small = built_in.scenes(seed=0, train=40, valid=4, test=12)
    if not start:  # the first scene of three things comes later in the list
        small = small._replace(test=small.test[::-1])
    monkeypatch.setattr(built_in, "scenes", lambda **_: small)
    models = {"soft": command.MODELS["soft"] | TINY, "hard": command.MODELS["hard"] | TINY}
    monkeypatch.setattr(command, "MODELS", models)
    out = tmp_path / "demo"
    done = qkv("demo", "captions", "--out", out)
    assert done.code == 0
    for name in models:
        assert f"{command.TITLES[name]}\n12 unseen scenes, greedy search" in done.out
        assert (out / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert done.out.count("exact match") == 2
    number = next(i for i, scene in enumerate(small.test, 1) if len(scene.things) == 3)
    assert f"qkv show {out}/soft {out}/images/test-{number:05d}.png" in done.out

    again = qkv("demo", "captions", "--out", out)
    assert "parameters" not in again.err  # the models are there already
    assert again.out.split("\nData, models")[0] in done.out


def test_a_right_caption_is_looked_up_where_its_nouns_stand() -> None:
    scene = next(s for s in built_in.scenes(seed=0, train=1, valid=1, test=9).test if s.things[1:])
    told = scene.english[0]
    looked: list[tuple[int, int]] = []

    class Right(Caption):
        def looked(self, start: int, end: int) -> Any:
            looked.append((start, end))
            return [1.0]

    def caption(text: str) -> Caption:
        return Right(text, 0.0, 0.0, (), 8, look=lambda: pytest.fail("not wanted"))

    looks: list[Look] = command._looks(caption(told.text), scene, "en")
    assert [told.text[start:end] for start, end in looked] == [
        scene.things[noun.object].shape for noun in told.mentions
    ]
    assert [look.box for look in looks] == [scene.things[n.object].box for n in told.mentions]
    assert command._looks(caption("a wrong one"), scene, "en") == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_right_captions_are_counted_by_how_many_things_there_are(language: str) -> None:
    told = built_in.scenes(seed=0, train=1, valid=1, test=12).test
    wrong = next(row for row, scene in enumerate(told) if len(scene.things) == 3)

    class Speaker:
        """Says what is right, of each scene but one."""

        def caption(self, pictures: Any, beam: int) -> list[Caption]:
            texts = [
                (scene.english if language == "en" else scene.chinese)[0].text for scene in told
            ]
            texts[wrong] = "?"
            return [
                Seen(text, 0.0, 0.0, (), 8, look=lambda: pytest.fail("not wanted"))
                for text in texts
            ]

    class Seen(Caption):
        def looked(self, start: int, end: int) -> Any:
            return np.eye(64)[27]  # the region left of and above the middle

    lines = command.compared(Speaker(), told, language).splitlines()  # pyright: ignore
    assert lines[:2] == [
        "12 unseen scenes, greedy search",
        "exact match 91.7 % (100.0 % of those with 1, 100.0 % of those with 2, "
        "75.0 % of those with 3 things)",
    ]
    boxes = [t.box for row, s in enumerate(told) if row != wrong for t in s.things]
    across, down = np.meshgrid(*[np.arange(8) * 12 + 6] * 2)  # the regions' centres
    inside = np.array(
        [(x <= across) & (across <= X) & (y <= down) & (down <= Y) for x, y, X, Y in boxes]
    )
    share = [f"{100 * each.mean():.1f} %" for each in (inside[:, 3, 3], inside)]
    assert lines[2] == (
        f"pointing game {share[0]} of {len(boxes)} nouns look inside the box of what they name "
        f"(by chance {share[1]})"
    )


def test_what_else_could_be_shown(qkv: Qkv) -> None:
    told = qkv("demo", "music").refusal()
    assert told == "qkv demo shows translation or captions; got 'music'."


def test_every_model_has_a_title() -> None:
    assert command.MODELS.keys() == command.TITLES.keys()
    assert isinstance(built_in.scenes(seed=0, train=1, valid=1, test=1).test[0], Scene)
