from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from memnn.output_map.kneser_ney import KneserNey, Met


def discounts(counts):
    """D(1), D(2), D(3 and more)."""
    n = [list(counts.values()).count(times) for times in (1, 2, 3, 4)]
    ratio = n[0] / (n[0] + 2 * n[1]) if n[0] and n[1] else 0.5
    if 0 in n:
        return [ratio] * 3
    own = [times - (times + 1) * ratio * n[times] / n[times - 1] for times in (1, 2, 3)]
    return own if min(own) > 0 else [ratio] * 3


def naive(text, vocab, order, history, word):
    """The equations with counters of tuples."""
    grams = [tuple(text[i - order + 1 : i + 1]) for i in range(order - 1, len(text))]
    said = []
    for n in range(order, 0, -1):
        counts = Counter(grams)
        discount = discounts(counts)
        context = tuple(history[len(history) - n + 1 :]) if n > 1 else ()
        own = {gram: c for gram, c in counts.items() if gram[:-1] == context}
        left = sum(discount[min(c, 3) - 1] for c in own.values())
        c = counts[(*context, word)]
        said.append((c - discount[min(c, 3) - 1] if c else 0, left, sum(own.values())))
        grams = [gram[1:] for gram in counts] + [tuple(text[: n - 1])] * (n > 1)
    probability = 1 / vocab
    for own, left, total in reversed(said):
        probability = (own + left * probability) / total if total else probability
    return probability


# four kinds of words in a short text, in which some n_i are 0, and twenty by Zipf's law in a longer one
SHORT = np.random.default_rng(0).integers(0, 4, 60)
LONG = np.random.default_rng(1).zipf(1.3, 2000).clip(max=20) - 1


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_matches_the_equations(order, text):
    held = np.random.default_rng(2).integers(0, text.max() + 2, 30)
    held[-10:] = text[:10]
    ours = KneserNey(text, 22, order).probabilities(held)
    for place in range(order - 1, 30):
        history = held[:place].tolist()
        assert ours[place] == pytest.approx(naive(text.tolist(), 22, order, history, int(held[place])))


def test_the_longer_text_has_three_discounts():
    """Else the test before would not see them."""
    assert len(set(discounts(Counter(pairwise(LONG.tolist()))))) == 3


@pytest.mark.parametrize("before", [[], [0], [0, 1], [3, 21, 2, 0, 1, 0], LONG[:9].tolist()])
def test_the_distribution_is_that_of_all_words(before):
    model = KneserNey(LONG, 22, 4)
    said = model.distribution(before)
    each = [model.probabilities(np.array([*before, word]))[-1] for word in range(22)]
    np.testing.assert_allclose(said, each)
    assert said.sum() == pytest.approx(1)


def test_where_words_were_met():
    model = KneserNey(np.array([5, 1, 2, 3, 9, 1, 2, 3, 9, 1, 2, 4, 1]), 10, 4)
    assert model.met([9, 1, 2], [3, 4]) == [Met(3, 1, 2), Met(3, 1, 2)]
    assert model.met([3, 9, 1, 2], [3]) == [Met(3, 1, 2)]  # no more than three words count
    assert model.met([7, 1, 2], [4, 5]) == [Met(2, 1, 3), Met(0, 1, 13)]  # never after 7 1 2
    assert model.met([1, 2], [9, 8]) == [Met(0, 2, 13), Met(0, 0, 13)]
    assert model.met([], [1]) == [Met(0, 4, 13)]


def test_no_probability_is_zero():
    """Where the three discounts would take nothing from what was counted thrice, all are the one."""
    counted = np.array([1, 1, 1, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4])
    assert discounts(Counter(dict(enumerate(counted)))) == [0.6] * 3
    text = np.concatenate([np.repeat(np.arange(len(counted)), counted)])
    assert KneserNey(text, 15, 1).distribution([]).min() > 0


def test_a_text_that_says_the_same_again_and_again():
    """No n-gram is counted once or twice, or all are: Y would be no number, or nothing be kept."""
    said = KneserNey(np.array([1, 2, 3, 4, 5] * 8), 7, 5).distribution([3, 4, 5, 1])
    assert said[2] > 0.9 and said.min() > 0


@pytest.mark.parametrize("order", [1, 2, 5, 50])
def test_a_text_shorter_than_an_n_gram(order):
    nothing = KneserNey(np.arange(0), 10, order)
    assert nothing.distribution([1, 2]) == pytest.approx(np.full(10, 0.1))
    assert nothing.probabilities(np.arange(8)) == pytest.approx(np.full(8, 0.1))
    assert len(nothing.probabilities(np.arange(0))) == 0
    text = np.array([1, 2, 3, 4])
    said = KneserNey(text, 10, order).distribution([7, 1, 2])
    assert said.argmax() == 3 or order == 1
    assert said[2] > said[9] > 0 and said.sum() == pytest.approx(1)
