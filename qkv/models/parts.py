"""Small parts that encoder and decoder of the Transformer share."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from qkv.attention import Linear, dropout

__all__ = ["ACTIVATIONS", "Activation", "Embed", "FeedForward", "sinusoids"]

Activation = Callable[[Tensor], Tensor]

# By the names in a config; swish is x · σ(x) (Ramachandran et al. 2017).
ACTIVATIONS: dict[str, Activation] = {
    "relu": torch.relu,
    "swish": nn.functional.silu,
    "gelu": nn.functional.gelu,
}


KEPT = 256  # positions whose sines are kept: making them anew is a twentieth of a search's step


class Embed(nn.Module):
    """Word vectors times √M plus sinusoidal positions (Vaswani et al. 2017, sections 3.4, 3.5)."""

    sines: Tensor  # (KEPT, M)

    def __init__(self, embedding: nn.Embedding, dropout: float) -> None:
        super().__init__()
        self.embedding, self.dropout = embedding, dropout
        # On "meta", where models are built to be compared, torch would load its compiler first.
        device = "cpu" if torch.get_default_device().type == "meta" else None
        sines = sinusoids(torch.arange(KEPT, device=device), embedding.embedding_dim)
        self.register_buffer("sines", sines, persistent=False)

    def forward(self, tokens: Tensor, first: int = 0) -> Tensor:
        """tokens (B, T) int64 that stand at positions first, first + 1, … → (B, T, M)."""
        x = self.embedding(tokens) * math.sqrt(self.embedding.embedding_dim)
        places = self._places(first, first + tokens.shape[1])
        return dropout(x + places.to(x.dtype), self.dropout, self.training)

    def one(self, tokens: Tensor, position: int) -> Tensor:
        """The same of a token a row, outside training: tokens (N,) → (N, M)."""
        x = nn.functional.embedding(tokens, self.embedding.weight)
        places = self._places(position, position + 1).to(x.dtype)
        return torch.add(places, x, alpha=math.sqrt(x.shape[1]))

    def _places(self, first: int, end: int) -> Tensor:
        """(end - first, M)."""
        if end <= KEPT:
            return self.sines[first:end]
        positions = torch.arange(first, end, device=self.sines.device)
        return sinusoids(positions, self.embedding.embedding_dim)


def sinusoids(positions: Tensor, width: int) -> Tensor:
    """sin and cos of position / 10000^(2i / M): (T,) → (T, M)."""
    frequencies = torch.exp(
        torch.arange(0, width, 2, device=positions.device) * (-math.log(10000.0) / width)
    )
    angles = positions[:, None] * frequencies  # (T, M / 2)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(-2)


class FeedForward(nn.Module):
    """x + W₂ relu(W₁ norm(x)), the position-wise network with its residual.

    activation: in place of relu. after: norm(x + W₂ relu(W₁ x)) instead, as in the paper.
    """

    def __init__(
        self,
        width: int,
        hidden: int,
        dropout: float,
        activation: Activation = torch.relu,
        after: bool = False,
    ) -> None:
        super().__init__()
        self.dropout, self.activation, self.after = dropout, activation, after
        self.norm = nn.LayerNorm(width)
        self.inner = Linear(width, hidden)
        self.outer = Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.activation(self.inner(x if self.after else self.norm(x)))
        hidden = dropout(hidden, self.dropout, self.training)
        x = x + dropout(self.outer(hidden), self.dropout, self.training)
        return self.norm(x) if self.after else x
