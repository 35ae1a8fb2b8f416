"""The live progress bar of training, on stderr."""

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from memnn.training.loop import Progress as Step


class TrainingBar:
    """A bar for each network in training; where stderr is no terminal, a line every few epochs."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._live = sys.stderr.isatty() and not quiet
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[measures]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            refresh_per_second=4,
            disable=not self._live,
        )
        self._ids: dict[str, TaskID] = {}

    def __enter__(self) -> "TrainingBar":
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def report(self, task: str, step: Step) -> None:
        """Show how far one network's training is."""
        what = f"task {task}" if task else "training"
        if self._quiet:
            return
        if self._live:
            self._draw(task, what, step)
        elif step.done == 1 and (step.epoch % max(1, step.epochs // 5) == 0 or step.epoch == step.epochs):
            epoch = f"epoch {step.epoch} of {step.epochs}{_phase(step)}"
            print(f"{what}: {epoch}  {_measures(step)}", file=sys.stderr, flush=True)

    def _draw(self, task: str, what: str, step: Step) -> None:
        if task not in self._ids:
            self._ids[task] = self._bars.add_task(what, total=1.0, measures="")
        bar = self._ids[task]
        done = (step.epoch - 1 + step.done) / step.epochs
        if done < self._bars.tasks[bar].completed:  # it is trained once more
            self._bars.reset(bar)
        self._bars.update(
            bar,
            completed=done,
            description=f"{what}, epoch {step.epoch}/{step.epochs}{_phase(step)}",
            measures=_measures(step),
        )


def _phase(step: Step) -> str:
    return f", {step.phase}" if step.phase else ""


def _measures(step: Step) -> str:
    said = [f"loss {step.measures['train_loss']:.3f}"] if step.measures else []
    if "valid_error" in step.measures:
        said.append(f"wrong {step.measures['valid_error']:.1f} %")
    if "valid_perplexity" in step.measures:
        said.append(f"perplexity {step.measures['valid_perplexity']:.1f}")
    return "  ".join(said)
