"""The next word is decided by the word 50 positions back: with the memory cut, it cannot be learnt."""

import numpy as np
import pytest
import torch

from memnn.language_modelling import tuning
from memnn.language_modelling.counting import count
from memnn.language_modelling.data import LanguageData
from memnn.language_modelling.perplexity import measure
from memnn.language_modelling.tuning import tune
from memnn.models.cache_lm import CacheLM
from memnn.models.memn2n_lm import MemN2NLM
from memnn.output_map import cache_read
from memnn.training.checkpoint import put_weights
from memnn.training.loop import train
from memnn.training.options import Options

WORDS = 30


def repeating(words, seed, period=50, times=8):
    """Each word has four that may follow; 50 words drawn so are told eight times over, then 50 others."""
    following = np.random.default_rng(99).integers(0, WORDS, (WORDS, 4))
    rng, text = np.random.default_rng(seed), []
    while len(text) < words:
        part = [int(rng.integers(WORDS))]
        while len(part) < period:
            part.append(int(following[part[-1], rng.integers(4)]))
        text += part * times
    return np.array(text[:words])


def learn(model, words, epochs, rate, folder):
    network = model.build(WORDS + 1)
    options = Options(
        epochs=epochs,
        batch_size=8,
        optimizer="adam",
        learning_rate=rate,
        loss="mean",
        schedule="linear",
        clip="none",
    )
    folder.mkdir()
    data = LanguageData(repeating(words, 0), repeating(4000, 1), WORDS, network, model.window)
    put_weights(network, train([network], data, options, folder).weights, "the network that was trained")
    return network


def test_memn2n_needs_the_slots_that_reach_so_far(tmp_path):
    def perplexity(capacity):
        torch.manual_seed(0)
        model = MemN2NLM(dim=32, hops=2, capacity=capacity, window=32, init=0.1)
        network = learn(model, 12_000, 10, 0.02, tmp_path / str(capacity))
        return measure(network, repeating(4000, 1), WORDS).perplexity

    assert perplexity(60) < 2.2 and perplexity(40) > 5.5


def test_the_cache_needs_the_slots_that_reach_so_far(tmp_path):
    drops = dict.fromkeys(("drop_words", "drop_input", "drop_between", "drop_output", "drop_weights"), 0.0)
    model = CacheLM(dim=32, hidden=32, layers=1, window=20, sampled=0, **drops)
    network, text = learn(model, 10_000, 6, 0.01, tmp_path / "run"), repeating(4000, 1)
    tuned = tune(network, repeating(4000, 2), WORDS)
    assert 0 < tuned["mixing"][0] < 1
    plain = measure(network, text, WORDS).perplexity
    assert measure(network, text, WORDS, cache=60).perplexity < 0.6 * plain
    assert measure(network, text, WORDS, cache=40).perplexity > 0.95 * plain


def test_the_decay_is_the_best_of_those_tried(monkeypatch):
    for module in (tuning, cache_read):
        monkeypatch.setattr(module, "SLOTS", 30)
    torch.manual_seed(0)
    # what came long ago says nothing of what comes now
    text = np.concatenate([repeating(300, seed) % 6 + 6 * (seed % 5) for seed in range(5)])
    network = CacheLM(dim=8, hidden=8, sampled=0).build(WORDS + 1)
    (chosen,) = tune(network, text, WORDS)["decay"]
    measured = {}
    for decay in tuning.DECAY:
        network.output_map.decay.data.fill_(decay)
        measured[decay] = measure(network, text, WORDS, cache=len(text)).perplexity
    assert chosen == min(measured, key=measured.__getitem__) > 0
    assert tune(network, text[:30], WORDS)["decay"] == [0.0]  # no more than SLOTS words


@pytest.mark.parametrize("counts", [False, True])
def test_tuning_measures_what_evaluation_measures(counts):
    torch.manual_seed(0)
    network, text = CacheLM(dim=8, hidden=8, sampled=0).build(WORDS + 1), repeating(800, 1)
    alone = measure(network, text, WORDS).perplexity
    if counts:
        count(network, repeating(400, 2))
    tuned = {name: value for name, (value,) in tune(network, text, WORDS).items()}
    assert tuned["perplexity_alone"] == pytest.approx(alone, rel=1e-5)
    cached = measure(network, text, WORDS, cache=cache_read.SLOTS).perplexity
    assert tuned["perplexity_with_cache"] == pytest.approx(cached, rel=1e-5)
    assert ("counts_share" in tuned) is counts
    if counts:
        assert tuned["counts_share"] == network.counts.share > 0
        plain = measure(network, text, WORDS).perplexity
        assert plain < alone
        assert tuned["perplexity_with_counts"] == pytest.approx(plain, rel=1e-5)


def test_counts_know_what_the_network_has_not_learnt():
    """Every word has four that may follow, told once or twice: a network that knows nothing reads counts."""
    torch.manual_seed(0)
    network, text = CacheLM(dim=8, hidden=8, sampled=0).build(WORDS + 1), repeating(2000, 1, times=1)
    count(network, repeating(1000, 2, times=1))
    tune(network, repeating(1000, 3, times=1), WORDS)
    assert network.counts.share > 0.9
    assert measure(network, text, WORDS).perplexity < 6
    network.counts = None
    assert measure(network, text, WORDS).perplexity > 25


def test_counts_of_no_use_are_forgotten():
    torch.manual_seed(0)
    network = CacheLM(dim=8, hidden=8, sampled=0).build(WORDS + 1)
    count(network, np.zeros(500, dtype=int))
    tuned = tune(network, np.arange(1, 300) % WORDS + 1, WORDS)
    assert network.counts is None and tuned["counts_share"] == [0.0]
    assert tuned["perplexity_with_counts"] == tuned["perplexity_alone"]
