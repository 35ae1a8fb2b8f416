"""People's own dialogues: JSON Lines, a dialogue on each line.

    {"turns": [{"user": "hi", "bot": "hello"}, {"user": "thai please", "bot": "api_call thai"},
               {"kb": [["Siam", "cuisine", "thai"], ["Siam", "phone", "555"]]},
               {"user": "<SILENCE>", "bot": "how about Siam"}]}

An entry of `turns` is what the user said and the bot's reply, or rows of a knowledge base told between turns.
Without `user` the bot speaks again; without `bot` it says nothing yet. `candidates`, `task` and `id` are
optional.
"""

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from memnn.conversation import SILENCE, Dialogue, Event, Row, Turn
from memnn.dialogue.babi import find_types
from memnn.errors import DataError
from memnn.files import check_keys, read_lines, write_lines

_Text = Annotated[str, Field(pattern=r"\S")]


_EXPECTED = {
    "turns": "a list of at least one turn",
    "user": "a string",
    "bot": "a string",
    "kb": "a list of rows, each of three strings that are not blank: a thing, a property and its value",
    "candidates": "a list of strings, none of them blank",
    "task": "a string",
    "id": "a string",
}


class _Entry(BaseModel):
    """One entry of `turns`."""

    model_config = ConfigDict(extra="forbid")

    user: str = ""
    bot: str = ""
    kb: tuple[tuple[_Text, _Text, _Text], ...] = ()


class _Line(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(extra="forbid")

    turns: Annotated[tuple[_Entry, ...], Field(min_length=1)]
    candidates: tuple[_Text, ...] = ()
    task: str = ""
    id: str = ""


def read_jsonl(path: Path | str) -> list[Dialogue]:
    """The dialogues of a file. Raises DataError naming the first line that is not as described."""
    path = Path(path)
    dialogues: list[Dialogue] = []
    for number, text in enumerate(read_lines(path), 1):
        try:
            line = _Line.model_validate_json(text)
        except ValidationError as error:
            raise DataError(path, number, _expected(error)) from None
        check_keys(path, number, text)
        events = tuple(event for entry in line.turns for event in _events(entry))
        if not any(isinstance(event, Turn) and event.speaker == "bot" for event in events):
            raise DataError(path, number, "expected at least one reply of the bot")
        rows = (event for event in events if isinstance(event, Row))
        name = line.id or f"line {number}"
        dialogues.append(Dialogue(events, line.candidates, find_types(rows), line.task, name))
    if not dialogues:
        raise DataError(path, None, "expected at least one dialogue, found an empty file")
    return dialogues


def _expected(error: ValidationError) -> str:
    """One line for the first thing wrong; an unknown field first, as it explains the missing one."""
    problems = error.errors(include_url=False, include_input=False)
    problem: Any = min(problems, key=lambda each: each["type"] != "extra_forbidden")
    place, kind = problem["loc"], problem["type"]
    if kind == "json_invalid":
        return f"expected a JSON object on one line: {problem['ctx']['error']}"
    if not place:
        return f"expected a JSON object with the fields {', '.join(_Line.model_fields)}"
    where = f"turn {place[1] + 1}: " if len(place) > 1 and place[0] == "turns" else ""
    field = place[2] if where and len(place) > 2 else place[0]
    if kind == "extra_forbidden":
        known = ", ".join((_Entry if where else _Line).model_fields)
        return f"{where}expected only the fields {known}; found {json.dumps(field)[:80]}"
    if kind == "missing" and field == "turns":
        return 'expected the field "turns"'
    if where and len(place) == 2:
        return f"{where}expected an object with the fields {', '.join(_Entry.model_fields)}"
    return f'{where}expected "{field}" to be {_EXPECTED[field]}'


def _events(entry: _Entry) -> Iterable[Event]:
    yield from (Row(*row) for row in entry.kb)
    if entry.user.strip() or entry.bot:
        yield Turn("user", entry.user.strip() or SILENCE)
    if entry.bot:
        yield Turn("bot", entry.bot)


def write_jsonl(dialogues: Iterable[Dialogue], path: Path | str) -> None:
    """Write dialogues so that `read_jsonl` gives the same ones. Raises UserError."""
    write_lines(Path(path), (json.dumps(_record(dialogue), ensure_ascii=False) for dialogue in dialogues))


def _record(dialogue: Dialogue) -> dict[str, object]:
    turns: list[dict[str, object]] = []
    for event in dialogue.events:
        last = turns[-1] if turns else {}
        if isinstance(event, Row):
            rows = last.get("kb")
            if not isinstance(rows, list):
                rows = []
                turns.append({"kb": rows})
            rows.append([event.subject, event.relation, event.value])
        elif event.speaker == "bot" and "user" in last and "bot" not in last:
            last["bot"] = event.text
        else:
            turns.append({event.speaker: event.text})
    record = {"turns": turns, "candidates": dialogue.candidates, "task": dialogue.task, "id": dialogue.id}
    return {name: value for name, value in record.items() if value}


def hold_out(dialogues: Sequence[Dialogue], split: str, seed: int = 0) -> list[Dialogue]:
    """The `trn` part, or the tenth that is held out as `dev`, of dialogues that come without a dev split."""
    held = set(random.Random(seed).sample(range(len(dialogues)), -(-len(dialogues) // 10)))
    return [dialogue for place, dialogue in enumerate(dialogues) if (place in held) == (split == "dev")]
