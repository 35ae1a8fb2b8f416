"""Training more on the kinds of questions that are learnt least."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor

MEMORY = 0.98  # how much of a kind's difficulty a step with questions of that kind leaves
LEAST = 0.02  # difficulty that a kind keeps, so that none is forgotten


def kind_weights(difficulty: Sequence[float], focus: float) -> np.ndarray | None:
    """How likely a question of each kind is drawn: max(difficulty, LEAST)^focus; None: each question once."""
    if not focus or not difficulty:
        return None
    weights: np.ndarray = np.maximum(np.array(difficulty), LEAST) ** focus
    return weights


def follow(
    difficulty: list[float], kinds: Int[Tensor, " batch"], losses: Float[Tensor, "restarts batch"]
) -> None:
    """Move the difficulty of the batch's kinds towards their mean loss, of at most 1, in place."""
    by_question = losses.detach().mean(0).clamp(max=1.0).cpu().numpy()
    there, where = np.unique(kinds.cpu().numpy(), return_inverse=True)
    means = np.bincount(where, by_question) / np.bincount(where)
    for kind, mean in zip(there.tolist(), means.tolist()):
        difficulty[kind] = MEMORY * difficulty[kind] + (1 - MEMORY) * mean
