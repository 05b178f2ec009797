"""`qkv demo`: the main jobs on built-in data, the phrasebook and the scenes."""

from __future__ import annotations

import time
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from qkv.cli.demo_captions import MODELS as CAPTIONERS
from qkv.cli.demo_captions import demo_captions, trained
from qkv.cli.options import Device
from qkv.cli.serve import check_extra, start
from qkv.cli.show import in_colour
from qkv.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qkv.data.phrasebook import PhrasebookPair
    from qkv.pipeline import Translation, Translator

__all__ = ["demo"]

SENTENCES = ("我今天早上在公园看到了一只非常可爱的小猫", "我喜欢咖啡")  # the article's

# The grammar is regular and its sentences are never repeated: nothing here needs to be made harder.
SHARED: dict[str, Any] = {
    "joint": False,
    "vocabulary": 1200,
    "width": 128,
    "batch_tokens": 1024,
    "dropout": 0.0,
    "label_smoothing": 0.0,
    "learning_rate": 4e-3,
    "warmup_steps": 150,
    "validations": 2,
    "average": 1,
}
MODELS: dict[str, dict[str, Any]] = {
    "rnn": {"architecture": "rnn", "attention": "general", "max_steps": 1200},
    "rnn-fixed": {"architecture": "rnn", "attention": "none", "max_steps": 1200},
    "transformer": {
        "architecture": "transformer",
        "encoder_layers": 2,
        "decoder_layers": 2,
        "max_steps": 700,
    },
}
TITLES = {
    "rnn": "RNN with attention",
    "rnn-fixed": "RNN with one fixed vector, no attention",
    "transformer": "Transformer",
}


def demo(
    what: Annotated[str, Argument(help="translation or captions.")] = "translation",
    out: Annotated[
        Path | None, Option(help="Folder for data, models and pictures; demo, or demo-captions.")
    ] = None,
    serve: Annotated[
        bool, Option("--serve", help="Then serve them, and open the page in a browser.")
    ] = False,
    device: Device = "auto",
) -> None:
    """Train three small models, compare them, show their attention.

    translation (6 minutes): Chinese to English, two RNNs, one without attention, and a Transformer.
    captions (20 minutes): of coloured shapes, with soft attention, with hard attention, and with a
    Transformer.
    """
    if what not in ("translation", "captions"):
        raise ConfigError(f"qkv demo shows translation or captions; got {what!r}.")
    from qkv.machine import Machine

    Machine.named(device)  # before anything is written
    if serve:
        check_extra()
    started = time.perf_counter()
    folder = out or Path("demo" if what == "translation" else "demo-captions")
    show = _translation if what == "translation" else demo_captions
    tries = show(folder, device)
    minutes = (time.perf_counter() - started) / 60
    print(f"\nData, models and pictures are in {folder}. This took {minutes:.1f} minutes.")
    print(f"Try: {tries}", flush=True)
    if serve:
        names = MODELS if what == "translation" else CAPTIONERS
        languages = "=zh-en" if what == "translation" else ""
        folders = [f"{folder / name}{languages}" for name in names]
        page = "/#tour=1" if what == "translation" else "/"
        start(folders, port=0, device=device, shown=lambda address: _browse(address + page))


def _browse(address: str) -> None:
    """Open the page, if there is a browser with windows: one in the terminal would take it."""
    with suppress(webbrowser.Error):
        if type(webbrowser.get()) is not webbrowser.GenericBrowser:
            webbrowser.open(address)


def _translation(out: Path, device: str) -> str:
    """Returns the commands to try next."""
    from qkv.data.phrasebook import phrasebook

    book = phrasebook()
    _write(out, {"train": book.train, "valid": book.valid, "test": book.test})
    translators = {name: _trained(out, name, device) for name in MODELS}
    _compare(translators, book.test)
    for name, translator in translators.items():
        _show_sentences(out, name, translator)
    return f"qkv translate {out}/transformer, or qkv show {out}/rnn {SENTENCES[0]}"


def _write(out: Path, splits: dict[str, Sequence[PhrasebookPair]]) -> None:
    from qkv.data import Pair, read_parallel, write_pairs
    from qkv.errors import DataError

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{out}: cannot be made ({error.strerror}).") from None
    for name, book in splits.items():
        pairs = [Pair(pair.source, pair.target) for pair in book]
        files = [out / f"{name}.{side}" for side in ("source", "target")]
        present = [file for file in files if file.exists()]
        if present and (present != files or read_parallel(*files) != pairs):
            raise DataError(f"{files[0]}: not from this demo; choose another --out.")
        write_pairs(out, name, pairs)


def _trained(out: Path, name: str, device: str) -> Translator:
    from qkv.pipeline import load_translator

    sides = ("source", "target")
    data = {side: str(out / f"train.{side}") for side in sides}
    data |= {f"valid_{side}": str(out / f"valid.{side}") for side in sides}
    trained(out / name, TITLES[name], data, {**SHARED, **MODELS[name], "device": device})
    return load_translator(out / name, device=device)


def _compare(translators: dict[str, Translator], pairs: Sequence[PhrasebookPair]) -> None:
    """BLEU and exact match by source length, and alignment error rate, of all models."""
    from qkv.evaluation import by_length, table

    sources, references = [p.source for p in pairs], [p.target for p in pairs]
    for name, translator in translators.items():
        translations = translator.translate(sources, beam=1)
        print(f"\n{TITLES[name]}: {len(pairs):,} unseen sentences, greedy search")
        texts = [translation.text for translation in translations]
        print(table(by_length(sources, texts, references, chinese=False)))
        if MODELS[name].get("attention") != "none":
            rate = _error_rate(translations, pairs)
            print(f"alignment error rate against the gold links: {rate}")


def _error_rate(translations: Sequence[Translation], pairs: Sequence[PhrasebookPair]) -> str:
    """Over the sentences translated as the reference has it: gold links name its words."""
    from qkv.evaluation import alignment_error_rate

    both = zip(translations, pairs, strict=True)
    right = [(translation, pair) for translation, pair in both if translation.text == pair.target]
    if not right:
        return "none, for no translation is the reference"
    gold = [set(pair.links) for _, pair in right]
    return f"{alignment_error_rate([set(t.alignment()) for t, _ in right], gold, gold):.3f}"


def _show_sentences(out: Path, name: str, translator: Translator) -> None:
    """The article's sentences: translation and cross-attention; one Transformer self-attention."""
    from qkv.cli.drawing import Shown
    from qkv.cli.show import picture

    for number, translation in enumerate(translator.translate(SENTENCES), 1):
        print(f"\n{TITLES[name]}: {translation.source} → {translation.text}")
        if MODELS[name].get("attention") == "none":
            continue  # one vector: nothing to choose from
        path = out / f"{name}-cross-{number}.png"
        print(picture(translation, Shown(), files=[path], colour=in_colour()))
        if name == "transformer" and translation.source == SENTENCES[1]:
            print(f"\nself-attention of the encoder on {translation.source}")
            path = out / f"{name}-self-{number}.png"
            print(picture(translation, Shown("encoder"), files=[path], colour=in_colour()))
