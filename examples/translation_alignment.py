"""Which word translates which: links from the cross-attention of any translation model.

    pip install "qkv[hf]"
    python examples/translation_alignment.py Helsinki-NLP/opus-mt-en-de "The cat sat on the mat."

MODEL is a name or a folder that transformers loads with its tokenizer. Beam search, fused kernels
and the cache stay on; the steps are joined along the beam that won.
"""

from __future__ import annotations

import argparse

from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

import qkv


def main() -> None:
    parser = argparse.ArgumentParser(description="Translate, and link the words.")
    parser.add_argument("model")
    parser.add_argument("sentence")
    parser.add_argument("--layer", help="a module of cross-attention; default: the last but one")
    given = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(given.model)
    model = AutoModelForSeq2SeqLM.from_pretrained(given.model).eval()
    inputs = tokenizer(given.sentence, return_tensors="pt")
    with qkv.watch(model) as seen:
        model.generate(**inputs, num_beams=4, max_new_tokens=100)

    (view,) = seen.generated()
    found = view.align(
        tokenizer.convert_ids_to_tokens(inputs.input_ids[0]),
        tokenizer.convert_ids_to_tokens(view.tokens),
        layer=given.layer,
        special=tokenizer.all_special_tokens,
    )
    print(" ".join(found.target))
    for i, j in found.links:
        print(f"{found.source[i]} - {found.target[j]}")
    print(f"{found.pharaoh}  ({found.layer}, mean of heads {found.heads})")


if __name__ == "__main__":
    main()
