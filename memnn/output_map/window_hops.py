"""O of MemN2N as a language model: hops over the words before (Sukhbaatar et al. 2015, section 5)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from memnn.memory import Memory, Reading, Trace


class WindowHops(nn.Module):
    """Hops k = 1 .. K over the N words that end with the newest, for every word of a window at once.

        u_1 = 0.1                       the query is constant: there is no question
        p_i = softmax_i(u_k . (A x_i + T_A(age_i)))         o_k = sum_i p_i (C x_i + T_C(age_i))
        u_{k+1} = H u_k + o_k, half of its units rectified  layer-wise tying: one A, C and H for all hops

    Word t of the window sees itself and the N - 1 before it, and none after. Slots outside the mask,
    before the text's beginning, are not read.
    """

    def __init__(self, dim: int, hops: int, capacity: int, init: float) -> None:
        super().__init__()
        self.hops, self.capacity = hops, capacity
        self.key_time = nn.Parameter(init * torch.randn(capacity, dim))  # T_A, the oldest slot first
        self.value_time = nn.Parameter(init * torch.randn(capacity, dim))  # T_C
        self.between = nn.Parameter(init * torch.randn(dim, dim))  # H

    def forward(self, memory: Memory) -> tuple[Float[Tensor, "batch length dim"], Trace]:
        """The state after each of the last words: as many as the memory has more than N.

        The readings are of rows batch * length, the oldest of the N slots first.
        """
        batch, slots, dim = memory.keys.shape
        length = slots - self.capacity
        # word t of the window, at slot N + t, sees slots t + 1 .. N + t
        seen = (
            1
            + torch.arange(length, device=memory.keys.device)[:, None]
            + torch.arange(self.capacity, device=memory.keys.device)
        )
        hidden = ~memory.mask[:, seen]
        seen = seen.expand(batch, -1, -1)
        state = memory.keys.new_full((batch, length, dim), 0.1)
        trace: list[Reading] = []
        for _ in range(self.hops):
            scores = (state @ memory.keys.mT).gather(2, seen) + state @ self.key_time.mT
            weights = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(-1)
            by_slot = weights.new_zeros(batch, length, slots).scatter(2, seen, weights)
            read = by_slot @ memory.values + weights @ self.value_time
            trace.append(Reading(read.flatten(0, 1), weights.flatten(0, 1)))
            state = half_rectified(state @ self.between.mT + read)
        return state, tuple(trace)


def half_rectified(state: Float[Tensor, "*shape dim"]) -> Float[Tensor, "*shape dim"]:
    """The second half of the units through ReLU, the first as it is (section 5: half of the units)."""
    linear = state.shape[-1] // 2
    return torch.cat([state[..., :linear], state[..., linear:].relu()], -1)
