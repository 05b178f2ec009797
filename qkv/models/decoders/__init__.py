"""From a Memory to words; `Decoder` says what every decoder has."""

from qkv.models.decoders.decoder import Decoder
from qkv.models.decoders.recurrent import RecurrentDecoder
from qkv.models.decoders.transformer import TransformerDecoder

__all__ = ["Decoder", "RecurrentDecoder", "TransformerDecoder"]
