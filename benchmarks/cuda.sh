#!/usr/bin/env bash
# Everything that only a real GPU can show, in at most 8 minutes: the device tests, then speed.
#
#     bash benchmarks/cuda.sh
#
# Needs one CUDA device, and qkv's dependencies with transformers, pytest and hypothesis beside it.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH} PYTHONUNBUFFERED=1
nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader
status=0
echo "== tests"
timeout 180 python3 -m pytest -q -p no:cacheprovider tests/cuda --tb=short --no-header || status=1
for part in attend training decoding watch; do
    echo "== $part"
    timeout 75 python3 benchmarks/on_cuda.py "$part" || { echo "$part: failed"; status=1; }
done
exit $status
