"""REINFORCE against the exact gradient of the expected reward, by enumerating every draw."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from qkv.attention import General
from qkv.attention.select import Chosen, Hard, softmax
from qkv.data.batching import Batch, collate
from qkv.models import Attending, EncoderDecoder, ModelConfig, build
from qkv.models.decoders import RecurrentDecoder
from qkv.models.encoders import RecurrentEncoder
from qkv.training.config import TrainConfig
from qkv.training.objectives import Baseline, objective

SOURCE, TARGET = [5, 6], [4, 7]  # with EOS: three positions to look at, three words to say
WORDS = 3
PICTURE: dict[str, Any] = {"vision": "frozen", "grid": 2, "region_width": 5}  # four regions
COPIES, BATCHES = 16, 150
# word by word, what the context changes: its own word alone, or all that follow
ORDERS = ["luong", "places", "article"]


def hard_model(order: str, **settings: Any) -> EncoderDecoder:
    torch.manual_seed(7)
    config = ModelConfig(
        architecture="rnn", order=order, select="hard", source_vocabulary=9, target_vocabulary=9,
        width=5, embedding=5, encoder_width=6, tied=True, encoder_layers=1, decoder_layers=1,
        dropout=0.0, **(PICTURE if order == "places" else {}), **settings,
    )  # fmt: skip
    model = build(config).train()
    for parameter in model.parameters():  # far from uniform, so that a draw matters
        parameter.data.normal_(std=0.9)
    return model


def batch_of(model: EncoderDecoder, copies: int) -> Batch:
    batch = collate([(SOURCE, TARGET)] * copies)
    if isinstance(model.encoder, RecurrentEncoder):
        return batch
    regions = torch.randn(4, 5, generator=torch.Generator().manual_seed(3)).expand(copies, 4, 5)
    return replace(batch, source=regions, source_mask=torch.ones(copies, 4, dtype=torch.bool))


def constant(value: float) -> Baseline:
    """One number for every word."""
    return Baseline(torch.tensor([[value] * 9, [1.0] * 9]))


def gradient(model: EncoderDecoder, loss: Tensor) -> Tensor:
    slopes = torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
    pairs = zip(slopes, model.parameters(), strict=True)
    return torch.cat([torch.zeros(p.numel()) if g is None else g.flatten() for g, p in pairs])


def exact(model: EncoderDecoder, monkeypatch: pytest.MonkeyPatch) -> Tensor:
    """∇ of −Σ_s p(s) Σ_t log p(y_t | s) / WORDS, over all ways to look."""
    batch, expected = batch_of(model, 1), torch.zeros(())
    for draws in product(range(batch.source.shape[1]), repeat=WORDS):
        left = list(draws)

        def forced(_: Hard, weights: Tensor, left: list[int] = left) -> Tensor:
            rows = [left.pop(0) for _ in range(weights.shape[-2])]
            return torch.tensor(rows).view(1, 1, -1, 1)

        monkeypatch.setattr(Hard, "_choose", forced)
        decoded, _ = model(batch.source, batch.source_mask, batch.target_input)
        logits = model.decoder.readout(decoded.features)[0]
        reward = -cross_entropy(logits, batch.target_output[0], reduction="sum")
        chosen = decoded.cross_weights[0].lookup.select
        assert isinstance(chosen, Chosen)
        assert chosen.index.flatten().tolist() == list(draws)
        expected = expected + chosen.log_prob.sum().exp() * reward
    monkeypatch.undo()
    return gradient(model, -expected / WORDS)


def estimates(
    model: EncoderDecoder, baseline: float | Baseline, soft_share: float = 0.0, **settings: Any
) -> Tensor:
    """(BATCHES, parameters): the objective's gradient, each the mean of COPIES draws."""
    config = TrainConfig(**{"label_smoothing": 0.0, "entropy": 0.0, "reinforce": 1.0, **settings})
    torch.manual_seed(11)
    batch = batch_of(model, COPIES)
    if not isinstance(baseline, Baseline):
        baseline = constant(baseline)
    attention = Attending(soft_share=soft_share)
    each = (objective(model, batch, config, baseline, attention) for _ in range(BATCHES))
    return torch.stack([gradient(model, result.loss) for result in each])


def off(estimated: Tensor, wanted: Tensor) -> Tensor:
    """How many standard errors the mean of the estimates is off, for parameters that vary."""
    error = estimated.std(0) / BATCHES**0.5
    varies = error > 1e-6
    assert varies.sum() > 50
    torch.testing.assert_close(estimated.mean(0)[~varies], wanted[~varies], rtol=1e-4, atol=1e-5)
    return ((estimated.mean(0) - wanted) / error)[varies]


@pytest.mark.parametrize("baseline", [0.0, -2.0], ids=["plain", "baseline"])
@pytest.mark.parametrize("order", ORDERS)
def test_the_mean_of_the_estimates_is_the_exact_gradient(
    order: str, baseline: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = hard_model(order)
    errors = off(estimates(model, baseline), exact(model, monkeypatch))
    assert errors.square().mean() < 2  # 1 is expected; parameters go together, hence the room
    assert errors.abs().max() < 4.5


@pytest.mark.parametrize("order", ORDERS)
def test_without_the_draws_part_the_gradient_would_be_another(
    order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = hard_model(order)
    estimated, wanted = estimates(model, 0.0, reinforce=0.0), exact(model, monkeypatch)
    error = (estimated.std(0) / BATCHES**0.5).clamp(min=1e-4)
    assert ((estimated.mean(0) - wanted) / error).abs().max() > 10


def test_with_a_soft_share_the_mean_is_that_of_both_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    model = hard_model("luong")
    batch, config = batch_of(model, 1), TrainConfig(label_smoothing=0.0, entropy=0.0)
    all_soft = Attending(soft_share=1.0)  # nothing is drawn
    of_soft = gradient(model, objective(model, batch, config, constant(0.0), all_soft).loss)
    mixed = (exact(model, monkeypatch) + of_soft) / 2
    errors = off(estimates(model, -1.0, soft_share=0.5), mixed)
    assert errors.square().mean() < 2
    assert errors.abs().max() < 4.5


@pytest.mark.parametrize("order", ORDERS)
def test_a_baseline_near_the_mean_reward_lowers_the_variance(order: str) -> None:
    model = hard_model(order)
    far = objective(model, batch_of(model, 400), TrainConfig(), constant(0.0)).reinforced
    assert far is not None
    near = objective(
        model, batch_of(model, 400), TrainConfig(), constant(far.reward.item())
    ).reinforced
    assert near is not None
    assert near.variance < 0.7 * near.without
    plain, based = estimates(model, 0.0), estimates(model, far.reward.item())
    assert based.var(0).sum() < 0.7 * plain.var(0).sum()


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_variance_is_of_what_was_drawn(share: float) -> None:
    """The mean square of R_t over the captions that attended to one key, made again by hand."""
    model, attention = hard_model("luong"), Attending(soft_share=share)
    batch, config = batch_of(model, 40), TrainConfig(label_smoothing=0.0)
    torch.manual_seed(4)
    reinforced = objective(model, batch, config, constant(0.0), attention).reinforced
    torch.manual_seed(4)
    decoded, _ = model(batch.source, batch.source_mask, batch.target_input, attention=attention)
    chosen = decoded.cross_weights[0].lookup.select
    assert isinstance(chosen, Chosen)
    logits = model.decoder.readout(decoded.features)
    reward = -cross_entropy(logits.transpose(1, 2), batch.target_output, reduction="none")
    drawn = chosen.log_prob[:, 0] != 0  # (40, 3)
    assert drawn.float().mean().item() == pytest.approx(1 - share, abs=0.2)
    assert reinforced is not None
    if not drawn.any():
        assert reinforced.variance.isnan()
        assert reinforced.without.isnan()
    else:
        assert reinforced.variance == pytest.approx(reward[drawn].square().mean().item(), rel=1e-5)
        assert reinforced.without == reinforced.variance


def test_entropy_is_that_of_the_weights_before_the_draw() -> None:
    model = hard_model("luong")
    batch = batch_of(model, 1)
    losses = []
    for share in (0.0, 1.0):
        torch.manual_seed(3)
        config = TrainConfig(label_smoothing=0.0, entropy=share)
        losses.append(objective(model, batch, config, constant(0.0)).loss)
    torch.manual_seed(3)
    decoded, _ = model(batch.source, batch.source_mask, batch.target_input)
    lookup = decoded.cross_weights[0].lookup
    scores = lookup.scores()[0, 0].double().softmax(-1)
    entropy = -(scores * scores.log()).sum(-1).mean()
    assert (losses[0] - losses[1]).item() == pytest.approx(entropy.item(), rel=1e-5)


def test_the_doubly_stochastic_penalty_by_hand() -> None:
    """λ Σ_i (1 − Σ_t α_ti)² over the captions' own words, a target token."""
    torch.manual_seed(5)
    config = ModelConfig(
        architecture="rnn", source_vocabulary=9, target_vocabulary=9, width=6, embedding=6,
        encoder_width=6, encoder_layers=1, decoder_layers=1,
    )  # fmt: skip
    model = build(config).eval()
    examples = [([4, 5], [6, 7, 8]), ([7, 8], [5])]  # the second is padded by two
    batch = collate(examples)
    without, with_ = (
        objective(model, batch, TrainConfig(doubly_stochastic=share), constant(0.0))
        for share in (0.0, 0.5)
    )
    assert with_.nats == without.nats
    decoded, _ = model(batch.source, batch.source_mask, batch.target_input)
    weights = decoded.cross_weights[0].dense().double()[:, 0]
    penalty = sum(
        ((1 - weights[row, : len(target) + 1].sum(0)) ** 2).sum().item()
        for row, (_, target) in enumerate(examples)
    )
    added = (with_.loss - without.loss).item()
    assert added == pytest.approx(0.5 * penalty / (4 + 2), rel=1e-5)


def test_the_baseline_is_a_moving_average_a_word() -> None:
    words, first = torch.tensor([2, 2, 5]), torch.tensor([-1.0, -3.0, -7.0])
    once = Baseline(torch.zeros(2, 9)).moved(words, first)
    every = torch.arange(9)
    # a word not seen yet has the mean of those that were
    torch.testing.assert_close(
        once.of(every), torch.tensor([-4.5, -4.5, -2.0, -4.5, -4.5, -7.0, -4.5, -4.5, -4.5])
    )
    twice = once.moved(torch.tensor([2]), torch.tensor([-4.0]))
    expected = (0.9 * 0.1 * -2.0 + 0.1 * -4.0) / (0.9 * 0.1 + 0.1)
    assert twice.of(torch.tensor([2])).item() == pytest.approx(expected)
    assert twice.of(torch.tensor([5])).item() == pytest.approx(-7.0)  # not in the batch
    for _ in range(200):
        twice = twice.moved(torch.tensor([2]), torch.tensor([-0.5]))
    assert twice.of(torch.tensor([2])).item() == pytest.approx(-0.5)


def test_a_baseline_for_each_word_is_unbiased_too(monkeypatch: pytest.MonkeyPatch) -> None:
    model = hard_model("luong")
    sums = torch.stack((-torch.arange(9.0) / 3, torch.ones(9)))
    errors = off(estimates(model, Baseline(sums)), exact(model, monkeypatch))
    assert errors.square().mean() < 2
    assert errors.abs().max() < 4.5


def test_weights_that_have_become_zero_leave_no_nan() -> None:
    model = hard_model("luong")
    assert isinstance(model.decoder, RecurrentDecoder)
    assert isinstance(model.decoder.score, General)
    for parameter in model.decoder.score.parameters():
        parameter.data.mul_(1e3)
    result = objective(model, batch_of(model, 4), TrainConfig(entropy=1.0), constant(0.0))
    decoded, _ = model(
        *(getattr(batch_of(model, 4), n) for n in ("source", "source_mask", "target_input"))
    )
    weights = decoded.cross_weights[0].lookup.replaced(select=softmax).weights()
    assert (weights == 0).any()
    assert gradient(model, result.loss).isfinite().all()


@pytest.mark.parametrize("order", ORDERS)
def test_the_penalty_reaches_the_scores_that_are_drawn_from(order: str) -> None:
    """Xu et al. 2015, eq. 14 is of α, not of the draws, which have no gradient."""
    model = hard_model(order)
    config = TrainConfig(label_smoothing=0.0, entropy=0.0, reinforce=0.0)
    batch, gradients = batch_of(model, 4), []
    for penalty in (0.0, 1.0):
        torch.manual_seed(3)  # the same draws
        config = replace(config, doubly_stochastic=penalty)
        loss = objective(model, batch, config, constant(0.0)).loss
        assert isinstance(model.decoder, RecurrentDecoder)
        assert isinstance(model.decoder.score, General)
        weight = model.decoder.score.project.weight
        [slope] = torch.autograd.grad(loss, [weight], allow_unused=True)
        gradients.append(torch.zeros_like(weight) if slope is None else slope)
    assert not torch.allclose(*gradients)
