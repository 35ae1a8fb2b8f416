"""I: when a fact was told. Time counts back from the newest fact, here and nowhere else."""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor


def ages(slots: int, device: torch.device | None = None) -> Int[Tensor, "slots 1"]:
    """How many facts were told after each one: 0 for the newest.

    Facts stand oldest first and padding in front of them, so the slot alone tells. Padding gets an
    age too; whoever uses it must hold the mask against it.
    """
    return torch.arange(slots - 1, -1, -1, device=device)[:, None]


def noisy_ages(
    slots: int, stories: Sequence[int], noise: float, device: torch.device | None = None
) -> Int[Tensor, "*restarts slots batch"]:
    """Ages as if empty memories stood between the facts (random noise, RN), drawn for each of `stories`.

    With probability `noise` an empty memory follows a fact and makes it and all older ones one
    step older (Sukhbaatar et al. 2015, section 4.1: 10 % empty memories regularise T_A).
    """
    *restarts, batch = stories
    empty = torch.rand(*restarts, slots, batch, device=device) < noise  # newest first, to be summed up
    return ages(slots, device) + empty.cumsum(-2).flip(-2)
