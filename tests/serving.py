"""A server on loopback, in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2 as httpx

from qkv.server import (
    LOOPBACK,
    Limits,
    Models,
    application,
    bound,
    folder_and_languages,
    load_models,
    server_of,
)

__all__ = ["CLIENT", "counts", "loaded", "running"]

LIMITS = Limits()

# One for all: a client reads the certificates of the system. Each request has its connection.
CLIENT = httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0))


def loaded(*folders: Path | str) -> Models:
    """The models of these, each FOLDER or FOLDER=zh-en."""
    return load_models([folder_and_languages(str(folder)) for folder in folders])


def counts(address: str) -> dict[str, float]:
    """What /metrics says, by name with labels."""
    lines = CLIENT.get(f"{address}/metrics").text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


@contextmanager
def running(models: Models, limits: Limits = LIMITS, **settings: Any) -> Iterator[str]:
    """Its address, as http://127.0.0.1:…; settings: of `application`."""
    opened = bound("127.0.0.1", 0)
    app = application(models, limits, hosts=LOOPBACK, **settings)
    server = server_of(app, limits)
    thread = Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
            assert thread.is_alive()
        yield f"http://127.0.0.1:{opened.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
