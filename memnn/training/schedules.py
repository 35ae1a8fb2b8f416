"""The learning rate and the length of stories by epoch, and the clipping of gradients."""

import math
from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor

from memnn.training.options import Options


def learning_rate(options: Options, epoch: float, plateaus: int = 0) -> float:
    """The rate at a time counted in epochs since the linear start, fractions included.

    halving: rate * 0.5^floor(epoch / halve_every); linear and cosine fall to 0 at the last epoch;
    plateau: rate / plateau_factor^plateaus, the epochs so far that did not lower the validation loss.
    """
    warmth = min(1.0, epoch / options.warmup_epochs) if options.warmup_epochs else 1.0
    done = min(1.0, epoch / options.epochs)
    shape = {
        "constant": 1.0,
        "halving": 0.5 ** math.floor(epoch / options.halve_every),
        "linear": 1 - done,
        "plateau": options.plateau_factor**-plateaus,
        "cosine": 0.5 * (1 + math.cos(math.pi * done)),
    }[options.schedule]
    return options.learning_rate * warmth * shape


def admitted(options: Options, epoch: int) -> float:
    """Which share of each kind's stories, the shortest, an epoch draws from; epochs count from 0.

    (epoch + 1) / (curriculum + 1), until that is 1; of few epochs half at most goes without some.
    """
    return min(1.0, (epoch + 1) / (min(options.curriculum, options.epochs // 2) + 1))


@torch.no_grad()
def clip_gradients(stacked: Iterable[Float[Tensor, "restarts ..."]], how: str, norm: float) -> None:
    """Scale each restart's gradient down to the norm: each tensor's ("tensor") or all together ("global")."""
    if how == "none":
        return
    gradients = [parameter.grad for parameter in stacked if parameter.grad is not None]
    norms = torch.stack(  # tensors restarts; the further axis is for a restart's single number
        [torch.linalg.vector_norm(g[..., None], dim=tuple(range(1, g.dim() + 1))) for g in gradients]
    )
    if how == "global":
        norms = norms.norm(dim=0, keepdim=True).expand_as(norms)
    if (norms <= norm).all():
        return
    scales = (norm / norms.clamp(min=1e-12)).clamp(max=1.0)
    for gradient, scale in zip(gradients, scales):
        gradient.mul_(scale.view(-1, *[1] * (gradient.dim() - 1)))
