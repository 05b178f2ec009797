"""Linear layers: the numbers of a product in float64, whoever computes it."""

import pytest
import torch
from torch import Tensor, nn

from qkv.attention import Linear, linear, prepared

# Above and below the size from which oneDNN computes.
SHAPES = [((3,), 5, 7), ((13, 11), 131, 89), ((1,), 257, 4099), ((307,), 127, 131)]


def exact(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    product = torch.einsum("...k,vk->...v", x.double(), weight.double())
    return product if bias is None else product + bias.double()


@pytest.mark.parametrize(("leading", "width", "out"), SHAPES)
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("grad", [True, False])
def test_is_the_product(
    leading: tuple[int, ...], width: int, out: int, biased: bool, grad: bool
) -> None:
    torch.manual_seed(0)
    layer = Linear(width, out, bias=biased)
    x = torch.randn(*leading, width)
    with torch.set_grad_enabled(grad):
        got = layer(x)
    torch.testing.assert_close(got.double(), exact(x, layer.weight, layer.bias), rtol=0, atol=2e-5)


def test_what_is_cut_or_expanded_is_read_as_it_is() -> None:
    x = torch.randn(3, 120, 128)
    weight = torch.randn(128, 97).T
    with torch.inference_mode():
        for each in (x[:, ::2], x.transpose(0, 1), x[:1].expand(5, -1, -1)):
            torch.testing.assert_close(
                linear(each, weight).double(), exact(each, weight, None), rtol=0, atol=1e-4
            )


def test_gradients_are_those_of_torch() -> None:
    torch.manual_seed(0)
    ours, torchs = Linear(128, 131), nn.Linear(128, 131)
    torchs.load_state_dict(ours.state_dict())
    x = torch.randn(307, 128, requires_grad=True)
    found = [
        torch.autograd.grad(layer(x).sin().sum(), [x, *layer.parameters()])
        for layer in (ours, torchs)
    ]
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_autocast_lowers_it() -> None:
    layer, x = Linear(128, 131), torch.randn(307, 128)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        assert layer(x).dtype is torch.bfloat16


def test_what_is_exported_has_only_operators_that_others_know() -> None:
    with torch.no_grad():
        graph = torch.export.export(Linear(128, 131), (torch.randn(307, 128),)).graph
    assert not [node for node in graph.nodes if "mkldnn" in str(node.target)]


def test_weights_may_be_narrower_than_what_they_are_applied_to() -> None:
    torch.manual_seed(0)
    x, weight, bias = torch.randn(7, 128), torch.randn(131, 128), torch.randn(131)
    narrow = weight.bfloat16(), bias.bfloat16()
    got = linear(x, *narrow)
    assert got.dtype is torch.float32
    expected = exact(x.bfloat16(), *narrow)
    torch.testing.assert_close(got.double(), expected, rtol=2**-8, atol=2**-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize(("rows", "width", "out"), [(3, 5, 7), (307, 127, 131), (2, 257, 4099)])
def test_prepared_weights_give_the_product(
    rows: int, width: int, out: int, dtype: torch.dtype
) -> None:
    """Few and many rows, a weight that is laid out anew, and one narrower than what it meets."""
    torch.manual_seed(0)
    x, weight, bias = torch.randn(rows, width), torch.randn(out, width), torch.randn(out)
    weight, bias = weight.to(dtype), bias.to(dtype)
    x = x.double() if dtype is torch.float64 else x
    with torch.inference_mode():
        got = prepared(weight, bias)(x)
    assert got.dtype is x.dtype
    narrow = dtype is torch.bfloat16
    expected = exact(x.bfloat16() if narrow else x, weight, bias)
    rtol, atol = (2**-8, 2**-4) if narrow else (0, 1e-4)
    torch.testing.assert_close(got.double(), expected, rtol=rtol, atol=atol)
