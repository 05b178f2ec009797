"""Guided alignment: a head of cross-attention learns to look where links point.

    − λ Σ_t Σ_s G_ts log α_ts / tokens        (Chen et al. 2016, section 3; Garg et al. 2019, eq. 4)

G_t is even over the source tokens that target token t is linked with. Differs from both papers:
what has no link looks at the end of the source, so that words that nothing explains can be told;
and a Transformer's head looks for the word that it has just read (Chen et al. 2020, section 3), not
for the one that comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from qkv.data import DataFiles, Pair, iter_parallel
from qkv.data.batching import Batch, Example
from qkv.data.invisible import visible
from qkv.data.protected import shared_stand_in
from qkv.data.tokenizer import PAD, Token
from qkv.data.words import pieces, spans
from qkv.errors import ConfigError, DataError
from qkv.evaluation import read_gold
from qkv.models import EncoderDecoder, ModelConfig
from qkv.models.folder import load_tensors, save_tensors
from qkv.pipeline import AlignmentHeads
from qkv.pipeline.aligner import corpus_links
from qkv.pipeline.alignment import Words, under
from qkv.training.config import TrainConfig
from qkv.training.material import Data, Lengths, Material, Tokenizers, Validation

__all__ = ["GuidedMaterial", "TokenLinks", "check_guided", "guided_head", "token_links"]

TOGETHER = 1000
ROUNDS = 5


def guided_head(model: ModelConfig) -> AlignmentHeads:
    """The head that is guided, and is read as an alignment afterwards.

    A Transformer's first one of the last layer but one, as the next word is predicted; an RNN's
    only one, as the word itself is, for the word needs what it finds.
    """
    if model.architecture == "rnn":
        return AlignmentHeads(((0, 0),))
    return AlignmentHeads(((max(0, model.decoder_layers - 2), 0),), shift=1)


def check_guided(model: ModelConfig, config: TrainConfig, data: Data) -> None:
    """Raises ConfigError where nothing can be guided, or links are given and nothing is."""
    if not config.guided:
        if "alignments" in data:
            raise ConfigError("--alignments is what guided goes by; give --set guided=0.05 too.")
        return
    if model.attention == "none" or model.select == "hard":
        have = "select=hard" if model.select == "hard" else "attention=none"
        raise ConfigError(f"guided needs weights that it can change; got {have}. Leave guided out.")


@dataclass(frozen=True, eq=False)
class TokenLinks:
    """Links of N examples between their tokens, one after the other.

    links: (M, 2), target and source token, from 0. ends: (N + 1,), where each example's end; 0
        first.
    """

    links: Tensor
    ends: Tensor

    @classmethod
    def of(cls, every: Iterable[Sequence[tuple[int, int]]]) -> TokenLinks:
        counts, links = [0], [torch.zeros(0, 2, dtype=torch.int32)]
        for own in every:
            counts.append(len(own))
            links.append(torch.tensor(own, dtype=torch.int32).view(-1, 2))
        return cls(torch.cat(links), torch.tensor(counts).cumsum(0))

    def __getitem__(self, example: int) -> Tensor:
        return self.links[self.ends[example] : self.ends[example + 1]]

    def save(self, path: Path) -> None:
        save_tensors(path, {"links": self.links, "ends": self.ends})

    @classmethod
    def load(cls, path: Path) -> TokenLinks:
        """Raises FolderError: it is not what `save` wrote."""
        return cls(**load_tensors(path)[0])


@dataclass(frozen=True)
class GuidedMaterial:
    """A `Material` whose batches say where the guided head should look."""

    material: Material
    links: TokenLinks
    heads: AlignmentHeads

    @property
    def unit(self) -> str:
        return self.material.unit

    @property
    def valid_unit(self) -> str:
        return self.material.valid_unit

    @property
    def tokenizers(self) -> Tokenizers:
        return self.material.tokenizers

    @property
    def examples(self) -> Lengths:
        return self.material.examples

    @property
    def valid(self) -> Sized:
        return self.material.valid

    @property
    def skipped(self) -> dict[str, int]:
        return self.material.skipped

    def decides(self) -> dict[str, Any]:
        return self.material.decides()

    def drawn(self, seed: int, epoch: int) -> Sequence[int]:
        return self.material.drawn(seed, epoch)

    def batch(self, indices: Sequence[int]) -> Batch:
        indices = sorted(indices)  # so they stay in order where new data and old are mixed
        batch = self.material.batch(indices)
        guide = _guide(batch, [self.links[i] for i in indices], self.heads.shift)
        return replace(batch, guide=guide)

    def validate(
        self, model: EncoderDecoder, config: ModelConfig, device: str, most: int | None = None
    ) -> Validation:
        return self.material.validate(model, config, device, most)


def _guide(batch: Batch, links: Sequence[Tensor], shift: int) -> Tensor:
    """G, (B, T, S): rows sum to 1; those on padding, and of no word, to 0."""
    guide = torch.zeros(*batch.target_output.shape, batch.source.shape[1])
    counts = torch.tensor([len(own) for own in links])
    rows = torch.arange(len(links)).repeat_interleave(counts)
    target, source = torch.cat(list(links)).long().unbind(1)
    guide[rows, target + shift, source] = 1
    real = batch.target_output != PAD
    real[:, :shift] = False
    end = batch.source_mask.sum(1) - 1
    row, word = torch.nonzero(real & (guide.sum(-1) == 0), as_tuple=True)
    guide[row, word, end[row]] = 1
    return guide / guide.sum(-1, keepdim=True).clamp(min=1)


def token_links(material: Material, data: Data) -> TokenLinks:
    """Of every example: those in the file `data` names as `alignments`, else the corpus' own.

    Raises:
        DataError: what `read_gold` raises, or an example that is not in the files of the links.
    """
    if "alignments" in data:
        given = _given(data, material.tokenizers)
        return TokenLinks.of(_found(given, example, data) for example in _examples(material))
    decoded = [
        [t.decode(ids) for t, ids in zip(material.tokenizers, example, strict=True)]
        for example in _examples(material)
    ]
    pairs = [Pair(source.text, target.text) for source, target in decoded]
    linked = zip(pairs, decoded, corpus_links(pairs, ROUNDS), strict=True)
    return TokenLinks.of(
        _of_tokens(links, (pieces(pair.source), pieces(pair.target)), source.tokens, target.tokens)
        for pair, (source, target), links in linked
    )


def _examples(material: Material) -> Iterator[Example]:
    """All of them, in order, of any material."""
    count = len(material.examples)
    for first in range(0, count, TOGETHER):
        batch = material.batch(range(first, min(first + TOGETHER, count)))
        present = batch.target_output != PAD
        for source, real, target, words in zip(
            batch.source, batch.source_mask, batch.target_output, present, strict=True
        ):
            yield source[real].tolist()[:-1], target[words].tolist()[:-1]


def _of_tokens(
    links: Iterable[tuple[int, int]],
    parts: Words,
    source_tokens: Sequence[Token],
    target_tokens: Sequence[Token],
) -> list[tuple[int, int]]:
    """(target token, source token) of linked (source part, target part)."""
    source, target = under(source_tokens, parts[0]), under(target_tokens, parts[1])
    return sorted({(t, s) for i, j in links for t in target[j] for s in source[i]})


def _given(data: Data, tokenizers: Tokenizers) -> dict[bytes, list[tuple[int, int]]]:
    """The token links of the file, by the ids of the pair that they are of."""
    shown = [Pair(visible(pair.source), visible(pair.target)) for pair in _pairs(data)]
    words = [(spans(pair.source), spans(pair.target)) for pair in shown]
    _, links = read_gold(data["alignments"], [(len(a), len(b)) for a, b in words])
    given: dict[bytes, list[tuple[int, int]]] = {}
    for first in range(0, len(shown), TOGETHER):
        some = slice(first, first + TOGETHER)
        pairs = [_in_stand_ins(pair, tokenizers[0].stand_ins) for pair in shown[some]]
        sides = [t.encode_batch([p[i] for p in pairs]) for i, t in enumerate(tokenizers)]
        for pair, source, target, own, linked in zip(
            pairs, *sides, words[some], links[some], strict=True
        ):
            parts = spans(pair.source), spans(pair.target)
            alike = [*map(len, parts)] == [*map(len, own)]  # a unit may have had spaces
            found = _of_tokens(linked, parts, source.tokens, target.tokens) if alike else []
            given[_key((source.ids, target.ids))] = found
    return given


def _pairs(data: Data) -> Iterable[Pair]:
    """Of the training data, as the files have them."""
    if "source" in data:
        return iter_parallel(data["source"], data["target"])
    return DataFiles(data.get("data") or data["tsv"], data.get("columns")).pairs()


def _in_stand_ins(pair: Pair, known: str) -> Pair:
    return Pair(*shared_stand_in(*pair, known)) if known else pair


def _found(
    given: dict[bytes, list[tuple[int, int]]], example: Example, data: Data
) -> list[tuple[int, int]]:
    try:
        return given[_key(example)]
    except KeyError:
        raise DataError(
            f"{data['alignments']}: has no links of some training pairs; what is mixed in, and "
            "tables with quotes around their cells, cannot have any. Leave --alignments out."
        ) from None


def _key(example: Example) -> bytes:
    return blake2b(repr([list(ids) for ids in example]).encode(), digest_size=16).digest()
