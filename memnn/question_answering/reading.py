"""Question-answering stories from wherever they are: bAbI folders, JSON Lines folders, one file."""

import os
from collections.abc import Sequence
from pathlib import Path

from memnn.errors import DataError, MissingSplit, UserError
from memnn.question_answering.babi import SPLITS, check_split, hold_out, read_babi
from memnn.question_answering.jsonl import read_jsonl
from memnn.story import Story
from memnn.tasks import sort_tasks
from memnn.text.sentences import in_sentences


def read_stories(
    path: Path | str, split: str, tasks: Sequence[str] | None = None, holdout_seed: int = 0
) -> list[Story]:
    """The stories of one split: `train`, `valid` or `test`.

    The path is a folder of bAbI files, a folder with train.jsonl and the like, or one .jsonl file. Where
    there is no valid split, a tenth of the train stories is held out as `valid` and is not in `train`;
    a single file has no `test`, and `all` is the whole of it. None asks for every task there. A fact of JSON
    Lines that holds several sentences becomes as many facts.

    Raises UserError for an unknown split; DataError when the path, the split or a task is missing, or a
    line cannot be read.
    """
    path = Path(path)
    if split != "all":
        check_split(split)
    elif os.path.isdir(path):
        raise UserError(f"{path}: expected one .jsonl file for the split all")
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
        return _read_own(path, {"train": path, "all": path}, split, tasks, holdout_seed)
    found = "another kind of file" if os.path.exists(path) else "nothing"
    raise DataError(path, None, f"expected a folder of stories or a .jsonl file, found {found} there")


def _read_own(
    path: Path, files: dict[str, Path], split: str, tasks: Sequence[str] | None, seed: int
) -> list[Story]:
    holds_out = "valid" not in files
    source = "train" if split == "valid" and holds_out else split
    if source not in files:
        what = f"{source}.jsonl in the folder" if path.is_dir() else f"a folder with {source}.jsonl"
        raise MissingSplit(path, None, f"expected {what} for the split {split}")
    stories = list(map(in_sentences, read_jsonl(files[source])))
    if holds_out and source == "train":
        stories = hold_out(stories, split, seed, files[source])
    if tasks is None:
        return stories
    there = {story.task for story in stories}
    for task in sort_tasks(tasks):
        if task not in there:
            named = ", ".join(sort_tasks(there - {""})) or "none, as no line has a task"
            raise DataError(files[source], None, f"expected a task of {split} among {named}; found {task!r}")
    return [story for story in stories if story.task in set(tasks)]
