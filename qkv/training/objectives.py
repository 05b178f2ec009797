"""What training makes small: cross-entropy, and REINFORCE where attention is hard."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from qkv.data.batching import Batch
from qkv.data.tokenizer import PAD
from qkv.models import PLAIN, Attending, Decoded, EncoderDecoder
from qkv.models.memory import Draws
from qkv.training.config import TrainConfig
from qkv.training.cross_entropy import cross_entropy

__all__ = ["Baseline", "Objective", "Reinforced", "misled", "objective"]

Where = tuple[Tensor, ...]  # rows and columns (N,) of the N real tokens of a batch

BASELINE_DECAY = 0.9  # of the moving average (Xu et al. 2015, section 4.1)


@dataclass(frozen=True)
class Baseline:
    """b of REINFORCE: what log p of each word has been of late.

    Differs from the paper, which has one number for all: function words are sure wherever the model
    looks, and would only add noise.

    sums: (2, V), moving sums of the mean reward and of 1, decayed in each batch that has the word.
    """

    sums: Tensor

    def of(self, words: Tensor) -> Tensor:
        """words (N,) int64 → b (N,) in nats; for a word not yet seen that of all words."""
        reward, weight = self.sums
        overall = reward.sum() / weight.sum().clamp(min=1e-9)
        return torch.where(weight > 0, reward / weight.clamp(min=1e-9), overall)[words]

    def moved(self, words: Tensor, rewards: Tensor) -> Baseline:
        """With one batch more: words (N,) and their rewards (N,)."""
        none = torch.zeros_like(self.sums[0])
        counts = none.index_add(0, words, torch.ones_like(rewards))
        means = none.index_add(0, words, rewards) / counts.clamp(min=1)
        now = torch.stack((means, torch.ones_like(means)))
        moved = BASELINE_DECAY * self.sums + (1 - BASELINE_DECAY) * now
        return Baseline(torch.where(counts > 0, moved, self.sums))


@dataclass(frozen=True)
class Reinforced:
    """How REINFORCE went on one batch, in tensors () that nobody has waited for yet.

    reward: mean log p(y_t | …), nats a token.
    variance: mean square of what weighs the draws' gradients, R_t − b; without: of R_t alone.
    Both are of the words with a draw; nan where all were attended to softly.
    """

    reward: Tensor
    variance: Tensor
    without: Tensor


@dataclass(frozen=True)
class Objective:
    """loss: (), what is made small, with its gradient; nats: (), cross-entropy a target token.

    baseline: for the next batch. Whoever reads a number makes the CPU wait for the device.
    """

    loss: Tensor
    nats: Tensor
    baseline: Baseline
    reinforced: Reinforced | None = None


def objective(
    model: EncoderDecoder,
    batch: Batch,
    config: TrainConfig,
    baseline: Baseline,
    attention: Attending = PLAIN,
) -> Objective:
    """Mean cross-entropy a target token, EOS counted, in nats, and what attention adds to it.

        −log p(y_t | y_<t, x)                           label-smoothed (Szegedy et al. 2016, 7)
        − λ_g Σ_s G_ts log α_ts                         guided attention, see `guiding`
        + λ Σ_i (1 − Σ_t α_ti)² / tokens                doubly stochastic (Xu et al. 2015, eq. 14)
        − λ_r (R_t − b) log p(s_t) − λ_e H[α_t]         hard attention (section 4.1)

    s_t is the position drawn; R_t − b is summed over the words that it can have changed.
    """
    decoded, _ = model(batch.source, batch.source_mask, batch.target_input, attention=attention)
    present = batch.target_output != PAD
    # Only real tokens are projected onto the vocabulary: padding costs nothing there. How many
    # there are is known, so that the CPU need not wait for the device to count them.
    real = torch.nonzero_static(present, size=batch.target_tokens).unbind(1)
    target = batch.target_output[real]
    logits = model.decoder.readout(decoded.features[real])
    nats, rewards = cross_entropy(logits, target, config.label_smoothing)
    loss = nats
    reinforced = None
    if config.doubly_stochastic:
        loss = loss + config.doubly_stochastic * _unevenness(decoded, present)
    if batch.guide is not None:
        loss = loss + config.guided * misled(decoded, batch.guide) / present.sum()
    if decoded.draws is not None:
        draws = decoded.draws
        reward = _spread(rewards, real, present)
        advantage = _returns(draws, reward - _spread(baseline.of(target), real, present))
        loss = loss + _reinforce(draws, advantage, real, config)
        drawn = present & draws.drawn
        variances = (_mean_square(r, drawn) for r in (advantage, _returns(draws, reward)))
        reinforced = Reinforced(rewards.mean(), *variances)
        baseline = baseline.moved(target, rewards)
    return Objective(loss, nats.detach(), baseline, reinforced)


def _spread(values: Tensor, real: Where, present: Tensor) -> Tensor:
    """Values of the real tokens (N,) where they stand in (B, T), 0 on padding."""
    return values.new_zeros(present.shape).index_put(real, values)


def _mean_square(values: Tensor, where: Tensor) -> Tensor:
    return torch.where(where, values, 0.0).square().sum() / where.sum()


def _unevenness(decoded: Decoded, present: Tensor) -> Tensor:
    """Sum of (1 − Σ_t α_ti)² over the keys, mean over the target tokens."""
    # Of hard attention the weights before the draw: a draw has no gradient.
    soft = decoded.cross_weights[-1] if decoded.draws is None else decoded.draws.soft
    weights = soft.lookup.weights().float().mean(1)  # (B, T, Tk)
    received = (weights * present[:, :, None]).sum(1)  # (B, Tk)
    return ((1 - received) ** 2).sum() / present.sum()


def misled(decoded: Decoded, guide: Tensor) -> Tensor:
    """−Σ G_ts log α_ts of the head that is guided, over the batch; see `guided_head`."""
    layers = decoded.cross_weights
    lookup = layers[max(0, len(layers) - 2)].lookup.part(slice(None), (slice(None), 0))
    weights = lookup.weights(wide=True)  # (B, T, S)
    return -(guide * weights.clamp(min=torch.finfo(weights.dtype).tiny).log()).sum()


def _returns(draws: Draws, reward: Tensor) -> Tensor:
    """R_t, (B, T): the sum of the rewards that the draw at t can have changed.

    Its own word's alone; where what was looked at enters the cell, those of all words from t.
    """
    return reward.flip(1).cumsum(1).flip(1) if draws.enter_state else reward


def _reinforce(draws: Draws, advantage: Tensor, real: Where, config: TrainConfig) -> Tensor:
    """The draws' part of the loss; its gradient is REINFORCE's (Williams 1992)."""
    weights = draws.soft.lookup.weights()[:, 0]  # (B, T, Tk)
    # Where a weight has become 0, the slope of -p log p is infinite; there is nothing to learn.
    entropy = torch.special.entr(weights.float().clamp(min=1e-30)).sum(-1)
    gain = config.reinforce * advantage * draws.log_prob + config.entropy * entropy
    return -gain[real].mean()
