"""The numbers of the memories, set on validation text after training."""

import dataclasses
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from memnn.language_modelling.perplexity import read_stretches, reads_cache
from memnn.output_map.cache_read import SLOTS as SLOTS
from memnn.output_map.cache_read import cache_weights

WORDS = 50_000  # words of validation text that are enough
FLATNESS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2, 2.0)
DECAY = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
MIXING = tuple(i / 40 for i in range(1, 24))
COUNTING = tuple(i / 20 for i in range(20))


@torch.no_grad()
def tune(
    network: Any, valid: Int[np.ndarray, " text"], end: int, words: int = WORDS
) -> dict[str, list[float]]:
    """Set the share of the counts, if there are any, then flatness and mixing of a cache of SLOTS words, then
    the decay of a cache of all words, to those of the grids with the lowest loss; what they are, and the
    perplexities. Counts of no use are forgotten.

    Nothing happens to a network without a cache, which has no counts either.
    """
    if not reads_cache(network):
        return {}
    alone, by_counts, cache, seen = [], [], [], []
    for stretch in read_stretches(network, valid[:words], end, SLOTS):
        there = stretch.memory.words == stretch.following[:, None]
        read = cache_weights(stretch.states, stretch.memory, stretch.before, torch.tensor(FLATNESS), SLOTS)
        cache.append((read * there).sum(-1))
        alone.append(stretch.losses.neg().exp())
        by_counts.append(alone[-1] if stretch.counted is None else stretch.counted)
        seen.append((stretch.before > 0).float())
    response, counted, said = torch.cat(alone), torch.cat(by_counts), torch.cat(cache, 1)
    tuned = {"perplexity_alone": [_perplexity(response)]}
    if network.counts is not None:
        share = torch.tensor(COUNTING)[:, None]
        losses = -((1 - share) * response + share * counted).log().mean(-1)
        network.counts = dataclasses.replace(network.counts, share=COUNTING[int(losses.argmin())])
        response = network.counts.mix(response, counted)
        tuned |= {"counts_share": [network.counts.share], "perplexity_with_counts": [_perplexity(response)]}
        network.counts = network.counts if network.counts.share else None
    mixing = torch.tensor(MIXING)[:, None, None] * torch.cat(seen)
    losses = -((1 - mixing) * response + mixing * said).log().mean(-1)  # mixings flatnesses
    best, cache_read = int(losses.argmin()), network.output_map
    cache_read.mixing.fill_(MIXING[best // len(FLATNESS)])
    cache_read.flatness.fill_(FLATNESS[best % len(FLATNESS)])
    cache_read.decay.fill_(_best_decay(network, valid[:words], end, response))
    return tuned | {
        **{name: [float(parameter)] for name, parameter in cache_read.named_parameters()},
        "perplexity_with_cache": [float(losses.min().exp())],
    }


def _best_decay(
    network: Any, text: Int[np.ndarray, " text"], end: int, response: Float[Tensor, " text"]
) -> float:
    """The decay that suits a cache of the whole text best; 0 where that is no larger than SLOTS."""
    if len(text) <= SLOTS:
        return 0.0
    losses, read, tried = torch.zeros(len(DECAY)), 0, torch.tensor(DECAY)
    flatness = network.output_map.flatness.expand(len(DECAY))
    for stretch in read_stretches(network, text, end, len(text)):
        there = stretch.memory.words == stretch.following[:, None]
        alone = response[read : read + len(stretch.following)]
        read += len(alone)
        weights = cache_weights(stretch.states, stretch.memory, stretch.before, flatness, decay=tried)
        said, seen = (weights * there).sum(-1), (stretch.before > 0).float()
        losses -= network.output_map.mix(alone.expand_as(said), said, seen).log().sum(-1)
    return DECAY[int(losses.argmin())]


def _perplexity(probabilities: Float[Tensor, " text"]) -> float:
    return float(probabilities.log().mean().neg().exp())
