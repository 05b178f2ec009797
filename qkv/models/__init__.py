"""Encoders, decoders and how they are built from a config."""

from qkv.models.build import build
from qkv.models.config import ModelConfig
from qkv.models.encoder_decoder import EncoderDecoder
from qkv.models.memory import Decoded, Memory, State

__all__ = ["Decoded", "EncoderDecoder", "Memory", "ModelConfig", "State", "build"]
