"""The Transformer encoder (Vaswani et al. 2017, section 3), normalised before each sublayer."""

from __future__ import annotations

from torch import Tensor, nn

from qkv.attention import Heads, Weights, dropout
from qkv.models.memory import Memory
from qkv.models.parts import Embed, FeedForward
from qkv.shapes import Mask

__all__ = ["TransformerEncoder"]


class TransformerEncoder(nn.Module):
    """Self-attention over the source: queries, keys and values from one sequence."""

    def __init__(
        self, embed: Embed, *, width: int, heads: int, feedforward: int, layers: int, dropout: float
    ) -> None:
        super().__init__()
        self.embed = embed
        self.layers = nn.ModuleList(
            EncoderLayer(width, heads, feedforward, dropout) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, source: Tensor, present: Tensor) -> Memory:
        """source (B, S) int64, present (B, S) bool → Memory with keys = values, (B, S, M)."""
        x = self.embed(source)
        mask = Mask(present[:, None, None, :])
        seen = []
        for layer in self.layers:
            x, weights = layer(x, mask)
            seen.append(weights)
        x = self.norm(x)
        return Memory(x, x, present, self_weights=tuple(seen))


class EncoderLayer(nn.Module):
    """x + attend(norm(x)), then x + feedforward(norm(x)).

    Differs from the paper: normalised before, not after (Xiong et al. 2020), which trains without
    a long warm-up.
    """

    def __init__(self, width: int, heads: int, feedforward: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.norm = nn.LayerNorm(width)
        self.heads = Heads(width, heads)
        self.feedforward = FeedForward(width, feedforward, dropout)

    def forward(self, x: Tensor, mask: Mask) -> tuple[Tensor, Weights]:
        normed = self.norm(x)
        out, attended = self.heads(normed, *self.heads.project(normed, normed), mask)
        x = x + dropout(out, self.dropout, self.training)
        return self.feedforward(x), attended.weights
