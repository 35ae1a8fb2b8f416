import pytest
import torch

from memnn.input_map.match import MarkedPairs, Match, marked_pairs, word_sets
from memnn.text.vocabulary import NIL, UNKNOWN


def test_sets_hold_each_known_word_once():
    words = torch.tensor([[2, 4, 2, NIL], [UNKNOWN, 3, NIL, NIL], [NIL] * 4])
    assert word_sets(words, 5).tolist() == [[0, 0, 1, 0, 1], [0, 0, 0, 1, 0], [0, 0, 0, 0, 0]]


@pytest.mark.parametrize("matching", ["score", "features"])
def test_every_shared_word_adds_its_weight(matching):
    match = Match(5, 3, matching).double()
    with torch.no_grad():
        match.weight.normal_()
    vector = torch.randn(2, 3).double()
    query, memories = (
        word_sets(torch.tensor([[2, 3], [4, 4]]), 5),
        word_sets(torch.tensor([[3, 2], [2, 4], [3, 3]]), 5),
    )
    shared = {(0, 0): (2, 3), (0, 1): (2,), (0, 2): (3,), (1, 0): (), (1, 1): (4,), (1, 2): ()}
    added = match(vector, query.double(), memories.double())
    for (row, fact), words in shared.items():
        weights = [match.weight[0] if matching == "score" else vector[row] @ match.weight[w] for w in words]
        torch.testing.assert_close(added[row, fact], sum(weights, torch.zeros(()).double()))


def test_starts_at_nothing():
    assert not Match(5, 3, "features")(torch.randn(2, 3), torch.ones(2, 5), torch.ones(4, 5)).any()


def naive_pairs(question, fact):
    """The pairs with a word of the question, as (token, token), words asked for being their place."""
    tokens = [
        ("place", question.index(word)) if word > UNKNOWN and word in question else ("word", word)
        for word in fact
    ]
    return [
        (tokens[i], tokens[j])
        for i in range(len(fact))
        for j in range(i + 1, len(fact))
        if min(fact[i], fact[j]) > UNKNOWN and "place" in (tokens[i][0], tokens[j][0])
    ]


def test_marked_pairs_are_the_pairs_with_a_word_asked_for():
    questions = torch.tensor([[2, 3, 4, 5], [6, 4, 4, NIL], [2, UNKNOWN, NIL, NIL], [2, 3, NIL, NIL]])
    facts = torch.tensor(
        [[4, 6, 3, 7, 2], [4, 6, 9, NIL, NIL], [UNKNOWN, 2, 3, NIL, NIL], [5, 6, NIL, NIL, NIL]]
    )
    buckets, ids = 1 << 40, {}
    for question, fact, found in zip(
        questions.tolist(), facts.tolist(), marked_pairs(questions, facts, 10, buckets).tolist()
    ):
        found = [pair for pair in found if pair != buckets]
        expected = naive_pairs(question, fact)
        assert len(found) == len(expected)
        for pair, name in zip(found, expected):
            assert ids.setdefault(name, pair) == pair
    assert len(set(ids.values())) == len(ids)


def test_marked_pairs_do_not_know_the_word_asked_for():
    """'the 2 is north of the 3', asked about 2, has the pairs of 'the 4 is north of the 3', asked about 4."""
    question, fact = torch.tensor([[8, 2]]), torch.tensor([[2, 5, 3]])
    other = marked_pairs(question.where(question != 2, 4), fact.where(fact != 2, 4), 10, 64)
    assert torch.equal(marked_pairs(question, fact, 10, 64), other)


def test_marked_pairs_are_added_up():
    pairs = MarkedPairs(10, 3, 16)
    question, fact = torch.tensor([[2, 3], [9, 9]]), torch.tensor([[2, 5, 3], [2, 5, 3]])
    with torch.no_grad():
        pairs.vectors.normal_()
    ids = marked_pairs(question[:1], fact[:1], 10, 16)[0]
    assert len(ids) == 3
    torch.testing.assert_close(
        pairs(question, fact), torch.stack([pairs.vectors[ids].sum(0), torch.zeros(3)])
    )
