"""The command line: train, evaluate, ask, chat, generate, data, list, show.

Commands import what they need when they run, so that `memnn --help` need not wait for torch.
"""

import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer

from memnn.cli import ask, chat, data, evaluate, generate, show, train
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
app.command("chat")(chat.chat)
app.command("generate")(generate.generate)
app.add_typer(data.app, name="data")
app.command("list")(show.list_all)
app.command("show")(show.show)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"memnn {version('memnn')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="print it and exit")
    ] = False,
) -> None:
    pass


# The errors of the command line's parser, which newer releases of typer bring along and do not name.
_ParserError: type[Exception] = typer.BadParameter.__mro__[2]


def main() -> None:
    """Run a command. What a user can mend is one line on stderr and exit status 2, never a traceback."""
    try:
        status = app(prog_name="memnn", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except UserError as error:
        sys.exit(_fail(str(error)))
    except OSError as error:  # a full disk, a folder that may not be written
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(_fail(f"{where}{error.strerror or error}"))
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except _ParserError as error:
        sys.exit(_misused(error))


def _misused(error: Any) -> int:
    """Say what is wrong with the words of the command line. A group alone shows its help instead."""
    if type(error).__name__ == "NoArgsIsHelpError":
        if text := error.format_message():  # empty where it was printed with colours
            print(text)
        return 2
    command = getattr(error, "ctx", None)
    hint = f" ({command.command_path} --help shows what there is)" if command else ""
    return _fail(error.format_message().strip().removesuffix(".") + hint)


def _fail(message: str) -> int:
    print("memnn: error: " + " ".join(message.split()), file=sys.stderr)
    return 2
