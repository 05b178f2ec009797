"""The files: two graphs, the tokenizers, and JSON that says how to run them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from spox import Tensor, Var, argument, build

from qkv.data.tokenizer import BOS, EOS, PAD, UNK, Tokenizer
from qkv.export.onnx import recurrent, transformer
from qkv.models import EncoderDecoder, ModelConfig
from qkv.pipeline.loading import save_tokenizers
from qkv.search import DEFAULT

__all__ = ["write"]

ENCODER, DECODER = "encoder.onnx", "decoder.onnx"
HOW = (
    "Run the encoder once: source holds token numbers, each text with eos after it, then pad. Its "
    "outputs are inputs of the decoder, by name. Run the decoder for each token, bos first: logits "
    "are of the next one, weights those of each layer and head over the source. Before the next "
    "step its outputs take the places that `state` says. All have the hypotheses as their first "
    "axis; to reorder a beam, take rows. Never choose a token of never_said. A text has at most "
    "per_source_token times the source's tokens (without eos) plus more, eos counted."
)
_GRAPHS = {"rnn": recurrent, "transformer": transformer}


def write(
    model: EncoderDecoder, tokenizers: tuple[Tokenizer, Tokenizer], config: ModelConfig, out: Path
) -> None:
    """Put the files of such a model into an empty folder.

    tokenizers: the source's and the target's.

    Raises:
        ConfigError: the model has a score of its own.
    """
    graphs = _GRAPHS[config.architecture]
    source = argument(Tensor(np.int64, ("sentences", "source")))
    given = graphs.encoded(model, source)
    encoder = build({"source": source}, given)
    taken = {name: argument(_type(name, each)) for name, each in given.items()}
    token = argument(Tensor(np.int64, ("rows",)))
    said = graphs.step(model, token, taken)
    state = {f"next_{name}": each for name, each in said.state.items()}
    decoder = build(
        {"token": token, **taken}, {"logits": said.logits, "weights": said.weights, **state}
    )
    for name, graph in ((ENCODER, encoder), (DECODER, decoder)):
        onnx.checker.check_model(graph, full_check=True)
        onnx.save_model(graph, out / name)
    paths = save_tokenizers(out, tokenizers)
    told = _told(config, paths, [*said.state], (encoder, decoder))
    (out / "config.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _type(name: str, given: Var) -> Tensor:
    """Of what the encoder gives: any number of hypotheses, of tokens in the source, of words."""
    kind = given.unwrap_tensor()
    assert kind.shape is not None
    return Tensor(
        kind.dtype, ("rows", *(axis or name.partition("_")[0] for axis in kind.shape[1:]))
    )


def _told(
    config: ModelConfig, paths: tuple[Path, Path], state: list[str], graphs: tuple[Any, Any]
) -> dict[str, Any]:
    return {
        "kind": "qkv.onnx",
        "architecture": config.architecture,
        "languages": config.languages,
        "opset": max(each.version for graph in graphs for each in graph.opset_import),
        "encoder": _ports(ENCODER, graphs[0].graph),
        "decoder": _ports(DECODER, graphs[1].graph),
        "state": {f"next_{name}": name for name in state},
        "tokenizers": {side: p.name for side, p in zip(("source", "target"), paths, strict=True)},
        "special": {"pad": PAD, "bos": BOS, "eos": EOS, "unk": UNK},
        "never_said": [PAD, BOS, UNK],
        "longest": {"per_source_token": DEFAULT.max_ratio, "more": DEFAULT.limit(0)},
        "how": HOW,
    }


def _ports(file: str, graph: Any) -> dict[str, Any]:
    names = ([port.name for port in ports] for ports in (graph.input, graph.output))
    return dict(zip(("file", "inputs", "outputs"), (file, *names), strict=True))
