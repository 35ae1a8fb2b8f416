"""O: what two symbols are to each other, in the words of answers.

What facts tell of two symbols and what is found of two others by going through a third reach the next round
as vectors, and need not be alike where they mean the same: then what follows from two that were found, as in
every chain of four links, is never learnt from chains of three. Said in the words of answers they are alike.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.text.story_symbols import STOP, UNTOLD

SHARP = 2.0  # scores are so many times what is linear in e
NOISE = 1.0  # standard deviation of what is added to scores in training
WEIGHT = 0.5  # of the loss, beside that of the answer


class AnswerBottleneck(nn.Module):
    """A vector of two symbols as a mixture of types, one for each entry of the list of answers,

        p = softmax(2 H norm e)        e <- sum_k p_k E_k

    and what the pair that is asked about says of the answer, for a question x that names s and then t:

        p(answer) = g p_st(answer) + (1 - g) p_ts(answer)        g = s(w x)

    s being the logistic function. Training makes -log p(answer) small, too, of answers that are one entry
    of the list, so that a type means its answer, told or found.
    """

    def __init__(self, dim: int, node_dim: int, answers: int) -> None:
        super().__init__()
        self.before = nn.RMSNorm(dim)
        self.score = nn.Linear(dim, answers)  # H
        self.types = nn.Parameter(torch.randn(answers, dim))  # E
        self.turn = nn.Linear(node_dim, 1)  # w

    def scores(self, pairs: Float[Tensor, "*shape pair"]) -> Float[Tensor, "*shape answers"]:
        """Of every type, for each two symbols."""
        scored: Tensor = SHARP * self.score(self.before(pairs))
        return scored

    def forward(self, pairs: Float[Tensor, "*shape pair"]) -> Float[Tensor, "*shape pair"]:
        """The mixtures."""
        scores = self.scores(pairs)
        scores = scores + NOISE * torch.randn_like(scores) if self.training else scores
        return scores.softmax(-1) @ self.types

    def says(
        self,
        pairs: Float[Tensor, "batch symbols symbols pair"],
        question: Float[Tensor, "batch dim"],
        named: Float[Tensor, "batch places symbols"],
    ) -> Float[Tensor, "batch answers"]:
        """log p(answer), from what pairs were before they became mixtures."""
        first, second = named[:, 0], named[:, 1]
        both = torch.einsum("xbs,ybt,bstp->xybp", *2 * [torch.stack([first, second])], pairs)
        chances = [self.scores(both[way]).log_softmax(-1) for way in ((0, 1), (1, 0))]
        turned = self.turn(question)
        gates = nn.functional.logsigmoid(turned), nn.functional.logsigmoid(-turned)
        return torch.logaddexp(*(gate + chance for gate, chance in zip(gates, chances)))


def said_losses(
    chances: Float[Tensor, "batch answers"], answer: Int[Tensor, "batch items"]
) -> Float[Tensor, " batch"]:
    """-log p(answer) of answers that are one entry to say, 0 of lists and of what is copied."""
    wanted, ends = answer[:, 0], answer[:, 1] == STOP
    losses = -chances.gather(1, wanted.clamp(min=0)[:, None])[:, 0]
    return losses * (ends & (wanted > UNTOLD))
