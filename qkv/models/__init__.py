"""Encoders, decoders and how they are built from a config."""

from qkv.models.attending import PLAIN, Attending
from qkv.models.build import build
from qkv.models.config import ModelConfig, attention_heads
from qkv.models.decoders import Decoder
from qkv.models.encoder_decoder import EncoderDecoder
from qkv.models.memory import Decoded, Memory, State, Step

__all__ = [
    "PLAIN",
    "Attending",
    "Decoded",
    "Decoder",
    "EncoderDecoder",
    "Memory",
    "ModelConfig",
    "State",
    "Step",
    "attention_heads",
    "build",
]
