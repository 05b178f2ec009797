"""What is counted, for Prometheus to read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Measured", "Metrics"]

disable_created_metrics()  # else each series is there twice, once with the time it began

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
TOGETHER = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """Of one server; several in a process count apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "qkv_requests", "Requests.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "qkv_request_seconds",
            "From a request's head to the end of its answer.",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.batches = Histogram(
            "qkv_batch_items",
            "Texts or pictures computed together.",
            buckets=TOGETHER,
            registry=self.registry,
        )
        self.characters = Counter(
            "qkv_characters", "Of the texts translated.", registry=self.registry
        )
        self._queue = Gauge("qkv_queue_items", "Texts or pictures waiting.", registry=self.registry)

    def watch_queue(self, length: Callable[[], int]) -> None:
        self._queue.set_function(length)

    @property
    def characters_so_far(self) -> int:
        return int(self.registry.get_sample_value("qkv_characters_total") or 0)


class Measured:
    """Counts the requests of the app inside it by route, so that addresses make no new series."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 499  # the client had gone

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route: Any = getattr(scope.get("route"), "path", "other")
            self.metrics.requests.labels(_method(scope["method"]), route, status).inc()
            self.metrics.seconds.labels(route).observe(time.perf_counter() - began)


def _method(name: str) -> str:
    return name if name in ("GET", "POST", "HEAD", "OPTIONS") else "other"
