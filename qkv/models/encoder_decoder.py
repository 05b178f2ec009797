"""Encoder and decoder as one module."""

from __future__ import annotations

from torch import Tensor, nn

from qkv.models.attending import PLAIN, Attending
from qkv.models.decoders import Decoder
from qkv.models.encoders import Encoder
from qkv.models.memory import Decoded, Memory

__all__ = ["EncoderDecoder"]


class EncoderDecoder(nn.Module):
    """source → encoder → Memory → decoder → logits of the next word."""

    def __init__(
        self,
        encoder: Encoder,
        decoder: Decoder,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    @property
    def one_vector(self) -> bool:
        """Is the source handed over as one fixed vector, with nothing to attend to?"""
        return self.encoder.fixed

    def encode(self, source: Tensor, present: Tensor, *, attention: Attending = PLAIN) -> Memory:
        """source (B, S) int64, or regions (B, S, C); present (B, S) bool, False on padding."""
        return self.encoder(source, present, attention=attention)

    def forward(
        self, source: Tensor, present: Tensor, target: Tensor, *, attention: Attending = PLAIN
    ) -> tuple[Decoded, Memory]:
        """Teacher forcing: target (B, T) int64, BOS first → features (B, T, M), and the memory."""
        memory = self.encode(source, present, attention=attention)
        return self.decoder(memory, target, attention=attention), memory
