"""G, plain: every fact gets the next slot."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.memory import SharedMemory


class Append(nn.Module):
    """G of MemNN and MemN2N: m_N = I(x), N one further each time (Weston et al. 2014, section 3.1)."""

    def __init__(self, capacity: int | None = None) -> None:
        """Keep the `capacity` newest facts of a story; None keeps all."""
        super().__init__()
        self.capacity = capacity

    def empty(self, batch: int, dim: int) -> SharedMemory:
        """The memory before anything was told."""
        nothing, slots = torch.zeros(0, dim), torch.zeros(batch, 0, dtype=torch.long)
        return SharedMemory(nothing, nothing, slots, slots.bool())

    def write(self, memory: SharedMemory, features: Float[Tensor, "batch dim"]) -> SharedMemory:
        """The memory with one more fact in every story."""
        known, batch = memory.keys.shape[0], features.shape[0]
        new = torch.arange(known, known + batch, device=features.device)[:, None]
        mask = torch.cat([memory.mask, torch.ones_like(new).bool()], 1)
        written = self.write_all(torch.cat([memory.keys, features]), torch.cat([memory.slots, new], 1), mask)
        if written.mask.shape[1] == mask.shape[1]:
            return written
        kept, slots = torch.unique(written.slots, return_inverse=True)  # forgotten facts take no room
        facts = written.keys[kept]
        return SharedMemory(facts, facts, slots, written.mask)

    def write_all(
        self,
        features: Float[Tensor, "*restarts facts dim"],
        slots: Int[Tensor, "batch slots"],
        mask: Bool[Tensor, "batch slots"],
    ) -> SharedMemory:
        """Whole stories at once: slot s of a story holds the distinct fact number slots[s].

        The same memory as writing the facts one by one. Stories are padded in front, so that the
        newest facts are the last slots.
        """
        if self.capacity is not None:
            slots, mask = slots[:, -self.capacity :], mask[:, -self.capacity :]
        return SharedMemory(features, features, slots, mask)
