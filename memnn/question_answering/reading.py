"""Question-answering stories from wherever they are: bAbI folders, JSON Lines folders, one file."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from memnn.errors import DataError, UserError
from memnn.question_answering.babi import SPLITS, check_split, hold_out, read_babi, sort_tasks
from memnn.question_answering.jsonl import read_jsonl
from memnn.story import Story

_MOST_TASKS = 1000  # in a range; more is a slip of the keyboard


def read_stories(
    path: Path | str, split: str, tasks: Sequence[str] | None = None, holdout_seed: int = 0
) -> list[Story]:
    """The stories of one split: `train`, `valid` or `test`.

    The path is a folder of bAbI files, a folder with train.jsonl and the like, or one .jsonl file. Where
    there is no valid split, a tenth of the train stories is held out as `valid` and is not in `train`;
    a single file has no `test`. None asks for every task there.

    Raises UserError for an unknown split; DataError when the path, the split or a task is missing, or a
    line cannot be read.
    """
    check_split(split)
    path = Path(path)
    if os.path.isdir(path):  # unlike Path.is_dir, false for a name too long or not to be looked at
        own = {name: path / f"{name}.jsonl" for name in SPLITS if (path / f"{name}.jsonl").is_file()}
        babi = any(path.glob("qa*_*.txt"))
        if own and babi:
            raise DataError(path, None, "expected either bAbI files or JSON Lines files, found both")
        if own:
            return _read_own(path, own, split, tasks, holdout_seed)
        if babi:
            return read_babi(path, split, tasks, holdout_seed)
        inside = sorted(name.parent.name for name in path.glob("*/qa1_*train.txt"))
        hint = f"; its folders {', '.join(inside)} have them" if inside else ""
        raise DataError(path, None, f"expected bAbI files (qa1_train.txt) or train.jsonl{hint}")
    if os.path.isfile(path) and path.suffix.lower() == ".jsonl":
        return _read_own(path, {"train": path}, split, tasks, holdout_seed)
    found = "another kind of file" if os.path.exists(path) else "nothing"
    raise DataError(path, None, f"expected a folder of stories or a .jsonl file, found {found} there")


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


def _read_own(
    path: Path, files: dict[str, Path], split: str, tasks: Sequence[str] | None, seed: int
) -> list[Story]:
    holds_out = "valid" not in files
    source = "train" if split == "valid" and holds_out else split
    if source not in files:
        what = f"{source}.jsonl in the folder" if path.is_dir() else f"a folder with {source}.jsonl"
        raise DataError(path, None, f"expected {what} for the split {split}")
    stories = read_jsonl(files[source])
    if holds_out and source == "train":
        stories = hold_out(stories, split, seed, files[source])
    if tasks is None:
        return stories
    there = {story.task for story in stories}
    for task in sort_tasks(tasks):
        if task not in there:
            named = ", ".join(sort_tasks(there - {""})) or "none, as no line has a task"
            raise DataError(files[source], None, f"expected a {split} task among {named}; found {task!r}")
    return [story for story in stories if story.task in set(tasks)]
