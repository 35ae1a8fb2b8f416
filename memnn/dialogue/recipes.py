"""How each model is trained when nothing else is said."""

from typing import Any

from memnn.training.settings import Recipe

# Bordes et al. 2017 train by plain SGD; the rate is of the sum over a batch, as in question answering.
_MEMN2N: dict[str, Any] = {
    "batch_size": 32,
    "optimizer": "sgd",
    "learning_rate": 0.01,
    "clip": "tensor",
    "clip_norm": 40.0,
    "epochs": 30,
    "length_pool": 20,
}

RECIPES: dict[str, Recipe] = {"memn2n": Recipe({}, _MEMN2N)}
