"""`qkv explain`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

from typer import Option

from qkv.errors import ConfigError

__all__ = ["explain"]


def explain(
    query: Annotated[str | None, Option(help='Your own query, such as "0.5,0.5".')] = None,
    keys: Annotated[str | None, Option(help='Your own keys, such as "1,2;3,4".')] = None,
    values: Annotated[str | None, Option(help="Your own values; the keys by default.")] = None,
    scaled: Annotated[bool, Option("--scaled", help="Divide the scores by √d.")] = False,
    lang: Annotated[str, Option(help="en or zh.")] = "en",
    json_: Annotated[bool, Option("--json", help="The numbers alone, as JSON.")] = False,
) -> None:
    """Work one attention step by hand: similarity, weights, context, next state, prediction."""
    if lang not in ("en", "zh"):
        raise ConfigError(f"--lang must be en or zh; got {lang!r}.")
    from qkv.inspection import explain_text, worked_example

    worked = worked_example(query, keys, values, scaled=scaled)
    print(json.dumps(asdict(worked)) if json_ else explain_text(worked, lang))
