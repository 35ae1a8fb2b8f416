"""How to train: each field is an option of `memnn train` (`--set name=value`) and of a config."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

_COUNTS = (
    "epochs",
    "batch_size",
    "length_pool",
    "restarts",
    "threads",
    "halve_every",
    "linear_start_epochs",
    "linear_start_patience",
)


# Options that do nothing but beside another one, and what that one says then.
_ONLY_WITH: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "weight_decay": ("optimizer", lambda optimizer: optimizer == "adamw"),
    "plateau_factor": ("schedule", lambda schedule: schedule == "plateau"),
    "halve_every": ("schedule", lambda schedule: schedule == "halving"),
    "linear_start_patience": ("linear_start_rate", bool),
    "linear_start_epochs": ("linear_start_rate", bool),
    "clip_norm": ("clip", lambda clip: clip != "none"),
}
# Values that do nothing, where that is not 0.
_NOTHING = {"length_pool": 1, "restarts": 1, "precision": "no", "clip": "none"}


def options_at_work(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a run's options that have an effect on it: not the ones switched off, nor those that only
    another choice would use. The seed, which may be 0, is always among them.
    """
    at_work = {}
    for name, value in options.items():
        other, says = _ONLY_WITH.get(name, ("", None))
        unused = says is not None and not says(options.get(other))
        off = value in (0, _NOTHING.get(name, 0)) and name not in ("seed", "learning_rate")
        if not (unused or off):
            at_work[name] = value
    return at_work


def option(default: Any, words: str) -> Any:
    """A field with the help text that the command line shows for it."""
    return field(default=default, metadata={"help": words})


@dataclass(frozen=True)
class Options:
    """Settings of the training loop, the same for every model and application."""

    epochs: int = option(100, "passes over the training data, after the linear start")
    minutes: float = option(0.0, "stop after the epoch in which so many minutes have passed; 0: no limit")
    batch_size: int = option(32, "questions a step")
    length_pool: int = option(
        1, "batches sorted together by length; more saves padding, 1 is plain shuffling"
    )
    focus: float = option(
        0.0, "how much more often kinds of questions with a high loss are drawn; 0: each question once"
    )
    curriculum: float = option(
        0.0, "epochs of short stories first, of each kind of question the shortest; 0: all from the start"
    )
    optimizer: Literal["sgd", "adam", "adamw"] = option("sgd", "sgd, adam or adamw")
    learning_rate: float = option(0.01, "the highest rate, per question where loss is 'sum'")
    weight_decay: float = option(0.0, "of adamw")
    loss: Literal["sum", "mean"] = option("sum", "over a batch; the papers' plain SGD adds up")
    schedule: Literal["constant", "halving", "linear", "cosine", "plateau"] = option(
        "halving",
        "halving every `halve_every` epochs, or falling to zero at the end: linear or cosine, or divided by "
        "`plateau_factor` after an epoch without a lower validation loss",
    )
    plateau_factor: float = option(1.5, "what the rate is divided by on a plateau")
    halve_every: int = option(25, "epochs between halvings of the rate")
    warmup_epochs: float = option(0.0, "epochs over which the rate rises from zero")
    linear_start_rate: float = option(0.0, "rate of a linear start without softmax; 0: no linear start")
    linear_start_patience: int = option(1, "it ends after so many epochs without a lower validation loss")
    linear_start_epochs: int = option(20, "the linear start ends at the latest after so many epochs")
    clip: Literal["tensor", "global", "none"] = option(
        "tensor", "gradient norm: of each tensor, or of all together"
    )
    clip_norm: float = option(40.0, "the largest gradient norm")
    patience: int = option(0, "stop after so many epochs without a lower validation loss; 0: never")
    keep: Literal["last", "best"] = option(
        "last", "weights of the last epoch, or of the lowest validation loss"
    )
    restarts: int = option(1, "random starts trained side by side; the lowest training loss is kept")
    seed: int = option(0, "of the initial weights, the shuffling and the noise")
    threads: int = option(1, "CPU threads; small models are fastest on one")
    precision: Literal["no", "bf16", "fp16"] = option("no", "mixed precision of accelerate; no: float32")

    def __post_init__(self) -> None:
        """Raises ValueError for a number that cannot be."""
        for name, value in vars(self).items():
            if isinstance(value, int | float) and not 0 <= value < math.inf:
                raise ValueError(f"{name} must not be negative or endless, not {value}")
            if name in _COUNTS and value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")
        if self.plateau_factor < 1:
            raise ValueError(f"plateau_factor must be at least 1, not {self.plateau_factor}")
        if self.seed >= 2**32:
            raise ValueError(f"seed must be below 2^32, not {self.seed}")
