"""G of the cache: every state gets a slot, with the word that came next (Grave et al. 2017, section 3)."""

from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.memory import WordMemory, WordSlots

BLOCK = 1024  # slots


class AppendWords(nn.Module):
    """m_i = (h_i, x_{i+1}) at the next free slot."""

    def write(
        self,
        memory: WordMemory,
        states: Float[Tensor, "length dim"],
        following: Int[Tensor, " length"],
        capacity: int | None = None,
    ) -> WordMemory:
        """The memory with more words.

        At least the `capacity` slots that were newest before this write are kept, so that the first of the
        new words can be read with as many behind it; whole blocks of older ones are forgotten.
        """
        blocks, forgotten = memory.blocks, memory.forgotten
        if capacity is not None:
            held = len(memory) - forgotten
            while blocks and held - len(blocks[0].words) >= capacity:
                held -= len(blocks[0].words)
                forgotten += len(blocks[0].words)
                blocks = blocks[1:]
        new = WordSlots(states.detach(), following)
        if blocks and len(blocks[-1].words) < BLOCK:
            last = blocks[-1]
            new = WordSlots(torch.cat([last.keys, new.keys]), torch.cat([last.words, new.words]))
            blocks = blocks[:-1]
        return replace(memory, blocks=(*blocks, new), forgotten=forgotten)
