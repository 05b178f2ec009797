"""From a Memory to words; every decoder has `forward`, `start`, `step` and `readout`."""

from qkv.models.decoders.recurrent import RecurrentDecoder
from qkv.models.decoders.transformer import TransformerDecoder

__all__ = ["RecurrentDecoder", "TransformerDecoder"]
