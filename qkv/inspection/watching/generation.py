"""The steps of a generation, joined: for each returned sequence one view of the weights."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor

from qkv.attention import Check, Lookup, given, is_by_row
from qkv.errors import ConfigError
from qkv.inspection.watching.call import Call
from qkv.inspection.watching.record import Record
from qkv.shapes import ALL, Bias, Mask

__all__ = ["Returned", "generate", "joined"]


class Returned(NamedTuple):
    """A sequence that `generate` returned.

    tokens: its ids (L,), as they were returned, without padding.
    rows: the row of the batch that it was in, at each step.
    records: the numbers of those that its steps made; without an encoder's.
    """

    tokens: Tensor
    rows: list[int]
    records: list[int]


def generate(
    run: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    extra: dict[str, Any],
    records: dict[int, Record],
    names: dict[int, str],
) -> tuple[Any, list[Returned]]:
    """Run a model's `generate`: what it returns, and the steps of each sequence.

    With beams it is asked for their indices, and what it would have returned is made of that.

    Args:
        run: the call, of `args`, the model first, and `kwargs`; it takes `extra` arguments.
        records: those of this thread by number; grows meanwhile.
        names: of the watched modules, by identity.
    """
    model, arguments = args[0], dict(zip(("inputs", "generation_config"), args[1:], strict=False))
    arguments |= kwargs | extra
    try:
        config, _ = model._prepare_generation_config(
            arguments.pop("generation_config", None), **arguments
        )
    except Exception:  # noqa: BLE001 - it is for `generate` to say what is wrong
        return run(**extra), []
    before, beams = set(records), (config.num_beams or 1) > 1
    output = run(**extra | ({"return_dict_in_generate": True} if beams else {}))
    sequences = output if isinstance(output, Tensor) else getattr(output, "sequences", None)
    of_steps = {
        number: record.name
        for number, record in records.items()
        if number not in before and not _encodes(model, names, record)
    }
    steps = max(Counter(of_steps.values()).values(), default=0)
    returned = []
    if sequences is not None and steps and not _takes_back(arguments, config):
        beams_of = getattr(output, "beam_indices", None)
        for tokens, rows in _returned(sequences, beams_of, steps, config.eos_token_id):
            returned.append(Returned(tokens, rows, list(of_steps)))
    plain = beams and not config.return_dict_in_generate
    return (sequences if plain else output), returned


def _encodes(model: Any, names: dict[int, str], record: Record) -> bool:
    """Was it made by the model's encoder, which runs once, before the steps?"""
    if not getattr(getattr(model, "config", None), "is_encoder_decoder", False):
        return False
    return record.name.startswith(f"{names[id(model.get_encoder())]}.")


def _takes_back(arguments: dict[str, Any], config: Any) -> bool:
    """Are tokens tried that may be taken back? The steps then make no sequence."""
    names = ("prompt_lookup_num_tokens", "assistant_early_exit")
    tries = any(getattr(config, name, None) for name in names)
    return tries or arguments.get("assistant_model") is not None


def _returned(
    sequences: Tensor, beams: Tensor | None, steps: int, ends: Any
) -> Iterator[tuple[Tensor, list[int]]]:
    """The tokens of each sequence, up to its end, and its rows at each step."""
    if beams is not None:
        for tokens, rows in zip(sequences, beams.tolist(), strict=True):
            rows = [row for row in rows if row >= 0]
            yield tokens[: len(tokens) - (beams.shape[1] - len(rows))], rows
        return
    for row, tokens in enumerate(sequences):
        prompt = max(0, len(tokens) - steps)
        ended = torch.isin(tokens[prompt:], torch.as_tensor(ends or []).to(tokens))
        kept = int(ended.int().argmax()) + 1 if ended.any() else steps
        yield tokens[: prompt + kept], [row] * kept


def joined(records: Sequence[Record], rows: Sequence[int]) -> list[Record]:
    """A record for each module that attends at each step: (H, T, S), of those rows.

    T counts the queries of all steps, S the keys: of cross-attention those of its memory, of
    self-attention those of all steps.
    """
    by_module: dict[tuple[str, bool], list[Record]] = defaultdict(list)
    for record in records:
        by_module[record.name, record.kind == "cross"].append(record)
    steps = max(map(len, by_module.values()))
    whole = []
    for (name, cross), calls in by_module.items():
        own = calls[: len(rows)]
        if len(calls) == steps and all(row < c.shape[0] for row, c in zip(rows, own, strict=True)):
            whole.append(_joined(name, own, rows, cross))
    return whole


def _joined(name: str, steps: list[Record], rows: Sequence[int], cross: bool) -> Record:
    _check(name, steps, cross)
    queries = sum(step.shape[-2] for step in steps)
    keys = steps[0].shape[-1] if cross else sum(step.new_queries for step in steps)
    by_row = is_by_row(steps[0].lookup().select)

    @cache
    def build() -> Lookup:
        return (_of_weights if by_row else _of_lookups)(steps, rows, cross, keys)

    shape = (steps[0].shape[1], queries, keys)
    call = Call({}, lambda _: build(), shape, steps[0].kernel)
    kind = "cross" if cross else "causal"
    worst = _worst([step.check for step in steps])
    return Record(name, call.kernel, shape, worst, {}, kind, call, steps[0].thread)


def _check(name: str, steps: list[Record], cross: bool) -> None:
    """Check that each step after the first added one query, and its key to the earlier ones.

    Raises:
        ConfigError: it did not.
    """
    first, keys = steps[0], [step.shape[-1] for step in steps]
    grows = [after - before for before, after in pairwise(keys[1:])]
    begins = cross or keys[0] == first.new_queries or len(set(keys)) == 1
    if any(s.new_queries != 1 for s in steps[1:]) or not begins or not set(grows) <= {0, 1}:
        raise ConfigError(
            f"seen.generated(): {name} did not attend once for each token to what it had cached "
            "since the prompt (it has no cache, one filled before, or other steps); its steps "
            "cannot be joined. Read seen.calls(...) one by one."
        )


def _of_lookups(steps: list[Record], rows: Sequence[int], cross: bool, keys: int) -> Lookup:
    """What all steps looked up, as one; of self-attention each step has the keys that it added."""
    parts = [step.lookup().part(ALL, (row,)) for step, row in zip(steps, rows, strict=True)]
    firsts = _firsts(steps, cross)
    key = parts[0].key
    if not cross:
        added, at = [], 0
        for step, part, first in zip(steps, parts, firsts, strict=True):
            added.append(part.key[..., at - first : at + step.new_queries - first, :])
            at += step.new_queries
        key = torch.cat(added, -2)
    bias = None
    if parts[0].bias is not None:
        numbers = [_by_head(part.bias, part) for part in parts if part.bias is not None]
        bias = Bias(_placed(numbers, firsts, keys))
    return parts[0].replaced(
        query=torch.cat([part.query for part in parts], -2),
        key=key,
        mask=Mask(_placed([_by_head(part.mask, part) for part in parts], firsts, keys)),
        bias=bias,
    )


def _of_weights(steps: list[Record], rows: Sequence[int], cross: bool, keys: int) -> Lookup:
    """The same where each step has a selection of its own: the weights themselves."""
    weights = [step.weights[row] for step, row in zip(steps, rows, strict=True)]
    return given(_placed(weights, _firsts(steps, cross), keys))


def _firsts(steps: list[Record], cross: bool) -> list[int]:
    """At each step, which of all keys its first one is: a window keeps the last ones."""
    if cross:
        return [0] * len(steps)
    ends = accumulate(step.new_queries for step in steps)
    return [max(0, end - step.shape[-1]) for step, end in zip(steps, ends, strict=True)]


def _by_head(pairs: Mask | Bias | None, part: Lookup) -> Tensor:
    """(H or 1, Tq, Tk) of one row of the batch."""
    if pairs is None:
        return torch.ones(1, *part.shape[-2:], dtype=torch.bool, device=part.query.device)
    by_head = pairs.part().expand(*part.shape)
    return by_head if by_head.stride(0) else by_head[:1]


def _placed(parts: Sequence[Tensor], firsts: Sequence[int], keys: int) -> Tensor:
    """Rows (h, Tq, Tk) of step after step, each from its first key on, among all keys; 0 elsewhere.

    Keys behind the last, of a cache that has been made longer, are left out.
    """
    heads, queries = max(len(part) for part in parts), sum(part.shape[1] for part in parts)
    placed = parts[0].new_zeros(heads, queries, keys)
    at = 0
    for part, first in zip(parts, firsts, strict=True):
        width = min(part.shape[-1], keys - first)
        placed[:, at : at + part.shape[1], first : first + width] = part[..., :width]
        at += part.shape[1]
    return placed


def _worst(checks: list[Check | None]) -> Check | None:
    known = [check for check in checks if check is not None]
    if not known:
        return None
    contexts = [check.context for check in known if check.context is not None]
    return Check(
        sum(check.rows for check in known),
        max(check.row_sum for check in known),
        max(contexts, default=None),
    )
