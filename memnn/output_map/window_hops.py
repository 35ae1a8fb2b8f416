"""O of MemN2N as a language model: hops over the words before (Sukhbaatar et al. 2015, section 5)."""

import torch
from jaxtyping import Float, Shaped
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
        keys, values = map(in_precision_of_products, (memory.keys, memory.values))
        batch, slots, dim = keys.shape
        length = slots - self.capacity
        hidden = ~seen(memory.mask[:, None].expand(-1, length, -1), self.capacity)
        by_state = torch.cat([self.key_time, self.between])  # what a state is multiplied with, in one product
        state = keys.new_full((batch, length, dim), 0.1)
        trace: list[Reading] = []
        for _ in range(self.hops):
            of_times, between = torch.split(state @ by_state.mT, [self.capacity, dim], -1)
            scores = seen(state @ keys.mT, self.capacity) + of_times
            weights = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(-1)
            read = unseen_as_zero(weights, slots) @ values + weights @ self.value_time
            trace.append(Reading(read.flatten(0, 1), weights.flatten(0, 1)))
            state = half_rectified(between + read)
        return state, tuple(trace)


def seen(
    of_slots: Shaped[Tensor, "batch length slots"], capacity: int
) -> Shaped[Tensor, "batch length capacity"]:
    """Of row t, word t of the window, the slots it sees: t + 1 .. t + N.

    A view, in which each row begins one slot further on.
    """
    batch, length, slots = of_slots.shape
    rows = of_slots.contiguous()
    first = rows.storage_offset() + 1
    return rows.as_strided((batch, length, capacity), (length * slots, slots + 1, 1), first)


def unseen_as_zero(
    weights: Float[Tensor, "batch length capacity"], slots: int
) -> Float[Tensor, "batch length slots"]:
    """The weights of the slots that each word sees among all slots, as `seen` takes them out."""
    batch, length, capacity = weights.shape
    nothing = weights.new_zeros(batch, length, slots)
    return torch.as_strided_scatter(
        nothing, weights, (batch, length, capacity), (length * slots, slots + 1, 1), 1
    )


def in_precision_of_products(vectors: Float[Tensor, "*shape dim"]) -> Float[Tensor, "*shape dim"]:
    """The vectors as products take them under autocast, which else casts them in each hop anew."""
    kind = vectors.device.type
    return vectors.to(torch.get_autocast_dtype(kind)) if torch.is_autocast_enabled(kind) else vectors


def half_rectified(state: Float[Tensor, "*shape dim"]) -> Float[Tensor, "*shape dim"]:
    """The second half of the units through ReLU, the first as it is (section 5: half of the units)."""
    linear = state.shape[-1] // 2
    return torch.cat([state[..., :linear], state[..., linear:].relu()], -1)
