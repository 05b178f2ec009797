"""Search: from step probabilities to whole hypotheses, the same for every decoder.

`Search` says what is asked for, without torch; `run` in `search/run.py` does it.
"""

from qkv.search.search import DEFAULT, Search

__all__ = ["DEFAULT", "Search"]
