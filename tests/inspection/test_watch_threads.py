"""`watch` and threads: a model is seen in whichever thread calls it, and nothing is left there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.functional import scaled_dot_product_attention as bound_at_import
from torch.utils import _python_dispatch

import qkv
from qkv.attention import attend, observers
from qkv.errors import ConfigError
from qkv.inspection import Seen, estimate
from qkv.inspection.watching import functions

B, T, M, H = 2, 9, 32, 4
X = torch.randn(B, T, M, generator=torch.Generator().manual_seed(1))
OTHER = torch.randn(B, 5, M, generator=torch.Generator().manual_seed(2))


class Attention(nn.Module):
    """Waits at each gate that it is given before it attends."""

    def __init__(self, sdpa: Callable[..., Tensor] | None = None) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.q, self.k = nn.Linear(M, M), nn.Linear(M, M)
        self.sdpa = sdpa

    def heads(self, x: Tensor) -> list[Tensor]:
        return [p(x).unflatten(-1, (H, -1)).transpose(1, 2) for p in (self.q, self.k)]

    def forward(self, x: Tensor, *gates: Callable[[], Any]) -> Tensor:
        for gate in gates:
            gate()
        q, k = self.heads(x)
        sdpa: Any = self.sdpa or functional.scaled_dot_product_attention
        return sdpa(q, k, k)

    def truth(self, x: Tensor) -> Tensor:
        q, k = self.heads(x)
        return (q @ k.mT / (M // H) ** 0.5).softmax(-1)


def flags() -> list[bool]:
    return [
        _python_dispatch.is_in_torch_dispatch_mode(),
        _python_dispatch.is_in_torch_dispatch_mode(include_infra_modes=False),
        _python_dispatch.is_in_any_mode_without_ignore_compile_internals(),
    ]


def untouched_here() -> bool:
    """Is this thread as if nothing had been watched in it?"""
    return (
        _python_dispatch._get_current_dispatch_mode() is None
        and not functions._LOCAL.listeners
        and not observers._LOCAL.observers
    )


@contextmanager
def nothing_left() -> Iterator[None]:
    yield
    assert functional.scaled_dot_product_attention is bound_at_import
    assert not torch.nn.modules.module._global_forward_hooks
    assert not torch.nn.modules.module._global_forward_pre_hooks
    assert not functions._FOLLOWERS
    assert flags() == [False, False, False]
    assert untouched_here()


def in_a_thread(call: Callable[[], Any]) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(call()), name="worker")
    thread.start()
    thread.join()
    return results[0]


def in_a_pool(call: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1, thread_name_prefix="worker") as pool:
        pool.submit(int).result()  # the thread is older than the call
        result = pool.submit(call).result()
        assert pool.submit(untouched_here).result()
        return result


def in_asyncio(call: Callable[[], Any]) -> Any:
    return asyncio.run(asyncio.to_thread(call))


WAYS = {"Thread": in_a_thread, "pool": in_a_pool, "to_thread": in_asyncio}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", [torch.enable_grad, torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize(
    "sdpa", [None, bound_at_import, lambda *x: attend(*x).context], ids=["sdpa", "bound", "attend"]
)
def test_a_model_is_seen_in_another_thread(way: str, mode: Any, sdpa: Any) -> None:
    attention = Attention(sdpa)
    model = nn.Sequential(attention)

    def call() -> Tensor:
        with mode():
            return model(X)

    expected = call()
    with nothing_left(), qkv.watch(model) as seen:
        result = WAYS[way](call)
    assert torch.equal(result, expected)
    (record,) = seen
    assert (record.name, record.kind, record.shape) == ("0", "self", (B, H, T, T))
    assert record.thread.startswith("asyncio" if way == "to_thread" else "worker")
    torch.testing.assert_close(record.weights.dense(), attention.truth(X), rtol=0, atol=2e-6)
    assert seen.unseen == []


@torch.no_grad()
def test_torchs_fast_path_in_another_thread() -> None:
    model = nn.TransformerEncoder(nn.TransformerEncoderLayer(M, H, 64, batch_first=True), 2).eval()
    expected = model(X)
    with nothing_left(), qkv.watch(model) as seen:
        assert torch.equal(in_a_thread(lambda: torch.no_grad()(model)(X)), expected)
    assert [r.kernel for r in seen] == ["_transformer_encoder_layer_fwd"] * 2
    assert [r.name for r in seen] == ["layers.0", "layers.1"]


@torch.no_grad()
def test_two_threads_at_once() -> None:
    """They meet inside the model, each time: both are in it when the first attends."""
    model = nn.ModuleList(Attention() for _ in range(2))
    inputs, calls = (X, OTHER), 20
    gate = threading.Barrier(2, timeout=20)

    def run(which: int) -> bool:
        for _ in range(calls):
            model[which](inputs[which], gate.wait)
        return untouched_here()

    with nothing_left(), qkv.watch(model) as seen, ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, (0, 1))) == [True, True]
    assert len(seen) == 2 * calls
    for which, x in enumerate(inputs):
        records = seen.calls(str(which))
        assert len({r.thread for r in records}) == 1
        truth = model[which].truth(x)  # type: ignore[operator]
        for record in records:
            assert record.kind == "self"
            torch.testing.assert_close(record.weights.dense(), truth, rtol=0, atol=2e-6)
    assert seen.unseen == []


@torch.no_grad()
def test_both_the_threads_and_the_block_itself() -> None:
    model = Attention()
    gate = threading.Barrier(2, timeout=20)
    with nothing_left(), qkv.watch(model) as seen, ThreadPoolExecutor(1) as pool:
        future = pool.submit(model, OTHER, gate.wait)
        model(X, gate.wait)
        future.result()
    assert sorted(r.shape[-1] for r in seen) == [5, 9]
    for record in seen:
        x = X if record.thread == "MainThread" else OTHER
        torch.testing.assert_close(record.weights.dense(), model.truth(x), rtol=0, atol=2e-6)


@torch.no_grad()
def test_threads_with_blocks_of_their_own_see_their_own() -> None:
    models = [Attention(), Attention()]
    gate = threading.Barrier(3, timeout=20)

    def work(models: list[Attention]) -> Seen:
        with qkv.watch(nn.ModuleList(models)) as mine:
            gate.wait()
            models[0](X)
            gate.wait()
        return mine

    with nothing_left(), ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(work, [model, *models]) for model in models]
        gate.wait()
        gate.wait()
        seen = [future.result() for future in futures]
    assert [len(each) for each in seen] == [1, 1]


@torch.no_grad()
def test_other_models_in_other_threads_are_not_seen() -> None:
    watched, other = Attention(), Attention()
    with qkv.watch(watched) as seen:
        in_a_thread(lambda: other(X))
        in_a_thread(lambda: functional.scaled_dot_product_attention(X, X, X))
    assert len(seen) == 0


@torch.no_grad()
def test_what_fails_in_a_thread_leaves_nothing_there() -> None:
    model = nn.Sequential(Attention())
    with nothing_left(), ThreadPoolExecutor(1) as pool, qkv.watch(model) as seen:
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
            pool.submit(model, X[..., 1:]).result()
        assert pool.submit(untouched_here).result()
        pool.submit(model, X).result()
    assert [r.name for r in seen] == ["0"]


@torch.no_grad()
def test_the_budget_is_one_for_all_threads() -> None:
    model = Attention()
    one = estimate(model, lambda: in_a_thread(lambda: model(X)))
    assert one > 0
    with nothing_left(), ThreadPoolExecutor(1) as pool, qkv.watch(model, budget=2 * one) as seen:
        model(X)
        pool.submit(model, X.clone()).result()
        with pytest.raises(ConfigError, match="over the budget"):
            pool.submit(model, X.clone()).result()
    assert len(seen) == 2
    assert seen.bytes > 2 * one


class Gate(nn.Module):
    """A thread that comes here says so, and waits until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.open = threading.Event(), threading.Event()

    def forward(self, x: Tensor) -> Tensor:
        self.reached.set()
        assert self.open.wait(20)
        return x


@torch.no_grad()
def test_a_thread_that_outlasts_the_block_is_said() -> None:
    gate = Gate()
    model = nn.Sequential(gate, Attention())
    with nothing_left(), ThreadPoolExecutor(1, thread_name_prefix="slow") as pool:
        with qkv.watch(model) as seen:
            future = pool.submit(model, X)
            assert gate.reached.wait(20)
        assert functional.scaled_dot_product_attention is not bound_at_import
        gate.open.set()
        assert future.result().shape == (B, H, T, M // H)
        assert pool.submit(untouched_here).result()
    assert len(seen) == 0
    (unseen,) = seen.unseen
    assert unseen.module == ""
    assert unseen.reason == "was still running in the thread slow_0 when the block ended."
    assert unseen.remedy == (
        "Wait for it inside the block: thread.join(), future.result() or await."
    )


@torch.no_grad()
def test_a_block_that_opens_while_a_thread_is_in_the_model() -> None:
    gate = Gate()
    model = nn.Sequential(gate, Attention())
    with nothing_left(), ThreadPoolExecutor(1) as pool:
        future = pool.submit(model, X)
        assert gate.reached.wait(20)
        with qkv.watch(model) as seen:
            gate.open.set()
            future.result()
            assert pool.submit(untouched_here).result()
    assert [r.name for r in seen] == ["1"]


@torch.no_grad()
def test_what_is_written_into_in_another_thread_is_copied_before() -> None:
    cache = torch.zeros(1, 1, 3, 4)

    class Cached(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            cache.copy_(x)
            return functional.scaled_dot_product_attention(cache, cache, cache)

    first, second = torch.randn(1, 1, 3, 4), torch.randn(1, 1, 3, 4)
    model = Cached()
    with qkv.watch(model) as seen:
        in_a_thread(lambda: model(first))
        in_a_thread(lambda: model(second))
    for record, x in zip(seen, (first, second), strict=True):
        torch.testing.assert_close(record.weights.dense(), (x @ x.mT / 2).softmax(-1))


def test_a_backward_pass_in_another_thread() -> None:
    model = Attention()
    with nothing_left(), qkv.watch(model) as seen:
        in_a_thread(lambda: model(X).square().sum().backward())
    assert seen[0].weights.grad.shape == (B, H, T, T)


# Generation


def tokens(view: Seen) -> Tensor:
    assert view.tokens is not None
    return view.tokens


@pytest.mark.parametrize("settings", [{}, {"num_beams": 2}], ids=str)
def test_generate_in_threads(settings: dict[str, Any]) -> None:
    """As streamers and servers run it: two generations at once, each joined by itself."""
    transformers = pytest.importorskip("transformers", reason="needs the extra hf")
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=30, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, bos_token_id=None, eos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config).eval()
    prompts = [torch.randint(3, 30, (1, n)) for n in (5, 7)]
    gate = threading.Barrier(2, timeout=20)

    def run(ids: Tensor) -> Tensor:
        gate.wait()
        return model.generate(ids, max_new_tokens=6, do_sample=False, **settings)

    alone = []
    for ids in prompts:
        with qkv.watch(model) as seen:
            model.generate(ids, max_new_tokens=6, do_sample=False, **settings)
        alone.append(seen.generated()[0])
    with nothing_left(), qkv.watch(model) as seen, ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, prompts))
    assert len(seen) == 2 * 2 * 6
    views = sorted(seen.generated(), key=lambda view: len(tokens(view)))
    for view, wanted, result in zip(views, alone, results, strict=True):
        assert torch.equal(tokens(view), result[0])
        assert torch.equal(tokens(view), tokens(wanted))
        for record, other in zip(view, wanted, strict=True):
            torch.testing.assert_close(record.weights.dense(), other.weights.dense())
    if not settings:
        for name, received in seen.received().items():
            by_itself = [
                functional.pad(w.received()[name], (0, 12 - w[0].shape[-1])) for w in alone
            ]
            torch.testing.assert_close(received[0], sum(by_itself))
    assert "qkv" not in transformers.GenerationMixin.generate.__code__.co_filename
