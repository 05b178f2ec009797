"""`watch`: the attention of any PyTorch model, seen while its own kernels run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import get_ident
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)

from qkv.attention import Attended, Check, Weights, for_query_heads, observing
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
from qkv.inspection.watching.operators import Operators
from qkv.inspection.watching.origins import Origins, place
from qkv.inspection.watching.record import Record, Seen
from qkv.inspection.watching.unseen import unseen
from qkv.inspection.watching.wanted import Wanted

__all__ = ["watch"]

CHECKED_ROWS = 4
_MULTI_HEAD = inspect.signature(functional.multi_head_attention_forward)


@contextmanager
def watch(
    model: nn.Module,
    *,
    layers: Sequence[str | int] | None = None,
    heads: Sequence[int] | None = None,
    queries: slice | None = None,
    readouts: Sequence[str] | None = None,
    budget: int | str | None = None,
) -> Iterator[Seen]:
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
        budget: what may be kept in all, in bytes or as "2GB".
    Raises:
        ConfigError: an argument that is none, or the budget is spent.
    Seen are calls of `scaled_dot_product_attention`, `nn.MultiheadAttention` and torch's fast paths
    of `nn.TransformerEncoder`, made by the thread that entered the block. What is not seen stands
    in `seen.unseen`. While a block is open, `torch.compile`d modules run as they are written.
    """
    watcher = _Watcher(model, Wanted(layers, heads, queries, readouts, budget))
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

    def __init__(self, model: nn.Module, wanted: Wanted) -> None:
        self.model, self.wanted = model, wanted
        self.seen = Seen()
        self.modules = dict(model.named_modules())
        self.names = {id(module): name for name, module in model.named_modules()}
        self.thread = get_ident()
        self.inside: list[tuple[str, int]] = []  # modules that run, and since when
        self.ran: set[str] = set()
        self.eager_in: set[str] = set()
        self.order: dict[str, int] = {}  # modules that attend, by their first call
        self.asking: list[Call | None] = []  # None: by qkv.attend
        self.muted = False
        self.origins = Origins([*model.parameters(), *model.buffers()])
        self.kept: dict[int, list[tuple[Call, str]]] = {}  # what records hold, by its place
        self.rewritten: set[int] = set()
        self.bytes = 0

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
        call = attend_call(found)
        kind = self._kind(call.held["query"], call.held["key"])
        self._record(call, kind, found.weights.check)
        return found

    def asked(self, name: str, run: Callable[[], Any], args: Any, kwargs: Any) -> Any:
        """A function that attends is called: run it, and record the call."""
        if _in_backward():  # a checkpointed layer runs again for its gradient
            return run()
        if name == "scaled_dot_product_attention":
            call = sdpa_call(*args, **kwargs)
            kind = self._kind(call.held["query"], call.held["key"])
        else:
            given = _MULTI_HEAD.bind(*args, **kwargs)
            given.apply_defaults()
            if not given.arguments["need_weights"]:
                return run()  # calls the function above
            call = multi_head_call(given.arguments)
            kind = self._kind(call.held["query"], call.held["key"], projected=False)
        device = call.held["query"].device.type
        if torch.is_autocast_enabled(device):
            call = under_autocast(call, device, torch.get_autocast_dtype(device))
        self.asking.append(call)
        try:
            found = run()
        finally:
            self.asking.pop()
        call.context = found if name == "scaled_dot_product_attention" else None
        self._record(call, kind)
        return found

    # operators

    def before_write(self, tensor: Tensor) -> None:
        """Something is about to be overwritten: records that are made of it get a copy."""
        where = place(tensor)
        self.rewritten.add(where)
        self._copy(where)

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

    def fast_path(self, kernel: str, asked: dict[str, Any]) -> None:
        self._record(fast_path_call(kernel, asked), "self")

    def eager(self) -> None:
        if not self.asking and not _in_backward():
            self.eager_in.add(self.name)

    def ran_operator(self, read: list[Tensor], written: list[Tensor]) -> None:
        self.origins.note(read, written)
        if self.rewritten:  # new memory at an old place has not been written into
            fresh = {place(x) for x in written} - {place(x) for x in read}
            self.rewritten -= fresh

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
            if queries <= self.origins.roots(key, since)[0]:
                return "self"
            if kind == "cross":
                return kind
            kind = "cross"
        return kind

    def _record(self, call: Call, kind: str, check: Callable[[int], Check] | None = None) -> None:
        name = self.name
        if not self.wanted.layer(name, self.order.setdefault(name, len(self.order))):
            return
        self.muted = True
        try:
            self.seen.records.append(self._made(name, call, kind, check))
        finally:
            self.muted = False

    def _made(self, name: str, call: Call, kind: str, own: Callable[[int], Check] | None) -> Record:
        check = _checked(call) if own is None else own(CHECKED_ROWS)
        call = unpacked(call, self.modules.get(name))
        with torch.no_grad():
            call = self.wanted.part(call)
            if self.wanted.readouts:
                found = self.wanted.read(Weights(call.lookup(), logsumexp=call.logsumexp))
                return Record(name, call.kernel, call.shape, check, found, kind)
        self._keep(name, call)
        return Record(name, call.kernel, call.shape, check, {}, kind, call)

    def _keep(self, name: str, call: Call) -> None:
        for tensor in call.held:
            where = place(call.held[tensor])
            if where not in self.kept and where not in self.origins.weights:
                self.bytes += call.held[tensor].untyped_storage().nbytes()
            self.kept.setdefault(where, []).append((call, tensor))
            call.hold(tensor, call.held[tensor])
        budget = self.wanted.bytes
        if budget is not None and self.bytes > budget:
            raise ConfigError(
                f"watch(): {name} would bring what is kept to {self.bytes:,} bytes, over the "
                f"budget of {budget:,}. Keep fewer layers, heads or queries, or readouts= alone."
            )

    def _copy(self, where: int) -> None:
        """Records that are made of what lies there go on with a copy."""
        copies: dict[int, Tensor] = {}
        for call, name in self.kept.pop(where, ()):
            tensor = call.held[name]
            call.hold(name, copies.setdefault(id(tensor), tensor.clone()))

    def finish(self) -> None:
        """The block ends; what has been written once may be again, unheard."""
        for where in self.rewritten & self.kept.keys():
            self._copy(where)
        self.kept.clear()
        attended = set(self.order)
        self.seen.unseen = unseen(self.model, self.ran, attended, self.eager_in)


def _checked(call: Call) -> Check | None:
    """Against the context, which is not needed any more."""
    value, context = call.value, None if call.dropout else call.context
    call.value = call.context = None
    if value is None:
        return None
    with torch.no_grad():
        whole = call.lookup()
        value = for_query_heads(value, whole.query)
        return Weights(whole, value, context, call.logsumexp).check(CHECKED_ROWS)


def _in_backward() -> bool:
    return torch._C._current_graph_task_id() != -1
