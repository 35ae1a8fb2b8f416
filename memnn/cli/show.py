"""`memnn list` and `memnn show`: which models there are, and what a run holds."""

import dataclasses
import inspect
import json
from pathlib import Path
from typing import Annotated

import typer


def list_all(
    folder: Annotated[Path, typer.Argument(help="where runs are kept")] = Path("runs"),
) -> None:
    """Name the models, with their settings, and the runs of a folder.

    Example: `memnn list`
    """
    from memnn.models import MODELS

    typer.echo("models (memnn train qa --model NAME):")
    for name, model in MODELS.items():
        source = inspect.getdoc(inspect.getmodule(model)) or ""
        typer.echo(f"  {name}: {source.splitlines()[0].partition(': ')[2]}")
        settings = ", ".join(f"{field.name}={field.default}" for field in dataclasses.fields(model))
        typer.echo(f"      {settings}")
    runs = sorted(path.parent for path in folder.glob("*/config.json"))
    typer.echo(f"runs in {folder}:" if runs else f"no runs in {folder}")
    for run in runs:
        unfinished = "  (unfinished)" if run.suffix == ".partial" else ""
        typer.echo(f"  {run}{unfinished}")


def show(run: Annotated[str, typer.Argument(help="a checkpoint folder")]) -> None:
    """Print what a run is: its model, settings, data and results.

    Example: `memnn show runs/x`
    """
    from memnn.question_answering.answering import QuestionAnswerer
    from memnn.training import checkpoint

    folder = checkpoint.find(run)
    net = QuestionAnswerer.from_pretrained(run)
    typer.echo(
        f"{folder}: answers questions, " + ("one network" if "" in net.readers else "one network a task")
    )
    for task, reader in net.readers.items():
        weights = sum(parameter.numel() for parameter in reader.network.parameters())
        config = reader.config
        typer.echo(f"{'task ' + task + ': ' if task else ''}{config.model}, {weights:,} weights")
        typer.echo(f"  vocabulary  {len(reader.vocabulary)} words")
        for name in ("settings", "data", "training"):
            typer.echo(
                f"  {name:<11} " + ", ".join(f"{k}={_brief(v)}" for k, v in getattr(config, name).items())
            )
        result = (folder / f"task-{task}" if task else folder) / "result.json"
        if result.exists():
            typer.echo("  result      " + _result(json.loads(result.read_text("utf-8"))))


def _brief(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _result(result: dict[str, list[float]]) -> str:
    best = int(result["best_restart"])  # type: ignore[call-overload]
    kept = {name: values[best] for name, values in result.items() if isinstance(values, list)}
    restarts = len(result["error"])
    return ", ".join(f"{name} {value:.3g}" for name, value in kept.items()) + f", best of {restarts} restarts"
