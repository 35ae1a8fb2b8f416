"""A folder of simulated stories in the official layout: qa1_train.txt, qa1_valid.txt, ..."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from memnn.worlds import Knobs, simulate
from memnn.worlds.official import write_official

SPLITS = ("train", "valid", "test")


def write_folder(
    out: Path, tasks: Sequence[str], sizes: Mapping[str, int], seed: int = 0, knobs: Knobs | None = None
) -> int:
    """Write `sizes[split]` questions of each task; the number of files.

    The folder appears whole or not at all. Splits tell different stories, and the same ones for the
    same seed. Raises ValueError for unknown tasks, for knobs that leave nothing to tell, and where
    `out` is there already.
    """
    if out.exists():
        raise ValueError(f"{out} is there already")
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    files = [(task, split) for task in tasks for split in SPLITS if sizes.get(split, 0)]
    try:
        for task, split in files:
            stories = simulate(task, sizes[split], seed * len(SPLITS) + SPLITS.index(split), knobs or Knobs())
            with open(partial / f"qa{task}_{split}.txt", "w", encoding="utf-8") as file:
                write_official(stories, file)
        os.rename(partial, out)
    except (OSError, ValueError):
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return len(files)
