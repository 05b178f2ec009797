"""`watch`: the attention of any PyTorch model, seen while its own kernels run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from torch.utils._python_dispatch import _disable_current_modes

from qkv.attention import Attended, Check, Upstream, Weights, for_query_heads, observing
from qkv.errors import ConfigError
from qkv.inspection.watching.asked import listening
from qkv.inspection.watching.call import (
    Call,
    attend_call,
    fast_path_call,
    multi_head_call,
    sdpa_call,
    under_autocast,
    unpacked,
)
from qkv.inspection.watching.flash import flash_call
from qkv.inspection.watching.generated import generate
from qkv.inspection.watching.keeping import Keeping
from qkv.inspection.watching.operators import Operators
from qkv.inspection.watching.origins import Origins, place
from qkv.inspection.watching.record import Record
from qkv.inspection.watching.seen import Seen
from qkv.inspection.watching.unseen import unseen
from qkv.inspection.watching.wanted import Wanted

__all__ = ["estimate", "watch"]

CHECKED_ROWS = 4
_MULTI_HEAD = inspect.signature(functional.multi_head_attention_forward)


def watch(
    model: nn.Module,
    *,
    layers: Sequence[str | int] | None = None,
    heads: Sequence[int] | None = None,
    queries: slice | None = None,
    readouts: Sequence[str] | None = None,
    offload: str | Path | None = None,
    budget: int | str | None = None,
) -> AbstractContextManager[Seen]:
    """Record every attention call of `model` inside the block; nothing that it computes changes.

        with qkv.watch(model) as seen:
            model(**inputs)
        seen["encoder.layer.3.attention.self"].weights[0, 5]

    Args:
        layers: names of modules, in which * stands for anything, or numbers of modules that attend
            in the order of their first call; None: all.
        heads, queries: those alone are kept, in memory of their own.
        readouts: such as "topk:8", "entropy", "received": read as the call passes by; nothing else
            is kept.
        offload: "cpu", or a folder for files that go when the records do: what is kept is copied
            there, and has no gradient.
        budget: what may be kept in all, in bytes or as "2GB", what is offloaded apart.
    Raises:
        ConfigError: an argument that is none, or the budget is spent.
    Seen are calls of `scaled_dot_product_attention`, `nn.MultiheadAttention`, torch's fast paths of
    `nn.TransformerEncoder`, flash_attn and `qkv.attend`, made by the thread that entered the block.
    What is not seen stands in `seen.unseen`. While a block is open, `torch.compile`d modules run as
    they are written.
    """
    return _watching(model, Wanted(layers, heads, queries, readouts, offload, budget))


def estimate(
    model: nn.Module,
    run: Callable[[], Any],
    *,
    layers: Sequence[str | int] | None = None,
    heads: Sequence[int] | None = None,
    queries: slice | None = None,
    readouts: Sequence[str] | None = None,
    offload: str | Path | None = None,
) -> int:
    """How many bytes `watch` with these arguments would keep of `run()`, which runs the model.

    It is run once, watched, and nothing is kept.
    """
    wanted = Wanted(layers, heads, queries, readouts, offload, None)
    with _watching(model, wanted, dry=True) as seen:
        run()
    return seen.bytes


@contextmanager
def _watching(model: nn.Module, wanted: Wanted, *, dry: bool = False) -> Iterator[Seen]:
    if getattr(getattr(model, "config", None), "_attn_implementation", None) == "flex_attention":
        raise ConfigError(
            "watch(): flex_attention compiles itself, which torch refuses while it is watched; "
            'call model.set_attn_implementation("sdpa") first.'
        )
    watcher = _Watcher(model, wanted, dry)
    with ExitStack() as stack:
        for register, hook in (
            (register_module_forward_pre_hook, watcher.enter),
            (_register_always, watcher.leave),
        ):
            stack.callback(register(hook).remove)
        stack.enter_context(listening(watcher))
        stack.enter_context(observing(watcher))
        stack.enter_context(Operators(watcher))
        stack.callback(watcher.finish)
        yield watcher.seen


def _register_always(hook: Any) -> Any:
    return register_module_forward_hook(hook, always_call=True)


class _Watcher:
    """Puts together what modules, functions and operators tell of one call."""

    def __init__(self, model: nn.Module, wanted: Wanted, dry: bool) -> None:
        self.model, self.wanted = model, wanted
        self.seen = Seen()
        self.modules = dict(model.named_modules())
        self.names = {id(module): name for name, module in self.modules.items()}
        self.thread = get_ident()
        self.inside: list[tuple[str, int]] = []  # modules that run, and since when
        self.ran: set[str] = set()
        self.eager_in: set[str] = set()
        self.failed: dict[str, str] = {}  # where a call could not be recorded, and why
        self.order: dict[str, int] = {}  # modules that attend, by their first call
        self.asking: list[Call | None] = []  # None: by qkv.attend
        self.origins = Origins(_own_tensors(self.modules.values()))
        self.keeping = Keeping(self.origins.weights, wanted.bytes, wanted.elsewhere, dry)

    # modules

    def enter(self, module: nn.Module, _: Any) -> None:
        if id(module) in self.names and get_ident() == self.thread:
            name = self.names[id(module)]
            self.ran.add(name)
            self.inside.append((name, self.origins.now))

    def leave(self, module: nn.Module, *_: Any) -> None:
        if id(module) in self.names and get_ident() == self.thread:
            self.inside.pop()
            if not self.inside:
                self.origins.forget()

    @property
    def name(self) -> str:
        """Of the innermost module that runs."""
        return self.inside[-1][0] if self.inside else ""

    # functions

    def attending(self, run: Callable[[], Attended]) -> Attended:
        """`qkv.attend` is called, whose weights speak for themselves."""
        if _in_backward():
            return run()
        self.asking.append(None)
        try:
            found = run()
        finally:
            self.asking.pop()
        with self._or_unseen():
            call = attend_call(found)
            self._record(call, self._kind(call.held["query"], call.held["key"]))
        return found

    def asked(self, name: str, run: Callable[..., Any], args: Any, kwargs: Any, **more: Any) -> Any:
        """A function that attends is called: run it, and record the call. Or a model generates."""
        if name == "generate":
            if id(args[0]) not in self.names:
                return run(**more)
            found, told = generate(run, args, kwargs, more, self.seen.records, self.names)
            self.seen.returned += told
            return found
        if _in_backward():  # a checkpointed layer runs again for its gradient
            return run()
        direct = name == "scaled_dot_product_attention"
        if not direct and not _arguments(args, kwargs)["need_weights"]:
            return run()  # calls the function above
        call, kind = None, "unknown"
        with self._or_unseen():
            if direct:
                call = sdpa_call(*args, **kwargs)
            else:
                call = multi_head_call(_arguments(args, kwargs))
            kind = self._kind(call.held["query"], call.held["key"], projected=direct)
            call = under_autocast(call)
        self.asking.append(call)
        try:
            found = run()
        finally:
            self.asking.pop()
        if call is not None:
            call.context = found if direct else None
            self._record(call, kind)
        return found

    # operators

    def before_write(self, tensor: Tensor) -> None:
        self.keeping.before_write(tensor)

    def fused(self, kernel: str, asked: dict[str, Any], given: Any) -> None:
        if _in_backward():
            return
        if self.asking:
            call = self.asking[-1]
            if call is None:
                return
        else:  # the function had been imported under a name of its own
            added = asked.get("attn_mask", asked.get("attn_bias"))
            names = ("query", "key", "value", "dropout_p", "is_causal", "scale")
            query, key, value, *others = (asked[name] for name in names)
            call = sdpa_call(query, key, value, added, *others)
        call.kernel = kernel
        if given[1].shape == call.shape[:-1]:
            call.logsumexp = given[1]
        if not self.asking:
            call.context = given[0]
            self._record(call, self._kind(call.held["query"], call.held["key"]))

    def flash(self, kernel: str, asked: dict[str, Any], given: Any) -> None:
        if _in_backward():
            return
        with self._or_unseen():
            call = flash_call(kernel, asked, *given[:2])
            self._record(call, self._kind(call.held["query"], call.held["key"]))

    def fast_path(self, kernel: str, asked: dict[str, Any]) -> None:
        with self._or_unseen():
            self._record(fast_path_call(kernel, asked), "self")

    def eager(self, read: list[Tensor]) -> None:
        """Weights by a plain softmax met values, which in `read` are none of the model's weights:
        that would be a distribution over words on its way to their vectors.
        """
        of_model = any(place(x) in self.origins.weights for x in read)
        if not self.asking and not of_model and not _in_backward():
            self.eager_in.add(self.name)

    def ran_operator(self, read: list[Tensor], written: list[Tensor]) -> None:
        self.origins.note(read, written)
        self.keeping.ran_operator(read, written)

    # records

    def _kind(self, query: Tensor, key: Tensor, *, projected: bool = True) -> str:
        """By what both were made of in the innermost module that projected the queries, or in the
        one around it: positions may have been added to both there.
        """
        kind = "unknown"
        for _, since in reversed(self.inside):
            queries, weighed = self.origins.roots(query, since)
            if not queries or (projected and not weighed):
                continue
            keys, _ = self.origins.roots(key, since)
            if queries <= keys:
                return "self" if queries == keys else "grown"
            if kind == "cross":
                return kind
            kind = "cross"
        return kind

    def _record(self, call: Call, kind: str) -> None:
        name = self.name
        if not self.wanted.layer(name, self.order.setdefault(name, len(self.order))):
            return
        # What is read here is nobody's business.
        with self._or_unseen(), _disable_current_modes():
            self.seen.records.append(self._made(name, call, kind))

    @contextmanager
    def _or_unseen(self) -> Iterator[None]:
        """The model goes on, whatever its tensors are, and what was not recorded is said."""
        try:
            yield
        except ConfigError:  # the budget is spent
            raise
        except Exception as error:  # noqa: BLE001
            self.failed.setdefault(self.name, f"{type(error).__name__}: {error}")

    def _made(self, name: str, call: Call, kind: str) -> Record:
        check = _checked(call)
        packed, call = call, unpacked(call, self.modules.get(name))
        if self.wanted.gradients and call is packed:
            _retain_grad(call)
        call.value = call.context = None  # not needed any more
        if self.wanted.queries is not None or (self.wanted.readouts and call.new == 1):
            # Of a part, or of readouts alone, it could not be told.
            kind = Record(name, call.kernel, call.shape, check, {}, kind, call).kind
        with torch.no_grad():
            call = self.wanted.part(call)
            if self.wanted.readouts:
                found = self.wanted.read(Weights(call.lookup(), logsumexp=call.logsumexp))
                found = self.keeping.keep_readouts(name, found)
                return Record(name, call.kernel, call.shape, check, found, kind)
        kept = self.keeping.keep(name, call)
        return Record(name, call.kernel, call.shape, check, {}, kind, kept)

    def finish(self) -> None:
        self.keeping.finish()
        self.seen.bytes = self.keeping.bytes
        attended = set(self.order)
        self.seen.unseen = unseen(
            self.model, self.modules, self.ran, attended, self.eager_in, self.failed
        )


def _own_tensors(modules: Iterable[nn.Module]) -> Iterator[Tensor]:
    """Parameters and buffers, as they are kept: to look for repeated ones would take longer."""
    for module in modules:
        for own in (module._parameters, module._buffers):
            yield from (x for x in own.values() if x is not None)


def _checked(call: Call) -> Check | None:
    """Against the context, where there has been no dropout on the way."""
    if call.value is None:
        return None
    with torch.no_grad():
        whole = call.lookup()
        value, context = for_query_heads(call.value, whole.query), call.context
        context = None if call.dropout else context
        return Weights(whole, value, context, call.logsumexp).check(CHECKED_ROWS)


def _retain_grad(call: Call) -> None:
    """So that the weights have a gradient after backward."""
    context, value = call.context, call.value
    if context is not None and value is not None and context.requires_grad and not call.dropout:
        call.held["value"], call.upstream = value, Upstream(context)


def _arguments(args: Any, kwargs: Any) -> dict[str, Any]:
    """Of `multi_head_attention_forward`, by name."""
    given = _MULTI_HEAD.bind(*args, **kwargs)
    given.apply_defaults()
    return given.arguments


def _in_backward() -> bool:
    return torch._C._current_graph_task_id() != -1
