"""Stories with symbols as tensors: frames that all stories share, and symbols numbered within a story."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from memnn.story import Story
from memnn.text.batches import pad, shuffled
from memnn.text.symbols import Parsed, Symbols
from memnn.text.vocabulary import NIL

STOP = 0  # the answer's id that ends a list
UNTOLD = 1  # an answer that training never gave
NONE = -1


@dataclass(frozen=True)
class SymbolBatch:
    """Questions about stories. Facts stand oldest first and are padded in front."""

    frames: Int[Tensor, "frames words"]  # the distinct frames of this batch, words padded with NIL behind
    slots: Int[Tensor, "batch slots"]  # which of `frames` each slot holds
    symbols: Int[Tensor, "batch slots places"]  # numbered within the story, NONE where there is none
    names: Int[Tensor, "batch slots places"]  # words of the vocabulary where read by name, else NIL
    mask: Bool[Tensor, "batch slots"]  # False where padded
    question: Int[Tensor, " batch"]  # which of `frames` it has
    question_symbols: Int[Tensor, "batch places"]
    question_names: Int[Tensor, "batch places"]
    count: Int[Tensor, " batch"]  # symbols in the story and the question
    answer: Int[Tensor, "batch items"]  # ids of answers, NONE where there is none to say
    copied: Int[Tensor, "batch items"]  # symbols, NONE where there is none to copy
    kind: Int[Tensor, " batch"]  # of question, to tell how well each is learnt

    def to(self, device: torch.device) -> "SymbolBatch":
        """The same batch on another device."""
        return SymbolBatch(*(getattr(self, name).to(device) for name in self.__dataclass_fields__))


class Words(Protocol):
    """What is needed of a Lexicon."""

    symbols: Symbols

    def id(self, word: str) -> int: ...
    def name_id(self, symbol: str) -> int: ...
    def answer_id(self, entry: str) -> int: ...


class StoryParser:
    """Numbers the symbols of one story in the order they are read."""

    def __init__(self, lexicon: Words, question: str | None = None) -> None:
        """With the question, symbols that it reads by name are known; without, every name is given."""
        self.lexicon = lexicon
        self.ids: dict[str, int] = {}
        symbols = lexicon.symbols
        kind = None if question is None else symbols.parse(question).kind
        self._by_name = None if kind is None else symbols.by_name.get(kind, ())

    def read(self, sentence: str) -> tuple[Parsed, list[int], list[int]]:
        """The sentence, its symbols' numbers, and their names' ids where they are read by name."""
        parsed = self.lexicon.symbols.parse(sentence)
        numbers = [self.ids.setdefault(filler, len(self.ids)) for filler in parsed.fillers]
        names = [self.lexicon.name_id(f) if self.is_named(f) else NIL for f in parsed.fillers]
        return parsed, numbers, names

    def is_named(self, symbol: str) -> bool:
        """Whether the question reads the symbol by name."""
        number = self.lexicon.symbols.class_of(symbol)
        return number is not None and (self._by_name is None or number in self._by_name)


class SymbolTensors:
    """Stories ready for batching: `batch(indices)` costs a few array look-ups.

    `capacity` keeps only the newest facts of a story, as the memory itself would. Sentences of more
    symbols than the longest in the stories has places keep all; a model reads as many as it has.
    """

    def __init__(self, stories: Sequence[Story], lexicon: Words, capacity: int | None = None) -> None:
        newest = slice(None if capacity is None else -capacity, None)
        frames: dict[tuple[str, ...], int] = {}
        kinds: dict[str, int] = {}
        facts: list[tuple[int, list[int], list[int]]] = []
        questions: list[tuple[int, list[int], list[int]]] = []
        lengths, counts, answers, copies, self._kind = [], [], [], [], []
        for story in stories:
            parser = StoryParser(lexicon, story.question)

            def read(sentence: str, parser: StoryParser = parser) -> tuple[int, list[int], list[int]]:
                parsed, numbers, names = parser.read(sentence)
                return frames.setdefault(parsed.frame, len(frames)), numbers, names

            told = [read(fact) for fact in story.facts[newest]]
            facts += told
            lengths.append(len(told))
            questions.append(read(story.question))
            counts.append(len(parser.ids))
            says, copied = _answer(story, parser)
            answers.append(says)
            copies.append(copied)
            kind = story.task or lexicon.symbols.parse(story.question).kind
            self._kind.append(kinds.setdefault(kind, len(kinds)))
        self.kinds = tuple(kinds)
        self.lengths = np.array(lengths, dtype=np.int64)
        self._ends = self.lengths.cumsum()
        self._frames = pad([[lexicon.id(word) for word in frame] for frame in frames] or [[]])
        self._words = (self._frames != NIL).sum(-1)
        places = max([1, *(len(numbers) for _, numbers, _ in (*facts, *questions))])
        blank = (0, [], [])  # what a padded slot shows
        self._slots, self._symbols, self._names = _columns([*facts, blank], places)
        self._question, self._asked, self._asked_names = _columns(questions, places)
        self._counts = np.array(counts, dtype=np.int64)
        items = max([1, *map(len, answers)])
        self._answer, self._copied = (_rows(rows, items, NONE) for rows in (answers, copies))

    def __len__(self) -> int:
        return len(self.lengths)

    def batch(self, indices: np.ndarray) -> SymbolBatch:
        """The stories with these indices, padded to the longest of them."""
        lengths = self.lengths[indices]
        back = np.arange(int(lengths.max(initial=0)), 0, -1)  # slots count back from the newest fact
        mask = back <= lengths[:, None]
        flat = np.where(mask, self._ends[indices][:, None] - back, -1)
        used = np.concatenate([self._slots[flat].ravel(), self._question[indices]])
        distinct, where = np.unique(used, return_inverse=True)
        slots, question = where[: flat.size].reshape(flat.shape), where[flat.size :]
        words = max(1, int(self._words[distinct].max(initial=0)))
        arrays = (
            self._frames[distinct][:, :words],
            slots,
            self._symbols[flat],
            self._names[flat],
            mask,
            question,
            self._asked[indices],
            self._asked_names[indices],
            self._counts[indices],
            self._answer[indices],
            self._copied[indices],
            np.array(self._kind)[indices],
        )
        return SymbolBatch(*(torch.from_numpy(np.ascontiguousarray(array)) for array in arrays))

    def batches(
        self,
        size: int,
        rng: np.random.Generator | None = None,
        pool: int = 1,
        weights: np.ndarray | None = None,
    ) -> Iterator[SymbolBatch]:
        """As many questions as there are, in batches: each once, or drawn by the weight of its kind."""
        chances = None if weights is None else weights[np.array(self._kind)]
        for indices in shuffled(self.lengths, size, rng, pool, chances):
            yield self.batch(indices)


def _answer(story: Story, parser: StoryParser) -> tuple[list[int], list[int]]:
    """For each item of the answer the id to say it by and the symbol to copy, and STOP behind the last."""
    says, copied = [], []
    for item in ",".join(story.answer).split(","):
        entry = parser.lexicon.symbols.entry(item)
        symbol = parser.ids.get(entry, NONE)
        said = parser.lexicon.answer_id(entry)
        if symbol != NONE and (said == UNTOLD or not parser.is_named(entry)):
            said = NONE
        says.append(said)
        copied.append(symbol)
    return [*says, STOP], [*copied, NONE]


def _columns(
    sentences: Sequence[tuple[int, list[int], list[int]]], places: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    frames = np.array([frame for frame, _, _ in sentences], dtype=np.int64)
    symbols = _rows([numbers for _, numbers, _ in sentences], places, NONE)
    names = _rows([names for _, _, names in sentences], places, NIL)
    return frames, symbols, names


def _rows(rows: Sequence[Sequence[int]], width: int, fill: int) -> np.ndarray:
    table = np.full((len(rows), width), fill, dtype=np.int64)
    for values, row in zip(table, rows):
        values[: len(row)] = row
    return table
