"""Options that the recipes of several applications share."""

from typing import Any

# Sukhbaatar et al. 2015, and Bordes et al. 2017 after them: plain descent on the sum over a batch
SGD: dict[str, Any] = {
    "batch_size": 32,
    "optimizer": "sgd",
    "learning_rate": 0.01,
    "clip": "tensor",
    "clip_norm": 40.0,
}

# of the library's own networks; chosen on validation
ADAMW: dict[str, Any] = {
    "batch_size": 64,
    "length_pool": 20,
    "optimizer": "adamw",
    "weight_decay": 0.01,
    "learning_rate": 0.003,
    "loss": "mean",
    "schedule": "linear",
    "clip": "global",
    "clip_norm": 1.0,
}
