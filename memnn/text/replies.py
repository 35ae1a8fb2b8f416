"""Dialogues for a model that ranks whole replies: bags of words, and which entities a reply names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from memnn.conversation import API_CALL, Dialogue, Event, Row, heard
from memnn.story import Story
from memnn.text.batches import Batch, StoryTensors, find_kinds, pad
from memnn.text.entities import find_entities
from memnn.text.tokenizer import tokenize
from memnn.text.vocabulary import Vocabulary

NONE = -1
SPEAKERS = {"user": "speaker_user", "bot": "speaker_bot", "kb": "speaker_kb"}  # a word of every turn


def line(event: Event) -> str:
    """An event as a bag of words: what was said and who said it."""
    if isinstance(event, Row):
        return f"{SPEAKERS['kb']} {event.text}"
    return f"{SPEAKERS[event.speaker]} {heard(event.text)}"


def story_of(dialogue: Dialogue, place: int) -> Story:
    """What came before a reply: the last event is asked, all before it are memory."""
    told = [line(event) for event in dialogue.events[:place]]
    return Story(tuple(told[:-1]), told[-1] if told else SPEAKERS["user"], task=dialogue.task, id=dialogue.id)


class ReplyVocabulary:
    """The words of training dialogues, the properties that entities have, and the replies to choose from."""

    def __init__(
        self, words: Vocabulary, types: Sequence[str], replies: Sequence[str], arguments: Sequence[str] = ()
    ) -> None:
        """`replies` are those of training, for dialogues that come without candidates; `arguments` are the
        properties that a query's words are values of.
        """
        self.words, self.types, self.replies = words, tuple(types), tuple(replies)
        self.arguments = tuple(arguments)

    @classmethod
    def of_dialogues(cls, dialogues: Sequence[Dialogue]) -> "ReplyVocabulary":
        """The vocabulary of training dialogues."""
        lines = dict.fromkeys(line(event) for dialogue in dialogues for event in dialogue.events)
        words = dict.fromkeys(word for text in lines for word in tokenize(text))
        types = dict.fromkeys(kind for dialogue in dialogues for kind in dialogue.types.values())
        replies = dict.fromkeys(text for dialogue in dialogues for text in dialogue.reply_texts)
        _, _, arguments = find_entities(dialogues)
        return cls(Vocabulary(words), sorted(types), list(replies), arguments)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "ReplyVocabulary":
        """What `to_json` wrote. Raises LookupError or TypeError when it is something else."""
        return cls(
            Vocabulary.from_json(content["words"]), content["types"], content["replies"], content["arguments"]
        )

    def to_json(self) -> dict[str, Any]:
        """All of it, readable."""
        return {
            "words": self.words.to_json(),
            "types": self.types,
            "replies": self.replies,
            "arguments": self.arguments,
        }

    @property
    def sizes(self) -> tuple[int, int]:
        """What a model is built for: the numbers of words and of types."""
        return len(self.words), len(self.types)

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties that training's knowledge base has."""
        return self.types

    def units(self, words: Sequence[str]) -> list[str]:
        """The words, each by itself."""
        return list(words)

    def is_entity(self, unit: str) -> bool:
        """Whether training knew the word at all: this model tells no kinds of words apart."""
        return unit in self.words

    def reply_kind(self, reply: str) -> str:
        """The reply itself, of which there is no other kind here; queries are one kind."""
        return API_CALL if reply.split()[:1] == [API_CALL] else reply

    def with_entities(self, rows: Iterable[Row]) -> "ReplyVocabulary":
        """The same: this model ranks the replies of training, whatever a knowledge base holds."""
        return self

    def describe(self) -> list[str]:
        """What it holds, in lines for people."""
        return [
            f"vocabulary  {len(self.words)} words, {len(self.replies)} replies",
            f"types       {', '.join(self.types) or 'none'}",
        ]


@dataclass(frozen=True)
class Candidates:
    """The replies to choose from, the same for all batches of a set of dialogues."""

    words: Int[Tensor, "candidates words"]  # padded with NIL behind
    entities: Int[Tensor, "candidates named"]  # those that the reply names, NONE where there is none
    types: Int[Tensor, " entities"]  # the type of each entity
    lists: Bool[Tensor, "lists candidates"]  # dialogues of some tasks choose among other replies than others


@dataclass(frozen=True)
class ReplyBatch:
    """Replies to be chosen. Turns stand oldest first and are padded in front; the last is `asked`."""

    turns: Batch
    candidates: Candidates
    list: Int[Tensor, " batch"]  # which of the lists
    present: Bool[Tensor, "batch entities"]  # the entities that were spoken of
    answer: Int[Tensor, " batch"]  # the candidate that is right, NONE where none is
    kind: Int[Tensor, " batch"]

    def to(self, device: torch.device) -> "ReplyBatch":
        """The same batch on another device."""
        if self.answer.device == device:
            return self
        moved: dict[str, Any] = {
            field.name: getattr(self, field.name).to(device)
            for field in fields(self)
            if field.name != "candidates"
        }
        candidates = Candidates(**{name: tensor.to(device) for name, tensor in vars(self.candidates).items()})
        return ReplyBatch(**moved, candidates=candidates)

    def share(self, number: int, of: int) -> "ReplyBatch":
        """Every `of`-th reply from that number on: what one of several processes takes."""
        names = ("list", "present", "answer", "kind")
        own: dict[str, Any] = {name: getattr(self, name)[number::of] for name in names}
        return replace(self, turns=self.turns.share(number, of), **own)


class ReplyTensors:
    """Every reply of the dialogues, ready for batching."""

    def __init__(
        self, dialogues: Sequence[Dialogue], vocabulary: ReplyVocabulary, capacity: int | None = None
    ) -> None:
        self.examples = [(dialogue, place) for dialogue in dialogues for place in dialogue.replies]
        stories = [story_of(*example) for example in self.examples]
        self._turns = StoryTensors(stories, vocabulary.words, capacity)
        self.lengths = self._turns.lengths
        self.texts, lists, list_of = _join_lists(dialogues, vocabulary.replies)
        index = {text: number for number, text in enumerate(self.texts)}
        self._answer = np.array(
            [index.get(dialogue.events[place].text, NONE) for dialogue, place in self.examples],
            dtype=np.int64,
        )
        self._list = np.array([list_of[id(dialogue)] for dialogue, _ in self.examples], dtype=np.int64)
        known = {kind: number for number, kind in enumerate(vocabulary.types)}
        self._entities: dict[str, int] = {}
        types: list[int] = []
        for dialogue in dialogues:
            for word, kind in dialogue.types.items():
                if kind in known and word not in self._entities:
                    self._entities[word] = len(self._entities)
                    types.append(known[kind])
        words = [tokenize(text) for text in self.texts]
        named = [[self._entities[word] for word in reply if word in self._entities] for reply in words]
        width = max([1, *map(len, named)])
        entities = np.array([row + [NONE] * (width - len(row)) for row in named], dtype=np.int64)
        self.candidates = Candidates(
            torch.from_numpy(pad([vocabulary.words.ids(reply) for reply in words])),
            torch.from_numpy(entities.reshape(len(words), width)),
            torch.tensor(types, dtype=torch.long),
            torch.from_numpy(lists),
        )
        self.kinds, self.kind = find_kinds(dialogue.task or "" for dialogue, _ in self.examples)
        self._spoken = list(self._find_spoken(dialogues))

    def _find_spoken(self, dialogues: Sequence[Dialogue]) -> Iterator[np.ndarray]:
        """The entities spoken of before each reply."""
        for dialogue in dialogues:
            spoken: dict[int, None] = {}
            for event in dialogue.events:
                if not isinstance(event, Row) and event.speaker == "bot":
                    yield np.array(list(spoken), dtype=np.int64)
                for word in tokenize(heard(event.text)):
                    if word in self._entities:
                        spoken[self._entities[word]] = None

    def __len__(self) -> int:
        return len(self.examples)

    def batch(self, indices: np.ndarray) -> ReplyBatch:
        """The replies with these indices."""
        present = np.zeros((len(indices), len(self._entities)), dtype=bool)
        for row, index in zip(present, indices):
            row[self._spoken[index]] = True
        parts = (self._list[indices], present, self._answer[indices], self.kind[indices])
        return ReplyBatch(
            self._turns.batch(indices), self.candidates, *(torch.from_numpy(part) for part in parts)
        )


def _join_lists(
    dialogues: Sequence[Dialogue], replies: Sequence[str]
) -> tuple[tuple[str, ...], np.ndarray, dict[int, int]]:
    """All candidates, which of them each list has, and the number of each dialogue's list by its `id()`."""
    lists: dict[int, tuple[str, ...]] = {}
    numbers: dict[int, int] = {}
    given = tuple(replies)
    for dialogue in dialogues:
        chosen = dialogue.candidates or given
        lists[id(chosen)] = chosen
        numbers[id(dialogue)] = list(lists).index(id(chosen))
    texts = tuple(dict.fromkeys(text for chosen in lists.values() for text in chosen))
    place = {text: number for number, text in enumerate(texts)}
    table = np.zeros((len(lists), len(texts)), dtype=bool)
    for row, chosen in zip(table, lists.values()):
        row[[place[text] for text in chosen]] = True
    return texts, table, numbers
