"""I: each word as vectors of its own, one from each of several tables."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class WordVectors(nn.Module):
    """A x and C x of each word x (Sukhbaatar et al. 2015, section 5: a memory slot is a word)."""

    def __init__(self, vocab: int, dim: int, tables: int, init: float) -> None:
        super().__init__()
        self.tables, self.dim = tables, dim
        self.vectors = nn.Parameter(init * torch.randn(vocab, tables * dim))  # side by side: one look-up

    def forward(self, words: Int[Tensor, "batch length"]) -> tuple[Float[Tensor, "batch length dim"], ...]:
        """The vectors of each table. A word below 0 gets those of word 0: whoever reads them masks it."""
        return torch.split(nn.functional.embedding(words.clamp(min=0), self.vectors), self.dim, -1)
