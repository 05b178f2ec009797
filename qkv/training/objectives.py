"""What training makes small."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from qkv.data.batching import Batch
from qkv.data.tokenizer import PAD
from qkv.models import EncoderDecoder

__all__ = ["label_smoothed"]


def label_smoothed(model: EncoderDecoder, batch: Batch, smoothing: float) -> Tensor:
    """Mean cross-entropy a target token, EOS counted, in nats (Szegedy et al. 2016, section 7).

    Only real tokens are projected onto the vocabulary: padding costs nothing there.
    """
    decoded, _ = model(batch.source, batch.source_mask, batch.target_input)
    present = batch.target_output != PAD
    logits = model.decoder.readout(decoded.features[present])
    return cross_entropy(logits.float(), batch.target_output[present], label_smoothing=smoothing)
