"""What training makes small: cross-entropy, and REINFORCE where attention is hard."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from qkv.attention import softmax
from qkv.attention.select import Chosen
from qkv.data.batching import Batch
from qkv.data.tokenizer import PAD
from qkv.models import Decoded, EncoderDecoder
from qkv.models.decoders import RecurrentDecoder
from qkv.training.config import TrainConfig

__all__ = ["BASELINE_DECAY", "Objective", "Reinforced", "objective"]

BASELINE_DECAY = 0.9  # of the moving average (Xu et al. 2015, section 4.1)


@dataclass(frozen=True)
class Reinforced:
    """How REINFORCE went on one batch.

    reward: mean log p(y_t | …), nats a token.
    variance: mean square of what weighs the draws' gradients, R_t − b; without: of R_t alone.
    """

    reward: float
    variance: float
    without: float


@dataclass(frozen=True)
class Objective:
    """loss: what is made small, with its gradient; nats: cross-entropy a target token."""

    loss: Tensor
    nats: float
    reinforced: Reinforced | None = None


def objective(
    model: EncoderDecoder, batch: Batch, config: TrainConfig, baseline: float
) -> Objective:
    """Mean cross-entropy a target token, EOS counted, in nats, and what attention adds to it.

        −log p(y_t | y_<t, x)                           label-smoothed (Szegedy et al. 2016, 7)
        + λ Σ_i (1 − Σ_t α_ti)² / tokens                doubly stochastic (Xu et al. 2015, eq. 14)
        − λ_r (R_t − b) log p(s_t) − λ_e H[α_t]         hard attention (section 4.1)

    s_t is the position drawn; R_t is the sum of the log p that it can have changed.

    Args:
        baseline: b, log p of a token as the moving average of earlier batches has it.
    """
    decoded, _ = model(batch.source, batch.source_mask, batch.target_input)
    present = batch.target_output != PAD
    # Only real tokens are projected onto the vocabulary: padding costs nothing there.
    logits = model.decoder.readout(decoded.features[present]).float()
    target = batch.target_output[present]
    loss = nats = cross_entropy(logits, target, label_smoothing=config.label_smoothing)
    reinforced = None
    if config.doubly_stochastic:
        loss = loss + config.doubly_stochastic * _unevenness(decoded, present)
    if isinstance(_select(decoded), Chosen):
        reward = torch.zeros(present.shape)
        reward[present] = -cross_entropy(logits.detach(), target, reduction="none")
        advantage = _returns(model, (reward - baseline) * present)
        loss = loss + _reinforce(decoded, advantage, present, config)
        reinforced = Reinforced(
            reward[present].mean().item(),
            advantage[present].square().mean().item(),
            _returns(model, reward)[present].square().mean().item(),
        )
    return Objective(loss, nats.item(), reinforced)


def _select(decoded: Decoded) -> object:
    return decoded.cross_weights[0].lookup.select


def _unevenness(decoded: Decoded, present: Tensor) -> Tensor:
    """Σ_i (1 − Σ_t α_ti)² over the keys, mean over the target tokens."""
    weights = decoded.cross_weights[-1].lookup.weights().float().mean(1)  # (B, T, Tk)
    received = (weights * present[:, :, None]).sum(1)  # (B, Tk)
    return ((1 - received) ** 2).sum() / present.sum()


def _returns(model: EncoderDecoder, reward: Tensor) -> Tensor:
    """R_t, (B, T): the sum of the rewards that the draw at t can have changed.

    Its own word's alone; where the context enters the cell, those of all words from t on.
    """
    assert isinstance(model.decoder, RecurrentDecoder)
    return reward.flip(1).cumsum(1).flip(1) if model.decoder.article else reward


def _reinforce(decoded: Decoded, advantage: Tensor, present: Tensor, config: TrainConfig) -> Tensor:
    """The draws' part of the loss; its gradient is REINFORCE's (Williams 1992)."""
    lookup = decoded.cross_weights[0].lookup
    chosen = lookup.select
    assert isinstance(chosen, Chosen)
    weights = lookup.replaced(select=softmax).weights()[:, 0]  # (B, T, Tk), before the draw
    entropy = torch.special.entr(weights.float()).sum(-1)
    gain = config.reinforce * advantage * chosen.log_prob[:, 0] + config.entropy * entropy
    return -gain[present].mean()
