"""Our translators as two ONNX graphs: the encoder, and a decoder's step with the past.

What the encoder gives is what a step takes, by the same names. Of these, what a step also gives,
as `next_` and the name, takes its place at the next step. All of them have the sentence, or the
hypothesis, as their first axis.
"""

from qkv.errors import MissingExtra

try:
    import onnx  # noqa: F401
    import spox  # noqa: F401
except ImportError as error:
    raise MissingExtra("ONNX needs spox and onnx; pip install 'qkv[onnx]'.") from error

from qkv.export.onnx.write import write

__all__ = ["write"]
