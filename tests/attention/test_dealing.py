"""Pieces dealt to threads: the same numbers on any number of them, and nothing else changes."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

import qkv
from qkv.attention import General, Weights, attend, causal, lookup, window
from qkv.attention.dealing import dealt
from qkv.attention.readouts import Entropy, Pool, Readout, Received, TopK
from qkv.attention.stream import Piece
from qkv.shapes import Bias, Mask

H, T, D = 3, 211, 13
READOUTS = TopK(5), Entropy(), Received(), Pool(7, 5)


class Sees(TorchDispatchMode):
    """A mode that somebody has on."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


@dataclass(frozen=True)
class Where(Readout):
    """In which threads it is asked, and what they are like."""

    seen: ClassVar[list[tuple[Any, ...]]] = []

    def read(self, piece: Piece) -> Tensor:
        states = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        Where.seen.append((current_thread(), torch.get_num_threads(), *states))
        return piece.weights.sum(-1)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is read here is five pieces or more, and torch has two threads."""
    monkeypatch.setattr(lookup, "PIECE", 1 << 15)
    Where.seen.clear()
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def attended(mask: Mask | None = None, bias: Bias | None = None, **others: Any) -> Weights:
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 2, H, T, D)
    return attend(query, key, value, mask=mask, bias=bias, backend="fused", **others).weights


def flat(read: tuple[Any, ...]) -> list[Tensor]:
    return [x for each in read for x in (each if isinstance(each, tuple) else (each,))]


def threads() -> set[Any]:
    return {where[0] for where in Where.seen}


@pytest.mark.parametrize(
    ("mask", "bias"),
    [
        (None, None),
        (causal(T), None),
        (window(T, left=40, right=3), None),
        (Mask(torch.rand(H, T, T, generator=torch.Generator().manual_seed(1)) < 0.4), None),
        (None, Bias(torch.linspace(-3, 3, T * T).view(T, T).sin())),
    ],
)
@pytest.mark.parametrize("apart_from", [1, 1 << 18])
def test_the_same_to_the_last_bit_on_any_number_of_threads(
    mask: Mask | None, bias: Bias | None, apart_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qkv.attention.weights.APART_FROM", apart_from)
    weights, read = attended(mask, bias), {}
    assert weights.logsumexp is not None
    for number in (1, 2, 3):
        torch.set_num_threads(number)
        read[number] = flat(weights.read(*READOUTS, Where()))
        expected = {main_thread()} if number == 1 else threads() - {main_thread()}
        assert threads() == expected
        Where.seen.clear()
    for number in (2, 3):
        assert all(torch.equal(x, y) for x, y in zip(read[1], read[number], strict=True))


def test_each_piece_is_one_core_s_and_others_keep_their_threads() -> None:
    attended().read(Where())
    assert {number for _, number, *_ in Where.seen} == {1}
    assert torch.get_num_threads() == 2
    with ThreadPoolExecutor(1) as fresh:
        assert fresh.submit(torch.get_num_threads).result() == 2


@pytest.mark.parametrize(
    ("inside", "states"),
    [
        (torch.no_grad, (False, False)),
        (torch.inference_mode, (False, True)),
        (nullcontext, (True, False)),
    ],
)
def test_gradients_and_inference_are_as_in_the_thread_that_reads(
    inside: type[AbstractContextManager[Any]], states: tuple[bool, bool]
) -> None:
    weights = attended()
    with inside():
        (total,) = weights.read(Where())
    assert {where[2:] for where in Where.seen} == {states}
    assert total.is_inference() == states[1]
    assert main_thread() not in threads()


def test_what_belongs_to_this_thread_stays_in_it() -> None:
    general = General(D, D)
    query, key = torch.randn(2, H, T, D).requires_grad_()
    recorded = attend(query, key, key, backend="fused").weights
    with_hooks = attended(score=general)
    with_hooks.read(Where())
    recorded.read(Where())
    with Sees():
        attended().read(Where())
    with torch.device("cpu"):
        attended().read(Where())
    assert threads() == {main_thread()}


def test_read_in_full_under_autocast() -> None:
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 2, H, T, D)
    for backend in ("fused", "products"):
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            weights = attend(query, key, value, backend=backend).weights
            within = flat(weights.read(*READOUTS))
        assert {x.dtype for x in within} == {torch.float32, torch.int64}
        for x, y in zip(within, flat(weights.read(*READOUTS)), strict=True):
            torch.testing.assert_close(x, y)


def test_a_readout_that_fails() -> None:
    @dataclass(frozen=True)
    class Failing(Readout):
        def read(self, piece: Piece) -> Any:
            raise ZeroDivisionError(piece.rows.start)

    with pytest.raises(ZeroDivisionError, match=r"^0$"):
        attended().read(Failing())
    attended().read(Where())
    assert main_thread() not in threads()


def test_in_order_and_never_far_ahead() -> None:
    begun: list[int] = []
    pieces = iter(range(1000))
    results = dealt(lambda n: begun.append(n) or n * n, pieces, 2)
    assert [next(results) for _ in range(5)] == [0, 1, 4, 9, 16]
    results.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert len(begun) < 50
    assert list(dealt(str, range(3), 2)) == ["0", "1", "2"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_in_a_process_that_was_forked_off() -> None:
    assert list(dealt(abs, range(9), 2)) == list(range(9))
    child = os.fork()
    if not child:
        signal.alarm(20)
        os._exit(0 if list(dealt(abs, range(9), 2)) == list(range(9)) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_watched_with_readouts() -> None:
    class Attention(torch.nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.nn.functional.scaled_dot_product_attention(x, x, x)

    model, x = Attention(), torch.randn(1, H, T, D)
    with torch.no_grad(), qkv.watch(model, readouts=[Received(), Where()]) as seen:
        model(x)
    (record,) = seen
    assert not seen.unseen
    assert main_thread() not in threads()
    expected = torch.softmax(x @ x.mT * D**-0.5, -1).sum(-2)
    torch.testing.assert_close(record.readouts[Received()], expected)
