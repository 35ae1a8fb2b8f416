"""R, the next word: a softmax over every word, with weights of its own."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class WholeSoftmax(nn.Module):
    """p(w | u) = softmax_w(W u) (Sukhbaatar et al. 2015, equation 3)."""

    def __init__(self, vocab: int, dim: int, init: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(init * torch.randn(vocab, dim))

    def forward(self, state: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch vocab"]:
        """Scores of every word; their softmax is the probability of the next one."""
        return state @ self.weight.mT

    def losses(
        self, state: Float[Tensor, "batch dim"], following: Int[Tensor, " batch"]
    ) -> Float[Tensor, " batch"]:
        """-log p of each next word."""
        return nn.functional.cross_entropy(self(state).float(), following, reduction="none")
