"""`watch` on models of transformers, against their own eager attention."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import qkv
from qkv.inspection import Seen, load
from tests.hf_settings import BART, GROUPED, SMALL, T5

transformers = pytest.importorskip("transformers", reason="needs the extra hf")

IDS = torch.randint(3, 90, (2, 11), generator=torch.Generator().manual_seed(1))
PADDED_RIGHT = torch.arange(11) < torch.tensor([[11], [7]])
PADDED_LEFT = PADDED_RIGHT.flip(-1)


def twins(name: str, settings: dict[str, Any], way: str = "sdpa") -> tuple[Any, Any]:
    """The same model on sdpa, or another way, and eager."""
    config = getattr(transformers, f"{name.split('For')[0].removesuffix('Model')}Config")(
        **settings
    )
    kind = getattr(transformers, name)
    torch.manual_seed(0)
    fused, eager = (
        kind._from_config(copy.deepcopy(config), attn_implementation=way).eval()
        for way in (way, "eager")
    )
    eager.load_state_dict(fused.state_dict())
    return fused, eager


def agree(seen: Seen, truth: list[Tensor]) -> None:
    assert seen.unseen == []
    for record, wanted in zip(seen, truth, strict=True):
        result = record.weights.dense()
        assert result.shape == wanted.shape
        attends = result.sum(-1, keepdim=True) > 0.5  # of a query without keys eager makes a mean
        assert attends.any()
        torch.testing.assert_close(result, wanted * attends, rtol=0, atol=1e-5)
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
            result = fused(IDS, attention_mask=mask)[0]
        truth = eager(IDS, attention_mask=mask, output_attentions=True).attentions
        with qkv.watch(eager) as unseen:
            eager(IDS, attention_mask=mask)
    assert torch.equal(result, expected)
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
    options = {
        "attention_mask": PADDED_RIGHT,
        "decoder_input_ids": IDS if same_text else IDS[:, 4:],
    }
    with torch.no_grad(), qkv.watch(fused) as seen:
        fused(IDS, **options)
    with torch.no_grad():
        truth = eager(IDS, **options, output_attentions=True)
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
    options = {
        "attention_mask": PADDED_LEFT.long(),
        "max_new_tokens": 5,
        "min_new_tokens": 5,
        "do_sample": False,
        "return_dict_in_generate": True,
        **how,
    }
    expected = fused.generate(IDS, **options).sequences
    with qkv.watch(fused) as seen:
        result = fused.generate(IDS, **options).sequences
    assert torch.equal(result, expected)
    made = eager.generate(IDS, **options, output_attentions=True)
    assert torch.equal(made.sequences, expected)
    agree(seen, [layer for step in made.attentions for layer in step])
    assert {r.kind for r in seen} == {"causal"}


BEAMS: dict[str, Any] = {"num_beams": 3, "num_return_sequences": 2}
HOWS = [{}, {"cache_implementation": "static"}, BEAMS, {"num_return_sequences": 2}]


def generating(how: dict[str, Any], **more: Any) -> dict[str, Any]:
    sampled = "num_return_sequences" in how and "num_beams" not in how
    return {
        "attention_mask": PADDED_LEFT.long(),
        "max_new_tokens": 6,
        "do_sample": sampled,
        **how,
        **more,
    }


def placed(step: Tensor, keys: int, end: int) -> Tensor:
    """Of one step (H, Tq, Tk), the last key is the one before `end`, or keys lie as they are."""
    first = max(0, end - step.shape[-1])
    whole = step.new_zeros(*step.shape[:-1], max(keys, first + step.shape[-1]))
    whole[..., first : first + step.shape[-1]] = step
    return whole[..., :keys]


@pytest.mark.parametrize("how", HOWS, ids=str)
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("LlamaForCausalLM", GROUPED),
        ("MistralForCausalLM", GROUPED | {"sliding_window": 4}),
        ("BartForConditionalGeneration", BART),
        ("T5ForConditionalGeneration", T5 | {"decoder_start_token_id": 0}),
    ],
)
def test_the_steps_of_a_generation_are_joined(
    name: str, settings: dict[str, Any], how: dict[str, Any]
) -> None:
    fused, eager = twins(name, settings)
    options = generating(how)
    torch.manual_seed(5)
    expected = fused.generate(IDS, **options)
    torch.manual_seed(5)
    with qkv.watch(fused) as seen:
        result = fused.generate(IDS, **options)
    assert torch.equal(result, expected)  # a tensor still, and not the beams
    torch.manual_seed(5)
    made = eager.generate(IDS, **options, output_attentions=True, return_dict_in_generate=True)
    assert torch.equal(made.sequences, expected)
    views = seen.generated()
    assert len(views) == len(expected)
    for number, view in enumerate(views):
        beams = getattr(made, "beam_indices", None)
        rows = [number] * 99 if beams is None else [b for b in beams[number].tolist() if b >= 0]
        assert view.tokens is not None
        steps = len(view.tokens) - (1 if fused.config.is_encoder_decoder else IDS.shape[1])
        assert torch.equal(view.tokens, expected[number][: len(view.tokens)])
        assert all(t in (0, 2) for t in expected[number][len(view.tokens) :])
        if fused.config.is_encoder_decoder:
            check_joined(view.cross, made.cross_attentions, rows[:steps], grows=False)
            check_joined(view.self, made.decoder_attentions, rows[:steps])
        else:
            check_joined(list(view), made.attentions, rows[:steps])


def check_joined(records: list[Any], steps: Any, rows: list[int], *, grows: bool = True) -> None:
    assert len(records) == len(steps[0])
    for layer, record in enumerate(records):
        each = [steps[t][layer][row] for t, row in enumerate(rows)]
        ends = torch.tensor([step.shape[1] for step in each]).cumsum(0).tolist()
        keys = ends[-1] if grows else each[0].shape[-1]
        wanted = torch.cat(
            [placed(x, keys, end if grows else keys) for x, end in zip(each, ends, strict=True)], 1
        )
        weights = record.weights.dense()
        assert record.kind == ("causal" if grows else "cross")
        assert record.shape == weights.shape == wanted.shape
        attends = weights.sum(-1, keepdim=True) > 0.5
        assert attends.float().mean() > 0.5
        torch.testing.assert_close(weights, wanted * attends, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["GptOssForCausalLM", "Gemma2ForCausalLM"])
def test_a_generation_of_another_selection_is_joined(name: str) -> None:
    pytest.importorskip("qkv.hf")
    more = {"num_local_experts": 4, "num_experts_per_tok": 2, "head_dim": 8, "sliding_window": 4}
    fused, eager = twins(name, GROUPED | more, way="qkv")
    options = generating(BEAMS)
    with qkv.watch(fused) as seen:
        fused.generate(IDS, **options)
    made = eager.generate(IDS, **options, output_attentions=True, return_dict_in_generate=True)
    for number, view in enumerate(seen.generated()):
        rows = [b for b in made.beam_indices[number].tolist() if b >= 0]
        check_joined_with_sinks(list(view), made.attentions, rows)


def check_joined_with_sinks(records: list[Any], steps: Any, rows: list[int]) -> None:
    for layer, record in enumerate(records):
        each = [steps[t][layer][row] for t, row in enumerate(rows)]
        ends = torch.tensor([step.shape[1] for step in each]).cumsum(0).tolist()
        wanted = torch.cat([placed(x, ends[-1], e) for x, e in zip(each, ends, strict=True)], 1)
        weights = record.weights.dense()
        attends = weights.sum(-1, keepdim=True) > 0
        torch.testing.assert_close(weights, wanted * attends, rtol=0, atol=1e-5)


def test_a_generation_can_be_saved_and_kept_in_part(tmp_path: Path) -> None:
    fused, _ = twins("LlamaForCausalLM", GROUPED)
    with qkv.watch(fused) as seen, qkv.watch(fused, queries=slice(-2, None), heads=[1]) as part:
        fused.generate(IDS, **generating(BEAMS))
    seen.save(tmp_path)
    whole = seen.generated()[1]
    again = load(tmp_path).generated()[1]
    assert again.tokens is not None
    assert whole.tokens is not None
    assert torch.equal(again.tokens, whole.tokens)
    some = part.generated()[1]
    for ours, theirs, few in zip(whole, again, some, strict=True):
        torch.testing.assert_close(theirs.weights.dense(), ours.weights.dense())
        left = few.shape[-2]
        assert left == ours.shape[-2] - IDS.shape[1] + 2
        torch.testing.assert_close(few.weights.dense(), ours.weights[1:2, -left:])


def test_what_a_generation_returns_stays_what_it_was() -> None:
    fused, _ = twins("LlamaForCausalLM", GROUPED)
    config = transformers.GenerationConfig(
        num_beams=2, max_new_tokens=3, return_dict_in_generate=True, pad_token_id=0
    )
    plain = fused.generate(IDS, config)
    own = fused.generate
    with qkv.watch(fused) as seen:
        watched = fused.generate(IDS, config)
        assert fused.generate is not own
    assert type(watched) is type(plain)
    assert watched.keys() == plain.keys()
    assert len(seen.generated()) == 2
    assert "generate" not in vars(fused)
    assert fused.generate == own
