"""G of MemN2N as a language model: the newest words, each with two vectors."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.memory import Memory


class RecentWords(nn.Module):
    """The memory of a stretch of text, of which any word may read the `capacity` words that end with it.

    m_i = A x_i        c_i = C x_i        (O adds the time)
    """

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self.capacity = capacity

    def empty(self, batch: int, device: torch.device) -> Int[Tensor, "batch capacity"]:
        """The words before a text begins: none, written -1."""
        return torch.full((batch, self.capacity), -1, device=device)

    def newest(self, words: Int[Tensor, "batch stretch"]) -> Int[Tensor, "batch capacity"]:
        """The words that later ones may still read."""
        return words[:, -self.capacity :]

    def write(
        self,
        keys: Float[Tensor, "batch stretch dim"],
        values: Float[Tensor, "batch stretch dim"],
        words: Int[Tensor, "batch stretch"],
    ) -> Memory:
        """The words of a stretch, a slot each; -1 is none."""
        return Memory(keys, values, words >= 0)
