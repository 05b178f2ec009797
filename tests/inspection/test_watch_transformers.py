"""`watch` on models of transformers, against their own eager attention."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor

import qkv
from qkv.inspection import Seen

transformers = pytest.importorskip("transformers", reason="needs the extra hf")

SMALL: dict[str, Any] = {
    "vocab_size": 100,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
BART: dict[str, Any] = {
    "vocab_size": 100,
    "d_model": 32,
    **{f"{side}_{name}": n for side in ("encoder", "decoder")
       for name, n in (("layers", 2), ("attention_heads", 4), ("ffn_dim", 64))},
}  # fmt: skip
T5: dict[str, Any] = {
    "vocab_size": 100, "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4,
}  # fmt: skip
GROUPED = SMALL | {"num_key_value_heads": 2}

IDS = torch.randint(3, 90, (2, 11), generator=torch.Generator().manual_seed(1))
PADDED_RIGHT = torch.arange(11) < torch.tensor([[11], [7]])
PADDED_LEFT = PADDED_RIGHT.flip(-1)


def twins(name: str, settings: dict[str, Any]) -> tuple[Any, Any]:
    """The same model on sdpa and eager."""
    config = getattr(transformers, f"{name.split('For')[0].removesuffix('Model')}Config")(
        **settings
    )
    kind = getattr(transformers, name)
    torch.manual_seed(0)
    fused, eager = (
        kind._from_config(copy.deepcopy(config), attn_implementation=way).eval()
        for way in ("sdpa", "eager")
    )
    eager.load_state_dict(fused.state_dict())
    return fused, eager


def agree(seen: Seen, truth: list[Tensor]) -> None:
    assert seen.unseen == []
    for record, wanted in zip(seen, truth, strict=True):
        found = record.weights.dense()
        assert found.shape == wanted.shape
        attends = found.sum(-1, keepdim=True) > 0.5  # of a query without keys eager makes a mean
        assert attends.any()
        torch.testing.assert_close(found, wanted * attends, rtol=0, atol=1e-5)
        assert record.check is not None
        assert record.check.row_sum < 1e-5
        assert record.check.context is not None
        assert record.check.context < 1e-5


@pytest.mark.parametrize(
    ("name", "settings", "kind"),
    [
        ("BertModel", SMALL, "self"),
        ("GPT2Model", {"vocab_size": 100, "n_embd": 32, "n_layer": 2, "n_head": 4}, "causal"),
        ("LlamaModel", GROUPED, "causal"),
        ("MistralModel", GROUPED | {"sliding_window": 4}, "causal"),
    ],
)
@pytest.mark.parametrize("mask", [PADDED_RIGHT, PADDED_LEFT, None])
def test_stacks_of_layers(
    name: str, settings: dict[str, Any], kind: str, mask: Tensor | None
) -> None:
    fused, eager = twins(name, settings)
    with torch.no_grad():
        expected = fused(IDS, attention_mask=mask)[0]
        with qkv.watch(fused) as seen:
            found = fused(IDS, attention_mask=mask)[0]
        truth = eager(IDS, attention_mask=mask, output_attentions=True).attentions
        with qkv.watch(eager) as unseen:
            eager(IDS, attention_mask=mask)
    assert torch.equal(found, expected)
    agree(seen, list(truth))
    assert [r.kind for r in seen] == [kind] * 2
    assert len(unseen) == 0
    assert [each.module for each in unseen.unseen] == [record.name for record in seen]
    assert {each.remedy for each in unseen.unseen} == {
        'Call model.set_attn_implementation("sdpa") first.'
    }


@pytest.mark.parametrize(("name", "settings"), [("BartModel", BART), ("T5Model", T5)])
@pytest.mark.parametrize("same_text", [False, True])
def test_encoders_and_decoders(name: str, settings: dict[str, Any], same_text: bool) -> None:
    fused, eager = twins(name, settings)
    asked = {"attention_mask": PADDED_RIGHT, "decoder_input_ids": IDS if same_text else IDS[:, 4:]}
    with torch.no_grad(), qkv.watch(fused) as seen:
        fused(IDS, **asked)
    with torch.no_grad():
        truth = eager(IDS, **asked, output_attentions=True)
    pairs = zip(truth.decoder_attentions, truth.cross_attentions, strict=True)
    agree(seen, [*truth.encoder_attentions, *(each for pair in pairs for each in pair)])
    assert [r.kind for r in seen] == ["self", "self", *["causal", "cross"] * 2]


@pytest.mark.parametrize(
    ("name", "settings"),
    [("LlamaForCausalLM", GROUPED), ("MistralForCausalLM", GROUPED | {"sliding_window": 4})],
)
@pytest.mark.parametrize("how", [{}, {"cache_implementation": "static"}, {"num_beams": 3}], ids=str)
def test_generation(name: str, settings: dict[str, Any], how: dict[str, Any]) -> None:
    fused, eager = twins(name, settings)
    asked = {
        "attention_mask": PADDED_LEFT.long(),
        "max_new_tokens": 5,
        "min_new_tokens": 5,
        "do_sample": False,
        "return_dict_in_generate": True,
        **how,
    }
    expected = fused.generate(IDS, **asked).sequences
    with qkv.watch(fused) as seen:
        found = fused.generate(IDS, **asked).sequences
    assert torch.equal(found, expected)
    made = eager.generate(IDS, **asked, output_attentions=True)
    assert torch.equal(made.sequences, expected)
    agree(seen, [layer for step in made.attentions for layer in step])
    assert {r.kind for r in seen} == {"causal"}
