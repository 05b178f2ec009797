"""To and from other tools: CTranslate2, ONNX, transformers, and what searches in place of torch.

Each of its files needs an extra of its own, and is imported when it is used.
"""

from __future__ import annotations

from pathlib import Path

from qkv.errors import ConfigError

__all__ = ["FORMATS", "export_model", "import_model"]

FORMATS = ("ctranslate2", "onnx", "transformers")


def export_model(folder: Path, to: str, out: Path, quantization: str | None = None) -> None:
    """Write the model of a folder into a new one, for another program.

    to: see `FORMATS`. quantization: of CTranslate2's weights, float32 by default.

    Raises:
        ConfigError: no such format or quantization, or a model that it cannot hold.
        FolderError: there is no model, or `out` is not empty. DataError: it cannot be written to.
        MissingExtra: what writes the format is not installed.
    """
    if to not in FORMATS:
        raise ConfigError(f"--to must be one of {', '.join(FORMATS)}; got {to!r}.")
    if quantization is not None and to != "ctranslate2":
        raise ConfigError("--quantization belongs to --to ctranslate2.")
    from qkv.export.new_folder import new_folder
    from qkv.models.folder import read_config
    from qkv.pipeline import load_translator
    from qkv.pipeline.loading import save_tokenizers

    translator, config = load_translator(folder), read_config(folder)
    model = translator.model
    tokenizers = translator.source_tokenizer, translator.target_tokenizer
    with new_folder(out) as part:
        if to == "ctranslate2":
            from qkv.export import ctranslate2

            ctranslate2.write(model, tokenizers, part, quantization or "float32")
            save_tokenizers(part, tokenizers)
        elif to == "onnx":
            from qkv.export import onnx

            onnx.write(model, tokenizers, config, part)
        else:
            from qkv.export import transformers

            transformers.write(model, tokenizers, config, part)


def import_model(folder: Path, out: Path) -> None:
    """Make a model folder of one of Marian's in the format of transformers; see `marian.read`."""
    from qkv.export.marian import read

    read(folder, out)
