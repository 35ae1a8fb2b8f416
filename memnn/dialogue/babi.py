"""The files of dialog bAbI (Bordes, Boureau, Weston 2017, arXiv:1605.07683), tasks 1 to 6.

A line is 'N user<TAB>bot', 'N subject relation value' of the knowledge base, or 'N api_call no result'; N
starts at 1 with every dialogue. Replies are kept as they stand: some begin with a space.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from memnn.conversation import API_CALL, Dialogue, Event, Row, Turn
from memnn.dialogue.unseen import rename_unseen
from memnn.errors import DataError, MissingSplit
from memnn.files import read_lines

RENAMED = "dev-OOV"  # made of dev by renaming
SPLITS = ("trn", "dev", "tst", "tst-OOV", RENAMED)
NAME = "name"  # the property whose values are the subjects of rows
NO_RESULT = f"{API_CALL} no result"
_FILE = re.compile(r"dialog-babi-task(\d+)(?:-[a-z0-9]+)?-?(trn|dev|tst|tst-OOV)\.txt")
_LINE = re.compile(r"(\d+) (.*)", re.DOTALL)


def find_tasks(folder: Path, split: str) -> dict[str, Path]:
    """The file of each task that the folder has for this split."""
    found = {}
    for path in sorted(folder.glob("dialog-babi-task*.txt")):
        match = _FILE.fullmatch(path.name)
        if match and match[2] == split:
            found[match[1]] = path
    return found


def read_babi(folder: Path, split: str, tasks: Sequence[str] | None = None) -> list[Dialogue]:
    """The dialogues of one split, task after task, with the candidates of their task.

    None asks for every task there is. Raises MissingSplit where the split has no files, or none of a task
    that another has, and DataError for a task that none has and for a line that cannot be read.
    """
    if split == RENAMED:
        train, dev = (read_babi(folder, name, tasks) for name in ("trn", "dev"))
        paths = {_base_file(folder, dialogue.task): None for dialogue in dev}
        rows = [row for path in paths if path.exists() for row in read_base(path)]
        return rename_unseen(dev, train, rows)
    files = find_tasks(folder, split)
    if not files:
        raise MissingSplit(folder, None, f"expected dialog bAbI files such as dialog-babi-task1{split}.txt")
    dialogues: list[Dialogue] = []
    lists: dict[Path, tuple[str, ...]] = {}
    known: dict[Path, dict[str, str]] = {}
    for task in tasks if tasks is not None else sorted(files, key=int):
        if task not in files:
            expected = f"expected a task of {split} among {', '.join(files)}; found {task!r}"
            if any(task in find_tasks(folder, other) for other in SPLITS):
                raise MissingSplit(folder, None, expected, tuple(files))
            raise DataError(folder, None, expected)
        path = _candidates_file(folder, task)
        if path not in lists:
            lists[path] = read_candidates(path) if path.exists() else ()
        base = _base_file(folder, task)
        if base not in known:
            known[base] = find_types(read_base(base)) if base.exists() else {}
        dialogues += read_dialogues(files[task], task, lists[path], known[base])
    return dialogues


def _candidates_file(folder: Path, task: str) -> Path:
    own = sorted(folder.glob(f"dialog-babi-task{task}*-candidates.txt"))
    return own[0] if own else folder / "dialog-babi-candidates.txt"


def _base_file(folder: Path, task: str) -> Path:
    own = sorted(folder.glob(f"dialog-babi-task{task}*-kb.txt"))
    return own[0] if own else folder / "dialog-babi-kb-all.txt"


def read_base(path: Path) -> list[Row]:
    """The rows of a knowledge base, 'N subject relation<TAB or space>value'. Raises DataError."""
    rows = []
    for number, line in enumerate(read_lines(path), 1):
        words = line.split()
        if len(words) != 4 and words:
            raise DataError(path, number, "expected a number, a subject, a relation and a value")
        rows += [Row(*words[1:])] if words else []
    return rows


def find_types(rows: Iterable[Row]) -> dict[str, str]:
    """The property that each word of a knowledge base is a value of; numbers are of none."""
    types: dict[str, str] = {}
    for row in rows:
        types.setdefault(row.subject.casefold(), NAME)
        if not row.value.isdecimal():
            types.setdefault(row.value.casefold(), row.relation)
    return types


def read_dialogues(
    path: Path,
    task: str = "",
    candidates: tuple[str, ...] = (),
    types: Mapping[str, str] = MappingProxyType({}),
) -> list[Dialogue]:
    """The dialogues of one file. Raises DataError with the number of a line that cannot be read."""
    dialogues: list[Dialogue] = []
    events: list[Event] = []

    def close() -> None:
        if events:
            dialogues.append(Dialogue(tuple(events), candidates, types, task, f"{task}-{len(dialogues) + 1}"))
            events.clear()

    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if not match:
            raise DataError(path, number, "expected a number, then a turn or a row of the knowledge base")
        if match[1] == "1":
            close()
        events += _read_events(path, number, match[2])
    close()
    return dialogues


def _read_events(path: Path, number: int, text: str) -> list[Event]:
    user, tab, bot = text.partition("\t")
    if tab:
        return [Turn("user", user), Turn("bot", bot)]
    if text == NO_RESULT:
        return [Turn("kb", text)]
    words = text.split(" ")
    if len(words) != 3 or not all(words):
        raise DataError(path, number, f"expected 'user<TAB>bot', 'subject relation value' or '{NO_RESULT}'")
    return [Row(*words)]


def read_candidates(path: Path) -> tuple[str, ...]:
    """The replies of a candidates file, one a line behind a number, each once."""
    replies: dict[str, None] = {}
    for number, line in enumerate(read_lines(path), 1):
        match = _LINE.fullmatch(line)
        if line.strip() and not match:
            raise DataError(path, number, "expected a number and a reply")
        if match:
            replies[match[2]] = None
    return tuple(replies)
