"""O: which reads an answer rests on, where facts read one another and attention alone does not tell."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor


def reads_that_spoke(
    answer: Float[Tensor, ""], weights: Sequence[Float[Tensor, "batch heads nodes nodes"]]
) -> list[Float[Tensor, "batch slots"]]:
    """Each hop's shares of the facts, by how much reading them spoke for the answer.

        e_j = sum_hi max(0, w_hij dS/dw_hij)        share_j = e_j / sum_k e_k

    over heads h and reading nodes i: attention times gradient (Chefer et al. 2021, arXiv:2103.15679).
    The last node is the question and no fact. A hop whose reads count for nothing has shares of 0.
    """
    slopes = torch.autograd.grad(answer, list(weights), allow_unused=True)
    shares = []
    for read, slope in zip(weights, slopes):
        spoke = torch.zeros_like(read) if slope is None else (read * slope).clamp(min=0)
        by_fact = spoke.detach().sum((1, 2))[:, :-1]
        shares.append(by_fact / by_fact.sum(-1, keepdim=True).clamp(min=1e-9))
    return shares
