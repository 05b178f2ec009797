"""Everything that a watch block has seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from qkv.attention import rollout
from qkv.attention.readouts import Received
from qkv.errors import ConfigError
from qkv.inspection.watching.alignment import Alignment, align
from qkv.inspection.watching.folder import read, write
from qkv.inspection.watching.generation import Returned, joined
from qkv.inspection.watching.record import Record
from qkv.inspection.watching.unseen import Unseen

__all__ = ["Seen", "load"]


class Seen(Sequence[Record]):
    """The records of a watch block in the order of their calls.

    unseen: the modules that seem to attend and could not be seen, when the block has ended.
    bytes: what the records keep in memory, then.
    returned: the sequences that `generate` returned inside the block.
    tokens: ids (L,), of a view that `generated` made.
    """

    def __init__(
        self,
        records: Iterable[Record] = (),
        *,
        unseen: Iterable[Unseen] = (),
        returned: Iterable[Returned] = (),
        tokens: Tensor | None = None,
        bytes: int = 0,  # noqa: A002
    ) -> None:
        self.records, self.unseen, self.returned = list(records), list(unseen), list(returned)
        self.tokens, self.bytes = tokens, bytes

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __getitem__(self, which: Any) -> Any:
        """A record by number, or by the name of a module that made one call.

        Raises:
            ConfigError: the module made no call, or several.
        """
        if not isinstance(which, str):
            return self.records[which]
        calls = self.calls(which)
        if len(calls) == 1:
            return calls[0]
        if calls:
            raise ConfigError(
                f"{which} made {len(calls)} calls; seen.calls({which!r}) has them in order."
            )
        names = sorted({record.name for record in self})
        close = get_close_matches(which, names, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"seen: {', '.join(names) or 'nothing'}."
        raise ConfigError(f"no attention was seen in {which!r}; {hint}")

    def calls(self, name: str) -> list[Record]:
        """All calls that this module made."""
        return [record for record in self if record.name == name]

    @property
    def self(self) -> list[Record]:
        """Self-attention, causal or not."""
        return [record for record in self if record.kind in ("self", "causal")]

    @property
    def cross(self) -> list[Record]:
        return [record for record in self if record.kind == "cross"]

    def rollout(self, *, residual: float = 0.5) -> Tensor:
        """`qkv.attention.rollout` of the layers of self-attention, in their order."""
        return rollout([record.weights for record in self.self], residual=residual)

    def received(self) -> dict[str, Tensor]:
        """By module, what each key received from all queries of all calls: (..., H, Tk), float32.

        Of a generation, Tk counts the keys of the last step: cache eviction goes by these sums
        (Zhang et al. 2023, "Heavy-Hitter Oracle"). With beams, ask each of `generated()` instead.
        """
        received: dict[str, Tensor] = {}
        ends: dict[tuple[str, str], int] = {}
        for record in self:
            more = record.readouts.get(Received())
            more = record.weights.received() if more is None else more
            keys = more.shape[-1]
            # One query more goes on with the keys from before, of which a window has the last ones.
            goes_on = record.kind == "causal" and record.new_queries == 1
            module = record.name, record.thread
            end = ends[module] = ends.get(module, 0) + 1 if goes_on else record.new_queries
            more = pad(more, (max(0, end - keys) if goes_on else 0, 0))
            before = received.get(record.name)
            if before is not None:
                longer = max(before.shape[-1], more.shape[-1])
                before, more = (pad(x, (0, longer - x.shape[-1])) for x in (before, more))
                more = before + more
            received[record.name] = more
        return received

    def generated(self) -> list[Seen]:
        """One for each sequence that `generate` returned in the block: what its steps saw, joined.

        Its records have weights (H, T, S) along the way that the sequence took through the beams:
        T the queries of all steps, the prompt's first, S the keys. Its `tokens` are the ids (L,),
        the last of which was chosen but has not been fed.

        Raises:
            ConfigError: no `generate` of the watched model has been called, or only readouts were
                kept.
        """
        if not self.returned:
            raise ConfigError(
                "seen.generated(): the watched model did not generate in the block by the "
                "generate() of transformers, or it tried tokens that it took back."
            )
        return [
            Seen(joined([self.records[n] for n in each.records], each.rows), tokens=each.tokens)
            for each in self.returned
        ]

    def align(
        self,
        source_tokens: Sequence[str],
        target_tokens: Sequence[str],
        *,
        layer: str | None = None,
        heads: Sequence[int] | None = None,
        row: int = 0,
        special: Collection[str] = (),
    ) -> Alignment:
        """Words of a translation linked to the source words that they attended to most.

            with qkv.watch(model) as seen:
                ids = model.generate(**inputs)
            seen.generated()[0].align(source_tokens, target_tokens).pharaoh

        Args:
            source_tokens: Tk, as the model's tokenizer names them. target_tokens: the token that
                each query chose, or one more, which the decoder began with.
            layer: a module of cross-attention; None: the last but one, whose heads aligned best in
                Garg et al. 2019, section 4.1, or the only one. heads: those to take the mean of.
            row: of the batch. special: tokens of no text, besides those like </s>.
        Raises:
            ConfigError: there is no cross-attention. ShapeError: the numbers of tokens differ.
        """
        record = self._aligning(layer)
        weights = record.weights
        chosen = range(record.shape[-3]) if heads is None else heads
        index = (row,) * (len(record.shape) - 3)
        mean = torch.stack([weights[(*index, head)] for head in chosen]).mean(0)
        return align(
            mean.detach().float().cpu().numpy(),
            source_tokens,
            target_tokens,
            layer=record.name,
            heads=list(chosen),
            special=special,
        )

    def _aligning(self, layer: str | None) -> Record:
        if layer is not None:
            return self[layer]
        names = list(dict.fromkeys(record.name for record in self.cross))
        if not names:
            raise ConfigError("seen.align(): no cross-attention was seen; name a layer=.")
        return self[names[-2] if len(names) > 1 else names[0]]

    def attentions(self) -> Iterator[Tensor]:
        """Weights (B, H, Tq, Tk) of one call after the other, whole, as other viewers take them."""
        return (record.weights.dense() for record in self)

    def report(
        self,
        path: str | Path,
        *,
        tokens: Sequence[str] | None = None,
        target_tokens: Sequence[str] | None = None,
        row: int = 0,
        title: str = "",
    ) -> None:
        """Write a page that shows all of it, one HTML file, to be looked at without a network.

        Of a generation the steps are joined.

        Args:
            tokens: of the sequence that is read, as the model's tokenizer names them; where a model
                has two, of that which the other attends to. Numbers stand for them by default.
            target_tokens: of the other one.
            row: of the batch; of a generation the number of the returned sequence.
        Raises:
            ConfigError: nothing was seen, or only readouts were kept.
            ShapeError: nothing has so many tokens. DataError: the file cannot be written.
        """
        from qkv.inspection.report import report
        from qkv.inspection.view import seen_view

        given: dict[str, Any] = {"tokens": tokens, "target_tokens": target_tokens}
        view = seen_view(self, **given, row=row, title=title)
        report([view], path, title=view["title"])

    def _repr_html_(self) -> str:
        """For notebooks: the calls as a table."""
        from qkv.inspection.notebook import seen_html

        return seen_html(self)

    def save(self, folder: str | Path) -> None:
        """Write all into a folder, for `qkv.inspection.load`.

        Raises:
            DataError: it cannot be written to.
        """
        write(Path(folder), vars(self))

    def __repr__(self) -> str:
        lines = [f"{len(self)} attention calls", *map(repr, self)]
        lines += [f"unseen: {u.module}: {u.reason} {u.remedy}" for u in self.unseen]
        return "\n".join(lines)


def load(folder: str | Path) -> Seen:
    """What `seen.save(folder)` wrote.

    Raises:
        FolderError: it is missing or incomplete, or another version of qkv wrote it.
    """
    return Seen(**read(Path(folder)))
