"""What tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import devices
from tests.tiny import CAPTIONER, RNN, TRANSFORMER, train, write_album, write_corpus

# A slow machine is no failure.
settings.register_profile("qkv", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("qkv")

devices.register()


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
def captioner(tmp_path_factory: pytest.TempPathFactory, album: dict[str, str]) -> Path:
    """The folder of a model that captions these pictures; to be read, not changed."""
    folder = tmp_path_factory.mktemp("models") / "captioner"
    train(folder, album, CAPTIONER)
    return folder


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The paths of 150 pairs, by the names that `training.start` knows."""
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def transformer(tmp_path_factory: pytest.TempPathFactory, corpus: dict[str, str]) -> Path:
    """The folder of a model that translates most of the corpus; to be read, not changed."""
    folder = tmp_path_factory.mktemp("models") / "transformer"
    train(folder, corpus, TRANSFORMER)
    return folder


@pytest.fixture(scope="session")
def rnn(tmp_path_factory: pytest.TempPathFactory, corpus: dict[str, str]) -> Path:
    """The same of an RNN with attention, whose languages share a tokenizer."""
    folder = tmp_path_factory.mktemp("models") / "rnn"
    train(folder, corpus, RNN)
    return folder


@pytest.fixture(scope="session")
def one_vector(tmp_path_factory: pytest.TempPathFactory, corpus: dict[str, str]) -> Path:
    """The same of its twin without attention."""
    folder = tmp_path_factory.mktemp("models") / "one-vector"
    train(folder, corpus, RNN | {"attention": "none"})
    return folder
