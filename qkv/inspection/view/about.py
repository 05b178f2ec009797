"""What is said of a model beside what it attended to."""

from __future__ import annotations

from qkv.models.config import ModelConfig

__all__ = ["model_note"]


def model_note(name: str, config: ModelConfig) -> dict[str, str]:
    """Its name and a short description, as a view has them."""
    layers = f"{config.encoder_layers} + {config.decoder_layers} layers"
    if config.vision:
        layers = f"{config.vision}, {config.decoder_layers} layers"
    if config.architecture == "rnn":
        attends = "no attention" if config.attention == "none" else f"attention {config.attention}"
        parts = [config.cell.upper(), layers, f"width {config.width}", attends]
    else:
        parts = ["Transformer", layers, f"{config.heads} heads", f"width {config.width}"]
    return {"name": name, "description": ", ".join(parts)}
