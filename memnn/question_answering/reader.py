"""One trained network with its vocabulary: answers with their evidence."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from memnn.memory import Trace, weightiest
from memnn.models.network import Answers
from memnn.story import Story
from memnn.text.tokenizer import tokenize
from memnn.training import checkpoint

LEAST_WEIGHT = 0.01  # a fact that a hop weighs less is not evidence
BATCH = 256  # questions
MOST_REMEMBERED = 65_536  # sentences whose unseen words are known without looking again


@dataclass(frozen=True)
class Evidence:
    """A fact that a hop used."""

    hop: int  # from 1
    position: int  # of the fact in the story, from 0
    fact: str
    weight: float  # 0 to 1: the hop's attention; of a symbol network what the answer loses without it


class Found(Sequence[Evidence]):
    """Evidence that is looked for when it is first looked at."""

    def __init__(self, look: Callable[[], tuple[Evidence, ...]]) -> None:
        self._look = functools.cache(look)

    def __getitem__(self, index: Any) -> Any:
        return self._look()[index]

    def __len__(self) -> int:
        return len(self._look())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._look() == tuple(other)

    def __repr__(self) -> str:
        return repr(self._look())


@dataclass(frozen=True)
class Answer:
    """What the network answers; `text` is 'unknown' where it cannot tell."""

    text: str
    probability: float
    evidence: Sequence[Evidence] = ()  # by hop, the weightiest fact first
    unknown: tuple[str, ...] = ()  # words never seen in training, of the question and then of the facts
    untold: tuple[str, ...] = ()  # names in the question that no fact tells of, where names are known as such
    reason: str = ""  # why the answer is 'unknown', where that was not left to the network
    unasked: bool = False  # no question of training was worded like this one, where that is known
    forgotten: int = 0  # the oldest facts, which memory has no room for: taken as not told


@dataclass(frozen=True)
class Reader:
    """A network with its vocabulary: what one checkpoint folder holds."""

    config: checkpoint.Config
    vocabulary: Any  # a Vocabulary or a Lexicon, as the network has it
    network: Any  # a MemoryNetwork or SymbolStories
    _unseen: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @torch.no_grad()
    def answer(self, stories: Sequence[Story]) -> list[Answer]:
        """Answers to complete stories, in their order."""
        tensors = self.network.tensors(stories, self.vocabulary)
        answers: list[Answer] = []
        for start in range(0, len(stories), BATCH):
            some = stories[start : start + BATCH]
            batch = tensors.batch(np.arange(start, start + len(some)))
            said = self.network(batch)
            words = tensors.words[start : start + BATCH]
            answers += [self.pick(*each, said, row) for row, each in enumerate(zip(some, words))]
        return answers

    def pick(self, story: Story, words: Any, said: Answers, row: int) -> Answer:
        """The answer to one question of a batch, of a story whose words are these.

        It is 'unknown' where nothing was asked, where no fact was told, unless training asked about such
        stories too, and where no word of the question is known. Facts that memory has no room for any more
        are taken as not told.
        """
        capacity = self.network.capacity
        forgotten = 0 if capacity is None else max(0, len(story.facts) - capacity)
        asked, facts = tokenize(story.question), story.facts[forgotten:]
        sentences = (story.question, *facts)
        unknown = tuple(dict.fromkeys(word for text in sentences for word in self._unseen_words(text)))
        doubts: dict[str, Any] = {"unknown": unknown, "forgotten": forgotten}
        if not asked:
            return Answer("unknown", 0.0, reason="nothing was asked", **doubts)
        if not (any(map(tokenize, facts)) or self.config.data.get("asked_without_facts")):
            return Answer("unknown", 0.0, reason="no fact was told", **doubts)
        if len(self._unseen_words(story.question)) == len(set(asked)):
            return Answer("unknown", 0.0, reason="no word of the question is known", **doubts)
        untold = self.vocabulary.untold(story.question, facts)
        unasked = self.vocabulary.unasked(story.question)
        text, probability = self.network.say(said, row, words, story.candidates)
        if said.explain is None:
            evidence: Sequence[Evidence] = gather_evidence(story.facts, said.trace, row)
        else:
            explain = said.explain
            evidence = Found(lambda: gather_evidence(story.facts, explain(row), 0))
        return Answer(text, probability, evidence, untold=untold, unasked=unasked, **doubts)

    def _unseen_words(self, sentence: str) -> tuple[str, ...]:
        """The words of a sentence that training never had, each once."""
        if sentence not in self._unseen:
            if len(self._unseen) >= MOST_REMEMBERED:
                self._unseen.clear()
            words = dict.fromkeys(tokenize(sentence))
            self._unseen[sentence] = tuple(word for word in words if word not in self.vocabulary)
        return self._unseen[sentence]


def gather_evidence(facts: Sequence[str], trace: Trace, row: int) -> tuple[Evidence, ...]:
    """What each hop of one question looked at. The trace's slots end with the story's newest fact."""
    evidence = []
    for hop, reading in enumerate(trace, start=1):
        weights = reading.weights[row]
        first = len(facts) - len(weights)  # below 0 where slots are padded in front
        for slot in weightiest(weights).tolist():
            if weights[slot] >= LEAST_WEIGHT and first + slot >= 0:
                evidence.append(Evidence(hop, first + slot, facts[first + slot], float(weights[slot])))
    return tuple(evidence)
