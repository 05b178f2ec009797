"""Encoder and decoder as one module."""

from __future__ import annotations

from torch import Tensor, nn

from qkv.models.decoders import RecurrentDecoder, TransformerDecoder
from qkv.models.encoders import RecurrentEncoder, RegionEncoder, TransformerEncoder
from qkv.models.memory import Decoded, Memory

__all__ = ["EncoderDecoder"]


class EncoderDecoder(nn.Module):
    """source → encoder → Memory → decoder → logits of the next word."""

    def __init__(
        self,
        encoder: RecurrentEncoder | RegionEncoder | TransformerEncoder,
        decoder: RecurrentDecoder | TransformerDecoder,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    @property
    def one_vector(self) -> bool:
        """Is the source handed over as one fixed vector, with nothing to attend to?"""
        return not isinstance(self.encoder, TransformerEncoder) and self.encoder.fixed

    def encode(self, source: Tensor, present: Tensor) -> Memory:
        """source (B, S) int64, or regions (B, S, C); present (B, S) bool, False on padding."""
        return self.encoder(source, present)

    def forward(self, source: Tensor, present: Tensor, target: Tensor) -> tuple[Decoded, Memory]:
        """Teacher forcing: target (B, T) int64, BOS first → features (B, T, M), and the memory."""
        memory = self.encode(source, present)
        return self.decoder(memory, target), memory
