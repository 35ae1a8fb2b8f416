"""O: what a network loses by supporting facts that its question does not read, where labels name them."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from memnn.output_map.recency import add_up_by_node

_LEAST = 1e-6  # of a chance to be read, so that its logarithm is finite


def unread_losses(
    hops: Sequence[Sequence[Float[Tensor, "_ batch _ _"]]], supporting: Int[Tensor, "batch facts"]
) -> Float[Tensor, " batch"]:
    """The mean over a question's supporting facts j of -log(1 - prod_h (1 - min(1, r_hj))).

    r_hj is how much the question, the last reader, reads fact j in hop h, all heads together (`hops` are
    weights by kind, as of `read_weights`). `supporting` holds slots, -1 where there is none.
    """
    unread: Tensor = torch.ones(())
    for weights in hops:
        by_question = add_up_by_node([kind[:, :, -1:] for kind in weights])[:, :-1]
        unread = unread * (1 - by_question.clamp(max=1))
    named = supporting >= 0
    missed = unread.gather(1, supporting.clamp(min=0)) if unread.shape[1] else torch.ones_like(named) * 1.0
    losses = -(1 - missed).clamp(min=_LEAST).log()
    return (losses * named).sum(1) / named.sum(1).clamp(min=1)
