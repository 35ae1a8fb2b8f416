"""`memnn ask`: one question, or a conversation in which facts are told and questions asked."""

import dataclasses
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memnn.cli.lines import read_lines
from memnn.errors import UserError

if TYPE_CHECKING:
    from memnn.question_answering.reader import Answer, Evidence
    from memnn.question_answering.telling import StoryInProgress

LONGEST = 300  # letters of a fact or an answer that are printed
NEARLY = 0.5  # of the weight of the fact that a hop used most
MOST_NAMED = 8  # words in a row that are printed
HELP = """\
A sentence is told as a fact; one that ends in '?' is asked.
  :memory     the facts told so far, numbered
  :forget N   take back fact N
  :why        the facts each hop used for the last answer
  :reset      start a new story
  :help       this text
  :quit       leave (so does the end of input)"""


def ask(
    run: Annotated[
        str, typer.Argument(help="a checkpoint folder; the network that comes with memnn unless told")
    ] = "pretrained",
    story: Annotated[
        Path | None,
        typer.Option(help="facts to begin with: text, a fact a line, or the last line of a .jsonl"),
    ] = None,
    question: Annotated[str | None, typer.Option(help="ask this and leave")] = None,
    task: Annotated[str, typer.Option(help="which network of a --single run answers")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="print answers as JSON")] = False,
) -> None:
    """Tell facts and ask questions; every answer comes with its evidence.

    Example: `memnn ask runs/demo --story story.txt --question "Where is the football?"`

    Without --question an interactive session begins.
    """
    from memnn.question_answering.answering import QuestionAnswerer
    from memnn.question_answering.jsonl import read_facts

    net = QuestionAnswerer.from_pretrained(run)
    net.use_threads()
    if task and "" in net.readers and task not in net.tasks:
        raise UserError(f"--task {task}: {run} was trained on {', '.join(filter(None, net.tasks)) or 'none'}")
    if not task and len(net.readers) > 1:
        if question is not None or not sys.stdin.isatty():
            raise UserError(
                f"{run} has a network for each of {', '.join(net.readers)}: say which with --task"
            )
        while task not in net.readers:
            task = typer.prompt(f"Which task ({', '.join(net.readers)})", err=True)
    telling = net.story(task)
    if story is not None:
        _tell(telling, *read_facts(story))
    if question is not None:
        answer = telling.ask(question)
        hops = why(answer) if answer.evidence else []
        typer.echo(to_json(answer) if as_json else "\n".join([summary(answer), *hops]))
        return
    if sys.stdin.isatty():
        typer.echo(HELP, err=True)
    converse(telling, read_lines(), as_json)


def converse(story: "StoryInProgress", lines: Iterable[str], as_json: bool = False) -> None:
    """Answer line by line, of a line each sentence, until the lines end or one says :quit."""
    from memnn.text.sentences import split_sentences

    last: Answer | None = None
    for line in map(str.strip, lines):
        command, _, argument = line.partition(" ")
        if command in (":quit", ":exit", ":q"):
            return
        if line.startswith(":"):
            told = story.facts
            for text in _obey(story, command, argument.strip(), last):
                typer.echo(text)
            if story.facts != told:  # what the last answer rests on is gone, or has another number
                last = None
            continue
        for sentence in split_sentences(line) if line else ():
            if sentence.endswith("?"):
                last = story.ask(sentence)
                typer.echo(to_json(last) if as_json else summary(last))
            else:
                _tell(story, sentence)
                if story.sounds_like_a_question(sentence):
                    typer.echo("told as a fact; end it in '?' to ask", err=True)


def _tell(story: "StoryInProgress", *facts: str) -> None:
    """Tell facts, and say so where not all of one is read."""
    from memnn.text.tokenizer import MOST_WORDS, is_cut

    first = len(story.facts)
    story.tell(*facts)
    for number, fact in enumerate(story.facts[first:], first + 1):
        if is_cut(fact):
            typer.echo(f"fact {number}: only its first {MOST_WORDS:,} words are read", err=True)


def _obey(story: "StoryInProgress", command: str, argument: str, last: "Answer | None") -> list[str]:
    if command == ":memory":
        return [f"{n:4}  {fact}" for n, fact in enumerate(story.facts, 1)] or ["nothing was told yet"]
    if command == ":forget":
        if not argument.isdecimal():
            return ["say which fact: :forget N, with N as :memory numbers them"]
        try:
            return [f"forgot: {story.forget(int(argument) - 1)}"]
        except UserError as error:
            return [str(error)]
    if command == ":why":
        return why(last) if last else ["nothing was asked of the story as it is now"]
    if command == ":reset":
        story.reset()
        return ["a new story"]
    return [HELP] if command == ":help" else [f"no command {command}", HELP]


def summary(answer: "Answer") -> str:
    """The answer with its probability, the facts each hop used most, and what should raise doubt."""
    used = dict.fromkeys(f"{e.position + 1} {_short(e.fact)}" for e in _weightiest(answer))
    because = "because  " + "  |  ".join(used) if used else answer.reason or "no fact was used"
    lines = [f"{_short(answer.text)}  ({100 * answer.probability:.0f} %)   {because}"]
    if answer.untold:
        lines.append(f"  no fact tells of: {some_of(answer.untold)}")
    if answer.unknown:
        lines.append(f"  never seen in training: {some_of(answer.unknown)}")
    if answer.unasked:
        lines.append("  no question of training was asked like this")
    if answer.forgotten:
        lines.append(f"  no longer in memory: the oldest {answer.forgotten:,} of the facts told")
    return "\n".join(lines)


def why(answer: "Answer") -> list[str]:
    """The evidence by hop, a line a fact."""
    lines = []
    for e in answer.evidence:
        bar = "#" * round(10 * e.weight)
        lines.append(
            f"  hop {e.hop}  {100 * e.weight:3.0f} %  {bar:<10}  {e.position + 1:3}  {_short(e.fact)}"
        )
    return lines or ["  no fact was used"]


def to_json(answer: "Answer") -> str:
    """One line of JSON: the fields of the answer."""
    said = vars(answer) | {"evidence": [dataclasses.asdict(fact) for fact in answer.evidence]}
    return json.dumps(said, ensure_ascii=False)


def _short(text: str) -> str:
    """A line of a megabyte is told, but not printed."""
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def some_of(words: Sequence[str]) -> str:
    """The first of the words, and how many more there are."""
    more = f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else ""
    return ", ".join(map(_short, words[:MOST_NAMED])) + more


def _weightiest(answer: "Answer") -> list["Evidence"]:
    """Of each hop the fact it used most, and those it used nearly as much."""
    most: dict[int, float] = {}
    for evidence in answer.evidence:
        most.setdefault(evidence.hop, evidence.weight)  # the weightiest comes first
    return [evidence for evidence in answer.evidence if evidence.weight >= NEARLY * most[evidence.hop]]
