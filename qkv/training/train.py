"""One run from files to a model folder: start it, or go on with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from qkv.data.batching import cut
from qkv.data.order import PART
from qkv.data.pair_file import PairFile
from qkv.data.tokenizer import Tokenizer
from qkv.errors import ConfigError, DataError, FolderError
from qkv.machine import Machine
from qkv.models import Attending, EncoderDecoder, ModelConfig, build
from qkv.models.config import is_own
from qkv.models.folder import load_model, load_tensors, load_weights, save_tensors
from qkv.models.own_score import check_own
from qkv.pipeline.loading import tokenizer_paths
from qkv.training.base import (
    base_of,
    check_kind,
    configs_from,
    grown,
    suited,
    tokenizers_of,
    with_old,
)
from qkv.training.card import describe
from qkv.training.checkpoints import Progress, load_checkpoint, save_checkpoint
from qkv.training.config import TrainConfig, configs, parse_settings
from qkv.training.guiding import (
    GuidedMaterial,
    TokenLinks,
    check_guided,
    guided_head,
    token_links,
)
from qkv.training.log import Diverged
from qkv.training.loop import adamw, fit, forward_backward
from qkv.training.material import (
    Corpus,
    Data,
    Material,
    evenly,
    paths_of,
    target_tokens,
    updates_an_epoch,
)
from qkv.training.mixing import mixed
from qkv.training.outcome import finish, publish
from qkv.training.own_score import stamped
from qkv.training.pictures import read_pictures
from qkv.training.planning import choose, machine_speed, of_architecture, size_of
from qkv.training.run_folder import Plan, RunFolder
from qkv.training.text import TextCorpus, read_text
from qkv.training.tuning import Measured, check_memory, pick

__all__ = ["resume", "start"]

Report = Callable[[str], None]

VALIDATED_A_SECOND = 2  # of the time: validation takes about a hundredth of it
MORE_EPOCHS = 10  # times those of a trial on more text
NO_PATIENCE = 10**6  # a run with a time uses it all

# Text that is given again may be in the other form.
OTHER_FORM = {
    f"{prefix}{given}": [f"{prefix}{name}" for name in others]
    for prefix in ("", "valid_", "old_", "old_valid_")
    for given, others in {
        "tsv": ["source", "target", "data"],
        "data": ["source", "target", "tsv"],
        "source": ["tsv", "data"],
        "target": ["tsv", "data"],
    }.items()
}


def start(
    folder: Path,
    data: Data,
    settings: dict[str, Any],
    report: Report = print,
    seconds: float | None = None,
    base: Path | None = None,
) -> None:
    """Train a new model into `folder`, or one that goes on from the model in the folder `base`.

    Args:
        data: paths: `source` and `target`, or `data`, one or a list of them, with `columns` where
            two of several are meant; optionally `valid_source` and `valid_target`, or `valid_data`,
            and `alignments`, links of the training text. For captions `images`; optionally
            `valid_images` and `image_root`. With `base` the same of what it was trained on, as
            `old_tsv`, `old_valid_tsv` …
        settings: by name, see `ModelConfig` and `TrainConfig`; `preset` besides.
        report: takes one line of progress at a time.
        seconds: that all of it may take; None: as long as the settings say.
    Raises:
        ConfigError, DataError, FolderError: before anything is trained or written.
    """
    began = time.monotonic()
    _check_time(settings, seconds)
    run = RunFolder(Path(folder))
    run.check_new()
    if base is None:
        prepared = _new(data, settings, seconds, report)
    else:
        prepared = _from(base, data, settings, seconds, report)
    model_config, config, device, data, corpus, material = prepared
    if config.guided:
        report("linking the words that attention is guided by")
        head = guided_head(model_config)
        material = GuidedMaterial(material, token_links(material, data), head)
    check_memory(model_config, device)
    report("measuring how fast this machine trains the model")
    picked = _pick(model_config, material, config, device)
    per_epoch = updates_an_epoch(material, config)
    left = _left(seconds, began, report)
    plan = Plan(
        model_config,
        config,
        picked.machine,
        picked.tokens_per_s,
        _last_step(config, per_epoch, left, material, picked),
        _absolute(data),
        corpus.fingerprint,
        left,
        None if base is None else base_of(base),
    )
    run.make()
    with run.alone():
        run.check_new()  # another process may have begun one meanwhile
        _begin(run, plan, corpus, material, report)
        model = _seeded(plan, run)
        _announce(model, material, plan, per_epoch, report)
        _run(model, material, plan, run, report)


def resume(
    folder: Path,
    data: Data,
    settings: dict[str, Any],
    report: Report = print,
    base: Path | None = None,
) -> None:
    """Go on with the unfinished run in `folder`, as if it had never stopped.

    Args:
        data: where the data is now, if it has moved; its content must be the same.
        settings: what `start` was given, or less: only checked against the run's own, but `device`
            may be another.
        base: what `start` was given, or None: only checked too.
    Raises:
        FolderError: there is no run, or its training or validation text has changed.
        ConfigError: data or settings are not the run's.
    """
    run = RunFolder(folder)
    with run.alone():
        if run.finished:
            run.clear()  # it may have been killed before it did so itself
        plan = run.read_plan()
        _check_same(folder, data, settings, plan, base)
        if is_own(plan.model.attention):
            check_own(plan.model)
        plan = _moved(plan, data, settings)
        corpus = _read_again(folder, plan, report)
        source, target = (Tokenizer.load(p) for p in tokenizer_paths(folder, plan.model.joint))
        report("tokenising")
        material = corpus.tokenised((source, target), plan.train.longest)
        if plan.train.guided:
            links = TokenLinks.load(run.links)
            material = GuidedMaterial(material, links, guided_head(plan.model))
        run.write_plan(plan)
        _run(_seeded(plan, run), material, plan, run, report)


class _Prepared(NamedTuple):
    """All that a run is made of, before the machine is looked at."""

    model: ModelConfig
    train: TrainConfig
    device: str
    data: Data
    corpus: Corpus
    material: Material


def _new(data: Data, settings: dict[str, Any], seconds: float | None, report: Report) -> _Prepared:
    """A model of its own."""
    model, config = configs(settings, pictures="images" in data)
    check_guided(model, config, data)
    if config.mix:
        raise ConfigError("mix is only for a run that goes on from a model; give --from too.")
    stamped(model)  # its own score, if it has one, is refused before anything is read
    device = _device(config)
    corpus = _read(data, model, config, device, report)
    recipe = _recipe(corpus, seconds, settings, device, report) | _timed(seconds)
    model, config = configs(settings, pictures="images" in data, recipe=recipe)
    report("learning the tokenizers")
    tokenizers = corpus.tokenizers(config)
    report("tokenising")
    material = corpus.tokenised(tokenizers, config.longest)
    named = {"languages": model.languages} if model.languages else {}
    model = replace(stamped(model), **material.decides() | named)
    return _Prepared(model, config, device, data, corpus, material)


def _from(
    base: Path,
    data: Data,
    settings: dict[str, Any],
    seconds: float | None,
    report: Report,
) -> _Prepared:
    """The model in the folder `base`, which keeps its shape and its vocabulary."""
    model, config = configs_from(base, settings)
    check_kind(base, model, data)
    check_guided(model, config, data)
    device = _device(config)
    data = with_old(data, base, config.mix)
    corpus = _read(data, model, config, device, report)
    report("tokenising")
    material = corpus.tokenised(tokenizers_of(base), config.longest)
    model = grown(model, material.decides())
    model, config = suited(model, config, settings, material, _timed(seconds))
    return _Prepared(model, config, device, data, corpus, material)


def _device(config: TrainConfig) -> str:
    return Machine.named("auto" if config.device is None else config.device).device


def _read(
    data: Data, model: ModelConfig, config: TrainConfig, device: str, report: Report
) -> Corpus:
    def read(data: Data, report: Report, drop_shared: bool = False) -> Corpus:
        if "images" in data:
            return read_pictures(data, model, config, device, report, drop_shared=drop_shared)
        return read_text(data, config.seed, report, drop_shared=drop_shared)

    return mixed(data, config.mix, read, report)


def _check_time(settings: dict[str, Any], seconds: float | None) -> None:
    if seconds is None:
        return
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds < inf:
        raise ConfigError(f"seconds must be a number above 0; got {seconds!r}.")
    for name in ("max_steps", "epochs"):
        if name in settings:
            raise ConfigError(f"--time and {name} both say how long to train; give one of them.")


def _left(seconds: float | None, began: float, report: Report) -> float | None:
    """Of the time, what is left for training."""
    if seconds is None:
        return None
    left = max(1.0, seconds - (time.monotonic() - began))
    if left < seconds / 2:
        report(f"{left:.0f} s of {seconds:.0f} are left to train; more time gives a better model")
    return left


def _recipe(
    corpus: Corpus, seconds: float | None, settings: dict[str, Any], device: str, report: Report
) -> dict[str, Any]:
    """Settings for text of this size and for the time, if there is one; the user's go before."""
    suited: dict[str, Any] = {}
    if isinstance(corpus, TextCorpus):
        tokens = max(1, round(size_of(corpus.sample) * len(corpus.train) / len(corpus.sample)))
        if seconds:
            report("measuring how fast this machine is")
        recipe = choose(tokens, seconds, machine_speed(device) if seconds else 0.0, settings)
        suited = dict(recipe.settings) if recipe else {}
        if seconds or "max_steps" in settings:
            suited.pop("epochs", None)
        elif recipe and tokens < recipe.tokens:  # as many updates, not as many passes
            suited["epochs"] = round(suited["epochs"] * min(recipe.tokens / tokens, MORE_EPOCHS))
        said = {*settings, *(["architecture"] if of_architecture(settings) else [])}
        if left_open := [f"{name}={suited[name]}" for name in suited if name not in said]:
            report(f"for text of this size: {' '.join(left_open)} (see --set)")
    return suited


def _timed(seconds: float | None) -> dict[str, Any]:
    """Settings of a run that uses all of a time."""
    if seconds is None:
        return {}
    validations = int(min(20, max(4, seconds // 20)))
    validate_on = int(VALIDATED_A_SECOND * seconds)
    return {"validations": validations, "patience": NO_PATIENCE, "validate_on": validate_on}


def _last_step(
    config: TrainConfig,
    per_epoch: int,
    seconds: float | None,
    material: Material,
    picked: Measured,
) -> int:
    """As the settings say; with a time, about as many updates as it is enough for."""
    if seconds is None:
        return config.max_steps or per_epoch * config.epochs
    epoch = target_tokens(material, config) / picked.tokens_per_s
    return max(1, int(0.9 * seconds / epoch * per_epoch))


def _check_same(
    folder: Path, data: Data, settings: dict[str, Any], plan: Plan, base: Path | None
) -> None:
    """What is given on resume must be what the run began with; the device may change.

    Of data and vision encoder only the kind is checked here: what they hold, once they are read.
    """
    own = {**asdict(plan.model), **asdict(plan.train)}
    if plan.base is not None:
        own["vocabulary"] = plan.model.target_vocabulary
    given = {name: v for name, v in parse_settings(settings).items() if name != "device"}
    wrong = [n for n, value in given.items() if value != own[n] and not _both_hf(value, own[n])]
    pictures = "images" in plan.data
    wrong += [_option(name) for name in data if ("image" in name) != pictures]
    if base is not None and (plan.base is None or plan.base.folder != str(base.absolute())):
        wrong.append("--from")
    if wrong:
        raise ConfigError(
            f"{folder}: {wrong[0]} differs from what this run began with; leave it out to resume, "
            "or start a new run in another --out."
        )


def _both_hf(one: object, other: object) -> bool:
    return all(isinstance(name, str) and name.startswith("hf:") for name in (one, other))


def _moved(plan: Plan, data: Data, settings: dict[str, Any]) -> Plan:
    """The plan with data and vision encoder where they are now, on the device that is named.

    Raises:
        ConfigError: there is no such device.
    """
    other_form = {name for given in data for name in OTHER_FORM.get(given, ())}
    paths = {name: path for name, path in plan.data.items() if name not in other_form}
    given = parse_settings(settings)
    device = given.get("device", plan.machine.device)
    model = replace(plan.model, vision=given.get("vision", plan.model.vision))
    device = "auto" if device is None else device
    machine = Machine.named(device, plan.machine.dtype, plan.machine.threads)
    return replace(plan, model=model, machine=machine, data=paths | _absolute(data))


def _read_again(folder: Path, plan: Plan, report: Report) -> Corpus:
    """What the run began with.

    Raises:
        DataError: a file is gone.
        FolderError: its content is another.
    """
    for name, path in (
        (name, each)
        for name, paths in paths_of(plan.data).items()
        for each in paths
        if name != "alignments"  # which the run has kept
    ):
        if not Path(path).exists():
            raise DataError(
                f"{path}: no such file; if what this run began with is elsewhere now, say so with "
                f"{_option(name)}."
            )
    corpus = _read(plan.data, plan.model, plan.train, plan.machine.device, report)
    if corpus.fingerprint != plan.fingerprint:
        raise FolderError(
            f"{folder}: the training or validation data is not what the run began with"
            f"{_older(corpus)}; restore it, or start a new run in another --out."
        )
    return corpus


def _older(corpus: Corpus) -> str:
    """What else may be the reason."""
    prepared = isinstance(corpus, TextCorpus) and isinstance(corpus.train, PairFile)
    return ", or an older qkv began it, which held so much text in memory" if prepared else ""


def _option(name: str) -> str:
    if name.startswith("old_"):
        return "--valid-old" if name.startswith("old_valid_") else "--mix"
    return "--" + name.replace("_", "-")


def _seeded(plan: Plan, run: RunFolder) -> EncoderDecoder:
    """The model as its seed makes it, the same on every device, or as its base is."""
    torch.manual_seed(plan.train.seed)
    model = build(plan.model).to(plan.machine.device)
    if plan.base is not None and run.weights(0).exists():  # else there is a checkpoint
        load_weights(model, load_tensors(run.weights(0))[0], run.weights(0))
    return model


def _absolute(data: Data) -> Data:
    """A run can be resumed from any folder."""
    absolute = {
        name: [str(Path(path).absolute()) for path in paths]
        for name, paths in paths_of(data).items()
    }
    lists = {name for name, paths in absolute.items() if name.endswith("data") or len(paths) > 1}
    return data | {name: p if name in lists else p[0] for name, p in absolute.items()}


def _begin(run: RunFolder, plan: Plan, corpus: Corpus, material: Material, report: Report) -> None:
    """Write what a resume needs; the plan last, for it makes a run of it."""
    corpus.write_held_out(run.run, report)
    paths = tokenizer_paths(run.top, plan.model.joint)
    for path, tokenizer in zip(paths, material.tokenizers, strict=True):
        tokenizer.save(path)
    if isinstance(material, GuidedMaterial):
        material.links.save(run.links)
    if plan.base is not None:
        model, _ = load_model(Path(plan.base.folder))
        save_tensors(run.weights(0), dict(model.named_parameters()))
    run.write_plan(plan)


def _run(
    model: EncoderDecoder, material: Material, plan: Plan, run: RunFolder, report: Report
) -> None:
    """Restore the checkpoint if there is one, train to the end, keep the better weights."""
    plan.machine.settle()
    run.sweep()
    optimizer = adamw(model, plan.train)
    progress = Progress(max_steps=plan.max_steps)
    if run.checkpoint.exists():
        progress = load_checkpoint(run.checkpoint, model, optimizer)
        progress.max_steps = progress.max_steps or plan.max_steps  # 0: as qkv 0.1.0 wrote it
        publish(progress, material, plan, run)  # a kill may have come between the two
        report(f"resuming from step {progress.step:,}")
    try:
        fit(model, optimizer, progress, material, plan, run, report)
    except Diverged as error:
        progress = _calmed(progress, model, optimizer, run, error)
        report(f"{str(error).partition(';')[0]}; on from step {progress.step:,} at half the rate")
        fit(model, optimizer, progress, material, plan, run, report)
    if progress.step < progress.max_steps:
        report(
            f"stopped early, at step {progress.step:,} of {progress.max_steps:,}: no better "
            f"{progress.best.name} in the last {progress.without_gain} validations (patience)"
        )
    finish(model, progress, material, plan, run, report)


def _calmed(
    progress: Progress,
    model: EncoderDecoder,
    optimizer: torch.optim.Optimizer,
    run: RunFolder,
    error: Diverged,
) -> Progress:
    """Back to the last checkpoint, once.

    Raises:
        Diverged: it is the second time, or there is nothing sound to go back to.
    """
    if progress.calmed or not run.checkpoint.exists():
        raise error
    progress = load_checkpoint(run.checkpoint, model, optimizer)
    if not all(weight.isfinite().all() for weight in model.parameters()):
        raise error
    progress.calmed = True
    save_checkpoint(run.checkpoint, model, optimizer, progress)
    return progress


def _pick(
    model_config: ModelConfig, material: Material, config: TrainConfig, device: str
) -> Measured:
    """Threads and precision, by steps without an update on the two middle batches by length."""
    some = evenly(len(material.examples), PART)
    sizes = material.examples.lengths(some).max(1) + 1
    order = cut(sizes, config.batch_tokens, None)
    middle = len(order) // 2  # with one batch in all both are the same
    pair = [material.batch([some[i] for i in order[k]]) for k in (middle, middle - 1)]
    torch.manual_seed(config.seed)
    model = build(model_config).to(device)
    attention = Attending(soft_share=model_config.soft_share)

    def trial(machine: Machine) -> int:
        model.train()
        forward_backward(model, pair[0], config, machine, attention=attention)
        model.zero_grad(set_to_none=True)
        return pair[0].target_tokens

    def gradient(batch: int, machine: Machine) -> Tensor:
        torch.manual_seed(config.seed)
        model.train().zero_grad(set_to_none=True)
        forward_backward(model, pair[batch], config, machine, attention=attention)
        return torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])

    return pick(trial, gradient, device=device, threads=config.threads, precision=config.precision)


def _announce(
    model: EncoderDecoder, material: Material, plan: Plan, per_epoch: int, report: Report
) -> None:
    """Size, data, time: what a person wants to know before the first step."""
    drawn = material.drawn(plan.train.seed, 0)
    tokens = target_tokens(material, plan.train)
    for reason, count in material.skipped.items():
        report(f"skipped {count:,} {material.unit}: {reason}")
    size = sum(p.numel() for p in model.parameters())
    validation = f"{len(material.valid):,} validation {material.valid_unit}"
    epoch_seconds = tokens / plan.tokens_per_s
    total = epoch_seconds * plan.max_steps / per_epoch
    report(
        f"{plan.model.architecture}, {size:,} parameters; {len(drawn):,} "
        f"{material.unit}, {tokens:,} target tokens, {validation}"
    )
    report(
        f"{describe(plan.machine)}, {plan.tokens_per_s:,.0f} tokens/s: "
        f"{epoch_seconds:.0f} s an epoch, {plan.max_steps:,} steps, about {total / 60:.1f} min "
        f"besides validation (ends near {_clock(total)})"
    )
    if not plan.model.vision:
        told = plan.model.languages or "not told by the text"
        report(f"languages: {told} (--languages names others)")


def _clock(seconds: float) -> str:
    """The time of day, with the date if it is another; centuries ahead is far enough."""
    now = datetime.now()
    end = now + timedelta(seconds=min(seconds, 1e10))
    return end.strftime("%H:%M" if end.date() == now.date() else "%Y-%m-%d %H:%M")
