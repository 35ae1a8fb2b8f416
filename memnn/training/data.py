"""Stories or dialogues as the training loop wants them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from memnn.text.batches import cut_batches, share_shorter
from memnn.training.restarts import Restarts

EVALUATION_BATCH = 256  # questions


def digest(*parts: Iterable[Any]) -> str:
    """Tells other data to train and to choose on from these, so that no run is resumed on them."""
    hashed = hashlib.sha256()
    for part in parts:
        for item in part:
            hashed.update(item if isinstance(item, bytes) else repr(item).encode(errors="surrogatepass"))
            hashed.update(b"\0")
        hashed.update(b"\0")
    return hashed.hexdigest()


def story_data(train: Sequence[Any], valid: Sequence[Any], vocabulary: Any, network: Any) -> "StoryData":
    """The stories as the batches of this network, which has this vocabulary."""
    held = network.tensors(valid, vocabulary) if valid else None
    return StoryData(network.tensors(train, vocabulary), held)


class StoryData:
    """Training and validation stories as tensors; without validation stories, training's stand in."""

    def __init__(self, train: Any, valid: Any | None = None) -> None:
        """The stories as `tensors` of the network made them."""
        self.train = train
        self.valid = train if valid is None else valid
        self.shorter = share_shorter(self.train.lengths, self.train.kind)

    @property
    def kinds(self) -> int:
        """How many kinds of questions are told apart."""
        return len(self.train.kinds)

    def batches(
        self,
        rng: np.random.Generator,
        size: int,
        pool: int,
        weights: np.ndarray | None = None,
        share: float = 1.0,
    ) -> Iterator[Any]:
        """The training stories once; or as many, drawn by the weights of their kinds, or of the shortest
        `share` of each kind.
        """
        chances = None if weights is None else weights[self.train.kind]
        if share < 1:
            short = self.shorter < share
            chances = short * 1.0 if chances is None else short * chances
        return cut_batches(self.train, size, rng, pool, chances)

    def steps(self, size: int) -> int:
        """How many batches that is."""
        return -(-len(self.train) // size)

    def validate(
        self, restarts: Restarts, device: torch.device, **phase: bool
    ) -> dict[str, Float[Tensor, " restarts"]]:
        """Mean loss ("loss") and share of wrong answers in % ("error")."""
        return measure(restarts, self.valid, device, **phase)

    def training_loss(self, restarts: Restarts, device: torch.device) -> Float[Tensor, " restarts"]:
        """Mean loss over the training stories, without noise."""
        return measure(restarts, self.train, device)["loss"]


def measure(restarts: Restarts, stories: Any, device: torch.device, **phase: bool) -> dict[str, Tensor]:
    """Mean loss and error in % of each restart; `phase` is passed to the network."""
    loss, wrong = torch.zeros(restarts.count), torch.zeros(restarts.count)
    for batch in cut_batches(stories, EVALUATION_BATCH):
        losses, right = restarts.call("measure", batch.to(device), **phase)
        loss, wrong = loss + losses.sum(-1).cpu(), wrong + (~right).sum(-1).cpu()
    return {"loss": loss / len(stories), "error": 100 * wrong / len(stories)}
