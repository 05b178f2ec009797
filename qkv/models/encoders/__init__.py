"""From a sequence to a Memory."""

from qkv.models.encoders.recurrent import RecurrentEncoder
from qkv.models.encoders.transformer import TransformerEncoder

__all__ = ["RecurrentEncoder", "TransformerEncoder"]
