"""`watch` on devices: all that it makes is made where the tensors lie that it watches.

Tensors "elsewhere" have shapes and no numbers, and mixing devices raises, in the model and in what
`watch` makes of it, which then is unseen. The operators that are CUDA's run there by their shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import qkv
from qkv.attention import Additive, Sinks, attend, causal, padding, readouts, window
from qkv.inspection import Record, Seen
from qkv.inspection.watching.torch_calls import logsumexp_of
from qkv.shapes import Bias
from tests.devices import NAME, elsewhere

B, T, M, H = 2, 9, 32, 4
THERE = f"{NAME}:0"
NEAR = readouts.Mass(window(T, left=1))  # made on the CPU
SOME = [
    readouts.TopK(3), readouts.Argmax(), readouts.Entropy(), readouts.Received(), readouts.Mean(),
    readouts.Pool(2, 3), NEAR,
]  # fmt: skip
SHAPES: dict[Any, tuple[int, ...]] = {
    readouts.Argmax(): (T,), readouts.Entropy(): (T,), readouts.Received(): (T,),
    NEAR: (T,), readouts.Pool(2, 3): (2, 3),
}  # fmt: skip


@pytest.fixture(autouse=True)
def without_values() -> Iterator[None]:
    with elsewhere():
        yield


def numbers(*shape: int) -> Tensor:
    return torch.randn(*shape, device=THERE)


def there(module: Any) -> Any:
    """The module on that device: `module.to` would swap tensors, which those without values are
    not to.
    """
    for part in module.modules():
        for name, x in part._parameters.items():
            part._parameters[name] = None if x is None else nn.Parameter(x.detach().to(THERE))
        for name, x in part._buffers.items():
            part._buffers[name] = None if x is None else x.to(THERE)
    return module


def watched(model: nn.Module, *inputs: Any, **options: Any) -> tuple[Seen, Seen]:
    """What is seen of a run, and with readouts; all of which must lie on the device."""
    with qkv.watch(model) as seen:
        model(*inputs, **options)
    with qkv.watch(model, readouts=SOME) as read:
        model(*inputs, **options)
    assert seen.unseen == read.unseen == []
    for record in seen:
        weights = record.weights
        on_device(weights.dense(), record.shape)
        on_device(weights[..., 2:4, :], (*record.shape[:-2], 2, record.shape[-1]))
        on_device(weights.entropy(), record.shape[:-1])
    for record in read:
        check(record)
    assert [(r.name, r.kind, r.shape) for r in seen] == [(r.name, r.kind, r.shape) for r in read]
    return seen, read


def check(record: Record) -> None:
    lead, read = record.shape[:-2], record.readouts
    for kind in (0, 1):
        on_device(read[readouts.TopK(3)][kind], (*record.shape[:-1], 3))
    on_device(read[readouts.Mean()], (*lead[:-1], *record.shape[-2:]))
    for readout, shape in SHAPES.items():
        on_device(read[readout], (*lead, *shape))


def on_device(x: Tensor, shape: tuple[int, ...]) -> None:
    assert x.device.type == NAME
    assert tuple(x.shape) == tuple(shape)


def test_mixing_devices_raises() -> None:
    """Else no test here would say a thing."""
    with pytest.raises(RuntimeError, match="device"):
        _ = numbers(3) + torch.randn(3)


class Attention(nn.Module):
    def __init__(self, sdpa: Any = None, dtype: Any = None, **options: Any) -> None:
        super().__init__()
        self.q, self.k = (nn.Linear(M, M, device=THERE, dtype=dtype) for _ in range(2))
        self.sdpa, self.options = sdpa, options

    def forward(self, x: Tensor) -> Tensor:
        q, k = (p(x).unflatten(-1, (H, -1)).transpose(1, 2) for p in (self.q, self.k))
        return (self.sdpa or functional.scaled_dot_product_attention)(q, k, k, **self.options)


SDPA: dict[str, Any] = {
    "plain": dict,
    "causal": lambda: {"is_causal": True},
    "dropout": lambda: {"dropout_p": 0.5},
    "mask": lambda: {"attn_mask": numbers(T, T) > 0},
    "numbers": lambda: {"attn_mask": numbers(B, 1, T, T)},
    "scaled": lambda: {"scale": 0.3},
}


@pytest.mark.parametrize("name", SDPA)
@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_scaled_dot_product_attention(name: str, grad: bool, dtype: torch.dtype) -> None:
    options = {
        key: value.to(dtype) if isinstance(value, Tensor) and value.is_floating_point() else value
        for key, value in SDPA[name]().items()
    }
    with torch.set_grad_enabled(grad):
        seen, _ = watched(Attention(dtype=dtype, **options), numbers(B, T, M).to(dtype))
    assert seen[0].kind == ("causal" if name == "causal" else "self")


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("case", ["plain", "padded", "causal", "numbers"])
@pytest.mark.parametrize("grad", [True, False])
def test_multi_head_attention(need_weights: bool, case: str, grad: bool) -> None:
    x = numbers(B, T, M)
    options = {
        "plain": {},
        "padded": {"key_padding_mask": numbers(B, T) > 0},
        "causal": {"attn_mask": numbers(T, T) > 0},
        "numbers": {"attn_mask": numbers(T, T)},
    }[case]
    model = there(nn.MultiheadAttention(M, H, batch_first=True).eval())
    with torch.set_grad_enabled(grad):
        seen, _ = watched(model, x, x, x, need_weights=need_weights, **options)
    assert [r.shape for r in seen] == [(B, H, T, T)]


@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("padded", [True, False])
def test_encoder_layer(grad: bool, norm_first: bool, padded: bool) -> None:
    settings: dict[str, Any] = {"batch_first": True, "norm_first": norm_first}
    layer = there(nn.TransformerEncoderLayer(M, H, 64, **settings).eval())
    padding_mask = numbers(B, T) > 0 if padded else None
    with torch.set_grad_enabled(grad):
        seen, _ = watched(layer, numbers(B, T, M), src_key_padding_mask=padding_mask)
    assert len(seen) == 1


QKV: dict[str, Any] = {
    "plain": dict,
    "causal": lambda: {"mask": causal(T, device=torch.device(THERE))},
    "window and padding": lambda: {
        "mask": window(T, left=2, device=torch.device(THERE))
        & padding(torch.ones(B, dtype=torch.int64, device=THERE), T)
    },
    "bias": lambda: {"bias": Bias(numbers(H, T, T))},
    "additive": lambda: {"score": there(Additive(M // H, M // H, 5))},
    "sinks": lambda: {"select": Sinks(numbers(H))},
}


@pytest.mark.parametrize("name", QKV)
@pytest.mark.parametrize("offload", [None, "cpu"])
@torch.no_grad()
def test_attend(name: str, offload: str | None) -> None:
    options: dict[str, Any] = QKV[name]()

    def run(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return attend(q, k, v, backend="products", **options).context

    model, x = Attention(run), numbers(B, T, M)
    with qkv.watch(model, offload=offload) as seen:
        model(x)
    assert seen.unseen == []
    weights = seen[0].weights
    on_device(weights.dense(), (B, H, T, T))
    on_device(weights.received(), (B, H, T))


@pytest.mark.parametrize(
    "make",
    [
        Attention,
        lambda: Attention(attn_mask=numbers(T, T)),
        lambda: there(nn.TransformerEncoderLayer(M, H, 64, batch_first=True).eval()),
    ],
    ids=["sdpa", "numbers", "fast path"],
)
@torch.no_grad()
def test_what_is_offloaded_is_read_where_the_model_is(make: Any) -> None:
    model, x = make(), numbers(B, T, M)
    with qkv.watch(model, offload="cpu") as seen:
        model(x)
    (record,) = seen
    assert record._call is not None
    own = {id(p) for p in model.parameters()}
    kept = [x for x in record._call.tensors() if id(x) not in own]
    assert {x.device.type for x in kept} == {"cpu"}
    on_device(record.weights.dense(), (B, H, T, T))
    on_device(record.weights.topk(2)[1], (B, H, T, 2))


@pytest.mark.parametrize("kept", [{"heads": [2, 0]}, {"queries": slice(-2, None)}], ids=str)
@torch.no_grad()
def test_some_heads_and_queries(kept: dict[str, Any]) -> None:
    model = Attention(attn_mask=numbers(T, T) > 0)
    with qkv.watch(model, **kept) as seen:
        model(numbers(B, T, M))
    assert seen.unseen == []
    on_device(seen[0].weights.dense(), seen[0].shape)


@torch.no_grad()
def test_models_of_transformers() -> None:
    transformers = pytest.importorskip("transformers", reason="needs the extra hf")
    bert = transformers.BertConfig(
        vocab_size=50, hidden_size=M, num_hidden_layers=2, num_attention_heads=H,
        intermediate_size=64,
    )  # fmt: skip
    llama = transformers.LlamaConfig(
        vocab_size=50, hidden_size=M, num_hidden_layers=2, num_attention_heads=H,
        num_key_value_heads=2, intermediate_size=64,
    )  # fmt: skip
    ids = torch.ones(B, T, dtype=torch.int64, device=THERE)
    seen, _ = watched(there(transformers.BertModel(bert).eval()), ids)
    assert [r.kind for r in seen] == ["self", "self"]
    seen, _ = watched(there(transformers.LlamaModel(llama).eval()), ids, use_cache=False)
    assert [r.shape for r in seen] == [(B, H, T, T)] * 2


# The fused operators of CUDA


def operator(name: str, x: Tensor, compute: bool, bias: Tensor | None = None) -> Any:
    run = getattr(torch.ops.aten, f"_scaled_dot_product_{name}_attention")
    if name == "flash":
        return run(x, x, x, 0.0, True, scale=0.5)
    return run(x, x, x, bias, compute, 0.0, bias is None, scale=0.5)


@pytest.mark.parametrize("compute", [True, False])
@pytest.mark.parametrize("name", ["flash", "efficient", "cudnn"])
def test_arguments_and_logsumexp_of_the_fused_operators(name: str, compute: bool) -> None:
    x = numbers(B, H, T, 8)
    with qkv.watch(model := By(lambda: operator(name, x, compute)[0])) as seen:
        model()
    assert seen.unseen == []
    (record,) = seen
    assert record.kernel == f"{name}_attention"
    assert record.shape == (B, H, T, T)
    lookup, weights = record.lookup(), record.weights
    assert lookup.query is x
    assert lookup.scale == 0.5
    assert lookup.mask is not None
    assert lookup.mask.is_triangle
    assert (weights.logsumexp is None) == (name == "efficient" and not compute)
    if weights.logsumexp is not None:
        on_device(weights.logsumexp, (B, H, T))
    on_device(weights.dense(), (B, H, T, T))


def test_an_offloaded_logsumexp_is_read_where_the_model_is() -> None:
    x = numbers(B, H, T, 8)
    with qkv.watch(model := By(lambda: operator("efficient", x, True)[0]), offload="cpu") as seen:
        model()
    (record,) = seen
    assert record._call is not None
    assert {x.device.type for x in record._call.tensors()} == {"cpu"}
    assert record.weights.logsumexp is not None
    on_device(record.weights.logsumexp, (B, H, T))


@pytest.mark.parametrize("name", ["efficient", "cudnn"])
def test_the_bias_of_the_fused_operators(name: str) -> None:
    x, bias = numbers(B, H, T, 8), numbers(B, H, T, T)
    with qkv.watch(model := By(lambda: operator(name, x, False, bias)[0])) as seen:
        model()
    assert seen[0].lookup().bias is not None
    on_device(seen[0].weights.dense(), (B, H, T, T))


class By(nn.Module):
    """Does whatever it is given."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self) -> Any:
        return self.function()


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((2, 3, 5), True), ((2, 3, 32), True), ((2, 3, 5, 1), True), ((2, 3, 0), False),
     ((2, 3, 4), False), (None, False)],
)  # fmt: skip
def test_the_logsumexp_among_results(shape: tuple[int, ...] | None, expected: bool) -> None:
    results = None, None if shape is None else numbers(*shape)
    logsumexp = logsumexp_of(results, (2, 3, 5, 7))
    assert (logsumexp is not None) == expected
    if logsumexp is not None:
        on_device(logsumexp, (2, 3, 5))
