"""O: what two symbols are to each other is asked for the answer.

What facts tell of two symbols and what is found of two others by going through a third need not be alike
where they mean the same: then what chains of three links teach does not hold for four, which join what
training never joined. Vectors that must say the answer by themselves, through one linear layer, and not only
to hops that may do the rest, are alike where it is. And where hops would have to find out at once what facts
say, what questions ask and how to use it, the pair is told the answer without them.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.text.story_symbols import UNTOLD


class PairAnswers(nn.Module):
    """log p(first item of the answer) by the two symbols s and t that a question x names first,

        p = g p_st + (1 - g) p_ts        g = s(w x)
        p_st = softmax(2 H (norm e_st, (h_t - h_s) * (1 + M y)) + 2 c)        y = norm x

    s being the logistic function, e what `pair_rounds.py` finds and h what `layout.py` does, either or both:
    the question says which of the two is what to the other, and, of how far apart they are, what is asked. It
    is wanted in training alone.
    """

    def __init__(self, node_dim: int, answers: int, *, pair: int = 0, space: int = 0) -> None:
        """`pair` numbers of e, `space` of h; 0: it is not there."""
        super().__init__()
        self.before = nn.RMSNorm(pair) if pair else None
        self.score = nn.Linear(pair + space, answers)  # H, c
        self.turn = nn.Linear(node_dim, 1)  # w
        self.question = nn.RMSNorm(node_dim) if space else None
        self.want = nn.Linear(node_dim, space, bias=False) if space else None  # M

    def forward(
        self,
        question: Float[Tensor, "batch dim"],
        between: Float[Tensor, "batch ways pair"] | None,
        apart: Float[Tensor, "batch space"] | None,
    ) -> Float[Tensor, "batch answers"]:
        """Of x, of e_st and e_ts, and of h_t - h_s."""
        turned, ways = self.turn(question), []
        if self.want is not None and self.question is not None and apart is not None:
            apart = apart * (1 + self.want(self.question(question)))
        for way, gate in enumerate((turned, -turned)):
            found = [] if apart is None else [-apart if way else apart]
            if self.before is not None and between is not None:
                found.insert(0, self.before(between[:, way]))
            scores = 2 * self.score(torch.cat(found, -1))
            ways.append(nn.functional.logsigmoid(gate) + scores.log_softmax(-1))
        return torch.logaddexp(*ways)


def said_losses(
    chances: Float[Tensor, "batch answers"], answer: Int[Tensor, "batch items"]
) -> Float[Tensor, " batch"]:
    """-log p of the answer's first item, 0 where it is copied."""
    wanted = answer[:, 0]
    losses = -chances.gather(1, wanted.clamp(min=0)[:, None])[:, 0]
    return losses * (wanted > UNTOLD)
