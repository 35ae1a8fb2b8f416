"""How each language model is trained when nothing else is said. The files of configs/ spell the same out."""

from memnn.training.settings import Recipe

RECIPES: dict[str, Recipe] = {
    # the library's own: as many epochs as two cores do in 150 minutes on WikiText-2
    "cache-lm": Recipe(
        {},
        {
            "epochs": 24,
            "batch_size": 64,
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
    # Sukhbaatar et al. 2015, section 5: batches of 128 words (8 windows of 16), gradients clipped at norm 50
    "memn2n-lm": Recipe(
        {},
        {
            "epochs": 100,
            "batch_size": 8,
            "optimizer": "sgd",
            "learning_rate": 0.01,
            "loss": "sum",
            "schedule": "plateau",
            "plateau_factor": 1.5,
            "clip": "global",
            "clip_norm": 50.0,
            "keep": "best",
        },
    ),
}
