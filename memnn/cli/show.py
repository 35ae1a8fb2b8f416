"""`memnn list` and `memnn show`: which models there are, and what a run holds."""

import dataclasses
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from memnn.errors import UserError

MOST_ENTRIES = 20  # of a list that are printed
FOR_PROGRAMS = {"digest", "openings"}  # of the data of a run


def list_all(
    folder: Annotated[Path, typer.Argument(help="where runs are kept")] = Path("runs"),
) -> None:
    """Name the models, with their settings, and the runs of a folder.

    Example: `memnn list`
    """
    from memnn.dialogue.recipes import RECIPES as DIALOGUE_RECIPES
    from memnn.language_modelling.recipes import RECIPES as LANGUAGE_RECIPES
    from memnn.models import DIALOGUE_MODELS, LANGUAGE_MODELS, MODELS
    from memnn.question_answering.recipes import RECIPES

    typer.echo("models (memnn train qa --model NAME):")
    for name, model in MODELS.items():
        _list_model(name, model, {f"--{mode}": RECIPES[name, mode] for mode in ("joint", "single")})
    typer.echo("models (memnn train dialogue --model NAME):")
    for name, model in DIALOGUE_MODELS.items():
        _list_model(name, model, {"trained by": DIALOGUE_RECIPES[name]})
    typer.echo("models (memnn train lm --model NAME):")
    for name, model in LANGUAGE_MODELS.items():
        _list_model(name, model, {"trained by": LANGUAGE_RECIPES[name]})
    runs = sorted(path.parent for path in folder.glob("*/config.json"))
    typer.echo(f"runs in {folder}:" if runs else f"no runs in {folder}")
    for run in runs:
        unfinished = "  (unfinished)" if run.suffix == ".partial" else ""
        typer.echo(f"  {run}{unfinished}")


def _list_model(name: str, model: Any, recipes: Mapping[str, Any]) -> None:
    source = inspect.getdoc(inspect.getmodule(model)) or ""
    typer.echo(f"  {name}: {source.splitlines()[0].partition(': ')[2]}")
    for mode, recipe in recipes.items():
        settings = {**recipe.model, **recipe.training}.items()
        said = ", ".join(
            f"{key}={'by size of data' if callable(value) else value}" for key, value in settings
        )
        typer.echo(f"      {mode}: {said}")
    others = [field for field in dataclasses.fields(model) if field.name not in recipe.model]
    typer.echo("      else: " + ", ".join(f"{field.name}={field.default}" for field in others))


def show(run: Annotated[str, typer.Argument(help="a checkpoint folder")]) -> None:
    """Print what a run is: its model, settings, data and results.

    Example: `memnn show runs/x`
    """
    from memnn.question_answering.answering import QuestionAnswerer, find_parts
    from memnn.training import checkpoint

    folder = checkpoint.find(run)
    application = checkpoint.read_config(folder).get("application")
    if application in ("dialogue", "language_modelling"):
        does, _ = checkpoint.FITTING[application]
        lines = [f"{folder}: {does}", *_describe(*checkpoint.load(folder), folder)]
        typer.echo("\n".join(lines))
        return
    net, parts = QuestionAnswerer.from_pretrained(folder), find_parts(folder)
    lines = [
        f"{folder}: answers questions, " + ("one network" if "" in net.readers else "one network a task")
    ]
    for task, reader in net.readers.items():
        first, *others = _describe(reader.config, reader.vocabulary, reader.network, parts[task])
        lines += [f"task {task}: {first}" if task else first, *others]
    typer.echo("\n".join(lines))


def _describe(config: Any, vocabulary: Any, network: Any, folder: Path) -> list[str]:
    """What one network is, and how its training ended."""
    from memnn.training import checkpoint
    from memnn.training.options import options_at_work

    weights = sum(parameter.numel() for parameter in network.parameters())
    lines = [f"{config.model}, {weights:,} weights", *(f"  {line}" for line in vocabulary.describe())]
    parts = {
        "settings": _switched_on(config.settings),
        "data": {
            key: value for key, value in config.data.items() if key not in FOR_PROGRAMS and value != [""]
        },
        "training": options_at_work(config.training),
    }
    for name, values in parts.items():
        said = ", ".join(f"{key}={_brief(value)}" for key, value in values.items())
        lines.append(f"  {name:<11} {said}")
    if (trained := _trained(folder / "metrics.jsonl")) is not None:
        lines.append(f"  trained     {trained}")
    result = folder / "result.json"
    if result.exists():
        lines.append("  result      " + _result(result, checkpoint.read_json(result)))
    return lines


def _switched_on(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a model but those that switch something off; a capacity of None is one without a limit."""
    return {
        key: value
        for key, value in settings.items()
        if value not in (0, "none") and (value is not None or key == "capacity")
    }


def _trained(metrics: Path) -> str | None:
    """How many epochs training took and how long, from its metrics; None where there are none."""
    if not metrics.exists():
        return None
    try:
        epochs = [json.loads(line) for line in metrics.read_text(encoding="utf-8").splitlines()]
        linear = sum(not epoch["softmax"] for epoch in epochs)
        seconds = float(epochs[-1]["seconds"]) if epochs else 0.0
    except (OSError, UnicodeDecodeError, ValueError, LookupError, TypeError):
        raise UserError(f"{metrics}: damaged: expected a line of JSON an epoch") from None
    took = f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
    return f"{len(epochs)} epochs in {took}" + (f", the first {linear} a linear start" if linear else "")


def _brief(value: object) -> str:
    """A list by its first entries; of a table, how large it is: config.json has all of it."""
    if value is None:  # a capacity without a limit
        return "all"
    if isinstance(value, Mapping):
        return f"({len(value)} entries)"
    if not isinstance(value, list | tuple):
        return str(value)
    more = f",... ({len(value)})" if len(value) > MOST_ENTRIES else ""
    return ",".join(map(str, value[:MOST_ENTRIES])) + more


def _result(path: Path, result: Any) -> str:
    """What the restart that was kept reached, and how all of them did."""
    from statistics import mean, pstdev

    try:
        best, lists = result["best_restart"], {n: v for n, v in result.items() if isinstance(v, list)}
        restarts = len(lists["training_loss"])
        said = ", ".join(f"{name} {values[best]:.3g}" for name, values in lists.items())
        if restarts == 1:
            return said
        all_of_them = ", ".join(
            f"{name} {mean(values):.3g} (standard deviation {pstdev(values):.2g})"
            for name, values in lists.items()
        )
    except (AttributeError, LookupError, TypeError, ValueError):
        raise UserError(f"{path}: not the results of restarts") from None
    return f"{said}, best of {restarts} restarts; their mean: {all_of_them}"
