"""O of MemNN: a chain of hard reads, one fact each (Weston, Chopra, Bordes 2014, sections 3.1 and 3.4)."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Scores:
    """What a hop thinks of every slot, in parts. The last slot, behind all facts, means to stop.

        s_Ot(x, y, y') = E(x) . (E(y) - E(y') + T Phi_t(x, y, y'))

    Phi_t has three features, 0 or 1: x older than y, x older than y', y older than y'. The time of a
    query [x, m_o1, ...] is that of the fact read last; a question without a read is now. Stopping
    has no time: nothing is older than it, and it is older than nothing.
    """

    gains: Float[Tensor, "batch slots+1"]  # E(x) . E(y)
    times: Float[Tensor, "batch 3"]  # E(x) . T: what each time feature adds
    read_at: Int[Tensor, " batch"]  # the slot read last; after all facts where none was
    mask: Bool[Tensor, "batch slots+1"]  # True where there is something to choose

    def x_older(self) -> Float[Tensor, "batch slots+1"]:
        """1 where x is older than y, else 0."""
        slots = self.mask.shape[1]
        place = torch.arange(slots, device=self.mask.device)
        return ((self.read_at[:, None] < place) & (place < slots - 1)).to(self.gains.dtype)


def hop_losses(
    scores: Scores, target: Int[Tensor, " batch"], margin: float, both: bool = True
) -> Float[Tensor, " batch"]:
    """The ranking losses of one hop, summed over all wrong memories f (section 3.4).

        sum_f  max(0, margin - s_Ot(x, y, f)) + max(0, margin + s_Ot(x, f, y))
    """
    slots, right = scores.mask.shape[1], target[:, None]
    place = torch.arange(slots, device=target.device)
    timed = (place < slots - 1) & (right < slots - 1)
    gains, x_older = scores.gains, scores.x_older()
    right_gain, x_older_right = gains.gather(1, right), x_older.gather(1, right)
    a, b, c = scores.times[:, :, None].unbind(1)
    preferred = right_gain - gains + a * x_older_right + b * x_older + c * (timed & (right < place))
    refused = gains - right_gain + a * x_older + b * x_older_right + c * (timed & (place < right))
    first, second = (margin - preferred).relu(), (margin + refused).relu()
    if both:
        losses = first + second
    else:
        first_asked = (place >= right) & (place < slots - 1) | (right == slots - 1)
        losses = torch.where(first_asked, first, second)
    return (losses * (scores.mask & (place != right))).sum(-1)


def hard_read(scores: Scores) -> Int[Tensor, " batch"]:
    """The slot that wins the loop over all memories, newest first, stopping last.

    Each memory y is compared with the winner y' of those before it and wins if s_Ot(x, y, y') > 0.
    """
    slots = scores.mask.shape[1]
    x_older = scores.x_older()
    a, b, c = scores.times[:, :, None].unbind(1)
    older = (torch.arange(slots, device=scores.mask.device) < slots - 1) * c
    attack, defence = scores.gains + a * x_older + older, scores.gains - b * x_older
    attack = attack.masked_fill(~scores.mask, float("-inf"))
    defence = defence.masked_fill(~scores.mask, float("-inf"))
    first = max(slots - 2, 0)
    best, standing = torch.full_like(scores.read_at, first), defence[:, first]
    for y in [*range(first - 1, -1, -1), slots - 1]:
        wins = attack[:, y] > standing
        best, standing = torch.where(wins, y, best), torch.where(wins, defence[:, y], standing)
    return best
