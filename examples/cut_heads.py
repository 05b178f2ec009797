"""A translation's cross-attention heads, cut one by one: what each was there for.

    qkv demo translation --out demo
    python examples/cut_heads.py demo/transformer 我喜欢咖啡。

MODEL is a Transformer's folder. Each line has a head, how much less likely the translation is
without it, and what the model says instead, if that is something else.
"""

from __future__ import annotations

import argparse
from typing import Any

import qkv
from qkv.inspection import effect
from qkv.models import PLAIN


def main() -> None:
    parser = argparse.ArgumentParser(description="Cut cross-attention heads one by one.")
    parser.add_argument("model")
    parser.add_argument("sentence")
    given = parser.parse_args()

    translator: Any = qkv.load(given.model)
    [whole] = translator.translate([given.sentence])
    print(whole.text)

    with qkv.watch(translator.model) as seen:
        translator.attend(whole).attention.matrix()
    heads = [(call.name, head) for call in seen.cross for head in range(call.shape[1])]
    cut = {f"{name} {head}": {name: PLAIN.without_heads("any", [head])} for name, head in heads}

    said = effect(translator.model, lambda: translator.translate([given.sentence])[0].text, cut)
    for (layer, head), one in zip(heads, said, strict=True):
        with qkv.watch(translator.model, change=cut[f"{layer} {head}"]):
            without = translator.forced(given.sentence, whole.text).log_probability
        other = "" if one.after == one.before else one.after[0]
        print(f"{layer} {head}: {whole.log_probability - without:6.2f} nats  {other}".rstrip())


if __name__ == "__main__":
    main()
