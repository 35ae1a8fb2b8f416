"""O, the training text as a memory: which words followed these, counted (Kneser, Ney 1995)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Integer, UInt

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no word of a hash is lost


class Met(NamedTuple):
    """Where a word was met after others in the text that was counted."""

    context: int  # so many of the last words stood before it, as many as were found; 0: none of them
    times: int  # how often it followed these
    of: int  # how often these stood there


class KneserNey:
    """The probability of a word after n - 1 others, c, and after one less, c': modified Kneser-Ney n-grams.

        p_n(w | c) = [max(N(c w) - D(N(c w)), 0) + p_{n-1}(w | c') sum_v D(N(c v))] / sum_v N(c v)
        D(1) = 1 - 2 Y n_2 / n_1    D(2) = 2 - 3 Y n_3 / n_2    D(3 and more) = 3 - 4 Y n_4 / n_3
        Y = n_1 / (n_1 + 2 n_2),    n_i the number of n-grams counted i times, for each n by itself

    The longest n-grams are counted as they occur, shorter ones by how many words they were seen behind; the
    shortest falls back to 1 / vocabulary, and a context never seen leaves all to the shorter one (Chen and
    Goodman 1999, section 3). Where there is no n-gram of an n_i, or a D would not be above 0, D = Y for all,
    and Y = 1/2 without those counted once or twice. The text is one stream: contexts reach over the ends of
    lines, and its first words count as seen behind something else.
    """

    def __init__(self, text: Integer[np.ndarray, " text"], vocab: int, order: int = 5) -> None:
        """Counts n-grams up to `order` words; a million words take a second or two and 90 to 120 MB."""
        self.text, self.vocab, self.order = text, vocab, order
        self._codes = np.random.default_rng(0).integers(0, 2**64, vocab, dtype=np.uint64)
        self._times = np.bincount(text, minlength=vocab)
        places = np.arange(order - 1, len(text))  # every n-gram counts once for each occurrence, or
        self._orders: list[_Counts] = []
        for n in range(order, 0, -1):
            counts, once = _count(self._contexts(text, n)[places], text[places], vocab)
            self._orders.insert(0, counts)
            # once for each word it was seen behind, and where the text begins with it
            places = np.concatenate([places[once], np.arange(n - 2, min(n - 1, len(text)))])

    def probabilities(self, text: Int[np.ndarray, " text"]) -> Float[np.ndarray, " text"]:
        """The probability of each word of a text, given those before it; fewer at its beginning."""
        said = np.full(len(text), 1 / self.vocab)
        for n, counts in enumerate(self._orders, 1):
            contexts = self._contexts(text, n)
            said[n - 1 :] = counts.interpolate(contexts[n - 1 :], text[n - 1 :], said[n - 1 :])
        return said

    def distribution(self, before: Sequence[int]) -> Float[np.ndarray, " vocab"]:
        """The probability of every word to come after these, of which the last order - 1 count."""
        said = np.full(self.vocab, 1 / self.vocab)
        last = np.array([*before[len(before) - min(len(before), self.order - 1) :], 0])
        for n, counts in enumerate(self._orders[: len(last)], 1):
            counts.spread(self._contexts(last, n)[-1], said)
        return said

    def met(self, before: Sequence[int], words: Sequence[int]) -> list[Met]:
        """For each word the longest end of `before` that it followed in the text, below `order` words."""
        found = [Met(0, int(self._times[word]), len(self.text)) for word in words]
        places = np.arange(0)
        for back in range(1, min(len(before), self.order - 1) + 1):
            if back == 1:
                places = np.flatnonzero(self.text[:-1] == before[-1]) + 1
            else:
                places = places[places >= back]
                places = places[self.text[places - back] == before[-back]]
            then = self.text[places]
            for number, word in enumerate(words):
                if times := int((then == word).sum()):
                    found[number] = Met(back, times, len(places))
        return found

    def _contexts(self, text: Integer[np.ndarray, " text"], n: int) -> UInt[np.ndarray, " text"]:
        """The n - 1 words before each place as 64 bits; not for the first n - 1 places."""
        codes: UInt[np.ndarray, " text"] = self._codes[text]
        contexts = np.zeros_like(codes)
        with np.errstate(over="ignore"):
            for back in range(n - 1, 0, -1):
                contexts = (contexts + np.roll(codes, back)) * _FACTOR
                contexts ^= contexts >> np.uint64(29)
        return contexts


class _Counts:
    """How often n-grams of one length were counted, by context and word."""

    def __init__(
        self,
        contexts: UInt[np.ndarray, " contexts"],
        grams: Int[np.ndarray, " grams"],
        counts: Int[np.ndarray, " grams"],
        vocab: int,
    ) -> None:
        """`contexts` ascend, and `grams`: vocab times the place of the context, plus the word."""
        self.contexts, self.grams, self.vocab = contexts, grams, vocab
        context = grams // vocab
        self.totals = np.bincount(context, counts, len(contexts))
        taken = _discounts(counts)[np.minimum(counts, 3)]
        self.kept = counts - taken
        self.left = np.bincount(context, taken, len(contexts))

    def interpolate(
        self,
        contexts: UInt[np.ndarray, " text"],
        words: Int[np.ndarray, " text"],
        shorter: Float[np.ndarray, " text"],
    ) -> Float[np.ndarray, " text"]:
        """The probabilities of this order from those of the shorter one."""
        context, known = _find(self.contexts, contexts)
        gram, there = _find(self.grams, context * self.vocab + words)
        if not known.any():
            return shorter
        own = np.where(there & known, self.kept[gram], 0.0)
        return np.where(known, (own + self.left[context] * shorter) / self.totals[context], shorter)

    def spread(self, context: np.uint64, said: Float[np.ndarray, " vocab"]) -> None:
        """Turn the probabilities of all words after the shorter context into those after this one."""
        place = int(np.searchsorted(self.contexts, context))
        if place == len(self.contexts) or self.contexts[place] != context:
            return
        first, last = np.searchsorted(self.grams, [place * self.vocab, (place + 1) * self.vocab])
        said *= self.left[place] / self.totals[place]
        said[self.grams[first:last] % self.vocab] += self.kept[first:last] / self.totals[place]


def _count(
    contexts: UInt[np.ndarray, " items"], words: Integer[np.ndarray, " items"], vocab: int
) -> tuple[_Counts, Int[np.ndarray, " grams"]]:
    """The counts of n-grams, and an item that has each."""
    # np.unique would keep the order of equal items, which takes three times as long and is not needed
    order = contexts.argsort()
    first = _begins(contexts[order])
    context = np.empty(len(order), np.int64)
    context[order] = first.cumsum() - 1
    known = contexts[order[first]]
    grams = context * vocab + words
    order = grams.argsort()
    begins = np.flatnonzero(_begins(grams[order]))
    once = order[begins]
    return _Counts(known, grams[once], np.diff(begins, append=len(order)), vocab), once


def _begins(ascending: Integer[np.ndarray, " items"]) -> Bool[np.ndarray, " items"]:
    """Whether an item is the first of its value."""
    return np.concatenate([[True], ascending[1:] != ascending[:-1]])[: len(ascending)]


def _discounts(counts: Int[np.ndarray, " grams"]) -> Float[np.ndarray, "4"]:
    """D by count, from 0 to 3 and more."""
    once, twice, *more = (int((counts == times).sum()) for times in (1, 2, 3, 4))
    ratio = once / (once + 2 * twice) if once and twice else 0.5
    own = [ratio] * 3
    numbers = [once, twice, *more]
    if all(numbers):
        own = [times - (times + 1) * ratio * numbers[times] / numbers[times - 1] for times in (1, 2, 3)]
    return np.array([0.0, *(own if min(own) > 0 else [ratio] * 3)])


def _find(
    known: Integer[np.ndarray, " known"], asked: Integer[np.ndarray, " asked"]
) -> tuple[Int[np.ndarray, " asked"], Bool[np.ndarray, " asked"]]:
    """Where each of what is asked for stands, and whether it does."""
    place = np.minimum(np.searchsorted(known, asked), max(0, len(known) - 1))
    return place, known[place] == asked if len(known) else np.zeros(len(asked), bool)
