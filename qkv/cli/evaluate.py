"""`qkv evaluate`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from typer import Argument, Option

from qkv.cli.options import Bonus, Device, Engine, Terms, glossary_of, say_engine, searching
from qkv.errors import ConfigError, DataError
from qkv.search import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qkv.data import Pair
    from qkv.evaluation import Reference
    from qkv.pipeline import Glossary

__all__ = ["evaluate"]


class _Text(NamedTuple):
    """Sources with references, their file, and the language of the references for sacremoses."""

    name: str
    pairs: list[Pair]
    language: str


@searching("nbest")
def evaluate(
    model: Annotated[Path, Argument(help="Model folder; A,B: an ensemble of two or more.")],
    source: Annotated[Path | None, Option(help="Sentences, one a line; gzip or not.")] = None,
    reference: Annotated[Path | None, Option(help="Their translations, line for line.")] = None,
    data: Annotated[
        list[Path] | None,
        Option(help="Instead: TSV, CSV, JSONL, Parquet, TMX or XLIFF; may be repeated."),
    ] = None,
    columns: Annotated[
        str | None, Option(help="Its source and reference by name or number, such as en,de.")
    ] = None,
    images: Annotated[
        Path | None, Option(help="Instead: pictures and captions, TSV or JSONL.")
    ] = None,
    image_root: Annotated[
        Path | None, Option(help="Folder of the pictures; by default their list's.")
    ] = None,
    skip_bad: Annotated[
        bool, Option("--skip-bad", help="Leave out pictures that cannot be used.")
    ] = False,
    alignment: Annotated[
        Path | None,
        Option(help="Score links only: those drawn by hand, i-j (sure) or i?j, a line a pair."),
    ] = None,
    reverse: Annotated[
        Path | None, Option(help="With --alignment: a model that translates the other way.")
    ] = None,
    also: Annotated[
        list[Path] | None,
        Option(help="With --alignment: more pairs to learn from, as --data."),
    ] = None,
    pretokenized: Annotated[
        bool, Option("--pretokenized", help="With --alignment: texts are tokens with spaces.")
    ] = False,
    *,
    search: Search,
    language: Annotated[
        str | None, Option(help="Of the reference, such as de; by default its file's ending.")
    ] = None,
    glossary: Terms = None,
    glossary_bonus: Bonus = None,
    by_length: Annotated[bool, Option("--by-length", help="Also by source length.")] = False,
    json_: Annotated[bool, Option("--json", help="As JSON.")] = False,
    engine: Engine = "torch",
    device: Device = "auto",
) -> None:
    """Translate or caption, and score: BLEU and chrF or CIDEr-D, with their signatures.

    With --alignment, instead: how well the model's links of each source and reference meet those
    drawn by hand, see qkv align.
    """
    bands: list[Any] = []
    used: dict[str, Any] = {}
    terms = glossary_of(glossary, glossary_bonus)
    if terms and (images or alignment):
        raise ConfigError("--glossary is for texts that are translated.")
    if alignment is None and (reverse or also or pretokenized):
        raise ConfigError("--reverse, --also and --pretokenized go with --alignment.")
    if alignment is not None:
        if images or image_root or skip_bad or language or by_length or search != Search():
            raise ConfigError(
                "--alignment scores links alone; it goes with --source and --reference or --data, "
                "--reverse, --pretokenized and --json."
            )
        pairs = _text(source, reference, data, columns).pairs
        scores = _of_links(model, reverse, device, pairs, alignment, also, pretokenized)
        _print_links(scores, json_)
        return
    if images is not None:
        if source or reference or data or columns or language or by_length:
            raise ConfigError(
                "--images goes with --image-root and --skip-bad; the options of text are --source, "
                "--reference, --data, --columns, --language and --by-length."
            )
        scores, used = _of_captions(model, device, images, image_root, skip_bad, search)
    else:
        if image_root or skip_bad:
            raise ConfigError("--image-root and --skip-bad belong to --images.")
        text = _text(source, reference, data, columns)
        scores, bands = _of_text(model, device, engine, text, language, by_length, search, terms)
    settings = {"beam": search.beam, "length_penalty": search.length_penalty, **search.changed()}
    if terms:
        settings |= {"glossary": str(glossary), "glossary_bonus": glossary_bonus}
    _print(scores, bands, {"model": str(model), **settings, **used} if json_ else None)


def _of_links(
    folder: Path,
    reverse: Path | None,
    device: str,
    pairs: Sequence[Pair],
    gold: Path,
    also: list[Path] | None,
    pretokenized: bool,
) -> dict[str, Any]:
    """Alignment error rate, precision and recall, and how the links were read."""
    from qkv.data import DataFiles, Pair, join_tokens, spans
    from qkv.evaluation import alignment_scores, read_gold
    from qkv.pipeline import Aligner, load_translator

    words = [(spans(pair.source), spans(pair.target)) for pair in pairs]
    if pretokenized:
        joined = [(join_tokens(pair.source), join_tokens(pair.target)) for pair in pairs]
        pairs = [Pair(one.text, other.text) for one, other in joined]
        words = [(one.spans, other.spans) for one, other in joined]
    sure, possible = read_gold(gold, [(len(one), len(other)) for one, other in words])
    backward = load_translator(reverse, device=device) if reverse else None
    aligner = Aligner(load_translator(folder, device=device), backward)
    more = [*DataFiles(also).pairs()] if also else []
    links = [{link[:2] for link in own} for own in aligner.align(pairs, words=words, also=more)]
    return {**asdict(alignment_scores(links, sure, possible)), "signature": aligner.signature}


def _print_links(scores: dict[str, Any], json_: bool) -> None:
    if json_:
        print(json.dumps(scores, ensure_ascii=False, indent=2))
        return
    print(f"AER {scores['error_rate']:.3f}   {scores['signature']}")
    print(f"precision {scores['precision']:.3f}\nrecall {scores['recall']:.3f}")


def _of_captions(
    folder: Path, device: str, images: Path, root: Path | None, skip: bool, search: Search
) -> tuple[list[Any], dict[str, Any]]:
    """Scores, each caption of a picture being a reference, and how much was used and not."""
    from qkv.data.captions import read_captions
    from qkv.evaluation import bleu, caption_bleu, cider_d, exact_match, is_chinese, tokenizer_for
    from qkv.pipeline import load_captioner
    from qkv.pipeline.captioner import see

    kept = read_captions(images, root)
    pictures, skipped = kept.pairs, dict(kept.skipped)
    for note in kept.notes:
        print(f"{images}: {note}", file=sys.stderr)
    captioner = load_captioner(folder, device=device)
    seen = see(
        [pair.picture for pair in pictures],
        captioner.vision,
        on_bad="skip" if skip else "refuse",
        report=lambda line: print(line, file=sys.stderr, flush=True),
    )
    usable = [i for i in range(len(pictures)) if i not in seen.refused]
    if not usable:
        raise DataError(f"{images}: no picture can be used.")
    reasons = dict(skipped)
    if seen.refused:
        captions = sum(len(pictures[i].captions) for i in seen.refused)
        skipped["picture cannot be used"] = reasons[seen.refusal] = captions
    for reason, count in reasons.items():
        print(f"skipped {count:,} captions: {reason}", file=sys.stderr)
    results = captioner.of_regions([seen[i] for i in usable], search=search)
    hypotheses, references = [r.text for r in results], [pictures[i].captions for i in usable]
    chinese = is_chinese(caption for each in references for caption in each)
    scores = [
        *caption_bleu(hypotheses, references, chinese=chinese),
        cider_d(hypotheses, references, chinese=chinese),
        bleu(hypotheses, references, tokenizer=tokenizer_for(references)),
        exact_match(hypotheses, references),
    ]
    _say_what_tells(references)
    counts = {"pictures": len(usable), "skipped_pictures": len(seen.refused)}
    return scores, {**counts, "skipped": skipped}


def _text(
    source: Path | None, reference: Path | None, data: list[Path] | None, columns: str | None
) -> _Text:
    """What is to be translated and compared, given in exactly one form."""
    from qkv.data import DataFiles, read_parallel

    if data and not source and not reference:
        files, name = DataFiles(data, columns), ", ".join(map(str, data))
        every = list(files.pairs())
        pairs = [pair for pair in every if pair.source.strip() and pair.target.strip()]
        if not pairs:
            raise DataError(f"{name}: no pair has text on both sides.")
        for note in files.notes:
            print(note, file=sys.stderr)
        if left_out := len(every) - len(pairs):
            print(f"skipped {left_out:,} pairs: no text on one of the sides", file=sys.stderr)
        return _Text(name, pairs, _usual(files.languages[1]))
    if data or columns or not source or not reference:
        raise ConfigError("give --source and --reference, or --data alone, or --images.")
    return _Text(str(source), read_parallel(source, reference), _language(reference))


def _of_text(
    folder: Path,
    device: str,
    engine: str,
    text: _Text,
    language: str | None,
    by_length: bool,
    search: Search,
    glossary: Glossary | None,
) -> tuple[list[Any], list[Any]]:
    """Scores, and bands by source length if they are wanted."""
    from qkv.evaluation import bleu, bleu_lowercased, chrf, exact_match, tokenizer_for
    from qkv.evaluation import by_length as bands_of
    from qkv.export.engine import use
    from qkv.machine import settle_to_search
    from qkv.pipeline import load_translator

    settle_to_search()
    sources, references = [p.source for p in text.pairs], [p.target for p in text.pairs]
    tokenizer = tokenizer_for(references)
    moses = tokenizer == "13a" and (text.language if language is None else _known(language))
    translator = load_translator(folder, device=device)
    say_engine(engine, use(engine, translator, search))
    translations = translator.translate(sources, search=search, glossary=glossary)
    unlike = sum(bool(translator.unlike_training(each)) for each in translations)
    if unlike:
        print(
            f"qkv: {text.name}: {unlike:,} of {len(sources):,} lines are unlike the training text; "
            "qkv translate names them.",
            file=sys.stderr,
        )
    hypotheses = [translation.text for translation in translations]
    scores = [bleu(hypotheses, references, tokenizer=tokenizer), chrf(hypotheses, references)]
    if moses:
        scores.append(bleu_lowercased(hypotheses, references, moses))
    if _say_what_tells(references) != "BLEU":
        scores.append(exact_match(hypotheses, references))
    bands = bands_of(sources, hypotheses, references, tokenizer=tokenizer) if by_length else []
    return scores, bands


def _say_what_tells(references: Sequence[Reference]) -> str:
    """The metric to go by; if that is not BLEU, on stderr too."""
    from qkv.evaluation import telling_metric

    metric = telling_metric(references)
    if metric != "BLEU":
        print(
            "BLEU means nothing here: it counts up to four tokens, and most references have fewer; "
            f"go by {metric}",
            file=sys.stderr,
        )
    return metric


def _print(scores: list[Any], bands: list[Any], settings: dict[str, Any] | None) -> None:
    """A line a score; as JSON with the settings, where these are given."""
    from qkv.evaluation import table

    if settings is not None:
        record = {**settings, **_record(scores, bands)}
        print(json.dumps(record, ensure_ascii=False, indent=2))
        return
    for score in scores:
        print(f"{score.name} {score.value:.2f}   {score.signature}")
    if bands:
        print(table(bands))


def _language(path: Path) -> str:
    """test.de and test.de.gz are German; without the ending of a language, English."""
    suffix = path.suffix.lower()
    return _usual((path.with_suffix("").suffix.lower() if suffix == ".gz" else suffix)[1:])


def _usual(code: str) -> str:
    """The language, or English where sacremoses has no rules for it."""
    from qkv.evaluation import moses_languages

    return code if code in moses_languages() else "en"


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
