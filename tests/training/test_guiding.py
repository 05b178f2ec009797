"""Guided alignment: the objective by hand, the links that it goes by, and runs that go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from qkv import training
from qkv.attention import Weights, dot
from qkv.attention.lookup import Lookup
from qkv.attention.select import softmax
from qkv.data import read_lines
from qkv.data.batching import Example, collate
from qkv.data.tokenizer import BOS, EOS
from qkv.data.words import spans
from qkv.errors import ConfigError, DataError, FolderError
from qkv.models import Decoded, EncoderDecoder, ModelConfig, build
from qkv.pipeline import AlignmentHeads, load_translator
from qkv.pipeline.alignment_heads import load_heads
from qkv.training.config import TrainConfig
from qkv.training.guiding import GuidedMaterial, TokenLinks, guided_head, token_links
from qkv.training.objectives import Baseline, misled, objective
from qkv.training.text import read_text
from tests.tiny import PAIRS, RNN, TRANSFORMER, train, write_corpus

VOCABULARY = 23
EXAMPLES: list[Example] = [([5, 7, 11], [6, 8]), ([9], [4, 5, 6, 7, 10]), ([12, 13], [22])]
LINKS = [[(0, 0), (0, 1)], [(1, 0), (4, 0)], []]  # target, source token
SIZES: dict[str, Any] = {
    "source_vocabulary": VOCABULARY,
    "target_vocabulary": VOCABULARY,
    "width": 12,
    "embedding": 12,
    "encoder_width": 12,
    "feedforward": 13,
    "encoder_layers": 1,
    "decoder_layers": 3,
}
KINDS: list[dict[str, Any]] = [
    {"architecture": "transformer", "heads": 2},
    {"architecture": "rnn", "attention": "general", "decoder_layers": 1},
    {"architecture": "rnn", "attention": "additive", "order": "article", "decoder_layers": 1},
]


class Fixed:
    """A `Material` of these examples alone."""

    examples = EXAMPLES

    def batch(self, indices: list[int]) -> Any:
        return collate([EXAMPLES[i] for i in indices])


def material(heads: AlignmentHeads) -> GuidedMaterial:
    return GuidedMaterial(Fixed(), TokenLinks.of(LINKS), heads)  # type: ignore[arg-type]


def goals(shift: int) -> list[list[list[int]]]:
    """Of each sentence and row the source tokens that it should look at, by hand; EOS is last."""
    word = [[[0, 1], [3]], [[1], [0], [1], [1], [0]], [[2]]]
    end = [[3], [1], [2]]
    return [[[], *own] if shift else [*own, last] for own, last in zip(word, end, strict=True)]


@pytest.mark.parametrize("shift", [0, 1])
def test_rows_look_at_the_linked_tokens_and_else_at_the_end(shift: int) -> None:
    guide = material(AlignmentHeads(((0, 0),), shift)).batch([2, 0, 1]).guide
    assert guide is not None
    expected = np.zeros((3, 6, 4))
    for row, own in enumerate(goals(shift)):
        for word, tokens in enumerate(own):
            expected[row, word, tokens] = 1 / max(1, len(tokens))
    np.testing.assert_array_equal(guide, expected)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_loss_against_single_sentences_in_float64(kind: dict[str, Any]) -> None:
    torch.manual_seed(3)
    config = ModelConfig(**{**SIZES, **kind})
    model, head = build(config).eval(), guided_head(config)
    [(layer, number)] = head.heads
    assert (layer, number, head.shift) == ((1, 0, 1) if "heads" in kind else (0, 0, 0))
    total = 0.0
    for (source, target), rows in zip(EXAMPLES, goals(head.shift), strict=True):
        ids = torch.tensor([[*source, EOS]])
        with torch.no_grad():
            read = model(ids, ids >= 0, torch.tensor([[BOS, *target]]))[0]
        weights = read.cross_weights[layer].dense()[0, number].detach().numpy().astype(np.float64)
        for row, tokens in zip(weights, rows, strict=True):
            total -= sum(np.log(row[token]) for token in tokens) / max(1, len(tokens))
    batch = material(head).batch(range(3))
    losses = [_loss(model, batch, guided) for guided in (0.0, 0.3)]
    tokens = sum(len(target) + 1 for _, target in EXAMPLES)
    added = (losses[1] - losses[0]).item()
    assert added == pytest.approx(0.3 * total / tokens, rel=1e-4)
    losses[1].backward()
    unguided = replace(batch, guide=None)
    assert _loss(model, unguided, 0.3) == losses[0]


def _loss(model: EncoderDecoder, batch: Any, guided: float) -> Tensor:
    settings = TrainConfig(guided=guided, label_smoothing=0.0)
    return objective(model, batch, settings, Baseline(torch.zeros(2, VOCABULARY))).loss


def test_its_gradient_in_float64() -> None:
    torch.manual_seed(5)
    query, key = torch.randn(2, 3, 5, 4).double(), torch.randn(2, 3, 7, 4).double()
    guide = torch.rand(2, 5, 7).double() * (torch.rand(2, 5, 7) > 0.5)

    def loss(query: Tensor, key: Tensor) -> Tensor:
        first = Weights(Lookup(query, key, dot, softmax))
        last = Weights(Lookup(query.detach(), key.detach(), dot, softmax))
        return misled(Decoded(query, (first, last)), guide)

    query.requires_grad_()
    key.requires_grad_()
    assert torch.autograd.gradcheck(loss, (query, key))
    scores = (query[:, 0] @ key[:, 0].mT).log_softmax(-1)  # the first head of that layer
    assert loss(query, key).item() == pytest.approx(-(guide * scores).sum().item(), rel=1e-12)
    query.grad = None
    loss(query, key).backward()
    assert query.grad is not None
    assert not query.grad[:, 1:].any()


def test_a_head_that_looks_nowhere_near_has_a_finite_loss() -> None:
    query = torch.tensor([[[[200.0]]]], requires_grad=True)
    key = torch.tensor([[[[1.0], [-1.0]]]])
    loss = misled(Decoded(query, (Weights(Lookup(query, key, dot, softmax)),)),
                  torch.tensor([[[0.0, 1.0]]]))  # fmt: skip
    loss.backward()
    assert 80 < loss.item() < 100
    assert query.grad is not None
    assert torch.isfinite(query.grad).all()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The corpus, and links of its words: 我喜欢咖啡 / I like coffee is 0-0 1-1 2-1 3-2 4-2."""
    folder = tmp_path_factory.mktemp("linked")
    data = write_corpus(folder)
    lines = []
    for source, target in PAIRS:
        ends = source_ends(source, target)
        lines.append(" ".join(f"{i}-{j}" for i in range(len(source)) for j in ends[i]))
    (folder / "links").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {**data, "alignments": str(folder / "links")}


def source_ends(source: str, target: str) -> list[list[int]]:
    """Of each character its English words."""
    from tests.tiny import OBJECTS, SUBJECTS, VERBS

    ends, at = [], 0
    for table in (SUBJECTS, VERBS, OBJECTS):
        [zh] = [zh for zh in table if source.startswith(zh, len(ends))]
        count = len(table[zh].split())
        ends += [[*range(at, at + count)]] * len(zh)
        at += count
    assert at == len(target.split())
    return ends


@pytest.mark.parametrize("settings", [RNN, TRANSFORMER], ids=["rnn", "transformer"])
def test_a_guided_model_has_the_links_of_its_file(
    settings: dict[str, Any], data: dict[str, str], tmp_path: Path
) -> None:
    train(tmp_path / "model", data, {**settings, "guided": 0.3})
    translator = load_translator(tmp_path / "model")
    assert translator.alignment_heads == load_heads(tmp_path / "model")
    assert translator.alignment_heads is not None
    gold = dict(zip(map(tuple, PAIRS), read_lines(data["alignments"]), strict=True))
    found = translator.translate([source for source, _ in PAIRS[::5]], beam=1)
    right = [each for each in found if (each.source, each.text) in gold]
    assert len(right) > 20
    read = [{f"{i}-{j}" for i, j in each.alignment()} for each in right]
    drawn = [set(gold[each.source, each.text].split()) for each in right]
    both = sum(len(a & b) for a, b in zip(read, drawn, strict=True))
    # Tokens such as 我喜欢 span two words, so that not all links can be told apart.
    assert both > 0.95 * sum(map(len, drawn))
    assert not list(tmp_path.rglob("links*"))


def test_token_links_of_a_file_are_those_of_the_words(data: dict[str, str]) -> None:
    material = _material(data)
    links = token_links(material, data)
    gold = dict(zip(map(tuple, PAIRS), read_lines(data["alignments"]), strict=True))
    for number, example in enumerate(material.examples):
        source, target = (
            t.decode(ids) for t, ids in zip(material.tokenizers, example, strict=True)
        )
        words = {
            tuple(map(int, link.split("-"))) for link in gold[source.text, target.text].split()
        }
        expected = {
            (t, s)
            for t, (_, start, end) in enumerate(target.tokens)
            for s, (_, first, last) in enumerate(source.tokens)
            for i, (a, b) in enumerate(spans(source.text))
            for j, (c, d) in enumerate(spans(target.text))
            if (i, j) in words and max(a, first) < min(b, last) and max(c, start) < min(d, end)
        }
        assert {(t, s) for t, s in links[number].tolist()} == expected


def _material(data: dict[str, str]) -> Any:
    corpus = read_text(data, 1, lambda line: None)
    return corpus.tokenised(corpus.tokenizers(TrainConfig(vocabulary=400)), 250)


def test_links_of_the_corpus_itself_find_its_words(data: dict[str, str]) -> None:
    material = _material(data)
    own = token_links(material, {k: v for k, v in data.items() if k != "alignments"})
    given = token_links(material, data)
    pairs = [
        [{*map(tuple, each[i].tolist())} for each in (own, given)] for i in range(len(own.ends) - 1)
    ]
    both = sum(len(a & b) for a, b in pairs)
    assert 2 * both / sum(len(a) + len(b) for a, b in pairs) > 0.8


def test_links_are_kept_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "links.safetensors"
    TokenLinks.of(LINKS).save(path)
    again = TokenLinks.load(path)
    assert [[*map(tuple, again[i].tolist())] for i in range(3)] == LINKS
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(FolderError, match=r"links\.safetensors"):
        TokenLinks.load(path)


def test_a_run_that_goes_on_needs_no_file_of_links(
    data: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {**RNN, "guided": 0.2, "max_steps": 6, "validations": 3, "dropout": 0.2}
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    moved = {**data, "alignments": str(tmp_path / "own")}
    (tmp_path / "own").write_bytes(Path(data["alignments"]).read_bytes())
    train(whole, data, settings)

    def stop(line: str) -> None:
        if line.startswith("step 2 "):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training.start(broken, moved, settings, report=stop)
    (tmp_path / "own").unlink()
    training.resume(broken, {}, {}, report=lambda line: None)
    for name in ("model.safetensors", "alignment.json"):
        assert (whole / name).read_bytes() == (broken / name).read_bytes()


@pytest.mark.parametrize(
    ("settings", "names", "text"),
    [
        ({"attention": "none"}, {}, "guided needs weights that it can change; got attention=none."),
        ({"select": "hard"}, {}, "guided needs weights that it can change; got select=hard."),
        ({"guided": 0}, {"alignments": "x"}, "--alignments is what guided goes by; give --set"),
        ({"guided": -1}, {}, "guided must be at least 0; got -1"),
    ],
)
def test_what_cannot_be_guided_is_refused(
    settings: dict[str, Any], names: dict[str, str], text: str, corpus: Any, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        train(tmp_path / "x", {**corpus, **names}, {**RNN, "guided": 0.1, **settings})
    assert str(caught.value).startswith(text)
    assert not (tmp_path / "x").exists()


def test_captions_are_not_guided(album: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^guided is only for text; leave it out\.$"):
        train(tmp_path / "x", album, {"guided": 0.1})


def test_links_that_do_not_fit_are_refused(data: dict[str, str], tmp_path: Path) -> None:
    lines = read_lines(data["alignments"])
    for text, message in (
        ("\n".join(lines[1:]), "has 149 lines for 150 sentence pairs"),
        ("\n".join(["0-9", *lines[1:]]), "line 1: link 0-9 is beyond the sentences, which have"),
        ("\n".join(["a", *lines[1:]]), "line 1: 'a' is not a link"),
    ):
        (tmp_path / "bad").write_text(f"{text}\n", encoding="utf-8")
        with pytest.raises(DataError, match=message):
            train(tmp_path / "x", {**data, "alignments": str(tmp_path / "bad")},
                  {**RNN, "guided": 0.1})  # fmt: skip
        assert not (tmp_path / "x").exists()
