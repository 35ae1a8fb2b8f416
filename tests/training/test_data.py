"""Stories as the training loop draws them."""

import numpy as np
import torch

from memnn.models.symbol import SymbolMemoryNetwork
from memnn.story import Story
from memnn.text.batches import share_shorter
from memnn.text.lexicon import Lexicon
from memnn.training.data import story_data

# one kind of question about 1 to 10 facts, another about 11 to 20
STORIES = [
    Story(("Mary is hungry.",) * count, "Where is Mary?" if count <= 10 else "Who is hungry?")
    for count in range(1, 21)
]


def facts(share, weights=None):
    lexicon = Lexicon.of_stories(STORIES)
    data = story_data(STORIES, (), lexicon, SymbolMemoryNetwork(dim=8).build(*lexicon.sizes))
    batches = list(data.batches(np.random.default_rng(0), 4, 1, weights, share))
    return torch.cat([batch.mask.sum(1) for batch in batches]).tolist()


def test_which_share_of_its_kind_is_shorter():
    lengths, kind = np.array([3, 1, 1, 9, 5]), np.array([0, 0, 0, 1, 1])
    assert share_shorter(lengths, kind).tolist() == [2 / 3, 0, 0, 0.5, 0]


def test_all_are_drawn_once_and_of_a_share_the_shortest_of_each_kind_as_many():
    assert sorted(facts(1.0)) == list(range(1, 21))
    some = facts(0.3)
    assert len(some) == 20 and set(some) == {1, 2, 3, 11, 12, 13}


def test_a_share_is_drawn_by_the_weights_of_kinds_too():
    assert set(facts(0.2, np.array([0.0, 1.0]))) == {11, 12}
