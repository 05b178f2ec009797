"""What one thread does while a model is watched: modules, functions and operators make a record."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch._subclasses import FakeTensorMode
from torch.nn import functional
from torch.utils._python_dispatch import _disable_current_modes

from qkv.attention import (
    Attended,
    Check,
    Upstream,
    Weights,
    attend,
    for_query_heads,
    observing,
)
from qkv.attention.stream import has_values
from qkv.errors import ConfigError
from qkv.inspection.watching.call import Call
from qkv.inspection.watching.flash_calls import flash_call
from qkv.inspection.watching.flex_calls import flex_call
from qkv.inspection.watching.functions import listening
from qkv.inspection.watching.generation import generate
from qkv.inspection.watching.operators import watching_operators
from qkv.inspection.watching.provenance import Provenance
from qkv.inspection.watching.record import Record
from qkv.inspection.watching.shared import Shared
from qkv.inspection.watching.torch_calls import (
    asked_call,
    attend_call,
    fast_path_call,
    logsumexp_of,
    multi_head_call,
    sdpa_call,
    under_autocast,
    unpacked,
)
from qkv.models.attending import Look

__all__ = ["Thread"]

CHECKED_ROWS = 4
_MULTI_HEAD = inspect.signature(functional.multi_head_attention_forward)


class Thread:
    """Watches the thread that makes it, for a block.

    inside: the modules that run, and since when. stays: for how many reasons besides these.
    """

    def __init__(self, shared: Shared) -> None:
        self.shared, self.name = shared, threading.current_thread().name
        self.inside: list[tuple[str, int]] = []
        self.stays = 0
        self._records: dict[int, Record] = {}  # its own, by number
        self._pending: list[Call | None] = []  # functions that run; None: qkv.attend
        self._attended: Attended  # of the last call that was changed
        self._provenance = Provenance(shared.weights)
        self._stack = ExitStack()

    def listen(self) -> None:
        """From now on, what this thread calls is seen."""
        self._stack.enter_context(listening(self))
        self._stack.enter_context(observing(self))
        self._stack.enter_context(watching_operators(self))

    def close(self) -> None:
        self._stack.close()

    # modules

    def enter(self, name: str) -> None:
        self.inside.append((name, self._provenance.now))

    def leave(self, name: str) -> bool:
        """Returns whether it had been entered: a block may be opened while a module runs."""
        if not self.inside or self.inside[-1][0] != name:
            return False
        self.inside.pop()
        if not self.inside:
            self._provenance.forget()
        return True

    @property
    def module(self) -> str:
        """The name of the innermost module that runs."""
        return self.inside[-1][0] if self.inside else ""

    # functions

    def attending(
        self, run: Callable[..., Attended], args: Any, kwargs: Any, **extra: Any
    ) -> Attended:
        """`qkv.attend` is called, whose result has the weights."""
        quiet, changes = _in_backward(), self.shared.changes
        if self._pending or (quiet and not changes):
            return run(**extra)
        look = None
        if changes:
            call = asked_call(*args, **kwargs | extra)
            look = self._look(call, self._kind(call))
        with self._within(None):
            if look is None:
                attended = run(**extra)
            else:
                attended = look.of(run(**extra | look.added(kwargs | extra)))
        if not quiet:
            with self._or_unseen():
                call = attend_call(attended, changed=look is not None)
                self._record(call, self._kind(call))
        return attended

    def function_called(
        self, name: str, run: Callable[..., Any], args: Any, kwargs: Any, **extra: Any
    ) -> Any:
        """A function that attends is called: run it, and record the call. Or a model generates."""
        if name == "generate":
            return self._generate(run, args, kwargs, extra)
        if _in_backward() and not self.shared.changes:
            return run(**extra)  # a checkpointed layer runs again for its gradient
        run, kwargs = partial(run, **extra), kwargs | extra
        if name == "scaled_dot_product_attention":
            return self._sdpa(run, args, kwargs)
        arguments = _arguments(args, kwargs)
        if not arguments["need_weights"]:
            return run()  # calls the function above
        return self._multi_head(run, arguments)

    def _sdpa(self, run: Callable[..., Tensor], args: Any, kwargs: Any) -> Tensor:
        call, kind = None, "unknown"
        with self._or_unseen():
            call = sdpa_call(*args, **kwargs)
            kind = self._kind(call)
            call = under_autocast(call)
        look = self._look(call, kind)
        if look is not None and call is not None:
            call, output = self._changed(call, look)
        else:
            with self._within(call):
                output = run()
        if call is not None and not _in_backward():
            call.context = call.context if look else output
            self._record(call, kind)
        return output

    def _multi_head(self, run: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Of a module that returns its weights, which makes them without the function above."""
        if self._concerned():
            output, _ = run(need_weights=False)
            return output, _returned(self._attended, arguments)
        call, kind = None, "unknown"
        with self._or_unseen():
            call = multi_head_call(arguments)
            kind = self._kind(call, projected=False)
            call = under_autocast(call)
        with self._within(call):
            output = run()
        if call is not None and not _in_backward():
            self._record(call, kind)
        return output

    def _generate(self, run: Callable[..., Any], args: Any, kwargs: Any, extra: Any) -> Any:
        names = self.shared.names
        if id(args[0]) not in names:
            return run(**extra)
        output, returned = generate(run, args, kwargs, extra, self._records, names)
        self.shared.seen.returned += returned
        return output

    @contextmanager
    def _within(self, call: Call | None) -> Iterator[None]:
        self._pending.append(call)
        try:
            yield
        finally:
            self._pending.pop()

    # changes

    def _concerned(self) -> bool:
        """Is there a change for the module that runs?"""
        changes = self.shared.changes
        return bool(changes) and changes.concern(self.module, self.shared.number(self.module))

    def _look(self, call: Call | None, kind: str) -> Look | None:
        """What is asked of a call of the module that runs; None: it stays as it is."""
        if not self._concerned():
            return None
        if call is None:
            raise ConfigError(
                f"watch(): the attention of {self.module} cannot be changed "
                f"({self.shared.failed[self.module]})."
            )
        call = unpacked(call, self.shared.modules.get(self.module))
        record = Record(self.module, call.kernel, call.shape, None, {}, kind, call, self.name)
        return self.shared.changes.look(record, self.shared.number(self.module))

    def _changed(self, call: Call, look: Look) -> tuple[Call, Tensor]:
        """The call as `qkv.attend` makes it under a look, and what it gives."""
        packed, call = call, unpacked(call, self.shared.modules.get(self.module))
        lookup, value = call.lookup(), call.value
        assert value is not None  # nosec: narrows the type
        own = {"mask": lookup.mask, "bias": lookup.bias, "select": lookup.select}
        with self._within(None):
            attended = attend(
                lookup.query,
                lookup.key,
                value,
                score=lookup.score,
                scale=lookup.scale,
                dropout=call.dropout,
                **look.added(own),
            )
        self._attended = look.of(attended)
        context = self._attended.context
        if packed is not call:  # back to the heads that keys have
            context = context.squeeze(-2).unflatten(-2, packed.shape[-3:-1])
        return attend_call(self._attended, changed=True), context

    def _unchangeable(self, what: str) -> None:
        """Raises ConfigError if there is a change for a call of this kind."""
        if self._concerned():
            raise ConfigError(f"watch(): {self.module} attends by {what}, which cannot be changed.")

    # operators

    def before_write(self, tensor: Tensor) -> None:
        self.shared.snapshots.before_write(tensor)

    def fused(self, kernel: str, arguments: dict[str, Any], results: Any) -> None:
        if _in_backward():
            return
        if self._pending:
            call = self._pending[-1]
            if call is None:
                return
        else:  # the function had been imported under a name of its own
            added = arguments.get("attn_mask", arguments.get("attn_bias"))
            names = ("query", "key", "value", "dropout_p", "is_causal", "scale")
            query, key, value, *others = (arguments[name] for name in names)
            call = sdpa_call(query, key, value, added, *others)
        call.kernel, call.logsumexp = kernel, logsumexp_of(results, call.shape)
        if not self._pending:
            self._unchangeable("a function that was imported by its own name")
            call.context = results[0]
            self._record(call, self._kind(call))

    def flash(self, kernel: str, arguments: dict[str, Any], results: Any) -> None:
        if _in_backward():
            return
        self._unchangeable("flash_attn")
        with self._or_unseen():
            call = flash_call(kernel, arguments, *results[:2])
            self._record(call, self._kind(call))

    def flex(self, arguments: tuple[Any, ...], run: Callable[[], Any]) -> Any:
        if any(x.requires_grad for x in arguments[:3]):
            raise ConfigError(
                "watch(): flex_attention compiles itself for its gradient, which torch refuses "
                "while it is watched; watch it under torch.no_grad()."
            )
        self._unchangeable("flex_attention")
        results = run()
        with self._or_unseen():
            call = flex_call(arguments, *results[:2])
            self._record(call, self._kind(call))
        return results

    def fast_path(self, kernel: str, arguments: dict[str, Any]) -> None:
        self._unchangeable("torch's fast path")
        with self._or_unseen():
            self._record(fast_path_call(kernel, arguments), "self")

    def eager(self, values: Iterable[int]) -> None:
        """Weights by a plain softmax met values, in these storages. If some are of the model, they
        are vectors of words, and the softmax a distribution over words.
        """
        of_model = any(place in self.shared.weights for place in values)
        if not self._pending and not of_model and not _in_backward():
            self.shared.eager.add(self.module)

    def ran_operator(self, read: list[Tensor], written: list[Tensor]) -> None:
        self._provenance.note(read, written)
        self.shared.snapshots.ran_operator(read, written)

    # records

    def _kind(self, call: Call, *, projected: bool = True) -> str:
        """By what queries and keys were made of in the innermost module that projected the queries,
        or in the one around it: positions may have been added to both there.
        """
        kind = "unknown"
        for _, since in reversed(self.inside):
            queries, weighed = self._provenance.roots(call.inputs["query"], since)
            if not queries or (projected and not weighed):
                continue
            keys, _ = self._provenance.roots(call.inputs["key"], since)
            if queries <= keys:
                return "self" if queries == keys else "grown"
            if kind == "cross":
                return kind
            kind = "cross"
        return kind

    def _record(self, call: Call, kind: str) -> None:
        if not self.shared.includes(self.module):
            return
        # What is computed for the record is for no other mode to see.
        with self._or_unseen(), _without_modes():
            record = self._made(self.module, call, kind)
            number = self.shared.add(record)
            if number is not None:
                self._records[number] = record

    @contextmanager
    def _or_unseen(self) -> Iterator[None]:
        """The model goes on, whatever its tensors are; what could not be recorded is noted."""
        try:
            yield
        except ConfigError:  # the budget is spent
            raise
        except Exception as error:  # noqa: BLE001
            self.shared.failed.setdefault(self.module, f"{type(error).__name__}: {error}")

    def _made(self, name: str, call: Call, kind: str) -> Record:
        plan, snapshots = self.shared.plan, self.shared.snapshots
        check = _checked(call)
        packed, call = call, unpacked(call, self.shared.modules.get(name))
        if plan.gradients and call is packed:
            _retain_grad(call)
        call.value = call.context = None  # not needed any more
        if plan.queries is not None or plan.readouts:
            # A part of the queries, or readouts alone, would not show it later.
            kind = Record(name, call.kernel, call.shape, check, {}, kind, call).kind
        with torch.no_grad():
            call = plan.part(call)
            if plan.readouts:
                read = plan.read(Weights(call.lookup(), logsumexp=call.logsumexp))
                read = snapshots.keep_readouts(name, read)
                return Record(name, call.kernel, call.shape, check, read, kind, None, self.name)
        kept = snapshots.keep(name, call)
        return Record(name, call.kernel, call.shape, check, {}, kind, kept, self.name)


@contextmanager
def _without_modes() -> Iterator[None]:
    """Without torch's modes, except the one under which tensors have no values."""
    with _disable_current_modes() as modes, ExitStack() as stack:
        for mode in modes:
            if isinstance(mode, FakeTensorMode):
                stack.enter_context(mode)
        yield


def _checked(call: Call) -> Check | None:
    """The check of the call, against its context where no dropout lies between."""
    if call.value is None or not has_values(call.value):
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
        call.inputs["value"], call.upstream = value, Upstream(context)


def _arguments(args: Any, kwargs: Any) -> dict[str, Any]:
    """Of `multi_head_attention_forward`, by name."""
    bound = _MULTI_HEAD.bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


def _returned(attended: Attended, arguments: dict[str, Any]) -> Tensor:
    """The weights that `multi_head_attention_forward` returns."""
    weights = attended.weights.dense()
    weights = weights.mean(1) if arguments["average_attn_weights"] else weights
    return weights if arguments["query"].dim() == 3 else weights.squeeze(0)


def _in_backward() -> bool:
    return torch._C._current_graph_task_id() != -1
