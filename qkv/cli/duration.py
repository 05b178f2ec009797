"""A duration as people write it."""

from __future__ import annotations

import re

from qkv.errors import ConfigError

__all__ = ["duration"]

SECONDS = {"s": 1, "m": 60, "h": 3600}
OVERNIGHT = 8 * 3600.0
LEAST = 30.0


def duration(text: str) -> float:
    """Seconds of 90s, 5m, 2h, 1h30m or overnight, which is eight hours.

    Raises:
        ConfigError: it is none of these, or less than half a minute.
    """
    if text == "overnight":
        return OVERNIGHT
    parts = re.findall(r"(\d+(?:\.\d+)?)([smh])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ConfigError(f"--time {text}: give it as 90s, 5m, 2h, 1h30m or overnight.")
    seconds = sum(float(number) * SECONDS[unit] for number, unit in parts)
    if seconds < LEAST:
        raise ConfigError(f"--time {text}: too short to train anything; at least {LEAST:.0f}s.")
    return seconds
