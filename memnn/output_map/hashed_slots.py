"""O, hashed: which of a story's facts a hop of MemNN looks at (Weston, Chopra, Bordes 2014, section 3.3)."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from memnn.output_map.hashing import ClusterHash, WordHash
from memnn.output_map.word_clusters import k_means, nearest_clusters

Hashing = Literal["none", "words", "clusters"]
PROBES = 2  # clusters of a word that a question looks into; a fact stands in the nearest alone


def hash_by_clusters(
    vectors: Float[Tensor, "vocab dim"], strangers: int, clusters: int
) -> Callable[[], ClusterHash]:
    """Makes hashes by clusters of these word vectors; each of so many strangers has a cluster of its own."""
    centres = k_means(vectors, clusters)
    known = nearest_clusters(vectors, centres, PROBES).cpu().numpy()
    own = len(centres) + np.arange(strangers)[:, None].repeat(known.shape[1], 1)
    table = np.concatenate([known, own])
    return lambda: ClusterHash(table)


class HashedSlots:
    """The facts of a batch of stories, each story's in buckets of its own."""

    def __init__(
        self,
        new_hash: Callable[[], WordHash | ClusterHash],
        words: Int[Tensor, "facts words"],
        slots: Int[Tensor, "batch slots"],
        mask: Bool[Tensor, "batch slots"],
        look_at: int,
    ) -> None:
        """A question looks at `look_at` facts, about, at most: see `Buckets.open`."""
        self._look_at = look_at
        self._stories = []
        for facts, there in zip(slots, mask):
            hashed = new_hash()
            hashed.add_all(words[facts[there]].cpu().numpy())
            self._stories.append(hashed)

    def among(
        self, said: Int[Tensor, "batch said"], unread: Bool[Tensor, "batch slots"]
    ) -> Bool[Tensor, "batch slots"]:
        """The unread facts in buckets of the words said, the question's and those of facts read.

        All unread ones of a story where there is none.
        """
        found = torch.zeros_like(unread)
        for looked, hashed, words in zip(found, self._stories, said.tolist()):
            padding = len(looked) - len(hashed)  # in front
            looked[padding + torch.from_numpy(hashed.candidates(words, self._look_at)).long()] = True
        found &= unread
        return torch.where(found.any(1, keepdim=True), found, unread)
