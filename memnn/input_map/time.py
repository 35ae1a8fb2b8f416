"""I: when a fact was told. Time counts back from the newest fact, here and nowhere else."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor


def ages(mask: Bool[Tensor, "batch slots"]) -> Int[Tensor, "batch slots"]:
    """How many facts were told after each one: 0 for the newest. Facts stand oldest first.

    Padding gets an age too; whoever uses it must hold the mask against it.
    """
    return mask.long().flip(-1).cumsum(-1).flip(-1).sub(mask.long())


def noisy_ages(mask: Bool[Tensor, "batch slots"], noise: float) -> Int[Tensor, "batch slots"]:
    """Ages as if empty memories stood between the facts (random noise, RN).

    With probability `noise` an empty memory follows a fact and makes it and all older ones one
    step older (Sukhbaatar et al. 2015, section 4.1: 10 % empty memories regularise T_A).
    """
    empty = (torch.rand(mask.shape, device=mask.device) < noise) & mask
    return ages(mask) + empty.long().flip(-1).cumsum(-1).flip(-1)
