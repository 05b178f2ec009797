"""Write the package's phrasebook anew: `python -m tools.phrasebook` in the repository's root."""

from __future__ import annotations

from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path

import qkv.data.phrasebook
from tools.phrasebook import generate
from tools.phrasebook._file import pack


def main() -> None:
    """Write the file and print the checksum that stands beside its loader."""
    packed = pack(generate())
    loader = Path(qkv.data.phrasebook.__file__)
    path = loader.with_suffix(".tsv.gz")
    path.write_bytes(packed)
    print(f"{path}: {len(packed):,} bytes")
    print(f'_SHA256 of {loader.name}: "{sha256(packed).hexdigest()}"')


if __name__ == "__main__":
    ArgumentParser("python -m tools.phrasebook", description=__doc__).parse_args()
    main()
