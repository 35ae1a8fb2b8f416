"""`memnn list` and `memnn show`: which models there are, and what a run holds."""

import dataclasses
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from memnn.errors import UserError

MOST_ENTRIES = 20  # of a list that are printed


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
        said = ", ".join(f"{key}={value}" for key, value in {**recipe.model, **recipe.training}.items())
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

    weights = sum(parameter.numel() for parameter in network.parameters())
    lines = [f"{config.model}, {weights:,} weights", *(f"  {line}" for line in vocabulary.describe())]
    for name in ("settings", "data", "training"):
        said = ", ".join(f"{key}={_brief(value)}" for key, value in getattr(config, name).items())
        lines.append(f"  {name:<11} {said}")
    result = folder / "result.json"
    if result.exists():
        lines.append("  result      " + _result(result, checkpoint.read_json(result)))
    return lines


def _brief(value: object) -> str:
    """A list by its first entries; of a table, how large it is: config.json has all of it."""
    if isinstance(value, Mapping):
        return f"({len(value)} entries)"
    if not isinstance(value, list | tuple):
        return str(value)
    more = f",... ({len(value)})" if len(value) > MOST_ENTRIES else ""
    return ",".join(map(str, value[:MOST_ENTRIES])) + more


def _result(path: Path, result: Any) -> str:
    try:
        best, lists = result["best_restart"], {n: v for n, v in result.items() if isinstance(v, list)}
        restarts = len(lists["training_loss"])
        kept = {name: values[best] for name, values in lists.items()}
    except (AttributeError, LookupError, TypeError):
        raise UserError(f"{path}: not the results of restarts") from None
    return ", ".join(f"{name} {value:.3g}" for name, value in kept.items()) + f", best of {restarts} restarts"
