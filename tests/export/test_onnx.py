"""Our models as ONNX: the same logits and weights at each step, the same texts without torch."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import qkv
import qkv.export
from qkv.data.tokenizer import BOS, EOS, PAD
from qkv.errors import ConfigError, MissingExtra
from qkv.export import export_model
from qkv.models import ModelConfig, build
from qkv.models.folder import read_config, save_model
from qkv.pipeline import Translator
from tests.tiny import PAIRS

onnxruntime = pytest.importorskip("onnxruntime")

ROOT = Path(__file__).parents[2]
TEXTS = ["我喜欢咖啡", "  小猫 有 书, é猫! 😀 قهوة", "x", "他们吃面包" * 40]
SIZES = {"width": 22, "embedding": 14, "encoder_width": 26, "tied": False}
FORMS: list[dict[str, Any]] = [
    {"architecture": "rnn"} | form
    for form in (
        {},
        {**SIZES, "cell": "gru", "encoder_layers": 2, "decoder_layers": 3},
        {**SIZES, "order": "article", "encoder_layers": 3, "decoder_layers": 2},
        {"order": "article", "cell": "gru", "attention": "additive", "gate": True, "norm": True},
        {**SIZES, "attention": "additive", "encoder_layers": 2},
        {"attention": "dot", "bidirectional": False},
        {"attention": "dot", "select": "hard", "order": "article"},
        {**SIZES, "attention": "general", "select": "hard", "gate": True, "norm": True},
        {"attention": "none"},
        {**SIZES, "attention": "none", "cell": "gru", "order": "article", "encoder_layers": 2},
        {"joint": False, "bidirectional": False, "cell": "gru"},
    )
] + [
    {"architecture": "transformer"} | form
    for form in (
        {},
        {"tied": False, "encoder_layers": 3, "decoder_layers": 1},
        {"joint": False, "activation": "gelu"},
        {"normalize": "after", "activation": "swish"},
    )
]


def load(folder: Path) -> Translator:
    translator = qkv.load(folder)
    assert isinstance(translator, Translator)
    return translator


def random_folder(folder: Path, base: Path, form: dict[str, Any]) -> Path:
    """A model of random weights with the tokenizers of `base`; the source's where it is joint."""
    folder.mkdir()
    own = read_config(base)
    sizes = {"width": 32, "embedding": 32, "encoder_width": 32, "heads": 4, "feedforward": 48}
    layers = {"encoder_layers": 1 + (form["architecture"] == "transformer"), "decoder_layers": 1}
    joint = form.get("joint", True)
    target = own.source_vocabulary if joint else own.target_vocabulary
    vocabulary = {"source_vocabulary": own.source_vocabulary, "target_vocabulary": target}
    config = ModelConfig(**{"joint": joint, **sizes, **layers, **vocabulary, **form})
    for name in ["tokenizer.json"] if joint else ["source.tokenizer.json", "target.tokenizer.json"]:
        read = "source.tokenizer.json" if joint else name
        (folder / name).write_bytes((base / read).read_bytes())
    torch.manual_seed(5)
    weights = {name: p.detach() for name, p in build(config).named_parameters()}
    save_model(folder, config, {n: w + 0.2 * torch.randn_like(w) for n, w in weights.items()})
    return folder


class Graphs:
    """An exported folder, step by step."""

    def __init__(self, folder: Path) -> None:
        self.told = json.loads((folder / "config.json").read_text())
        self.encoder, self.decoder = (
            onnxruntime.InferenceSession(folder / self.told[part]["file"])
            for part in ("encoder", "decoder")
        )

    def begin(self, source: np.ndarray) -> dict[str, np.ndarray]:
        out = self.encoder.run(None, {"source": source})
        return dict(zip(self.told["encoder"]["outputs"], out, strict=True))

    def step(
        self, token: np.ndarray, past: dict[str, np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """logits, weights, and what the next step takes."""
        out = self.decoder.run(None, {"token": token, **past})
        said = dict(zip(self.told["decoder"]["outputs"], out, strict=True))
        state = {name: said[after] for after, name in self.told["state"].items()}
        return said["logits"], said["weights"], past | state


def padded(rows: list[list[int]]) -> np.ndarray:
    longest = max(map(len, rows))
    return np.array([row + [PAD] * (longest - len(row)) for row in rows])


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_logits_and_weights_are_those_of_our_model(
    transformer: Path, tmp_path: Path, form: dict[str, Any]
) -> None:
    folder = random_folder(tmp_path / "ours", transformer, form)
    export_model(folder, "onnx", tmp_path / "theirs")
    ours, graphs = load(folder), Graphs(tmp_path / "theirs")
    source = padded([[*ids, EOS] for ids in ours.source_tokenizer.ids_batch(TEXTS)])
    read = torch.randint(4, ours.target_tokenizer.vocabulary_size, (len(TEXTS), 7))
    read[:, 0] = BOS
    with torch.no_grad():
        decoded, _ = ours.model(torch.tensor(source), torch.tensor(source) != PAD, read)
        wanted = ours.model.decoder.readout(decoded.features)
        seen = torch.stack([each.dense() for each in decoded.cross_weights], 1)  # (B, L, H, T, S)
    past = graphs.begin(source)
    for i, token in enumerate(read.T.numpy()):
        logits, weights, past = graphs.step(token, past)
        torch.testing.assert_close(torch.tensor(logits), wanted[:, i], rtol=0, atol=1e-5)
        torch.testing.assert_close(torch.tensor(weights), seen[..., i, :], rtol=0, atol=1e-5)


def test_rows_of_the_past_are_hypotheses(transformer: Path, tmp_path: Path) -> None:
    """As a beam takes them: several of one sentence, none of another."""
    export_model(transformer, "onnx", tmp_path / "out")
    ours, graphs = load(transformer), Graphs(tmp_path / "out")
    source = padded([[*ids, EOS] for ids in ours.source_tokenizer.ids_batch(TEXTS[:3])])
    words = np.array([[BOS, 270, 280], [BOS, 290, 300], [BOS, 275, 265]])
    rows = np.array([2, 0, 2, 2])
    past = graphs.begin(source)
    for token in words[:, :2].T:
        _, _, past = graphs.step(token, past)
    past = {name: each[rows] for name, each in past.items()}
    logits, _, _ = graphs.step(words[rows, 2], past)
    given = torch.tensor(source[rows])
    with torch.no_grad():
        decoded, _ = ours.model(given, given != PAD, torch.tensor(words[rows]))
        wanted = ours.model.decoder.readout(decoded.features[:, -1])
    torch.testing.assert_close(torch.tensor(logits), wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["transformer", "rnn", "one_vector"])
def test_texts_are_ours_by_the_code_of_the_page_without_torch(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = request.getfixturevalue(name)
    export_model(folder, "onnx", tmp_path / "model.onnx")
    page = (ROOT / "docs" / "exporting.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(import json\n.*?)^```$", page, re.MULTILINE | re.DOTALL)
    texts = [chinese for chinese, _ in PAIRS[::3]]
    run = f"""
import sys
sys.modules["torch"] = None
{code}
print(json.dumps(translate(Path("model.onnx"), json.load(sys.stdin))))
"""
    done = subprocess.run(
        [sys.executable, "-c", run],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wanted = [each.text for each in load(folder).translate(texts, beam=1)]
    assert json.loads(done.stdout) == wanted


def test_files_say_what_they_are(rnn: Path, transformer: Path, tmp_path: Path) -> None:
    import onnx

    for folder, names in ((rnn, ["tokenizer.json"]), (transformer, None)):
        out = tmp_path / folder.name
        export_model(folder, "onnx", out)
        told = json.loads((out / "config.json").read_text())
        names = names or ["source.tokenizer.json", "target.tokenizer.json"]
        assert sorted(path.name for path in out.iterdir()) == sorted(
            ["config.json", "decoder.onnx", "encoder.onnx", *names]
        )
        assert sorted({*told["tokenizers"].values()}) == names
        for part in ("encoder", "decoder"):
            graph = onnx.load(str(out / told[part]["file"]))
            assert {each.version for each in graph.opset_import} <= {*range(18)}
            assert [each.name for each in graph.graph.input] == told[part]["inputs"]
            assert [each.name for each in graph.graph.output] == told[part]["outputs"]
        assert told["opset"] == max(each.version for each in graph.opset_import)
        assert {*told["state"]} <= {*told["decoder"]["outputs"]}
        assert {*told["state"].values()} < {*told["decoder"]["inputs"]}
        assert told["longest"]["per_source_token"] * 7 + told["longest"]["more"] == 24


def test_what_is_shared_is_held_once(rnn: Path, tmp_path: Path) -> None:
    export_model(rnn, "onnx", tmp_path / "out")
    numbers = sum(p.numel() for p in load(rnn).model.parameters())
    config = read_config(rnn)
    table = config.source_vocabulary * config.embedding  # in each of the two files
    held = sum(
        (tmp_path / "out" / f"{part}.onnx").stat().st_size for part in ("encoder", "decoder")
    )
    assert held < 4 * (numbers + table) + 20_000


def test_what_has_no_graph_is_refused(captioner: Path, rnn: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="captions pictures"):
        export_model(captioner, "onnx", tmp_path / "out")
    with pytest.raises(ConfigError, match="--quantization belongs to"):
        export_model(rnn, "onnx", tmp_path / "out", "int8")
    from qkv.export import onnx

    model: Any = load(rnn).model
    del model.decoder.score
    model.decoder.score = lambda query, key: query @ key.mT
    tokenizers = load(rnn).source_tokenizer, load(rnn).target_tokenizer
    with pytest.raises(ConfigError, match="score of your own"):
        onnx.write(model, tokenizers, read_config(rnn), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_spox(rnn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("qkv.export.onnx")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(qkv.export, "onnx", raising=False)
    monkeypatch.setitem(sys.modules, "spox", None)
    with pytest.raises(MissingExtra, match=r"pip install 'qkv\[onnx\]'"):
        export_model(rnn, "onnx", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
