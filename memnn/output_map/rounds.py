"""O: how a batch is read in training: when its questions are answered, and which stories are told together.

A network that answers by hops alone learns the chains of training by themselves, in a way that ends with the
longest. What pairs of symbols or walks along facts have found is therefore answered before the first hop too.
"""

from dataclasses import dataclass

import numpy as np
import torch

from memnn.output_map.pair_rounds import draw_pair_rounds

BEFORE_HOPS = 0.5  # share of batches with pairs that are answered before the first hop too; with walks all
DOUBLED = 3  # times at most that stories are told beside as many others, without pairs, whose cost is a cube


@dataclass(frozen=True)
class Rounds:
    """Hops of all nodes, before those of the question alone."""

    stops: tuple[int, ...]  # after how many the question is answered, rising
    pairs: int | None = None  # rounds of the pairs of symbols before them; None: the network's own
    beside: tuple[int, ...] = ()  # stories are told behind the ones so many further on in the batch, in turn:
    # so each is told beside one other, beside three, beside seven


class RoundsOfTraining:
    """Rounds drawn batch by batch, from a generator for each seed that torch is given, an epoch's."""

    def __init__(self, hops: int, *, pairs: bool = False, walks: bool = False, beside: float = 0.0) -> None:
        """An answer after so many hops of all nodes, and before the first. A share `beside` of the batches
        has every story told beside another, and without pairs that share of these beside as many again.
        """
        self.hops, self.pairs, self.beside = hops, pairs, beside
        self.before = 1.0 if walks else BEFORE_HOPS if pairs else 0.0
        self._rng: tuple[int, np.random.Generator] | None = None

    def draw(self) -> Rounds:
        """Those of the next batch, for all restarts."""
        seed = torch.initial_seed()
        if self._rng is None or self._rng[0] != seed:
            self._rng = seed, np.random.default_rng(seed)
        rng = self._rng[1]
        stops = (0, self.hops) if self.hops and rng.random() < self.before else (self.hops,)
        pairs = draw_pair_rounds(rng) if self.pairs else None
        return Rounds(stops, pairs, self._draw_beside(rng, 1 if self.pairs else DOUBLED))

    def _draw_beside(self, rng: np.random.Generator, most: int) -> tuple[int, ...]:
        beside: tuple[int, ...] = ()
        while len(beside) < most and rng.random() < self.beside:
            beside = *beside, int(rng.integers(1, 1 << 16))
        return beside
