"""Files of texts as people have them, told apart by what is in them, and read as pairs."""

from qkv.data.formats.files import DataFiles, matching

__all__ = ["DataFiles", "matching"]
