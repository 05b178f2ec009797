"""Our Transformer as a folder that transformers loads: Pegasus, or Marian if it normalises after.

Marian has no norm before its sublayers; Pegasus is the same model with it. Pegasus has one number
of tokens for source and target: the smaller vocabulary gets tokens that are never said.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer as Backend
from tokenizers import decoders, processors
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS, PAD, SPECIALS, UNK, Tokenizer
from qkv.errors import ConfigError
from qkv.export.names import EMBEDDINGS, alternating, layer_names, reordered
from qkv.models import EncoderDecoder, ModelConfig
from qkv.models.parts import sinusoids
from qkv.search import DEFAULT

__all__ = ["write"]

POSITIONS = 1024  # tokens of the longest text
_LONGEST = 256  # tokens that a text may have when it is generated
_NEVER = -1e3  # a logit of what is never said
_SIDES = ("encoder", "decoder")
_MARIAN, _PEGASUS = "MarianMTModel", "PegasusForConditionalGeneration"


def write(
    model: EncoderDecoder, tokenizers: tuple[Tokenizer, Tokenizer], config: ModelConfig, out: Path
) -> None:
    """Put the files of such a model into an empty folder.

    tokenizers: the source's and the target's; where they are two, the target's goes into the folder
    `target`, for the texts that come out.

    Raises:
        ConfigError: it is no Transformer that reads text.
    """
    if config.architecture != "transformer" or config.vision:
        raise ConfigError(
            "transformers has only models like our Transformers that translate text; this model is "
            "not one."
        )
    texts = {"config.json": _config(config), "generation_config.json": _generation()}
    for name, value in texts.items():
        (out / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    save_file(_weights(model, config), out / "model.safetensors", {"format": "pt"})
    source, target = tokenizers
    _save_tokenizer(source, out)
    if target is not source:
        (out / "target").mkdir()
        _save_tokenizer(target, out / "target")


def _config(config: ModelConfig) -> dict[str, Any]:
    marian = config.normalize == "after"
    sizes = config.source_vocabulary, config.target_vocabulary
    own = {
        "vocab_size": sizes[0],
        "decoder_vocab_size": sizes[1],
        "share_encoder_decoder_embeddings": config.joint,
    }
    each = {
        "attention_heads": config.heads, "ffn_dim": config.feedforward, "layerdrop": 0.0
    }  # fmt: skip
    return {
        "architectures": [_MARIAN if marian else _PEGASUS],
        "model_type": "marian" if marian else "pegasus",
        **(own if marian else {"vocab_size": max(sizes)}),
        "tie_word_embeddings": _is_tied(config),
        "d_model": config.width,
        "encoder_layers": config.encoder_layers,
        "decoder_layers": config.decoder_layers,
        **{f"{side}_{name}": n for side in _SIDES for name, n in each.items()},
        "activation_function": config.activation,
        "scale_embedding": True,
        "dropout": config.dropout,
        "attention_dropout": 0.0,
        "activation_dropout": config.dropout,
        "max_position_embeddings": POSITIONS,
        "is_encoder_decoder": True,
        "dtype": "float32",
        **_special(),
    }


def _is_tied(config: ModelConfig) -> bool:
    """Marian can tie the output weights to the target's vectors alone, Pegasus to all or none."""
    return config.tied and (config.joint or config.normalize == "after")


def _special() -> dict[str, Any]:
    return {
        "pad_token_id": PAD,
        "bos_token_id": BOS,
        "eos_token_id": EOS,
        "decoder_start_token_id": BOS,
        "forced_eos_token_id": EOS,
    }


def _generation() -> dict[str, Any]:
    """Beam search as ours is by default, as far as transformers has it."""
    never = [[PAD], [BOS], [UNK]]
    length = {"length_penalty": DEFAULT.length_penalty, "max_length": _LONGEST}
    return {**_special(), "num_beams": DEFAULT.beam, "bad_words_ids": never, **length}


def _weights(model: EncoderDecoder, config: ModelConfig) -> dict[str, Tensor]:
    ours = {name: p.detach().cpu() for name, p in model.named_parameters(remove_duplicate=False)}
    back = alternating(config.width).argsort()
    weights = {
        name.theirs: reordered(ours[name.ours], name.axes, back) for name in layer_names(config)
    }
    same = config.normalize == "before"
    most = max(config.source_vocabulary, config.target_vocabulary) if same else 0
    tables = {
        theirs: _padded(reordered(ours[name], (1,), back), most)
        for name, theirs in EMBEDDINGS.items()
    }
    bias = _padded(ours["decoder.output.bias"], most, _NEVER)
    if config.joint and _is_tied(config):
        tables = {"model.shared.weight": tables["model.encoder.embed_tokens.weight"]}
    elif same or config.joint:
        tables["model.shared.weight"] = tables["model.encoder.embed_tokens.weight"].clone()
    if same:  # Marian makes them itself
        places = reordered(sinusoids(torch.arange(POSITIONS), config.width), (1,), back)
        tables |= {f"model.{s}.embed_positions.weight": places.clone() for s in _SIDES}
    return {**weights, **tables, "final_logits_bias": bias[None]}


def _padded(tensor: Tensor, rows: int, value: float = 0.0) -> Tensor:
    missing = max(0, rows - len(tensor))
    return torch.cat((tensor, tensor.new_full((missing, *tensor.shape[1:]), value))).contiguous()


def _save_tokenizer(tokenizer: Tokenizer, out: Path) -> None:
    """As `PreTrainedTokenizerFast` reads it."""
    backend = Backend.from_str(json.dumps(_named(tokenizer)))
    backend.post_processor = processors.TemplateProcessing(
        single=f"$A {SPECIALS[EOS]}", pair=None, special_tokens=[(SPECIALS[EOS], EOS)]
    )
    backend.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    backend.add_special_tokens(SPECIALS)
    backend.save(str(out / "tokenizer.json"))
    names = dict(zip(("pad_token", "bos_token", "eos_token", "unk_token"), SPECIALS, strict=True))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **names,
        "model_max_length": POSITIONS,
        "clean_up_tokenization_spaces": False,
    }
    path = out / "tokenizer_config.json"
    path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def _named(tokenizer: Tokenizer) -> dict[str, Any]:
    """The file's JSON, special tokens by their names."""
    saved = json.loads(tokenizer.to_json())
    if saved["model"]["type"] == "Unigram":
        for scored, name in zip(saved["model"]["vocab"], SPECIALS, strict=False):
            scored[0] = name
    return saved
