"""O: where a question's walk ends is asked for the answer.

Hops may learn the short chains of training by themselves, and then nothing asks that walks be right. A walk
that must say the answer alone learns where it should have come to, however many facts lie between, and that
every link, and the end, be sure.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

LEAST = 1e-4  # chance that is added to each symbol's


class EndAnswers(nn.Module):
    """log p(first item of the answer) by the end of the walk from a question x, whose content is o and whose
    symbols have shares r (`links.py`),

        p(said) = g softmax(H norm o + c)        p(copied) = (1 - g) (r + LEAST)        g = s(w x + b)

    s being the logistic function: the question says whether a word or a symbol is asked for. It is wanted in
    training alone.
    """

    def __init__(self, dim: int, answers: int) -> None:
        super().__init__()
        self.before = nn.RMSNorm(dim)
        self.score = nn.Linear(dim, answers)  # H, c
        self.turn = nn.Linear(dim, 1)  # w, b

    def forward(
        self,
        question: Float[Tensor, "batch dim"],
        shown: Float[Tensor, "batch dim"],
        symbols: Float[Tensor, "batch symbols"],
    ) -> Float[Tensor, "batch entries"]:
        """Of x, o and r: answers first, then the story's symbols."""
        gate = self.turn(question)
        said = self.score(self.before(shown)).log_softmax(-1)
        copied = (symbols + LEAST).log()
        return torch.cat(
            [nn.functional.logsigmoid(gate) + said, nn.functional.logsigmoid(-gate) + copied], -1
        )
