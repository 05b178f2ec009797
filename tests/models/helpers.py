"""Small models and batches that the tests of this room share."""

from typing import Any

import torch
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS
from qkv.models import EncoderDecoder, Memory, ModelConfig, build

SOURCE_WORDS, TARGET_WORDS = 19, 23


def small(**settings: Any) -> EncoderDecoder:
    """A float64 model in evaluation mode, the same at every call."""
    torch.manual_seed(0)
    sizes = {"source_vocabulary": SOURCE_WORDS, "target_vocabulary": TARGET_WORDS}
    return build(ModelConfig(**{"joint": False, **sizes, **settings})).double().eval()


def sentences(lengths: list[int], words: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Ids (B, longest), garbage beyond each end, and which of them are present."""
    torch.manual_seed(seed)
    ids = torch.randint(EOS + 1, words, (len(lengths), max(lengths)))
    present = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return ids, present


def targets(batch: int, length: int) -> Tensor:
    """Ids (B, T), BOS first."""
    torch.manual_seed(1)
    ids = torch.randint(EOS, TARGET_WORDS, (batch, length))
    ids[:, 0] = BOS
    return ids


def stepped(model: EncoderDecoder, memory: Memory, tokens: Tensor) -> Tensor:
    """Logits (B, T, V), one step at a time."""
    state = model.decoder.start(memory)
    rows = []
    for t, token in enumerate(tokens.unbind(1)):
        assert state.position == t
        step = model.decoder.step(state, token, memory)
        state = step.state
        rows.append(step.logits)
    return torch.stack(rows, 1)
