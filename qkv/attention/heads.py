"""Multi-head attention: projections around `attend` (Vaswani et al. 2017, section 3.2.2)."""

from __future__ import annotations

from torch import Tensor, nn

from qkv.attention.attend import Attended, attend
from qkv.attention.linear import Linear
from qkv.attention.pinned import Pinned
from qkv.errors import ConfigError
from qkv.shapes import Bias, Mask

__all__ = ["Heads"]


class Heads(nn.Module):
    """Owns the four projections; what is attended to comes in already projected.

    So keys and values can be projected once and used at many steps, and a cache is just a longer
    pair of them.

    Args:
        width: M, of queries, keys, values and outputs; the heads share it, D = M / heads.
        heads: H.
    Raises:
        ConfigError: the heads do not divide the width.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if heads < 1 or width % heads:
            raise ConfigError(f"Heads: heads must divide width; got width={width}, heads={heads}.")
        self.number, self.head_width = heads, width // heads
        self.query = Linear(width, width)
        self.key = Linear(width, width)
        self.value = Linear(width, width)
        self.out = Linear(width, width)

    def project(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """(B, Tk, M) each → keys and values of each head, (B, H, Tk, D) each."""
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
        )
        return self.out(attended.context.transpose(1, 2).flatten(2)), attended

    def _split(self, x: Tensor) -> Tensor:
        """(B, T, M) → (B, H, T, D)."""
        return x.view(*x.shape[:2], self.number, self.head_width).transpose(1, 2)
