"""What qkv raises when its user can mend the cause: one sentence, with the way out."""

__all__ = [
    "ConfigError",
    "DataError",
    "FolderError",
    "MissingExtra",
    "QkvError",
    "ScoreNotTrusted",
    "ShapeError",
]


class QkvError(Exception):
    """Base of all errors below; the command line prints its text and exits with 2."""


class ShapeError(QkvError, ValueError):
    """Tensors whose shapes or dtypes do not fit together."""


class DataError(QkvError, ValueError):
    """A file, line or sentence that cannot be used."""


class ConfigError(QkvError, ValueError):
    """An unknown setting, or a value outside its range."""


class FolderError(QkvError, ValueError):
    """A model or run folder with something missing, broken or in the way."""


class ScoreNotTrusted(QkvError):
    """A model whose attention is code of its own, which nobody has allowed to run here."""


class MissingExtra(QkvError, ImportError):
    """A package that only one of the optional extras installs."""
