"""`qkv serve`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from qkv.cli.options import Device, Engine
from qkv.cli.trust import Trust, ask_to_trust
from qkv.errors import ConfigError, MissingExtra
from qkv.files import named_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qkv.server import Models

__all__ = ["check_extra", "serve", "start"]


def serve(
    models: Annotated[
        list[str],
        Argument(help="Model folders; FOLDER=zh-en says what it translates, A,B is an ensemble."),
    ],
    host: Annotated[str, Option(help="Address to listen at; 0.0.0.0: all.")] = "127.0.0.1",
    port: Annotated[int, Option(min=0, max=65535, help="0: any that is free.")] = 8000,
    token: Annotated[
        str | None, Option(envvar="QKV_TOKEN", help="What clients must give as their key.")
    ] = None,
    open_: Annotated[bool, Option("--open", help="Let other machines in without a token.")] = False,
    engine: Engine = "torch",
    device: Device = "auto",
    trust: Trust = False,
) -> None:
    """Serve models over HTTP: a page to look at, qkv's own API, and those of LibreTranslate, DeepL,
    Apertium and Immersive Translate.

    See docs/serving.md. Ctrl-C or SIGTERM ends it, after what has been begun.
    """
    start(models, host, port, token=token, open_=open_, engine=engine, device=device, trust=trust)


def check_extra() -> None:
    """Raises MissingExtra where what serving needs is not installed."""
    try:
        import qkv.server  # noqa: F401
    except ImportError as error:
        raise MissingExtra(f"serving needs {error.name}: pip install 'qkv[serve]'.") from None


def start(
    models: Sequence[str],
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    token: str | None = None,
    open_: bool = False,
    engine: str = "torch",
    device: str = "auto",
    trust: bool = False,
    shown: Callable[[str], None] = lambda address: None,
) -> None:
    """What `qkv serve` does. shown: is told the address once browsers can connect."""
    check_extra()
    from qkv import server
    from qkv.machine import settle_to_search

    settle_to_search()
    if token == "":
        raise ConfigError("--token is empty; leave it out, or give a long random text.")
    opened = server.bound(host, port)
    local = server.is_loopback(opened)
    if not local and token is None and not open_:
        raise ConfigError(
            f"at {host} other machines can use this server; give --token, or --open to let all in."
        )
    named = [server.folder_and_languages(each) for each in models]
    for folder in (part for each, _ in named for part in named_folders(each)):
        ask_to_trust(folder / "config.json", trust)
    loaded = server.load_models(named, device, engine)
    limits = server.Limits()
    hosts = {*server.LOOPBACK, host} if local else None
    app = server.application(loaded, limits, token=token, hosts=hosts)
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{opened.getsockname()[1]}"
    _announce(loaded, engine, address)
    opened.listen()
    shown(address)
    server.run(app, opened, limits)


def _announce(models: Models, engine: str, address: str) -> None:
    for each in models.served:
        does = f"translates {each.pair}"
        if each.config.vision:
            does = "captions pictures"
        elif each.languages is None:
            does = "translates; of which languages, say as FOLDER=zh-en"
        searches = "" if engine == "torch" else f"; engine: {each.engine}"
        print(f"{each.name}: {does}{searches}", file=sys.stderr)
    print(f"serving at {address}", file=sys.stderr, flush=True)
