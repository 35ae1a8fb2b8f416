"""O: what two symbols are to each other is asked for the answer.

What facts tell of two symbols and what is found of two others by going through a third need not be alike
where they mean the same: then what chains of three links teach does not hold for four, which join what
training never joined. Vectors that must say the answer by themselves, through one linear layer, and not only
to hops that may do the rest, are alike where it is.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.text.story_symbols import STOP, UNTOLD


class PairAnswers(nn.Module):
    """log p(answer) by the two symbols s and t that a question x names first,

        p = g p_st + (1 - g) p_ts        p_st = softmax(2 H norm e_st)        g = s(w x)

    s being the logistic function: the question says which of the two is what to the other, and nothing else.
    So it is for questions of one kind, what one thing is to another, and not for those that name a relation,
    as "Is the box above the lamp?". It is wanted in training alone.
    """

    def __init__(self, dim: int, node_dim: int, answers: int) -> None:
        super().__init__()
        self.before = nn.RMSNorm(dim)
        self.score = nn.Linear(dim, answers)  # H
        self.turn = nn.Linear(node_dim, 1)  # w

    def forward(
        self,
        pairs: Float[Tensor, "batch symbols symbols pair"],
        question: Float[Tensor, "batch dim"],
        named: Float[Tensor, "batch places symbols"],
    ) -> Float[Tensor, "batch answers"]:
        """Of e, x, and the symbols in the places of the question."""
        first, second = named[:, 0], named[:, 1]
        ways = [torch.einsum("bs,bt,bstp->bp", s, t, pairs) for s, t in ((first, second), (second, first))]
        turned = self.turn(question)
        chances = [
            nn.functional.logsigmoid(gate) + (2 * self.score(self.before(way))).log_softmax(-1)
            for gate, way in zip((turned, -turned), ways)
        ]
        return torch.logaddexp(*chances)


def said_losses(
    chances: Float[Tensor, "batch answers"], answer: Int[Tensor, "batch items"]
) -> Float[Tensor, " batch"]:
    """-log p(answer) of answers that are one entry to say, 0 of lists and of what is copied."""
    wanted, ends = answer[:, 0], answer[:, 1] == STOP
    losses = -chances.gather(1, wanted.clamp(min=0)[:, None])[:, 0]
    return losses * (ends & (wanted > UNTOLD))
