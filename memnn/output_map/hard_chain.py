"""O of MemNN: a chain of hard reads, one fact each (Weston, Chopra, Bordes 2014, sections 3.1 and 3.4).

A hop scores pairs of memories y, y' by what they say and by when x, y and y' were written:

    s_Ot(x, y, y') = E(x) . (E(y) - E(y') + T Phi_t(x, y, y'))

Phi_t has three features, 0 or 1: x older than y, x older than y', y older than y'. A hop's x is the
question with all facts read so far; its time is that of the last fact read, the question's being now.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.input_map.bags import Squash
from memnn.memory import Reading, SharedMemory, Trace
from memnn.output_map.soft_read import shared_scores, shared_sum


@dataclass(frozen=True)
class Scores:
    """What a hop thinks of every slot, in parts; the last slot, behind all facts, is to stop."""

    gains: Float[Tensor, "batch slots+1"]  # E(x) . E(y)
    times: Float[Tensor, "batch 3"]  # E(x) . T: what each time feature adds
    read_at: Int[Tensor, " batch"]  # the slot of the fact read last; after all slots for the question
    mask: Bool[Tensor, "batch slots+1"]  # True where there is something to choose


def older(scores: Scores) -> Bool[Tensor, "batch slots+1"]:
    """Whether x is older than y. Stopping has no time: a feature that compares with it is 0."""
    place = torch.arange(scores.mask.shape[1], device=scores.mask.device)
    return (scores.read_at[:, None] < place) & (place < len(place) - 1)


def hop_losses(scores: Scores, target: Int[Tensor, " batch"], margin: float) -> Float[Tensor, " batch"]:
    """The ranking losses of one hop, summed over all wrong memories f (equations 12 to 15 of section 3.4).

        sum_f  max(0, margin - s_Ot(x, y, f)) + max(0, margin + s_Ot(x, f, y))
    """
    place, right = torch.arange(scores.mask.shape[1], device=target.device), target[:, None]
    facts = (place < len(place) - 1) & (right < len(place) - 1)
    gain, x_older = scores.gains, older(scores).to(scores.gains.dtype)
    right_gain, x_older_right = gain.gather(1, right), x_older.gather(1, right)
    a, b, c = scores.times.unsqueeze(-1).unbind(1)
    preferred = right_gain - gain + a * x_older_right + b * x_older + c * (facts & (right < place))
    refused = gain - right_gain + a * x_older + b * x_older_right + c * (facts & (place < right))
    losses = (margin - preferred).relu() + (margin + refused).relu()
    return (losses * (scores.mask & (place != right))).sum(-1)
