"""`attn_implementation="qkv"` in models of transformers, against their own eager attention."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor

import qkv
from qkv.attention import Weights
from qkv.errors import ConfigError
from tests.hf_settings import BART, GROUPED, SMALL, T5

transformers = pytest.importorskip("transformers", reason="needs the extra hf")
hf = pytest.importorskip("qkv.hf")

LLAMA = GROUPED | {"head_dim": 8}
MODELS: dict[str, dict[str, Any]] = {
    "Bert": SMALL,
    "Llama": LLAMA,
    "Mistral": LLAMA | {"sliding_window": 4},
    "Gemma2": LLAMA | {"sliding_window": 4, "attn_logit_softcapping": 2.0},
    "GptOss": LLAMA | {"sliding_window": 4, "num_local_experts": 4, "num_experts_per_tok": 2},
    "GPT2": {"vocab_size": 100, "n_embd": 32, "n_layer": 2, "n_head": 4},
    "T5": T5,
    "Bart": BART,
}  # fmt: skip
IDS = torch.randint(3, 90, (2, 11), generator=torch.Generator().manual_seed(1))
PRESENT = torch.arange(11) < torch.tensor([[11], [7]])


def twins(name: str, kind: str = "Model") -> tuple[Any, Any]:
    config = getattr(transformers, f"{name}Config")(**MODELS[name])
    torch.manual_seed(0)
    ours, eager = (
        getattr(transformers, name + kind)
        ._from_config(copy.deepcopy(config), attn_implementation=way)
        .eval()
        for way in ("qkv", "eager")
    )
    ours.load_state_dict(eager.state_dict())
    return ours, eager


def asked(model: Any, present: Tensor | None) -> dict[str, Any]:
    more = {"decoder_input_ids": IDS[:, 4:]} if model.config.is_encoder_decoder else {}
    return {"input_ids": IDS, "attention_mask": present, "output_attentions": True, **more}


@pytest.mark.parametrize("present", [None, PRESENT, PRESENT.flip(-1)])
@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_output_attentions_are_lazy_weights(name: str, present: Tensor | None) -> None:
    ours, eager = twins(name)
    wanted = eager(**asked(eager, present))
    with qkv.watch(ours) as seen:
        found = ours(**asked(ours, present))
    assert seen.unseen == []
    here = torch.ones(IDS.shape, dtype=torch.bool) if present is None else present
    attentions = [key for key in wanted if key.endswith("attentions")]
    assert [key for key in found if key.endswith("attentions")] == attentions
    assert len(seen) == sum(len(found[key]) for key in attentions)
    for key in attentions:
        for weights, truth in zip(found[key], wanted[key], strict=True):
            assert isinstance(weights, Weights)
            dense = weights.dense()
            # Of a query without keys eager makes a mean, which goes into the next layer.
            attends = dense.sum(-1, keepdim=True) > 0
            if dense.shape[-2] == IDS.shape[1]:
                attends = attends & here[:, None, :, None]
            assert attends.any()
            torch.testing.assert_close(dense * attends, truth * attends, rtol=0, atol=1e-6)
    if not ours.config.is_encoder_decoder:
        torch.testing.assert_close(found[0][here], wanted[0][here], rtol=1e-5, atol=1e-5)
    for record in seen:
        assert record.check is not None
        assert record.check.context is not None
        assert record.check.context < 1e-5


@pytest.mark.parametrize("how", [{}, {"num_beams": 3}, {"cache_implementation": "static"}], ids=str)
@pytest.mark.parametrize("name", ["Gemma2", "GptOss", "Mistral"])
def test_generation(name: str, how: dict[str, Any]) -> None:
    ours, eager = twins(name, "ForCausalLM")
    settings = {
        "attention_mask": PRESENT.flip(-1).long(),
        "max_new_tokens": 5,
        "min_new_tokens": 5,
        "do_sample": False,
        "output_attentions": True,
        "return_dict_in_generate": True,
        **how,
    }
    wanted, found = eager.generate(IDS, **settings), ours.generate(IDS, **settings)
    assert torch.equal(found.sequences, wanted.sequences)
    for step, truths in zip(found.attentions, wanted.attentions, strict=True):
        for weights, truth in zip(step, truths, strict=True):
            dense = weights.dense()
            attends = dense.sum(-1, keepdim=True) > 0
            torch.testing.assert_close(dense, truth * attends, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["Gemma2", "GptOss"])
def test_gradients_are_those_of_eager(name: str) -> None:
    ours, eager = twins(name)
    for model in (ours, eager):
        model(IDS).last_hidden_state.square().sum().backward()
    truths = dict(eager.named_parameters())
    for parameter, own in ours.named_parameters():
        torch.testing.assert_close(own.grad, truths[parameter].grad, rtol=1e-3, atol=1e-5)


@torch.no_grad()
def test_a_compiled_model_shows_the_same_with_a_break_at_each_attention() -> None:
    from torch._dynamo.utils import counters

    ours, eager = twins("Gemma2")
    wanted = eager(IDS)
    torch._dynamo.reset()
    counters.clear()
    compiled = torch.compile(ours, backend="eager")
    plain = compiled(IDS)
    breaks = {text: n for text, n in counters["graph_break"].items() if "disable" in text}
    assert sum(breaks.values()) >= 2  # its two layers
    torch.testing.assert_close(plain[0], wanted[0], rtol=1e-5, atol=1e-5)
    with qkv.watch(ours) as seen:
        watched = compiled(IDS)
    torch.testing.assert_close(watched[0], plain[0], rtol=1e-5, atol=1e-5)
    truth = eager(IDS, output_attentions=True).attentions
    assert [r.name for r in seen] == [f"layers.{n}.self_attn" for n in range(2)]
    for record, weights in zip(seen, truth, strict=True):
        torch.testing.assert_close(record.weights.dense(), weights, rtol=0, atol=1e-6)


@torch.no_grad()
def test_a_compiled_model_on_sdpa_is_seen_as_it_is_written() -> None:
    _, eager = twins("Llama")
    fused = type(eager)._from_config(copy.deepcopy(eager.config), attn_implementation="sdpa").eval()
    fused.load_state_dict(eager.state_dict())
    torch._dynamo.reset()
    compiled = torch.compile(fused, backend="eager")
    plain = compiled(IDS)
    with qkv.watch(fused) as seen:
        watched = compiled(IDS)
    torch.testing.assert_close(watched[0], plain[0], rtol=1e-5, atol=1e-5)
    truth = eager(IDS, output_attentions=True).attentions
    for record, weights in zip(seen, truth, strict=True):
        torch.testing.assert_close(record.weights.dense(), weights, rtol=0, atol=1e-6)


@pytest.mark.parametrize("present", [None, PRESENT.flip(-1)])
@torch.no_grad()
def test_a_module_that_does_not_say_that_it_is_causal(present: Tensor | None) -> None:
    ours, eager = twins("Llama")
    for layer in ours.layers:
        layer.self_attn.is_causal = False
    wanted = eager(IDS, attention_mask=present)[0]
    found = ours(IDS, attention_mask=present)[0]
    here = slice(None) if present is None else present
    torch.testing.assert_close(found[here], wanted[here], rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_plain_causal_attention_needs_no_mask_in_the_kernel() -> None:
    ours, _ = twins("Llama")
    with qkv.watch(ours) as seen:
        ours(IDS)
    lookup = seen[0].weights.lookup
    assert lookup.mask is not None
    assert lookup.mask.is_triangle


def test_a_model_that_reads_its_mask_otherwise_is_refused() -> None:
    config = transformers.PegasusXConfig(**BART)
    model = transformers.PegasusXModel._from_config(config, attn_implementation="qkv")
    with pytest.raises(ConfigError) as caught:
        model(IDS, decoder_input_ids=IDS)
    assert str(caught.value) == (
        "the model of PegasusXAttention does not let attention be replaced; use "
        'attn_implementation="eager".'
    )


def test_what_attention_may_depend_on_is_refused() -> None:
    q = torch.randn(1, 2, 3, 4)
    hf.attention(torch.nn.Identity(), q, q, q, None, position_ids=torch.arange(3), sinks=None)
    with pytest.raises(ConfigError) as caught:
        hf.attention(torch.nn.Identity(), q, q, q, None, sinks=torch.zeros(1, 2, 3, 1))
    assert str(caught.value) == (
        'attn_implementation="qkv" does not know sinks, which Identity gives to attention; use '
        "another attn_implementation."
    )


def test_continuous_batching_is_refused() -> None:
    q = torch.randn(1, 2, 3, 4)
    with pytest.raises(ConfigError) as caught:
        hf.attention(torch.nn.Identity(), q, q, q, None, cache=object())
    assert str(caught.value) == (
        'attn_implementation="qkv" has no continuous batching; use "sdpa".'
    )


def test_importing_qkv_registers_nothing() -> None:
    code = (
        "import sys, qkv, qkv.attention, qkv.inspection; assert 'qkv.hf' not in sys.modules; "
        "assert 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_transformers_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['transformers'] = None; import qkv.hf"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "qkv.hf needs transformers: pip install 'qkv[hf]'." in done.stderr
