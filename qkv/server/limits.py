"""What one request may ask for, and how much may wait."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MOST_OF_SEARCH", "Limits"]

# Of a search's numbers, where a search itself allows more: a request has other people wait.
MOST_OF_SEARCH = {"beam": 16, "nbest": 16, "min_length": 1000, "max_length": 1000, "max_ratio": 5}


@dataclass(frozen=True)
class Limits:
    """Beyond these a request is refused, with a status and a sentence.

    body_bytes, picture_bytes: of a request's body, without and with a picture in it.
    texts, characters: of one request.
    queue: texts that wait. batch_tokens, batch_seconds: that are computed together, times the beam,
    and that this may take.
    seconds: from a request to its answer; send_seconds: that a client may take to send it.
    requests: at a time.
    """

    body_bytes: int = 1 << 20
    picture_bytes: int = 24 << 20
    texts: int = 512
    characters: int = 100_000
    queue: int = 2048
    batch_tokens: int = 4096
    batch_seconds: float = 20.0
    seconds: float = 60.0
    send_seconds: float = 20.0
    requests: int = 1000
