"""What a search can be asked for, against looking at every sentence there is."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from math import log
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qkv.data.tokenizer import BOS, EOS
from qkv.errors import ConfigError
from qkv.models import PLAIN
from qkv.search import Search
from qkv.search.filters import Banned, Filter, NoRepeat, Sentences, Shortlist
from qkv.search.hypothesis import Hypothesis
from qkv.search.penalties import average, covered, none
from qkv.search.sampling import chances, draw
from qkv.shapes import Mask
from tests.oracles import search as oracle
from tests.search.test_search import LIMIT, TableDecoder, assert_same, run, small_model
from tests.strategies import seeds

formulas = st.sampled_from(["wu", "average", "none"])
limits_of_three = st.lists(st.integers(1, LIMIT), min_size=3, max_size=3)
GREEDY = Search(beam=1)
FREE = Sentences([LIMIT] * 3)


def every(decoder: TableDecoder, sentence: int, limit: int, search: Search) -> list[Any]:
    """All sentences by the search's own score, best first."""
    found = oracle.exhaustive(decoder.next_word(sentence), limit, 0.0)
    scored = [f._replace(score=search.score(f.log_probability, len(f.tokens) + 1)) for f in found]
    return sorted(scored, key=lambda f: -f.score)


class TestStopping:
    @settings(max_examples=80, deadline=None)
    @given(seeds, formulas, st.sampled_from([0.0, 0.6, 1.0, 3.0]), limits_of_three)
    def test_the_best_is_found_whatever_the_penalty(
        self, seed: int, formula: str, alpha: float, limits: list[int]
    ) -> None:
        """A beam that drops no beginning: what stops it too early is the stopping rule alone."""
        decoder = TableDecoder(seed)
        search = Search(beam=27, length_formula=formula, length_penalty=alpha)
        found = run(decoder, decoder.memory(3), search, Sentences(limits))
        for sentence, (limit, hypotheses) in enumerate(zip(limits, found, strict=True)):
            assert_same(hypotheses[:1], every(decoder, sentence, limit, search)[:1])

    @settings(max_examples=80, deadline=None)
    @given(seeds, formulas, st.integers(1, 5), st.integers(1, 12))
    def test_a_narrow_beam_stops_at_what_it_would_find_without_stopping(
        self, seed: int, formula: str, beam: int, limit: int
    ) -> None:
        asked = {"beam": beam, "length_formula": formula, "length_penalty": 1.5}
        decoder = TableDecoder(seed)
        found, whole = (
            run(decoder, decoder.memory(3), search, Sentences([limit] * 3))
            for search in (Search(**asked), Unstopped(**asked))
        )
        if beam > 1:
            for one, other in zip(found, whole, strict=True):
                assert_same(one[:1], other[:1])

    def test_it_stops_at_once_where_nothing_can_win(self) -> None:
        decoder = TableDecoder(0)
        decoder.logits[:, EOS] = 20.0
        run(decoder, decoder.memory(3), Search(beam=4), Sentences([400] * 3))
        assert decoder.steps == 1

    @given(formulas, st.floats(0, 10), st.floats(-90, 0), st.integers(1, 99), st.integers(0, 99))
    def test_the_bound_holds(
        self, formula: str, alpha: float, log_p: float, length: int, more: int
    ) -> None:
        search = Search(length_formula=formula, length_penalty=alpha, coverage_penalty=0.3)
        bound = search.bound(log_p, length + more)
        for longer in range(length, length + more + 1):
            assert search.score(log_p - 0.1, longer, -0.2) <= bound + 1e-12


class Unstopped(Search):
    """Never sure that nothing better will come."""

    def bound(self, log_probability: float, longest: int) -> float:
        return log_probability if log_probability == -torch.inf else torch.inf


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(3, 5))
def test_nbest_says_only_how_many_are_listed(seed: int, beam: int) -> None:
    """The search is the same, and goes on until a whole beam has ended."""
    decoder = TableDecoder(seed)
    several, every_one = (
        run(decoder, decoder.memory(3), Search(beam=beam, nbest=n), FREE) for n in (2, beam)
    )
    assert [few[:2] for few in several] == [hypotheses[:2] for hypotheses in every_one]


class TestPenalties:
    def test_formulas_by_pencil(self) -> None:
        assert Search(length_penalty=2.0).score(-18.0, 13) == -2.0  # ((5 + 13) / 6)² = 9
        assert Search(length_formula="average").score(-6.0, 4) == -1.5
        assert Search(length_formula="average", length_penalty=0.5).score(-6.0, 4) == -3.0
        assert Search(length_formula="none").score(-6.0, 4) == -6.0
        assert (average(9, 0.5), none(9, 3.0)) == (3.0, 1.0)

    def test_coverage_by_pencil(self) -> None:
        """Positions that received 0.5, 2 and 0.25, and one of padding."""
        received = torch.tensor([[0.5, 2.0, 0.25, 0.0]])
        present = torch.tensor([[True, True, True, False]])
        expected = log(0.5) + log(0.25)
        assert covered(received, present).item() == pytest.approx(expected)
        assert Search(coverage_penalty=0.2).score(-6.0, 1, expected) == pytest.approx(
            -6.0 + 0.2 * expected
        )

    @pytest.mark.parametrize("architecture", ["rnn", "transformer"])
    @pytest.mark.parametrize("asked", [{"beam": 1}, {"beam": 4}, {"temperature": 1.0, "nbest": 2}])
    def test_coverage_is_that_of_the_text_read_again(
        self, architecture: str, asked: dict[str, Any]
    ) -> None:
        """Recomputed by teacher forcing; sentences end at different steps, and some are padded."""
        model = small_model(architecture, 31)
        search = Search(coverage_penalty=0.4, **asked)
        torch.manual_seed(0)
        ids = torch.randint(4, 31, (4, 6))
        present = torch.arange(6) < torch.tensor([6, 2, 4, 5])[:, None]
        with torch.no_grad():
            memory = model.encode(ids, present)
            found = run(model.decoder, memory, search, Sentences([3, 5, 2, 4], seeds=range(4)))
            coverages = []
            for row, hypotheses in enumerate(found):
                for hypothesis in hypotheses:
                    words = torch.tensor([[BOS, *hypothesis.tokens]])
                    one = memory.select(torch.tensor([row]))
                    weights = model.decoder(one, words).cross_weights[-1].dense()
                    received = weights[0].mean(0).sum(0)[present[row]]
                    coverage = received.clamp(max=1.0).log().sum().item()
                    expected = search.score(
                        hypothesis.log_probability, len(hypothesis.tokens) + 1, coverage
                    )
                    coverages.append(coverage)
                    assert hypothesis.score == pytest.approx(expected, abs=1e-4)
        assert min(coverages) < -0.1

    def test_coverage_reorders_the_ended(self) -> None:
        model = small_model("transformer", 31)
        ids = torch.randint(4, 31, (1, 6), generator=torch.Generator().manual_seed(1))
        with torch.no_grad():
            memory = model.encode(ids, torch.ones(1, 6, dtype=torch.bool))
        plain, covering = (
            run(model.decoder, memory, search, Sentences([3]))[0]
            for beta in (0.0, 10.0)
            for search in [Search(beam=30, nbest=30, length_penalty=0.0, coverage_penalty=beta)]
        )
        scores = [h.score for h in covering]
        assert scores == sorted(scores, reverse=True)
        assert [h.tokens for h in plain] != [h.tokens for h in covering]


@pytest.mark.parametrize("architecture", ["rnn", "transformer"])
@pytest.mark.parametrize("asked", [{"beam": 1}, {"beam": 4}, {"temperature": 1.0, "nbest": 2}])
def test_a_mask_of_a_batch_goes_with_its_sentences(
    architecture: str, asked: dict[str, Any]
) -> None:
    """Whichever have ended, and however many hypotheses each has."""
    model, search = small_model(architecture, 31), Search(**asked)
    torch.manual_seed(0)
    ids, allowed = torch.randint(4, 31, (4, 6)), torch.rand(4, 1, 9, 6) < 0.5
    limits, seeds_ = [3, 7, 2, 9], range(4)
    with torch.no_grad():
        memory = model.encode(ids, torch.ones(4, 6, dtype=torch.bool))
    masked = PLAIN.masked("cross", Mask(allowed))
    together = run(model.decoder, memory, search, Sentences(limits, seeds=seeds_), masked)
    for row in range(4):
        own = PLAIN.masked("cross", Mask(allowed[[row]]))
        sentence = Sentences([limits[row]], seeds=[seeds_[row]])
        [alone] = run(model.decoder, memory.select(torch.tensor([row])), search, sentence, own)
        assert_same(together[row], alone)
    assert together != run(model.decoder, memory, search, Sentences(limits, seeds=seeds_))


def words_of(hypotheses: list[list[Hypothesis]]) -> list[tuple[int, ...]]:
    return [h.tokens for each in hypotheses for h in each]


SEARCHES = [GREEDY, Search(beam=3), Search(temperature=1.0, seed=5, nbest=4)]


def searched(decoder: TableDecoder, search: Search, limit: int = 9, **more: Any) -> list[Any]:
    given_ = Sentences([limit] * 3, seeds=[11, 12, 13], **more)
    return run(decoder, decoder.memory(3), search, given_)


def with_(search: Search, **more: Any) -> Search:
    return Search(**{f.name: getattr(search, f.name) for f in fields(search)} | more)


@pytest.mark.parametrize("search", SEARCHES, ids=["greedy", "beam", "sample"])
class TestRules:
    @pytest.mark.parametrize("seed", range(5))
    def test_prefixes_differ_by_sentence(self, search: Search, seed: int) -> None:
        prefixes = [(4, 5), (), (6, 6, 4, 5)]
        found = searched(TableDecoder(seed), search, prefixes=prefixes)
        for prefix, hypotheses in zip(prefixes, found, strict=True):
            assert hypotheses
            assert all(h.tokens[: len(prefix)] == prefix for h in hypotheses)

    def test_a_prefix_counts_in_the_probability(self, search: Search) -> None:
        decoder = TableDecoder(2)
        found = searched(decoder, search, prefixes=[(4, 5), (4,), (6,)], limit=LIMIT)
        for sentence, hypotheses in enumerate(found):
            truth = {
                f.tokens: f.log_probability
                for f in oracle.exhaustive(decoder.next_word(sentence), LIMIT, 0.0)
            }
            for h in hypotheses:
                assert h.log_probability == pytest.approx(truth[h.tokens], abs=1e-4)

    def test_a_prefix_comes_before_other_rules(self, search: Search) -> None:
        filters: list[Filter] = [Banned(((4,),)), NoRepeat(1), Shortlist(frozenset({5, 6}))]
        found = searched(TableDecoder(1), search, prefixes=[(4, 4)] * 3, filters=filters)
        for tokens in words_of(found):
            assert tokens[:2] == (4, 4)
            assert 4 not in tokens[2:]

    @pytest.mark.parametrize("least", [1, 4, 9])
    def test_the_least_length(self, search: Search, least: int) -> None:
        decoder = TableDecoder(0)
        decoder.logits[:, EOS] = 9.0
        found = searched(decoder, with_(search, min_length=least))
        assert min(len(tokens) + 1 for tokens in words_of(found)) == least

    def test_banned_tokens_and_sequences(self, search: Search) -> None:
        free = words_of(searched(TableDecoder(4), search))
        assert any(4 in tokens for tokens in free)
        for tokens in words_of(searched(TableDecoder(4), search, filters=[Banned(((4,),))])):
            assert 4 not in tokens
        banned = {(a, b) for a in (4, 5, 6) for b in (5, 6)}
        found = words_of(searched(TableDecoder(4), search, filters=[Banned(tuple(banned))]))
        assert any(len(tokens) > 1 for tokens in found)
        for tokens in found:
            assert not banned & set(pairwise(tokens))

    @pytest.mark.parametrize("n", [1, 2, 3])
    def test_no_run_of_tokens_repeats(self, search: Search, n: int) -> None:
        def runs(tokens: tuple[int, ...]) -> list[tuple[int, ...]]:
            return [tokens[i : i + n] for i in range(len(tokens) - n + 1)]

        decoder = TableDecoder(6)
        decoder.logits[:, EOS] = -9.0
        free = words_of(searched(decoder, search, limit=30))
        assert any(len(set(runs(tokens))) < len(runs(tokens)) for tokens in free)
        for tokens in words_of(searched(decoder, search, limit=30, filters=[NoRepeat(n)])):
            assert len(set(runs(tokens))) == len(runs(tokens))
            assert tokens

    def test_a_shortlist(self, search: Search) -> None:
        found = words_of(searched(TableDecoder(7), search, filters=[Shortlist(frozenset({5}))]))
        assert {token for tokens in found for token in tokens} == {5}

    def test_where_nothing_is_left_it_ends(self, search: Search) -> None:
        decoder = TableDecoder(7)
        decoder.logits[:, EOS] = -9.0
        filters: list[Filter] = [Shortlist(frozenset({5})), NoRepeat(1)]
        found = words_of(searched(decoder, with_(search, min_length=8), filters=filters))
        assert set(found) <= {(5,)}


class TestSampling:
    def test_the_same_seed_gives_the_same_texts_beside_any_others(self) -> None:
        decoder, search = TableDecoder(3, words=50), Search(temperature=1.0, nbest=3)
        memory, limits, seed = decoder.memory(5), [9, 20, 17, 4, 12], [5, 6, 7, 8, 9]
        together = run(decoder, memory, search, Sentences(limits, seeds=seed))
        for row in range(5):
            one = Sentences(limits[row : row + 1], seeds=seed[row : row + 1])
            alone = run(decoder, memory.select(torch.tensor([row])), search, one)
            assert_same(alone[0], together[row])
        other = run(decoder, memory, search, Sentences(limits, seeds=[s + 10 for s in seed]))
        assert words_of(other) != words_of(together)

    def test_the_first_of_several_is_the_one_drawn_alone(self) -> None:
        one, three = (chances([7, 8], [40, 3], texts, torch.device("cpu")) for texts in (1, 3))
        assert torch.equal(one, three[::3])
        assert (three[3:, 3:] == 0).all()
        assert three[0].unique().numel() == 40

    def test_tokens_come_as_often_as_they_should(self) -> None:
        p = torch.tensor([0.0, 0.5, 0.1, 0.4])
        chance = (torch.arange(1000) + 0.5) / 1000
        log_p = p.log().expand(1000, -1)

        def shares(**asked: Any) -> list[float]:
            settings: dict[str, Any] = {"temperature": 1.0} | asked
            drawn = draw(log_p, Search(**settings), chance)
            return (drawn.bincount(minlength=4) / 1000).tolist()

        assert shares() == pytest.approx([0, 0.5, 0.1, 0.4], abs=2e-3)
        assert shares(top_k=2) == pytest.approx([0, 5 / 9, 0, 4 / 9], abs=2e-3)
        assert shares(top_p=0.49) == [0, 1, 0, 0]
        assert shares(top_p=0.51) == pytest.approx([0, 5 / 9, 0, 4 / 9], abs=2e-3)
        assert shares(top_p=0.0) == [0, 1, 0, 0]
        assert shares(top_k=2, top_p=0.52) == [0, 1, 0, 0]  # 5 / 9 of what top k leaves
        flat = [x**0.5 for x in (0.5, 0.1, 0.4)]
        flat = [x / sum(flat) for x in flat]
        assert shares(temperature=2.0) == pytest.approx([0, *flat], abs=2e-3)

    def test_cold_it_is_greedy(self) -> None:
        decoder = TableDecoder(8)
        cold = run(
            decoder, decoder.memory(3), Search(temperature=1e-3), Sentences([9] * 3, seeds=[1] * 3)
        )
        assert words_of(cold) == words_of(
            run(decoder, decoder.memory(3), GREEDY, Sentences([9] * 3))
        )


class TestTheValue:
    @pytest.mark.parametrize(
        ("asked", "text"),
        [
            ({"coverage_penalty": -0.1}, "coverage_penalty must lie between 0 and 10; got -0.1."),
            (
                {"length_formula": "gnmt"},
                "length_formula must be one of wu, average, none; got 'gnmt'.",
            ),
            ({"min_length": -1}, "min_length must be a whole number from 0 to 10,000; got -1."),
            ({"min_length": 5, "max_length": 4}, "min_length=5 is more than max_length=4."),
            ({"temperature": -1}, "temperature must lie between 0 and 100; got -1."),
            ({"top_p": 1.1}, "top_p must lie between 0 and 1; got 1.1."),
            ({"beam": True}, "beam must be a whole number from 1 to 1,000; got True."),
            ({"top_k": 1.5}, "top_k must be a whole number from 0 to 1,000,000,000; got 1.5."),
            ({"banned": "cat"}, "banned must be a list of texts, as in [text]; got 'cat'."),
            ({"banned": [3]}, "banned must contain only texts; got 3."),
            (
                {"prefix": "a\udcff"},
                r"prefix must be text; 'a\udcff' has half of a surrogate pair.",
            ),
            (
                {"banned": ["a", "\ud800"]},
                r"banned must be text; '\ud800' has half of a surrogate pair.",
            ),
            ({"prefix": 3}, "prefix must be one text or a list of texts, as in [text]; got 3."),
        ],
    )
    def test_what_it_refuses(self, asked: dict[str, Any], text: str) -> None:
        with pytest.raises(ConfigError) as caught:
            Search(**asked)
        assert str(caught.value) == text

    def test_prefixes_are_one_or_as_many_as_sources(self) -> None:
        assert Search(prefix="a").prefixes(2) == ["a", "a"]
        several = Search(prefix=["a", "b", "c"])
        assert several.prefixes(3) == ("a", "b", "c")
        assert several.part(slice(1, 3)).prefix == ("b", "c")
        with pytest.raises(ConfigError, match=r"one for each source; got 3 for 2 sources\.$"):
            several.prefixes(2)

    def test_several_may_be_drawn_without_a_beam(self) -> None:
        assert Search(beam=1, nbest=7, temperature=1.0).nbest == 7

    def test_it_says_what_was_changed(self) -> None:
        assert Search().changed() == {}
        assert Search(beam=2, banned=["a"]).changed() == {"beam": 2, "banned": ("a",)}

    def test_limits_by_ratio_and_by_number(self) -> None:
        assert Search(max_ratio=1.5).limit(5) == 17
        assert Search(max_ratio=1.5, max_length=12).limit(5) == 12


def test_near_equals_that_change_ranks_are_drawn_as_before() -> None:
    """As by the roundings of a batch of another size."""
    torch.manual_seed(0)
    log_p = torch.full((500, 40), 1 / 40).log()
    chance = torch.rand(500)
    one, other = (
        draw(log_p + 1e-7 * torch.randn(500, 40), Search(temperature=1.0), chance) for _ in range(2)
    )
    assert (one == other).all()
    assert (one == (chance * 40).long()).all()
