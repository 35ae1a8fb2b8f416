"""Dialogues from wherever they are: dialog bAbI folders, JSON Lines folders, one file."""

from collections.abc import Sequence
from pathlib import Path

from memnn.conversation import Dialogue
from memnn.dialogue.babi import RENAMED, SPLITS, find_tasks, read_babi
from memnn.dialogue.jsonl import hold_out, read_jsonl
from memnn.errors import DataError, MissingSplit, UserError
from memnn.tasks import sort_tasks

_NAMES = {"train": "trn", "valid": "dev", "test": "tst"}  # as question answering calls the splits
_FILES = {split: f"{name}.jsonl" for name, split in _NAMES.items()}


def read_dialogues(
    path: Path | str, split: str, tasks: Sequence[str] | None = None, *, if_there: bool = False
) -> list[Dialogue]:
    """The dialogues of one split: `trn`, `dev`, `tst` or `tst-OOV`; of dialog bAbI also `dev-OOV`.

    The path is a folder of dialog bAbI files, a folder with train.jsonl and the like, or one .jsonl file.
    Of JSON Lines a tenth of the train dialogues is held out as `dev` where there is no such file, and `all`
    is the whole of one file. None asks for every task there; `if_there` for those of `tasks` that the split
    has, as tst-OOV has no task 6, and of JSON Lines that have none of them for all.

    Raises UserError for an unknown split; MissingSplit where the split is not there; DataError when the path
    or a task is missing, or a line cannot be read.
    """
    split = _NAMES.get(split, split)
    path = Path(path)
    if split == "all" and path.is_dir():
        raise UserError(f"{path}: expected one .jsonl file for the split all")
    if split not in (*SPLITS, "all"):
        raise UserError(f"expected the split to be one of {', '.join(SPLITS)}; found {split!r}")
    if path.is_dir() and not any((path / name).is_file() for name in _FILES.values()):
        if tasks is not None and if_there:
            there = find_tasks(path, "dev" if split == RENAMED else split)
            tasks = [task for task in tasks if task in there] or tasks
        return read_babi(path, split, tasks)
    if not path.is_dir() and path.suffix.lower() != ".jsonl":
        raise DataError(path, None, "expected a folder of dialogues or a .jsonl file")
    files = {"trn": path, "all": path}
    if path.is_dir():
        files = {name: path / file for name, file in _FILES.items() if (path / file).is_file()}
    source = split if split in files else {"dev": "trn"}.get(split, split)
    if source not in files:
        wanted = _FILES.get(split, split)
        raise MissingSplit(path, None, f"expected {wanted} in a folder for the split {split}")
    dialogues = read_jsonl(files[source])
    if source == "trn" and "dev" not in files:
        dialogues = hold_out(dialogues, split)
    if tasks is None:
        return dialogues
    known = {dialogue.task for dialogue in dialogues}
    for task in () if if_there else tasks:
        if task not in known:
            named = ", ".join(sort_tasks(known - {""})) or "none, as no line has a task"
            raise DataError(files[source], None, f"expected a task of {split} among {named}; found {task!r}")
    chosen = [dialogue for dialogue in dialogues if dialogue.task in tasks]
    return chosen if chosen or not if_there else dialogues
