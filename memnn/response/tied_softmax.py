"""R, the next word of a large vocabulary: a softmax over the word vectors of I, sampled in training."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class TiedSoftmax(nn.Module):
    """p(w | h) = softmax_w(E h + b), with the E of the input map (Press and Wolf 2017; Inan et al. 2017).

    In training the sum under the softmax is estimated from part of the words. Words are ordered by
    frequency; the one of rank r is drawn with probability pi = min(1, sampled / r), each by itself, and
    stands for as many like it as it is rarely drawn (the estimator of Horvitz and Thompson 1952):

        Z_t = exp s_t(y_t) + sum over drawn w != y_t of exp s_t(w) / pi(w)

    So the `sampled` commonest words always count in full, E[Z_t] is the sum over all words, and which
    words are drawn does not depend on the text. `sampled` = 0 computes all.
    """

    def __init__(self, vectors: nn.Parameter, sampled: int = 0) -> None:
        super().__init__()
        self.vectors = vectors
        self.bias = nn.Parameter(torch.zeros(len(vectors)))
        self.sampled = sampled

    def forward(self, state: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch vocab"]:
        """Scores of every word; their softmax is the probability of the next one."""
        return nn.functional.linear(state, self.vectors, self.bias)

    def losses(
        self, state: Float[Tensor, "batch dim"], following: Int[Tensor, " batch"]
    ) -> Float[Tensor, " batch"]:
        """-log p(y_t) of each next word, by the estimated Z_t in training and the whole one else."""
        if not (self.training and self.sampled < len(self.vectors)) or not self.sampled:
            return nn.functional.cross_entropy(self(state).float(), following, reduction="none")
        chance = (self.sampled / torch.arange(1, len(self.vectors) + 1, device=state.device)).clamp(max=1.0)
        drawn = (torch.rand_like(chance) < chance).nonzero().squeeze(1)
        vectors = nn.functional.embedding(drawn, self.vectors)
        bias = self.bias[drawn] - chance[drawn].log()
        scores = nn.functional.linear(state, vectors, bias).float()
        own = (state * nn.functional.embedding(following, self.vectors)).float().sum(-1) + self.bias[
            following
        ]
        # The commonest words stand among the drawn with weight 1. Others stand there, if at all, with another
        # weight: they are taken out and counted by themselves.
        place = torch.searchsorted(drawn, following).clamp(max=len(drawn) - 1)
        rare = following >= self.sampled
        twice = (rare & (drawn[place] == following)).nonzero().squeeze(1)
        scores = scores.index_put((twice, place[twice]), scores.new_tensor(float("-inf")))
        total = scores.logsumexp(-1)
        return torch.where(rare, torch.logaddexp(total, own), total) - own
