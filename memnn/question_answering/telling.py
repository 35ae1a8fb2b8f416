"""A story told to a network fact by fact, and asked about at any time."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from memnn.errors import UserError
from memnn.memory import SharedMemory
from memnn.question_answering.reader import Answer, Reader
from memnn.story import Story
from memnn.text.batches import pad
from memnn.text.strangers import StoryWords
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

    @torch.inference_mode()
    def tell(self, *facts: str) -> None:
        """Add facts to the story."""
        for start in range(0, len(facts), TOGETHER):
            some = facts[start : start + TOGETHER]
            rows = pad([self._words.ids(fact) for fact in some])
            encoded = self._reader.network.input_map.encode_facts(torch.from_numpy(rows))
            self._features.extend(encoded.split(1))
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
        self._words = StoryWords(self._reader.vocabulary, self._reader.network.strangers)
        self._facts: list[str] = []
        self._features: deque[Tensor] = deque(maxlen=self._reader.network.capacity)

    @torch.inference_mode()
    def ask(self, question: str, candidates: Sequence[str] = ()) -> Answer:
        """Answer from the facts told so far; with one of the `candidates`, where some are given."""
        words = self._words.copy()  # what is asked is not told
        said = self._reader.network.ask(self.memory(), torch.from_numpy(pad([words.ids(question)])))
        return self._reader.pick(Story(self.facts, question, candidates=tuple(candidates)), words, said, 0)

    @torch.inference_mode()
    def memory(self) -> SharedMemory:
        """The memory of what was told so far, as a value of its own."""
        network = self._reader.network
        memory: SharedMemory = network.begin()
        if self._features:
            slots = torch.arange(len(self._features))[None]
            features = torch.cat(list(self._features))
            memory = network.generalization.write_all(features, slots, torch.ones_like(slots).bool())
        return memory

    def sounds_like_a_question(self, sentence: str) -> bool:
        """Whether it begins as only questions did in training."""
        return tokenize(sentence)[:1] in [(word,) for word in self._reader.config.data.get("openings", ())]


def find_openings(stories: Iterable[Story]) -> list[str]:
    """The first words of the questions with which no fact begins, the commonest first."""
    asked: Counter[str] = Counter()
    told: set[str] = set()
    for story in stories:
        asked.update(tokenize(story.question)[:1])
        told.update(story.facts)
    begin_facts = {word for fact in told for word in tokenize(fact)[:1]}
    return [word for word, _ in asked.most_common() if word not in begin_facts][:MOST_OPENINGS]
