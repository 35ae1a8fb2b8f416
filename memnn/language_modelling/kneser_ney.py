"""A baseline that counts: interpolated Kneser-Ney n-grams (Kneser, Ney 1995; Chen, Goodman 1999)."""

import numpy as np
from jaxtyping import Float, Int

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no word of a hash is lost


class KneserNey:
    """The probability of a word after n - 1 others, c, and after one less, c'.

        p_n(w | c) = max(count(c w) - D, 0) / count(c) + D types(c) / count(c) p_{n-1}(w | c')

    The longest n-grams are counted as they occur, shorter ones by how many words they were seen behind;
    D = n_1 / (n_1 + 2 n_2) of each order; the shortest falls back to 1 / vocabulary. A context never
    seen leaves all to the shorter one. The text is one stream: contexts reach over the ends of lines.
    """

    def __init__(self, text: Int[np.ndarray, " text"], vocab: int, order: int = 5) -> None:
        self.vocab, self.order = vocab, order
        self._codes = np.random.default_rng(0).integers(0, 2**64, vocab, dtype=np.uint64)
        places = np.arange(order - 1, len(text))  # every n-gram counts once for each occurrence, or
        self._orders = []
        for n in range(order, 0, -1):
            contexts, grams = self._hashes(text, n)
            self._orders.append(_Counts(contexts[places], grams[places]))
            _, first = np.unique(grams[places], return_index=True)  # once for each word it was seen behind
            places = places[first]

    def probabilities(self, text: Int[np.ndarray, " text"]) -> Float[np.ndarray, " text"]:
        """The probability of each word of a text, given those before it; fewer at its beginning."""
        said = np.full(len(text), 1 / self.vocab)
        for n, counts in zip(range(1, self.order + 1), reversed(self._orders)):
            contexts, grams = self._hashes(text, n)
            said[n - 1 :] = counts.interpolate(contexts[n - 1 :], grams[n - 1 :], said[n - 1 :])
        return said

    def _hashes(
        self, text: Int[np.ndarray, " text"], n: int
    ) -> tuple[Int[np.ndarray, " text"], Int[np.ndarray, " text"]]:
        """The n - 1 words before each place, and these with the word there, as 64 bits each."""
        codes = self._codes[text]
        contexts = np.zeros_like(codes)
        with np.errstate(over="ignore"):
            for back in range(n - 1, 0, -1):
                shifted = np.roll(codes, back)
                contexts = (contexts + shifted) * _FACTOR
                contexts ^= contexts >> np.uint64(29)
            return contexts, contexts + codes


class _Counts:
    """How often n-grams and their contexts were counted."""

    def __init__(self, contexts: Int[np.ndarray, " items"], grams: Int[np.ndarray, " items"]) -> None:
        self.grams, first, self.counts = np.unique(grams, return_index=True, return_counts=True)
        self.contexts, where = np.unique(contexts[first], return_inverse=True)
        self.totals = np.bincount(where, self.counts)
        self.types = np.bincount(where)
        once, twice = (self.counts == 1).sum(), (self.counts == 2).sum()
        self.discount = once / (once + 2 * twice) if once else 0.0

    def interpolate(
        self,
        contexts: Int[np.ndarray, " text"],
        grams: Int[np.ndarray, " text"],
        shorter: Float[np.ndarray, " text"],
    ) -> Float[np.ndarray, " text"]:
        """The probabilities of this order from those of the shorter one."""
        counts = _look_up(self.grams, self.counts, grams)
        totals = _look_up(self.contexts, self.totals, contexts)
        types = _look_up(self.contexts, self.types, contexts)
        left = np.maximum(counts - self.discount, 0) + self.discount * types * shorter
        return np.where(totals > 0, left / np.maximum(totals, 1), shorter)


def _look_up(
    known: Int[np.ndarray, " known"], values: np.ndarray, asked: Int[np.ndarray, " asked"]
) -> np.ndarray:
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    found: np.ndarray = np.where(known[place] == asked, values[place], 0)
    return found


def cache_probabilities(text: Int[np.ndarray, " text"], size: int) -> Float[np.ndarray, " text"]:
    """How often each word stands among the `size` before it, as a share of these (Kuhn, De Mori 1990)."""
    counts: dict[int, int] = {}
    said = np.zeros(len(text))
    words = text.tolist()
    for place, word in enumerate(words):
        said[place] = counts.get(word, 0) / max(1, min(place, size))
        counts[word] = counts.get(word, 0) + 1
        if place >= size:
            counts[words[place - size]] -= 1
    return said
