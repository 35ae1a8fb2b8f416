"""Stories with symbols as tensors: frames that all stories share, and symbols numbered within a story."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from memnn.story import Story
from memnn.text.batches import find_kinds, pad
from memnn.text.story_symbols import STOP, UNTOLD, Lexical, StorySymbols
from memnn.text.vocabulary import NIL

NONE = -1


@dataclass(frozen=True)
class SymbolBatch:
    """Questions about stories. Facts stand oldest first and are padded in front."""

    frames: Int[Tensor, "frames words"]  # the distinct frames of this batch, words padded with NIL behind
    slots: Int[Tensor, "batch slots"]  # which of `frames` each slot holds
    symbols: Int[Tensor, "batch slots places"]  # numbered within the story, NONE where there is none
    names: Int[Tensor, "batch slots places"]  # words of the vocabulary where read by name, else NIL
    mask: Bool[Tensor, "batch slots"]  # False where padded
    begins: Bool[Tensor, "batch slots"]  # whether a story has begun with a fact like that one
    question: Int[Tensor, " batch"]  # which of `frames` it has
    question_symbols: Int[Tensor, "batch places"]
    question_names: Int[Tensor, "batch places"]
    count: Int[Tensor, " batch"]  # symbols in the story and the question
    answer: Int[Tensor, "batch items"]  # ids of answers, NONE where there is none to say
    copied: Int[Tensor, "batch items"]  # symbols, NONE where there is none to copy
    supporting: Int[Tensor, "batch hops"]  # slots of the supporting facts, NONE where there is none
    kind: Int[Tensor, " batch"]  # of question, to tell how well each is learnt

    def to(self, device: torch.device) -> "SymbolBatch":
        """The same batch on another device."""
        return SymbolBatch(**{name: tensor.to(device) for name, tensor in vars(self).items()})

    def share(self, number: int, of: int) -> "SymbolBatch":
        """Every `of`-th question from that number on: what one of several processes takes."""
        own = {name: tensor[number::of] for name, tensor in vars(self).items() if name != "frames"}
        return replace(self, **own)

    def beside(self, others: Int[Tensor, " batch"], among: bool = False) -> "SymbolBatch":
        """The same questions, each story told behind another one: what `others` says, of this batch. Their
        symbols are others, so that nothing changes for the question.

        `among`: both are told in turns drawn at random, each in its order. A turn ends before a fact that a
        story may begin with: what leans on the fact before it, as "Then she sat down.", stays there.
        """
        slots = self.mask.shape[1]
        names = ("slots", "names", "mask", "begins")
        both = {name: torch.cat([getattr(self, name)[others], getattr(self, name)], 1) for name in names}
        first = self.symbols[others]
        first = torch.where(first == NONE, NONE, first + self.count[:, None, None])
        both["symbols"] = torch.cat([first, self.symbols], 1)
        supporting = torch.where(self.supporting == NONE, NONE, self.supporting + slots)
        if among:
            order = _in_turns(*(both[name].view(len(others), 2, slots) for name in ("mask", "begins")))
            both = {
                name: told.gather(1, order if told.dim() == 2 else order[..., None].expand_as(told))
                for name, told in both.items()
            }
            places = order.argsort(1).gather(1, supporting.clamp(min=0))
            supporting = torch.where(supporting == NONE, NONE, places)
        return replace(self, **both, count=self.count + self.count[others], supporting=supporting)


def _in_turns(
    mask: Bool[Tensor, "batch stories slots"], begins: Bool[Tensor, "batch stories slots"]
) -> Int[Tensor, "batch facts"]:
    """The facts of stories, one story behind the other, in an order in which they are told in turns."""
    times = torch.rand(mask.shape, device=mask.device).masked_fill(~mask, 0.0).sort(-1).values
    turns = torch.where(begins, times, 0.0).cummax(-1).values  # the time of the turn that a fact is of
    return turns.flatten(1).argsort(dim=1, stable=True)


class SymbolTensors:
    """Stories ready for batching: `batch(indices)` costs a few array look-ups.

    `capacity` keeps only the newest facts of a story, as the memory itself would. Without `copying`
    answers are to be said, where training had them. `words` holds the symbols of each story. Every
    symbol of a sentence is kept; a model reads as many as it has places.
    """

    def __init__(
        self,
        stories: Sequence[Story],
        lexicon: Lexical,
        capacity: int | None = None,
        copying: bool = True,
    ) -> None:
        newest = slice(None if capacity is None else -capacity, None)
        frames: dict[tuple[str, ...], int] = {}
        facts: list[tuple[int, list[int], list[int]]] = []
        questions: list[tuple[int, list[int], list[int]]] = []
        lengths, whole, counts, answers, copies, kind_of = [], [], [], [], [], []
        supporting: list[list[int]] = []  # back from the question
        self.words: list[StorySymbols] = []
        for story in stories:
            words = StorySymbols(lexicon)
            names = words.named_ids(story.question)

            def read(
                sentence: str, words: StorySymbols = words, names: frozenset[int] = names
            ) -> tuple[int, list[int], list[int]]:
                parsed, numbers, known = words.read(sentence)
                shown = [name if name in names else NIL for name in known]
                return frames.setdefault(parsed.frame, len(frames)), numbers, shown

            told = [read(fact) for fact in story.facts[newest]]
            facts += told
            lengths.append(len(told))
            whole.append(0 < len(told) == len(story.facts))
            questions.append(read(story.question))
            counts.append(len(words.ids))
            self.words.append(words)
            says, copied = _answer(story, words, copying)
            answers.append(says)
            copies.append(copied)
            back = [len(story.facts) - index for index in story.supporting]
            supporting.append([fact for fact in back if fact <= len(told)])
            kind_of.append(story.task or lexicon.symbols.parse(story.question).kind)
        self.kinds, self.kind = find_kinds(kind_of)
        self.lengths = np.array(lengths, dtype=np.int64)
        self._ends = self.lengths.cumsum()
        self._frames = pad([[lexicon.id(word) for word in frame] for frame in frames] or [[]])
        self._words = (self._frames != NIL).sum(-1)
        places = max([1, *(len(numbers) for _, numbers, _ in (*facts, *questions))])
        blank: tuple[int, list[int], list[int]] = (0, [], [])  # what a padded slot shows
        self._slots, self._symbols, self._names = _columns([*facts, blank], places)
        self._begins = np.zeros(len(facts) + 1, dtype=bool)
        firsts = self._slots[(self._ends - self.lengths)[whole]]
        self._begins[:-1] = np.isin(self._slots[:-1], firsts)
        self._question, self._asked, self._asked_names = _columns(questions, places)
        self._counts = np.array(counts, dtype=np.int64)
        items = max([1, *map(len, answers)])
        self._items = np.array([*map(len, answers)], dtype=np.int64)
        self._supporting = rows(supporting, None, 0)
        self._answer, self._copied = (rows(some, items, NONE) for some in (answers, copies))

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
        items = int(self._items[indices].max(initial=1))
        supporting = self._supporting[indices]
        arrays = (
            self._frames[distinct][:, :words],
            slots,
            self._symbols[flat],
            self._names[flat],
            mask,
            self._begins[flat],
            question,
            self._asked[indices],
            self._asked_names[indices],
            self._counts[indices],
            self._answer[indices][:, :items],
            self._copied[indices][:, :items],
            np.where(supporting > 0, mask.shape[1] - supporting, NONE),
            self.kind[indices],
        )
        return SymbolBatch(*(torch.from_numpy(np.ascontiguousarray(array)) for array in arrays))


def _answer(story: Story, words: StorySymbols, copying: bool) -> tuple[list[int], list[int]]:
    """For each item of the answer the id to say it by and the symbol to copy, and STOP behind the last."""
    lexicon, says, copied = words.lexicon, [], []
    by_name = words.named(story.question)
    for item in ",".join(story.answer).split(","):
        entry = lexicon.symbols.entry(item)
        symbol = words.ids.get(entry, NONE)
        said = lexicon.answer_id(entry)
        if symbol != NONE and (said == UNTOLD or lexicon.symbols.class_of(entry) not in by_name):
            said = NONE
        elif not copying and said != UNTOLD:
            symbol = NONE
        says.append(said)
        copied.append(symbol)
    return [*says, STOP], [*copied, NONE]


def _columns(
    sentences: Sequence[tuple[int, list[int], list[int]]], places: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    frames = np.array([frame for frame, _, _ in sentences], dtype=np.int64)
    symbols = rows([numbers for _, numbers, _ in sentences], places, NONE)
    names = rows([names for _, _, names in sentences], places, NIL)
    return frames, symbols, names


def rows(values: Sequence[Sequence[int]], width: int | None, fill: int) -> np.ndarray:
    """Lists side by side, padded behind; as wide as the longest, and 1 at least, unless told."""
    width = max([1, *map(len, values)]) if width is None else width
    table = np.full((len(values), width), fill, dtype=np.int64)
    for line, row in zip(table, values):
        line[: len(row)] = row
    return table
