"""The training loop of every model and application.

One epoch is: set the rate, take each batch, step, validate, write a line of metrics, save the
state. Several restarts run side by side (`Restarts`), so every number here has one value a restart.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from jaxtyping import Float
from torch import Tensor, nn

from memnn.errors import UserError
from memnn.training.focus import follow, kind_weights
from memnn.training.options import Options
from memnn.training.processes import add_up, gather_shares
from memnn.training.restarts import Restarts
from memnn.training.schedules import admitted, clip_gradients, learning_rate
from memnn.training.state import load_state, save_state

OPTIMIZERS: dict[str, Any] = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}

# Weights from which one pass over all of them is faster than one operation after another: with 19 million, a
# step of AdamW takes 22 ms and not 116.
LARGE = 1_000_000


@runtime_checkable
class TrainingData(Protocol):
    """What the loop needs of an application."""

    @property
    def kinds(self) -> int:
        """How many kinds of questions there are; each batch's `kind` names that of each question."""

    def batches(
        self, rng: np.random.Generator, size: int, pool: int, weights: np.ndarray | None, share: float
    ) -> Iterator[Any]:
        """The training data once, in an order drawn from `rng`; or as much, drawn by weight of kind, or of
        the shortest `share` of each kind.
        """

    def steps(self, size: int) -> int:
        """How many batches that is."""

    def validate(
        self, restarts: Restarts, device: torch.device, **phase: bool
    ) -> dict[str, Float[Tensor, " restarts"]]:
        """Mean "loss", and any other measure such as "error", on validation data."""

    def training_loss(self, restarts: Restarts, device: torch.device) -> Float[Tensor, " restarts"]:
        """Mean loss on training data without noise: what chooses among restarts."""


LINEAR = "linear start"


@dataclass(frozen=True)
class Progress:
    """What a caller is told after every step and every epoch, for a progress bar."""

    epoch: int  # counted from 1, the linear start included
    epochs: int  # as many as there may be
    done: float  # share of this epoch, 1 when it is closed
    measures: dict[str, float]  # the last epoch's means over restarts
    seconds: float
    phase: str = ""  # of what it is the training, where that is not the whole: the linear start


@dataclass(frozen=True)
class Trained:
    """The restart that was kept, and how all of them ended."""

    weights: dict[str, Tensor]
    best: int
    measures: dict[str, list[float]]  # "training_loss", and each of `validate`, a value a restart
    every: tuple[dict[str, Tensor], ...] = ()  # the weights of all


@contextmanager
def flushing_denormals() -> Iterator[None]:
    """Take the smallest numbers for 0: where facts are hardly read, gradients take a quarter of the time."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@flushing_denormals()
def train(
    networks: Sequence[nn.Module],
    data: TrainingData,
    options: Options,
    folder: Path,
    device: str = "cpu",
    report: Callable[[Progress], None] = lambda progress: None,
) -> Trained:
    """Train restarts of one model from wherever `folder` says they had come to.

    `folder` gets metrics.jsonl and state.pt, from which an interrupted call goes on to the same
    weights, bit for bit on one thread. All randomness comes from (seed, epoch).
    """
    AcceleratorState._reset_state(reset_partial_state=True)  # or this process keeps its first precision
    accelerator = Accelerator(cpu=device == "cpu", mixed_precision=options.precision)
    torch.set_num_threads(options.threads)  # of several processes, accelerate has set its own number
    restarts = Restarts(networks)
    extra: dict[str, Any] = {"weight_decay": options.weight_decay} if options.optimizer == "adamw" else {}
    if sum(parameter.numel() for parameter in restarts.parameters()) >= LARGE:
        extra["fused"] = True
    optimizer = OPTIMIZERS[options.optimizer](restarts.parameters(), lr=options.learning_rate, **extra)
    # Not wrapped to add up gradients, which is done below: it would want every weight to be used.
    model = accelerator.prepare_model(restarts, evaluation_mode=True)
    if accelerator.scaler is not None:  # of fp16; without one it would only take 0.3 ms a step
        optimizer = accelerator.prepare_optimizer(optimizer)
    process, processes = accelerator.process_index, accelerator.num_processes
    run = load_state(folder, restarts, optimizer, linear=options.linear_start_rate > 0)
    steps, epochs = data.steps(options.batch_size), options.epochs + run.most_linear_epochs(options)
    with open(folder / "metrics.jsonl", "r+" if run.epoch else "w", encoding="utf-8") as metrics:
        metrics.seek(run.metrics_size)
        metrics.truncate()
        while not run.finished(options):
            started = time.monotonic()
            torch.manual_seed(options.seed * 1_000_003 + run.epoch + (process << 40))
            rng = np.random.default_rng([options.seed, run.epoch])
            total, seen = torch.zeros(restarts.count, device=accelerator.device), 0
            phase = {"softmax": False} if run.linear else {}
            called = LINEAR if run.linear else ""
            model.train()
            if options.focus and not run.difficulty:
                run.difficulty = [1.0] * data.kinds
            weights = kind_weights(run.difficulty, options.focus)
            share = admitted(options, run.epoch - run.linear_epochs)
            batches = data.batches(rng, options.batch_size, options.length_pool, weights, share)
            for step, batch in enumerate(batches):
                rate = (
                    options.linear_start_rate
                    if run.linear
                    else learning_rate(options, run.epoch - run.linear_epochs + step / steps, run.plateaus)
                )
                for group in optimizer.param_groups:
                    group["lr"] = rate
                own = batch.share(process, processes) if processes > 1 else batch
                losses = model(own.to(accelerator.device), **phase)
                questions = len(batch.answer) if processes > 1 else losses.shape[-1]
                objective = losses.sum(-1) if options.loss == "sum" else losses.sum(-1) / questions
                optimizer.zero_grad()
                accelerator.backward(objective.sum())
                add_up(accelerator, restarts.parameters())
                clip_gradients(restarts.parameters(), options.clip, options.clip_norm)
                optimizer.step()
                if options.focus:
                    every = gather_shares(accelerator, losses.detach(), questions)
                    follow(run.difficulty, batch.kind, every)
                total, seen = total + losses.detach().sum(-1), seen + questions
                done = (step + 1) / (steps + 1)  # the last of an epoch is to validate
                report(Progress(run.epoch + 1, epochs, done, run.measures, run.seconds, called))
            measures = {"train_loss": accelerator.reduce(total).cpu() / max(seen, 1)}
            model.eval()
            with torch.no_grad():
                valid = data.validate(restarts, accelerator.device, **phase)
                measures |= {f"valid_{name}": values.cpu() for name, values in valid.items()}
            if not all(measures[name].isfinite().any() for name in ("train_loss", "valid_loss")):
                lower = "try a lower learning_rate, with --overwrite"
                raise UserError(f"the loss of epoch {run.epoch + 1} is no number: {lower}")
            line: dict[str, Any] = {"epoch": run.epoch + 1, "rate": rate, "softmax": not run.linear}
            seconds = torch.tensor(time.monotonic() - started, device=accelerator.device)
            seconds = accelerator.reduce(seconds, "mean")  # or one process would stop before the others
            run.close_epoch(restarts, measures, float(seconds), options)
            line |= {"seconds": round(run.seconds, 3)} | {k: v.tolist() for k, v in measures.items()}
            metrics.write(json.dumps(line) + "\n")
            metrics.flush()
            run.metrics_size = metrics.tell()
            save_state(folder, run, restarts, optimizer)
            report(Progress(run.epoch, epochs, 1.0, run.measures, run.seconds, called))
    if options.keep == "best" and run.best_weights:
        with torch.no_grad():
            for parameter, best in zip(restarts.stacked, run.best_weights):
                parameter.copy_(best)
    restarts.eval()
    with torch.no_grad():
        measured = {"training_loss": data.training_loss(restarts, accelerator.device)}
        measured |= data.validate(restarts, accelerator.device)
    chosen = int(measured["training_loss"].nan_to_num(float("inf")).argmin())
    all_weights = tuple(map(restarts.weights, range(restarts.count)))
    measures = {name: values.tolist() for name, values in measured.items()}
    return Trained(all_weights[chosen], chosen, measures, all_weights)
