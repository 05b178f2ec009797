"""`qkv translate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from qkv.errors import ConfigError

if TYPE_CHECKING:
    from qkv.pipeline import Translation

__all__ = ["translate"]


def translate(
    model: Annotated[Path, Argument(help="Model folder.")],
    file: Annotated[Path | None, Argument(help="Sentences; standard input if left out.")] = None,
    beam: Annotated[int, Option(help="Hypotheses kept a sentence; 1 is greedy.")] = 5,
    nbest: Annotated[int, Option(help="Translations a sentence, at most --beam.")] = 1,
    length_penalty: Annotated[float, Option(help="α: score = log P / ((5 + length) / 6)^α.")] = 1.0,
    max_ratio: Annotated[float, Option(help="At most this · source tokens + 10 tokens.")] = 2.0,
    alignments: Annotated[Path | None, Option(help="Write Pharaoh links i-j, a line each.")] = None,
    subwords: Annotated[bool, Option("--subwords", help="Link model tokens, not words.")] = False,
    pretokenized: Annotated[
        bool, Option("--pretokenized", help="The source is tokens with spaces; link those.")
    ] = False,
    format_: Annotated[str, Option("--format", help="text or jsonl.")] = "text",
) -> None:
    """Translate line for line; an empty line stays an empty line."""
    if format_ not in ("text", "jsonl"):
        raise ConfigError(f"--format must be text or jsonl; got {format_!r}.")
    if subwords and pretokenized:
        raise ConfigError("--subwords and --pretokenized both say what links join; give one.")
    from qkv.data import decode_lines, join_tokens, read_lines
    from qkv.files import check_writable
    from qkv.pipeline import load

    if alignments:
        check_writable(alignments)
    translator = load(model)
    lines = read_lines(file) if file else decode_lines(sys.stdin.buffer.read(), "standard input")
    given = [join_tokens(line) for line in lines] if pretokenized else None
    found = translator.translate(
        [tokens.text for tokens in given] if given else lines,
        beam=beam,
        nbest=nbest,
        length_penalty=length_penalty,
        max_ratio=max_ratio,
    )
    if alignments:
        words = [tokens.spans for tokens in given] if given else [None] * len(found)
        links = [
            each.alignment(subwords=subwords, source_words=spans)
            for each, spans in zip(found, words, strict=True)
        ]
        _write_links(alignments, links)
    for number, translation in enumerate(found):
        for line in _lines(translation, number, nbest, format_):
            print(line)


def _write_links(path: Path, links: list[list[tuple[int, int]]]) -> None:
    from qkv.evaluation import format_pharaoh
    from qkv.files import write_atomically

    text = "".join(f"{format_pharaoh(each)}\n" for each in links)
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))


def _lines(translation: Translation, number: int, nbest: int, format_: str) -> list[str]:
    """One line; for an n-best list in text one a hypothesis: `number ||| text ||| score`."""
    if format_ == "jsonl":
        return [json.dumps(_record(translation), ensure_ascii=False)]
    if nbest == 1:
        return [translation.text]
    every = (translation, *translation.alternatives)
    return [f"{number} ||| {each.text} ||| {each.score:.4f}" for each in every]


def _record(translation: Translation) -> dict[str, Any]:
    return {
        "source": translation.source,
        "text": translation.text,
        "score": translation.score,
        "log_probability": translation.log_probability,
        "source_tokens": translation.source_tokens,
        "tokens": translation.tokens,
        "alignment": translation.alignment(),
        "alternatives": [
            {"text": each.text, "score": each.score, "log_probability": each.log_probability}
            for each in translation.alternatives
        ],
    }
