"""R of the Symbol Memory Network: each item of the answer is said from a list, or copied from the story."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


class CopyingResponse(nn.Module):
    """Scores of every answer and of every symbol, for the item that the question has come to.

        say = V h        copy = g softmax(C h) P        h = ReLU(U [norm x, P Q^T])

    x is the question's state, P are its registers and Q its own symbols: the last part of h says which
    registers hold a symbol that was asked. One softmax goes over both (`item_losses`). An answer that
    ends says STOP.
    """

    def __init__(self, dim: int, registers: int, places: int, answers: int) -> None:
        super().__init__()
        self.places, self.answers = places, answers
        self.before = nn.RMSNorm(dim)
        self.mix = nn.Sequential(nn.Linear(dim + registers * places, dim), nn.ReLU())  # U
        self.say = nn.Linear(dim, answers)  # V
        self.choose = nn.Linear(dim, registers)  # C
        self.gain = nn.Parameter(torch.tensor(8.0))  # g

    def forward(
        self, state: Float[Tensor, "batch dim"], registers: Float[Tensor, "batch registers symbols"]
    ) -> Float[Tensor, "batch entries"]:
        """Scores: answers first, then the story's symbols."""
        asked = (registers @ registers[:, : self.places].mT).flatten(1)
        mixed = self.mix(torch.cat([self.before(state), asked], -1))
        copy = (self.choose(mixed).softmax(-1)[:, None] @ registers)[:, 0]
        return torch.cat([self.say(mixed), self.gain * copy], -1)


def item_losses(
    scores: Float[Tensor, "batch items entries"],
    answer: Int[Tensor, "batch wanted"],
    copied: Int[Tensor, "batch wanted"],
    answers: int,
) -> tuple[Float[Tensor, " batch"], Bool[Tensor, " batch"]]:
    """-sum_t log(p_t(said) + p_t(copied)), and whether every item is right.

    `answer` is the id to say, `copied` the symbol to copy, -1 where there is none. An answer longer than
    the items there are scores is wrong.
    """
    items = min(scores.shape[1], answer.shape[1])
    too_long = ((answer[:, items:] >= 1) | (copied[:, items:] >= 0)).any(-1)
    losses, right = chance_losses(scores[:, :items].log_softmax(-1), answer, copied, answers)
    return losses, right & ~too_long


def chance_losses(
    chances: Float[Tensor, "batch items entries"],
    answer: Int[Tensor, "batch wanted"],
    copied: Int[Tensor, "batch wanted"],
    answers: int,
) -> tuple[Float[Tensor, " batch"], Bool[Tensor, " batch"]]:
    """The same of log p, for as many items as there are of it."""
    items = chances.shape[1]
    answer, copied = answer[:, :items], copied[:, :items]
    least = torch.finfo(chances.dtype).min / 4
    ways = []
    for wanted, first in ((answer, 0), (copied, answers)):
        place = (wanted + first).clamp(min=0)
        ways.append(chances.gather(-1, place[..., None])[..., 0].where(wanted >= 0, least))
    there = (answer >= 0) | (copied >= 0)
    losses = -torch.logaddexp(*ways).where(there, 0.0).sum(-1)
    best = chances.argmax(-1)
    right = (best == answer) | ((best - answers == copied) & (copied >= 0)) | ~there
    return losses, right.all(-1)
