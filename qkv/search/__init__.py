"""Search: from step probabilities to whole hypotheses, the same for every decoder."""

from qkv.search.beam import beam_search
from qkv.search.greedy import greedy
from qkv.search.hypothesis import Hypothesis
from qkv.search.penalties import length_penalty

__all__ = ["Hypothesis", "beam_search", "greedy", "length_penalty"]
