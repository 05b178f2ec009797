"""What may not be chosen: changes to log-probabilities before the search chooses."""

from __future__ import annotations

import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS, PAD, UNK

__all__ = ["only_words"]


def only_words(log_probabilities: Tensor, ending: Tensor) -> Tensor:
    """No PAD, BOS or UNK anywhere; nothing but EOS in rows that are `ending`.

    log_probabilities: (N, V), changed in place; ending: (N,) bool, at its maximum length.
    """
    log_probabilities[:, (PAD, BOS, UNK)] = -torch.inf
    at_end = log_probabilities[:, EOS].clone()
    log_probabilities.masked_fill_(ending[:, None], -torch.inf)
    log_probabilities[:, EOS] = at_end
    return log_probabilities
