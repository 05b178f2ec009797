"""What links are read from: kept by the search, or read again, it is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from qkv.data.tokenizer import Encoding
from qkv.pipeline import AlignmentHeads, Translator, alignment_heads, load_translator
from tests.cli.conftest import Qkv, qkv  # noqa: F401 - a fixture
from tests.tiny import PAIRS

_NONE = Encoding([], [])
TEXTS = [source for source, _ in PAIRS[::11]] + ["", "我喜欢咖啡。老师吃面包！", "😀 unseen"]
SEARCHES: list[dict[str, Any]] = [
    {"beam": 1},
    {"beam": 4, "nbest": 2},
    {"beam": 3, "coverage_penalty": 0.2, "prefix": "the"},
    {"temperature": 0.7, "nbest": 3, "beam": 3},
]
HEADS = {
    "transformer": [None, AlignmentHeads(((0, 1),), 1), AlignmentHeads(((0, 0), (1, 1)))],
    "rnn": [None],
}


@pytest.fixture(params=sorted(HEADS))
def translator(request: pytest.FixtureRequest) -> Translator:
    return load_translator(request.getfixturevalue(request.param))


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_what_is_kept_is_what_is_read_again(
    translator: Translator, search: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = "rnn" if len(translator.attention(_NONE, ()).cross) == 1 else "transformer"
    for heads in HEADS[kind]:
        translator.alignment_heads = heads
        later = translator.translate(TEXTS, **search)
        expected = [each.weigh() for each in later if each.weigh]
        for batch_tokens in (4096, 60):
            kept = translator.translate(TEXTS, alignments=True, batch_tokens=batch_tokens, **search)
            assert [each.text for each in kept] == [each.text for each in later]
            for one, other in zip(kept, expected, strict=True):
                assert one.weigh is not None
                for mine, weights in zip(one.weigh(), other, strict=True):
                    assert mine.shape == weights.shape
                    rows = len(weights) - (heads.shift if heads else 0)
                    np.testing.assert_allclose(mine[:rows], weights[:rows], atol=2e-5)
                    assert not (one.ids and mine[rows:].any())  # nobody has read EOS
    with monkeypatch.context() as patched:
        patched.setattr(alignment_heads, "attended_batch", None)
        again = translator.translate(TEXTS[:5], alignments=True, **search)
        assert all(each.links() is not None for each in again)


def test_the_command_reads_nothing_again(
    qkv: Qkv,  # noqa: F811
    transformer: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "\n".join(TEXTS[:6]) + "\n"
    expected = [each.alignment() for each in load_translator(transformer).translate(TEXTS[:6])]
    monkeypatch.setattr(alignment_heads, "attended_batch", None)
    path = tmp_path / "links"
    qkv("translate", transformer, "--alignments", path, stdin=text).printed()
    written = [
        [tuple(map(int, link.split("-"))) for link in line.split()]
        for line in path.read_text().splitlines()
    ]
    assert written == expected


def test_rows_that_end_at_different_steps_are_traced_back() -> None:
    """By hand: two texts, the second ends first; the first's rows change places on the way."""
    from qkv.search.kept import Kept

    steps = [[[1.0]], [[2.0], [3.0]], [[4.0], [5.0]]]
    kept = Kept(lambda cross: cross[0])  # type: ignore[arg-type, return-value]
    first, second, third = (torch.tensor(step)[None] for step in steps)
    kept.read([first])  # type: ignore[list-item]
    kept.go_on(torch.tensor([0, 0]))
    kept.read([second])  # type: ignore[list-item]
    kept.end(torch.tensor([1]))  # 1, 3
    kept.go_on(torch.tensor([1, 0]))
    kept.read([third])  # type: ignore[list-item]
    kept.end(torch.tensor([0, 1]))  # 1, 3, 4 and 1, 2, 5
    assert [each.flatten().tolist() for each in kept.of([2, 0, 1])] == [
        [1, 2, 5],
        [1, 3],
        [1, 3, 4],
    ]
