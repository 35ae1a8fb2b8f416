import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from memnn.story import Story
from memnn.text.batches import StoryTensors
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
        lengths = [int(n) for batch in tensors.batches(3, rng, pool) for n in batch.mask.sum(1)]
        assert sorted(lengths) == list(range(7))
    again = [batch.slots.shape for batch in tensors.batches(3, np.random.default_rng(5), pool)]
    assert again == [batch.slots.shape for batch in tensors.batches(3, np.random.default_rng(5), pool)]


sentences = st.lists(st.sampled_from(["a b.", "c.", "d e f.", "Zzz.", "!"]), max_size=6)


@settings(deadline=None, max_examples=50)
@given(st.lists(sentences, min_size=1, max_size=5))
def test_any_story_reads_back(stories):
    batch = StoryTensors([Story(tuple(facts), "who?") for facts in stories], VOCABULARY).batch(
        np.arange(len(stories))
    )
    for row, facts in enumerate(stories):
        expected = [[w if w in VOCABULARY else "<unknown>" for w in tokenize(fact)] for fact in facts]
        assert told(batch, row) == expected
    assert torch.equal(batch.mask.sum(1), torch.tensor([len(facts) for facts in stories]))
