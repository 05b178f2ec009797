"""Kernels that compute what `reference` means."""

from qkv.attention.backends.choose import KERNELS, choose

__all__ = ["KERNELS", "choose"]
