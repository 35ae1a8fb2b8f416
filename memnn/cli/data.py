"""`memnn data`: make simulated stories, list and fetch data sets."""

import re
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Make, list and fetch stories.", no_args_is_help=True)


@app.command("make")
def make(
    what: Annotated[str, typer.Argument(help="babi: the 20 tasks; or a world that `memnn data list` names")],
    out: Annotated[Path, typer.Argument(help="the folder to write")],
    tasks: Annotated[str | None, typer.Option(help="of babi, such as 1,2,5-8; all unless told")] = None,
    questions: Annotated[int, typer.Option(min=1, help="for training, a task")] = 1000,
    valid: Annotated[int, typer.Option(min=0, help="for validation, a task; 0: no such files")] = 100,
    test: Annotated[int, typer.Option(min=0, help="for testing, a task; 0: no such files")] = 1000,
    seed: Annotated[int, typer.Option(help="another seed tells other stories")] = 0,
    facts: Annotated[
        str | None, typer.Option(help="facts in a story, such as 20 or 5-20; as the world has it unless told")
    ] = None,
    per_story: Annotated[int | None, typer.Option(help="questions about a story")] = None,
    hops: Annotated[
        str | None, typer.Option(help="facts a question needs, such as 2 or 1-3, where there is a chain")
    ] = None,
    test_facts: Annotated[str | None, typer.Option(help="the same of the test split, if not alike")] = None,
    test_hops: Annotated[str | None, typer.Option(help="the same of the test split, if not alike")] = None,
    actors: Annotated[str | None, typer.Option(help="own names, joined by commas")] = None,
    places: Annotated[str | None, typer.Option(help="own places, joined by commas")] = None,
    things: Annotated[str | None, typer.Option(help="own things, joined by commas")] = None,
) -> None:
    """Write simulated stories, with supporting facts: bAbI in its official format, others as JSON Lines.

    Example: `memnn data make babi data/sim --questions 1000`

    Example: `memnn data make families data/kin --test-hops 4-10`
    """
    from memnn.errors import UserError
    from memnn.question_answering.jsonl import write_jsonl
    from memnn.tasks import parse_tasks
    from memnn.worlds import BABI, OTHERS, Knobs, Spread, simulate
    from memnn.worlds.folder import OFFICIAL, SPLITS, Layout, write_folder

    if what not in ("babi", *OTHERS):
        raise UserError(f"nothing called {what!r} can be made: expected babi, {', '.join(OTHERS)}")
    if what != "babi" and tasks is not None:
        raise UserError(f"--tasks chooses among the bAbI tasks; {what} has none")
    chosen = (what,) if what != "babi" else parse_tasks(tasks) if tasks is not None else BABI
    if what == "babi" and not set(chosen).isdisjoint(OTHERS):
        raise UserError(
            f"expected bAbI tasks, found {tasks!r}: another world is made by its name instead of babi"
        )
    words = [tuple(w.strip() for w in text.split(",")) if text else None for text in (actors, places, things)]
    own = Knobs(None, per_story, None, *words)
    alike = Spread(_numbers("--hops", hops), _numbers("--facts", facts), own)
    tested = Spread(
        _numbers("--test-hops", test_hops) or alike.hops,
        _numbers("--test-facts", test_facts) or alike.facts,
        own,
    )
    knobs = {split: tested if split == "test" else alike for split in SPLITS}
    sizes = {"train": questions, "valid": valid, "test": test}
    try:
        for task in chosen:  # knobs that leave nothing to tell are found before a folder is begun
            for split in SPLITS:
                next(simulate(task, 1, seed, knobs[split]))
        layout = OFFICIAL if what == "babi" else Layout("{split}.jsonl", write_jsonl)
        written = write_folder(out, chosen, sizes, seed, knobs, layout)
    except ValueError as error:
        raise UserError(str(error)) from None
    typer.echo(f"{out}: {written} files, {questions} training questions a task")


def _numbers(option: str, text: str | None) -> range | None:
    """The numbers that '3' or '1-3' stands for. Raises UserError."""
    from memnn.errors import UserError

    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6}))?", text)
    if not match or int(match[2] or match[1]) < int(match[1]):
        raise UserError(f"expected {option} such as 2 or 1-3, found {text!r}")
    return range(int(match[1]), int(match[2] or match[1]) + 1)


@app.command("list")
def list_data() -> None:
    """Name the data sets that `get` fetches and `make` writes.

    Example: `memnn data list`
    """
    from memnn.question_answering.datasets import DATASETS
    from memnn.worlds import BABI, OTHERS, WORLDS

    for name, dataset in DATASETS.items():
        typer.echo(f"{name:8} {dataset.size / 1e6:5.1f} MB  {dataset.licence}  {dataset.holds}")
    typer.echo("\nsimulated here, without a download (memnn data make babi OUT):")
    for task in BABI:
        typer.echo(f"{task:>4}  {WORLDS[task].title}")
    typer.echo("\nworlds of other words, simulated too (memnn data make NAME OUT):")
    for name in OTHERS:
        typer.echo(f"  {name:9} {WORLDS[name].title}")


@app.command("get")
def get(name: Annotated[str, typer.Argument(help="a name that `memnn data list` shows")]) -> None:
    """Fetch a data set once, into a cache folder (MEMNN_CACHE moves it), and print where it is.

    Example: `memnn data get babi`
    """
    from memnn.question_answering.datasets import get_dataset

    typer.echo(get_dataset(name))
