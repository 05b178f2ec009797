"""`qkv translate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from typer import Argument, Option

from qkv.errors import ConfigError

if TYPE_CHECKING:
    from qkv.pipeline import Translation

__all__ = ["translate"]

CHUNK = 2000  # lines that are translated together, then printed

Links: TypeAlias = list[tuple[int, int]] | None
Spans: TypeAlias = list[tuple[int, int]] | None


def translate(
    model: Annotated[Path, Argument(help="Model folder.")],
    file: Annotated[Path | None, Argument(help="Sentences; standard input if left out.")] = None,
    beam: Annotated[int, Option(help="Hypotheses kept a sentence; 1 is greedy.")] = 5,
    nbest: Annotated[int, Option(help="Different translations a sentence, at most --beam.")] = 1,
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
    from qkv.files import check_writable
    from qkv.pipeline import load

    if alignments:
        check_writable(alignments)
    translator = load(model)
    texts, words = _read(file, pretokenized)
    wanted = bool(alignments) or (format_ == "jsonl" and not translator.one_vector)
    every: list[Links] = []
    for first in range(0, len(texts) or 1, CHUNK):
        part = slice(first, first + CHUNK)
        found = translator.translate(
            texts[part],
            beam=beam,
            nbest=nbest,
            length_penalty=length_penalty,
            max_ratio=max_ratio,
        )
        links = [
            each.alignment(subwords=subwords, source_words=spans) if wanted else None
            for each, spans in zip(found, words[part], strict=True)
        ]
        for number, pair in enumerate(zip(found, links, strict=True), first):
            print(*_lines(*pair, number, nbest, format_), sep="\n")
        every += links
    if alignments:
        _write_links(alignments, every)


def _read(file: Path | None, pretokenized: bool) -> tuple[list[str], list[Spans]]:
    """Texts to translate, and the spans of their words where these are given."""
    from qkv.data import decode_lines, join_tokens, read_lines

    lines = read_lines(file) if file else decode_lines(sys.stdin.buffer.read(), "standard input")
    if not pretokenized:
        return lines, [None] * len(lines)
    joined = [join_tokens(line) for line in lines]
    return [each.text for each in joined], [each.spans for each in joined]


def _write_links(path: Path, links: list[Links]) -> None:
    from qkv.evaluation import format_pharaoh
    from qkv.files import write_atomically

    text = "".join(f"{format_pharaoh(each or [])}\n" for each in links)
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))


def _lines(
    translation: Translation, links: Links, number: int, nbest: int, format_: str
) -> list[str]:
    """One line; for an n-best list in text one a hypothesis: `number ||| text ||| score`."""
    if format_ == "jsonl":
        return [json.dumps(_record(translation, links), ensure_ascii=False)]
    if nbest == 1:
        return [translation.text]
    every = (translation, *translation.alternatives)
    return [f"{number} ||| {each.text} ||| {each.score:.4f}" for each in every]


def _record(translation: Translation, links: Links) -> dict[str, Any]:
    return {
        "source": translation.source,
        "text": translation.text,
        "score": translation.score,
        "log_probability": translation.log_probability,
        "source_tokens": translation.source_tokens,
        "tokens": translation.tokens,
        "alignment": links,
        "alternatives": [
            {"text": each.text, "score": each.score, "log_probability": each.log_probability}
            for each in translation.alternatives
        ],
    }
