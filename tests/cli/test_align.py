"""`qkv align`, and `qkv evaluate --alignment`."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest

from tests.cli.conftest import Qkv
from tests.tiny import PAIRS, write_corpus

SOME = PAIRS[::9]
GOLD = "".join(
    " ".join(f"{i}-{j}" for i, j in enumerate(range(len(target.split())))) + "\n"
    for _, target in SOME
)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    data = write_corpus(tmp_path, SOME)
    return ["--source", data["source"], "--target", data["target"]]


def test_links_line_for_line(qkv: Qkv, rnn: Path, files: list[str], tmp_path: Path) -> None:
    done = qkv("align", rnn, *files)
    assert done.code == 0
    lines = done.out.splitlines()
    assert len(lines) == len(SOME)
    for line, (source, target) in zip(lines, SOME, strict=True):
        links = [tuple(map(int, link.split("-"))) for link in line.split()]
        assert links == sorted(links)
        assert all(i < len(source) and j < len(target.split()) for i, j in links)
    assert done.err.startswith("qkv: 17 pairs, ")
    assert "heads:the last layer|rounds:6|method:soft|threshold:0." in done.err
    records = [
        json.loads(line) for line in qkv("align", rnn, *files, "--format", "jsonl").out.splitlines()
    ]
    assert [" ".join(f"{i}-{j}" for i, j in each["alignment"]) for each in records] == lines
    assert all(0 < sure <= 1 for each in records for sure in each["confidence"])
    assert [(each["source"], each["target"]) for each in records] == SOME
    more = tmp_path / "more.tsv"
    more.write_text("".join(f"{a}\t{b}\n" for a, b in PAIRS), encoding="utf-8")
    assert len(qkv("align", rnn, *files, "--also", more).out.splitlines()) == len(SOME)


def test_given_tokens_and_model_tokens(qkv: Qkv, rnn: Path, tmp_path: Path) -> None:
    table = tmp_path / "spaced.tsv"
    table.write_text("我 喜欢 咖啡\tI like coffee\n", encoding="utf-8")
    spaced = qkv("align", rnn, "--data", table, "--pretokenized", "--threshold", "0").out.split()
    assert {link[0] for link in spaced} <= {"0", "1", "2"}
    assert qkv("align", rnn, "--data", table, "--subwords").code == 0


def test_both_directions_and_picked_heads(
    qkv: Qkv, rnn: Path, transformer: Path, files: list[str], tmp_path: Path
) -> None:
    one, other = copytree(rnn, tmp_path / "one"), copytree(transformer, tmp_path / "other")
    done = qkv("align", one, "--reverse", other, *files, "--pick", "--method", "union")
    assert done.code == 0
    assert done.err.startswith("qkv: picked by agreement (0.")
    kept = [json.loads((each / "alignment.json").read_text()) for each in (one, other)]
    assert all(each["heads"] and each["shift"] in (0, 1) for each in kept)
    assert "heads:layer 0 heads 0" in qkv("align", one, *files).err


def test_what_does_not_go_together_is_refused(
    qkv: Qkv, rnn: Path, one_vector: Path, files: list[str]
) -> None:
    assert qkv("align", rnn, *files, "--pick").refusal().endswith("give --reverse too.")
    assert qkv("align", rnn).refusal().startswith("give --source and --target, or --data alone")
    assert qkv("align", rnn, *files, "--format", "xml").refusal().startswith("--format must be")
    both = qkv("align", rnn, *files, "--subwords", "--pretokenized").refusal()
    assert both == "--subwords and --pretokenized both say what links join; give one."
    assert qkv("align", rnn, *files, "--method", "max").refusal().startswith("method must be one")
    assert "it attends to no words" in qkv("align", one_vector, *files).refusal()


def test_links_are_scored(qkv: Qkv, rnn: Path, files: list[str], tmp_path: Path) -> None:
    gold = tmp_path / "gold.align"
    gold.write_text(GOLD, encoding="utf-8")
    files = ["--reference" if each == "--target" else each for each in files]
    lines = qkv("evaluate", rnn, *files, "--alignment", gold).printed().splitlines()
    assert [line.split()[0] for line in lines] == ["AER", "precision", "recall"]
    assert lines[0].split()[2].startswith("heads:the")
    record = json.loads(qkv("evaluate", rnn, *files, "--alignment", gold, "--json").printed())
    assert record.keys() == {"error_rate", "precision", "recall", "signature"}
    assert f"{record['error_rate']:.3f}" == lines[0].split()[1]
    refused = qkv("evaluate", rnn, *files, "--alignment", gold, "--beam", "2").refusal()
    assert refused.startswith("--alignment scores links alone")
    assert qkv("evaluate", rnn, *files, "--reverse", rnn).refusal().endswith("with --alignment.")


def test_gold_links_counted_from_one_are_refused(
    qkv: Qkv, rnn: Path, files: list[str], tmp_path: Path
) -> None:
    gold = tmp_path / "gold.align"
    ends = "".join(f"1-1 {len(source)}?{len(target.split())}\n" for source, target in SOME)
    gold.write_text(ends, encoding="utf-8")
    files = ["--reference" if each == "--target" else each for each in files]
    assert qkv("evaluate", rnn, *files, "--alignment", gold).refusal() == (
        f"{gold}, line 1: link 5-3 is beyond the sentences, which have 5 and 3 words, counted from "
        "0; the file counts from 1, subtract 1 everywhere."
    )
