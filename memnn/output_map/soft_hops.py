"""O of MemN2N: several soft reads in a row (Sukhbaatar et al. 2015, sections 2.2 and 4.1)."""

from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.time import ages, noisy_ages
from memnn.memory import Reading, SharedMemory, Trace
from memnn.output_map.soft_read import attention, shared_scores, shared_sum

Tying = Literal["adjacent", "layerwise"]
EmptySlots = Literal["masked", "nil"]


class SoftHops(nn.Module):
    """Hops k = 1 .. K over facts that were written with one vector a table.

        m_i = A_k x_i + T_A,k(age_i)     c_i = C_k x_i + T_C,k(age_i)
        p_i = softmax(u_k . m_i)         o_k = sum_i p_i c_i
        u_{k+1} = u_k + o_k              adjacent tying: A_{k+1} = C_k, K + 1 tables
        u_{k+1} = H u_k + o_k            layer-wise tying: one A, one C, 2 tables

    and u_{k+1} = relu(...) where `relu` (the larger models of the paper's table 3). The facts'
    vectors hold the tables side by side. Ages beyond `capacity` share the vector of the oldest.
    `noise` is the share of empty memories between facts while training.
    """

    def __init__(
        self,
        dim: int,
        hops: int,
        *,
        capacity: int = 50,
        tying: Tying = "adjacent",
        empty_slots: EmptySlots = "masked",
        relu: bool = False,
        noise: float = 0.0,
        init: float = 0.1,
    ) -> None:
        super().__init__()
        self.dim, self.capacity = dim, capacity
        self.empty_slots, self.relu, self.noise = empty_slots, relu, noise
        adjacent = tying == "adjacent"
        self.hop_tables = tuple((k, k + 1) for k in range(hops)) if adjacent else ((0, 1),) * hops
        tables = 1 + self.hop_tables[-1][1]
        self.time = nn.Parameter(init * torch.randn(capacity, tables * dim))  # T_A and T_C
        self.between = None if adjacent else nn.Parameter(init * torch.randn(dim, dim))  # H

    def forward(
        self, memory: SharedMemory, query: Float[Tensor, "batch dim"], *, softmax: bool = True
    ) -> tuple[Float[Tensor, "batch dim"], Trace]:
        """The state after the last hop, u_{K+1}, and the readings on the way."""
        age = noisy_ages(memory.mask, self.noise) if self.training and self.noise else ages(memory.mask)
        age = age.clamp(max=self.capacity - 1)
        nil = self._nil_slots(memory)
        trace: list[Reading] = []
        for a, c in self.hop_tables:
            # A fact's vector plus its time vector: products and sums are taken of each apart.
            scores = shared_scores(query, self._table(memory.keys, a), memory.slots)
            scores = scores + shared_scores(query, self._table(self.time, a), age)
            weights = attention(scores, memory.mask, nil, softmax)
            read = shared_sum(weights, self._table(memory.values, c), memory.slots)
            read = read + shared_sum(weights, self._table(self.time, c), age)
            trace.append(Reading(read, weights))
            query = read + (query if self.between is None else query @ self.between.T)
            query = query.relu() if self.relu else query
        return query, tuple(trace)

    def _table(self, side: Float[Tensor, "facts dims"], table: int) -> Float[Tensor, "facts dim"]:
        return side[:, table * self.dim : (table + 1) * self.dim]

    def _nil_slots(self, memory: SharedMemory) -> Int[Tensor, " batch"] | None:
        if self.empty_slots == "masked":
            return None
        return (self.capacity - memory.mask.sum(-1)).clamp(min=0)
