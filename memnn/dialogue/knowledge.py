"""A knowledge base of things with properties, which the queries of a bot are executed against."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from memnn.conversation import API_CALL, Row
from memnn.dialogue.babi import read_base
from memnn.errors import DataError, UserError
from memnn.files import read_lines
from memnn.text.tokenizer import fold

MOST_THINGS = 100  # that a query brings into memory, the first in the knowledge base


def column_key(name: str) -> str:
    """A property's name as it is compared: 'R_cuisine' and 'Cuisine' are one."""
    return fold(name).removeprefix("r_").replace(" ", "_")


class KnowledgeBase:
    """Things by name, each with values by property; a query costs as much as it finds."""

    def __init__(self, things: Mapping[str, Mapping[str, str]]) -> None:
        self.things = {name: dict(values) for name, values in things.items()}
        self.properties = tuple(dict.fromkeys(prop for values in things.values() for prop in values))
        self._order = {name: number for number, name in enumerate(self.things)}
        self._index: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name, values in self.things.items():
            for prop, value in values.items():
                self._index[column_key(prop), fold(value)].add(name)
        self._values = {value for _, value in self._index}
        self._longest = max([1, *(len(value.split()) for value in self._values)])

    def rows(self, names: Iterable[str] | None = None) -> list[Row]:
        """What is known of these things, or of all."""
        chosen = self.things if names is None else names
        return [Row(name, prop, value) for name in chosen for prop, value in self.things[name].items()]

    def columns(self, arguments: Sequence[str]) -> list[str]:
        """The property that each argument of a query is about. Raises UserError where there is none."""
        known = {column_key(prop): prop for prop in self.properties}
        missing = [name for name in arguments if column_key(name) not in known]
        if missing:
            raise UserError(
                f"the knowledge base has no property {', '.join(missing)}: queries ask for "
                f"{', '.join(arguments)}, and beside the name it has {', '.join(self.properties) or 'none'} "
                "(--api says which properties the arguments of a query are)"
            )
        return [known[column_key(name)] for name in arguments]

    def parse(self, call: str, arguments: int) -> list[str]:
        """The arguments of 'api_call asian oriental west cheap', of which some may be of several words.

        Raises UserError unless there are so many.
        """
        words, parts = call.split()[1:], []
        while words:
            sizes = range(min(self._longest, len(words)), 1, -1)
            length = next((n for n in sizes if fold(" ".join(words[:n])) in self._values), 1)
            parts.append(" ".join(words[:length]))
            words = words[length:]
        if len(parts) != arguments:
            raise UserError(f"{call[:80]!r} has {len(parts)} arguments; expected {arguments} (see --api)")
        return parts

    def find(self, columns: Sequence[str], query: Sequence[str]) -> list[str]:
        """The things whose properties equal the words of a query, in the order of the knowledge base.

        A word that is the name of a property ('R_cuisine') asks for any value of it.
        """
        properties = {column_key(prop) for prop in self.properties}
        sets = [
            self._index.get((column_key(column), fold(word)), set())
            for column, word in zip(columns, query)
            if column_key(word) not in properties or not word.startswith("R_")
        ]
        if not sets:
            return list(self.things)
        found = min(sets, key=len).intersection(*sets)
        return sorted(found, key=self._order.__getitem__)


def read_knowledge(path: Path | str) -> KnowledgeBase:
    """A knowledge base from a file.

    .csv has a line of column names, the first for the things' names; .jsonl has an object a line, whose
    first field names the thing; any other file has the format of dialog bAbI. Raises DataError.
    """
    path = Path(path)
    if path.suffix.lower() == ".csv":
        things = _read_csv(path)
    elif path.suffix.lower() == ".jsonl":
        things = _read_jsonl(path)
    else:
        things = defaultdict(dict)
        for row in read_base(path):
            if things[row.subject].setdefault(row.relation, row.value) != row.value:
                raise DataError(path, None, f"expected one {row.relation} of {row.subject}, found two")
    if not things:
        raise DataError(path, None, "expected at least one thing, found none")
    return KnowledgeBase(things)


def _read_csv(path: Path) -> dict[str, dict[str, str]]:
    reader = csv.reader(io.StringIO("\n".join(read_lines(path)), newline=""))
    header = next(_lines_of(reader, path), [])
    if len(header) < 2 or not all(map(str.strip, header)) or len(set(header)) < len(header):
        raise DataError(path, 1, "expected a line of different column names, the first that of the name")
    things: dict[str, dict[str, str]] = {}
    for line in _lines_of(reader, path):
        if not line:
            continue
        if len(line) != len(header):
            raise DataError(path, reader.line_num, f"expected {len(header)} columns, found {len(line)}")
        _add(things, path, reader.line_num, dict(zip(header, map(str.strip, line))))
    return things


def _lines_of(reader: Any, path: Path) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise DataError(path, reader.line_num, f"expected columns parted by commas: {error}") from None


def _read_jsonl(path: Path) -> dict[str, dict[str, str]]:
    things: dict[str, dict[str, str]] = {}
    for number, text in enumerate(read_lines(path), 1):
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "too long or too deep"
            raise DataError(path, number, f"expected a JSON object: {reason}") from None
        if not isinstance(fields, dict) or not all(isinstance(v, str | int | float) for v in fields.values()):
            raise DataError(path, number, "expected a JSON object whose values are texts or numbers")
        _add(things, path, number, {name: str(value) for name, value in fields.items()})
    return things


def _add(things: dict[str, dict[str, str]], path: Path, line: int, fields: dict[str, str]) -> None:
    values = list(fields.values())
    if not values or not fold(values[0]):
        raise DataError(path, line, "expected a name in the first column")
    if values[0] in things:
        raise DataError(path, line, f"expected every name once, found {values[0]!r} again")
    things[values[0]] = {name: value for name, value in list(fields.items())[1:] if fold(value)}


def is_query(text: str) -> bool:
    """Whether a reply is a query of the knowledge base."""
    return text.split()[:1] == [API_CALL]
