"""Marian's models in the format of transformers, such as OPUS-MT's, as a folder of ours.

Their weights are ours: normalised after the sublayers, with other names and in another order (see
`names`). Their SentencePiece models become tokenizers of ours. Our tokenizers begin with PAD, BOS,
EOS and UNK; BOS is what their decoder starts with, which is often their padding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from qkv.data import unigram
from qkv.data.tokenizer import SPECIALS, Tokenizer
from qkv.errors import ConfigError, FolderError, MissingExtra
from qkv.export.names import EMBEDDINGS, alternating, layer_names, reordered
from qkv.export.new_folder import new_folder
from qkv.files import read_json
from qkv.models import ModelConfig, build
from qkv.models.config import language_pair
from qkv.models.folder import save_model
from qkv.pipeline.loading import tokenizer_paths

__all__ = ["read"]

_JSON_BYTES = 64 * 1024**2
_ACTIVATIONS = {"swish": "swish", "silu": "swish", "relu": "relu", "gelu": "gelu"}
_NEVER = -1e3  # a logit of what is never said
_WEIGHTS, _OLD_WEIGHTS = "model.safetensors", "pytorch_model.bin"
_NORMAL, _USER_DEFINED = 1, 4  # types of pieces, as sentencepiece has them

# What our Transformer lacks; all that is imported has these values, or does not say.
_MUST = {
    "model_type": "marian",
    "normalize_before": False,
    "normalize_embedding": False,
    "add_final_layer_norm": False,
    "static_position_embeddings": True,
}


def read(folder: Path, out: Path) -> None:
    """Make a folder of ours, `out`, of one of theirs.

    Raises:
        FolderError: a part is missing, damaged, or of another kind of model.
        DataError: `out` cannot be written to. MissingExtra: sentencepiece is not installed.
    """
    if not folder.is_dir():
        raise FolderError(f"{folder}: no such folder.")
    theirs = _json(folder / "config.json")
    _check_kind(folder / "config.json", theirs)
    sides = _sides(folder, theirs)
    config = _config(folder, theirs, sides)
    weights = _weights(folder, theirs, config, sides)
    card = (
        f"# {out.absolute().name}\n\nA Transformer that translates, imported from "
        f"{folder.absolute().name} by `qkv import`.\n"
    )
    with new_folder(out) as part:
        for path, side in zip(tokenizer_paths(part, config.joint), sides, strict=True):
            side.tokenizer.save(path)
        (part / "README.md").write_text(card, encoding="utf-8")
        save_model(part, config, weights)


class _Side(NamedTuple):
    """A language: our tokenizer, and for each of our tokens its number among theirs.

    copies: of our tokens those whose vector is another's, so that they are never said.
    size: how many tokens they have.
    """

    tokenizer: Tokenizer
    numbers: list[int]
    copies: list[int]
    size: int


def _sides(folder: Path, theirs: dict[str, Any]) -> tuple[_Side, _Side]:
    shared = theirs.get("share_encoder_decoder_embeddings", True)
    names = ("vocab.json", "vocab.json" if shared else "target_vocab.json")
    sizes = [theirs.get("vocab_size"), theirs.get("decoder_vocab_size")]
    sizes[1] = sizes[0] if shared else sizes[1]
    source, target = (
        _side(folder, theirs, name, size, model)
        for name, size, model in zip(names, sizes, ("source.spm", "target.spm"), strict=True)
    )
    return source, target


def _side(folder: Path, theirs: dict[str, Any], name: str, size: Any, model: str) -> _Side:
    vocabulary = _json(folder / name)
    if not isinstance(size, int) or not all(
        isinstance(n, int) and 0 <= n < size for n in vocabulary.values()
    ):
        raise FolderError(f"{folder / name}: has other tokens than config.json says, {size}.")
    pad, eos, start, unk = (
        theirs.get("pad_token_id"),
        theirs.get("eos_token_id"),
        theirs.get("decoder_start_token_id"),
        vocabulary.get("<unk>"),
    )
    for part, number in (("pad_token_id", pad), ("eos_token_id", eos), ("<unk>", unk)):
        if not isinstance(number, int) or not 0 <= number < size:
            raise FolderError(f"{folder / name}: no {part} among its {size} tokens.")
    start = pad if start is None else start
    special = [pad, start, eos, unk]
    rest = [number for number in range(size) if number not in special]
    by_number = {number: piece for piece, number in vocabulary.items()}
    scores, charsmap = _sentencepiece(folder / model)
    named = [(by_number.get(n, f"<unused {n}>"), n) for n in rest]
    known = {piece for piece, _ in named}
    named += [(piece, unk) for piece in scores if piece not in known and piece not in SPECIALS]
    scored = [(piece, 0.0) for piece in SPECIALS] + [_scored(piece, scores) for piece, _ in named]
    numbers = [*special, *(number for _, number in named)]
    copies = [1] * (start == pad) + list(range(len(special) + len(rest), len(numbers)))
    return _Side(Tokenizer(_backend(scored, charsmap, folder / model)), numbers, copies, size)


def _scored(piece: str, scores: dict[str, float]) -> tuple[str, float]:
    """As it is to be found in texts: a language's code is a word of its own, such as >>fra<<."""
    if piece.startswith(">>") and piece.endswith("<<"):
        return f"{unigram.SPACE}{piece}", 0.0
    return piece, scores.get(piece, unigram.FOREIGN_SCORE)


def _backend(scored: Sequence[tuple[str, float]], charsmap: bytes, path: Path) -> Any:
    try:
        return unigram.backend(scored, charsmap)
    except Exception as error:  # noqa: BLE001 - the library raises nothing more definite
        raise FolderError(f"{path}: its normalisation cannot be used ({error}).") from None


def _sentencepiece(path: Path) -> tuple[dict[str, float], bytes]:
    """The pieces with their scores, and the normalisation, of a file."""
    try:
        from google.protobuf.message import DecodeError
        from sentencepiece import sentencepiece_model_pb2
    except ImportError as error:
        raise MissingExtra("Importing needs sentencepiece: pip install 'qkv[hf]'.") from error
    if not path.is_file():
        raise FolderError(f"{path}: no such file; it is the SentencePiece model of a Marian model.")
    model = vars(sentencepiece_model_pb2)["ModelProto"]()
    try:
        model.ParseFromString(path.read_bytes())
    except DecodeError:
        raise FolderError(f"{path}: not a SentencePiece model; copy it again.") from None
    rules = model.normalizer_spec
    kind = model.trainer_spec.ModelType.Name(model.trainer_spec.model_type)
    if kind != "UNIGRAM" or not model.pieces:
        raise FolderError(f"{path}: a SentencePiece model of kind {kind}; qkv imports UNIGRAM.")
    if not (rules.add_dummy_prefix and rules.remove_extra_whitespaces):
        raise FolderError(f"{path}: keeps white space as it is, which qkv does not.")
    wanted = (_NORMAL, _USER_DEFINED)
    scores = {piece.piece: piece.score for piece in model.pieces if piece.type in wanted}
    return scores, rules.precompiled_charsmap


def _check_kind(path: Path, theirs: dict[str, Any]) -> None:
    for name, value in _MUST.items():
        if theirs.get(name, value) != value or name == "model_type" not in theirs:
            raise FolderError(
                f"{path}: {name} is {theirs.get(name)!r}; qkv imports models with {value!r}."
            )
    for name in ("attention_heads", "ffn_dim"):
        if theirs.get(f"encoder_{name}") != theirs.get(f"decoder_{name}"):
            raise FolderError(f"{path}: encoder_{name} and decoder_{name} differ; ours are one.")


def _config(folder: Path, theirs: dict[str, Any], sides: tuple[_Side, _Side]) -> ModelConfig:
    path = folder / "config.json"
    activation = theirs.get("activation_function", "gelu")
    if activation not in _ACTIVATIONS:
        raise FolderError(f"{path}: activation_function {activation!r} is not one that qkv has.")
    try:
        return ModelConfig(
            architecture="transformer",
            width=theirs["d_model"],
            embedding=theirs["d_model"],
            encoder_layers=theirs["encoder_layers"],
            decoder_layers=theirs["decoder_layers"],
            heads=theirs["encoder_attention_heads"],
            feedforward=theirs["encoder_ffn_dim"],
            dropout=float(theirs.get("dropout", 0.1)),
            activation=_ACTIVATIONS[activation],
            normalize="after",
            tied=_is_tied(theirs),
            languages=_languages(folder),
            joint=False,
            source_vocabulary=sides[0].tokenizer.vocabulary_size,
            target_vocabulary=sides[1].tokenizer.vocabulary_size,
        )
    except KeyError as error:
        raise FolderError(f"{path}: no {error}, which a Marian model has.") from None
    except ConfigError as error:
        raise FolderError(f"{path}: {error}") from None


def _languages(folder: Path) -> str | None:
    """Of source and target, where the tokenizer's settings name one language each."""
    path = folder / "tokenizer_config.json"
    told = _json(path) if path.is_file() else {}
    sides = (str(told.get(f"{side}_lang")) for side in ("source", "target"))
    named = "-".join(re.split("[-_]", side.lower())[0] for side in sides)
    try:
        language_pair(named)
    except ConfigError:
        return None
    return named


def _is_tied(theirs: dict[str, Any]) -> bool:
    """Vectors that are not scaled by √M can't be output weights too, for ours are."""
    return bool(theirs.get("tie_word_embeddings", True) and theirs.get("scale_embedding", False))


class _Given:
    """The tensors of their file that are not taken yet."""

    def __init__(self, folder: Path) -> None:
        self.path, self._tensors = _opened(folder)

    def take(self, name: str, shape: Sequence[int]) -> Tensor:
        """Raises FolderError where it is missing, of another shape, or no numbers."""
        tensor = self.take_if_there(name, shape)
        if tensor is None:
            raise FolderError(f"{self.path}: no tensor {name}, which config.json asks for.")
        return tensor

    def take_if_there(self, name: str, shape: Sequence[int]) -> Tensor | None:
        tensor = self._tensors.pop(name, None)
        if tensor is None:
            return None
        if tuple(tensor.shape) != tuple(shape):
            raise FolderError(
                f"{self.path}: {name} has shape {tuple(tensor.shape)}, config.json says "
                f"{tuple(shape)}."
            )
        tensor = tensor.float()
        if not tensor.isfinite().all():
            raise FolderError(f"{self.path}: {name} holds nan or inf.")
        return tensor

    def check_empty(self) -> None:
        """Raises FolderError for a tensor that no model of this kind has."""
        left = [name for name in self._tensors if not name.endswith("embed_positions.weight")]
        if left:
            raise FolderError(
                f"{self.path}: holds {left[0]}, which a Marian model as qkv imports it has not."
            )


def _opened(folder: Path) -> tuple[Path, dict[str, Tensor]]:
    path = next((folder / n for n in (_WEIGHTS, _OLD_WEIGHTS) if (folder / n).is_file()), None)
    if path is None:
        raise FolderError(f"{folder}: has no {_WEIGHTS}, and no {_OLD_WEIGHTS}.")
    try:
        if path.name == _WEIGHTS:
            return path, load_file(path)
        held = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(held, dict) or not all(map(torch.is_tensor, held.values())):
            raise ValueError("not tensors by name")
        return path, held
    except (SafetensorError, OSError, ValueError, RuntimeError, EOFError, UnpicklingError) as error:
        why = str(error).partition("\n")[0]
        raise FolderError(f"{path}: broken or truncated ({why}); copy it again.") from None


def _weights(
    folder: Path, theirs: dict[str, Any], config: ModelConfig, sides: tuple[_Side, _Side]
) -> dict[str, Tensor]:
    given, order = _Given(folder), alternating(config.width)
    with torch.device("meta"):
        shapes = {name: p.shape for name, p in build(config).named_parameters()}
    weights = {
        name.ours: reordered(given.take(name.theirs, shapes[name.ours]), name.axes, order)
        for name in layer_names(config)
    }
    scale = 1.0 if theirs.get("scale_embedding", False) else config.width**-0.5
    own, other = (torch.tensor(side.numbers) for side in sides)
    source, target, said = _vectors(given, theirs, [side.size for side in sides], config.width)
    tables = (source[own] * scale, target[other] * scale, said[other])
    for name, table in zip(EMBEDDINGS, tables, strict=True):
        if name in shapes:
            weights[name] = reordered(table, (1,), order)
    bias = given.take_if_there("final_logits_bias", (1, sides[1].size))
    bias = torch.zeros(len(other)) if bias is None else bias[0][other]
    bias[sides[1].copies] = _NEVER
    given.check_empty()
    return weights | {"decoder.output.bias": bias}


def _vectors(
    given: _Given, theirs: dict[str, Any], sizes: list[int], width: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Of the source's tokens, of the target's, and the output weights.

    What is shared stands in a file once, under any of its names, or several times.
    """
    source, target = ((size, width) for size in sizes)
    first, *others = EMBEDDINGS.values()
    together = theirs.get("share_encoder_decoder_embeddings", True)
    tied = theirs.get("tie_word_embeddings", True)
    shared = given.take_if_there("model.shared.weight", source) if together else None
    encoder = given.take_if_there(first, source)
    decoder, said = (given.take_if_there(name, target) for name in others)
    if together:
        shared = _either(shared, encoder, decoder, said if tied else None)
        encoder, decoder = _either(encoder, shared), _either(decoder, shared)
    if tied:
        said = decoder = _either(decoder, said)
    for name, table in zip(EMBEDDINGS.values(), (encoder, decoder, said), strict=True):
        if table is None:
            raise FolderError(f"{given.path}: no tensor {name}, which config.json asks for.")
    assert encoder is not None
    assert decoder is not None
    assert said is not None
    return encoder, decoder, said


def _either(*tables: Tensor | None) -> Tensor | None:
    return next((table for table in tables if table is not None), None)


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FolderError(f"{path}: no such file; a Marian model's folder has it.")
    try:
        read = read_json(path, _JSON_BYTES)
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: not readable as JSON ({error}); copy it again.") from None
    if not isinstance(read, dict):
        raise FolderError(f"{path}: holds no JSON object; copy it again.")
    return read
