"""A bulk job as a command that loads no torch: its folder is given."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from qkv.cli.bulk import Bulk
from tests.bulk.works import Capitals

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(sys.argv[1])
    try:
        Bulk("x", folder / "in.txt", folder / "out", 2, 10).run(Capitals(0.05))
    except KeyboardInterrupt:
        sys.exit(130)
