"""O: which facts lie on the way from one symbol of the question to another."""

from itertools import combinations

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from torch import Tensor


def lengths_of_ways(
    symbols: Int[Tensor, "facts places"], asked: Int[Tensor, " _"]
) -> Float[Tensor, " facts"]:
    """For each fact, how many facts the shortest way takes that leads from one asked symbol to another
    through it, going from symbol to symbol of a fact. Infinite where there is none; symbols below 0 are none.
    """
    facts, ends = len(symbols), torch.unique(asked[asked >= 0]).tolist()
    if len(ends) < 2:
        return torch.full((facts,), torch.inf)
    fact, place = (symbols >= 0).nonzero().T.numpy()
    named = symbols.numpy()[fact, place]
    count = 1 + max(*named.tolist(), *ends)
    # Two kinds of nodes, symbols and facts, so that a step from symbol to symbol takes two edges.
    edges = coo_array((np.ones(len(fact)), (named, count + fact)), shape=(count + facts, count + facts))
    far = dijkstra(edges, directed=False, unweighted=True, indices=ends)
    to_fact = torch.from_numpy(far[:, count:] + 1) / 2
    ways = [to_fact[one] + to_fact[other] - 1 for one, other in combinations(range(len(ends)), 2)]
    return torch.stack(ways).amin(0).float()
