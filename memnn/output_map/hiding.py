"""O: which facts an answer rests on, found by hiding them: evidence that is faithful by its making."""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from memnn.memory import weightiest

LEAST = 0.02  # share of all that hiding takes, for a fact to be named

LogOdds = Callable[[Bool[Tensor, "variants hops facts"]], Float[Tensor, " variants"]]


def weigh_by_hiding(
    log_odds: LogOdds, facts: int, hops: int, candidates: Int[Tensor, " candidates"]
) -> Float[Tensor, "hops facts"]:
    """How much of an answer rests on which fact in which hop; all of it together is 1, or nothing.

        e_j  = max(0, L - L with j hidden)            share of fact j: e_j / sum_k e_k
        e_hj = max(0, L - L with j hidden in hop h)   of that in hop h: e_hj / sum_g e_gj

    L are the log-odds of the answer, `log_odds` of variants that hide facts in hops. Only `candidates` are
    hidden. A fact that no single hop misses counts for the last one.
    """
    weights = torch.zeros(hops, facts)
    if not len(candidates):
        return weights
    variants = torch.zeros(1 + len(candidates), hops, facts, dtype=torch.bool)
    variants[torch.arange(len(candidates)) + 1, :, candidates] = True
    whole, others = torch.split(log_odds(variants), [1, len(candidates)])
    lost = (whole - others).clamp(min=0)
    shares = lost / lost.sum().clamp(min=1e-9)
    best = weightiest(shares)
    best = best[shares[best] >= LEAST]
    named = candidates[best]
    if not len(named):
        return weights
    variants = torch.zeros(len(named), hops, hops, facts, dtype=torch.bool)
    for row, fact in enumerate(named):
        variants[row, torch.arange(hops), torch.arange(hops), fact] = True
    by_hop = (whole - log_odds(variants.flatten(0, 1)).view(len(named), hops)).clamp(min=0)
    by_hop[:, -1] += 1e-6
    weights[:, named] = (by_hop / by_hop.sum(1, keepdim=True)).T * shares[best]
    return weights
