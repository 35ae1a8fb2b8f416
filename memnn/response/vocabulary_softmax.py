"""R, one word: a softmax over everything the vocabulary holds."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from memnn.text.vocabulary import NIL


class VocabularySoftmax(nn.Module):
    """R of MemN2N: a = softmax(W u), never the nil word (Sukhbaatar et al. 2015, equation 3).

    The weight may be one of the encoder's tables (adjacent tying: W^T = C_K).
    """

    nil: Tensor

    def __init__(self, weight: Float[Tensor, "vocab dim"]) -> None:
        super().__init__()
        self.weight = weight if isinstance(weight, nn.Parameter) else nn.Parameter(weight)
        nil = torch.zeros(len(weight))
        nil[NIL] = float("-inf")
        self.register_buffer("nil", nil, persistent=False)

    def forward(self, state: Float[Tensor, "*restarts batch dim"]) -> Float[Tensor, "*restarts batch vocab"]:
        """Scores of every word; their softmax is the probability of the answer."""
        return state @ self.weight.mT + self.nil
