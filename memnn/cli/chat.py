"""`memnn chat`: a live conversation, the bot's queries executed against a knowledge base."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memnn.cli.lines import read_lines
from memnn.errors import UserError

if TYPE_CHECKING:
    from memnn.dialogue.session import Said, Session

HELP = """\
A line is said to the bot; what it asks the knowledge base for is shown with the number of things found.
  :memory     all that was said and told so far, numbered
  :why        what the last reply rests on: the choice of its words, then each word that was copied
  :undo       take back what you said last, and the reply
  :save FILE  keep the conversation
  :load FILE  go on with one that was kept
  :reset      start anew
  :help       this text
  :quit       leave (so does the end of input)"""


def chat(
    run: Annotated[str, typer.Argument(help="a checkpoint folder of `memnn train dialogue`")],
    kb: Annotated[
        Path | None, typer.Option(help="a knowledge base: .csv, .jsonl or the format of dialog bAbI")
    ] = None,
    api: Annotated[
        str | None,
        typer.Option(help="the properties that a query asks for, joined by commas; learned unless told"),
    ] = None,
    no_result: Annotated[str | None, typer.Option(help="said where a query finds nothing")] = None,
    no_more: Annotated[str | None, typer.Option(help="said where all that was found was offered")] = None,
    off_domain: Annotated[str | None, typer.Option(help="said where the bot was not meant to help")] = None,
) -> None:
    """Talk with a bot.

    Example: `memnn chat runs/bot --kb restaurants.csv`
    """
    from memnn.dialogue.bot import Bot
    from memnn.dialogue.knowledge import read_knowledge
    from memnn.dialogue.session import Session, Stock

    bot = Bot.from_pretrained(run)
    bot.use_threads()
    stock = Stock(no_result or Stock.no_result, off_domain or Stock.off_domain, no_more or Stock.no_more)
    arguments = [name.strip() for name in api.split(",")] if api else []
    session = Session(bot, read_knowledge(kb) if kb else None, arguments, stock)
    if kb is None and bot.config.data["arguments"]:
        typer.echo("no --kb: the bot's queries will not be looked up", err=True)
    if sys.stdin.isatty():
        typer.echo(HELP, err=True)
    last: Said | None = None
    for line in map(str.strip, read_lines()):
        command, _, argument = line.partition(" ")
        if command in (":quit", ":exit", ":q"):
            return
        if line.startswith(":"):
            for text in _obey(session, command, argument.strip(), last):
                typer.echo(text)
            last = None if command in (":reset", ":load", ":undo") else last
            continue
        try:
            last = session.say(line)
        except UserError as error:
            typer.echo(str(error), err=True)
            continue
        for text in show(last, session):
            typer.echo(text)


def show(said: "Said", session: "Session") -> list[str]:
    """What the bot said, a reply a line, and of a query what it found."""
    from memnn.conversation import Row
    from memnn.dialogue.knowledge import is_query

    lines, found = [], 0
    events = session.transcript.events
    for reply in said.replies:
        if not is_query(reply.text):
            lines.append(reply.text.strip())
            continue
        place = max(i for i, event in enumerate(events) if event.text == reply.text)
        subjects: set[str] = set()
        for event in events[place + 1 :]:
            if not isinstance(event, Row):
                break
            subjects.add(event.subject)
        found = len(subjects)
        lines.append(f"  [{reply.text}: {found} found]" if session.base else f"  [{reply.text}]")
    return lines


def _obey(session: "Session", command: str, argument: str, last: "Said | None") -> list[str]:
    if command == ":memory":
        return _memory(session)
    if command == ":why":
        return why(last) if last else ["nothing was said yet"]
    if command == ":undo":
        return ["taken back"] if session.undo() else ["nothing was said yet"]
    if command in (":save", ":load"):
        if not argument:
            return [f"say which file: {command} FILE"]
        try:
            (session.save if command == ":save" else session.load)(Path(argument))
        except UserError as error:
            return [str(error)]
        if command == ":save":
            return [f"kept in {argument}"]
        return [f"going on with {argument}, {len(session.transcript.events)} lines"]
    if command == ":reset":
        session.reset()
        return ["a new conversation"]
    return [HELP] if command == ":help" else [f"no command {command}", HELP]


def _memory(session: "Session") -> list[str]:
    from memnn.conversation import Row

    lines = []
    for number, event in enumerate(session.transcript.events, 1):
        speaker = "row" if isinstance(event, Row) else event.speaker
        aside = "   (not seen by the model)" if number - 1 in session.transcript.aside else ""
        lines.append(f"{number:4}  {speaker:4}  {event.text.strip()}{aside}")
    return lines or ["nothing was said yet"]


def why(said: "Said") -> list[str]:
    """The evidence of what was said, by reply."""
    lines = []
    for reply in said.replies:
        lines.append(f"{reply.text.strip()}   ({100 * reply.probability:.0f} %)")
        for used in reply.evidence:
            what = "reply" if used.hop == 1 else f"word {used.hop - 1}"
            bar = "#" * round(10 * used.weight)
            position = used.position + 1
            lines.append(
                f"  {what:7} {100 * used.weight:3.0f} %  {bar:<10} {position:4}  {used.fact.strip()}"
            )
        if not reply.evidence:
            lines.append("  not the model's: a stock reply, or nothing was read")
    return lines
