"""How each language model is trained when nothing else is said. The files of configs/ spell the same out."""

from collections.abc import Callable
from typing import Any

from memnn.training.settings import Recipe

EPOCHS = 20  # two hours on one core on WikiText-2
SMALL = 200_000  # words: a shorter text is soon learnt by heart
STEPS = 3_200  # of a small text, without which nothing but frequencies is learnt
READ = 4_000_000  # words that a network without a carried state reads in all


def cache_epochs(words: int) -> int:
    """EPOCHS, of a small text as many as make STEPS steps of 16 rows of 35 words, and 100 at most.

    A text so short that it has no 16 rows is cut into 20 steps an epoch.
    """
    return max(EPOCHS, min(100, round(STEPS * 16 * 35 / words))) if words < SMALL else EPOCHS


def by_size(small: Any, large: Any) -> Callable[[int], Any]:
    """One value for a text of fewer words than SMALL, another for a larger one."""
    return lambda words: small if words < SMALL else large


def memn2n_epochs(words: int) -> int:
    """As many as read READ words, but 4 to 100."""
    return max(4, min(100, round(READ / words)))


RECIPES: dict[str, Recipe] = {
    # the library's own
    "cache-lm": Recipe(
        {
            "dim": by_size(200, 400),
            "hidden": by_size(200, 640),
            "drop_words": by_size(0.2, 0.1),
            "drop_input": by_size(0.5, 0.3),
            "drop_between": by_size(0.4, 0.25),
            "drop_output": by_size(0.5, 0.4),
            "drop_weights": by_size(0.5, 0.25),
        },
        {
            "epochs": cache_epochs,
            "keep": by_size("best", "last"),
            "batch_size": by_size(16, 64),
            "optimizer": "adamw",
            "learning_rate": 0.003,
            "weight_decay": 0.02,
            "loss": "mean",
            "schedule": "cosine",
            "warmup_epochs": 0.3,
            "clip": "global",
            "clip_norm": 1.0,
            "precision": "bf16",
        },
    ),
    # The network of Sukhbaatar et al. 2015, trained faster than theirs (see configs/memn2n-lm-paper.toml):
    # steps of 512 words, 16 windows of 32, by AdamW, from weights twice as large
    "memn2n-lm": Recipe(
        {"window": 32, "init": 0.1},
        {
            "epochs": memn2n_epochs,
            "batch_size": 16,
            "optimizer": "adamw",
            "learning_rate": 0.007,
            "weight_decay": 0.1,
            "loss": "mean",
            "schedule": "linear",
            "warmup_epochs": 0.1,
            "clip": "global",
            "clip_norm": 1.0,
            "keep": "best",
            "precision": "bf16",
        },
    ),
}
