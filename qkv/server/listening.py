"""From an address to a server that listens there, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from functools import partial
from ipaddress import ip_address
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from qkv.errors import ConfigError
from qkv.server.limits import Limits

__all__ = ["bound", "is_loopback", "run", "server_of"]

HEAD_BYTES = 32 * 1024

TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def bound(host: str, port: int) -> socket.socket:
    """A socket at this address; nobody can connect before it listens.

    Raises:
        ConfigError: there is no such address here, or it is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(
            f"cannot listen at {host}, port {port} ({reason}); choose another --host or --port."
        ) from None
    return opened


def is_loopback(opened: socket.socket) -> bool:
    """Does it take connections from this machine alone?"""
    return ip_address(opened.getsockname()[0]).is_loopback


def server_of(app: Any, limits: Limits) -> uvicorn.Server:
    """What runs the application, until its `should_exit` is set."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=partial(Patient, seconds=limits.send_seconds),  # pyright: ignore[reportArgumentType]
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            h11_max_incomplete_event_size=HEAD_BYTES,
            timeout_graceful_shutdown=int(limits.seconds),
        )
    )


def run(app: Any, opened: socket.socket, limits: Limits) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish what has been begun."""
    # uvicorn raises the signal again when all is done; it has been obeyed then.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        server_of(app, limits).run(sockets=[opened])
    finally:
        signal.signal(signal.SIGTERM, before)


class Patient(H11Protocol):
    """A connection that is closed when a request takes more than `seconds` to come in."""

    def __init__(self, *, seconds: float, **settings: Any) -> None:
        super().__init__(**settings)
        self.seconds = seconds
        self.deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.deadline is not None:
            self.deadline.cancel()

    def _wait(self) -> None:
        """For the rest of a request, from its first byte on; what comes in between is no more."""
        coming = self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        if coming and self.deadline is None:
            self.deadline = self.loop.call_later(self.seconds, self._give_up)
        elif not coming and self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _give_up(self) -> None:
        self.deadline = None
        if self.transport.is_closing():
            return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):  # no answer has begun
            self.transport.write(TIMEOUT)
        self.transport.close()
