"""Dialogues from wherever they are: dialog bAbI folders, JSON Lines folders, one file."""

from collections.abc import Sequence
from pathlib import Path

from memnn.conversation import Dialogue
from memnn.dialogue.babi import SPLITS, read_babi
from memnn.errors import DataError, UserError

_NAMES = {"trn": "train", "dev": "valid", "tst": "test"}  # as question answering calls them


def read_dialogues(path: Path | str, split: str, tasks: Sequence[str] | None = None) -> list[Dialogue]:
    """The dialogues of one split: `trn`, `dev`, `tst` or `tst-OOV`.

    Raises UserError for an unknown split; DataError when the path, the split or a task is missing, or a
    line cannot be read.
    """
    if split not in SPLITS:
        raise UserError(f"expected the split to be one of {', '.join(SPLITS)}; found {split!r}")
    path = Path(path)
    if path.is_dir():
        return read_babi(path, split, tasks)
    raise DataError(path, None, "expected a folder of dialogues")
