"""A corpus as the training loop wants it."""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from memnn.models.language import LanguageNetwork
from memnn.text.windows import (
    Window,
    steps_in_order,
    steps_shuffled,
    windows_in_order,
    windows_shuffled,
)
from memnn.training.restarts import Restarts

VALID_ROWS = 16  # validation text is read in so many pieces side by side while training
VALID_LENGTH = 64  # words a window
LEAST_PIECE = 256  # words that a piece has at least
LEAST_WINDOWS = 20  # windows that a row of training text has at least: a short text is read in fewer rows


class LanguageData:
    """Training and validation text as windows: in their order where a network carries a state through the
    text, shuffled where it brings along the words before a window.
    """

    kinds = 1

    def __init__(
        self,
        train: Int[np.ndarray, " text"],
        valid: Int[np.ndarray, " text"],
        end: int,
        network: LanguageNetwork,
        length: int,
        precision: str = "no",
    ) -> None:
        """Texts as numbers, `end` the one before the first word; `length` words a window of training."""
        self.train, self.valid = (np.concatenate([[end], text]) for text in (train, valid))
        self.length = min(length, len(train))  # a shorter text is one window
        self.context, self.bf16 = network.context, precision == "bf16"

    def batches(
        self,
        rng: np.random.Generator,
        size: int,
        pool: int,
        weights: np.ndarray | None = None,
        share: float = 1.0,
    ) -> Iterator[Window]:
        """The training text once, `size` windows at a time, cut at other places every time."""
        if self.context:
            return windows_shuffled(self.train, size, self.length, self.context, rng)
        first = int(rng.integers(self.length // 2, self.length)) + 1
        return windows_in_order(self.train, self._rows(size), self.length, first)

    def steps(self, size: int) -> int:
        """How many batches that is."""
        if self.context:
            return steps_shuffled(len(self.train), size, self.length)
        return steps_in_order(len(self.train), self._rows(size), self.length)

    def _rows(self, size: int) -> int:
        return min(size, max(1, len(self.train) // (LEAST_WINDOWS * self.length)))

    def validate(
        self, restarts: Restarts, device: torch.device, **phase: bool
    ) -> dict[str, Float[Tensor, " restarts"]]:
        """Mean loss and perplexity of the validation text, read in pieces: `evaluate` measures exactly."""
        return self._measure(restarts, self.valid, device)

    def training_loss(self, restarts: Restarts, device: torch.device) -> Float[Tensor, " restarts"]:
        """Mean loss of the beginning of the training text, as long as the validation text."""
        return self._measure(restarts, self.train[: len(self.valid)], device)["loss"]

    def _measure(
        self, restarts: Restarts, text: Int[np.ndarray, " text"], device: torch.device
    ) -> dict[str, Tensor]:
        rows = min(VALID_ROWS, max(1, len(text) // LEAST_PIECE))
        losses = []
        with torch.autocast(device.type, torch.bfloat16, enabled=self.bf16):
            for window in windows_in_order(text, rows, VALID_LENGTH):
                losses.append(restarts.call("losses", window.to(device)).cpu())
        loss = torch.cat(losses, -1).mean(-1)
        return {"loss": loss, "perplexity": loss.exp()}
