"""Shards of a job under Ray Data, on one machine or many; an actor each has its own model.

All machines see the folder, the input and the model under the same names. A shard that two actors
did, because one seemed dead, is the same file twice, and the later one takes the earlier's place.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from qkv.bulk.job import Job, Shards
from qkv.errors import DataError, MissingExtra

__all__ = ["run_on_ray"]

TRIES = 3  # of a shard; Ray gives one whose actor has died to another, again and again


class _Actor:
    """Does shards; what is wrong it says instead of dying of it."""

    def __init__(self, job: Job) -> None:
        self._job, self._shards = job, None

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        [shard] = map(int, batch["shard"])
        tries = self._job.folder / f".tries-{shard}.part"
        with tries.open("ab") as file:
            file.write(b".")
        if tries.stat().st_size > TRIES:
            return {"rows": [0], "error": [f"{TRIES} actors died of it"]}
        try:
            self._shards = self._shards or Shards(self._job)
            rows, error = self._shards.do(shard), ""
        except Exception as why:  # noqa: BLE001 - the other shards go on
            rows, error = 0, f"{type(why).__name__}: {why}"
        tries.unlink(missing_ok=True)
        return {"rows": [rows], "error": [error]}


def run_on_ray(job: Job, jobs: int, address: str, report: Callable[[int], None]) -> None:
    """Do what is left of a job with `jobs` actors, or as many as there is room for.

    Args:
        address: local starts Ray here; auto finds the cluster that this machine is part of; else
            where a cluster is. Ray that runs already is used.
        report: called with the number of rows each time that so many more are done.
    Raises:
        DataError: shards could not be done; all others are. Or there is no such cluster.
        MissingExtra: Ray is not installed.
    """
    job = replace(job, folder=job.folder.absolute(), input=job.input.absolute())
    left, reasons = job.pending(), []
    with _connected(address, jobs) as ray:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        gpus = 1 if job.work.device != "cpu" and ray.cluster_resources().get("GPU") else 0
        most = min(jobs, len(left))
        shards = ray.data.from_items([{"shard": s} for s in left], override_num_blocks=len(left))
        done = shards.map_batches(
            _Actor,
            fn_constructor_args=[job],
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(min_size=1, initial_size=most, max_size=most),
            num_cpus=1,
            num_gpus=gpus,
        )
        for row in done.iter_rows():
            report(row["rows"])
            reasons += [row["error"]] if row["error"] else []
    if left := job.pending():
        why = f" ({reasons[0].rstrip('.')})" if reasons else ""
        raise DataError(
            f"{job.folder}: {len(left):,} of {job.shards:,} parts could not be made, such as "
            f"{job.part(left[0]).name}{why}. Start it again, without --ray to learn of which row."
        )


@contextmanager
def _connected(address: str, jobs: int) -> Iterator[Any]:
    """Ray, ready for use in this block."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it tells nobody
    try:
        import ray
        import ray.data
    except ImportError:
        raise MissingExtra("--ray needs Ray: pip install 'qkv[ray]'.") from None
    if ray.is_initialized():
        yield ray
        return
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    here: dict[str, Any] = {"num_cpus": jobs, "include_dashboard": False}
    given = here if address == "local" else {}
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **given)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise DataError(f"--ray {address}: no cluster there ({error}).") from None
    try:
        yield ray
    finally:
        ray.shutdown()
