"""What small networks that learn chains in tests are told of, and how they are trained."""

from memnn.training.recipes import ADAMW

NAMES = [head + tail for head in ("Ba", "Do", "Fi", "Gu", "Ke", "Lo", "Mi") for tail in "lnrs"]
LEARNING = {**ADAMW, "batch_size": 32, "learning_rate": 0.005, "length_pool": 10, "weight_decay": 0.0}
