"""Training: one loop, atomic checkpoints, bit-exact resume."""

from qkv.training.run_folder import RunFolder
from qkv.training.train import resume, start

__all__ = ["RunFolder", "resume", "start"]
