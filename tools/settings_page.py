"""Write the tables of docs/settings.md as the settings declare them.

python -m tools.settings_page
"""

from __future__ import annotations

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from qkv.models.build import ARCHITECTURES
from qkv.models.config import ModelConfig
from qkv.settings import Setting, declared
from qkv.training.config import TrainConfig, configs

__all__ = ["with_tables"]

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
TITLES = {"transformer": "Transformer", "rnn": "RNN"}


def with_tables(page: str) -> str:
    """The page with the first table below each heading made anew."""
    for heading, settings in _sections().items():
        # A function, for a backslash in a row means itself.
        page, count = re.subn(
            rf"(?<=\n){re.escape(heading)}\n(?:(?!\||#).*\n)+?(?=\|)(?:\|.*\n)+",
            lambda found, rows=settings: found[0].split("|", 1)[0] + _table(rows),
            page,
        )
        assert count == 1, heading
    return page


def _sections() -> dict[str, list[Setting]]:
    of_run = declared(TrainConfig)
    sections: dict[str, list[Setting]] = {}
    for setting in (*declared(ModelConfig).values(), *of_run.values()):
        if setting.name in of_run and of_run[setting.name] is not setting:
            continue  # joint: a run's own setting, which the model's follows
        sections.setdefault(_heading(setting, setting.name in of_run), []).append(setting)
    return sections


def _heading(setting: Setting, of_run: bool) -> str:
    if setting.filled_in:
        return "### Filled in"
    if setting.only.get("source") == "pictures":
        return "### Pictures only"
    if architecture := setting.only.get("architecture"):
        return f"### {TITLES[architecture]} only"
    return "## The run" if of_run else "### Both architectures"


def _table(settings: list[Setting]) -> str:
    only = settings[0].only.get("architecture")
    columns = [only] if only else list(ARCHITECTURES)
    lines = [
        f"| setting | {' | '.join(columns)} | what it is |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for setting in settings:
        defaults = " | ".join(f"`{_default(setting, name)}`" for name in columns)
        lines.append(f"| `{setting.name}` | {defaults} | {setting.help} |")
    return "\n".join(lines) + "\n"


def _default(setting: Setting, architecture: str) -> str:
    model, train = configs({"architecture": architecture})
    value: Any = {**vars(model), **vars(train)}[setting.name]
    if value is None:
        return "auto"
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    ArgumentParser("python -m tools.settings_page", description=__doc__).parse_args()
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
