"""O, the neural cache: which words came after states like this (Grave, Joulin, Usunier 2017, section 3)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.memory import WordMemory

SLOTS = 2000  # the cache that theta and lambda are set for; of a larger one, older slots count less


def cache_weights(
    states: Float[Tensor, "length dim"],
    memory: WordMemory,
    before: Int[Tensor, " length"],
    flatness: Float[Tensor, "*tried"],
    capacity: int | None = None,
    decay: Float[Tensor, "*tried"] | None = None,
) -> Float[Tensor, "*tried length slots"]:
    """How much each slot held counts for each state.

        p_ti = softmax_i(theta h_t . h_i - gamma max(0, log(a_ti / SLOTS)))     a_ti = before_t - i, the age

    over the i < before_t, and among these the `capacity` newest; for each pair of the theta (`flatness`) and
    gamma (`decay`) that are tried.

    `before` counts slots from the first that was ever written, so that a window may read what its own
    earlier words wrote and nothing later. A state with nothing before it reads zeros.
    """
    scores = torch.cat([states @ block.keys.mT for block in memory.blocks], 1) * flatness[..., None, None]
    slots = memory.forgotten + torch.arange(scores.shape[-1], device=states.device)
    ages = before[:, None] - slots
    if decay is not None and min(len(slots), capacity or len(slots)) > SLOTS:
        far = (ages.clamp(min=SLOTS).to(scores.dtype) / SLOTS).log()
        scores = scores - decay[..., None, None] * far
    unseen = ages <= 0
    if capacity is not None:
        unseen |= ages > capacity
    weights = scores.masked_fill_(unseen, torch.finfo(scores.dtype).min).softmax(-1)
    return weights.masked_fill(before[:, None] <= memory.forgotten, 0.0)


class CacheRead(nn.Module):
    """The cache's share of the next word's probability.

        p(w) = (1 - lambda) p_R(w) + lambda sum_i p_ti [x_{i+1} = w]

    theta (`flatness`), lambda (`mixing`) and gamma (`decay`) are set on validation text after training. That
    the weight of slots older than SLOTS words falls with a power of their age is this library's own: without
    it the many that are of other matters outweigh the few like h_t the more, the larger the cache.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flatness = nn.Parameter(torch.tensor(0.3))
        self.mixing = nn.Parameter(torch.tensor(0.1))
        self.decay = nn.Parameter(torch.tensor(0.0))

    def forward(
        self,
        states: Float[Tensor, "length dim"],
        memory: WordMemory,
        before: Int[Tensor, " length"],
        capacity: int | None = None,
    ) -> Float[Tensor, "length slots"]:
        """`cache_weights` with the flatness and the decay of this cache."""
        return cache_weights(states, memory, before, self.flatness, capacity, self.decay)

    def mix(
        self,
        response: Float[Tensor, "*shape"],
        cache: Float[Tensor, "*shape"],
        seen: Float[Tensor, "*#shape"],
    ) -> Float[Tensor, "*shape"]:
        """Both probabilities as one; R's alone where nothing was `seen` (0 there, else 1)."""
        mixing = self.mixing * seen
        return (1 - mixing) * response + mixing * cache
