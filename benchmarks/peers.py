"""Models of Eole and JoeyNMT with our weights, searched by their own searches.

Their tokenizers, readers of files and settings are left out: they get tokens of ours, in batches
sorted by length. Their penalty of length is set to ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from qkv.data.batching import pad
from qkv.data.tokenizer import BOS, EOS, PAD, SPECIALS, UNK
from qkv.pipeline import Translator

Translate = Callable[[list[str], int], list[str]]

_NORM = 1e-5  # PyTorch's and our epsilon

_JOEYNMT = {
    r"^model\.": "",
    r"encoder\.(layers\.\d+)\.self_attn\.": r"encoder.\1.src_src_att.",
    r"decoder\.(layers\.\d+)\.self_attn\.": r"decoder.\1.trg_trg_att.",
    r"encoder_attn\.": "src_trg_att.",
    r"encoder\.(layers\.\d+)\.self_attn_layer_norm": r"encoder.\1.layer_norm",
    r"self_attn_layer_norm": "x_layer_norm",
    r"encoder_attn_layer_norm": "dec_layer_norm",
    r"final_layer_norm": "feed_forward.layer_norm",
    r"fc1": "feed_forward.pwff_layer.0",
    r"fc2": "feed_forward.pwff_layer.3",
    r"([qkv])_proj": r"\1_layer",
    r"out_proj": "output_layer",
}
_EOLE = {
    r"^model\.": "",
    r"\.layers\.": ".transformer_layers.",
    r"encoder_attn\.": "context_attn.",
    r"encoder_attn_layer_norm": "precontext_layernorm",
    r"self_attn_layer_norm": "input_layernorm",
    r"final_layer_norm": "post_attention_layernorm",
    r"fc1": "mlp.gate_up_proj",
    r"fc2": "mlp.down_proj",
    r"q_proj": "linear_query",
    r"k_proj": "linear_keys",
    r"v_proj": "linear_values",
    r"out_proj": "final_linear",
}


class _Weights:
    """Of a folder that transformers loads."""

    def __init__(self, folder: str) -> None:
        self.config = json.loads((Path(folder) / "config.json").read_text())
        self._tensors = load_file(Path(folder) / "model.safetensors")

    def layers(self, names: dict[str, str]) -> dict[str, Tensor]:
        """Those of layers and norms, by other names."""
        return {
            _renamed(name, names): tensor
            for name, tensor in self._tensors.items()
            if re.search(r"layers|layer_norm", name)
        }

    def words(self, side: str) -> Tensor:
        own = self._tensors.get(f"model.{side}.embed_tokens.weight")
        return self._tensors["model.shared.weight"] if own is None else own

    def places(self, side: str) -> Tensor:
        return self._tensors[f"model.{side}.embed_positions.weight"]

    @property
    def output(self) -> tuple[Tensor, Tensor]:
        weight = self._tensors.get("lm_head.weight")
        bias = self._tensors["final_logits_bias"][0]
        return self.words("decoder") if weight is None else weight, bias


def _renamed(name: str, names: dict[str, str]) -> str:
    for pattern, replacement in names.items():
        name = re.sub(pattern, replacement, name)
    return name


def _by_length(
    translator: Translator, search: Callable[[Tensor, Tensor, int], Iterable[Sequence[int]]]
) -> Translate:
    """From and to text; search: of ids (B, S), lengths (B,), longest first, and the beam."""

    @torch.inference_mode()
    def translate(texts: list[str], beam: int) -> list[str]:
        rows = [[*ids, EOS] for ids in translator.source_tokenizer.ids_batch(texts)]
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        ids, present = pad([rows[i] for i in order])
        said = dict(zip(order, search(ids, present.sum(1), beam), strict=True))
        kept = ([t for t in said[i] if t > UNK] for i in range(len(rows)))
        return [translator.target_tokenizer.decode(tokens).text for tokens in kept]

    return translate


def joeynmt(translator: Translator, folder: str | None) -> Translate:
    """JoeyNMT 2.3.0; folder: of the Transformer for transformers, None of an RNN."""
    search = import_module("joeynmt.search").search
    model = _joey_recurrent(translator) if folder is None else _joey_transformer(folder)
    model.eval()

    def find(ids: Tensor, lengths: Tensor, beam: int) -> Iterable[Sequence[int]]:
        batch = SimpleNamespace(
            src=ids, src_length=lengths, src_mask=(ids != PAD)[:, None], has_trg=False
        )
        said, _, _ = search(model, batch, -1, beam, 1.0)
        for row in said.tolist():
            yield row[: row.index(EOS)] if EOS in row else row

    return _by_length(translator, find)


def _joey_vocabulary(size: int) -> Any:
    """As far as its models and searches ask one."""

    class Vocabulary:
        pad_index, bos_index, eos_index, unk_index, sep_index = PAD, BOS, EOS, UNK, None
        specials: Sequence[str] = SPECIALS
        lang_tags: Sequence[str] = []

        def __len__(self) -> int:
            return size

        def lookup(self, token: str) -> int:
            return SPECIALS.index(token)

    return Vocabulary()


def _joey_model(sides: Sequence[dict[str, Any]], sizes: tuple[int, int]) -> Any:
    """sides: what its settings say of encoder and decoder. sizes: of the vocabularies."""
    build_model = import_module("joeynmt.model").build_model
    config = {
        **dict(zip(("encoder", "decoder"), sides, strict=True)),
        "initializer": "xavier_uniform",
    }
    model = build_model(config, *(_joey_vocabulary(size) for size in sizes))
    hidden, size = model.decoder.output_layer.in_features, sizes[1]
    model.decoder.output_layer = nn.Linear(hidden, size)  # ours has a bias
    return model


def _joey_transformer(folder: str) -> Any:
    weights = _Weights(folder)
    config, (output, bias) = weights.config, weights.output
    width = config["d_model"]
    sides = [
        {
            "type": "transformer",
            "num_layers": config[f"{side}_layers"],
            "num_heads": config[f"{side}_attention_heads"],
            "hidden_size": width,
            "ff_size": config[f"{side}_ffn_dim"],
            "layer_norm": "pre",
            "activation": config["activation_function"],
            "embeddings": {"embedding_dim": width, "scale": True},
        }
        for side in ("encoder", "decoder")
    ]
    sizes = len(weights.words("encoder")), len(output)
    model = _joey_model(sides, sizes)
    tensors = weights.layers(_JOEYNMT) | {
        "src_embed.lut.weight": weights.words("encoder"),
        "trg_embed.lut.weight": weights.words("decoder"),
        "encoder.pe.pe": weights.places("encoder")[None],
        "decoder.pe.pe": weights.places("decoder")[None],
        "decoder.output_layer.weight": output,
        "decoder.output_layer.bias": bias,
    }
    for side in (model.encoder, model.decoder):
        side.pe.pe = side.pe.pe[:, : len(weights.places("encoder"))]
    model.load_state_dict(tensors)
    for module in model.modules():
        if isinstance(module, nn.LayerNorm):
            module.eps = _NORM
    return model


def _joey_recurrent(translator: Translator) -> Any:
    """Of one layer in Luong's order with the general score; c_0 is made as h_0."""
    ours = translator.model.state_dict()
    encoder: Any = translator.model.encoder
    decoder: Any = translator.model.decoder
    hidden, width = encoder.rnn.hidden_size, decoder.rnn.hidden_size
    vectors = {"embedding_dim": encoder.embedding.embedding_dim, "scale": False}
    recurrent = {
        "type": "recurrent",
        "rnn_type": "lstm" if isinstance(encoder.rnn, nn.LSTM) else "gru",
        "embeddings": vectors,
    }
    attending = {"attention": "luong", "input_feeding": False, "init_hidden": "bridge"}
    model = _joey_model(
        [{**recurrent, "hidden_size": hidden}, {**recurrent, **attending, "hidden_size": width}],
        (encoder.embedding.num_embeddings, decoder.vocabulary_size),
    )
    context, query = ours["decoder.combine.weight"].split((2 * hidden, width), 1)
    copied = {
        name: tensor for name, tensor in ours.items() if re.match(r"(en|de)coder\.rnn\.", name)
    }
    model.load_state_dict(
        copied
        | {
            "src_embed.lut.weight": ours["encoder.embedding.weight"],
            "trg_embed.lut.weight": ours["decoder.embedding.weight"],
            "decoder.att_vector_layer.weight": torch.cat((query, context), 1),
            "decoder.att_vector_layer.bias": ours["decoder.combine.bias"],
            "decoder.attention.key_layer.weight": ours["decoder.score.project.weight"].T,
            "decoder.bridge_layer.weight": ours["decoder.bridge.0.weight"],
            "decoder.bridge_layer.bias": ours["decoder.bridge.0.bias"],
            "decoder.output_layer.weight": ours["decoder.output.weight"],
            "decoder.output_layer.bias": ours["decoder.output.bias"],
        }
    )
    return model


def eole(translator: Translator, folder: str) -> Translate:
    """Eole 0.6.4; folder: of the Transformer for transformers."""
    settings, predict = import_module("eole.config.run"), import_module("eole.predict")
    _write_eole(translator, _Weights(folder), out := Path(folder) / "eole")
    config = settings.PredictConfig(
        model_path=str(out), src="", gpu_ranks=[], length_penalty="wu", alpha=1.0, fuse_kvq=True
    )
    predictor = predict.build_predictor(config, -1)

    def find(ids: Tensor, lengths: Tensor, beam: int) -> Iterable[Sequence[int]]:
        predictor.update_settings(beam_size=beam)
        batch = {"src": ids, "srclen": lengths, "ind_in_bucket": list(range(len(ids)))}
        found = predictor.predict_batch(batch, False)
        return [row[0].tolist() for row in found["predictions"]]

    return _by_length(translator, find)


def _write_eole(translator: Translator, weights: _Weights, out: Path) -> None:
    """The folder that Eole loads."""
    config, (output, bias) = weights.config, weights.output
    pieces = {"src": translator.source_tokenizer.pieces, "tgt": translator.target_tokenizer.pieces}
    names = dict(zip(("pad", "bos", "eos", "unk"), SPECIALS, strict=True))
    specials = {f"{name}_token": piece for name, piece in names.items()}
    vocabulary = {**pieces, "decoder_start_token": names["bos"], "specials": specials}
    layers = {side: {"layers": config[f"{side}_layers"]} for side in ("encoder", "decoder")}
    model = {
        "architecture": "transformer",
        "hidden_size": config["d_model"],
        "transformer_ff": config["encoder_ffn_dim"],
        "heads": config["encoder_attention_heads"],
        "mlp_activation_fn": config["activation_function"],
        "norm_eps": _NORM,
        "add_qkvbias": True,
        "add_final_linear_bias": True,
        "add_ffnbias": True,
        "generator_bias": True,
        "embeddings": {
            "word_vec_size": config["d_model"],
            "position_encoding_type": "SinusoidalInterleaved",
        },
        **layers,
    }
    tensors = weights.layers(_EOLE) | {
        "src_emb.embeddings.weight": weights.words("encoder"),
        "tgt_emb.embeddings.weight": weights.words("decoder"),
        "src_emb.pe.pe": _lengthened(weights.places("encoder"))[:, None],
        "tgt_emb.pe.pe": _lengthened(weights.places("decoder"))[:, None],
        "generator.weight": output,
        "generator.bias": bias,
    }
    tensors = {name: tensor.contiguous().clone() for name, tensor in tensors.items()}
    out.mkdir()
    (out / "config.json").write_text(json.dumps({"model": model, "src_vocab": ""}))
    (out / "vocab.json").write_text(json.dumps(vocabulary))
    save_file(tensors, out / "model.00.safetensors")


def _lengthened(places: Tensor) -> Tensor:
    """To as many as Eole wants."""
    return nn.functional.pad(places, (0, 0, 0, 5000 - len(places)))
