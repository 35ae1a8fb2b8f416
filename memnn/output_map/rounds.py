"""O: how many hops all nodes take, and which nodes sleep through them.

A network that always takes four hops learns rules that hold for so many: what a node says may depend on how
often it has read. One that is to follow chains longer than any in training needs rules that hold wherever
they are stopped, whoever has read before. Drawn hops ask for that, and so do nodes that sleep through hops at
random, as their neighbours must then work with what is not finished. Cf. path independence (Anil et al.
2022, arXiv:2211.09961) and recall (Bansal et al. 2022, arXiv:2202.05826).
"""

from dataclasses import dataclass, replace

import numpy as np
import torch

from memnn.output_map.pair_rounds import draw_pair_rounds

AWAKE = (1.0, 0.7, 0.5, 0.35)  # chances of a node to read in a hop, each as likely as the others
PLAIN = 0.5  # share of training batches that take the fewest hops, all awake
AT_REST = 0.03  # no register of a story changes more in a hop: what it says is found
BEFORE_HOPS = 0.5  # share of those with pairs of symbols that are answered before the first hop too: else the
# hops may learn the chains of training by themselves, in a way that ends with the longest
DOUBLED = 3  # times at most that stories are told beside as many others, without pairs, whose cost is a cube
MORE = 4  # hops at most that are added by chance, before the first answer and between the two


@dataclass(frozen=True)
class Rounds:
    """Hops of all nodes, before those of the question alone."""

    stops: tuple[int, ...]  # after how many the question is answered, rising
    awake: float = 1.0  # the chance of a node to read in a hop; else it stays as it is
    pairs: int | None = None  # rounds of the pairs of symbols before them; None: the network's own
    beside: tuple[int, ...] = ()  # stories are told behind the ones so many further on in the batch, in turn:
    # so each is told beside one other, beside three, beside seven


def draw_rounds(rng: np.random.Generator, fewest: int, most: int) -> Rounds:
    """Those of a training batch: enough for each node to read `fewest` times, and two answers, of which the
    second comes after a few hops more.

    That asks that what is found be kept.
    """
    if fewest == most or rng.random() < PLAIN:
        return Rounds((fewest,))
    awake = float(rng.choice(AWAKE))
    least = min(round(fewest / awake), most - 1)
    first = int(rng.integers(least, min(least + MORE, most - 1), endpoint=True))
    return Rounds((first, int(rng.integers(first + 1, min(first + MORE, most), endpoint=True))), awake)


class RoundsOfTraining:
    """Rounds drawn batch by batch, from a generator for each seed that torch is given, an epoch's."""

    def __init__(self, fewest: int, most: int, pairs: bool, beside: float = 0.0) -> None:
        """As `draw_rounds` takes them, and with `pairs` those of `draw_pair_rounds` too; the share `beside`
        of them with every story told beside another, and without pairs that share of these beside as many
        again.
        """
        self.fewest, self.most, self.pairs, self.beside = fewest, most, pairs, beside
        self._rng: tuple[int, np.random.Generator] | None = None

    def draw(self) -> Rounds:
        """Those of the next batch, for all restarts. With pairs half have an answer before the first hop."""
        seed = torch.initial_seed()
        if self._rng is None or self._rng[0] != seed:
            self._rng = seed, np.random.default_rng(seed)
        rng = self._rng[1]
        rounds = draw_rounds(rng, self.fewest, self.most)
        if not self.pairs:
            return replace(rounds, beside=self._draw_beside(rng, DOUBLED))
        first = (0,) if rng.random() < BEFORE_HOPS else ()
        beside = self._draw_beside(rng, 1)
        return replace(rounds, stops=(*first, *rounds.stops), pairs=draw_pair_rounds(rng), beside=beside)

    def _draw_beside(self, rng: np.random.Generator, most: int) -> tuple[int, ...]:
        beside: tuple[int, ...] = ()
        while len(beside) < most and rng.random() < self.beside:
            beside = *beside, int(rng.integers(1, 1 << 16))
        return beside
