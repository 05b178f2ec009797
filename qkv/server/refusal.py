"""Why a request is not answered: a status and one sentence."""

from __future__ import annotations

__all__ = ["RETRY_AFTER", "Refused"]

RETRY_AFTER = 2  # seconds, for a client that came when too many others did


class Refused(Exception):
    """What the client is told instead of an answer.

    retry_after: seconds after which it may be worth trying again.
    """

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.retry_after = status, sentence, retry_after

    @property
    def headers(self) -> dict[str, str]:
        if self.status == 401:
            return {"WWW-Authenticate": "Bearer"}
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
