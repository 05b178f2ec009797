"""How a process computes once it is told to search."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from qkv.machine import settle_to_search


@pytest.fixture(autouse=True)
def three_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(threads)


def test_a_search_has_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    settle_to_search()
    assert torch.get_num_threads() == 1


def test_unless_a_person_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    settle_to_search()
    assert torch.get_num_threads() == 3


def test_a_process_among_others_has_one_whatever_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    settle_to_search(threads=1)
    assert torch.get_num_threads() == 1
