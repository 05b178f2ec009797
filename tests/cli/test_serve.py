"""`qkv serve`: what it refuses, what it says, and how it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

import httpx2 as httpx
import pytest

from qkv import server
from tests.cli.conftest import Qkv
from tests.serving import CLIENT, counts
from tests.tiny import PAIRS


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be served: the application and the limits, and the socket."""
    given: list[Any] = []
    monkeypatch.setattr(server, "run", lambda *arguments: given.extend(arguments))
    return given


def close(given: list[Any]) -> Any:
    """The service of what would be served, its engine and its socket closed."""
    app, opened, _ = given
    app.state.service.engine.close()
    opened.close()
    return app.state.service


def test_it_says_what_it_serves_and_where(qkv: Qkv, rnn: Path, served: list[Any]) -> None:
    done = qkv("serve", rnn, "--port", 0, "--device", "cpu")
    port = served[1].getsockname()[1]
    assert (done.code, done.out) == (0, "")
    assert done.err == f"rnn: translates zh-en\nserving at http://127.0.0.1:{port}\n"
    [model] = close(served).models.served
    assert (model.name, model.languages) == ("rnn", ("zh", "en"))


def test_it_says_what_searches_and_why(
    qkv: Qkv, transformer: Path, rnn: Path, served: list[Any]
) -> None:
    done = qkv("serve", transformer, rnn, "--port", 0, "--engine", "auto", "--device", "cpu")
    first, second, _ = done.err.splitlines()
    assert first == (
        "transformer: translates zh-en; engine: CTranslate2, which finds the same texts in less "
        "time"
    )
    assert second.startswith("rnn: translates zh-en; engine: torch, because CTranslate2 runs ")
    close(served)
    served.clear()
    done = qkv("serve", transformer, "--port", 0, "--engine", "ctranslate2-int8")
    assert "; engine: CTranslate2 in int8, whose texts differ a little\n" in done.err
    close(served)
    assert qkv("serve", rnn, "--engine", "ctranslate2").refusal().startswith(f"{rnn}: engine=")


def test_languages_are_named_beside_the_folder(
    qkv: Qkv, rnn: Path, captioner: Path, served: list[Any]
) -> None:
    folder = Path(__file__).parents[1] / "folders" / "written_by_0.1.0" / "rnn-general"
    done = qkv("serve", f"{rnn}=EN-de", captioner, folder, "--port", 0, "--token", "t")
    assert done.err.splitlines()[:-1] == [
        "rnn: translates en-de",
        "captioner: captions pictures",
        "rnn-general: translates; of which languages, say as FOLDER=zh-en",
    ]
    assert close(served).token == "t"


def test_a_token_may_be_in_the_environment(
    qkv: Qkv, rnn: Path, served: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QKV_TOKEN", "from the environment")
    assert qkv("serve", rnn, "--port", 0, "--host", "0.0.0.0").code == 0
    assert close(served).token == "from the environment"


def test_other_machines_need_a_token_or_a_word(qkv: Qkv, rnn: Path, served: list[Any]) -> None:
    refused = qkv("serve", rnn, "--host", "0.0.0.0", "--port", 0).refusal()
    assert refused == (
        "at 0.0.0.0 other machines can use this server; give --token, or --open to let all in."
    )
    assert served == []
    assert qkv("serve", rnn, "--host", "0.0.0.0", "--port", 0, "--open").code == 0
    close(served)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--host", "no such host"], "cannot listen at no such host, port 8000 ("),
        (["--host", "203.0.113.1"], "cannot listen at 203.0.113.1, port 8000 ("),
        (["--port", "70000"], "Invalid value for '--port'"),
        (["--token", ""], "--token is empty; leave it out"),
    ],
)
def test_what_is_refused(
    qkv: Qkv, rnn: Path, served: list[Any], arguments: list[str], says: str
) -> None:
    assert qkv("serve", rnn, *arguments).refusal().startswith(says)
    assert served == []


def test_a_port_that_is_taken(qkv: Qkv, rnn: Path, served: list[Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = qkv("serve", rnn, "--port", port).refusal()
    assert refused.startswith(f"cannot listen at 127.0.0.1, port {port} (")
    assert served == []


def test_folders_that_cannot_be_served(
    qkv: Qkv, rnn: Path, tmp_path: Path, served: list[Any]
) -> None:
    twin = tmp_path / "rnn"
    twin.symlink_to(rnn)
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "rnn"
    other.mkdir()
    for path in rnn.iterdir():
        (other / path.name).symlink_to(path)
    refused = qkv("serve", rnn, other, "--port", 0).refusal()
    assert refused == f"{other}: another model is called rnn; rename one of the two."
    missing = tmp_path / "missing"
    assert (
        qkv("serve", missing, "--port", 0).refusal().startswith(f"{missing}/config.json: no such")
    )
    assert (
        qkv("serve", f"{rnn}=zh", "--port", 0).refusal().startswith("languages must be two codes")
    )
    assert served == []


# A process of its own


class Process:
    """`qkv serve` on a port of its own; `said`: its lines on standard error so far."""

    def __init__(self, *arguments: str | Path) -> None:
        command = [sys.executable, "-m", "qkv", "serve", *map(str, arguments), "--port", "0"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.said: list[str] = []
        assert self.process.stderr
        threading.Thread(target=self._read, args=[self.process.stderr], daemon=True).start()
        until = time.monotonic() + 120
        while not any(line.startswith("serving at ") for line in self.said):
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until
            time.sleep(0.05)
        self.address = self.said[-1].removeprefix("serving at ")

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self.said.append(line.rstrip("\n"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_sigterm_finishes_what_has_begun_and_ends_well(transformer: Path) -> None:
    served = Process(transformer, "--device", "cpu")
    try:
        texts = [zh for zh, _ in PAIRS] * 3
        answers: list[httpx.Response] = []
        with httpx.Client(base_url=served.address, timeout=120) as client:
            asking = threading.Thread(
                target=lambda: answers.append(client.post("/v1/translate", json={"text": texts}))
            )
            asking.start()
            while not counts(served.address)["qkv_batch_items_count"]:
                time.sleep(0.005)
            served.process.send_signal(signal.SIGTERM)
            asking.join(120)
        [answer] = answers
        assert answer.status_code == 200
        assert len(answer.json()["translations"]) == len(texts)
        assert served.process.wait(60) == 0
        assert [line for line in served.said if "Traceback" in line] == []
        with pytest.raises(httpx.ConnectError):
            CLIENT.get(f"{served.address}/health")
    finally:
        served.process.kill()
        served.process.wait()
