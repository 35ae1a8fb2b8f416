from collections import Counter

import numpy as np
import pytest

from memnn.language_modelling.kneser_ney import KneserNey, cache_probabilities


def naive(text, vocab, order, history, word):
    """The equations with counters of tuples."""
    grams = [tuple(text[i - order + 1 : i + 1]) for i in range(order - 1, len(text))]
    said = []
    for n in range(order, 0, -1):
        counts = Counter(grams)
        once, twice = (list(counts.values()).count(times) for times in (1, 2))
        discount = once / (once + 2 * twice) if once else 0
        context = tuple(history[len(history) - n + 1 :]) if n > 1 else ()
        total = sum(c for gram, c in counts.items() if gram[:-1] == context)
        types = sum(gram[:-1] == context for gram in counts)
        said.append((max(counts[(*context, word)] - discount, 0), discount * types, total))
        grams = [gram[1:] for gram in counts]
    probability = 1 / vocab
    for own, left, total in reversed(said):
        probability = (own + left * probability) / total if total else probability
    return probability


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_matches_the_equations(order):
    rng = np.random.default_rng(0)
    text, held = rng.integers(0, 4, 60), rng.integers(0, 5, 30)
    ours = KneserNey(text, 5, order).probabilities(held)
    for place in range(order - 1, 30):
        history = held[:place].tolist()
        assert ours[place] == pytest.approx(naive(text.tolist(), 5, order, history, int(held[place])))


def test_probabilities_sum_to_one():
    text = np.random.default_rng(0).integers(0, 6, 300)
    model = KneserNey(text, 7, 3)
    for history in ([0, 1], [6, 6], [2, 2]):
        total = sum(model.probabilities(np.array([*history, word]))[-1] for word in range(7))
        assert total == pytest.approx(1)


def test_the_cache_counts_the_words_before():
    text = np.array([1, 2, 1, 1, 3, 2])
    assert cache_probabilities(text, 3) == pytest.approx([0, 0, 1 / 2, 2 / 3, 0, 0])
