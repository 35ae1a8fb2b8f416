"""Where a training run has come to, saved after every epoch as one file that is whole or not there."""

import io
import pickle
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from memnn.errors import UserError
from memnn.files import write_file
from memnn.training.options import Options
from memnn.training.restarts import Restarts


@dataclass
class RunState:
    """Counters of the loop. `epoch` counts finished epochs, those of the linear start included."""

    linear: bool = False  # still in the linear start
    epoch: int = 0
    linear_epochs: int = 0
    seconds: float = 0.0
    metrics_size: int = 0  # bytes of metrics.jsonl that belong to finished epochs
    stale: int = 0  # epochs since the lowest mean validation loss
    plateaus: int = 0  # epochs after the linear start that did not lower it
    lowest: float = float("inf")
    measures: dict[str, float] = field(default_factory=dict)
    difficulty: list[float] = field(default_factory=list)  # of each kind of question
    best_losses: list[float] = field(default_factory=list)  # a restart's lowest validation loss
    best_weights: list[Tensor] = field(default_factory=list)  # and its weights then, stacked

    def most_linear_epochs(self, options: Options) -> int:
        """How many epochs the linear start takes or may take."""
        return options.linear_start_epochs if self.linear else self.linear_epochs

    def finished(self, options: Options) -> bool:
        """Whether epochs, minutes or patience have run out."""
        if self.linear:
            return False
        return (
            self.epoch - self.linear_epochs >= options.epochs
            or (options.minutes > 0 and self.seconds >= 60 * options.minutes)
            or (options.patience > 0 and self.stale >= options.patience)
        )

    def close_epoch(
        self, restarts: Restarts, measures: dict[str, Tensor], seconds: float, options: Options
    ) -> None:
        """Count the epoch, remember the best weights, and end the linear start when it stopped helping."""
        self.epoch += 1
        self.seconds += seconds
        self.measures = {name: float(values.mean()) for name, values in measures.items()}
        losses = measures.get("valid_loss", measures["train_loss"])
        improved = float(losses.mean()) < self.lowest
        self.lowest = min(self.lowest, float(losses.mean()))
        self.stale = 0 if improved else self.stale + 1
        if self.linear:
            self.linear_epochs += 1
            patient = self.stale < options.linear_start_patience
            self.linear = patient and self.linear_epochs < options.linear_start_epochs
            if not self.linear:  # losses with and without softmax do not compare
                self.lowest, self.stale = float("inf"), 0
            return
        self.plateaus += not improved
        if options.keep == "best":
            self._keep_best(restarts, losses)

    def _keep_best(self, restarts: Restarts, losses: Tensor) -> None:
        if not self.best_weights:
            self.best_losses = [float("inf")] * restarts.count
            self.best_weights = [parameter.detach().clone() for parameter in restarts.stacked]
        for restart, loss in enumerate(losses.tolist()):
            if loss < self.best_losses[restart]:
                self.best_losses[restart] = loss
                for best, parameter in zip(self.best_weights, restarts.stacked):
                    best[restart] = parameter.detach()[restart]


def save_state(folder: Path, run: RunState, restarts: Restarts, optimizer: Any) -> None:
    """Replace folder/state.pt in one move: a kill or a full disk leaves the state of the epoch before.

    Raises UserError when it cannot be written.
    """
    state = {"run": asdict(run), "weights": list(restarts.stacked), "optimizer": optimizer.state_dict()}
    content = io.BytesIO()
    torch.save(state, content)
    write_file(folder / "state.pt", content.getvalue())


def load_state(folder: Path, restarts: Restarts, optimizer: Any, linear: bool) -> RunState:
    """The state to go on from; a new one where nothing was saved. Weights are put into `restarts`.

    Raises UserError when the file is damaged.
    """
    path = folder / "state.pt"
    if not path.exists():
        return RunState(linear=linear)
    try:
        state = torch.load(path, weights_only=True)
        _copy(state["weights"], list(restarts.stacked))
        optimizer.load_state_dict(state["optimizer"])
        return RunState(**state["run"])
    except (OSError, EOFError, RuntimeError, LookupError, TypeError, ValueError, pickle.UnpicklingError):
        raise UserError(f"{path}: damaged: remove it to train this run from its start") from None


@torch.no_grad()
def _copy(saved: Sequence[Tensor], parameters: Sequence[Tensor]) -> None:
    for parameter, weights in zip(parameters, saved):
        parameter.copy_(weights)
