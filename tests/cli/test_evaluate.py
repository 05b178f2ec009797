"""`qkv evaluate`: scores with their signatures, as text and as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from qkv.cli.evaluate import _language
from qkv.evaluation import bleu, bleu_lowercased, by_length, chrf, table
from qkv.pipeline import load_translator
from tests.cli.conftest import Qkv
from tests.tiny import PAIRS, write_corpus

SOME = PAIRS[::9]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    data = write_corpus(tmp_path, SOME)
    return ["--source", data["source"], "--reference", data["target"]]


def test_scores_are_those_of_the_translations(
    qkv: Qkv, transformer: Path, files: list[str]
) -> None:
    out = qkv("evaluate", transformer, *files, "--beam", "2").printed()
    sources, references = map(list, zip(*SOME, strict=True))
    found = [t.text for t in load_translator(transformer).translate(sources, beam=2)]
    scores = (
        bleu(found, references, chinese=False),
        chrf(found, references),
        bleu_lowercased(found, references, "en"),
    )
    assert out.splitlines() == [f"{s.name} {s.value:.2f}   {s.signature}" for s in scores]
    assert all("version:" in score.signature for score in scores)


def test_json(qkv: Qkv, transformer: Path, files: list[str]) -> None:
    text = qkv("evaluate", transformer, *files).printed()
    record = json.loads(qkv("evaluate", transformer, *files, "--json").printed())
    assert record.pop("model") == str(transformer)
    assert (record.pop("beam"), record.pop("length_penalty")) == (5, 1.0)
    assert list(record) == ["scores"]
    for line, score in zip(text.splitlines(), record["scores"], strict=True):
        assert line == f"{score['name']} {score['value']:.2f}   {score['signature']}"


def test_a_glossary(qkv: Qkv, transformer: Path, files: list[str], tmp_path: Path) -> None:
    terms = tmp_path / "terms.tsv"
    terms.write_text("咖啡\ttea\n", encoding="utf-8")
    given = ["evaluate", transformer, *files, "--json"]
    plain = json.loads(qkv(*given).printed())
    record = json.loads(qkv(*given, "--glossary", terms).printed())
    assert (record["glossary"], record["glossary_bonus"]) == (str(terms), None)
    assert record["scores"][0]["value"] < plain["scores"][0]["value"]
    refused = qkv("evaluate", transformer, "--images", "a.tsv", "--glossary", terms).refusal()
    assert refused == "--glossary is for texts that are translated."


def test_by_length(qkv: Qkv, transformer: Path, files: list[str]) -> None:
    out = qkv("evaluate", transformer, *files, "--by-length").printed()
    sources, references = map(list, zip(*SOME, strict=True))
    found = [t.text for t in load_translator(transformer).translate(sources)]
    bands = by_length(sources, found, references, chinese=False)
    assert out.endswith("\n" + table(bands) + "\n")
    record = json.loads(qkv("evaluate", transformer, *files, "--by-length", "--json").printed())
    assert [(b["shortest"], b["sentences"]) for b in record["by_length"]] == [
        (b.shortest, b.sentences) for b in bands
    ]


def test_the_length_penalty_arrives(qkv: Qkv, transformer: Path, files: list[str]) -> None:
    refused = qkv("evaluate", transformer, *files, "--length-penalty", "11").refusal()
    assert refused == "length_penalty must lie between 0 and 10; got 11.0."


def test_chinese_references_are_scored_by_characters(
    qkv: Qkv, transformer: Path, tmp_path: Path
) -> None:
    data = write_corpus(tmp_path, [("我喜欢咖啡", "我喜欢咖啡")])
    files = ("--source", data["source"], "--reference", data["target"])
    out = qkv("evaluate", transformer, *files).printed()
    assert "tok:zh" in out
    assert len(out.splitlines()) == 2  # Moses tokens are for languages with spaces


def test_where_bleu_means_nothing_it_is_said(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    data = write_corpus(tmp_path, [("我喜欢茶", "yes"), ("我喜欢书", "no")] * 4)
    files = ("--source", data["source"], "--reference", data["target"])
    done = qkv("evaluate", transformer, *files)
    assert done.code == 0
    assert done.err == (
        "BLEU means nothing here: it counts up to four tokens, and most references have fewer; go "
        "by exact match\n"
    )
    assert "exact match 0.00   nrefs:1|" in done.out


def test_a_language_without_spaces_needs_no_rules(
    qkv: Qkv, transformer: Path, tmp_path: Path
) -> None:
    data = write_corpus(tmp_path, [("我喜欢茶", "ฉันชอบชามาก")])
    files = ("--source", data["source"], "--reference", data["target"])
    out = qkv("evaluate", transformer, *files, "--language", "th").printed()
    assert "tok:char" in out
    assert "moses" not in out


def test_the_language_of_the_reference(qkv: Qkv, transformer: Path, tmp_path: Path) -> None:
    data = write_corpus(tmp_path, SOME)
    german = Path(data["target"]).rename(tmp_path / "train.de")
    files = ("--source", data["source"], "--reference", german)
    assert "tok:moses-de[" in qkv("evaluate", transformer, *files).printed()
    assert "tok:moses-fr[" in qkv("evaluate", transformer, *files, "--language", "fr").printed()
    for language in ("klingon", "d3", "", "DE", "xx", "tk"):
        refused = qkv("evaluate", transformer, *files, "--language", language).refusal()
        assert refused.startswith(
            "--language must be one that sacremoses has rules for: as, bn, ca,"
        )
        assert refused.endswith(f", zh; got {language!r}.")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("test.de", "de"),
        ("test.de.gz", "de"),
        ("test.txt", "en"),
        ("test", "en"),
        ("test.v2", "en"),
        ("test.tk", "en"),  # sacremoses has no rules for Turkmen
        ("test.ja", "ja"),
        ("flickr.2016.cs", "cs"),
    ],
)
def test_the_ending_names_the_language(name: str, code: str) -> None:
    assert _language(Path("here") / name) == code


def test_help_names_its_options(qkv: Qkv) -> None:
    out = qkv("evaluate", "--help").printed()
    assert set(re.findall(r"--[a-z-]+", out)) >= {
        "--source",
        "--reference",
        "--by-length",
        "--json",
    }
