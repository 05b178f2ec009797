"""Greedy and beam search against looking at every sentence there is."""

from collections.abc import Callable
from math import inf, isnan, log, sqrt
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from qkv.data.tokenizer import BOS, EOS, PAD, UNK
from qkv.errors import DataError
from qkv.models import PLAIN, Attending, EncoderDecoder, Memory, ModelConfig, State, Step, build
from qkv.search import Search
from qkv.search import beam as module
from qkv.search.filters import Rules, Sentences
from qkv.search.hypothesis import Hypothesis
from qkv.search.penalties import wu
from qkv.search.reader import Reader
from qkv.search.run import run as run_search
from tests.oracles import search as oracle
from tests.strategies import seeds

V = 7  # PAD, BOS, EOS, UNK and three words
LIMIT = 4
ALL = 1 + 3 + 9 + 27  # sentences of at most LIMIT tokens with EOS

alphas = st.sampled_from([0.0, 0.6, 1.0, 2.0])
limits_of_three = st.lists(st.integers(1, LIMIT), min_size=3, max_size=3)


class TableDecoder:
    """The next word depends on all words before it and on the sentence, by a table of logits.

    It checks on the way that memory and state still belong to the same sentence.
    """

    def __init__(self, seed: int, words: int = V) -> None:
        maker = torch.Generator().manual_seed(seed)
        self.logits = 2 * torch.randn(997, words, generator=maker, dtype=torch.float64)
        self.steps = 0

    def memory(self, sentences: int) -> Memory:
        names = torch.arange(sentences, dtype=torch.float64).view(-1, 1, 1)
        return Memory(names, names, torch.ones(sentences, 1, dtype=torch.bool))

    def start(self, memory: Memory) -> State:
        names = memory.keys[:, 0, 0].long()
        return State((names * 101,), (names,))

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        assert torch.equal(state.fixed[0], memory.keys[:, 0, 0].long())
        self.steps += 1
        place = (state.moving[0] * 31 + token + 1) % len(self.logits)
        return Step(self.logits[place], State((place,), state.fixed, state.position + 1), ())

    def next_word(self, sentence: int) -> oracle.NextWord:
        """What the oracle asks: log P of each word after these."""

        def log_p(words: tuple[int, ...]) -> list[float]:
            place = sentence * 101
            for token in (BOS, *words):
                place = (place * 31 + token + 1) % len(self.logits)
            return self.logits[place].log_softmax(0).tolist()

        return log_p


class Tree:
    """A decoder of a few sentences, by the probabilities of their branches."""

    def __init__(self, branches: dict[tuple[int, ...], dict[int, float]]) -> None:
        self.branches = branches

    def memory(self) -> Memory:
        return TableDecoder(0).memory(1)

    def start(self, memory: Memory) -> State:
        return State((torch.empty(len(memory.keys), 0, dtype=torch.int64),))

    def step(
        self, state: State, token: Tensor, memory: Memory, *, attention: Attending = PLAIN
    ) -> Step:
        words = torch.cat((state.moving[0], token[:, None]), 1)
        p = torch.full((len(words), V), 1e-9)
        for row, (_, *seen) in zip(p, words.tolist(), strict=True):
            for word, probability in self.branches.get(tuple(seen), {}).items():
                row[word] = probability
        return Step(p.log(), State((words,), (), state.position + 1), ())


def run(decoder: Any, *given_: Any) -> list[list[Hypothesis]]:
    """`run` with decoders that have what a search needs, and no more."""
    return run_search(decoder, *given_)


def beam_search(
    decoder: Any, memory: Memory, limits: Tensor, *, beam: int, alpha: float
) -> list[list[Hypothesis]]:
    """All that a beam keeps."""
    search = Search(beam=beam, nbest=beam, length_penalty=alpha)
    with torch.inference_mode():
        reader = Reader(decoder, memory, PLAIN, covers=False)
        return module.beam_search(reader, search, Sentences(limits.tolist()))


def greedy(decoder: Any, memory: Memory, limits: Tensor, *, alpha: float) -> list[Hypothesis]:
    search = Search(beam=1, length_penalty=alpha)
    return [h for [h] in run(decoder, memory, search, Sentences(limits.tolist()))]


def assert_same(got: list[Hypothesis], expected: list[Any]) -> None:
    assert [h.tokens for h in got] == [e.tokens for e in expected]
    for one, other in zip(got, expected, strict=True):
        assert one.log_probability == pytest.approx(other.log_probability, abs=1e-4)
        assert one.score == pytest.approx(other.score, abs=1e-4)


class TestBeam:
    @settings(max_examples=60, deadline=None)
    @given(seeds, alphas, limits_of_three)
    def test_wide_enough_it_finds_every_sentence_in_order(
        self, seed: int, alpha: float, limits: list[int]
    ) -> None:
        decoder = TableDecoder(seed)
        found = beam_search(decoder, decoder.memory(3), torch.tensor(limits), beam=ALL, alpha=alpha)
        for sentence, (limit, hypotheses) in enumerate(zip(limits, found, strict=True)):
            expected = oracle.exhaustive(decoder.next_word(sentence), limit, alpha)
            assert_same(hypotheses, expected)

    @settings(max_examples=60, deadline=None)
    @given(seeds, limits_of_three)
    def test_of_one_it_is_greedy(self, seed: int, limits: list[int]) -> None:
        """Where length is not rewarded; else it looks beyond the first end, as any beam."""
        decoder = TableDecoder(seed)
        given_ = decoder.memory(3), torch.tensor(limits)
        beams = beam_search(decoder, *given_, beam=1, alpha=0.0)
        for one, hypotheses in zip(greedy(decoder, *given_, alpha=0.0), beams, strict=True):
            assert_same(hypotheses, [one])

    @settings(max_examples=60, deadline=None)
    @given(seeds, alphas, st.integers(1, 6), limits_of_three)
    def test_what_any_beam_promises(
        self, seed: int, alpha: float, beam: int, limits: list[int]
    ) -> None:
        """Its hypotheses are sentences with their true scores, distinct, sorted, within limits."""
        decoder = TableDecoder(seed)
        found = beam_search(
            decoder, decoder.memory(3), torch.tensor(limits), beam=beam, alpha=alpha
        )
        for sentence, (limit, hypotheses) in enumerate(zip(limits, found, strict=True)):
            every = oracle.exhaustive(decoder.next_word(sentence), limit, alpha)
            truth = {each.tokens: each for each in every}
            assert 1 <= len(hypotheses) <= beam
            assert len({h.tokens for h in hypotheses}) == len(hypotheses)
            scores = [h.score for h in hypotheses]
            assert scores == sorted(scores, reverse=True)
            assert_same(hypotheses, [truth[h.tokens] for h in hypotheses])
            assert hypotheses[0].score <= every[0].score + 1e-4

    @settings(max_examples=60, deadline=None)
    @given(seeds, alphas, st.integers(1, 6), st.lists(st.integers(1, 9), min_size=3, max_size=3))
    def test_a_batch_is_its_sentences(
        self, seed: int, alpha: float, beam: int, limits: list[int]
    ) -> None:
        decoder = TableDecoder(seed)
        memory = decoder.memory(3)
        together = beam_search(decoder, memory, torch.tensor(limits), beam=beam, alpha=alpha)
        for row, limit in enumerate(limits):
            one = memory.select(torch.tensor([row]))
            alone = beam_search(decoder, one, torch.tensor([limit]), beam=beam, alpha=alpha)
            assert_same(alone[0], together[row])

    def test_it_keeps_a_beginning_that_greedy_drops(self) -> None:
        """By pencil: 4 is likelier at first, 5 in the end (0.6 · 0.55 against 0.4 · 0.9)."""
        decoder = Tree({(): {4: 0.6, 5: 0.4}, (4,): {EOS: 0.55, 6: 0.45}, (5,): {EOS: 0.9, 6: 0.1}})
        given_ = decoder.memory(), torch.tensor([3])
        assert greedy(decoder, *given_, alpha=0.0)[0].log_probability == pytest.approx(log(0.33))
        best, second = beam_search(decoder, *given_, beam=2, alpha=0.0)[0]
        assert (best.tokens, best.log_probability) == ((5,), pytest.approx(log(0.36)))
        assert (second.tokens, second.log_probability) == ((4,), pytest.approx(log(0.33)))

    def test_the_penalty_decides_between_short_and_long(self) -> None:
        """0.5 for no words, 0.405 for two: lp(3) / lp(1) = (8 / 6)^α turns it between 0 and 1."""
        decoder = Tree({(): {EOS: 0.5, 4: 0.5}, (4,): {5: 0.9, EOS: 0.1}, (4, 5): {EOS: 0.9}})
        given_ = decoder.memory(), torch.tensor([3])
        assert beam_search(decoder, *given_, beam=3, alpha=0.0)[0][0].tokens == ()
        assert log(0.5) < log(0.405) / (8 / 6)
        assert beam_search(decoder, *given_, beam=3, alpha=1.0)[0][0].tokens == (4, 5)

    def test_it_stops_when_nothing_open_can_win(self) -> None:
        decoder = TableDecoder(0)
        decoder.logits[:, EOS] = 20.0
        search = Search(beam=3, length_penalty=1.0)
        (hypotheses,) = run(decoder, decoder.memory(1), search, Sentences([500]))
        assert hypotheses[0].tokens == ()
        assert decoder.steps == 1


class TestGreedy:
    @settings(max_examples=60, deadline=None)
    @given(seeds, alphas, limits_of_three)
    def test_it_takes_the_likeliest_word_each_time(
        self, seed: int, alpha: float, limits: list[int]
    ) -> None:
        decoder = TableDecoder(seed)
        found = greedy(decoder, decoder.memory(3), torch.tensor(limits), alpha=alpha)
        for sentence, (limit, hypothesis) in enumerate(zip(limits, found, strict=True)):
            next_word = decoder.next_word(sentence)
            every = {e.tokens: e for e in oracle.exhaustive(next_word, limit, alpha)}
            assert_same([hypothesis], [every[oracle.greedy(next_word, limit)]])

    def test_a_batch_is_its_sentences(self) -> None:
        decoder = TableDecoder(3, words=50)
        memory, limits = decoder.memory(5), torch.tensor([9, 2, 17, 1, 5])
        together = greedy(decoder, memory, limits, alpha=1.0)
        for row in range(5):
            rows = torch.tensor([row])
            alone = greedy(decoder, memory.select(rows), limits[rows], alpha=1.0)
            assert_same(alone, together[row : row + 1])


Run = Callable[[Any, Memory, Tensor], list[Hypothesis]]
SEARCHES: dict[str, Run] = {
    "greedy": lambda *given_: greedy(*given_, alpha=1.0),
    "beam": lambda *given_: [h for hs in beam_search(*given_, beam=3, alpha=1.0) for h in hs],
}


@pytest.mark.parametrize("search", SEARCHES)
class TestBoth:
    def test_limits_hold_where_no_sentence_wants_to_end(self, search: str) -> None:
        decoder = TableDecoder(1)
        decoder.logits[:, EOS] = -50.0
        limits = [1, 2, 6]
        for row, limit in enumerate(limits):
            memory = decoder.memory(3).select(torch.tensor([row]))
            found = SEARCHES[search](decoder, memory, torch.tensor([limit]))
            assert {len(h.tokens) for h in found} == {limit - 1}

    def test_a_limit_of_nothing_is_an_empty_sentence(self, search: str) -> None:
        decoder = TableDecoder(1)
        found = SEARCHES[search](decoder, decoder.memory(2), torch.tensor([0, 1]))
        assert [h.tokens for h in found] == [(), ()]

    def test_no_sentences_at_all(self, search: str) -> None:
        decoder = TableDecoder(1)
        assert SEARCHES[search](decoder, decoder.memory(0), torch.tensor([]).long()) == []

    def test_only_words_are_chosen(self, search: str) -> None:
        decoder = TableDecoder(1)
        decoder.logits[:, [PAD, BOS, UNK]] = 5.0
        found = SEARCHES[search](decoder, decoder.memory(3), torch.tensor([8, 8, 8]))
        assert not {PAD, BOS, EOS, UNK} & {token for h in found for token in h.tokens}
        assert any(h.tokens for h in found)


def small_model(architecture: str, words: int) -> EncoderDecoder:
    """Random weights, large enough to have preferences."""
    torch.manual_seed(2)
    config = ModelConfig(
        architecture,
        source_vocabulary=words,
        target_vocabulary=words,
        encoder_layers=1,
        decoder_layers=2,
        width=8,
        embedding=8,
        encoder_width=8,
        feedforward=8,
        heads=2,
    )
    model = build(config).double().eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.7)
    return model


@pytest.mark.parametrize("architecture", ["rnn", "transformer"])
class TestModels:
    """The same with real decoders, whose states have caches and hidden layers."""

    def source(self, words: int) -> tuple[Tensor, Tensor]:
        torch.manual_seed(0)
        present = torch.arange(6) < torch.tensor([6, 2, 4, 5])[:, None]
        return torch.randint(4, words, (4, 6)), present

    def test_wide_enough_it_finds_every_sentence(self, architecture: str) -> None:
        model = small_model(architecture, V)
        ids, present = self.source(V)
        with torch.no_grad():
            memory = model.encode(ids, present)
        found = beam_search(model.decoder, memory, torch.tensor([4, 3, 2, 4]), beam=ALL, alpha=0.6)

        for row, limit in enumerate([4, 3, 2, 4]):

            @torch.no_grad()
            def next_word(words: tuple[int, ...], row: int = row) -> list[float]:
                one = memory.select(torch.tensor([row]))
                features = model.decoder(one, torch.tensor([[BOS, *words]])).features
                return model.decoder.readout(features[0, -1]).log_softmax(0).tolist()

            assert_same(found[row], oracle.exhaustive(next_word, limit, 0.6))

    def test_a_batch_is_its_sentences_and_a_beam_of_one_is_greedy(self, architecture: str) -> None:
        model = small_model(architecture, 31)
        ids, present = self.source(31)
        limits = torch.tensor([12, 5, 9, 10])
        with torch.no_grad():
            memory = model.encode(ids, present)
        for beam in (1, 4):
            together = beam_search(model.decoder, memory, limits, beam=beam, alpha=1.0)
            for row in range(4):
                rows = torch.tensor([row])
                one = memory.select(rows)
                alone = beam_search(model.decoder, one, limits[rows], beam=beam, alpha=1.0)
                assert_same(alone[0], together[row])
            if beam == 1:
                best = greedy(model.decoder, memory, limits, alpha=1.0)
                assert_same([hypotheses[0] for hypotheses in together], best)


def test_length_penalty_is_wus() -> None:
    """lp(Y) = (5 + |Y|)^α / 6^α (Wu et al. 2016, equation 14)."""
    assert wu(1, 0.7) == 1.0
    assert wu(7, 1.0) == 2.0
    assert wu(13, 2.0) == 9.0
    assert wu(31, 0.5) == pytest.approx(sqrt(6))
    assert wu(20, 0.0) == 1.0
    for length in range(1, 50):
        assert wu(length, 0.2) == pytest.approx(oracle.penalty(length, 0.2))


def test_the_rules_leave_words_and_their_probabilities_alone() -> None:
    log_p = torch.randn(2, V).log_softmax(-1)
    no_words = torch.empty(2, 0, dtype=torch.int64)
    rules = Rules(Search(), Sentences([2, 1]))
    filtered = rules(log_p.clone(), no_words, [0, 1])
    assert torch.equal(filtered[0, [EOS, 4, 5, 6]], log_p[0, [EOS, 4, 5, 6]])
    assert (filtered[:, [PAD, BOS, UNK]] == -torch.inf).all()
    assert filtered[1].isfinite().nonzero().tolist() == [[EOS]]
    assert filtered[1, EOS] == log_p[1, EOS]


NO_NUMBERS = [float("nan"), inf, -inf, 3e38, -3e38]
WAYS = {
    "greedy": Search(beam=1),
    "beam": Search(beam=3),
    "nbest": Search(beam=3, nbest=3),
    "drawn": Search(temperature=1.0),
    "top": Search(temperature=0.5, top_k=2, top_p=0.5),
}


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize("columns", [[EOS], [4], [4, 5, 6], list(range(V))], ids=str)
@pytest.mark.parametrize("name", WAYS)
def test_logits_that_are_no_numbers_end_a_search(
    name: str, columns: list[int], value: float
) -> None:
    """With a sentence, where nothing can be ranked; never with a text of no probability."""
    decoder: Any = TableDecoder(0)
    decoder.logits[:, columns] = value
    sentences = Sentences([30, 40], seeds=[1, 2])

    def outcome() -> str:
        try:
            found = run(decoder, decoder.memory(2), WAYS[name], sentences)
        except DataError as error:
            return str(error)
        assert all(found)
        assert all(-inf < h.log_probability <= 0 for each in found for h in each)
        return ""

    text = outcome()
    assert not text or text.startswith("the model's probabilities are not numbers: ")
    if isnan(value) or value == inf or (value == -inf and EOS in columns):
        assert text
