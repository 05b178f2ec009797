"""What tests of several rooms share."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import devices
from tests.tiny import CAPTIONER, RNN, TRANSFORMER, train, write_album, write_corpus

# A slow machine is no failure.
settings.register_profile("qkv", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("qkv")

devices.register()

# A shell may have told its children to ignore interrupts; tests of interrupts would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What vision encoders saw is kept here, not where the user's is."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("QKV_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The paths of 20 captioned pictures, by the names that `training.start` knows."""
    return write_album(tmp_path_factory.mktemp("album"))


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The paths of 150 pairs, by the names that `training.start` knows."""
    return write_corpus(tmp_path_factory.mktemp("corpus"))


Trained = Callable[[str, dict[str, str], dict[str, Any]], Path]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Train a model of this name on data with settings; its folder is to be read, not changed."""

    def folder_of(name: str, data: dict[str, str], settings: dict[str, Any]) -> Path:
        folder = tmp_path_factory.mktemp("models") / name
        train(folder, data, settings)
        return folder

    return folder_of


@pytest.fixture(scope="session")
def captioner(trained: Trained, album: dict[str, str]) -> Path:
    """A model that captions these pictures."""
    return trained("captioner", album, CAPTIONER)


@pytest.fixture(scope="session")
def transformer(trained: Trained, corpus: dict[str, str]) -> Path:
    """A model that translates most of the corpus."""
    return trained("transformer", corpus, TRANSFORMER)


@pytest.fixture(scope="session")
def rnn(trained: Trained, corpus: dict[str, str]) -> Path:
    """The same of an RNN with attention, whose languages share a tokenizer."""
    return trained("rnn", corpus, RNN)


@pytest.fixture(scope="session")
def one_vector(trained: Trained, corpus: dict[str, str]) -> Path:
    """The same of its twin without attention."""
    return trained("one-vector", corpus, RNN | {"attention": "none"})
