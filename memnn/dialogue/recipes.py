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
    "halve_every": 15,
    "epochs": 40,
    "length_pool": 20,
}

# the library's own; chosen on validation
_SYMBOL: dict[str, Any] = {
    "batch_size": 64,
    "length_pool": 20,
    "optimizer": "adamw",
    "weight_decay": 0.01,
    "learning_rate": 0.003,
    "loss": "mean",
    "schedule": "linear",
    "warmup_epochs": 0.5,
    "clip": "global",
    "clip_norm": 1.0,
    "epochs": 10,
}

RECIPES: dict[str, Recipe] = {"symbol": Recipe({}, _SYMBOL), "memn2n": Recipe({}, _MEMN2N)}
