"""What is said of a model beside what it attended to."""

from __future__ import annotations

from typing import Any

from qkv.models.config import ModelConfig

__all__ = ["model_note"]


def model_note(name: str, config: ModelConfig) -> dict[str, Any]:
    """Its name and what it is made of, of which the page makes a sentence in its language.

    What a model has not is None: an RNN heads, a Transformer a choice of scores, a recurrent
    captioner layers of an encoder, a translator what sees pictures.
    """
    recurrent = config.architecture == "rnn"
    parts = {
        "architecture": config.cell if recurrent else config.architecture,
        "encoder_layers": None if recurrent and config.vision else config.encoder_layers,
        "decoder_layers": config.decoder_layers,
        "heads": None if recurrent else config.heads,
        "width": config.width,
        "attention": config.attention if recurrent else None,
        "vision": config.vision or None,
    }
    return {"name": name, "parts": parts}
