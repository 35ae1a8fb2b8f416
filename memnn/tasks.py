"""The tasks of a data set, as people name them."""

import re
from collections.abc import Iterable

from memnn.errors import UserError

_MOST_TASKS = 1000  # in a range; more is a slip of the keyboard


def sort_tasks(tasks: Iterable[str]) -> tuple[str, ...]:
    """Each task once, numbers first and in numerical order, then names."""

    def key(task: str) -> tuple[int, int, str]:
        return (0, int(task), task) if task.isdecimal() and len(task) < 10 else (1, 0, task)

    return tuple(sorted(set(tasks), key=key))


def parse_tasks(text: str) -> tuple[str, ...]:
    """Tasks from the command line: numbers, ranges and names, each once, numbers first.

    >>> parse_tasks("kinship,1,5-7")
    ('1', '5', '6', '7', 'kinship')

    Raises UserError when a part is none of these.
    """
    tasks: list[str] = []
    for part in (part.strip() for part in text.split(",")):
        if match := re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6}))?", part):
            first = int(match[1])
            last = int(match[2] or first)
            if not first <= last < first + _MOST_TASKS:
                raise UserError(f"expected a range of tasks such as 5-8, found {part!r}")
            tasks += map(str, range(first, last + 1))
        elif part[:1].isalpha():
            tasks.append(part)
        else:
            raise UserError(f"expected tasks such as 1,2,5-8 or names, found {part!r} in {text!r}")
    return sort_tasks(tasks)
