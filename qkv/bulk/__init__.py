"""Work on more rows than memory holds, in several processes or on several machines.

A job may be killed at any moment and goes on where it was: no row is lost or there twice.
"""

from qkv.bulk.job import Job, at_work
from qkv.bulk.processes import run
from qkv.bulk.work import Captioning, Outcome, Seeing, Translating

__all__ = ["Captioning", "Job", "Outcome", "Seeing", "Translating", "at_work", "run"]
