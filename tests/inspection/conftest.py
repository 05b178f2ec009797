"""What tests of figures share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Matplotlib breaks off in the middle of a picture."""
    from matplotlib.figure import Figure

    def break_off(_: Figure, path: Path, **__: object) -> None:
        path.write_bytes(b"half a pic")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", break_off)
