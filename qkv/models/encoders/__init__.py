"""From a sequence, or from the regions of a picture, to a Memory."""

from qkv.models.encoders.encoder import Encoder
from qkv.models.encoders.recurrent import RecurrentEncoder
from qkv.models.encoders.regions import Convolutions, Patches, RegionEncoder
from qkv.models.encoders.transformer import EncoderLayer, TransformerEncoder

__all__ = [
    "Convolutions",
    "Encoder",
    "EncoderLayer",
    "Patches",
    "RecurrentEncoder",
    "RegionEncoder",
    "TransformerEncoder",
]
