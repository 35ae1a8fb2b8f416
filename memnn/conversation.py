"""The conversation: turns of a user and a bot, and the knowledge-base rows that came between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Speaker = Literal["user", "bot", "kb"]
SILENCE = "<SILENCE>"  # what a user says where the bot speaks twice in a row
API_CALL = "api_call"  # the first word of a reply that queries the knowledge base
MOST_WORDS = 200  # of a turn that are read
MOST_LETTERS = 4000  # and of those


@dataclass(frozen=True)
class Turn:
    """Something said, by "kb" where a query found nothing and the knowledge base says so."""

    speaker: Speaker
    text: str


def heard(text: str) -> str:
    """As much of a turn as is read: its first MOST_WORDS words."""
    return text if len(text) < MOST_WORDS else " ".join(text[:MOST_LETTERS].split()[:MOST_WORDS])


@dataclass(frozen=True)
class Row:
    """A property of one thing of the knowledge base: (the_gandhi, R_cuisine, indian)."""

    subject: str
    relation: str
    value: str

    @property
    def text(self) -> str:
        """The row as the bAbI files write it."""
        return f"{self.subject} {self.relation} {self.value}"


Event = Turn | Row


@dataclass(frozen=True)
class Dialogue:
    """Events in the order they came. Every turn of the bot is a reply to all events before it."""

    events: tuple[Event, ...]
    candidates: tuple[str, ...] = ()  # the replies to choose from; empty: any
    types: Mapping[str, str] = field(default_factory=dict, compare=False)  # entities, case folded, to the
    # property of the knowledge base that they are values of
    task: str = ""  # "1" to "6" for the dialog bAbI tasks, or any name
    id: str = ""

    @cached_property
    def replies(self) -> tuple[int, ...]:
        """Where in `events` the bot speaks."""
        return tuple(
            place
            for place, event in enumerate(self.events)
            if isinstance(event, Turn) and event.speaker == "bot"
        )

    @property
    def reply_texts(self) -> Iterator[str]:
        """What the bot says, reply by reply."""
        return (self.events[place].text for place in self.replies)


@dataclass(frozen=True)
class Used:
    """An event that a reply rests on."""

    hop: int  # from 1: which read, or which word that was copied
    position: int  # in the dialogue's events, from 0
    fact: str  # its text
    weight: float  # the share of the read, 0 to 1


@dataclass(frozen=True)
class Reply:
    """What the bot says next, why, and what it would say without candidates to choose from."""

    text: str
    probability: float
    evidence: tuple[Used, ...] = ()  # by hop, the weightiest first
    generated: str = ""  # empty where the model writes nothing of its own
