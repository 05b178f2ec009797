"""Training: one loop, atomic checkpoints, bit-exact resume."""

from qkv.training.train import resume, start

__all__ = ["resume", "start"]
