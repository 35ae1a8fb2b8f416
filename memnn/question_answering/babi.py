"""The official bAbI files (Weston et al. 2015): numbered lines, a question wherever there are tabs.

    1 Mary moved to the bathroom.
    2 John went to the hallway.
    3 Where is Mary? <tab>bathroom<tab>1

A line numbered 1 starts a story. The numbers after the answer are the lines that support it.
"""

import random
import re
from collections.abc import Sequence
from pathlib import Path

from memnn.errors import DataError, MissingSplit, UserError
from memnn.files import read_lines
from memnn.story import Story
from memnn.tasks import sort_tasks

SPLITS = ("train", "valid", "test")

_FILE_NAME = re.compile(r"qa([1-9][0-9]{0,5})(_.+)?_(train|valid|test)\.txt")


def read_babi(
    folder: Path | str, split: str, tasks: Sequence[str] | None = None, holdout_seed: int = 0
) -> list[Story]:
    """The stories of a folder such as `en-valid-10k`, a Story for each question, tasks in numerical order.

    None asks for every task that has a file of this split. In a folder without any valid file, a tenth
    of each task's train stories is held out as `valid` and is not in `train`.

    Raises UserError for an unknown split; DataError when a task or its file is missing, or a line
    cannot be read.
    """
    check_split(split)
    folder = Path(folder)
    files = _files(folder)
    holds_out = not any("valid" in by_split for by_split in files.values())
    source = "train" if split == "valid" and holds_out else split
    stories: list[Story] = []
    for task in _chosen(folder, files, source, tasks):
        path = files[task][source]
        told = _read_file(path, task, source)
        stories += hold_out(told, split, holdout_seed, path) if holds_out and source == "train" else told
    return stories


def babi_tasks(folder: Path | str) -> tuple[str, ...]:
    """The tasks that have a file of any split in the folder, in numerical order.

    Raises DataError when the folder holds no bAbI file.
    """
    return sort_tasks(_files(Path(folder)))


def check_split(split: str) -> None:
    """Raises UserError when there is no such split."""
    if split not in SPLITS:
        raise UserError(f"expected the split to be one of {', '.join(SPLITS)}; found {split!r}")


def hold_out(stories: Sequence[Story], split: str, seed: int, path: Path) -> list[Story]:
    """The `train` or the `valid` part of stories that come without a validation split.

    Each task gives a tenth of its stories to `valid`, one at least if it has two. All questions that share
    an id go together. Which ones go depends on the seed and the task alone.

    Raises DataError when `valid` is asked of a single story.
    """
    task_of: dict[str, str] = {}
    for story in stories:
        task_of.setdefault(story.id, story.task)
    held: set[str] = set()
    for task in sort_tasks(task_of.values()):
        held |= _tenth([name for name, its_task in task_of.items() if its_task == task], f"{seed} {task}")
    if not held:  # no task has two stories
        held = _tenth(list(task_of), f"{seed}")
    if not held and split == "valid":
        found = f"found {len(task_of)}, of {len(stories)} questions"
        raise DataError(path, None, f"expected two stories or more, to hold one out for validation; {found}")
    return [story for story in stories if (story.id in held) == (split == "valid")]


def _tenth(names: Sequence[str], seed: str) -> set[str]:
    """Only `random()` is promised to draw the same numbers in every version of Python."""
    count = max(1, round(len(names) / 10)) if len(names) > 1 else 0
    draw = random.Random(seed).random
    return {name for _, name in sorted((draw(), name) for name in names)[:count]}


def _files(folder: Path) -> dict[str, dict[str, Path]]:
    """The folder's files by task and split."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        expected = f"expected a folder of bAbI files such as qa1_train.txt: {error.strerror}"
        raise DataError(folder, None, expected) from None
    files: dict[str, dict[str, Path]] = {}
    for path in paths:
        if match := _FILE_NAME.fullmatch(path.name):
            other = files.setdefault(match[1], {}).setdefault(match[3], path)
            if other != path:
                raise DataError(folder, None, f"expected one of {other.name} and {path.name}, found both")
    if not files:
        raise DataError(folder, None, "expected bAbI files such as qa1_train.txt, found none")
    return files


def _chosen(
    folder: Path, files: dict[str, dict[str, Path]], split: str, tasks: Sequence[str] | None
) -> tuple[str, ...]:
    there = sort_tasks(task for task, by_split in files.items() if split in by_split)
    if not there:
        raise MissingSplit(folder, None, f"expected {split} files such as qa1_{split}.txt, found none")
    if tasks is None:
        return there
    for task in sort_tasks(tasks):
        if task not in there:
            expected = f"expected a task of {split} among {', '.join(there)}; found {task!r}"
            if task in files:
                raise MissingSplit(folder, None, expected, there)
            raise DataError(folder, None, expected)
    return sort_tasks(tasks)


def _read_file(path: Path, task: str, split: str) -> list[Story]:
    stories: list[Story] = []
    known: dict[str, str] = {}  # each sentence once in memory
    told: list[str] = []
    facts: tuple[str, ...] = ()  # `told` as a tuple, shared by questions with no fact between them
    index_of: dict[str, int] = {}  # line number, as written, to index into facts
    last = started = 0
    for line_number, line in enumerate(read_lines(path), 1):
        label, _, text = line.partition(" ")
        number = int(label) if label.isdecimal() and len(label) < 10 else 0
        if not text.strip() or not (number == 1 or 0 < last < number):
            after = f" or, after {last}, a higher number" if last else ""
            raise DataError(path, line_number, f"expected a line numbered 1{after}, then a space and text")
        if number == 1:
            told, facts, index_of = [], (), {}
            started += 1
        last = number
        if "\t" not in text:
            index_of[str(number)] = len(told)
            told.append(known.setdefault(text, text.strip()))
            continue
        question, answer, supporting = _columns(path, line_number, text)
        try:
            indices = tuple([index_of[label] for label in supporting.split()])
        except KeyError as error:
            expected = f"expected the line numbers of facts told before, found {error}"
            raise DataError(path, line_number, expected) from None
        if len(facts) != len(told):
            facts = tuple(told)
        question = known.setdefault(question, question)
        stories.append(Story(facts, question, answer, indices, task=task, id=f"{task}-{split}-{started}"))
    if not stories:
        raise DataError(path, None, "expected at least one question: text, tab, answer")
    return stories


def _columns(path: Path, line_number: int, text: str) -> tuple[str, tuple[str, ...], str]:
    """Question, answer and supporting line numbers; the last column may be missing."""
    question, answer, *supporting = (column.strip() for column in text.split("\t"))
    entries = tuple([entry.strip() for entry in answer.split(",")])
    if not question or not all(entries) or len(supporting) > 1:
        raise DataError(path, line_number, "expected question, tab, answer, tab, supporting line numbers")
    return question, entries, supporting[0] if supporting else ""
