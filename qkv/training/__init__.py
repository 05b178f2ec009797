"""Training: one loop, atomic checkpoints, bit-exact resume."""

from qkv.training.metrics import plot_run, read_metrics
from qkv.training.run_folder import RunFolder
from qkv.training.train import resume, start

__all__ = ["RunFolder", "plot_run", "read_metrics", "resume", "start"]
