"""`qkv export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

__all__ = ["export"]


def export(
    model: Annotated[Path, Argument(help="Model folder.")],
    to: Annotated[str, Option(help="ctranslate2, onnx or transformers.")],
    out: Annotated[Path, Option(help="New folder to write.")],
    quantization: Annotated[
        str | None, Option(help="Of CTranslate2's weights, such as int8; by default float32.")
    ] = None,
) -> None:
    """Write a model for CTranslate2, ONNX or transformers.

    It is one that translates; CTranslate2 and transformers take Transformers alone.
    """
    from qkv.export import export_model

    export_model(model, to, out, quantization)
    print(out)
