"""What changes do, against the same numbers reckoned by hand in float64."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel

import qkv
from qkv.data.tokenizer import BOS, EOS
from qkv.errors import ConfigError
from qkv.inspection import effect, head_importance, source_importance
from qkv.models import PLAIN
from qkv.pipeline import Captioner, Translator
from tests.tiny import PAIRS

HEADS, WIDTH = 4, 32
SOURCE = PAIRS[0][0]
TEXT = torch.randint(3, 90, (2, 7), generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def gpt() -> Any:
    sizes: dict[str, Any] = {"attn_implementation": "sdpa"}
    sizes |= {"n_embd": WIDTH, "n_layer": 2, "n_head": HEADS, "n_positions": 64, "vocab_size": 90}
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config(**sizes)).eval().double()
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(5.0 if weights.dim() > 1 else 1.0)
    return model


def silenced(model: Any, layer: int, head: int) -> Tensor:
    """Logits without what a head says: its rows of the output's projection are 0."""
    weight = model.transformer.h[layer].attn.c_proj.weight
    own = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
    with torch.no_grad():
        kept = weight[own].clone()
        weight[own] = 0.0
        logits = model(TEXT).logits
        weight[own] = kept
    return logits


def test_an_effect_is_what_changes(gpt: Any) -> None:
    changes = {
        "the second": {1: PLAIN.without_heads("any", [2])},
        "none": {0: PLAIN.tempered("any", 1.0)},
    }
    effects = effect(gpt, lambda: gpt(TEXT), changes, tokens=TEXT)
    with torch.no_grad():
        before, after = gpt(TEXT).logits, silenced(gpt, 1, 2)
    one, other = before.log_softmax(-1).tolist(), after.log_softmax(-1).tolist()
    divergences = [
        math.fsum(math.exp(p) * (p - q) for p, q in zip(a, b, strict=True))
        for row, changed in zip(one, other, strict=True)
        for a, b in zip(row, changed, strict=True)
    ]
    said = effects["the second"]
    assert said.divergence == pytest.approx(math.fsum(divergences) / 14, rel=1e-6)
    assert said.difference == pytest.approx(float((after - before).abs().max()), rel=1e-6)
    assert float(said.log_probability[1, 3]) == pytest.approx(
        other[1][3][TEXT[1, 3]] - one[1][3][TEXT[1, 3]], rel=1e-6
    )
    assert effects[1].divergence == pytest.approx(0.0, abs=1e-9)
    assert [each.name for each in effects.largest()] == ["the second", "none"]
    first, second, _ = str(effects).splitlines()
    assert first.split() == [
        "change",
        "loss",
        "by",
        "logits",
        "by",
        "KL,",
        "nats",
        "log",
        "p",
        "by",
        "text",
    ]
    assert f"{said.divergence:.4f}" in second


def test_texts_and_losses(gpt: Any) -> None:
    off = {"all off": {"*": PLAIN.without_heads("any", range(HEADS))}}

    def text() -> str:
        return " ".join(map(str, gpt(TEXT).logits.argmax(-1)[0].tolist()))

    [said] = effect(gpt, text, off)
    with torch.no_grad():
        assert said.before == (text(),)
    assert said.after != said.before
    [lost] = effect(gpt, lambda: gpt(TEXT).logits.sum(), off)
    assert lost.rise is not None
    assert lost.divergence is None


@pytest.mark.parametrize("output", [None, 3, [1, 2], "logits"])
def test_a_run_that_gives_nothing_to_compare(gpt: Any, output: Any) -> None:
    if output == "logits":
        sizes = iter([3, 4])
        run, text = (lambda: (gpt(TEXT), torch.zeros(1, next(sizes), 5))[1]), "were"
    else:
        run, text = (lambda: output), "must give logits"
    with pytest.raises(ConfigError, match=text):
        effect(gpt, run, {"off": {0: PLAIN.without_heads("any", [0])}})


def test_heads_by_ablation(gpt: Any) -> None:
    importance = head_importance(gpt, lambda: gpt(TEXT).logits)
    assert importance.rows == ("transformer.h.0.attn", "transformer.h.1.attn")
    assert importance.columns == ("0", "1", "2", "3")
    with torch.no_grad():
        before = gpt(TEXT).logits.log_softmax(-1)
    for layer in range(2):
        for head in range(HEADS):
            after = silenced(gpt, layer, head).log_softmax(-1)
            wanted = (before.exp() * (before - after)).sum(-1).mean()
            assert importance.values[layer, head] == pytest.approx(float(wanted), rel=1e-6)
    best = np.unravel_index(importance.values.argmax(), importance.values.shape)
    row, column, value = importance.ranked()[0]
    assert (row, column) == (importance.rows[best[0]], str(best[1]))
    assert value == importance.values.max()
    assert len(str(importance).splitlines()) == 3


def test_heads_by_gradient(gpt: Any) -> None:
    """Against differences of the loss, text by text."""

    def loss(text: Tensor) -> Tensor:
        return gpt(text).logits.log_softmax(-1)[..., 7].sum()

    importance = head_importance(gpt, lambda: loss(TEXT), by="gradient", layers=["*.1.*"])
    assert importance.rows == ("transformer.h.1.attn",)

    def at(text: Tensor, head: int, gain: float) -> float:
        gains = torch.ones(HEADS, 1, 1)
        gains[head] = gain
        with qkv.watch(gpt, change={1: PLAIN.scaled("any", gains)}), torch.no_grad():
            return float(loss(text))

    for head in range(HEADS):
        slopes = [(at(t[None], head, 1.01) - at(t[None], head, 0.99)) / 0.02 for t in TEXT]
        assert importance.values[0, head] == pytest.approx(np.abs(slopes).mean(), rel=1e-3)


def test_an_unknown_way(gpt: Any) -> None:
    with pytest.raises(ConfigError, match="'ablation' or 'gradient'"):
        head_importance(gpt, lambda: gpt(TEXT), by="magic")


def test_source_words_of_a_translation(transformer: Path) -> None:
    """Each hidden by hand, in a pass of the model's own."""
    translator = qkv.load(transformer)
    assert isinstance(translator, Translator)
    [result] = translator.translate([SOURCE])
    importance = source_importance(translator, result)
    assert importance.rows == tuple(token.text for token in result.tokens)
    source = torch.tensor([[*translator.source_tokenizer.encode(SOURCE).ids, EOS]])
    target = torch.tensor([[BOS, *result.ids, EOS]])
    assert importance.columns == tuple(token.text for token in result.source_tokens)
    whole = log_p(translator.model, source, target, torch.zeros(source.shape[1]).bool())
    for column in range(source.shape[1]):
        hidden = torch.arange(source.shape[1]) == column
        lost = whole - log_p(translator.model, source, target, hidden)
        assert np.allclose(importance.values[:, column], lost, atol=1e-4)


def log_p(model: Any, source: Tensor, target: Tensor, hidden: Tensor) -> np.ndarray:
    present = torch.ones_like(source).bool()
    with torch.no_grad():
        memory = model.encode(source, present, attention=PLAIN.hiding(hidden))
        decoded = model.decoder(memory, target[:, :-1], attention=PLAIN.hiding(hidden))
        logits = model.decoder.readout(decoded.features).double()
    return logits.log_softmax(-1)[0].gather(-1, target[0, 1:, None])[:, 0].numpy()


def test_regions_of_a_picture(captioner: Path, album: dict[str, str]) -> None:
    model = qkv.load(captioner)
    assert isinstance(model, Captioner)
    picture = Path(album["images"]).parent / "red-blue.png"
    [caption] = model.caption([picture])
    importance = source_importance(model, caption, picture)
    assert importance.values.shape == (len(caption.tokens), model.source_positions)
    assert importance.columns[3] == "region 3"
    hidden = torch.arange(model.source_positions) == 3
    changed = model.attend(caption, picture, PLAIN.hiding(hidden)).attention.probabilities
    lost = np.log(caption.attention.probabilities) - np.log(changed)
    assert np.allclose(importance.values[:, 3], lost, atol=1e-6)


def test_a_gradient_needs_one(gpt: Any) -> None:
    def run() -> Tensor:
        with torch.no_grad():
            return gpt(TEXT).logits

    with pytest.raises(ConfigError, match="needs a run with a gradient"):
        head_importance(gpt, run, by="gradient")
