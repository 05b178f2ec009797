"""What `decoding.py` measures: engines that translate the same texts, a process each.

    python benchmarks/engines.py NAME MODEL

NAME is one of `ENGINES`, MODEL a folder of ours, whose weights all of them have. A request is a
line of JSON on standard input, an answer a line on standard output, see `answer`. Engines of others
run in an environment of their own, in which qkv is installed beside them.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

import qkv
from qkv.machine import settle_to_search
from qkv.pipeline import Translator
from qkv.search import Search

SCRATCH = TemporaryDirectory()  # which goes with this process

Translate = Callable[[list[str], int], list[str]]  # of a batch, by its beam


def answer(translate: Translate, request: dict[str, Any]) -> dict[str, Any]:
    """Of `texts`, `beam` and `batch`: the texts, seconds, and the most memory held so far."""
    texts, batch, said = request["texts"], request["batch"], []
    began = time.perf_counter(), time.process_time()
    for first in range(0, len(texts), batch):
        said += translate(texts[first : first + batch], request["beam"])
    ended = time.perf_counter(), time.process_time()
    return {
        "texts": said,
        "seconds": ended[0] - began[0],
        "processor_seconds": ended[1] - began[1],
        "threads": torch.get_num_threads(),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def ours(model: str, engine: str, dtype: str = "float32") -> Translate:
    """By our pipeline."""
    from qkv.export.engine import use

    settle_to_search()
    translator = loaded(model, dtype)
    use(engine, translator, Search())

    def translate(texts: list[str], beam: int) -> list[str]:
        return [each.text for each in translator.translate(texts, beam=beam)]

    return translate


def bare(model: str, quantization: str) -> Translate:
    """By CTranslate2 and our tokenizers."""
    import ctranslate2

    translator, folder = loaded(model), exported(model, "ctranslate2", quantization)
    source, target = translator.source_tokenizer, translator.target_tokenizer
    ids = {piece: i for i, piece in enumerate(target.pieces)}
    threads = torch.get_num_threads()
    engine = ctranslate2.Translator(folder, compute_type=quantization, intra_threads=threads)

    def translate(texts: list[str], beam: int) -> list[str]:
        tokens = [[source.pieces[i] for i in row] for row in source.ids_batch(texts)]
        results = engine.translate_batch(tokens, beam_size=beam, max_input_length=0)
        said = [[ids[piece] for piece in result.hypotheses[0]] for result in results]
        return [target.decode(row).text for row in said]

    return translate


def transformers(model: str) -> Translate:
    """By `generate`, and the tokenizers of the folder that is exported for it."""
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    folder = Path(exported(model, "transformers"))
    source = AutoTokenizer.from_pretrained(folder)
    two = folder / "target"
    target = AutoTokenizer.from_pretrained(two) if two.is_dir() else source
    engine = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    engine.generation_config.bad_words_ids = None  # which costs time

    @torch.inference_mode()
    def translate(texts: list[str], beam: int) -> list[str]:
        tokens = source(texts, padding=True, return_tensors="pt", return_token_type_ids=False)
        said = engine.generate(**tokens, num_beams=beam)
        return target.batch_decode(said, skip_special_tokens=True)

    return translate


def eole(model: str) -> Translate:
    """See `peers`."""
    from peers import eole

    return eole(loaded(model), exported(model, "transformers"))


def joeynmt(model: str) -> Translate:
    """See `peers`."""
    from peers import joeynmt

    translator = loaded(model)
    recurrent = hasattr(translator.model.decoder, "rnn")
    return joeynmt(translator, None if recurrent else exported(model, "transformers"))


def loaded(model: str, dtype: str = "float32") -> Translator:
    """A folder of ours that translates text."""
    translator = qkv.load(model, dtype=dtype)
    assert isinstance(translator, Translator)
    return translator


def exported(model: str, to: str, quantization: str | None = None) -> str:
    """The same model for another tool, in a folder of its own."""
    from qkv.export import export_model

    folder = Path(SCRATCH.name) / to
    export_model(Path(model), to, folder, quantization)
    return str(folder)


ENGINES: dict[str, Callable[[str], Translate]] = {
    "qkv torch": lambda model: ours(model, "torch"),
    "qkv bfloat16": lambda model: ours(model, "torch", "bfloat16"),
    "qkv ctranslate2": lambda model: ours(model, "ctranslate2"),
    "qkv ctranslate2-int8": lambda model: ours(model, "ctranslate2-int8"),
    "bare float32": lambda model: bare(model, "float32"),
    "bare int8": lambda model: bare(model, "int8"),
    "transformers": transformers,
    "eole": eole,
    "joeynmt": joeynmt,
}


def main() -> None:
    """Answer until there are no more requests."""
    _, name, model = sys.argv
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries print
    translate = ENGINES[name](model)
    for line in sys.stdin:
        print(json.dumps(answer(translate, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
