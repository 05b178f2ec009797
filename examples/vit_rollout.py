"""Attention rollout over a picture: what a vision transformer's answer is made of.

    pip install "qkv[hf,images]"
    python examples/vit_rollout.py google/vit-base-patch16-224 cat.jpg rollout.png

MODEL is a name or a folder that transformers loads with its image processor. Rollout multiplies the
layers' weights, mean over the heads, with the residual stream in between (Abnar and Zuidema 2020).
"""

from __future__ import annotations

import argparse

import matplotlib.pyplot as plt
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModel

import qkv


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw attention rollout over a picture.")
    parser.add_argument("model")
    parser.add_argument("image")
    parser.add_argument("picture")
    given = parser.parse_args()

    processor = AutoImageProcessor.from_pretrained(given.model, use_fast=False)
    model = AutoModel.from_pretrained(given.model).eval()
    image = Image.open(given.image).convert("RGB")
    pixels = processor(images=image, return_tensors="pt")["pixel_values"]
    with torch.inference_mode(), qkv.watch(model) as seen:
        model(pixels)

    patch = model.config.patch_size
    rows, columns = pixels.shape[-2] // patch, pixels.shape[-1] // patch
    of_answer = seen.rollout()[0, 0]  # from the class token to all: (T,)
    grid = of_answer[-rows * columns :].view(rows, columns)

    figure, axes = plt.subplots()
    extent = (0, image.width, image.height, 0)
    axes.imshow(image, extent=extent)
    axes.imshow(
        grid / grid.max(), extent=extent, cmap="inferno", alpha=0.6, interpolation="bicubic"
    )
    axes.axis("off")
    figure.savefig(given.picture, bbox_inches="tight", dpi=150)
    print(f"{given.picture}: {len(seen)} layers, {rows} × {columns} patches")


if __name__ == "__main__":
    main()
