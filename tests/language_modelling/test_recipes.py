import pytest

from memnn.language_modelling.recipes import cache_epochs, memn2n_epochs
from memnn.language_modelling.training import make_plan


@pytest.mark.parametrize(
    ("words", "epochs"), [(1, 100), (44_800, 100), (200_000, 22), (224_000, 20), (2_000_000, 20)]
)
def test_a_small_text_is_read_more_often(words, epochs):
    """44,800 words are 20 steps of 64 rows of 35 words."""
    assert cache_epochs(words) == epochs


@pytest.mark.parametrize(("words", "epochs"), [(1, 100), (400_000, 10), (930_000, 4), (2_000_000, 4)])
def test_a_network_without_a_carried_state_reads_four_times_at_least(words, epochs):
    assert memn2n_epochs(words) == epochs


@pytest.mark.parametrize(("words", "keep"), [(3_000, "best"), (2_000_000, "last")])
def test_of_a_small_text_the_best_epoch_is_kept(words, keep):
    _, options = make_plan().resolve(words)
    assert (options.epochs, options.keep) == (cache_epochs(words), keep)
    _, told = make_plan(assignments=["epochs=3", "keep=last"]).resolve(words)
    assert (told.epochs, told.keep) == (3, "last")
