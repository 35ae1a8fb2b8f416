"""O of MemN2N: several soft reads in a row (Sukhbaatar et al. 2015, sections 2.2 and 4.1)."""

from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
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
        self, memory: SharedMemory, query: Float[Tensor, "*restarts batch dim"], *, softmax: bool = True
    ) -> tuple[Float[Tensor, "*restarts batch dim"], Trace]:
        """The state after the last hop, u_{K+1}, and the readings on the way.

        Without `softmax` the scores are the weights: the linear start of section 4.1.
        """
        slots = memory.mask.shape[1]
        bias = self._bias(memory.mask)
        keys = self._rows(memory.keys, slots)
        values = keys if memory.values is memory.keys else self._rows(memory.values, slots)
        query = query.mT  # a column a story: the softmax then runs over many stories at a time
        where = self._addresses(memory, [*query.shape[:-2], query.shape[-1]])
        of_fact, of_age = where.chunk(2, -2)
        trace: list[Reading] = []
        for a, c in self.hop_tables:
            products = (keys[a] @ query).gather(-2, where)
            scores = products.view(*products.shape[:-2], 2, slots + 1, -1).sum(-3)
            weights = (scores + bias).softmax(-2) if softmax else scores.masked_fill(bias < 0, 0.0)
            nowhere = weights.new_zeros(*weights.shape[:-2], values[c].shape[-2], weights.shape[-1])
            by_row = nowhere.scatter_add_(-2, of_fact, weights).scatter_add_(-2, of_age, weights)
            read = values[c].mT @ by_row
            trace.append(Reading(read.mT, weights[..., :slots, :].mT))
            query = read + (query if self.between is None else self.between @ query)
            query = query.relu() if self.relu else query
        return query.mT, tuple(trace)

    def _rows(
        self, side: Float[Tensor, "*restarts facts dim"], slots: int
    ) -> tuple[Float[Tensor, "*restarts rows width"], ...]:
        """For each table: the facts, then a row an age, then nothing, which is zero."""
        time = self.time[..., : self._ages(slots), :]
        rows = torch.cat([side, time, torch.zeros_like(self.time[..., :1, :])], -2)
        return rows.view(*rows.shape[:-1], self.tables, self.dim).unbind(-2)

    def _ages(self, slots: int) -> int:
        """How many ages there may be: noise at most doubles them."""
        return min(self.capacity, 2 * slots)

    def _addresses(
        self, memory: SharedMemory, stories: list[int]
    ) -> Int[Tensor, "*restarts addresses batch"]:
        """The row of each slot's fact, then that of its age; after all slots one that holds nothing."""
        (batch, slots), facts = memory.mask.shape, memory.keys.shape[-2]
        device = memory.slots.device
        noise = self.noise if self.training else 0.0
        age = noisy_ages(slots, stories, noise, device) if noise else ages(slots, device)
        time = facts + age.clamp(max=self.capacity - 1)
        nothing = time.new_full((1, 1), facts + self._ages(slots))
        parts = (memory.slots.mT, nothing, time, nothing)
        return torch.cat([part.expand(*stories[:-1], -1, batch) for part in parts], -2)

    def _bias(self, mask: Bool[Tensor, "batch slots"]) -> Float[Tensor, "addresses batch"]:
        """What is added to a slot's score: 0 for a fact, minus infinity for padding.

        The slot of nothing stands for n empty slots of score 0, which weigh as one of score log n:
        all that are left of the capacity (`empty_slots="nil"`, facebook's code), or none ("masked",
        ParlAI's), but one where the story is empty, so that it reads as zeros and not NaN.
        """
        filled = mask.sum(1)
        empty = (self.capacity - filled).clamp(min=0) if self.empty_slots == "nil" else (filled == 0).long()
        return torch.cat([mask.mT, empty[None]]).to(self.time.dtype).log()
