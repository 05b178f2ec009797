"""Whether what a researcher wrote is a score to train with: found out before anything is read."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from qkv.errors import ConfigError, ShapeError
from qkv.models.config import ModelConfig, is_own
from qkv.models.own_score import OwnScore, locate, own_score, run, trust

__all__ = ["stamped"]


def stamped(config: ModelConfig) -> ModelConfig:
    """The config with the hash of its own score's source, if it has one; it becomes trusted.

    Raises:
        ConfigError: the code cannot be found or run, or what it makes is no score.
    """
    if not is_own(config.attention):
        return config
    source = locate(config.attention)
    trust(source.sha256)
    config = replace(config, score_sha256=source.sha256)
    _check(config)
    return config


def _check(config: ModelConfig) -> None:
    """Before anything is trained: can it be trained, saved, loaded and searched with?

    Raises:
        ConfigError, ShapeError: it does what a score must not, or fails to do what it must.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        score, again = (own_score(config) for _ in range(2))
        with torch.device("meta"):  # where a folder's tensors are first held against a model
            own_score(config)
        for copy, parameter in zip(again.parameters(), score.parameters(), strict=True):
            copy.data.copy_(parameter)
        _check_scores(
            score.eval(),
            again.eval(),
            torch.randn(2, 1, 3, config.width),
            torch.randn(2, 1, 5, config.encoder_width),
        )


def _check_scores(score: OwnScore, again: OwnScore, query: Tensor, key: Tensor) -> None:
    """again: the same with the same parameters. query (B, 1, Tq, D), key (B, 1, Tk, Dk)."""
    source = score.source
    scores, *parts, copied = (
        run(source, "cannot be run", *call)
        for call in (
            (score, query, key),
            (score, query[:1], key[:1]),
            (score, query[..., 1:2, :], key),
            (again, query, key),
        )
    )
    if scores.shape != (*query.shape[:-1], key.shape[-2]):
        raise ShapeError(
            f"{source.name} must keep the axes before (T, D); got {tuple(scores.shape)} for query "
            f"{tuple(query.shape)} and key {tuple(key.shape)}."
        )
    alike = {
        "are not numbers": (scores.isnan(), torch.zeros(())),
        "of a sentence change with those beside it": (parts[0], scores[:1]),
        "of a query change with the queries beside it": (parts[1], scores[..., 1:2, :]),
        "change when the model is saved and loaded; make what it draws a parameter": (
            copied,
            scores,
        ),
    }
    for what, (one, other) in alike.items():
        if not torch.allclose(one.float(), other.float(), rtol=1e-3, atol=1e-5):
            raise ConfigError(f"{source.name} is no score to train with: its scores {what}.")
    _check_parameters(score, scores)


def _check_parameters(score: OwnScore, scores: Tensor) -> None:
    """scores (B, 1, Tq, Tk): what it gave."""
    if scores.requires_grad:
        (scores * torch.randn(scores.shape)).sum().backward()
    for name, parameter in score.score_parameters():
        if parameter.dtype != torch.float32 or parameter.grad is None:
            what = "gets no gradient" if parameter.grad is None else f"is of {parameter.dtype}"
            raise ConfigError(
                f"{score.source.name}: its parameter {name} {what}; a score's parameters are "
                "float32, and all of them are trained. What is fixed may be a buffer."
            )
