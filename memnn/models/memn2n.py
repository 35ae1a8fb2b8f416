"""MemN2N: End-To-End Memory Networks (Sukhbaatar, Szlam, Weston, Fergus 2015, arXiv:1503.08895)."""

import math
from dataclasses import dataclass
from typing import ClassVar

from memnn.generalization.append import Append
from memnn.input_map.sentence import SentenceEncoder, Weighting, word_vectors
from memnn.models.network import MemoryNetwork
from memnn.output_map.soft_hops import EmptySlots, SoftHops, Tying
from memnn.response.vocabulary_softmax import VocabularySoftmax
from memnn.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class MemN2N:
    """Settings of the model of section 2, with the choices of section 4.1.

    Adjacent tying shares A_{k+1} = C_k, B = A_1 and W^T = C_K; layer-wise (RNN-like) tying shares
    A and C over hops, adds H, and leaves B and W free.
    """

    needs_supporting: ClassVar[bool] = False
    vocabulary: ClassVar[type] = Vocabulary

    dim: int = 20  # d
    hops: int = 3  # K
    capacity: int = 50  # the newest facts that are kept
    tying: Tying = "adjacent"
    sentence: Weighting = "position"  # PE, or "doubled": PE of the authors' code, or "bag": BoW
    relu: bool = False  # after each hop: the paper's larger 10k model
    noise: float = 0.1  # RN: the share of empty memories while training
    empty_slots: EmptySlots = (
        "nil"  # whether empty slots take a share of the softmax ("nil") or not ("masked")
    )
    init: float = 0.1  # standard deviation of the initial weights

    def __post_init__(self) -> None:
        """Raises ValueError for a number out of its range."""
        for name in ("dim", "hops", "capacity"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if not 0 <= self.noise <= 1:
            raise ValueError(f"noise is a share from 0 to 1, not {self.noise}")
        if not 0 <= self.init < math.inf:
            raise ValueError(f"init must be a number from 0 on, not {self.init}")

    def build(self, vocab: int) -> MemoryNetwork:
        """The network for a vocabulary of that size."""
        adjacent = self.tying == "adjacent"
        tables = self.hops + 1 if adjacent else 2
        encoder = SentenceEncoder(
            vocab,
            self.dim,
            facts=range(tables),  # A_1, C_1 = A_2, ..., C_K; or A, C
            question=0 if adjacent else 2,  # B
            weighting=self.sentence,
            init=self.init,
        )
        hops = SoftHops(
            self.dim,
            self.hops,
            capacity=self.capacity,
            tying=self.tying,
            empty_slots=self.empty_slots,
            relu=self.relu,
            noise=self.noise,
            init=self.init,
        )
        response = VocabularySoftmax(  # W
            encoder.tables[self.hops] if adjacent else word_vectors(vocab, self.dim, self.init)
        )
        return MemoryNetwork(encoder, Append(self.capacity), hops, response, stackable=True)
