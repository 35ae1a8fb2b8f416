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
    added = match(vector, query.double(), memories.double(), torch.zeros(3, 2, dtype=torch.long))
    for (row, fact), words in shared.items():
        weights = [match.weight[0] if matching == "score" else vector[row] @ match.weight[w] for w in words]
        torch.testing.assert_close(added[row, fact], sum(weights, torch.zeros(()).double()))


def test_starts_at_nothing():
    words = torch.full((4, 6), 6)
    for strangers in (0, 2):
        match, sets = Match(5, 3, "features", strangers), torch.ones(4, 5 + strangers)
        assert not match(torch.randn(2, 3), sets[:2], sets, words).any()


def test_a_shared_stranger_adds_what_all_have_in_common_and_the_words_beside_it():
    """Words 5 to 7 are strangers: 5 is asked for by both, 6 by the second question alone."""
    match = Match(5, 3, "features", 3).double()
    with torch.no_grad():
        match.weight.normal_(), match.sides.normal_()
    vector = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    questions = torch.tensor([[2, 5], [5, 6]])
    facts = torch.tensor([[2, 5, 3], [5, 6, NIL], [6, 2, 5], [7, 2, 7], [5, UNKNOWN, 5], [NIL] * 3])
    added = match(vector, word_sets(questions, 8).double(), word_sets(facts, 8).double(), facts)
    expected = torch.zeros(2, 6, dtype=torch.float64)
    for row, question in enumerate(questions.tolist()):
        for column, fact in enumerate(facts.tolist()):
            vectors = [match.weight[min(word, 5)] for word in {*question} & {*fact} - {NIL, UNKNOWN}]
            for place, word in enumerate(fact):
                if word >= 5 and word in question:
                    beside = [([NIL, *fact, NIL][place + step], step) for step in (0, 2)]
                    vectors += [match.sides[w + 5 * (step > 0)] for w, step in beside if 1 < w < 5]
            expected[row, column] += sum((vector[row] @ v for v in vectors), torch.zeros(()).double())
    torch.testing.assert_close(added, expected)
    leaves = (vector, match.weight, match.sides)
    ours, theirs = (torch.autograd.grad(each.sin().sum(), leaves) for each in (added, expected))
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a, b)


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


def test_marked_pairs_do_not_tell_strangers_apart_that_were_not_asked_for():
    """Words 10 and 11 are strangers, and the pair of one asked for is that of any word asked for."""
    question, fact = torch.tensor([[8, 2]] * 2), torch.tensor([[2, 5, 10], [2, 5, 11]])
    one, other = marked_pairs(question, fact, 10, 1 << 40)
    assert torch.equal(one, other) and (one < 1 << 40).sum() == 2
    named = marked_pairs(torch.tensor([[8, 10]]), torch.tensor([[10, 5, 3]]), 10, 64)
    assert torch.equal(named, marked_pairs(torch.tensor([[8, 2]]), torch.tensor([[2, 5, 3]]), 10, 64))


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
