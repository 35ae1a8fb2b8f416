"""`memnn data`: make simulated stories, list and fetch data sets."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Make, list and fetch stories.", no_args_is_help=True)


@app.command("make")
def make(
    what: Annotated[str, typer.Argument(help="babi: the 20 tasks")],
    out: Annotated[Path, typer.Argument(help="the folder to write")],
    tasks: Annotated[str, typer.Option(help="such as 1,2,5-8")] = "1-20",
    questions: Annotated[int, typer.Option(min=1, help="for training, a task")] = 1000,
    valid: Annotated[int, typer.Option(min=0, help="for validation, a task; 0: no such files")] = 100,
    test: Annotated[int, typer.Option(min=0, help="for testing, a task; 0: no such files")] = 1000,
    seed: Annotated[int, typer.Option(help="another seed tells other stories")] = 0,
    facts: Annotated[
        int | None, typer.Option(help="facts in a story; as the official files unless told")
    ] = None,
    per_story: Annotated[int | None, typer.Option(help="questions about a story")] = None,
    hops: Annotated[
        int | None, typer.Option(help="facts a question needs, in tasks that have a chain")
    ] = None,
    actors: Annotated[str | None, typer.Option(help="own names, joined by commas")] = None,
    places: Annotated[str | None, typer.Option(help="own places, joined by commas")] = None,
    things: Annotated[str | None, typer.Option(help="own things, joined by commas")] = None,
) -> None:
    """Write simulated stories in the official format, with supporting facts.

    Example: `memnn data make babi data/sim --questions 1000`
    """
    from memnn.errors import UserError
    from memnn.tasks import parse_tasks
    from memnn.worlds import Knobs, simulate
    from memnn.worlds.folder import write_folder

    if what != "babi":
        raise UserError(f"nothing called {what!r} can be made: expected babi")
    words = [tuple(w.strip() for w in text.split(",")) if text else None for text in (actors, places, things)]
    knobs = Knobs(facts, per_story, hops, *words)
    sizes = {"train": questions, "valid": valid, "test": test}
    chosen = parse_tasks(tasks)
    try:
        for task in chosen:  # knobs that leave nothing to tell are found before a folder is begun
            next(simulate(task, 1, seed, knobs))
        written = write_folder(out, chosen, sizes, seed, knobs)
    except ValueError as error:
        raise UserError(str(error)) from None
    typer.echo(f"{out}: {written} files, {questions} training questions a task")


@app.command("list")
def list_data() -> None:
    """Name the data sets that `get` fetches and `make` writes.

    Example: `memnn data list`
    """
    from memnn.question_answering.datasets import DATASETS
    from memnn.worlds import WORLDS

    for name, dataset in DATASETS.items():
        typer.echo(f"{name:8} {dataset.size / 1e6:5.1f} MB  {dataset.licence}  {dataset.holds}")
    typer.echo("\nsimulated here, without a download (memnn data make babi OUT):")
    for task, world in WORLDS.items():
        typer.echo(f"{task:>4}  {world.title}")


@app.command("get")
def get(name: Annotated[str, typer.Argument(help="a name that `memnn data list` shows")]) -> None:
    """Fetch a data set once, into a cache folder (MEMNN_CACHE moves it), and print where it is.

    Example: `memnn data get babi`
    """
    from memnn.question_answering.datasets import get_dataset

    typer.echo(get_dataset(name))
