"""A recurrent decoder that attends before its cell or after; training and search share its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from qkv.attention import (
    Attended,
    Hard,
    Linear,
    Lookup,
    Score,
    Select,
    Unsettled,
    Weights,
    attend,
    dropout,
    softmax,
)
from qkv.attention.pinned import unpinned
from qkv.attention.scores import split
from qkv.attention.select import Chosen
from qkv.models.attending import PLAIN, Attending, Call, Look
from qkv.models.cells import Cell, Hidden, cells, next_state
from qkv.models.memory import Decoded, Draws, Memory, State, Step
from qkv.models.quick import Kept, product
from qkv.shapes import Mask

__all__ = ["RecurrentDecoder"]


class _Manner(NamedTuple):
    """How a pass reads, and looks at the memory.

    keys: as the score takes them. mask: which. cells: to step by; None: PyTorch's.
    """

    keys: Tensor
    score: Score
    mask: Mask | None
    select: Select | Unsettled
    cells: Sequence[Cell] | None = None


class RecurrentDecoder(nn.Module):
    """An LSTM or GRU whose state is the query.

        article (Bahdanau et al. 2015):   c_t = attend(s_{t-1}, h, h)
                                          s_t = cell(s_{t-1}, [c_t; y_{t-1}])
                                          ŷ_t = softmax(W_o s_t + b_o)
        luong (Luong et al. 2015):        s_t = cell(s_{t-1}, y_{t-1});  c_t = attend(s_t, h, h)
                                          ŷ_t = softmax(W_o tanh(W_c [c_t; s_t]) + b_o)
        places: as luong, but       s_t = cell(s_{t-1}, [l_{t-1}; y_{t-1}]);  l_t = Σ_i α_ti p_i,
                                    α_ti before the draw where attention is hard
        hard (Xu et al. 2015, section 4.1):     c_t = h_i, i drawn from the weights; the likeliest
                                                outside training
        gated (section 4.2.1):                  c_t times β_t = σ(w · query + b)
        normed:                                 LayerNorm in place of Luong's tanh, and before W_o
                                                in the article's order (Ba et al. 2016)

    Differs from Luong: s̃_t is not fed to the next cell, so known words are read in one pass. With
    places the cell reads where it looked last, p_i being the place of region i, and not what it saw
    there: it knows what it has told, and must look again at what it names. (A glimpse's location
    enters the state in Mnih et al. 2014 too, with what was seen.)

    Args:
        memory_width: of the h_i; with places a value is [h_i; p_i].
        hard: attend to one h_i; in training, with probability `Attending.soft_share`, to all.
        gated: scale the context. normed: normalise what W_o reads.
        bridge: (encoder layers, encoder width) where s_0 is a projection of the encoder's last
            state; None where it is that state.
    """

    def __init__(
        self,
        embedding: nn.Embedding,
        output: nn.Linear,
        *,
        cell: type[nn.LSTM] | type[nn.GRU],
        width: int,
        layers: int,
        memory_width: int,
        score: Score,
        order: str,
        hard: bool,
        gated: bool,
        normed: bool,
        dropout: float,
        bridge: tuple[int, int] | None,
    ) -> None:
        super().__init__()
        self.embedding, self.output, self.score = embedding, output, score
        self.dropout, self.layers, self.order = dropout, layers, order
        self.memory_width = memory_width
        self.hard = hard
        beside = 0 if order == "luong" else memory_width  # of the word: a place, or the context
        self.rnn = cell(
            embedding.embedding_dim + beside,
            width,
            layers,
            batch_first=True,
            dropout=dropout if layers > 1 else 0.0,
        )
        self.combine = None if order == "article" else Linear(memory_width + width, width)
        self.gate = nn.Linear(width, 1) if gated else None
        self.norm = nn.LayerNorm(width) if normed else None
        self.bridge = None
        if bridge is not None:
            states = 2 if cell is nn.LSTM else 1
            sizes = (bridge[0] * bridge[1], layers * width)
            self.bridge = nn.ModuleList(Linear(*sizes) for _ in range(states))

    @property
    def vocabulary_size(self) -> int:
        return self.output.out_features

    def forward(self, memory: Memory, tokens: Tensor, *, attention: Attending = PLAIN) -> Decoded:
        """tokens (B, T) int64, BOS first → features (B, T, M) and the weights, one head."""
        manner = _Manner(memory.keys, self.score, memory.mask, self._selection(attention))
        features, _, lookups = self._read(tokens, self._begun(memory), memory, manner, attention)
        joined = _joined(lookups)
        draws = _draws(joined, self.order == "article")
        if attention.rules:
            keys = memory.keys
            call = Call(1, tokens.shape[1], keys.shape[1], keys.device)
            look = attention.at("cross", 0, call)
            joined = joined.replaced(mask=look.within(memory.mask), bias=look.bias)
            joined = joined if look.pinned is None else look.pinned.over(joined)
        values = memory.values[:, None, :, : self.memory_width]
        return Decoded(features, (Weights(joined, values),), draws=draws)

    def start(self, memory: Memory) -> State:
        """s_0 = h_n, or its projection; what the score does to keys alone is done once."""
        _QUICK.now(self)
        of_keys, _ = split(self.score)
        return replace(self._begun(memory), fixed=(of_keys(memory.keys),))

    def _begun(self, memory: Memory) -> State:
        hidden = memory.start
        if self.bridge is not None:
            hidden = tuple(
                torch.tanh(linear(last.flatten(1))).to(last.dtype).unflatten(1, (self.layers, -1))
                for linear, last in zip(self.bridge, memory.start, strict=True)
            )
        if self.order != "places":
            return State(hidden)
        nowhere = torch.zeros_like(memory.values[:, :1, self.memory_width :])
        return State((*hidden, nowhere))

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        """Read token (N,) int64 → logits (N, V) of the next one, and the state after it."""
        [keys], (_, score), quick = state.fixed, split(self.score), _QUICK.last(self)
        select = self._selection(attention)
        manner = _Manner(keys, score, memory.padding, select, quick and quick.cells)
        features, after, [lookup] = self._read(token[:, None], state, memory, manner, attention)
        readout = quick.output if quick else self.readout
        return Step(readout(features[:, 0]), after, (Weights(lookup),))

    def readout(self, features: Tensor) -> Tensor:
        """(..., M) → logits (..., V)."""
        return self.output(features)

    def _read(
        self, tokens: Tensor, state: State, memory: Memory, manner: _Manner, attention: Attending
    ) -> tuple[Tensor, State, list[Lookup]]:
        """tokens (N, T) → features (N, T, M), the state after them, how they were looked up."""
        attention.check("self", layers=0, heads=0)
        attention.check("cross", layers=1, heads=1)
        words = dropout(self.embedding(tokens), self.dropout, self.training)
        read = {"luong": self._cell_then_attend, "article": self._attend_then_cell}.get(
            self.order, self._glimpse
        )
        moving, features, lookups = state.moving, [], []
        # In Luong's order nothing that was attended to enters the cell: all words in one pass.
        step = words.shape[1] if self.order == "luong" else 1
        for i, part in enumerate(words.split(step, dim=1)):
            call = Call(1, step, manner.keys.shape[1], manner.keys.device, state.position + i)
            look = attention.at("cross", 0, call)
            out, moving, attended = read(part, moving, memory, manner, look)
            features.append(out)
            lookups.append(attended.weights.lookup)
        after = replace(state, moving=moving, position=state.position + tokens.shape[1])
        return features[0] if len(features) == 1 else torch.cat(features, 1), after, lookups

    def _selection(self, attention: Attending) -> Select | Unsettled:
        if not self.hard:
            return softmax
        return Hard(True, attention.soft_share) if self.training else Hard(sample=False)

    def _attend_then_cell(
        self, word: Tensor, hidden: Hidden, memory: Memory, manner: _Manner, look: Look
    ) -> tuple[Tensor, Hidden, Attended]:
        query = hidden[0][:, -1:]  # s_{t-1} of the top layer, (N, 1, M)
        context, attended = self._attend(query, memory, manner, look)
        out, hidden = self._cell(torch.cat((context, word), -1), hidden, manner)
        features = out if self.norm is None else self.norm(out)
        return dropout(features, self.dropout, self.training), hidden, attended

    def _cell_then_attend(
        self, words: Tensor, hidden: Hidden, memory: Memory, manner: _Manner, look: Look
    ) -> tuple[Tensor, Hidden, Attended]:
        assert self.combine is not None
        out, hidden = self._cell(words, hidden, manner)
        query = dropout(out, self.dropout, self.training)
        context, attended = self._attend(query, memory, manner, look)
        features = self.combine(torch.cat((context, query), -1))
        features = torch.tanh(features) if self.norm is None else self.norm(features)
        return dropout(features, self.dropout, self.training), hidden, attended

    def _glimpse(
        self, word: Tensor, moving: Hidden, memory: Memory, manner: _Manner, look: Look
    ) -> tuple[Tensor, Hidden, Attended]:
        """The same with places: the cell reads where it looked last."""
        *hidden, where = moving
        word = torch.cat((where, word), -1)
        out, hidden, attended = self._cell_then_attend(word, tuple(hidden), memory, manner, look)
        where = self._where(attended, memory).reshape(len(word), 1, -1)
        return out, (*hidden, where), attended

    def _attend(
        self, query: Tensor, memory: Memory, manner: _Manner, look: Look
    ) -> tuple[Tensor, Attended]:
        """query (N, T, M) → context (N, T, memory width), and what was attended to."""
        attended = attend(
            memory.by_sentence(query)[:, None],
            manner.keys[:, None],
            memory.values[:, None],
            score=manner.score,
            select=manner.select,
            mask=look.within(manner.mask),
            bias=look.bias,
            pinned=look.pinned,
        )
        context = attended.context[..., : self.memory_width].reshape(*query.shape[:2], -1)
        if self.gate is not None:
            context = context * torch.sigmoid(self.gate(query))
        return context, attended

    def _where(self, attended: Attended, memory: Memory) -> Tensor:
        """l_t of each query, (B, k, memory width)."""
        if not self.hard:
            return attended.context[:, 0, :, self.memory_width :]
        # The expected place, so that a draw changes its own word alone, as REINFORCE wants it.
        soft = attended.weights.lookup.replaced(select=softmax)
        return soft.weights()[:, 0] @ memory.values[..., self.memory_width :]

    def _cell(self, x: Tensor, hidden: Hidden, manner: _Manner) -> tuple[Tensor, Hidden]:
        """x (N, T, width in) → out (N, T, M) and the last state, batch first."""
        if manner.cells:
            hidden = next_state(manner.cells, x[:, 0], hidden)
            return hidden[0][:, -1:], hidden
        given = tuple(h.transpose(0, 1).contiguous() for h in hidden)  # (layers, B, M)
        out, last = self.rnn(x, given[0] if isinstance(self.rnn, nn.GRU) else given)
        last = last if isinstance(last, tuple) else (last,)
        # Autocast lowers some states and not others; queries have to match the keys.
        return out.to(x.dtype), tuple(h.transpose(0, 1).to(x.dtype) for h in last)


class _Quick:
    """What a step computes by the decoder's largest weights, laid out once."""

    def __init__(self, decoder: RecurrentDecoder) -> None:
        self.cells, self.output = cells(decoder.rnn), product(decoder.output)


_QUICK: Kept[_Quick] = Kept(_Quick)


def _joined(steps: list[Lookup]) -> Lookup:
    """The lookup of all steps, (B, 1, T, Tk), as it was chosen; masks are those of the first."""
    query = torch.cat([step.query for step in steps], -2)
    selections = [unpinned(step.select) for step in steps]
    select = selections[0]
    if isinstance(select, Chosen):
        chosen = [each for each in selections if isinstance(each, Chosen)]
        soft = [c.soft for c in chosen if c.soft is not None]
        select = Chosen(
            torch.cat([c.index for c in chosen], -2),
            torch.cat([c.log_prob for c in chosen], -1),
            torch.cat(soft, -2) if soft else None,
        )
    return steps[0].replaced(query=query, select=select)


def _draws(lookup: Lookup, enter_state: bool) -> Draws | None:
    """What the joined lookup (B, 1, T, Tk) of a pass drew, if it drew."""
    chosen = lookup.select
    if not isinstance(chosen, Chosen):
        return None
    drawn = chosen.index[:, 0, :, 0] >= 0
    if chosen.soft is not None:
        drawn = drawn & ~chosen.soft[:, 0, :, 0]
    soft = Weights(lookup.replaced(select=softmax))
    return Draws(chosen.log_prob[:, 0], drawn, soft, enter_state)
