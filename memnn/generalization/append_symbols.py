"""G of the Symbol Memory Network: every fact gets the next slot, as a frame and the symbols that fill it."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.memory import SymbolMemory


class AppendSymbols(nn.Module):
    """A story is written once for all its questions; which facts a read may see is the mask's to say."""

    def __init__(self, capacity: int | None = None) -> None:
        """Keep the `capacity` newest facts of a story; None keeps all."""
        super().__init__()
        self.capacity = capacity

    def empty(self, batch: int, dim: int, places: int) -> SymbolMemory:
        """The memory before anything was told."""
        slots = torch.zeros(batch, 0, dtype=torch.long)
        fillers = torch.zeros(batch, 0, places, dtype=torch.long)
        return SymbolMemory(torch.zeros(0, dim), slots, fillers, fillers, slots.bool())

    def write(
        self,
        memory: SymbolMemory,
        features: Float[Tensor, "batch dim"],
        symbols: Int[Tensor, "batch places"],
        names: Int[Tensor, "batch places"],
    ) -> SymbolMemory:
        """The memory with one more fact in every story."""
        known, batch = memory.frames.shape[0], features.shape[0]
        new = torch.arange(known, known + batch, device=features.device)[:, None]
        mask = torch.cat([memory.mask, torch.ones_like(new).bool()], 1)
        written = self.write_all(
            torch.cat([memory.frames, features]),
            torch.cat([memory.slots, new], 1),
            torch.cat([memory.symbols, symbols[:, None]], 1),
            torch.cat([memory.names, names[:, None]], 1),
            mask,
        )
        if written.mask.shape[1] == mask.shape[1]:
            return written
        kept, slots = torch.unique(written.slots, return_inverse=True)  # forgotten facts take no room
        return replace(written, frames=written.frames[kept], slots=slots)

    def write_all(
        self,
        features: Float[Tensor, "frames dim"],
        slots: Int[Tensor, "batch slots"],
        symbols: Int[Tensor, "batch slots places"],
        names: Int[Tensor, "batch slots places"],
        mask: Bool[Tensor, "batch slots"],
    ) -> SymbolMemory:
        """Whole stories at once, padded in front: the same memory as writing the facts one by one."""
        if self.capacity is not None:
            newest = slice(-self.capacity, None)
            slots, symbols, names, mask = (part[:, newest] for part in (slots, symbols, names, mask))
        return SymbolMemory(features, slots, symbols, names, mask)
