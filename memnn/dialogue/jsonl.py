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
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from memnn.conversation import SILENCE, Dialogue, Event, Row, Turn
from memnn.dialogue.babi import find_types
from memnn.errors import DataError
from memnn.files import read_lines, write_lines

_Text = Annotated[str, Field(pattern=r"\S")]


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
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise DataError(path, number, f"{where + ': ' if where else ''}{first['msg']}") from None
        events = tuple(event for entry in line.turns for event in _events(entry))
        if not any(isinstance(event, Turn) and event.speaker == "bot" for event in events):
            raise DataError(path, number, "expected at least one reply of the bot")
        rows = (event for event in events if isinstance(event, Row))
        name = line.id or f"line {number}"
        dialogues.append(Dialogue(events, line.candidates, find_types(rows), line.task, name))
    if not dialogues:
        raise DataError(path, None, "expected at least one dialogue, found an empty file")
    return dialogues


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
