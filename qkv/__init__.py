"""From two files of sentences to a small translator that shows what it attends to.

    >>> import qkv
    >>> context, weights = qkv.attend(query, key, value, mask=qkv.causal(5, 5))
    >>> qkv.load("runs/zh-en").translate(["我喜欢咖啡"])
    >>> qkv.translate("我喜欢咖啡", model="runs/zh-en")

Importing qkv imports no torch: a name listed in `__all__` brings its room along when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qkv.attention import attend, causal, padding, readouts
    from qkv.inspection import watch
    from qkv.pipeline import load, translate
    from qkv.shapes import Bias, Mask

__all__ = [
    "Bias", "Mask", "__version__", "attend", "causal", "load", "padding", "readouts",
    "translate", "watch",
]  # fmt: skip

__version__ = "0.1.0"

_ROOMS = {
    "Bias": "qkv.shapes",
    "Mask": "qkv.shapes",
    "attend": "qkv.attention",
    "causal": "qkv.attention",
    "load": "qkv.pipeline",
    "padding": "qkv.attention",
    "readouts": "qkv.attention",
    "translate": "qkv.pipeline",
    "watch": "qkv.inspection",
}

if not TYPE_CHECKING:  # a type checker would take any `qkv.name` for good

    def __getattr__(name: str) -> object:
        if name not in _ROOMS:
            raise AttributeError(f"module 'qkv' has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_ROOMS[name]), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
