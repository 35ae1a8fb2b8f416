"""Stories as tensors: every distinct sentence once, turned into numbers once for all epochs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from memnn.story import Story
from memnn.text.strangers import StoryWords
from memnn.text.tokenizer import fold, tokenize
from memnn.text.vocabulary import NIL, Vocabulary, answer_words

LARGE = 1024  # words: of a larger vocabulary only those that occur are counted


@dataclass(frozen=True)
class WordCounts:
    """How much of every word each sentence has, and how far on.

    The two halves of `amounts` are sums of 1 - j/J and of 2j/J - 1 over the places j of a word in
    a sentence of J words: sums that weigh words by their place are made of these two.
    """

    amounts: Float[Tensor, "facts counts"]
    spoken: Int[Tensor, " spoken"] | None  # the vocabulary entries that were counted; None: all


def count_words(words: Int[Tensor, "facts words"], vocab: int) -> WordCounts:
    """The counts of sentences that are padded with NIL, which counts nothing."""
    column, spoken = words, None
    if vocab > LARGE:
        spoken, column = torch.unique(words, return_inverse=True)
        vocab = len(spoken)
    filled = (words != NIL).double()
    place = filled * filled.cumsum(1) / filled.sum(1, keepdim=True).clamp(min=1)  # j/J
    weights = torch.cat([filled - place, 2 * place - filled], 1)
    columns = torch.cat([column, column + vocab], 1)
    return WordCounts(filled.new_zeros(len(words), 2 * vocab).scatter_add(1, columns, weights), spoken)


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
    kind: Int[Tensor, " batch"]  # of question, to tell how well each is learnt
    vocab: int  # words and answers known

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        if self.facts.device == device:
            return self
        tensors: dict[str, Any] = {k: v.to(device) for k, v in vars(self).items() if isinstance(v, Tensor)}
        return replace(self, **tensors)

    def share(self, number: int, of: int) -> "Batch":
        """Every `of`-th question from that number on: what one of several processes takes."""
        names = ("slots", "mask", "question", "answer", "said", "supporting", "kind")
        own: dict[str, Any] = {name: getattr(self, name)[number::of] for name in names}
        return replace(self, **own)

    @cached_property
    def fact_counts(self) -> WordCounts:
        """What words the facts are of, counted once for every use of the batch."""
        return count_words(self.facts, self.vocab)

    @cached_property
    def question_counts(self) -> WordCounts:
        """The same of the questions."""
        return count_words(self.question, self.vocab)


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
        self._vocab = len(vocabulary)
        self._answer = np.array(
            [words.id(story.answer) for story, words in zip(stories, self.words)], dtype=np.int64
        )
        self._said = pad([vocabulary.ids(answer_words(story.answer)) for story in stories] or [[]])
        self.kinds, self.kind = find_kinds(story.task or fold(story.question) for story in stories)
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
            kind=torch.from_numpy(self.kind[indices]),
            vocab=self._vocab,
        )


@runtime_checkable
class Examples(Protocol):
    """What is cut into batches: stories, or the replies of dialogues."""

    lengths: np.ndarray  # facts or turns of each
    kinds: tuple[str, ...]  # of questions
    kind: np.ndarray  # the number of each one's kind

    def __len__(self) -> int: ...
    def batch(self, indices: np.ndarray) -> Any: ...


def cut_batches(
    examples: Examples,
    size: int,
    rng: np.random.Generator | None = None,
    pool: int = 1,
    chances: np.ndarray | None = None,
) -> Iterator[Any]:
    """All examples once, in batches of `size`: shuffled by `rng`, or by length without one.

    `pool` shuffled batches at a time are sorted by length before they are cut, which saves padding and
    makes the batches of a pool alike in length. With `chances` as many are drawn, each as likely as its
    chance beside the others'.
    """
    for indices in shuffled(examples.lengths, size, rng, pool, chances):
        yield examples.batch(indices)


def share_shorter(lengths: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Of each question, which share of those of its kind are shorter."""
    shares = np.zeros(len(lengths))
    for each in np.unique(kind):
        own = lengths[kind == each]
        shares[kind == each] = np.searchsorted(np.sort(own), own) / len(own)
    return shares


def find_kinds(names: Iterable[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """The kinds in the order met, and the number of each question's."""
    kinds: dict[str, int] = {}
    numbers = [kinds.setdefault(name, len(kinds)) for name in names]
    return tuple(kinds), np.array(numbers, dtype=np.int64)


def shuffled(
    lengths: np.ndarray,
    size: int,
    rng: np.random.Generator | None,
    pool: int = 1,
    chances: np.ndarray | None = None,
) -> Iterator[np.ndarray]:
    """The indices of each batch: by length without `rng`, else shuffled and sorted within pools.

    With `chances` as many are drawn, each as likely as its chance beside the others', some of them twice.
    """
    if rng is None:
        order = np.argsort(lengths, kind="stable")
        yield from (order[i : i + size] for i in range(0, len(order), size))
        return
    order = rng.permutation(len(lengths))
    if chances is not None:
        order = rng.choice(len(lengths), len(lengths), p=chances / chances.sum())
    for start in range(0, len(order), size * pool):
        some = order[start : start + size * pool]
        if pool > 1:
            some = some[np.argsort(lengths[some], kind="stable")]
        cuts = [some[i : i + size] for i in range(0, len(some), size)]
        yield from (cuts[i] for i in rng.permutation(len(cuts)))
