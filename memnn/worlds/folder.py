"""A folder of simulated stories: qa1_train.txt and the like as the official bAbI files, or train.jsonl."""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from memnn.story import Story
from memnn.worlds import Knobs, Spread, simulate
from memnn.worlds.official import write_official

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class Layout:
    """How a file is named, by task and split, and how stories are written to one."""

    name: str
    write: Callable[[Iterable[Story], Path], None]


def _write_official(stories: Iterable[Story], path: Path) -> None:
    with open(path, "w", encoding="utf-8") as file:
        write_official(stories, file)


OFFICIAL = Layout("qa{task}_{split}.txt", _write_official)


def write_folder(
    out: Path,
    tasks: Sequence[str],
    sizes: Mapping[str, int],
    seed: int = 0,
    knobs: Mapping[str, Knobs | Spread] | None = None,
    layout: Layout = OFFICIAL,
) -> int:
    """Write `sizes[split]` questions of each task, with the `knobs[split]`; the number of files.

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
            own = (knobs or {}).get(split, Knobs())
            stories = simulate(task, sizes[split], seed * len(SPLITS) + SPLITS.index(split), own)
            layout.write(stories, partial / layout.name.format(task=task, split=split))
        os.rename(partial, out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return len(files)
