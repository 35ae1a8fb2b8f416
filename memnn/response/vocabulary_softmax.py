"""R, one word: a softmax over everything the vocabulary holds."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from memnn.text.vocabulary import NIL


def vocabulary_scores(
    state: Float[Tensor, "batch dim"], weight: Float[Tensor, "vocab dim"]
) -> Float[Tensor, "batch vocab"]:
    """A = softmax(W u) before the softmax (Sukhbaatar et al. 2015, equation 3); never the nil word."""
    scores = state @ weight.T
    nil = torch.arange(weight.shape[0], device=weight.device) == NIL
    return scores.masked_fill(nil, torch.finfo(scores.dtype).min)


class VocabularySoftmax(nn.Module):
    """R of MemN2N. The weight may be one of the encoder's tables (adjacent tying: W^T = C_K)."""

    def __init__(self, weight: Float[Tensor, "vocab dim"]) -> None:
        super().__init__()
        self.weight = weight if isinstance(weight, nn.Parameter) else nn.Parameter(weight)

    def forward(self, state: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch vocab"]:
        """Scores of every word; their softmax is the probability of the answer."""
        return vocabulary_scores(state, self.weight)
