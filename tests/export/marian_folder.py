"""Small random models of Marian, in folders as transformers and OPUS-MT have them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from transformers import MarianConfig, MarianMTModel, logging

__all__ = ["marian_folder", "sentencepiece_model"]

LANGUAGE = ">>fra<<"


def sentencepiece_model(path: Path, lines: list[str], size: int, **settings: Any) -> list[str]:
    """Train one, write it, and give its pieces."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=written,
        vocab_size=size,
        hard_vocab_limit=False,
        minloglevel=2,
        **settings,
    )
    path.write_bytes(written.getvalue())
    model = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    return [model.id_to_piece(i) for i in range(model.get_piece_size())]


def marian_folder(
    folder: Path, sources: list[str], targets: list[str], *, shared: bool = True, **settings: Any
) -> MarianMTModel:
    """A folder with a random model, its SentencePiece models, and their vocabulary."""
    folder.mkdir()
    source = sentencepiece_model(folder / "source.spm", sources, 60)
    target = sentencepiece_model(folder / "target.spm", targets, 70)
    both = (source + target, None) if shared else (source, target)
    sizes = [
        _vocabulary(folder / name, pieces)
        for name, pieces in zip(("vocab.json", "target_vocab.json"), both, strict=True)
        if pieces
    ]
    config = MarianConfig(**{
        "vocab_size": sizes[0],
        "decoder_vocab_size": sizes[-1],
        "share_encoder_decoder_embeddings": shared,
        "d_model": 24,
        "encoder_layers": 2,
        "decoder_layers": 3,
        "encoder_attention_heads": 3,
        "decoder_attention_heads": 3,
        "encoder_ffn_dim": 40,
        "decoder_ffn_dim": 40,
        "activation_function": "swish",
        "scale_embedding": True,
        "init_std": 0.3,
        "pad_token_id": sizes[0] - 1,
        "decoder_start_token_id": sizes[0] - 1,
        "eos_token_id": 0,
        "forced_eos_token_id": 0,
        **settings,
    })  # fmt: skip
    torch.manual_seed(3)
    model = MarianMTModel(config).eval()
    torch.nn.init.normal_(model.final_logits_bias)
    for name, parameter in model.named_parameters():
        if name.endswith("bias") or "norm" in name:
            torch.nn.init.normal_(parameter, mean=float("norm.weight" in name), std=0.2)
    _save(model, folder)
    return model


def _save(model: MarianMTModel, folder: Path) -> None:
    """Without a bar, which some tests would take for a message of the command."""
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    model.save_pretrained(folder)
    if bars:
        logging.enable_progress_bar()


def _vocabulary(path: Path, pieces: list[str]) -> int:
    """</s>, <unk>, the pieces, a language's code, and at last <pad>, as OPUS-MT has them."""
    learnt = [piece for piece in dict.fromkeys(pieces) if piece not in ("<unk>", "<s>", "</s>")]
    names = ["</s>", "<unk>", *learnt, LANGUAGE, "<pad>"]
    text = json.dumps({name: i for i, name in enumerate(names)}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return len(names)
