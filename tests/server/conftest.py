"""One server for the tests of all shapes: two translators and a captioner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qkv.server import Models
from tests.serving import loaded, running


@pytest.fixture(scope="session")
def models(transformer: Path, rnn: Path, captioner: Path) -> Models:
    """transformer (zh-en), rnn (called de-en; it is another zh-en) and captioner."""
    return loaded(transformer, f"{rnn}=de-en", captioner)


@pytest.fixture(scope="session")
def address(models: Models) -> Iterator[str]:
    with running(models) as address:
        yield address
