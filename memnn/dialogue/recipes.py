"""How each model is trained when nothing else is said."""

from memnn.training.recipes import ADAMW, SGD
from memnn.training.settings import Recipe

RECIPES: dict[str, Recipe] = {
    "symbol": Recipe({}, {**ADAMW, "warmup_epochs": 0.5, "epochs": 10}),
    "memn2n": Recipe({}, {**SGD, "halve_every": 15, "epochs": 40, "length_pool": 20}),
}
