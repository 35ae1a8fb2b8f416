"""A story told to a network fact by fact, and asked about at any time."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Any

import torch

from memnn.errors import UserError
from memnn.question_answering.reader import Answer, Reader
from memnn.story import Story
from memnn.text.sentences import split_sentences
from memnn.text.tokenizer import tokenize

TOGETHER = 32  # facts encoded at once: a very long one pads only so many others
MOST_OPENINGS = 50  # words by which a question is known


class StoryInProgress:
    """A story being told. Each fact is encoded once, when it is told; ages are counted when it is asked.

    What was encoded waits in a list until a question needs the memory, so that telling a fact costs
    the same however many were told before.
    """

    def __init__(self, reader: Reader) -> None:
        """A story without facts."""
        self._reader = reader
        self.reset()

    @property
    def facts(self) -> tuple[str, ...]:
        """What was told, oldest first."""
        return tuple(self._facts)

    @torch.no_grad()
    def tell(self, *facts: str) -> None:
        """Add facts to the story, one for each sentence."""
        facts = tuple(sentence for fact in facts for sentence in split_sentences(fact))
        for start in range(0, len(facts), TOGETHER):
            some = facts[start : start + TOGETHER]
            self._heard.extend(self._reader.network.hear(self._words, some))
            self._facts.extend(some)

    def forget(self, position: int) -> str:
        """Take back the fact at a position, from 0, and return it. Raises UserError where there is none."""
        if not 0 <= position < len(self._facts):
            raise UserError(f"there is no fact {position + 1}: the story has {len(self._facts)}")
        kept = self._facts.copy()
        forgotten = kept.pop(position)
        self.reset()
        self.tell(*kept)
        return forgotten

    def reset(self) -> None:
        """Forget everything and begin a new story."""
        self._words = self._reader.network.words(self._reader.vocabulary)
        self._facts: list[str] = []
        self._heard: deque[Any] = deque(maxlen=self._reader.network.capacity)

    @torch.no_grad()
    def ask(self, question: str, candidates: Sequence[str] = ()) -> Answer:
        """Answer from the facts told so far; with one of the `candidates`, where some are given."""
        words = self._words.copy()  # what is asked is not told
        said = self._reader.network.answer(self.memory(), words, question)
        return self._reader.pick(Story(self.facts, question, candidates=tuple(candidates)), words, said, 0)

    @torch.no_grad()
    def memory(self) -> Any:
        """The memory of what was told so far, as a value of its own."""
        return self._reader.network.remember(self._heard)

    def sounds_like_a_question(self, sentence: str) -> bool:
        """Whether it begins as only questions did in training."""
        return tokenize(sentence)[:1] in [(word,) for word in self._reader.config.data.get("openings", ())]


def how_asked(stories: Sequence[Story]) -> dict[str, Any]:
    """What a run's config keeps of how training asked: the words that only questions begin with, and whether
    it asked without telling anything.
    """
    told_nothing = any(not story.facts for story in stories)
    return {
        "openings": find_openings(stories),
        **({"asked_without_facts": True} if told_nothing else {}),
    }


def find_openings(stories: Iterable[Story]) -> list[str]:
    """The first words of the questions with which no fact begins, the commonest first."""
    asked: Counter[str] = Counter()
    told: set[str] = set()
    for story in stories:
        asked.update(tokenize(story.question)[:1])
        told.update(story.facts)
    begin_facts = {word for fact in told for word in tokenize(fact)[:1]}
    return [word for word, _ in asked.most_common() if word not in begin_facts][:MOST_OPENINGS]
