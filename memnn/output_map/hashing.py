"""O, hashed: only facts that share a word, or a cluster of words, with the question are scored.

Weston, Chopra, Bordes 2014, section 3.3. A fact is put into the bucket of each of its words
(`WordHash`) or of each cluster its words fall into (`ClusterHash`); a question is hashed alike, and
`hard_read` scores the facts of its buckets alone.

The paper looks at every fact of every bucket. 'who', 'of' or a common verb would bring in much of
a large memory that way, so a limit may be set: the facts of most, and of the rarest, of the question's
buckets are then the candidates.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from memnn.text.vocabulary import NIL, UNKNOWN

Slots = Int[np.ndarray, "_"]  # ascending


class WordHash:
    """Buckets by word. A fact is found only by a question that shares a word with it."""

    def __init__(self) -> None:
        self._buckets = Buckets()

    def __len__(self) -> int:
        return len(self._buckets)

    def add(self, words: Iterable[int]) -> int:
        """Write one fact; the slot it got. Nil and unknown words count nothing."""
        return self._buckets.add(_known(words))

    def add_all(self, facts: Int[np.ndarray, "facts words"]) -> None:
        """Write many facts, padded with the nil word."""
        self._buckets.add_all(np.where(facts == UNKNOWN, -1, np.where(facts == NIL, -1, facts)))

    def candidates(self, words: Iterable[int], limit: int | None = None) -> Slots:
        """The slots to look at for a question; none if it shares nothing with any fact."""
        return self._buckets.open([(word,) for word in _known(words)], limit)


class ClusterHash:
    """Buckets by cluster of word vectors: synonyms find each other."""

    def __init__(self, clusters: Int[np.ndarray, "vocab probes"]) -> None:
        """The clusters of each word, nearest first: a fact is put into the bucket of the nearest of each
        of its words, a question looks into all of them.
        """
        self._clusters = clusters
        self._buckets = Buckets()

    def __len__(self) -> int:
        return len(self._buckets)

    def add(self, words: Iterable[int]) -> int:
        """Write one fact; the slot it got. Nil and unknown words count nothing."""
        return self._buckets.add({int(self._clusters[word, 0]) for word in _known(words)})

    def add_all(self, facts: Int[np.ndarray, "facts words"]) -> None:
        """Write many facts, padded with the nil word."""
        nothing = (facts == NIL) | (facts == UNKNOWN)
        self._buckets.add_all(np.where(nothing, -1, self._clusters[facts, 0]))

    def candidates(self, words: Iterable[int], limit: int | None = None) -> Slots:
        """The slots to look at for a question; none if no fact falls into any of its clusters."""
        return self._buckets.open({tuple(self._clusters[word].tolist()) for word in _known(words)}, limit)


class Buckets:
    """An inverted index: from each key to the slots of the facts that have it.

    Most slots stand in one array, sorted by key; the newest in lists, merged into the array when
    they have become a fair share of it, so that writing a fact takes constant time on average.
    """

    def __init__(self) -> None:
        self._slots = np.zeros(0, dtype=np.int32)
        self._ends = np.zeros(1, dtype=np.int64)  # the slots of key k: from _ends[k] to _ends[k + 1]
        self._newest: dict[int, list[int]] = {}
        self._waiting = 0  # slots in _newest
        self._facts = 0

    def __len__(self) -> int:
        return self._facts

    def add(self, keys: Iterable[int]) -> int:
        """Put the next slot into these buckets, each named once; the slot."""
        slot = self._facts
        for key in keys:
            self._newest.setdefault(key, []).append(slot)
            self._waiting += 1
        self._facts += 1
        if self._waiting > max(4096, len(self._slots) // 2):
            self._merge(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32))
        return slot

    def add_all(self, keys: Int[np.ndarray, "facts keys"]) -> None:
        """Put a slot for each row into the buckets of its keys; a negative key is none."""
        keys = np.sort(keys, axis=1)
        first = np.diff(keys, axis=1, prepend=-1) > 0  # of equal keys in a row; keys below 0 never
        rows, columns = np.nonzero(first)
        self._merge(keys[rows, columns], (rows + self._facts).astype(np.int32))
        self._facts += len(keys)

    def count(self, key: int) -> int:
        """How many facts have the key."""
        old = int(self._ends[key + 1] - self._ends[key]) if key + 1 < len(self._ends) else 0
        return old + len(self._newest.get(key, ()))

    def slots(self, key: int) -> Slots:
        """The facts that have the key, oldest first."""
        old = (
            self._slots[self._ends[key] : self._ends[key + 1]]
            if key + 1 < len(self._ends)
            else self._slots[:0]
        )
        new = self._newest.get(key)
        return np.concatenate([old, np.array(new, dtype=np.int32)]) if new else old

    def open(self, groups: Iterable[Sequence[int]], limit: int | None) -> Slots:
        """The facts in groups of buckets (the buckets of one word), as many of the best as `limit` allows.

        A fact is worth the sum, over the groups it is in, of log(1 + facts / facts of the group).
        Facts of equal worth come together or not at all; the best come even if they are too many.
        """
        found = [facts for group in groups if len(facts := _union([self.slots(key) for key in group]))]
        if not found:
            return self._slots[:0]
        sizes = [len(facts) for facts in found]
        if limit is None or sum(sizes) <= limit:
            return _union(found)
        worths = np.log1p(len(self) / np.array(sizes))
        worth = np.bincount(np.concatenate(found), np.repeat(worths, sizes))
        among = np.flatnonzero(worth)
        if len(among) > limit:
            worth = worth[among].round(6)  # equal sums are added in different orders
            cut = np.partition(worth, -limit - 1)[-limit - 1]  # the best of those left out
            among = among[worth > min(cut, worth.max() - 1e-6)]
        return among.astype(np.int32)

    def _merge(self, keys: Int[np.ndarray, " new"], slots: Slots) -> None:
        sizes = [len(new) for new in self._newest.values()]
        all_keys = np.concatenate(
            [
                np.repeat(np.arange(len(self._ends) - 1), np.diff(self._ends)),
                np.repeat(np.fromiter(self._newest, dtype=np.int64, count=len(sizes)), sizes),
                keys,
            ]
        )
        newest = np.array([slot for new in self._newest.values() for slot in new], dtype=np.int32)
        order = np.argsort(all_keys, kind="stable")  # slots of one key stay in the order they came
        self._slots = np.concatenate([self._slots, newest, slots])[order]
        self._ends = np.concatenate([[0], np.bincount(all_keys).cumsum()])
        self._newest, self._waiting = {}, 0


def hard_read(
    query: Float[Tensor, " dim"], keys: Float[Tensor, "facts dim"], candidates: Slots | None = None
) -> int | None:
    """The slot argmax_i query . m_i among the candidates, or among all; None where there are none.

    Of equals the oldest.
    """
    if candidates is None:
        return int((keys @ query).argmax()) if len(keys) else None
    if not len(candidates):
        return None
    chosen = torch.from_numpy(candidates)
    return int(candidates[int((keys[chosen] @ query).argmax())])


def _union(parts: Sequence[Slots]) -> Slots:
    """The slots in any of some ascending arrays. Sorting arrays that are sorted in runs is a merge."""
    if len(parts) == 1:
        return parts[0]
    slots = np.sort(np.concatenate(parts), kind="stable")
    return slots[np.diff(slots, prepend=-1) > 0]


def _known(words: Iterable[int]) -> set[int]:
    return {int(word) for word in words} - {NIL, UNKNOWN}
