"""O of MemNN: one hard read, by comparing memories in pairs (Weston, Chopra, Bordes 2014, section 3.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

Pairs = Literal["asked", "both"]


@dataclass(frozen=True)
class Scores:
    """What a hop thinks of every slot, in parts. The last slot, behind all facts, means to stop.

        s_Ot(x, y, y') = E(x) . (E(y) - E(y') + T Phi_t(x, y, y'))

    Phi_t has three features, 0 or 1: x older than y, x older than y', y older than y'. The time of a
    query [x, m_o1, ...] is that of the fact read last; a question without a read is now. Stopping
    has no time: nothing is older than it, and it is older than nothing.
    """

    gains: Float[Tensor, "batch slots"]  # E(x) . E(y)
    times: Float[Tensor, "batch 3"]  # E(x) . T: what each time feature adds
    read_at: Int[Tensor, " batch"]  # the slot read last; the stop where none was
    mask: Bool[Tensor, "batch slots"]  # True where there is something to choose

    def x_older(self) -> Float[Tensor, "batch slots"]:
        """1 where x is older than y, else 0."""
        stop = self.mask.shape[1] - 1
        slot = torch.arange(stop + 1, device=self.mask.device)
        return ((self.read_at[:, None] < slot) & (slot < stop)).to(self.gains.dtype)


def hop_losses(
    scores: Scores, target: Int[Tensor, " batch"], margin: float, pairs: Pairs = "asked"
) -> Float[Tensor, " batch"]:
    """The ranking losses of one hop whose right slot is the target, over all wrong slots f.

        both     sum_f  max(0, margin - s_Ot(x, y, f)) + max(0, margin + s_Ot(x, f, y))
        asked    of the two only the one that `hard_read` would ask

    The paper has both. But of two facts that say the same, the newer is never preferred to the
    older by the first (all features are 0, so s_Ot is 0), only the older refused by the second.
    """
    stop, right = scores.mask.shape[1] - 1, target[:, None]
    slot = torch.arange(stop + 1, device=target.device)
    timed = (slot < stop) & (right < stop)
    gains, x_older = scores.gains, scores.x_older()
    right_gain, x_older_right = gains.gather(1, right), x_older.gather(1, right)
    a, b, c = scores.times[:, :, None].unbind(1)
    preferred = right_gain - gains + a * x_older_right + b * x_older + c * (timed & (right < slot))
    refused = gains - right_gain + a * x_older + b * x_older_right + c * (timed & (slot < right))
    first, second = (margin - preferred).relu(), (margin + refused).relu()
    if pairs == "both":
        losses = first + second
    else:
        losses = torch.where((right < slot) & (slot < stop) | (right == stop), first, second)
    return (losses * (scores.mask & (slot != right))).sum(-1)


def hard_read(scores: Scores, slots: Sequence[int] | None = None) -> Int[Tensor, " batch"]:
    """The slot that wins the loop over all memories, newest first; whether to stop is asked last.

    With `slots`, oldest first, the loop is over these: no story of the batch may choose another.

    A memory y is compared with the winner y' of those before it, and wins if s_Ot(x, y, y') > 0.
    Newest first, because only an older y has a time feature against a newer y' where x is now.
    """
    stop = scores.mask.shape[1] - 1
    a, b, c = scores.times[:, :, None].unbind(1)
    x_older = scores.x_older()
    y_older = torch.arange(stop + 1, device=scores.mask.device) < stop  # always, but for stopping
    attack = (scores.gains + a * x_older + c * y_older).masked_fill(~scores.mask, float("-inf"))
    defence = (scores.gains - b * x_older).masked_fill(~scores.mask, float("-inf"))
    slots = range(stop) if slots is None else slots
    newest = slots[-1] if len(slots) else 0
    winner, standing = torch.full_like(scores.read_at, newest), defence[:, newest]
    for slot in (*reversed(slots[:-1]), stop):
        wins = attack[:, slot] > standing
        winner, standing = torch.where(wins, slot, winner), torch.where(wins, defence[:, slot], standing)
    return winner
