import dataclasses

import pytest

from memnn.language_modelling.recipes import cache_epochs, memn2n_epochs
from memnn.language_modelling.training import make_plan
from memnn.models.cache_lm import CacheLM


@pytest.mark.parametrize(
    ("words", "epochs"), [(1, 100), (17_920, 100), (60_000, 30), (100_000, 20), (2_000_000, 20)]
)
def test_a_small_text_is_read_more_often(words, epochs):
    """17,920 words are 32 steps of 16 rows of 35 words."""
    assert cache_epochs(words) == epochs


@pytest.mark.parametrize(("words", "epochs"), [(1, 100), (400_000, 10), (930_000, 4), (2_000_000, 4)])
def test_a_network_without_a_carried_state_reads_four_times_at_least(words, epochs):
    assert memn2n_epochs(words) == epochs


@pytest.mark.parametrize(("words", "keep"), [(3_000, "best"), (2_000_000, "last")])
def test_of_a_small_text_the_best_epoch_is_kept(words, keep):
    _, options = make_plan().resolve(words)
    assert (options.epochs, options.keep) == (cache_epochs(words), keep)


def test_a_small_text_has_a_small_network_that_drops_more():
    """And by `--set` what one says; what the class says by itself is the network of a large text."""
    (small, few), (large, many) = (make_plan().resolve(words) for words in (60_000, 2_000_000))
    assert large == CacheLM() and (small.dim, small.hidden) == (200, 200)
    drops = [field.name for field in dataclasses.fields(CacheLM) if field.name.startswith("drop")]
    assert all(getattr(small, name) > getattr(large, name) for name in drops)
    assert (few.batch_size, many.batch_size) == (16, 64)
    told, _ = make_plan(assignments=["dim=64", "drop_words=0.0"]).resolve(60_000)
    assert (told.dim, told.hidden, told.drop_words) == (64, 200, 0.0)


def test_what_is_said_goes_before_the_recipe():
    words = 3_000
    _, told = make_plan(assignments=["epochs=3", "keep=last"]).resolve(words)
    assert (told.epochs, told.keep) == (3, "last")
