"""Products in float32, not in TF32, so that a CUDA device can be held to the CPU."""

from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True)
def _full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cuda.matmul, "allow_tf32", False)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
