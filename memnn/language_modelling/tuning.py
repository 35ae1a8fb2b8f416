"""The cache's two numbers, set on validation text after training."""

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


@torch.no_grad()
def tune_cache(
    network: Any, valid: Int[np.ndarray, " text"], end: int, words: int = WORDS
) -> dict[str, list[float]]:
    """Set flatness and mixing to those of the grid with the lowest loss; what they are, and the perplexities.

    Nothing happens to a network without a cache.
    """
    if not reads_cache(network):
        return {}
    response, cache, seen = [], [], []
    for stretch in read_stretches(network, valid[:words], end, SLOTS):
        there = stretch.memory.words == stretch.following[:, None]
        read = [
            cache_weights(stretch.states, stretch.memory, stretch.before, torch.tensor(flatness), SLOTS)
            for flatness in FLATNESS
        ]
        cache.append(torch.stack([(weights * there).sum(-1) for weights in read]))
        response.append(stretch.losses.neg().exp())
        seen.append((stretch.before > 0).float())
    plain, said = torch.cat(response), torch.cat(cache, 1)
    mixing = torch.tensor(MIXING)[:, None, None] * torch.cat(seen)
    losses = -((1 - mixing) * plain + mixing * said).log().mean(-1)  # mixings flatnesses
    best = int(losses.argmin())
    network.output_map.mixing.fill_(MIXING[best // len(FLATNESS)])
    network.output_map.flatness.fill_(FLATNESS[best % len(FLATNESS)])
    return {
        "flatness": [float(network.output_map.flatness)],
        "mixing": [float(network.output_map.mixing)],
        "perplexity_with_cache": [float(losses.min().exp())],
    }
