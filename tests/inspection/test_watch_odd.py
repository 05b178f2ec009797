"""Uses of `watch` that are easily got wrong: each shows the truth, or says that it does not."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import qkv
from qkv.attention import General, Sinks, attend
from qkv.errors import ConfigError
from qkv.shapes import Bias, Mask

transformers = pytest.importorskip("transformers", reason="needs the extra hf")

LLAMA: dict[str, Any] = {
    "vocab_size": 30, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "intermediate_size": 64, "bos_token_id": None, "eos_token_id": None,
    "pad_token_id": 0,
}  # fmt: skip
IDS = torch.randint(3, 30, (1, 5), generator=torch.Generator().manual_seed(0))


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class By(nn.Module):
    """Whatever it is given."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Any) -> Any:
        return self.function(*inputs)


def sdpa(*inputs: Any, **options: Any) -> Tensor:
    return functional.scaled_dot_product_attention(*inputs, **options)


def llama(name: str = "Llama", **settings: Any) -> Any:
    torch.manual_seed(0)
    config = getattr(transformers, f"{name}Config")(**LLAMA | settings)
    kind = getattr(transformers, f"{name}ForCausalLM")
    return kind._from_config(config, attn_implementation="sdpa").eval()


# Numbers


@pytest.mark.parametrize("low", [-1e9, torch.finfo(torch.float32).min])
@pytest.mark.parametrize("size", [1.0, 300.0])
@torch.no_grad()
def test_readouts_where_a_logsumexp_has_lost_the_scores(low: float, size: float) -> None:
    query, key, added = numbers(2, 3, 7, 8) * size, numbers(2, 3, 9, 8, seed=1), torch.zeros(7, 9)
    added[2] = low
    with qkv.watch(model := By(sdpa)) as seen:
        model(query, key, key, added)
    scores = (query.double() @ key.double().mT * 8**-0.5).float() + added
    truth = scores.softmax(-1)
    weights = seen[0].weights
    torch.testing.assert_close(weights.dense(), truth, rtol=0, atol=3e-4)
    torch.testing.assert_close(weights.received(), truth.sum(-2), rtol=0, atol=2e-3)
    torch.testing.assert_close(weights.topk(2)[0], truth.topk(2).values, rtol=0, atol=3e-4)
    torch.testing.assert_close(weights.mean(), truth.mean(1), rtol=0, atol=3e-4)
    assert seen[0].check is not None
    assert seen[0].check.row_sum < 1e-5


@pytest.mark.parametrize(
    "heads", [((1, 3), (2, 3)), ((3,), (2, 3)), ((2, 1), (2, 3)), ((2, 3), (2, 1)), ((), ())]
)
@torch.no_grad()
def test_shapes_where_queries_broadcast(heads: tuple[tuple[int, ...], ...]) -> None:
    query, key = numbers(*heads[0], 4, 8), numbers(*heads[1], 9, 8, seed=1)
    with qkv.watch(model := By(sdpa)) as seen:
        expected = model(query, key, key)
    assert seen[0].shape == seen[0].weights.shape == (*expected.shape[:-1], 9)
    torch.testing.assert_close(seen[0].weights.dense() @ key, expected)


def test_a_single_query_of_grouped_heads_has_no_gradient_of_another_shape() -> None:
    model = llama()
    mask = torch.ones(1, 6, dtype=torch.long)
    mask[0, :2] = 0
    with qkv.watch(model) as seen:
        result = model(IDS, attention_mask=mask[:, :5])
        whole = len(seen)
        result = model(IDS[:, :1], attention_mask=mask, past_key_values=result.past_key_values)
        result.logits.square().sum().backward()
    assert seen[0].weights.grad.shape == seen[0].shape
    assert seen[whole].shape == (1, 4, 1, 6)
    with pytest.raises(ConfigError, match="nothing was retained"):
        _ = seen[whole].weights.grad


@pytest.mark.parametrize("options", [{"heads": [2, 0]}, {"heads": [1], "queries": slice(2, 9)}])
@torch.no_grad()
def test_heads_of_a_selection_that_differs_by_head(options: dict[str, Any]) -> None:
    sinks, x = Sinks(torch.tensor([-1.0, 0.5, 2.0])), numbers(2, 3, 11, 8)
    model = By(lambda x: attend(x, x, x, select=sinks).context)
    with qkv.watch(model, **options) as seen:
        model(x)
    whole = attend(x, x, x, select=sinks).weights.dense()
    chosen = whole[:, options["heads"], options.get("queries", slice(None))]
    torch.testing.assert_close(seen[0].weights.dense(), chosen)


@pytest.mark.parametrize("part", ["sinks", "score", "mask", "bias"])
def test_what_weights_are_also_made_of_is_not_shown_when_it_has_changed(part: str) -> None:
    sinks, score, shift = nn.Parameter(torch.zeros(2)), General(4, 4), torch.zeros(5, 5)
    allowed = torch.ones(5, 5, dtype=torch.bool).tril()
    options = {
        "sinks": {"select": Sinks(sinks)},
        "score": {"score": score},
        "mask": {"mask": Mask(allowed) & ~Mask(~allowed)},
        "bias": {"bias": Bias(shift) + Bias(shift)},
    }[part]
    x = numbers(1, 2, 5, 4)
    with (
        torch.no_grad(),
        qkv.watch(model := By(lambda x: attend(x, x, x, **options).context)) as seen,
    ):
        model(x)
        before = seen[0].weights.dense()
        assert torch.equal(seen[0].weights.dense(), before)
        written = {"sinks": sinks, "score": score.project.weight, "mask": allowed, "bias": shift}
        written[part].mul_(2) if part != "mask" else allowed.logical_not_()
    with pytest.raises(ConfigError, match="was written into after it had been seen"):
        seen[0].weights.dense()


# Kinds


@torch.no_grad()
def test_one_query_is_not_causal_unless_it_goes_on() -> None:
    class Pooling(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.query, self.key = nn.Linear(8, 8), nn.Linear(8, 8)

        def forward(self, x: Tensor) -> Tensor:
            return sdpa(self.query(x[:, :1]), self.key(x), x)

    with qkv.watch(model := Pooling()) as seen:
        model(numbers(2, 5, 8))
        model(torch.randn(2, 5, 8))  # made inside the block
    assert [record.kind for record in seen] == ["self", "self"]
    layer = nn.TransformerEncoderLayer(8, 2, batch_first=True).eval()
    with qkv.watch(layer, queries=slice(-1, None)) as seen:
        layer(torch.randn(2, 5, 8))
    assert [record.kind for record in seen] == ["self"]
    with qkv.watch(model := llama(), queries=slice(-1, None)) as seen:
        model.generate(IDS, max_new_tokens=2)
    assert {record.kind for record in seen} == {"causal"}


# Generation


@pytest.mark.parametrize(
    "how",
    [
        {"use_cache": False},
        {"guidance_scale": 1.5},
        {"num_beams": 3, "prefill_chunk_size": 2},
        {"past_key_values": "filled"},
    ],
    ids=str,
)
@torch.no_grad()
def test_steps_that_are_none_are_not_joined(how: dict[str, Any]) -> None:
    model, ids = llama(), IDS
    if "past_key_values" in how:
        before = model(IDS).past_key_values
        how, ids = {"past_key_values": before}, torch.cat((IDS, IDS), 1)
    with qkv.watch(model) as seen:
        model.generate(ids, max_new_tokens=4, do_sample=False, **how)
    with pytest.raises(ConfigError, match="its steps cannot be joined"):
        seen.generated()


def test_tokens_that_are_taken_back_are_not_joined() -> None:
    model = llama()
    with qkv.watch(model) as seen:
        model.generate(IDS, max_new_tokens=4, prompt_lookup_num_tokens=2)
    assert len(seen) > 0
    with pytest.raises(ConfigError, match="did not generate in the block"):
        seen.generated()


def test_received_of_a_window_counts_keys_from_the_first() -> None:
    model = llama("Mistral", sliding_window=4)
    ids = torch.cat((IDS, IDS), 1)
    with qkv.watch(model) as seen, qkv.watch(model, readouts=[qkv.readouts.Received()]) as read:
        model.generate(ids, max_new_tokens=5, do_sample=False)
    wanted = seen.generated()[0].received()
    for name, result in seen.received().items():
        assert result.shape == (1, 4, 14)
        torch.testing.assert_close(result[0], wanted[name])
        torch.testing.assert_close(read.received()[name][0], wanted[name])


def test_a_model_below_the_one_that_is_watched_generates() -> None:
    wrapper = nn.ModuleDict({"inner": llama()})
    with qkv.watch(wrapper) as seen:
        wrapper["inner"].generate(IDS, max_new_tokens=2, num_beams=2)  # type: ignore[operator]
    (view,) = seen.generated()
    assert [r.name for r in view] == [f"inner.model.layers.{n}.self_attn" for n in (0, 1)]


def test_what_generate_returns_is_what_its_own_rules_say() -> None:
    model = llama()
    model.generation_config.return_dict_in_generate = True
    config = transformers.GenerationConfig(max_new_tokens=3, num_beams=2)
    plain = model.generate(IDS, generation_config=config)
    with qkv.watch(model), qkv.watch(model) as seen:
        result = model.generate(IDS, generation_config=config)
    assert type(result) is type(plain)
    assert torch.equal(result.sequences, plain.sequences)
    assert len(seen.generated()) == 1
    with pytest.raises(ValueError, match="max_new_tokens"), qkv.watch(model):
        model.generate(IDS, max_new_tokens=-1)


@pytest.mark.parametrize("more", [{}, {"num_beams": 2}, {"return_timestamps": True}], ids=str)
def test_a_generate_of_its_own_is_left_alone(more: dict[str, Any]) -> None:
    torch.manual_seed(0)
    config = transformers.WhisperConfig(
        vocab_size=60, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, num_mel_bins=8,
        max_source_positions=20, max_target_positions=20, pad_token_id=0, eos_token_id=2,
        bos_token_id=1, decoder_start_token_id=3,
    )  # fmt: skip
    model = transformers.WhisperForConditionalGeneration(config).eval()
    model.generation_config.no_timestamps_token_id = 50
    sound = numbers(1, 8, 40)
    plain = model.generate(sound, max_new_tokens=5, **more)
    with qkv.watch(model) as seen:
        result = model.generate(sound, max_new_tokens=5, **more)
    assert torch.equal(result, plain)
    assert len(seen) > 0


def test_a_generate_by_hand() -> None:
    class Small(By):
        def generate(self, x: Tensor, n: int) -> Tensor:
            for _ in range(n):
                x = self(x, x, x)
            return x

    model, x = Small(sdpa), numbers(1, 2, 3, 4)
    with qkv.watch(model) as seen:
        result = model.generate(x, 2)
    assert torch.equal(result, model.generate(x, 2))
    assert len(seen) == 2


def test_threads_that_watch_one_model() -> None:
    model, failed = llama(), []

    def run() -> None:
        try:
            for _ in range(3):
                with qkv.watch(model) as seen:
                    model.generate(IDS, max_new_tokens=2, num_beams=2)
                assert len(seen.generated()) == 1
                assert len(seen) == 4
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert model.generate.__func__ is transformers.GenerationMixin.generate
    assert "qkv" not in transformers.GenerationMixin.generate.__code__.co_filename


# What cannot be recorded


@torch.no_grad()
def test_texts_without_a_batch() -> None:
    x = numbers(5, 8)
    with qkv.watch(model := By(lambda x: sdpa(x, x, x))) as seen:
        model(x)
    torch.testing.assert_close(seen[0].weights.dense(), (x @ x.mT * 8**-0.5).softmax(-1))


@torch.no_grad()
def test_the_model_goes_on_where_nothing_can_be_recorded() -> None:
    x = torch.nested.nested_tensor([numbers(5, 16), numbers(3, 16)], layout=torch.jagged)
    heads = x.unflatten(-1, [2, 8]).transpose(1, 2)
    model = By(lambda x: sdpa(x, x, x))
    expected = model(heads)
    with qkv.watch(model) as seen:
        result = model(heads)
    assert torch.equal(result.values(), expected.values())
    assert len(seen) + len(seen.unseen) >= 1
    batched = torch.vmap(model)
    with qkv.watch(model) as seen:
        batched(numbers(2, 3, 5, 8))
    assert len(seen) + len(seen.unseen) >= 1


SILENT: dict[str, Any] = {
    "two axes": lambda q, k, v: torch.softmax(q[0] @ k[0].T, -1) @ v[0],
    "pooling": lambda q, k, v: torch.bmm(torch.softmax((q * k).sum(-1), -1)[:, None], v),
    "halved in place": lambda q, k, v: torch.softmax(q @ k.mT, -1).mul_(0.5) @ v,
    "normalised again": lambda q, k, v: (
        ((w := torch.softmax(q @ k.mT, 1) + 1e-8) / w.sum(-1, keepdim=True)) @ v
    ),
    "number by number": lambda q, k, v: (torch.softmax(q @ k.mT, -1)[..., None] * v[:, None]).sum(
        -2
    ),
    "a query, number by number": lambda q, k, v: torch.sum(
        v * torch.softmax((q[:, :1] * k).sum(-1), 1).unsqueeze(-1), dim=1
    ),
    "in place, number by number": lambda q, k, v: (
        v[:, None].repeat(1, 5, 1, 1).mul_(torch.softmax(q @ k.mT, -1)[..., None]).sum(-2)
    ),
    "dropped, number by number": lambda q, k, v: (
        functional.dropout(torch.softmax(q @ k.mT, -1)[..., None] * v[:, None], 0.5)
    ).sum(2),
    "of logarithms": lambda q, k, v: torch.log_softmax(q @ k.mT, -1).exp() @ v,
}


@pytest.mark.parametrize("name", SILENT)
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_a_plain_softmax_is_said_wherever_it_is(name: str, mode: Any) -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.projections = nn.ModuleList(nn.Linear(8, 8) for _ in range(3))

        def forward(self, x: Tensor) -> Tensor:
            return SILENT[name](*(p(x) for p in self.projections))

    model = nn.Sequential(Block())
    with mode(), qkv.watch(model) as seen:
        model(numbers(2, 5, 8))
    assert [u.module for u in seen.unseen] == ["0"]


@torch.no_grad()
def test_a_distribution_over_words_is_no_attention() -> None:
    class Expected(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(30, 8)

        def forward(self, x: Tensor) -> Tensor:
            likely = torch.softmax(x @ self.words.weight.T, -1)
            return likely @ self.words.weight + (likely[..., None] * self.words.weight).sum(-2)

    with qkv.watch(model := nn.Sequential(Expected())) as seen:
        model(numbers(5, 8))
        model(numbers(2, 5, 8))
    assert seen.unseen == []


@torch.no_grad()
def test_a_softmax_whose_numbers_are_only_scaled_and_summed_is_no_attention() -> None:
    class Temperature(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            likely = torch.softmax(x, -1)
            spread = -(likely * likely.log()).sum(-1)
            return (2 * likely).sum(-1) + spread + likely.mean(-1) * x.sum(-1)

    with qkv.watch(model := nn.Sequential(Temperature())) as seen:
        model(numbers(2, 5, 8))
    assert seen.unseen == []
