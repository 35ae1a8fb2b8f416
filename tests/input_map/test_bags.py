import pytest
import torch

from memnn.input_map.bags import BagEncoder, Layout, Squash, bag_features
from memnn.text.vocabulary import NIL, UNKNOWN

WORDS = torch.tensor([[2, 3, 4, 2, 3], [5, 2, 3, NIL, NIL], [2, UNKNOWN, 3, 4, NIL], [NIL] * 5])
VOCAB = 7


def grams(words, length):
    """The n-grams of a sentence, as tuples of words."""
    return [
        tuple(words[i : i + length])
        for i in range(len(words) - length + 1)
        if all(word > UNKNOWN for word in words[i : i + length])
    ]


def test_features_are_the_words_and_the_ngrams_without_unknown_words():
    features = bag_features(WORDS, VOCAB, 3, 1 << 40)
    ids = {}
    for row, words in zip(features.tolist(), WORDS.tolist()):
        assert row[:5] == words
        found = [f for f in row[5:] if f != NIL]
        expected = grams(words, 2) + grams(words, 3)
        assert len(found) == len(expected)
        for feature, gram in zip(found, expected):
            assert feature >= VOCAB
            assert ids.setdefault(gram, feature) == feature
    assert len(set(ids.values())) == len(ids)  # different n-grams, different ids


def test_buckets_bound_the_ids():
    features = bag_features(WORDS, VOCAB, 3, 4)
    assert features.max() < VOCAB + 4


def test_a_sentence_shorter_than_the_ngrams():
    assert bag_features(torch.tensor([[2]]), VOCAB, 3, 8).tolist() == [[2]]


@pytest.mark.parametrize("buckets", [16, 2048])
@pytest.mark.parametrize("contexts", [False, True])
def test_a_fact_is_the_sum_of_its_features(contexts, buckets):
    encoder = (
        BagEncoder(VOCAB, Layout(2), ngrams=2, ngram_weight=0.5, buckets=buckets, contexts=contexts)
        .double()
        .eval()
    )
    with torch.no_grad():
        encoder.fact_ngrams.normal_()
        encoder.facts[UNKNOWN] = 9.0 if contexts else 0.0  # of no use where an unknown word has neighbours
    features = bag_features(WORDS, VOCAB, 2, buckets)
    for row, vector in zip(range(4), encoder.encode_facts(WORDS)):
        expected = torch.zeros(10).double()
        for feature in features[row].tolist():
            if feature in (NIL, UNKNOWN):
                continue
            expected = expected + (
                encoder.facts[feature] if feature < VOCAB else 0.5 * encoder.fact_ngrams[feature - VOCAB]
            )
        if contexts and row == 2:  # 2, unknown, 3: left of it stands 2, right of it 3
            expected = expected + encoder.fact_sides[2] + encoder.fact_sides[VOCAB + 3]
        torch.testing.assert_close(vector, expected)


def test_a_large_vocabulary_without_ngrams():
    encoder, words = BagEncoder(3000, Layout(2)), torch.tensor([[2999, 5, 5, NIL], [NIL] * 4])
    torch.testing.assert_close(encoder.encode_facts(words)[0], encoder.facts[[2999, 5, 5]].sum(0))
    assert not encoder.encode_facts(words)[1].any()
    encoder.encode_facts(words).sum().backward()
    assert encoder.facts.grad.nonzero()[:, 0].unique().tolist() == [5, 2999]


def test_questions_have_dictionaries_of_their_own():
    encoder = BagEncoder(VOCAB, Layout(2))
    torch.testing.assert_close(
        encoder.encode_question(torch.tensor([[4, 5]]))[0], encoder.questions[[4, 5]].sum(0)
    )


def test_an_unseen_ngram_says_nothing():
    torch.manual_seed(1)
    encoder = BagEncoder(VOCAB, Layout(2), ngrams=3)
    forward, backward = encoder.encode_facts(torch.tensor([[2, 3, 4], [4, 3, 2]]))
    torch.testing.assert_close(forward, backward)


def test_the_layout_takes_apart_what_the_encoder_wrote():
    encoder = BagEncoder(VOCAB, Layout(2, sets=VOCAB, words=4))
    facts, questions = encoder.encode_facts(WORDS), encoder.encode_question(WORDS[:, :3])
    assert facts.shape[1] == encoder.width
    candidate, read, last, sets, words = encoder.layout.split_fact(facts)
    vectors = encoder.facts[WORDS].sum(1)
    for part, place in ((candidate, slice(0, 2)), (read, slice(2, 6)), (last, slice(6, 10))):
        torch.testing.assert_close(part[0], vectors[0, place])
    assert sets[2].tolist() == [0, 0, 1, 1, 1, 0, 0]
    assert torch.equal(words, WORDS[:, :4].float())  # the fifth word is left out
    asked, sets, words = encoder.layout.split_question(questions)
    assert asked.shape == (4, 4)
    assert sets[1].tolist() == [0, 0, 1, 1, 0, 1, 0]
    assert words[0].tolist() == [2, 3, 4, NIL]


def test_strangers_are_told_apart_in_sets_and_order_alone():
    encoder = BagEncoder(VOCAB, Layout(2, sets=VOCAB + 3, words=3), ngrams=2, contexts=True)
    with torch.no_grad():
        encoder.fact_ngrams.normal_()
    told = torch.tensor([[2, VOCAB, 3], [2, VOCAB + 2, 3], [2, UNKNOWN, 3]])
    parts = encoder.layout.split_fact(encoder.encode_facts(told))
    for vectors in parts[:3]:
        assert torch.equal(vectors[0], vectors[1]) and torch.equal(vectors[0], vectors[2])
        assert vectors[0].any()
    assert [row.nonzero().flatten().tolist() for row in parts[3]] == [[2, 3, 7], [2, 3, 9], [2, 3]]
    assert torch.equal(parts[4], told.float())


def test_squash():
    squash, vectors = Squash(3, True), torch.randn(2, 3)
    torch.testing.assert_close(squash(vectors), torch.tanh(torch.tanh(vectors) @ squash.weight.T))
    assert Squash(3, False)(vectors) is vectors
