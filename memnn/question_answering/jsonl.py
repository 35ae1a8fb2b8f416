"""People's own stories: JSON Lines, one question and all that was told before it on each line.

    {"facts": ["Mary went home.", "Mary has milk."], "question": "Where is the milk?", "answer": "home"}

`answer` may be a list; `supporting` (indices into facts, from 0), `candidates`, `task` and `id` are optional.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from memnn.errors import DataError, UserError
from memnn.files import check_keys, read_lines, write_lines
from memnn.story import Story
from memnn.text.sentences import split_sentences

_Text = Annotated[str, Field(pattern=r"\S")]

_EXPECTED = {
    "facts": "a list of strings, none of them blank",
    "question": "a string that is not blank",
    "answer": "a string that is not blank, or a list of them",
    "supporting": "a list of whole numbers, indices into facts from 0",
    "candidates": "a list of strings, none of them blank",
    "task": "a string",
    "id": "a string",
}


class _Line(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(strict=True, extra="forbid")

    facts: tuple[_Text, ...]
    question: _Text = ""
    answer: _Text | Annotated[tuple[_Text, ...], Field(min_length=1)] = ()
    supporting: tuple[int, ...] = ()
    candidates: tuple[_Text, ...] = ()
    task: str = ""
    id: str = ""


def read_jsonl(path: Path | str, need_answer: bool = True) -> list[Story]:
    """The stories of a file, a Story for each line.

    A line whose facts begin with all facts of the line before belongs to the same story, whatever
    its id. Otherwise its id names its story, and a line without an id starts one of its own.
    Without `need_answer` a line may lack its question and its answer.

    Raises DataError naming the first line that is not as described.
    """
    path = Path(path)
    rows = [_parse(path, number, line, need_answer) for number, line in enumerate(read_lines(path), 1)]
    if not rows:
        raise DataError(path, None, "expected at least one line, found an empty file")
    given = {row.id for row in rows}
    known: dict[str, str] = {}  # each sentence once in memory, however many lines repeat it
    stories: list[Story] = []
    for number, row in enumerate(rows, 1):
        facts = tuple([known.setdefault(fact, fact) for fact in row.facts])
        before = stories[-1] if stories else None
        if before and before.facts and facts[: len(before.facts)] == before.facts:
            name = before.id  # also where every question has an id of its own
        else:
            name = row.id or _unused(f"line {number}", given)
        answer = (row.answer,) if isinstance(row.answer, str) else row.answer
        try:
            story = Story(facts, row.question, answer, row.supporting, row.candidates, row.task, name)
        except ValueError as error:
            expected = f'expected "supporting" to be indices into facts: {error}'
            raise DataError(path, number, expected) from None
        stories.append(story)
    return stories


def write_jsonl(stories: Iterable[Story], path: Path | str) -> None:
    """Write stories so that `read_jsonl` gives the same ones. The file appears whole or not at all.

    Raises UserError when there are no stories or the file cannot be written.
    """
    path = Path(path)
    lines = [json.dumps(_record(story), ensure_ascii=False) for story in stories]
    if not lines:
        raise UserError(f"{path}: expected at least one story to write")
    write_lines(path, lines)


def read_facts(path: Path | str) -> tuple[str, ...]:
    """The facts of a story to ask about, oldest first.

    A .jsonl file gives those of its last line. Any other file is text with a fact on each line; when
    every line is numbered as in the bAbI files, numbers and questions are left out and the last story is
    taken. An empty text file is an empty story.

    Raises DataError when the file cannot be read, or a sentence ends in '?' and so is no fact.
    """
    path = Path(path)
    if path.suffix.lower() == ".jsonl":
        return read_jsonl(path, need_answer=False)[-1].facts
    lines = []
    for place, line in enumerate(map(str.strip, read_lines(path)), 1):
        if "\t" not in line and any(sentence.endswith("?") for sentence in split_sentences(line)):
            raise DataError(path, place, "expected facts, found a question: a sentence that ends in '?'")
        if line:
            lines.append(line)
    numbered = [re.match(r"([0-9]{1,9}) +(.*)", line) for line in lines]
    numbers = [int(match[1]) if match else 0 for match in numbered]
    if not all(now == 1 or now > before for before, now in zip([0, *numbers], numbers)) or numbers[:1] != [1]:
        return tuple(lines)  # "3 apples are red." is a fact that begins with a number
    start = max(index for index, number in enumerate(numbers) if number == 1)
    return tuple(match[2] for match in numbered[start:] if match and "\t" not in match[2])


def _parse(path: Path, number: int, line: str, need_answer: bool) -> _Line:
    if not line.strip():
        raise DataError(path, number, "expected a JSON object, found a blank line")
    try:
        row = _Line.model_validate_json(line)
    except ValidationError as error:
        raise DataError(path, number, _expected(error)) from None
    check_keys(path, number, line)
    for field in ("question", "answer") if need_answer else ():
        if not getattr(row, field):
            raise DataError(path, number, f'expected the field "{field}"')
    return row


def _expected(error: ValidationError) -> str:
    """One line for the first thing wrong; an unknown field first, as it explains the missing one."""
    problems = error.errors(include_url=False, include_input=False)
    problem: Any = min(problems, key=lambda each: each["type"] != "extra_forbidden")
    if problem["type"] == "json_invalid":
        return f"expected a JSON object on one line: {problem['ctx']['error']}"
    if problem["type"] == "model_type":
        return "expected a JSON object with the fields " + ", ".join(_EXPECTED)
    field = problem["loc"][0]
    if problem["type"] == "extra_forbidden":
        return f"expected only the fields {', '.join(_EXPECTED)}; found {json.dumps(field)[:80]}"
    if problem["type"] == "missing":
        return f'expected the field "{field}"'
    return f'expected "{field}" to be {_EXPECTED[field]}'


def _unused(name: str, given: set[str]) -> str:
    while name in given:
        name += "'"
    return name


def _record(story: Story) -> dict[str, object]:
    """The fields of a line in the order people read them; the empty ones are left out."""
    answer = story.answer[0] if len(story.answer) == 1 else story.answer
    fields: dict[str, object] = {
        "id": story.id,
        "task": story.task,
        "facts": story.facts,
        "question": story.question,
        "answer": answer,
        "supporting": story.supporting,
        "candidates": story.candidates,
    }
    return {name: value for name, value in fields.items() if value or name == "facts"}
