"""Which cached keys generation still looks at: heavy hitters, for cache eviction.

    pip install "qkv[hf]"
    python examples/heavy_hitters.py Qwen/Qwen2.5-0.5B "Once upon a time" --keep 0.25

Each step's weights are read as they pass by and summed up by key (Zhang et al. 2023), so memory
stays O(T) a layer. Printed is, layer by layer, how much of all attention the most looked-at share
of the keys received: what a cache would still serve if it kept those alone.
"""

from __future__ import annotations

import argparse
from typing import Any

from transformers import AutoModelForCausalLM, AutoTokenizer

import qkv


def main() -> None:
    parser = argparse.ArgumentParser(description="Sum up what each cached key received.")
    parser.add_argument("model")
    parser.add_argument("prompt")
    parser.add_argument("--keep", type=float, default=0.25, help="share of the keys")
    parser.add_argument("--tokens", type=int, default=50, help="how many to generate")
    given = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(given.model)
    model: Any = AutoModelForCausalLM.from_pretrained(given.model).eval()
    inputs = tokenizer(given.prompt, return_tensors="pt")
    with qkv.watch(model, readouts=[qkv.readouts.Received()]) as seen:
        ids = model.generate(**inputs, max_new_tokens=given.tokens, do_sample=False)

    tokens = tokenizer.convert_ids_to_tokens(ids[0])
    for layer, received in seen.received().items():
        of_keys = received[0].mean(0)  # over the heads: (Tk,)
        best = of_keys.topk(max(1, round(given.keep * len(of_keys))))
        share = best.values.sum() / of_keys.sum()
        names = " ".join(tokens[i] for i in best.indices[:8])
        print(f"{layer}: {len(best.values)} of {len(of_keys)} keys received {share:.0%}: {names}")


if __name__ == "__main__":
    main()
