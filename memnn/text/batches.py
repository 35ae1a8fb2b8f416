"""Stories as tensors: every distinct sentence once, turned into numbers once for all epochs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from memnn.story import Story
from memnn.text.strangers import StoryWords
from memnn.text.tokenizer import tokenize
from memnn.text.vocabulary import NIL, Vocabulary, answer_words


@dataclass(frozen=True)
class Batch:
    """Questions about stories. Facts stand oldest first and are padded in front."""

    facts: Int[Tensor, "facts words"]  # the distinct facts of this batch, words padded with NIL behind
    slots: Int[Tensor, "batch slots"]  # which of `facts` each slot holds
    mask: Bool[Tensor, "batch slots"]  # False where padded
    question: Int[Tensor, "batch question_words"]
    answer: Int[Tensor, " batch"]  # vocabulary entry or stranger; UNKNOWN when neither
    said: Int[Tensor, "batch answer_words"]  # the answer word by word, padded with NIL behind
    supporting: Int[Tensor, "batch hops"]  # slots of the supporting facts in order, -1 where none

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__dataclass_fields__))


def pad(rows: Sequence[Sequence[int]]) -> np.ndarray:
    """Rows of ids padded behind with NIL to the longest, at least one column wide."""
    table = np.full((len(rows), max([1, *map(len, rows)])), NIL, dtype=np.int64)
    for row, ids in zip(table, rows):
        row[: len(ids)] = ids
    return table


class StoryTensors:
    """Stories ready for batching: `batch(indices)` costs a few array look-ups.

    `capacity` keeps only the newest facts of a story, as the memory itself would. So many `strangers`
    of each story are told apart; `words` holds the words of each.
    """

    def __init__(
        self,
        stories: Sequence[Story],
        vocabulary: Vocabulary,
        capacity: int | None = None,
        strangers: int = 0,
    ) -> None:
        sentence_ids: dict[str | tuple[int, ...], int] = {}
        self.words = (
            [StoryWords(vocabulary, strangers) for _ in stories]
            if strangers
            else [StoryWords(vocabulary)] * len(stories)
        )

        def sentence(text: str, words: StoryWords) -> int:
            return sentence_ids.setdefault(words.key(text), len(sentence_ids))

        newest = slice(None if capacity is None else -capacity, None)
        rows = [
            np.array([sentence(fact, words) for fact in story.facts[newest]], dtype=np.int64)
            for story, words in zip(stories, self.words)
        ]
        self.lengths = np.array([len(row) for row in rows], dtype=np.int64)
        self._ends = self.lengths.cumsum()  # one past each story's newest fact in _flat
        self._flat = np.concatenate([*rows, np.zeros(1, np.int64)])
        self._question = np.array(
            [sentence(story.question, words) for story, words in zip(stories, self.words)], dtype=np.int64
        )
        self._sentences = pad(
            [vocabulary.ids(tokenize(key)) if isinstance(key, str) else key for key in sentence_ids] or [[]]
        )
        self._words = (self._sentences != NIL).sum(-1)
        self._answer = np.array(
            [words.id(story.answer) for story, words in zip(stories, self.words)], dtype=np.int64
        )
        self._said = pad([vocabulary.ids(answer_words(story.answer)) for story in stories] or [[]])
        deepest = max([1, *(len(story.supporting) for story in stories)])
        self._supporting = np.full((len(rows), deepest), len(self._flat), dtype=np.int64)  # back from the end
        for row, story in zip(self._supporting, stories):
            row[: len(story.supporting)] = [len(story.facts) - index for index in story.supporting]

    def __len__(self) -> int:
        return len(self.lengths)

    def batch(self, indices: np.ndarray) -> Batch:
        """The stories with these indices, padded to the longest of them."""
        lengths = self.lengths[indices]
        slots = int(lengths.max(initial=0))
        back = np.arange(slots, 0, -1)  # slots count back from the newest fact
        mask = back <= lengths[:, None]
        flat = self._flat[np.where(mask, self._ends[indices][:, None] - back, -1)]
        distinct, where = np.unique(flat, return_inverse=True)
        facts, question = self._sentences[distinct], self._sentences[self._question[indices]]
        supporting = self._supporting[indices]
        supporting = np.where(supporting <= lengths[:, None], slots - supporting, -1)
        return Batch(
            facts=torch.from_numpy(facts[:, : max(1, self._words[distinct].max(initial=0))]),
            slots=torch.from_numpy(where.reshape(flat.shape)),
            mask=torch.from_numpy(mask),
            question=torch.from_numpy(
                question[:, : max(1, self._words[self._question[indices]].max(initial=0))]
            ),
            answer=torch.from_numpy(self._answer[indices]),
            said=torch.from_numpy(self._said[indices]),
            supporting=torch.from_numpy(supporting),
        )

    def batches(self, size: int, rng: np.random.Generator | None = None, pool: int = 1) -> Iterator[Batch]:
        """All stories once, in batches of `size`: shuffled by `rng`, or by length without one.

        `pool` shuffled batches at a time are sorted by length before they are cut, which saves
        padding and makes the batches of a pool alike in length.
        """
        if rng is None:
            order = np.argsort(self.lengths, kind="stable")
            yield from (self.batch(order[i : i + size]) for i in range(0, len(order), size))
            return
        order = rng.permutation(len(self))
        for start in range(0, len(order), size * pool):
            some = order[start : start + size * pool]
            if pool > 1:
                some = some[np.argsort(self.lengths[some], kind="stable")]
            cuts = [some[i : i + size] for i in range(0, len(some), size)]
            yield from (self.batch(cuts[i]) for i in rng.permutation(len(cuts)))
