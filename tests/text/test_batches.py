import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from memnn.story import Story
from memnn.text.batches import StoryTensors, count_words, cut_batches
from memnn.text.tokenizer import tokenize
from memnn.text.vocabulary import NIL, UNKNOWN, Vocabulary

STORIES = [
    Story(("a b.", "c.", "a b."), "who?", ("x",), supporting=(2, 0)),
    Story((), "where is c?", ("never seen in training",)),
    Story(("c.", "d e f."), "who?", ("y",), supporting=(1,)),
]
VOCABULARY = Vocabulary.of_stories(STORIES[::2])


def words(ids):
    return [VOCABULARY.words[i] for i in ids if i != NIL]


def told(batch, row):
    """A story read back from the tensors."""
    return [words(batch.facts[slot]) for slot, there in zip(batch.slots[row], batch.mask[row]) if there]


def test_a_batch_holds_the_stories():
    batch = StoryTensors(STORIES, VOCABULARY).batch(np.arange(3))
    assert [told(batch, row) for row in range(3)] == [
        [["a", "b"], ["c"], ["a", "b"]],
        [],
        [["c"], ["d", "e", "f"]],
    ]
    assert batch.mask.tolist() == [[True] * 3, [False] * 3, [False, True, True]]  # padded in front
    assert len(batch.facts) == 3  # each distinct sentence once
    assert words(batch.question[2]) == ["who"]
    assert batch.answer.tolist() == [VOCABULARY.id("x"), UNKNOWN, VOCABULARY.id("y")]
    assert batch.supporting.tolist() == [[2, 0], [-1, -1], [2, -1]]


def test_capacity_keeps_the_newest_facts():
    batch = StoryTensors(STORIES, VOCABULARY, capacity=2).batch(np.array([0]))
    assert told(batch, 0) == [["c"], ["a", "b"]]
    assert batch.supporting.tolist() == [[1, -1]]  # the oldest was forgotten


def test_a_batch_is_as_wide_as_its_longest_story():
    assert StoryTensors(STORIES, VOCABULARY).batch(np.array([1])).slots.shape == (1, 0)
    assert StoryTensors(STORIES, VOCABULARY).batch(np.array([2])).facts.shape[1] == 3


@pytest.mark.parametrize("pool", [1, 2])
def test_an_epoch_has_every_story_once(pool):
    tensors = StoryTensors([Story(("c.",) * n, "who?", ("x",)) for n in range(7)], VOCABULARY)
    for rng in (None, np.random.default_rng(0)):
        lengths = [int(n) for batch in cut_batches(tensors, 3, rng, pool) for n in batch.mask.sum(1)]
        assert sorted(lengths) == list(range(7))
    again = [batch.slots.shape for batch in cut_batches(tensors, 3, np.random.default_rng(5), pool)]
    assert again == [batch.slots.shape for batch in cut_batches(tensors, 3, np.random.default_rng(5), pool)]


def test_words_are_counted_by_their_place():
    counts = count_words(torch.tensor([[2, 3, 3, 0], [0, 0, 0, 0]]), 4)  # J = 3
    assert counts.spoken is None
    early, late = counts.amounts.chunk(2, 1)  # sums of 1 - j/J and of 2j/J - 1
    torch.testing.assert_close(early[0], torch.tensor([0, 0, 2 / 3, 1 / 3 + 0]).double())
    torch.testing.assert_close(late[0], torch.tensor([0, 0, -1 / 3, 1 / 3 + 1]).double())
    assert not counts.amounts[1].any()


def test_of_a_large_vocabulary_what_occurs_is_counted():
    words = torch.tensor([[2000, 7, 7]])
    counts, whole = count_words(words, 2001), torch.zeros(1, 2 * 2001).double()
    assert counts.spoken.tolist() == [7, 2000]
    whole[0, [7, 2000]], whole[0, [2001 + 7, 2001 + 2000]] = counts.amounts[0].view(2, 2)
    small = count_words(words.clamp(max=8), 9).amounts
    torch.testing.assert_close(whole[0, [7, 2000, 2001 + 7, 2001 + 2000]], small[0, [7, 8, 16, 17]])


def test_shares_of_a_batch_have_each_question_once():
    batch = StoryTensors(STORIES, VOCABULARY).batch(np.arange(3))
    first, second = batch.share(0, 2), batch.share(1, 2)
    assert [told(first, 0), told(second, 0), told(first, 1)] == [told(batch, row) for row in range(3)]
    for name in ("mask", "question", "answer", "supporting"):
        assert getattr(first, name).tolist() == getattr(batch, name)[[0, 2]].tolist()
        assert getattr(second, name).tolist() == getattr(batch, name)[[1]].tolist()


def test_a_batch_on_its_own_device_stays_as_it_is():
    batch = StoryTensors(STORIES, VOCABULARY).batch(np.arange(3))
    assert batch.to(torch.device("cpu")) is batch
    there = batch.to(torch.device("meta"))
    assert there.facts.is_meta and there.supporting.is_meta and there.vocab == len(VOCABULARY)


sentences = st.lists(st.sampled_from(["a b.", "c.", "d e f.", "Zzz.", "!"]), max_size=6)


@settings(max_examples=50)
@given(st.lists(sentences, min_size=1, max_size=5))
def test_any_story_reads_back(stories):
    batch = StoryTensors([Story(tuple(facts), "who?") for facts in stories], VOCABULARY).batch(
        np.arange(len(stories))
    )
    for row, facts in enumerate(stories):
        expected = [[w if w in VOCABULARY else "<unknown>" for w in tokenize(fact)] for fact in facts]
        assert told(batch, row) == expected
    assert torch.equal(batch.mask.sum(1), torch.tensor([len(facts) for facts in stories]))
