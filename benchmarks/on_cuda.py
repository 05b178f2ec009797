"""Speed on one CUDA device: attend, a training step, decoding, watch, each beside its peer.

    python benchmarks/on_cuda.py [attend] [training] [decoding] [watch]

Peers: torch's own scaled_dot_product_attention, and transformers with the same sizes. Two systems
run in turns in one process; a figure is the median over the rounds, the ratio that of each round.
Weights are random and words too, so no time is lost on learning; texts have one length in decoding,
and the lengths of sentences (8 to 32 tokens) in training. bfloat16 by autocast in training, as it
is in decoding and watch. Left out: tokenizing, reading data, validation, several devices.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import torch
import transformers
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import BertConfig, BertModel, MarianConfig, MarianMTModel

import qkv
from qkv import readouts
from qkv.data.batching import Batch, collate
from qkv.data.tokenizer import BOS, EOS, PAD
from qkv.machine import Machine
from qkv.models import PLAIN, EncoderDecoder, ModelConfig, build
from qkv.pipeline.searching import hypotheses
from qkv.search import Search
from qkv.search.filters import Sentences
from qkv.training.config import TrainConfig
from qkv.training.loop import adamw, forward_backward

ROUNDS = 7
VOCABULARY, WIDTH, HEADS, FEEDFORWARD, LAYERS = 8000, 512, 8, 2048, 6
BATCH_TOKENS = 8192
MACHINE = Machine("cuda:0", "bfloat16")


def main(parts: list[str]) -> None:
    torch.backends.cuda.matmul.allow_tf32 = True
    card = torch.cuda.get_device_name()
    print(f"{card}, torch {torch.__version__}, transformers {transformers.__version__}\n")
    for part in parts or ["attend", "training", "decoding", "watch"]:
        PARTS[part]()
        torch.cuda.empty_cache()
        print(flush=True)


def milliseconds(work: Callable[[], object], repeats: int) -> float:
    """Of one call, with the device's work."""
    torch.cuda.synchronize()
    started = perf_counter()
    for _ in range(repeats):
        work()
    torch.cuda.synchronize()
    return 1e3 * (perf_counter() - started) / repeats


def compared(ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float, float]:
    """Median ms of both, in turns, and the median ratio ours / peer."""
    for work in (ours, peer):
        milliseconds(work, 3)
    repeats = max(1, min(50, int(20 / max(1e-3, milliseconds(peer, 1)))))
    rounds = [(milliseconds(ours, repeats), milliseconds(peer, repeats)) for _ in range(ROUNDS)]
    first, second = zip(*rounds, strict=True)
    return median(first), median(second), median(a / b for a, b in rounds)


def attend() -> None:
    """Against torch's function; then what readouts of all weights cost beside one pass."""
    print("attend, bfloat16, causal       B   H   T    D     ours ms   torch ms  ours / torch")
    for b, h, t, d in [(256, 8, 1, 64), (256, 8, 32, 64), (8, 12, 2048, 64), (1, 12, 16384, 64)]:
        for direction in ("forward", "forward + backward"):
            keys = 32 if t == 1 else t
            recorded = direction != "forward"
            shapes = [(b, h, t, d), (b, h, keys, d), (b, h, keys, d)]
            tensors = [torch.randn(s, device="cuda", dtype=torch.bfloat16) for s in shapes]
            tensors = [x.requires_grad_(recorded) for x in tensors]
            mask = None if t == 1 else qkv.causal(t)
            ours = _pass(lambda x=tensors, m=mask: qkv.attend(*x, mask=m).context, recorded)
            causal = t > 1
            peer = _pass(
                lambda x=tensors, c=causal: scaled_dot_product_attention(
                    x[0], x[1], x[2], is_causal=c
                ),
                recorded,
            )
            times = "{:9.3f}  {:9.3f}  {:8.2f}".format(*compared(ours, peer))
            print(f"{direction:26} {b:5} {h:3} {t:5} {d:3}   {times}", flush=True)
    query, key, value = (
        torch.randn(1, 12, 8192, 64, device="cuda", dtype=torch.bfloat16) for _ in range(3)
    )

    def read() -> None:
        weights = qkv.attend(query, key, value, mask=qkv.causal(8192)).weights
        weights.read(readouts.TopK(8), readouts.Entropy(), readouts.Received())

    peer = _pass(lambda: scaled_dot_product_attention(query, key, value, is_causal=True), False)
    times = "{:9.3f}  {:9.3f}  {:8.2f}".format(*compared(read, peer))
    print(f"with top-8, entropy, received     1  12  8192  64   {times}")
    with_peak = _peak_mib(read), _peak_mib(peer)
    print("peak memory beyond the inputs, MiB: {:.0f}, torch alone {:.0f}".format(*with_peak))


def _pass(work: Callable[[], Tensor], recorded: bool) -> Callable[[], object]:
    if not recorded:
        return torch.no_grad()(work)
    return lambda: work().sum().backward()


def _peak_mib(work: Callable[[], object]) -> float:
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    work()
    torch.cuda.synchronize()
    return (torch.cuda.max_memory_allocated() - before) / 2**20


def our_model(layers: int = LAYERS) -> EncoderDecoder:
    torch.manual_seed(0)
    config = ModelConfig(
        source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY, width=WIDTH, embedding=WIDTH,
        heads=HEADS, feedforward=FEEDFORWARD, encoder_layers=layers, decoder_layers=layers,
        dropout=0.1,
    )  # fmt: skip
    return build(config).cuda()


def peer_model(layers: int = LAYERS) -> Any:
    """Marian, as OPUS-MT is: the same sizes, post-norm, SDPA."""
    config = MarianConfig(
        vocab_size=VOCABULARY, d_model=WIDTH, encoder_layers=layers, decoder_layers=layers,
        encoder_attention_heads=HEADS, decoder_attention_heads=HEADS, encoder_ffn_dim=FEEDFORWARD,
        decoder_ffn_dim=FEEDFORWARD, dropout=0.1, attention_dropout=0.0, activation_dropout=0.1,
        pad_token_id=PAD, eos_token_id=EOS, decoder_start_token_id=BOS, forced_eos_token_id=None,
        max_position_embeddings=512, activation_function="relu",
    )  # fmt: skip
    peer: Any = MarianMTModel._from_config(config, attn_implementation="sdpa")
    return peer.cuda()


def sentences(count: int, seed: int) -> list[tuple[list[int], list[int]]]:
    random = Random(seed)
    lengths = [random.randint(8, 32) for _ in range(count)]
    draw = lambda n: [random.randrange(4, VOCABULARY) for _ in range(n)]  # noqa: E731
    return [(draw(n), draw(max(4, n + random.randint(-3, 3)))) for n in lengths]


def training() -> None:
    """One update of each in turns on the same batches: forward, backward, clip, fused AdamW."""
    examples = sorted(sentences(4 * BATCH_TOKENS // 20, 1), key=lambda e: len(e[0]))
    size = max(1, BATCH_TOKENS // 34)
    batches = [collate(examples[i : i + size]) for i in range(0, len(examples), size)]
    ours, peer = our_model().train(), peer_model().train()
    config = TrainConfig(batch_tokens=BATCH_TOKENS)
    steps = {"qkv": _our_step(ours, config), "transformers": _peer_step(peer)}
    for step in steps.values():
        for batch in batches:
            step(batch)
    speeds: dict[str, list[float]] = {name: [] for name in steps}
    tokens = sum(batch.target_tokens for batch in batches)
    for _ in range(ROUNDS):
        for name, step in steps.items():
            ms = milliseconds(lambda step=step: [step(batch) for batch in batches], 1)
            speeds[name].append(1e3 * tokens / ms)
    size_m = sum(p.numel() for p in ours.parameters()) / 1e6
    print(
        f"training, {LAYERS} + {LAYERS} layers, width {WIDTH}, {size_m:.0f}M parameters, bfloat16"
    )
    for name, each in speeds.items():
        print(f"{name:14} {median(each):10,.0f} target tokens/s")
    ratio = median(a / b for a, b in zip(*speeds.values(), strict=True))
    print(f"qkv / transformers {ratio:.2f}")


def _our_step(model: EncoderDecoder, config: TrainConfig) -> Callable[[Batch], None]:
    optimizer = adamw(model, config)

    def step(batch: Batch) -> None:
        forward_backward(model, MACHINE.place(batch), config, MACHINE)
        torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def _peer_step(model: Any) -> Callable[[Batch], None]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)

    def step(batch: Batch) -> None:
        batch = MACHINE.place(batch)
        labels = batch.target_output.masked_fill(batch.target_output == PAD, -100)
        with MACHINE.autocast():
            logits = model(
                input_ids=batch.source,
                attention_mask=batch.source_mask,
                decoder_input_ids=batch.target_input,
            ).logits
        loss = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1).float(), labels.flatten(), label_smoothing=0.1
        )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    config = TrainConfig()
    return step


def decoding() -> None:
    """24 words for every source of 24, whatever they are: both are made to go on that long."""
    length = 24
    ours, peer = our_model().eval().bfloat16(), peer_model().eval().bfloat16()
    print(f"decoding, {LAYERS} + {LAYERS} layers, width {WIDTH}, bfloat16, {length} tokens each")
    print("beam  batch   qkv sentences/s   transformers   qkv / transformers")
    for beam, batch in [(1, 1), (1, 64), (1, 256), (5, 1), (5, 64)]:
        source = torch.randint(4, VOCABULARY, (batch, length), device="cuda")
        present = torch.ones_like(source, dtype=torch.bool)

        how = Search(beam=beam, min_length=length, max_length=length)
        asked = Sentences([length] * batch)
        our_search = partial(hypotheses, ours, MACHINE, source, present, how, asked, PLAIN)

        def peer_search(s: Tensor = source, p: Tensor = present, k: int = beam) -> None:
            peer.generate(
                input_ids=s, attention_mask=p.long(), num_beams=k, do_sample=False,
                min_new_tokens=length - 1, max_new_tokens=length,
            )  # fmt: skip

        mine, theirs, ratio = compared(our_search, peer_search)
        speeds = f"{1e3 * batch / mine:12,.0f} {1e3 * batch / theirs:18,.0f} {1 / ratio:16.2f}"
        print(f"{beam:4} {batch:6} {speeds}", flush=True)


def watch() -> None:
    """A forward pass watched, and with readouts, beside the same one unwatched."""
    print("watch, BERT base, bfloat16      tokens   watched / plain   read / plain   eager / plain")
    wanted = [readouts.TopK(8), readouts.Entropy(), readouts.Received()]
    for batch, length in [(16, 512), (2, 4096)]:
        config = BertConfig(max_position_embeddings=8192)
        ways: list[Any] = [
            BertModel._from_config(config, attn_implementation=w) for w in ("sdpa", "eager")
        ]
        model, eager = (way.cuda().bfloat16().eval() for way in ways)
        ids = torch.randint(1000, 9000, (batch, length), device="cuda")

        @torch.inference_mode()
        def plain(ids: Tensor = ids, model: Any = model) -> None:
            model(input_ids=ids)

        @torch.inference_mode()
        def watched(ids: Tensor = ids, model: Any = model, **how: Any) -> None:
            with qkv.watch(model, **how):
                model(input_ids=ids)

        @torch.inference_mode()
        def with_weights(ids: Tensor = ids, model: Any = eager) -> None:
            model(input_ids=ids, output_attentions=True)

        ratios = [
            compared(watched, plain)[2],
            compared(partial(watched, readouts=wanted), plain)[2],
            compared(with_weights, plain)[2] if length <= 512 else float("nan"),
        ]
        print(f"{batch:31} × {length:4} {ratios[0]:14.2f} {ratios[1]:15.2f} {ratios[2]:15.2f}")


PARTS = {"attend": attend, "training": training, "decoding": decoding, "watch": watch}

if __name__ == "__main__":
    main(sys.argv[1:])
