"""The numbers of the memories, set on validation text after training."""

import dataclasses
from typing import Any

import numpy as np
import torch
from jaxtyping import Int

from memnn.language_modelling.perplexity import read_stretches, reads_cache
from memnn.output_map.cache_read import cache_weights

SLOTS = 2000  # newest words that are read while tuning
WORDS = 50_000  # words of validation text that are enough
FLATNESS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2, 2.0)
MIXING = tuple(i / 40 for i in range(1, 24))
COUNTING = tuple(i / 20 for i in range(20))


@torch.no_grad()
def tune(
    network: Any, valid: Int[np.ndarray, " text"], end: int, words: int = WORDS
) -> dict[str, list[float]]:
    """Set the share of the counts, if there are any, and then flatness and mixing of the cache, to those of
    the grids with the lowest loss; what they are, and the perplexities. Counts of no use are forgotten.

    Nothing happens to a network without a cache, which has no counts either.
    """
    if not reads_cache(network):
        return {}
    alone, by_counts, cache, seen = [], [], [], []
    for stretch in read_stretches(network, valid[:words], end, SLOTS):
        there = stretch.memory.words == stretch.following[:, None]
        read = [
            cache_weights(stretch.states, stretch.memory, stretch.before, torch.tensor(flatness), SLOTS)
            for flatness in FLATNESS
        ]
        cache.append(torch.stack([(weights * there).sum(-1) for weights in read]))
        alone.append(stretch.losses.neg().exp())
        by_counts.append(alone[-1] if stretch.counted is None else stretch.counted)
        seen.append((stretch.before > 0).float())
    response, counted, said = torch.cat(alone), torch.cat(by_counts), torch.cat(cache, 1)
    tuned = {"perplexity_alone": [_perplexity(response)]}
    if network.counts is not None:
        share = torch.tensor(COUNTING)[:, None]
        losses = -((1 - share) * response + share * counted).log().mean(-1)
        network.counts = dataclasses.replace(network.counts, mixing=COUNTING[int(losses.argmin())])
        response = network.counts.mix(response, counted)
        tuned |= {"counts_mixing": [network.counts.mixing], "perplexity_with_counts": [_perplexity(response)]}
        network.counts = network.counts if network.counts.mixing else None
    mixing = torch.tensor(MIXING)[:, None, None] * torch.cat(seen)
    losses = -((1 - mixing) * response + mixing * said).log().mean(-1)  # mixings flatnesses
    best = int(losses.argmin())
    network.output_map.mixing.fill_(MIXING[best // len(FLATNESS)])
    network.output_map.flatness.fill_(FLATNESS[best % len(FLATNESS)])
    return tuned | {
        "flatness": [float(network.output_map.flatness)],
        "mixing": [float(network.output_map.mixing)],
        "perplexity_with_cache": [float(losses.min().exp())],
    }


def _perplexity(probabilities: torch.Tensor) -> float:
    return float(probabilities.log().mean().neg().exp())
