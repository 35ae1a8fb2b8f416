"""The command line: train, evaluate, ask, data, list, show.

Commands import what they need when they run, so that `memnn --help` need not wait for torch.
"""

import sys

import typer

from memnn.cli import ask, data, evaluate, show, train
from memnn.errors import UserError

app = typer.Typer(
    help="Memory Networks: train on stories, ask, and see which facts answered.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(train.app, name="train")
app.command("evaluate")(evaluate.evaluate)
app.command("ask")(ask.ask)
app.add_typer(data.app, name="data")
app.command("list")(show.list_all)
app.command("show")(show.show)


def main() -> None:
    """Run a command. What a user can mend is one line on stderr and exit status 2, never a traceback."""
    try:
        app(prog_name="memnn")
    except UserError as error:
        sys.exit(_fail(str(error)))
    except OSError as error:  # a full disk, a folder that may not be written
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(_fail(f"{where}{error.strerror or error}"))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


def _fail(message: str) -> int:
    print("memnn: error: " + " ".join(message.split()), file=sys.stderr)
    return 2
