"""O of MemN2N: several soft reads in a row (Sukhbaatar et al. 2015, sections 2.2 and 4.1)."""

from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.time import ages, noisy_ages
from memnn.memory import Reading, SharedMemory, Trace

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

    Equal to `soft_read` of the dense memory, and computed without making it: facts, ages and
    nothing are rows of one table, a query is multiplied with each row once, and a slot gathers two
    of the products, its fact's and its age's.
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
        self.tables = 1 + self.hop_tables[-1][1]
        self.time = nn.Parameter(init * torch.randn(capacity, self.tables * dim))  # T_A and T_C
        self.between = None if adjacent else nn.Parameter(init * torch.randn(dim, dim))  # H

    def forward(
        self, memory: SharedMemory, query: Float[Tensor, "batch dim"], *, softmax: bool = True
    ) -> tuple[Float[Tensor, "batch dim"], Trace]:
        """The state after the last hop, u_{K+1}, and the readings on the way.

        Without `softmax` the scores are the weights: the linear start of section 4.1.
        """
        slots = memory.mask.shape[1]
        where, bias = self._addresses(memory), self._bias(memory)
        keys = self._rows(memory.keys)
        values = keys if memory.values is memory.keys else self._rows(memory.values)
        trace: list[Reading] = []
        for a, c in self.hop_tables:
            scores = (query @ keys[a].T).gather(1, where).view(-1, 2, slots + 1).sum(1)
            weights = (scores + bias).softmax(-1) if softmax else scores.masked_fill(bias < 0, 0.0)
            by_row = weights.new_zeros(len(where), len(values[c])).scatter_add(
                1, where, torch.cat([weights, weights], 1)
            )
            read = by_row @ values[c]
            trace.append(Reading(read, weights[:, :slots]))
            query = read + (query if self.between is None else query @ self.between.T)
            query = query.relu() if self.relu else query
        return query, tuple(trace)

    def _rows(self, side: Float[Tensor, "facts dim"]) -> tuple[Float[Tensor, "rows width"], ...]:
        """For each table: the facts, then a row an age, then nothing, which is zero."""
        rows = torch.cat([side, self.time, torch.zeros_like(self.time[:1])])
        return rows.view(-1, self.tables, self.dim).unbind(1)

    def _addresses(self, memory: SharedMemory) -> Int[Tensor, "batch addresses"]:
        """The row of each slot's fact, then that of its age; after all slots one that holds nothing."""
        age = noisy_ages(memory.mask, self.noise) if self.training and self.noise else ages(memory.mask)
        facts = len(memory.keys)
        time = age.clamp(max=self.capacity - 1) + facts
        nothing = time.new_full((len(time), 1), facts + self.capacity)
        return torch.cat([memory.slots, nothing, time, nothing], 1)

    def _bias(self, memory: SharedMemory) -> Float[Tensor, "batch addresses"]:
        """What is added to a slot's score: 0 for a fact, nearly minus infinity for padding.

        The slot of nothing stands for n empty slots of score 0, which weigh as one of score log n:
        all that are left of the capacity (`empty_slots="nil"`, facebook's code), or none ("masked",
        ParlAI's), but one where the story is empty, so that it reads as zeros and not NaN.
        """
        filled = memory.mask.sum(1, keepdim=True)
        empty = (
            (self.capacity - filled).clamp(min=0) if self.empty_slots == "nil" else torch.zeros_like(filled)
        )
        empty = torch.where(filled == 0, empty.clamp(min=1), empty)
        counts = torch.cat([memory.mask.long(), empty], 1).to(self.time.dtype)
        return counts.log().clamp(min=torch.finfo(counts.dtype).min)
