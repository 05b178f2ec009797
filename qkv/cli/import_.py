"""`qkv import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

__all__ = ["import_"]


def import_(
    folder: Annotated[Path, Argument(help="Folder of a Marian model, such as OPUS-MT's.")],
    out: Annotated[Path, Option(help="New model folder.")],
) -> None:
    """Make a model folder of a Marian model in the format of transformers."""
    from qkv.export import import_model

    import_model(folder, out)
    print(out)
