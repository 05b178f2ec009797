"""Translating on the CPU: our torch, CTranslate2 through us, and CTranslate2 alone, in turns.

    python benchmarks/decoding.py MODEL FILE [SENTENCES [ROUNDS]]

MODEL is a folder of a Transformer, FILE has a sentence a line. All have the same weights. A round
goes through all rows, one after the other; a row is sentences a second, the median of the rounds,
with cutting into tokens and joining, but without loading. CTranslate2 alone stops a beam by a rule
of its own, ranks by log P / length, protects nothing, and gives texts without tokens and places.
`ratio` is to CTranslate2 alone in float32, of the same beam and batch; `same` is the share of
texts that are those of our torch. Threads are torch's, as OMP_NUM_THREADS has them. With `--cpu` it
counts seconds of the processor, not of the clock, for machines that have other work too.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import ctranslate2
import torch

import qkv
from qkv.export import export_model
from qkv.export.engine import use
from qkv.pipeline import Translator
from qkv.search import Search

BEAMS, BATCHES, QUANTIZATIONS = (1, 5), (1, 32, 64), ("float32", "int8")

Translate = Callable[[list[str]], list[str]]


def ours(model: str, engine: str, beam: int) -> Translate:
    """By our pipeline."""
    translator, search = qkv.load(model), Search(beam=beam)
    assert isinstance(translator, Translator)
    use(engine, translator, search)
    return lambda texts: [each.text for each in translator.translate(texts, search=search)]


def bare(model: str, folder: str, quantization: str, beam: int) -> Translate:
    """By CTranslate2 and our tokenizers."""
    translator = qkv.load(model)
    assert isinstance(translator, Translator)
    source, target = translator.source_tokenizer, translator.target_tokenizer
    ids = {piece: i for i, piece in enumerate(target.pieces)}
    threads = torch.get_num_threads()
    engine = ctranslate2.Translator(folder, compute_type=quantization, intra_threads=threads)

    def translate(texts: list[str]) -> list[str]:
        tokens = [[source.pieces[i] for i in row] for row in source.ids_batch(texts)]
        results = engine.translate_batch(tokens, beam_size=beam, max_input_length=0)
        said = [[ids[piece] for piece in result.hypotheses[0]] for result in results]
        return [target.decode(row).text for row in said]

    return translate


def rows(model: str, folders: dict[str, str]) -> Iterator[tuple[str, int, Translate]]:
    """Name, beam, and what translates a batch."""
    for beam in BEAMS:
        for engine in ("torch", "ctranslate2"):
            yield f"qkv {engine}", beam, ours(model, engine, beam)
        for quantization, folder in folders.items():
            yield f"bare {quantization}", beam, bare(model, folder, quantization, beam)


def measured(translate: Translate, texts: list[str], batch: int) -> tuple[float, list[str]]:
    """Sentences a second, and the translations."""
    began, said = CLOCK(), []
    for first in range(0, len(texts), batch):
        said += translate(texts[first : first + batch])
    return len(texts) / (CLOCK() - began), said


def main() -> None:
    """Print a line a row and batch."""
    model, file, *numbers = (argument for argument in sys.argv[1:] if argument != "--cpu")
    sentences, rounds = (*map(int, numbers), *(1000, 5)[len(numbers) :])
    texts = Path(file).read_text(encoding="utf-8").splitlines()[:sentences]
    with TemporaryDirectory() as scratch:
        folders = {name: f"{scratch}/{name}" for name in QUANTIZATIONS}
        for name, folder in folders.items():
            export_model(Path(model), "ctranslate2", Path(folder), name)
        every = list(rows(model, folders))
    speeds: dict[tuple[str, int, int], list[float]] = {}
    said: dict[tuple[str, int, int], list[str]] = {}
    for batch in BATCHES:
        for _, _, translate in every:
            translate(texts[:batch])  # warm
        for _ in range(rounds):
            for name, beam, translate in every:
                speed, said[name, beam, batch] = measured(translate, texts, batch)
                speeds.setdefault((name, beam, batch), []).append(speed)
    print(f"{len(texts)} sentences, {rounds} rounds, {torch.get_num_threads()} threads")
    print(f"{'':16} {'beam':>4} {'batch':>5} {'per s':>8} {'least':>8} {'most':>8} ratio  same")
    for (name, beam, batch), each in speeds.items():
        middle = statistics.median(each)
        ratio = middle / statistics.median(speeds["bare float32", beam, batch])
        wanted = said["qkv torch", beam, batch]
        same = sum(a == b for a, b in zip(said[name, beam, batch], wanted, strict=True))
        print(
            f"{name:16} {beam:4} {batch:5} {middle:8.1f} {min(each):8.1f} {max(each):8.1f} "
            f"{ratio:5.2f} {same / len(texts):5.1%}"
        )


CLOCK = time.process_time if "--cpu" in sys.argv else time.perf_counter

if __name__ == "__main__":
    main()
