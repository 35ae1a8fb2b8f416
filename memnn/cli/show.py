"""`memnn list` and `memnn show`: which models there are, and what a run holds."""

import dataclasses
import inspect
from pathlib import Path
from typing import Annotated, Any

import typer

from memnn.errors import UserError


def list_all(
    folder: Annotated[Path, typer.Argument(help="where runs are kept")] = Path("runs"),
) -> None:
    """Name the models, with their settings, and the runs of a folder.

    Example: `memnn list`
    """
    from memnn.models import MODELS
    from memnn.question_answering.recipes import RECIPES

    typer.echo("models (memnn train qa --model NAME):")
    for name, model in MODELS.items():
        source = inspect.getdoc(inspect.getmodule(model)) or ""
        typer.echo(f"  {name}: {source.splitlines()[0].partition(': ')[2]}")
        for mode in ("joint", "single"):
            recipe = RECIPES[name, mode]
            said = ", ".join(f"{key}={value}" for key, value in {**recipe.model, **recipe.training}.items())
            typer.echo(f"      --{mode}: {said}")
        others = [field for field in dataclasses.fields(model) if field.name not in recipe.model]
        typer.echo("      else: " + ", ".join(f"{field.name}={field.default}" for field in others))
    runs = sorted(path.parent for path in folder.glob("*/config.json"))
    typer.echo(f"runs in {folder}:" if runs else f"no runs in {folder}")
    for run in runs:
        unfinished = "  (unfinished)" if run.suffix == ".partial" else ""
        typer.echo(f"  {run}{unfinished}")


def show(run: Annotated[str, typer.Argument(help="a checkpoint folder")]) -> None:
    """Print what a run is: its model, settings, data and results.

    Example: `memnn show runs/x`
    """
    from memnn.question_answering.answering import QuestionAnswerer, find_parts
    from memnn.training import checkpoint

    folder = checkpoint.find(run)
    net, parts = QuestionAnswerer.from_pretrained(folder), find_parts(folder)
    lines = [
        f"{folder}: answers questions, " + ("one network" if "" in net.readers else "one network a task")
    ]
    for task, reader in net.readers.items():
        weights = sum(parameter.numel() for parameter in reader.network.parameters())
        config = reader.config
        lines.append(f"{'task ' + task + ': ' if task else ''}{config.model}, {weights:,} weights")
        lines += [f"  {line}" for line in reader.vocabulary.describe()]
        for name in ("settings", "data", "training"):
            said = ", ".join(f"{key}={_brief(value)}" for key, value in getattr(config, name).items())
            lines.append(f"  {name:<11} {said}")
        result = parts[task] / "result.json"
        if result.exists():
            lines.append("  result      " + _result(result, checkpoint.read_json(result)))
    typer.echo("\n".join(lines))


def _brief(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _result(path: Path, result: Any) -> str:
    try:
        best, restarts = result["best_restart"], len(result["error"])
        kept = {name: values[best] for name, values in result.items() if isinstance(values, list)}
    except (AttributeError, LookupError, TypeError):
        raise UserError(f"{path}: not the results of restarts") from None
    return ", ".join(f"{name} {value:.3g}" for name, value in kept.items()) + f", best of {restarts} restarts"
