"""`qkv demo captions`: coloured shapes, told in words by models that look at them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qkv.cli.show import captioned, in_colour
from qkv.cli.stopping import report, stoppable
from qkv.search import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qkv.data.scenes import Scene, SceneCaption
    from qkv.evaluation import Look
    from qkv.pipeline import Caption, Captioner

__all__ = ["MODELS", "compared", "demo_captions", "trained"]

# Scenes are never repeated and can be told without doubt: nothing needs to be made harder.
SHARED: dict[str, Any] = {
    "vision": "pixels",
    "picture": 64,
    "vocabulary": 400,
    "width": 128,
    "batch_tokens": 1024,
    "dropout": 0.0,
    "label_smoothing": 0.0,
    "learning_rate": 3e-3,
    "warmup_steps": 100,
    "validations": 2,
    "average": 1,
}
RNN: dict[str, Any] = {
    **SHARED,
    "architecture": "rnn",
    "order": "places",  # so that the cell knows which things it has told
}
MODELS: dict[str, dict[str, Any]] = {
    "soft": {**RNN, "max_steps": 1500},
    "hard": {
        **RNN,
        "select": "hard",
        "soft_start": 0.3,
        "soft_share": 0.0,
        "reinforce": 0.5,
        "max_steps": 1500,
    },
    "transformer": {
        **SHARED,
        "architecture": "transformer",
        "decoder_layers": 1,
        "max_steps": 1500,
    },
}
TITLES = {
    "soft": "RNN with soft attention",
    "hard": "RNN with hard attention, by REINFORCE",
    "transformer": "Transformer",
}
LANGUAGE = "en"
GREEDY = Search(beam=1)


def demo_captions(out: Path, device: str) -> str:
    """Train, compare and show; returns the commands to try next."""
    from qkv.data.scenes import scenes, write_scenes
    from qkv.pipeline import load_captioner

    drawn = scenes(seed=0)
    splits = {"train": drawn.train, "valid": drawn.valid, "test": drawn.test}
    files = {name: write_scenes(out, name, each, LANGUAGE) for name, each in splits.items()}
    data = {"images": str(files["train"]), "valid_images": str(files["valid"])}
    for name, settings in MODELS.items():
        trained(out / name, TITLES[name], data, {**settings, "device": device})
    first = next(i for i, scene in enumerate(drawn.test, 1) if len(scene.things) == 3)
    picture = out / "images" / f"test-{first:05d}.png"
    for name in MODELS:
        captioner = load_captioner(out / name, device=device)
        print(f"\n{TITLES[name]}\n{compared(captioner, drawn.test, LANGUAGE)}")
        png = out / f"{name}.png"
        text, shown = captioned(captioner, picture, search=GREEDY, files=[png], colour=in_colour())
        print(f"\n{text}\n\n{shown}")
    return f"qkv caption {out}/hard {picture}, or qkv show {out}/soft {picture} --png look.png"


def trained(folder: Path, title: str, data: dict[str, str], settings: dict[str, Any]) -> None:
    """See to it that `folder` has a finished model; an interrupted run goes on."""
    from qkv import training

    print(f"\n{title}", file=sys.stderr)
    run = training.RunFolder(folder)
    if not run.finished:
        begin = training.resume if run.unfinished else training.start
        with stoppable(folder, "the same command"):
            begin(folder, data, settings, report=lambda line: report(f"  {line}"))


def compared(captioner: Captioner, scenes: Sequence[Scene], language: str) -> str:
    """Exact match, by how many things there are, and the pointing game of what is right."""
    from qkv.evaluation import exact_match, pointing_game

    captions = captioner.caption([scene.draw() for scene in scenes], beam=1)

    def matched(rows: list[int]) -> str:
        texts = [captions[row].text for row in rows]
        references = [[right.text for right in _right(scenes[row], language)] for row in rows]
        return f"{exact_match(texts, references).value:.1f} %"

    by_things = [[r for r, scene in enumerate(scenes) if len(scene.things) == n] for n in (1, 2, 3)]
    shares = ", ".join(
        f"{matched(rows)} of those with {n}" for n, rows in enumerate(by_things, 1) if rows
    )
    lines = [
        f"{len(scenes):,} unseen scenes, greedy search",
        f"exact match {matched(list(range(len(scenes))))} ({shares} things)",
    ]
    looks = [
        look for pair in zip(captions, scenes, strict=True) for look in _looks(*pair, language)
    ]
    if looks:
        game = pointing_game(looks)
        lines.append(
            f"pointing game {100 * game.accuracy:.1f} % of {game.words:,} nouns look inside the "
            f"box of what they name (by chance {100 * game.chance:.1f} %)"
        )
    return "\n".join(lines)


def _right(scene: Scene, language: str) -> tuple[SceneCaption, ...]:
    return scene.english if language == "en" else scene.chinese


def _looks(caption: Caption, scene: Scene, language: str) -> list[Look]:
    """For a caption that is right, where each of its nouns looked, and should have."""
    from qkv.data.scenes import SIDE
    from qkv.evaluation import Look

    regions = caption.boxes((SIDE, SIDE))
    return [
        Look(caption.looked(noun.start, noun.end), regions, scene.things[noun.object].box)
        for right in _right(scene, language)
        if right.text == caption.text
        for noun in right.mentions
    ]
