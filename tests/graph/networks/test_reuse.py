"""Finding questions that repeat the words of others."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.networks import reuse
from graph.networks.overlap import candidates, nearest
from graph.networks.runs import code, shared
from graph.networks.wording import distance, similarity, split, words

VOCABULARY = [f"mot{index}" for index in range(3000)]


def _slow_distance(a: list[str], b: list[str]) -> int:
    """Compute the edit distance by its definition, cell by cell."""
    above = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (word != other)))
        above = row
    return above[-1]


def _text(rng: np.random.Generator, length: int = 120) -> list[str]:
    """Draw words with frequencies as in a language: few common, many rare."""
    chance = 1 / np.arange(1, len(VOCABULARY) + 1)
    return [VOCABULARY[index] for index in rng.choice(len(VOCABULARY), length, p=chance / chance.sum())]


def _edited(rng: np.random.Generator, text: list[str], share: float) -> list[str]:
    """Replace, drop or insert words at random places."""
    edited: list[str] = []
    for word in text:
        kind = rng.integers(3) if rng.random() < share else 3
        if kind == 0:
            edited.append(VOCABULARY[rng.integers(len(VOCABULARY))])
        elif kind == 1:
            edited += [VOCABULARY[rng.integers(len(VOCABULARY))], word]
        elif kind == 3:
            edited.append(word)
    return edited


letters = st.lists(st.sampled_from("abcd"), max_size=80)


@given(letters, letters)
def test_the_distance_is_that_of_its_definition(a: list[str], b: list[str]) -> None:
    assert distance(a, b) == _slow_distance(a, b)


@given(letters, letters)
def test_the_similarity_is_symmetric_between_nothing_and_all(a: list[str], b: list[str]) -> None:
    assert similarity(a, b) == similarity(b, a)
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, a) == 1


@given(st.lists(letters, max_size=6), st.integers(2, 20))
def test_the_runs_that_texts_share_are_the_same_in_any_number_of_parts(texts: list[list[str]], parts: int) -> None:
    kept = list(range(len(texts)))
    own = [{tuple(text[i : i + 3]) for i in range(len(text) - 2)} for text in texts]
    whole, split = (shared(code(texts), kept, parts=number) for number in (1, parts))
    assert whole.size.tolist() == split.size.tolist() == [len(runs) for runs in own]
    for found in (whole, split):
        bundles = np.split(found.owner, found.offsets[1:-1]) if len(found.weight) else []
        groups = sorted(b.tolist() for b, weight in zip(bundles, found.weight, strict=True) for _ in range(weight))
        every = {run for runs in own for run in runs}
        expected = ([i for i, runs in enumerate(own) if run in runs] for run in every)
        assert groups == sorted(owners for owners in expected if len(owners) > 1)


@given(st.text(max_size=200))
def test_words_are_split_as_the_pattern_says(text: str) -> None:
    assert split(text) == re.findall(r"\w+", text)


@given(letters, letters, st.integers(0, 30))
def test_a_distance_above_the_most_wanted_is_above_it_whatever_it_is(a: list[str], b: list[str], most: int) -> None:
    assert min(distance(a, b, most=most), most + 1) == min(_slow_distance(a, b), most + 1)


def test_partitions_change_no_pair() -> None:
    texts, _ = _corpus(np.random.default_rng(12), 0.1)
    assert reuse.find(texts, parts=17).pairs == reuse.find(texts).pairs


def _corpus(rng: np.random.Generator, share: float) -> tuple[list[str], list[tuple[int, int]]]:
    """Draw 260 texts, and 40 edited copies of the first of them."""
    originals = [_text(rng) for _ in range(260)]
    copies = [_edited(rng, originals[index], share) for index in range(40)]
    return [" ".join(text) for text in originals + copies], [(index, 260 + index) for index in range(40)]


@pytest.mark.parametrize(("share", "recall"), [(0.0, 1.0), (0.05, 1.0), (0.15, 1.0), (0.25, 0.9)])
def test_planted_copies_are_found_and_nothing_else(share: float, recall: float) -> None:
    texts, planted = _corpus(np.random.default_rng(int(share * 100)), share)
    found = {(pair.earlier, pair.later) for pair in reuse.find(texts).pairs}
    assert found <= set(planted)
    assert len(found) >= recall * len(planted)


def test_the_pairs_are_those_of_a_brute_force_over_three_hundred_texts() -> None:
    texts, _ = _corpus(np.random.default_rng(9), 0.1)
    spoken = [words(text) for text in texts]
    sure = {
        (i, j)
        for i in range(len(spoken))
        for j in range(i + 1, len(spoken))
        if len(set(spoken[i]) & set(spoken[j])) > 0.5 * min(len(set(spoken[i])), len(set(spoken[j])))
        and similarity(spoken[i], spoken[j]) >= reuse.SIMILAR
    }
    found = reuse.find(texts).pairs
    assert {(pair.earlier, pair.later) for pair in found} == sure
    for pair in found[:10]:
        a, b = spoken[pair.earlier], spoken[pair.later]
        assert pair.similarity == 1 - _slow_distance(a, b) / max(len(a), len(b))


def test_the_overlap_of_runs_is_counted_exactly() -> None:
    a, b = "un deux trois quatre cinq six sept huit", "un deux trois quatre cinq six sept neuf dix"
    [pair] = reuse.find([a, b]).pairs
    assert pair.jaccard == 5 / (6 + 7 - 5)
    assert pair.in_later == 5 / 6
    assert pair.in_earlier == 5 / 7
    assert pair.similarity == pytest.approx(7 / 9)
    assert pair.kind == "similar"


def test_the_day_of_publication_says_which_is_the_earlier() -> None:
    text = "les abeilles meurent dans toutes les vallées de ce pays"
    [pair] = reuse.find([text, text + " encore"], days=[20, 10]).pairs
    assert (pair.earlier, pair.later, pair.directed) == (1, 0, True)
    assert pair.in_later == 8 / 9
    [same_day] = reuse.find([text, text], days=[10, 10]).pairs
    assert (same_day.earlier, same_day.later, same_day.directed) == (0, 1, False)


def test_of_exact_copies_the_earliest_is_the_one_that_all_others_repeat() -> None:
    text = "les abeilles meurent dans toutes les vallées de ce pays"
    found = reuse.find([text, text, text + " encore", text], days=[30, 10, 20, 10]).pairs
    told = {(pair.earlier, pair.later): pair.directed for pair in found}
    assert told == {(1, 0): True, (1, 2): True, (1, 3): False}


def test_a_text_without_a_day_is_never_the_earlier() -> None:
    text = "les abeilles meurent dans toutes les vallées de ce pays"
    found = reuse.find([text, text, text], days=[None, 10, None]).pairs
    assert [(pair.earlier, pair.later, pair.directed) for pair in found] == [(1, 0, False), (1, 2, False)]


def test_a_campaign_larger_than_the_cap_of_common_runs_is_one_cluster() -> None:
    rng = np.random.default_rng(1)
    letter = _text(rng)
    texts = [" ".join(_edited(rng, letter, 0.02)) for _ in range(90)] + [" ".join(_text(rng)) for _ in range(30)]
    found = reuse.find(texts)
    assert [len(cluster.members) for cluster in found.clusters] == [90]
    assert found.cluster_of[90:].tolist() == list(range(90, 120))


def _recycled(rng: np.random.Generator, count: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Draw texts of sentences that hundreds of them share, and 20 copies with other ends."""
    sentences = [" ".join(_text(rng, 20)) for _ in range(60)]
    drawn: list[list[int]] = [rng.permutation(60)[:12].tolist() for _ in range(count)]
    texts = [" ".join(sentences[at] for at in chosen) for chosen in drawn]
    copies = [f"{text} {' '.join(_text(rng, 20))}" for text in texts[:20]]
    return texts + copies, [(index, count + index) for index in range(20)]


def test_texts_of_the_same_sentences_in_other_order_hide_no_copy() -> None:
    texts, planted = _recycled(np.random.default_rng(5), 1500)
    found = reuse.find(texts)
    assert {(pair.earlier, pair.later) for pair in found.pairs} >= set(planted)
    assert (found.complete, found.omitted) == (reuse.LEAST, 0)


def test_a_search_with_little_work_says_from_which_overlap_it_is_complete() -> None:
    texts, planted = _recycled(np.random.default_rng(5), 1500)
    coded = code(words(text) for text in texts)
    kept = list(range(len(texts)))
    runs, lengths = shared(coded, kept), np.diff(coded.offsets)
    exact = candidates(runs, lengths, least=0.2, ratio=0.7)
    steps = [0.0]
    hasty = candidates(runs, lengths, least=0.2, ratio=0.7, work=1_500_000, progress=steps.append)
    hardly = candidates(runs, lengths, least=0.2, ratio=0.7, work=1)
    whole = set(zip(exact.first.tolist(), exact.second.tolist(), strict=True))
    overlap = exact.common / (runs.size[exact.first] + runs.size[exact.second] - exact.common)
    assert exact.complete == 0.2
    assert hasty.complete is not None
    assert hasty.complete > 0.2
    sure = overlap >= hasty.complete
    found = set(zip(hasty.first.tolist(), hasty.second.tolist(), strict=True))
    assert set(zip(exact.first[sure].tolist(), exact.second[sure].tolist(), strict=True)) <= found <= whole
    assert set(planted) <= found
    assert hardly.complete is None
    assert steps == sorted(steps)
    assert steps[-1] == 1


def test_a_text_with_too_many_neighbours_keeps_thenearest_and_some_of_the_others() -> None:
    rows = np.repeat(np.arange(3), [5, 40, 2])
    bound = np.concatenate([np.full(5, 0.5), np.linspace(1, 0.3, 40), np.full(2, 0.9)])
    chosen = nearest(rows, bound, most=8)
    assert np.bincount(rows[chosen]).tolist() == [5, 8, 2]
    assert bound[chosen][rows[chosen] == 1][:4].tolist() == bound[5:9].tolist()


def test_words_that_all_texts_share_count_where_two_share_more() -> None:
    """The shared opening is too common to search by, yet without it the two would seem too unlike."""
    rng = np.random.default_rng(6)
    opening = " ".join(f"commun{index}" for index in range(20))
    texts = [f"{opening} {' '.join(_text(rng, 60))}" for _ in range(80)]
    own = _text(rng, 60)
    texts += [f"{opening} {' '.join(own)}", f"{opening} {' '.join(own[:50] + _text(rng, 10))}"]
    assert [(pair.earlier, pair.later) for pair in reuse.find(texts, least=0.5).pairs] == [(80, 81)]


def test_a_chain_joins_unlike_ends_and_says_how_unlike() -> None:
    rng = np.random.default_rng(3)
    chain = [_text(rng, 200)]
    for _ in range(4):
        chain.append(_edited(rng, chain[-1], 0.15))
    [cluster] = reuse.find([" ".join(text) for text in chain]).clusters
    assert cluster.members == (0, 1, 2, 3, 4)
    assert reuse.SIMILAR <= cluster.least < cluster.median


def test_exact_copies_rejoin_their_cluster() -> None:
    text = "les abeilles meurent dans toutes les vallées de ce pays depuis dix ans"
    found = reuse.find([text, "autre chose", text + " déjà", text, text])
    assert found.cluster_of.tolist() == [0, 1, 0, 0, 0]
    assert [(pair.earlier, pair.later) for pair in found.pairs] == [(0, 2), (0, 3), (0, 4)]


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["un"], ["un deux", "deux un"]], ids=str)
def test_texts_too_short_to_compare_stand_alone(texts: list[str]) -> None:
    found = reuse.find(texts)
    assert found.pairs == ()
    assert found.cluster_of.tolist() == list(range(len(texts)))


def test_the_order_of_texts_changes_no_pair() -> None:
    texts, _ = _corpus(np.random.default_rng(4), 0.1)
    last = len(texts) - 1
    forth = {(pair.earlier, pair.later, pair.similarity) for pair in reuse.find(texts).pairs}
    back = {(last - pair.later, last - pair.earlier, pair.similarity) for pair in reuse.find(texts[::-1]).pairs}
    assert forth == back


def test_groups_dealt_anew_say_whether_reuse_keeps_within_groups() -> None:
    groups = np.repeat([0, 1, 2], 20)
    inside = [(i, i + 1) for i in range(0, 60, 2)]
    found = reuse.within(inside, groups, trials=99)
    assert found.observed == 1.0
    assert found.p == pytest.approx(0.01)
    rng = np.random.default_rng(0)
    anywhere = [tuple(rng.choice(60, 2, replace=False).tolist()) for _ in range(60)]
    assert reuse.within([(a, b) for a, b in anywhere], groups, trials=99).p > 0.01


HAURY = """M. Haury interroge M. le ministre de l&#8217;économie sur la problématique des centres d’appels.
Il le prie de bien vouloir lui indiquer si le Gouvernement agira."""
HEALTH = """Mme A attire l'attention de Mme la ministre de la santé au\u00a0sujet de la Vallée.
Elle lui demande donc quelles mesures seront prises."""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (HAURY, "la problématique des centres d appels si le gouvernement agira"),
        (HEALTH, "de la vallée quelles mesures seront prises"),
        ("La pêche au cœur du débat.", "la pêche au coeur du débat"),
    ],
    ids=["address and prayer", "address and demand", "neither"],
)
def test_the_address_and_the_polite_opening_go(text: str, left: str) -> None:
    assert " ".join(words(text)) == left
