"""The command `qkv`: parse, call, print. Nothing here imports torch until a command runs."""

from qkv.cli.main import main

__all__ = ["main"]
