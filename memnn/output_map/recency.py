"""O: reading the nearest fact that fits, without counting positions.

Every node (a fact, or the question behind them all) scores all others. Where several fit, softmax would share
its weight among them; here the nearest one takes it, however many others lie farther away, so
what is learnt on short stories holds for long ones. Stick-breaking: Tan et al. 2024 (arXiv:2410.17980).
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def latest_weights(
    scores: Float[Tensor, "*heads nodes keys"], mask: Bool[Tensor, "*#heads #nodes keys"]
) -> Float[Tensor, "*heads nodes keys"]:
    """How much of the read of node i comes from node j before it: the newest that fits.

        w_ij = s(z_ij) prod_{j<k<i} (1 - s(z_ik))        s the logistic function, j < i

    What no fact takes stays unread, so weights sum to at most 1; the first node reads nothing.
    """
    return _nearest(scores, mask & _before(scores), flip=True)


def newest_weights(
    scores: Float[Tensor, "*heads keys"], mask: Bool[Tensor, "*#heads keys"]
) -> Float[Tensor, "*heads keys"]:
    """The same of one reader behind all nodes."""
    return _nearest(scores[..., None, :], mask[..., None, :], flip=True)[..., 0, :]


def next_weights(
    scores: Float[Tensor, "*heads nodes keys"], mask: Bool[Tensor, "*#heads #nodes keys"]
) -> Float[Tensor, "*heads nodes keys"]:
    """The same forward in time: the oldest node that fits among those after node i."""
    return _nearest(scores, mask & _before(scores).transpose(-1, -2), flip=False)


def soft_weights(
    scores: Float[Tensor, "*heads nodes keys"], mask: Bool[Tensor, "*#heads #nodes keys"]
) -> Float[Tensor, "*heads nodes keys"]:
    """Softmax over all other nodes and over reading nothing, whose score is 0."""
    scores = scores.masked_fill(~(mask & _other(scores)), torch.finfo(scores.dtype).min)
    return torch.cat([scores, scores.new_zeros(*scores.shape[:-1], 1)], -1).softmax(-1)[..., :-1]


def sum_weights(
    scores: Float[Tensor, "*heads nodes keys"], mask: Bool[Tensor, "*#heads #nodes keys"]
) -> Float[Tensor, "*heads nodes keys"]:
    """Each other node by itself, s(z_ij), so that a read can count."""
    return scores.sigmoid().masked_fill(~(mask & _other(scores)), 0.0)


def _nearest(
    scores: Float[Tensor, "*heads nodes keys"], allowed: Bool[Tensor, "*#heads nodes keys"], flip: bool
) -> Float[Tensor, "*heads nodes keys"]:
    taken = torch.nn.functional.logsigmoid(scores).masked_fill(~allowed, torch.finfo(scores.dtype).min)
    left = torch.nn.functional.logsigmoid(-scores).masked_fill(~allowed, 0.0)
    pad = torch.nn.functional.pad  # only what lies between: j's own taken off again would leave rounding
    if flip:
        passed = pad(left, (0, 1))[..., 1:].flip(-1).cumsum(-1).flip(-1)
    else:
        passed = pad(left, (1, 0))[..., :-1].cumsum(-1)
    return (taken + passed).exp()


def _before(scores: Float[Tensor, "*heads nodes keys"]) -> Bool[Tensor, "nodes keys"]:
    nodes, keys = scores.shape[-2:]
    return torch.ones(nodes, keys, dtype=torch.bool, device=scores.device).tril(-1)


def _other(scores: Float[Tensor, "*heads nodes keys"]) -> Bool[Tensor, "nodes keys"]:
    return ~torch.eye(scores.shape[-1], dtype=torch.bool, device=scores.device)
