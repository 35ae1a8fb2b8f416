"""Text files as corpora: a folder of three files, or one file of one's own."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Int

from memnn.errors import DataError, MissingSplit, UserError
from memnn.files import read_text
from memnn.text.word_list import WordList

Split = Literal["train", "valid", "test"]
HELD_OUT = 0.1  # of the words of a text without validation part, from its end
SLACK = 0.02  # of them that may be held out as well, so that the cut falls between two lines
FEWEST = 20  # words that can be split and learnt from


@dataclass(frozen=True)
class Lines:
    """One part of a corpus."""

    lines: tuple[str, ...]
    held_out: bool = False  # whether train and valid are cut from one text


def read_lines(data: Path, split: str) -> Lines:
    """The lines of one part of a corpus.

    `data` is a folder whose files have .train., .valid. and .test. in their names (wiki.train.tokens,
    ptb.valid.txt), or one file, which is all training text. Where there is no .valid. file, the last tenth of
    the training text is `valid` and the rest is `train`. `all` is the whole of one file. Raises MissingSplit
    where there is no such part, and UserError where it is no text.
    """
    if split == "all":
        if not data.is_file():
            raise UserError(f"{data}: expected one text file for the split all")
        return Lines(_read(data))
    if split not in ("train", "valid", "test"):
        raise UserError(f"no split {split!r}: expected train, valid or test")
    path = _find(data, split)
    if path is not None and (split != "train" or _find(data, "valid") is not None):
        return Lines(_read(path))
    if split == "test":
        raise MissingSplit(data, None, "no test split: expected a folder with a file *.test.*")
    whole = data if data.is_file() else _find(data, "train")
    if whole is None:
        raise UserError(f"{data}: expected a text file, or a folder with a file *.train.*")
    lines = _read(whole)
    while not lines[-1].strip():  # the last tenth is to be text
        lines = lines[:-1]
    train, valid = cut_tail(lines)
    for name, part, least in (("train", train, FEWEST // 2), ("valid", valid, 1)):
        if (words := len(" ".join(part).split())) < least:
            raise DataError(whole, None, f"expected at least {least} words for {name}, found {words}")
    return Lines(train if split == "train" else valid, held_out=True)


def cut_tail(lines: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Two texts of one, the second its last tenth, its ends of lines counted as words; cut between two lines
    where no more than SLACK is held out for it, and else within a line.
    """
    sizes = np.cumsum([0] + [len(line.split()) + 1 for line in lines])
    mark = int((1 - HELD_OUT) * int(sizes[-1]))
    cut = int(np.searchsorted(sizes, mark, side="right")) - 1  # lines that end before the mark
    ahead = mark - int(sizes[cut])
    if ahead <= SLACK * int(sizes[-1]):
        return lines[:cut], lines[cut:]
    words = lines[cut].split()
    if ahead >= len(words):
        return lines[: cut + 1], lines[cut + 1 :]
    return (*lines[:cut], " ".join(words[:ahead])), (" ".join(words[ahead:]), *lines[cut + 1 :])


def encode(lines: Lines, words: WordList) -> Int[np.ndarray, " text"]:
    """The words of a part as numbers, the end of each line included."""
    return np.array(words.ids_of_lines(lines.lines), dtype=np.int32)


def unknown_share(text: Int[np.ndarray, " text"], words: WordList) -> float:
    """The share of a text that is the word for all others, 0 to 1."""
    return float((text == words.unknown).mean()) if len(text) else 0.0


def _find(data: Path, split: str) -> Path | None:
    if not data.is_dir():
        return None
    found = sorted(p for p in data.iterdir() if p.is_file() and split in p.name.split(".")[:-1])
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise UserError(f"{data}: expected one file for {split}, found {names}")
    return found[0] if found else None


def _read(path: Path) -> tuple[str, ...]:
    text = read_text(path)
    _check_is_prose(path, text)
    if len(text.split()) < FEWEST:
        raise DataError(path, None, f"expected at least {FEWEST} words, found {len(text.split())}")
    return _lines(text)


def _check_is_prose(path: Path, text: str) -> None:
    """Raises DataError for what is no running text: records of JSON, or the bytes of another kind of file."""
    if "\0" in text:
        raise DataError(path, text[: text.index("\0")].count("\n") + 1, "expected text, found a byte of 0")
    first = text.lstrip().partition("\n")[0]
    if path.suffix.lower() == ".jsonl" or (first.startswith("{") and _is_json(first)):
        raise DataError(
            path, None, "expected running text, found JSON Lines (train qa and dialogue read them)"
        )


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.removesuffix("\n").split("\n"))
