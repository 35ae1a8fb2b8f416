"""O: which reads an answer rests on, where facts read one another and attention alone does not tell."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from memnn.output_map.recency import add_up_by_node


def reads_that_spoke(
    answer: Float[Tensor, ""], hops: Sequence[Sequence[Float[Tensor, "_ batch _ _"]]]
) -> Float[Tensor, "batch slots"]:
    """How much reading each fact, by any node in any hop, spoke for the answer.

        e_j = sum_hi max(0, w_hij dS/dw_hij)

    over the heads h of all hops and reading nodes i: attention times gradient (Chefer et al. 2021,
    arXiv:2103.15679). `hops` are weights by kind of head (`read_weights`). The last node is the question
    and no fact.
    """
    kinds = [weights for hop in hops for weights in hop]
    slopes = torch.autograd.grad(answer, kinds, allow_unused=True)
    spoke = [
        torch.zeros_like(weights) if slope is None else (weights.detach() * slope).clamp(min=0)
        for weights, slope in zip(kinds, slopes)
    ]
    size = len(hops[0])
    by_hop = [add_up_by_node(spoke[first : first + size]) for first in range(0, len(spoke), size)]
    return torch.stack(by_hop).sum(0)[:, :-1]
