"""O: reading the nearest fact that fits, without counting positions, and three other ways to share a read.

Every node (a fact, or the question behind them all) scores all others. Where several fit, softmax would share
its weight among them; `latest` and `next` heads give it to the nearest, however many others lie farther away,
so what is learnt on short stories holds for long ones. Stick-breaking: Tan et al. 2024 (arXiv:2410.17980).
The weight with which node i reads node j, s being the logistic function and z the scores:

    latest  the newest before i that fits       w_ij = s(z_ij) prod_{j<k<i} (1 - s(z_ik))    j < i
    next    the oldest after i that fits        w_ij = s(z_ij) prod_{i<k<j} (1 - s(z_ik))    j > i
    soft    all that fit, and nothing           w_ij = exp z_ij / (1 + sum_k exp z_ik)       j, k != i
    sum     each by itself, so that one can count    w_ij = s(z_ij)                          j != i

What no node takes stays unread. Scores stand in rows of one head and node: a place for nothing, then the
nodes in the order told; a latest head's row is turned round, so that its nearest come first.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

NEVER = -math.inf  # added to a score, makes its weight 0
_MOST = 60.0  # of scores and logarithms, either way: exp is many times slower where it underflows
_LEAST = 1e-26  # a weight: more than exp(-_MOST), which is made 0

Heads = tuple[int, int, int, int]  # how many of each kind, in the order above


def read_weights(
    scores: Float[Tensor, "heads batch readers places"], heads: Heads
) -> list[Float[Tensor, "_ batch readers places"]]:
    """The weights of the heads of each kind, from scores to which `barriers` were added."""
    latest, following, soft, added = scores.split_with_sizes(heads)
    return [nearest_weights(latest), nearest_weights(following), soft.softmax(-1), added.sigmoid()]


def nearest_first(rows: Shaped[Tensor, "heads ..."], heads: Heads, axis: int) -> Shaped[Tensor, "heads ..."]:
    """What stands along an axis turned round for the latest heads; twice is as it was."""
    latest = heads[0]
    return torch.cat([rows[:latest].flip(axis), rows[latest:]]) if latest else rows


def barriers(
    mask: Bool[Tensor, "batch nodes"], heads: Heads, readers: slice
) -> Float[Tensor, "heads batch readers places"]:
    """What is added to the scores of these nodes: 0 where a head may read, else NEVER.

    Nothing, in front, is there for soft heads alone.
    """
    nodes = torch.arange(mask.shape[1], device=mask.device)
    reader = nodes[readers, None]
    relations = torch.stack([nodes < reader, nodes > reader, nodes != reader])
    barred = nn.functional.pad(~(relations[:, None] & mask[:, None]), (1, 0), value=True)
    added = torch.zeros(barred.shape, device=mask.device).masked_fill(barred, NEVER)
    before, after, others = added
    or_nothing = nn.functional.pad(others[..., 1:], (1, 0))
    kinds = (before.flip(-1), after, or_nothing, others)
    return torch.stack([kind for kind, count in zip(kinds, heads) for _ in range(count)])


def add_up_by_node(
    weights: Sequence[Float[Tensor, "_ batch readers places"]],
) -> Float[Tensor, "batch nodes"]:
    """Weights summed over heads and readers, for every node in the order told."""
    latest, *others = (kind.sum((0, 2)) for kind in weights)
    return (latest.flip(-1) + sum(others))[:, 1:]


def nearest_weights(
    scores: Float[Tensor, "heads batch readers places"],
) -> Float[Tensor, "heads batch readers places"]:
    """w_j = s(z_j) prod_{k<j} (1 - s(z_k)) of scores whose nearest come first."""
    scores = scores.clamp(-_MOST, _MOST)
    if not torch.is_grad_enabled():  # `apply` takes as long as the numbers do, of a short story
        return _NearestWeights.forward(scores)
    weights: Tensor = _NearestWeights.apply(scores)  # type: ignore[no-untyped-call]
    return weights


class _NearestWeights(torch.autograd.Function):
    """As exp(z_j - sum_{k<=j} log(1 + exp z_k)).

    The gradient by hand is half the passes over these largest of tensors: with r = g w,
    dL/dz_j = r_j - s(z_j) sum_{k>=j} r_k.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(scores: Tensor) -> Tensor:
        passed = nn.functional.softplus(scores).cumsum(-1)
        weights = passed.neg_().add_(scores).clamp(min=-_MOST).exp_()
        return nn.functional.threshold(weights, _LEAST, 0.0, inplace=True)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs, output)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        scores, weights = ctx.saved_tensors
        spoken: Tensor = gradient * weights
        farther = spoken.sum(-1, keepdim=True) - spoken.cumsum(-1) + spoken
        return spoken - farther.mul_(scores.sigmoid())
