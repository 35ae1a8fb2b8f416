import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from memnn.output_map.hashing import ClusterHash, WordHash, hard_read
from memnn.text.vocabulary import NIL, UNKNOWN

VOCAB = 12
sentences = st.lists(st.integers(0, VOCAB - 1), max_size=5)
memories = st.lists(sentences, max_size=12)
KNOWN = range(2, VOCAB)


def clusters(probes, seed=0):
    rng = np.random.default_rng(seed)
    return np.stack([rng.permutation(4)[:probes] for _ in range(VOCAB)])


def naive(facts, groups, limit):
    """Each group as a set of slots, each fact's worth as a sum: no arrays, no index."""
    groups = [group for group in groups if group]
    worth = {}
    for group in groups:
        for slot in group:
            worth[slot] = worth.get(slot, 0) + math.log(1 + len(facts) / len(group))
    if limit is None or sum(map(len, groups)) <= limit or len(worth) <= limit:
        return sorted(worth)
    levels = sorted({round(w, 5) for w in worth.values()}, reverse=True)
    chosen = []
    for level in levels:
        more = [slot for slot, w in worth.items() if round(w, 5) == level]
        if chosen and len(chosen) + len(more) > limit:
            break
        chosen += more
    return sorted(chosen)


def word_groups(facts, question):
    return [
        {slot for slot, fact in enumerate(facts) if word in fact} for word in set(question) if word in KNOWN
    ]


def cluster_groups(facts, question, table):
    looked = {tuple(table[word]) for word in question if word in KNOWN}
    return [
        {s for s, fact in enumerate(facts) if any(w in KNOWN and table[w, 0] in looks for w in fact)}
        for looks in looked
    ]


def padded(facts):
    table = np.full((len(facts), 5), NIL)
    for row, fact in zip(table, facts):
        row[: len(fact)] = fact
    return table


@settings(max_examples=300)
@given(memories, memories, sentences, st.one_of(st.none(), st.integers(1, 10)), st.integers(1, 3))
def test_candidates_are_those_of_sets(first, then, question, limit, probes):
    table = clusters(probes)
    words, by_cluster = WordHash(), ClusterHash(table)
    for hashed in (words, by_cluster):
        hashed.add_all(padded(first))
        assert [hashed.add(fact) for fact in then] == list(range(len(first), len(first) + len(then)))
        assert len(hashed) == len(first + then)
    facts = first + then
    assert words.candidates(question, limit).tolist() == naive(facts, word_groups(facts, question), limit)
    found = by_cluster.candidates(question, limit).tolist()
    assert found == naive(facts, cluster_groups(facts, question, table), limit)


def test_one_by_one_is_all_at_once_for_a_memory_that_is_merged_several_times():
    rng = np.random.default_rng(0)
    facts = rng.integers(0, 300, (20_000, 4))
    slow, fast = WordHash(), WordHash()
    for fact in facts.tolist():
        slow.add(fact)
    for some in np.array_split(facts, 3):
        fast.add_all(some)
    for question in rng.integers(0, 300, (50, 3)).tolist():
        for limit in (None, 10, 200):
            np.testing.assert_array_equal(slow.candidates(question, limit), fast.candidates(question, limit))


def test_a_fact_of_two_of_the_words_comes_before_the_facts_of_one():
    words = WordHash()
    who, wrote, of, book = 2, 3, 4, 5
    words.add_all(np.array([[wrote, of]] * 50 + [[book, of]] * 3 + [[book, wrote]]))
    assert words.candidates([who, wrote, book], limit=1).tolist() == [53]
    assert words.candidates([who, wrote, book], limit=4).tolist() == [50, 51, 52, 53]
    assert len(words.candidates([who, wrote, book])) == 54


def test_a_group_alone_is_opened_however_large():
    words = WordHash()
    words.add_all(np.full((9, 1), 7))
    assert words.candidates([7], limit=3).tolist() == list(range(9))


def test_empty_memory_and_words_nobody_knows():
    words, by_cluster = WordHash(), ClusterHash(clusters(2))
    for hashed in (words, by_cluster):
        assert not len(hashed.candidates([2, 3], 5))
        hashed.add([UNKNOWN, NIL, 2])
        hashed.add([UNKNOWN, NIL])
        hashed.add_all(np.array([[UNKNOWN, NIL, 3]]))
        hashed.add_all(np.zeros((0, 3), dtype=np.int64))
        assert not len(hashed.candidates([UNKNOWN, NIL]))
        assert not len(hashed.candidates([]))
    assert not len(words.candidates([10**6]))
    assert words.candidates([3]).tolist() == [2]


def test_a_synonym_is_found_by_cluster_and_not_by_word():
    car, automobile, banana = 2, 3, 4
    words, by_cluster = WordHash(), ClusterHash(np.array([[0], [0], [1], [1], [2]]))
    for hashed in (words, by_cluster):
        hashed.add([banana])
        hashed.add([car])
    assert words.candidates([automobile]).tolist() == []
    assert by_cluster.candidates([automobile]).tolist() == [1]


@pytest.mark.parametrize("chosen", [None, [0, 2, 5, 7]])
def test_hard_read_is_the_argmax(chosen):
    torch.manual_seed(0)
    for _ in range(20):
        query, keys = torch.randn(3), torch.randn(9, 3)
        scores = {slot: float(query @ keys[slot]) for slot in (range(9) if chosen is None else chosen)}
        candidates = None if chosen is None else np.array(chosen, dtype=np.int32)
        assert hard_read(query, keys, candidates) == max(scores, key=scores.get)


def test_hard_read_of_nothing_is_none():
    query = torch.randn(3)
    assert hard_read(query, torch.zeros(0, 3)) is None
    assert hard_read(query, torch.randn(4, 3), np.zeros(0, dtype=np.int32)) is None
