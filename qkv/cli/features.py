"""`qkv features`."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from qkv.cli.bulk import Bulk, Columns, ImageRoot, in_bulk
from qkv.cli.options import Device
from qkv.errors import ConfigError

__all__ = ["features"]


@in_bulk(
    "sha256", "The pictures: their folder, or a list as of qkv train.",
    "vision", "picture", "columns", "image_root", "device",
)  # fmt: skip
def features(
    *,
    bulk: Bulk,
    vision: Annotated[
        str | None, Option(help="efficientnet-lite0, hf:NAME or timm:NAME; as of qkv train.")
    ] = None,
    picture: Annotated[
        int | None, Option(help="Pixels of a side, as of qkv train --set picture=.")
    ] = None,
    columns: Columns = None,
    image_root: ImageRoot = None,
    device: Device = "auto",
) -> None:
    """Compute what a vision encoder sees in pictures, and keep it where training looks for it.

    `qkv train --images` does so itself, in one process; this does it in several, or on several
    machines. --out has the pictures by the SHA-256 of their bytes, by which they are kept.
    """
    if not bulk.input:
        raise ConfigError("features needs --input, a folder of pictures or a list of them.")
    from qkv.bulk import Seeing
    from qkv.data.features import cache_folder
    from qkv.training.config import configs

    given = {"vision": vision, "picture": picture}
    settings = {name: value for name, value in given.items() if value is not None}
    model, _ = configs(settings, pictures=True)
    root, cache = bulk.root(image_root), cache_folder().absolute()
    work = Seeing(model.vision, model.picture, root, cache, device)
    bulk.run(work, bulk.names(columns))
