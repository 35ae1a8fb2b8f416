"""O, soft: attention over every slot (Sukhbaatar et al. 2015, section 2.1)."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from memnn.memory import Reading


def attention(
    scores: Float[Tensor, "batch slots"],
    mask: Bool[Tensor, "batch slots"],
    nil_slots: Int[Tensor, " batch"] | None = None,
    softmax: bool = True,
) -> Float[Tensor, "batch slots"]:
    """p_i = softmax_i(scores), 0 outside the mask, 0 everywhere for a story without facts.

    `nil_slots` is how many empty slots take part in the softmax with score 0 and value 0, as in
    facebook's MemN2N, where they are a read of nothing; None leaves them out, as ParlAI does.
    Without `softmax` the scores are the weights: the linear start of section 4.1.
    """
    if not softmax:
        return scores.masked_fill(~mask, 0.0)
    lowest = torch.finfo(scores.dtype).min
    scores = scores.masked_fill(~mask, lowest)
    if nil_slots is not None:  # n slots of score 0 weigh as much as one of score log n
        nothing = nil_slots.to(scores.dtype).log().clamp(min=lowest)
        scores = torch.cat([scores, nothing[:, None]], -1)
    return scores.softmax(-1)[:, : mask.shape[1]].masked_fill(~mask, 0.0)


def soft_read(
    query: Float[Tensor, "batch dim"],
    keys: Float[Tensor, "batch slots dim"],
    values: Float[Tensor, "batch slots dim"],
    mask: Bool[Tensor, "batch slots"],
    nil_slots: Int[Tensor, " batch"] | None = None,
    softmax: bool = True,
) -> Reading:
    """Read the memory once; `nil_slots` and `softmax` as in `attention`.

        p_i = softmax_i(u . m_i)        o = sum_i p_i c_i

    A story with no facts reads as zeros, not NaN: a dialogue starts with an empty memory.
    """
    weights = attention(torch.einsum("bd,bsd->bs", query, keys), mask, nil_slots, softmax)
    return Reading(torch.einsum("bs,bsd->bd", weights, values), weights)
