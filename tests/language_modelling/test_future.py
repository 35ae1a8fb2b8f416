"""No read of the memory sees the word to be predicted or a later one: to the bit, read as it may be."""

import numpy as np
import pytest
import torch
from language_modelling.conftest import build, with_counts

from memnn.language_modelling.data import LanguageData
from memnn.language_modelling.dynamic import Adapting
from memnn.language_modelling.perplexity import LENGTH, losses_of_text
from memnn.language_modelling.reader import LanguageModel
from memnn.output_map import cache_read
from memnn.text.word_list import WordList
from memnn.training.checkpoint import Config

# the last word of a window, the first of the next, and words in the middle
CHANGED = (LENGTH - 1, LENGTH, LENGTH + 1, 20, 149)


def changed(text, place):
    """Another text that is the same up to `place`."""
    other = text.copy()
    other[place:] = (other[place:] + 1 + np.arange(len(text) - place) % 3) % 20
    return other


@pytest.mark.parametrize("adapts", [False, True])
@pytest.mark.parametrize("counts", [False, True])
@pytest.mark.parametrize("cache", [0, 1, 10, 1000])
def test_evaluation(network, text, cache, adapts, counts, monkeypatch):
    if cache and network.context:
        pytest.skip("has no cache")
    if counts:
        with_counts(network)
    if cache:  # of which the older slots count less
        monkeypatch.setattr(cache_read, "SLOTS", 5)
        network.output_map.decay.data.fill_(1.5)

    def losses(text):
        if not adapts:
            return torch.cat(list(losses_of_text(network, text, 0, cache)))
        with Adapting(network, rate=0.01, decay=0.01, length=9) as adapting:
            return torch.cat(list(losses_of_text(network, text, 0, cache, adapting)))

    before = losses(text)
    assert len(before) == len(text)
    for place in CHANGED:
        after = losses(changed(text, place))
        assert torch.equal(after[:place], before[:place])
        assert after[place] != before[place]
        assert torch.equal(losses(text), before)  # and nothing stays behind


def test_training(network, text):
    """The losses of a step, the words drawn and dropped being the same."""

    def windows_of(text):
        return LanguageData(text, text, 0, network, 7).batches(np.random.default_rng(3), 3, 1)

    def losses(text):
        network.train()
        torch.manual_seed(0)
        windows = windows_of(text)
        read = []
        for window in windows:
            read.append(network.losses(window).detach().view(window.words.shape))
        return read, [w.words for w in windows]

    before, _ = losses(text)
    for place in (40, 48, 49, 50, 51):
        after, _ = losses(changed(text, place))
        for window, one, other in zip(windows_of(np.arange(150)), before, after):  # words are their places
            assert torch.equal(one[window.following < place], other[window.following < place])
        assert not all(torch.equal(one, other) for one, other in zip(before, after))


def test_training_data_asks_for_the_word_that_follows(network, text):
    for window in LanguageData(text, text, 0, network, 7).batches(np.random.default_rng(1), 2, 1):
        whole = np.concatenate([[0], text])
        for row, following in zip(window.words.numpy(), window.following.numpy()):
            pairs = list(zip(whole, np.roll(whole, -1)))
            assert all(pair in pairs for pair in zip(row, following))


@pytest.mark.parametrize("counts", [False, True])
@pytest.mark.parametrize("cache", [0, 10, 1000])
@pytest.mark.parametrize("name", ["cache-lm", "memn2n-lm"])
def test_reading_and_generation(name, text, cache, counts):
    """What is read later changes no earlier probability, whether read at once or word by word."""
    words = WordList([f"w{n}" for n in range(18)])
    network = with_counts(build(name)) if counts else build(name)
    lm = LanguageModel(Config("language_modelling", name, {}, {}, {}), words, network, cache)

    def probabilities(text):
        lm.reset()
        read = [lm.probabilities()]
        for word in text[:80].tolist():
            lm.read_ids([word])
            read.append(lm.probabilities())
        return read

    before, after = probabilities(text), probabilities(changed(text, 40))
    assert all(torch.equal(one, other) for one, other in zip(before[:41], after[:41]))
    assert not torch.equal(before[41], after[41])
    lm.reset()
    lm.read_ids(text[:80].tolist())
    torch.testing.assert_close(lm.probabilities(), before[80])
    losses = torch.cat(list(losses_of_text(lm.network, text[:80], words.end, lm.cache)))
    ours = torch.stack([-row[word].log() for row, word in zip(before, text.tolist())][:80])
    torch.testing.assert_close(ours, losses)
