"""`memnn evaluate`: errors by task and the hit rate of the evidence; of dialogues, replies that are right."""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from memnn.errors import MissingSplit, UserError

if TYPE_CHECKING:
    from memnn.question_answering.metrics import Evaluation

MANY_UNKNOWN = 0.3  # share of words read as <unk> from which a text is hardly one for the model
Read = TypeVar("Read")


def evaluate(
    run: Annotated[str, typer.Argument(help="a checkpoint folder")],
    data: Annotated[
        Path,
        typer.Option(
            help="a bAbI or dialog bAbI folder, a folder of JSON Lines files, or one .jsonl file; of a "
            "language model a text file, or a folder of files `*.test.*` and the like"
        ),
    ],
    split: Annotated[
        str | None,
        typer.Option(
            help="train, valid or test, of dialogues trn, dev, tst or tst-OOV too, or all of one file; "
            "unless told test, and valid where the data has no test split"
        ),
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(
            "--tasks",
            "--task",
            help="such as 1,2,5-8; unless told the run's own, or all where the data has none of these",
        ),
    ] = None,
    cache: Annotated[
        int, typer.Option(min=0, help="of a language model: read the cache of so many words before")
    ] = 0,
    dynamic: Annotated[
        bool, typer.Option("--dynamic", help="of a language model: go on learning from the text")
    ] = False,
    counts: Annotated[
        bool, typer.Option(help="of a language model: read the counts of its training text, if it has any")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Ask every question of a split, or let the bot reply at every turn, and count what is wrong.

    Of a language model: the perplexity of a text. It is read once, in its order; the state is carried over,
    and every word is counted once, the ends of lines too.

    Example: `memnn evaluate runs/x --data stories.jsonl --split valid`
    """
    from memnn.question_answering.answering import QuestionAnswerer
    from memnn.question_answering.metrics import evaluate as ask_all
    from memnn.question_answering.reading import read_stories
    from memnn.tasks import parse_tasks, sort_tasks
    from memnn.training import checkpoint

    application = checkpoint.read_config(checkpoint.find(run)).get("application")
    if application != "language_modelling" and (cache or dynamic or not counts):
        raise UserError(f"--cache, --dynamic and --no-counts are for language models, and {run} is none")
    if application == "language_modelling" and tasks is not None:
        raise UserError(f"--tasks: {run} is a language model, and a text has no tasks")
    if application == "dialogue":
        evaluate_dialogues(run, data, split, tasks, as_json)
        return
    if application == "language_modelling":
        evaluate_text(run, data, split, cache, dynamic, counts, as_json)
        return
    net = QuestionAnswerer.from_pretrained(run)
    net.use_threads()
    chosen = parse_tasks(tasks) if tasks is not None else None
    stories, split = read_split(
        lambda name: read_stories(data, name, chosen, net.holdout_seed), split, ("test", "valid"), data
    )
    if chosen is None and net.tasks != ("",):  # without tasks it was trained on all there was
        told = stories
        stories = [story for story in told if story.task in net.tasks] or told
        if len(stories) < len(told):
            other = ", ".join(sort_tasks({story.task for story in told} - {*net.tasks}))
            count = len(told) - len(stories)
            typer.echo(f"{count} questions of other tasks than it was trained on left out: {other}", err=True)
    evaluation = ask_all(net, stories)
    if as_json:
        typer.echo(json.dumps(evaluation.as_json(), ensure_ascii=False))
    else:
        print_table(evaluation, f"{run} on {data}, {split}")


def read_split(
    read: Callable[[str], Read],
    split: str | None,
    default: Sequence[str],
    data: Path,
) -> tuple[Read, str]:
    """What `read` gives of the split that was named, or of the first of `default` that is there; and which.

    That a split is not there, `read` says by raising MissingSplit.
    """
    first, otherwise = default
    if split is not None:
        return read(split), split
    try:
        return read(first), first
    except MissingSplit as missing:
        found = read(otherwise)
        has = (
            f"the {first} split has tasks {', '.join(missing.tasks)}"
            if missing.tasks
            else f"no {first} split"
        )
    more = "; --split all is the whole file" if data.is_file() else ""
    typer.echo(f"{has}: this is of {otherwise}{more}", err=True)
    return found, otherwise


def evaluate_dialogues(run: str, data: Path, split: str | None, tasks: str | None, as_json: bool) -> None:
    """The same of a run of dialogues."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from memnn.dialogue.bot import Bot
    from memnn.dialogue.metrics import evaluate as reply_all
    from memnn.dialogue.reading import read_dialogues
    from memnn.tasks import parse_tasks

    bot = Bot.from_pretrained(run)
    bot.use_threads()
    own = None if "" in bot.tasks else bot.tasks
    chosen = parse_tasks(tasks) if tasks is not None else own
    dialogues, split = read_split(
        lambda part: read_dialogues(data, part, chosen, if_there=tasks is None), split, ("tst", "dev"), data
    )
    if not dialogues:
        raise UserError(f"{data}: no dialogues in the split {split}")
    evaluation = reply_all(bot, dialogues)
    if as_json:
        typer.echo(json.dumps(evaluation.as_json(), ensure_ascii=False))
        return
    console = Console()
    console.print(escape(f"{run} on {data}, {split}"), highlight=False, soft_wrap=True)
    table = Table()
    table.add_column("task")
    for column in ("replies", "right %", "dialogues", "all right %"):
        table.add_column(column, justify="right")
    for task, result in evaluation.tasks.items():
        response, dialog = f"{result.response_accuracy:.1f}", f"{result.dialog_accuracy:.1f}"
        table.add_row(escape(task) or "-", str(result.replies), response, str(result.dialogues), dialog)
    console.print(table)


def evaluate_text(
    run: str, data: Path, split: str | None, cache: int, dynamic: bool, counts: bool, as_json: bool
) -> None:
    """The perplexity of a language model."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    from memnn.language_modelling.corpus import encode, read_lines, unknown_share
    from memnn.language_modelling.dynamic import Adapting
    from memnn.language_modelling.perplexity import measure
    from memnn.language_modelling.reader import LanguageModel

    lm = LanguageModel.from_pretrained(run, counts=counts)
    lm.use_threads()
    lines, split = read_split(lambda name: read_lines(data, name), split, ("test", "valid"), data)
    text = encode(lines, lm.words)
    unknown = unknown_share(text, lm.words)
    with ExitStack() as stack:
        bar = stack.enter_context(tqdm(total=len(text), unit=" words", leave=False, disable=None))
        adapting = stack.enter_context(Adapting(lm.network)) if dynamic else None
        measured = measure(lm.network, text, lm.words.end, cache, adapting, bar.update)
    if as_json:
        typer.echo(json.dumps(measured.as_json() | {"unknown": unknown, "split": split}))
    else:
        typer.echo(
            f"{run} on {data}, {split}: perplexity {measured.perplexity:.2f} over {measured.tokens:,} words, "
            f"{100 * unknown:.1f} % of them <unk>, {measured.seconds:.0f} s"
        )
    warn_of_unknown(unknown, run)
    if split == "train" and lm.network.counts is not None:
        typer.echo("the counts know this text by heart: --no-counts reads it without them", err=True)


def warn_of_unknown(share: float, run: str) -> None:
    """Say on stderr where so much of a text is <unk> that its perplexity says little."""
    if share >= MANY_UNKNOWN:
        typer.echo(
            f"{100 * share:.0f} % of the text are words that {run} never learnt, read as <unk>, which is "
            "easy to predict: the perplexity says little",
            err=True,
        )


def print_table(evaluation: "Evaluation", title: str) -> None:
    """The errors by task as a table on stdout."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from memnn.question_answering.metrics import FAILED
    from memnn.worlds import WORLDS

    console = Console()
    console.print(escape(title), highlight=False, soft_wrap=True)
    titles = {task: WORLDS[task].title for task in evaluation.tasks if task in WORLDS}
    table = Table()
    table.add_column("task")
    if titles:
        table.add_column("what it asks")
    table.add_column("questions", justify="right")
    table.add_column("error %", justify="right")
    for task, error in evaluation.tasks.items():
        style = "red" if error > FAILED else "green"
        asks = [titles.get(task, "")] if titles else []
        count = str(evaluation.questions[task])
        table.add_row(escape(task) or "-", *asks, count, f"[{style}]{error:.1f}[/{style}]")
    table.add_section()
    asked = str(sum(evaluation.questions.values()))
    table.add_row("mean", *([""] if titles else []), asked, f"{evaluation.mean_error:.1f}")
    console.print(table)
    console.print(f"failed tasks (error above {FAILED:g} %): {evaluation.failed}")
    if evaluation.evidence is not None:
        console.print(
            f"supporting facts among as many that evidence weighs most: {evaluation.evidence:.1f} %"
        )
    if evaluation.unseen:
        common = evaluation.unseen.most_common(5)
        named = ", ".join(f"{escape(answer)} ({count})" for answer, count in common)
        console.print(
            f"answers never seen in training, counted as wrong: {sum(evaluation.unseen.values())}: {named}"
        )
