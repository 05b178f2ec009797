"""Train captioners on the built-in scenes and ask how often they are right, and where they look.

    python benchmarks/scenes.py OUT [NAME ...]

NAME is a language and a model of `qkv demo captions`, such as en-soft or zh-hard. The settings are
the demo's, but for more pictures and more steps. An interrupted run goes on.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from qkv.cli.demo_captions import MODELS, compared, trained
from qkv.data.scenes import scenes, write_scenes
from qkv.pipeline import load_captioner

PICTURES = 20_000
STEPS = 4000
ONE_CORE = {"threads": 1, "precision": "float32"}
# Without spaces more tokens would grow across words, and one look would have to do for a noun and
# the colour after it. Characters are twice as many.
BY_CHARACTER = {"vocabulary": 304, "batch_tokens": 2048}
LANGUAGES: dict[str, dict[str, int]] = {"en": {}, "zh": BY_CHARACTER}


def main() -> None:
    """Run the systems named, or those of both languages, one after the other."""
    out, *names = sys.argv[1:]
    drawn = scenes(seed=0, train=PICTURES)
    for name in names or [f"{language}-{model}" for language in ("en", "zh") for model in MODELS]:
        language, model = name.split("-")
        files = {
            split: str(write_scenes(Path(out), split, getattr(drawn, split), language))
            for split in ("train", "valid")
        }
        data = {"images": files["train"], "valid_images": files["valid"]}
        settings = {**MODELS[model], **ONE_CORE, **LANGUAGES[language], "max_steps": STEPS}
        started = time.perf_counter()
        trained(Path(out) / name, name, data, settings)
        print(f"{name}: trained in {(time.perf_counter() - started) / 60:.1f} min", flush=True)
        print(compared(load_captioner(Path(out) / name), drawn.test, language), flush=True)


if __name__ == "__main__":
    main()
