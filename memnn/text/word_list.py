"""Running text as numbers: words by frequency, the end of a line, and a word for all others."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

END, UNKNOWN = "<eos>", "<unk>"
READY = 0.001  # share of UNKNOWN above which a text was split into words by whoever made it


class WordList:
    """A closed list of words, the commonest first, END and UNKNOWN among them.

    A text in which UNKNOWN stands again and again was split into words by whoever made it, and stays so. In
    any other, marks are words of their own ("known, 3.5" is "known", ",", "3.5"), and a word that training
    has not room for is read as UNKNOWN.
    """

    def __init__(self, words: Iterable[str], *, ready: bool = False) -> None:
        """Keep the words in the order given; `ready` says that the text comes split into words."""
        self.words = tuple(dict.fromkeys([*words, END, UNKNOWN]))
        self.ready = ready
        self._ids = {word: index for index, word in enumerate(self.words)}
        self.end, self.unknown = self._ids[END], self._ids[UNKNOWN]

    @classmethod
    def of_lines(cls, lines: Sequence[str], size: int = 0) -> "WordList":
        """The `size` commonest words of the lines, END and UNKNOWN among them.

        With 0 all of them, less those seen once where the text is not ready: UNKNOWN must be learnt.
        """
        ready = is_ready(lines)
        counts = Counter(word for line in lines for word in split_words(line, ready))
        counts[END] += len(lines)
        least = 1 if ready or size else 2
        # of words as frequent the alphabet decides, so that the order of lines does not
        ordered = sorted((w for w, n in counts.items() if n >= least), key=lambda w: (-counts[w], w))
        if size and size < len({*ordered, UNKNOWN}):
            ordered = [word for word in ordered if word not in (END, UNKNOWN)][: max(size - 2, 0)]
        kept = {*ordered, END, UNKNOWN}
        counts[UNKNOWN] += sum(n for word, n in counts.items() if word not in kept)
        return cls(sorted(kept, key=lambda w: (-counts[w], w)), ready=ready)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "WordList":
        """What `to_json` wrote. Raises LookupError or TypeError when it is something else."""
        return cls(content["words"], ready=content["ready"])

    def to_json(self) -> dict[str, Any]:
        """All of it, readable."""
        return {"words": self.words, "ready": self.ready}

    @property
    def sizes(self) -> tuple[int]:
        """What a model is built for: the number of words."""
        return (len(self.words),)

    def describe(self) -> list[str]:
        """What it holds, in lines for people."""
        return [f"vocabulary  {len(self)} words"]

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def ids(self, words: Iterable[str]) -> list[int]:
        """Ids of words, UNKNOWN's for those not in the list."""
        return [self._ids.get(word, self.unknown) for word in words]

    def split(self, line: str) -> list[str]:
        """The words of a line that a person wrote: what stands between spaces, or its pieces."""
        words: list[str] = []
        for written in line.split():
            words += [written] if written in self or not (pieces := _pieces(written)) else pieces
        return words

    def ids_of_lines(self, lines: Iterable[str]) -> list[int]:
        """The words of lines as ids, END after each line."""
        return [index for line in lines for index in (*self.ids(split_words(line, self.ready)), self.end)]


def is_ready(lines: Iterable[str]) -> bool:
    """Whether the text was split into words already: then it has a word for the unknown ones."""
    words = unknown = 0
    for line in lines:
        written = line.split()
        words, unknown = words + len(written), unknown + written.count(UNKNOWN)
    return unknown > READY * words


def split_words(line: str, ready: bool) -> list[str]:
    """The words of a line: between spaces where it is `ready`, else with marks as words of their own."""
    return line.split() if ready else _pieces(line)


def _pieces(text: str) -> list[str]:
    """Words, marks apart; letters with accents as one sign each where there is one (NFC)."""
    text = unicodedata.normalize("NFC", text)
    # what stands above and below letters in many scripts, which no class of `re` has
    above = "" if text.isascii() else "".join(sorted({c for c in text if unicodedata.category(c)[0] == "M"}))
    found: list[str] = _pattern(above).findall(text)
    return found


@lru_cache(maxsize=1024)
def _pattern(above: str) -> re.Pattern[str]:
    letters = rf"\w[\w{above}]*"
    # a comma joins figures alone: "3,500" is one word, "well,then" is three
    return re.compile(rf"{UNKNOWN}|{letters}(?:(?:['’.-]|(?<=\d),(?=\d)){letters})*|[^\w\s]")


def join_words(words: Iterable[str]) -> str:
    """Words as people write them: no space before a closing mark or behind an opening one.

    >>> join_words(["It", "rains", ",", "they", "say", "("])
    'It rains, they say ('
    """
    text = ""
    for word in words:
        if word == END:
            text += "\n"
        elif not text or text[-1] in "\n([{" or (word[0] in ".,;:!?)]}" and len(word) == 1):
            text += word
        else:
            text += " " + word
    return text
