"""`qkv evaluate`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from qkv.errors import ConfigError

__all__ = ["evaluate"]


def evaluate(
    model: Annotated[Path, Argument(help="Model folder.")],
    source: Annotated[Path, Option(help="Sentences, one a line; gzip or not.")],
    reference: Annotated[Path, Option(help="Their translations, line for line.")],
    beam: Annotated[int, Option(help="Hypotheses kept a sentence; 1 is greedy.")] = 5,
    length_penalty: Annotated[float, Option(help="α: score = log P / ((5 + length) / 6)^α.")] = 1.0,
    language: Annotated[
        str | None, Option(help="Of the reference, such as de; by default its file's ending.")
    ] = None,
    by_length: Annotated[bool, Option("--by-length", help="Also by source length.")] = False,
    json_: Annotated[bool, Option("--json", help="As JSON.")] = False,
) -> None:
    """Translate and score: BLEU and chrF, with their signatures."""
    from qkv.data import read_parallel
    from qkv.evaluation import bleu, bleu_lowercased, chrf, is_chinese, table
    from qkv.evaluation import by_length as bands_of
    from qkv.pipeline import load

    code = _language(reference) if language is None else _known(language)
    pairs = read_parallel(source, reference)
    sources, references = [p.source for p in pairs], [p.target for p in pairs]
    found = load(model).translate(sources, beam=beam, length_penalty=length_penalty)
    hypotheses = [each.text for each in found]
    chinese = is_chinese(references)
    scores = [bleu(hypotheses, references, chinese=chinese), chrf(hypotheses, references)]
    if not chinese:
        scores.append(bleu_lowercased(hypotheses, references, code))
    bands = bands_of(sources, hypotheses, references, chinese=chinese) if by_length else []
    if json_:
        settings = {"model": str(model), "beam": beam, "length_penalty": length_penalty}
        record = {**settings, **_record(scores, bands)}
        print(json.dumps(record, ensure_ascii=False, indent=2))
        return
    for score in scores:
        print(f"{score.name} {score.value:.2f}   {score.signature}")
    if bands:
        print(table(bands))


def _language(path: Path) -> str:
    """test.de and test.de.gz are German; without the ending of a language, English."""
    from qkv.evaluation import moses_languages

    ending = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    return ending[1:] if ending[1:] in moses_languages() else "en"


def _known(language: str) -> str:
    from qkv.evaluation import moses_languages

    if language not in moses_languages():
        known = ", ".join(sorted(moses_languages()))
        raise ConfigError(
            f"--language must be one that sacremoses has rules for: {known}; got {language!r}."
        )
    return language


def _record(scores: list[Any], bands: list[Any]) -> dict[str, Any]:
    record: dict[str, Any] = {"scores": [asdict(score) for score in scores]}
    return {**record, "by_length": [asdict(band) for band in bands]} if bands else record
