"""`memnn train`: stories, dialogues or a text in, a checkpoint folder out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from memnn.cli.progress import TrainingBar

app = typer.Typer(help="Train a model.", no_args_is_help=True)

# What all kinds of training are told alike.
Out = Annotated[Path, typer.Option(help="the folder to write; an unfinished one is gone on with")]
Tasks = Annotated[
    str | None,
    typer.Option("--tasks", "--task", help="such as 1,2,5-8; all that are there unless told"),
]
Config = Annotated[Path | None, typer.Option(help="a file of configs/: model and settings")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="key=value, a setting of the model or the training loop")
]
Seed = Annotated[int | None, typer.Option(help="of weights, order and noise")]
Restarts = Annotated[int | None, typer.Option(help="random starts side by side; the best is kept")]
Minutes = Annotated[float | None, typer.Option(help="stop after the epoch in which they pass")]
Device = Annotated[str, typer.Option(help="cpu, or auto for a GPU where there is one")]
Overwrite = Annotated[bool, typer.Option(help="replace what stands at --out")]


@app.command("qa")
def train_qa(
    data: Annotated[Path, typer.Option(help="a bAbI folder, a folder with train.jsonl, or one .jsonl file")],
    out: Out,
    model: Annotated[
        str | None, typer.Option(help="one of `memnn list`; symbol unless a config says")
    ] = None,
    tasks: Tasks = None,
    joint: Annotated[
        bool | None,
        typer.Option("--joint/--single", help="one network for all tasks (default), or one a task"),
    ] = None,
    config: Config = None,
    set_: Settings = None,
    symbols: Annotated[
        Path | None, typer.Option(help="words that may trade places, a class a line, joined by commas")
    ] = None,
    init: Annotated[
        str | None, typer.Option(help="a symbol run whose weights to begin with, or: pretrained")
    ] = None,
    second_look: Annotated[
        bool, typer.Option(help="where it errs on validation, find what symbols are to be read by name")
    ] = True,
    seed: Seed = None,
    restarts: Restarts = None,
    minutes: Minutes = None,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Train a network to answer questions about stories.

    Example: `memnn train qa --data stories.jsonl --out runs/mine`

    The same command on an unfinished --out goes on where it was cut. Without --set and --config the
    model is trained by the recipe that `memnn list` shows.
    """
    from memnn.cli.ask import some_of
    from memnn.question_answering.plan import find_absent, make_plan
    from memnn.question_answering.reading import read_stories
    from memnn.question_answering.training import train_stories
    from memnn.tasks import parse_tasks
    from memnn.training.processes import first_process

    given = _said(seed=seed, restarts=restarts, minutes=minutes)
    plan = make_plan(config, model, joint, set_ or [], given, device, symbols, init)
    plan = replace(plan, second_look=second_look)
    chosen = parse_tasks(tasks) if tasks is not None else None
    train = read_stories(data, "train", chosen, plan.holdout_seed)
    valid = read_stories(data, "valid", chosen, plan.holdout_seed)
    if first_process() and (absent := find_absent(plan.symbols, [*train, *valid])):
        typer.echo(f"{symbols}: words that {data} never has: {some_of(absent)}", err=True)
    with _training(out, overwrite) as bar:
        results = train_stories(train, valid, out, plan, overwrite=overwrite, report=bar.report)
    if not first_process():
        return
    for task, trained in results.items():
        typer.echo(_summary(task, trained.measures, trained.best))
    typer.echo(f"{out} is ready: memnn ask {out}")


@app.command("dialogue")
def train_dialogue(
    data: Annotated[
        Path, typer.Option(help="a dialog bAbI folder, a folder with train.jsonl, or one .jsonl file")
    ],
    out: Out,
    model: Annotated[str | None, typer.Option(help="memn2n or symbol; symbol unless a config says")] = None,
    tasks: Tasks = None,
    config: Config = None,
    set_: Settings = None,
    seed: Seed = None,
    restarts: Restarts = None,
    minutes: Minutes = None,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Train a bot on dialogues.

    Example: `memnn train dialogue --data dialogues.jsonl --out runs/bot`

    The same command on an unfinished --out goes on where it was cut.
    """
    from memnn.dialogue.reading import read_dialogues
    from memnn.dialogue.recipes import RECIPES
    from memnn.dialogue.training import DEFAULT_MODEL, train_dialogues
    from memnn.tasks import parse_tasks
    from memnn.training.plan import make_plan
    from memnn.training.processes import first_process

    given = _said(seed=seed, restarts=restarts, minutes=minutes)
    plan = make_plan("dialogue", RECIPES, DEFAULT_MODEL, config, model, set_ or [], given, device)
    chosen = parse_tasks(tasks) if tasks is not None else None
    train, valid = read_dialogues(data, "trn", chosen), read_dialogues(data, "dev", chosen)
    with _training(out, overwrite) as bar:
        report = partial(bar.report, "")
        trained = train_dialogues(train, valid, out, plan, overwrite=overwrite, report=report)
    if first_process():
        typer.echo(_summary("", trained.measures, trained.best))
        typer.echo(f"{out} is ready: memnn chat {out}")


@app.command("lm")
def train_lm(
    data: Annotated[
        Path, typer.Option(help="a text file, or a folder with files `*.train.*`, `*.valid.*` and `*.test.*`")
    ],
    out: Out,
    model: Annotated[
        str | None, typer.Option(help="cache-lm or memn2n-lm; cache-lm unless a config says")
    ] = None,
    vocabulary: Annotated[
        int, typer.Option(min=0, help="so many words, the commonest; 0: all, of raw text those seen twice")
    ] = 0,
    config: Config = None,
    set_: Settings = None,
    seed: Seed = None,
    minutes: Minutes = None,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Train a network to predict the next word of a text.

    Example: `memnn train lm --data book.txt --out runs/lm`

    The same command on an unfinished --out goes on where it was cut.
    """
    from memnn.cli.evaluate import warn_of_unknown
    from memnn.language_modelling.training import make_plan, read_corpus, train_corpus
    from memnn.language_modelling.tuning import SLOTS, WORDS
    from memnn.training.processes import first_process

    plan = make_plan(config, model, set_ or [], _said(seed=seed, minutes=minutes), device)
    corpus = read_corpus(data, vocabulary)
    if corpus.held_out:
        typer.echo(f"{data}: no valid split: the last tenth of the training text is held out", err=True)
    with _training(out, overwrite) as bar:
        report = partial(bar.report, "")
        trained = train_corpus(corpus, out, plan, overwrite=overwrite, report=report)
    if first_process():
        reached = {name: values[0] for name, values in trained.measures.items()}
        parts = [f"validation perplexity {reached.get('perplexity_alone', reached['perplexity']):.1f}"]
        if "perplexity_with_counts" in reached:
            parts.append(f"{reached['perplexity_with_counts']:.1f} with the counts of the training text")
        if "perplexity_with_cache" in reached:
            parts.append(f"{reached['perplexity_with_cache']:.1f} when it remembers {SLOTS:,} words as well")
        if len(corpus.valid) > WORDS and len(parts) > 1:
            parts.append(f"on the first {WORDS:,} words")
        typer.echo(", ".join([*parts, f"{100 * corpus.unknown:.1f} % being <unk>"]))
        warn_of_unknown(corpus.unknown, str(out))
        if reached.get("counts_share"):
            typer.echo(f"{out} holds the training text, for its counts (not with --set counts=0)")
        typer.echo(f"{out} is ready: memnn generate {out}")


def _said(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


@contextmanager
def _training(out: Path, overwrite: bool) -> Iterator["TrainingBar"]:
    """The progress bar while a run is trained; what is said where it was cut before, or is cut now."""
    from memnn.cli.progress import TrainingBar
    from memnn.training.processes import first_process

    partial_run = out.parent / f"{out.name}.partial"
    if partial_run.exists() and not overwrite:
        goes_on = "going on after the last epoch saved"
        begins = "no epoch of it was saved, beginning anew"
        typer.echo(f"{out} is unfinished: {goes_on if _saved(partial_run) else begins}", err=True)
    try:
        with TrainingBar(quiet=not first_process()) as bar:
            yield bar
    except KeyboardInterrupt:
        goes_on, begins = "goes on after the last epoch saved", "begins anew, as no epoch was saved"
        typer.echo(f"interrupted: the same command {goes_on if _saved(partial_run) else begins}", err=True)
        raise typer.Exit(130) from None


def _saved(partial_run: Path) -> bool:
    """Whether an epoch of an unfinished run was saved, of any of its networks."""
    return any(partial_run.rglob("state.pt"))


def _summary(task: str, measures: dict[str, list[float]], best: int) -> str:
    from statistics import mean, pstdev

    errors = measures["error"]
    name = f"task {task}: " if task else ""
    if len(errors) == 1:
        return f"{name}validation error {errors[0]:.1f} %"
    return (
        f"{name}validation error {errors[best]:.1f} % (restart {best + 1} of {len(errors)}, lowest training "
        f"loss); mean {mean(errors):.1f}, standard deviation {pstdev(errors):.1f}"
    )
