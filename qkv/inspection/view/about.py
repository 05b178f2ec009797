"""What is said of a model beside what it attended to."""

from __future__ import annotations

from qkv.models.config import ModelConfig

__all__ = ["model_note"]


def model_note(name: str, config: ModelConfig) -> dict[str, str]:
    """Its name and a short description, as a view has them."""
    parts = ["Transformer", _layers(config), f"{config.heads} heads", f"width {config.width}"]
    if config.architecture == "rnn":
        attends = "no attention" if config.attention == "none" else f"attention {config.attention}"
        parts = [config.cell.upper(), _layers(config), f"width {config.width}", attends]
    if config.vision:
        parts.append(f"sees with {config.vision}")
    return {"name": name, "description": ", ".join(parts)}


def _layers(config: ModelConfig) -> str:
    """Of both sides; a picture goes through no layer of the model's own."""
    if not config.vision:
        return f"{config.encoder_layers} + {config.decoder_layers} layers"
    return "1 layer" if config.decoder_layers == 1 else f"{config.decoder_layers} layers"
