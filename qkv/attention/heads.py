"""Multi-head attention: projections around `attend` (Vaswani et al. 2017, section 3.2.2)."""

from __future__ import annotations

from torch import Tensor, nn

from qkv.attention.attend import Attended, attend
from qkv.attention.pinned import Pinned
from qkv.errors import ConfigError
from qkv.shapes import Bias, Mask

__all__ = ["Heads"]


class Heads(nn.Module):
    """Owns the four projections; what is attended to comes in already projected.

    So keys and values can be projected once and used at many steps, and a cache is just a longer
    pair of them.

    Args:
        width: M of queries and outputs; the heads share it, D = M / heads.
        memory_width: width of what keys and values are projected from; default M.
        key_heads: Hk, heads of keys and values, each for H / Hk query heads (Ainslie et al. 2023);
            1: multi-query (Shazeer 2019); default H.
    Raises:
        ConfigError: the heads do not divide the width, or the key heads the heads.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        *,
        memory_width: int | None = None,
        key_heads: int | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        key_heads = heads if key_heads is None else key_heads
        if min(heads, key_heads) < 1 or width % heads or heads % key_heads:
            raise ConfigError(
                "Heads: heads must divide width, and key_heads heads; got "
                f"width={width}, heads={heads}, key_heads={key_heads}."
            )
        self.number, self.head_width, self.dropout = heads, width // heads, dropout
        memory_width = width if memory_width is None else memory_width
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(memory_width, key_heads * self.head_width)
        self.value = nn.Linear(memory_width, key_heads * self.head_width)
        self.out = nn.Linear(width, width)

    def project(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """(B, Tk, memory_width) each → keys and values a head, (B, Hk, Tk, D) each."""
        return self._split(self.key(keys)), self._split(self.value(values))

    def forward(
        self,
        x: Tensor,
        key: Tensor,
        value: Tensor,
        mask: Mask | None,
        bias: Bias | None = None,
        pinned: Pinned | None = None,
    ) -> tuple[Tensor, Attended]:
        """x (B, Tq, M), key and value from `project` → output (B, Tq, M), what was attended to."""
        attended = attend(
            self._split(self.query(x)),
            key,
            value,
            mask=mask,
            bias=bias,
            pinned=pinned,
            dropout=self.dropout if self.training else 0.0,
        )
        return self.out(attended.context.transpose(1, 2).flatten(2)), attended

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (-1, self.head_width)).transpose(1, 2)  # (B, T, M) → (B, H, T, D)
