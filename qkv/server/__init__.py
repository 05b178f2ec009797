"""The HTTP server: qkv's own API, and the shapes that other programs send."""

from qkv.server.app import application
from qkv.server.guard import LOOPBACK
from qkv.server.limits import Limits
from qkv.server.listening import bound, is_loopback, run, server_of
from qkv.server.models import Models, Served, folder_and_languages, load_models

__all__ = [
    "LOOPBACK",
    "Limits",
    "Models",
    "Served",
    "application",
    "bound",
    "folder_and_languages",
    "is_loopback",
    "load_models",
    "run",
    "server_of",
]
