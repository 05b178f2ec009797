"""Views of what `watch` saw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import qkv
from qkv.errors import ConfigError, ShapeError
from qkv.inspection import Record, Seen
from qkv.inspection.view import records_view, seen_view
from qkv.inspection.view.sides import named_side
from tests import pages

SOURCE, TARGET, WIDTH = 7, 5, 12
WORDS = ["[CLS]", "un", "##seen", ",", "you", "##r", "[SEP]"]


@pytest.fixture(scope="module")
def seen() -> Seen:
    """An encoder of two layers and a decoder of two, of which no query sees what comes after."""
    torch.manual_seed(0)
    settings: dict[str, Any] = {"batch_first": True, "dropout": 0.0, "dim_feedforward": 8}
    model = nn.Transformer(WIDTH, 2, 2, 2, **settings).eval()
    mask = nn.Transformer.generate_square_subsequent_mask(TARGET)
    with qkv.watch(model) as seen, torch.no_grad():
        model(torch.randn(2, SOURCE, WIDTH), torch.randn(2, TARGET, WIDTH), tgt_mask=mask)
    return seen


def check_heads(view: dict[str, Any], records: list[Record], row: int) -> None:
    by_name = {record.name: record for record in records}
    shown = [layer for each in view["maps"] for layer in each["layers"]]
    assert sorted(layer["name"] for layer in shown) == sorted(by_name)
    for layer in shown:
        record = by_name[layer["name"]]
        assert layer["kernel"] == record.kernel
        for number, head in enumerate(layer["heads"]):
            wanted = record.weights[row, number].detach().numpy()
            np.testing.assert_allclose(pages.weights(head), wanted, rtol=0, atol=0.51 / 65535)


@pytest.mark.parametrize("row", [0, 1])
def test_layers_and_heads_by_kind(seen: Seen, row: int) -> None:
    view = records_view(seen, row=row)
    check_heads(view, seen.records, row)
    assert {m["kind"]: len(m["layers"]) for m in view["maps"]} == {
        "self": 2,
        "causal": 2,
        "cross": 2,
    }
    names = {m["kind"]: m["name"] for m in view["maps"]}
    assert names == {
        "self": "encoder.layers",
        "causal": "decoder.layers",
        "cross": "decoder.layers",
    }
    for each in view["maps"]:
        rows, columns = view["sides"][each["rows"]], view["sides"][each["columns"]]
        assert (rows["name"], columns["name"]) == {
            "self": ("source", "source"),
            "causal": ("target", "target"),
            "cross": ("target", "source"),
        }[each["kind"]]
    assert len(view["sides"]) == 2
    assert view["sides"][0]["tokens"] == [str(i) for i in range(SOURCE)]


def test_tokens_are_grouped_into_words(seen: Seen) -> None:
    target = ["▁I", "▁do", "n't", "▁", "▁see"]
    view = records_view(seen, tokens=WORDS, target_tokens=target)
    source, said = view["sides"]
    assert source["tokens"] == ["[CLS]", "un", "seen", ",", "you", "r", "[SEP]"]
    assert source["words"] == [[0, 1], [1, 3], [3, 4], [4, 6], [6, 7]]
    assert source["text"] == "[CLS] unseen , your [SEP]"
    assert said["tokens"] == ["I", "do", "n't", "▁", "see"]
    assert said["words"] == [[0, 1], [1, 3], [3, 4], [4, 5]]


@given(
    st.lists(st.text(max_size=4) | st.sampled_from(["▁", "▁a", "##b", "</s>", "@@"]), min_size=1),
    st.sampled_from(["", "▁", "Ġ", "##"]),
)
def test_any_tokens_have_words(tokens: list[str], mark: str) -> None:
    tokens = [mark + token if number % 2 else token for number, token in enumerate(tokens)]
    side = named_side("tokens", tokens)
    assert len(side["tokens"]) == len(side["spaces"]) == len(tokens)
    assert len(side["shown"]) == len(side["words"])
    ends = [0, *(end for _, end in side["words"])]
    assert [first for first, _ in side["words"]] == ends[:-1]
    assert ends[-1] == len(tokens)
    assert all(first < end for first, end in side["words"])


def test_words_that_are_spelled_in_bytes_can_be_read() -> None:
    sentencepiece = named_side("tokens", ["▁the", "▁", "<0xE7>", "<0x8C>", "<0xAB>", "s", "</s>"])
    assert sentencepiece["shown"] == ["the", "猫s", "</s>"]
    byte_level = named_side("tokens", ["the", "ĠçĮ", "«", "Ġna", "Ã¯", "ve"])
    assert byte_level["shown"] == ["the", "猫", "naïve"]
    assert byte_level["text"] == "the 猫 naïve"


def test_a_query_may_be_named_by_the_token_that_it_chose(seen: Seen) -> None:
    target = ["<s>", "a", "b", "c", "d", "</s>"]
    view = records_view(seen, target_tokens=target)
    sides = {each["kind"]: (each["rows"], each["columns"]) for each in view["maps"]}
    named = {kind: tuple(view["sides"][s]["tokens"] for s in pair) for kind, pair in sides.items()}
    assert named["causal"] == (target[1:], target[:-1])
    assert named["cross"] == (target[1:], [str(i) for i in range(SOURCE)])
    assert view["sides"][sides["causal"][1]]["name"] == "read"


def test_several_calls_of_a_module_are_layers() -> None:
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(WIDTH, 3, batch_first=True).eval()
    x = torch.randn(1, 4, WIDTH)
    with qkv.watch(layer) as seen, torch.no_grad():
        layer(x, x, x)
        layer(x, x, x)
        layer(x[:, :2], x, x)
    view = records_view(seen, title="twice")
    assert view["title"] == "twice"
    first, second = view["maps"]
    assert [layer["name"] for layer in first["layers"]] == [seen[0].name, f"{seen[0].name} (2)"]
    assert [len(m["layers"]) for m in (first, second)] == [2, 1]
    rows = [len(view["sides"][m["rows"]]["tokens"]) for m in (first, second)]
    assert rows == [4, 2]


def test_what_cannot_be_shown_is_said(seen: Seen) -> None:
    with pytest.raises(ShapeError, match=r"tokens= has 3 tokens.* 7 × 7, 5 × 5, 5 × 7"):
        records_view(seen, tokens=["a", "b", "c"])
    with pytest.raises(ShapeError, match="target_tokens= has 1 tokens"):
        records_view(seen, target_tokens=["a"])
    with pytest.raises(ConfigError, match=r"no row 2; the batch of encoder\.layers\.0.* has 2"):
        records_view(seen, row=2)
    with pytest.raises(ConfigError, match="no attention was seen"):
        records_view([])


def test_readouts_alone_are_not_enough() -> None:
    layer = nn.MultiheadAttention(WIDTH, 3, batch_first=True).eval()
    x = torch.randn(1, 4, WIDTH)
    with qkv.watch(layer, readouts=[qkv.readouts.Entropy()]) as seen, torch.no_grad():
        layer(x, x, x)
    with pytest.raises(ConfigError, match="only its readouts were kept"):
        records_view(seen)


def test_the_steps_of_a_generation_are_one_view() -> None:
    transformers = pytest.importorskip("transformers")
    settings: dict[str, Any] = {
        "vocab_size": 50, "d_model": 12, "encoder_layers": 1, "decoder_layers": 1,
        "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 8,
        "decoder_ffn_dim": 8, "pad_token_id": 49, "decoder_start_token_id": 49,
        "eos_token_id": 0, "forced_eos_token_id": None,
    }  # fmt: skip
    torch.manual_seed(0)
    model = transformers.MarianMTModel(transformers.MarianConfig(**settings)).eval()
    ids = torch.tensor([[7, 8, 9, 0], [5, 6, 7, 0]])
    with qkv.watch(model) as seen:
        model.generate(ids, max_new_tokens=3, min_new_tokens=3, num_beams=2)
    one = seen.generated()[1]
    tokens, target = ["▁a", "▁b", "▁c", "</s>"], ["<pad>", "▁x", "▁y", "▁z"]
    view = seen_view(seen, row=1, tokens=tokens, target_tokens=target)
    assert [m["kind"] for m in view["maps"]] == ["self", "causal", "cross"]
    encoder, causal, cross = (m["layers"][0]["heads"] for m in view["maps"])
    [own] = [record for record in seen if record.name.startswith("model.encoder")]
    for number, head in enumerate(encoder):  # the second source, though each has two beams
        np.testing.assert_allclose(
            pages.weights(head), own.weights[1, number].detach().numpy(), rtol=0, atol=1e-5
        )
    for heads, record in ((causal, one.self[0]), (cross, one.cross[0])):
        for number, head in enumerate(heads):
            np.testing.assert_allclose(
                pages.weights(head), record.weights[number].detach().numpy(), rtol=0, atol=1e-5
            )
    assert view["sides"][view["maps"][2]["rows"]]["tokens"] == ["x", "y", "z"]
    with pytest.raises(ConfigError, match="no row 2; the model returned 2 sequences"):
        seen_view(seen, row=2)


@pytest.mark.parametrize("tokens", ["abc", [1, 2, 3], [b"a", b"b"]])
def test_tokens_are_a_list_of_texts(tokens: Any) -> None:
    layer = nn.MultiheadAttention(8, 2, batch_first=True).eval()
    x = torch.randn(1, 3, 8)
    with torch.no_grad(), qkv.watch(layer) as seen:
        layer(x, x, x)
    for argument in ("tokens", "target_tokens"):
        with pytest.raises(ConfigError, match=f"{argument}= must be a list of texts"):
            records_view(seen, **{argument: tokens})
