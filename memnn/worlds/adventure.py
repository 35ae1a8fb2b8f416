"""The world of the first memory network: a text adventure (Weston, Chopra, Bordes 2014, section 5.2).

4 actors go between 5 rooms, get and drop 3 objects; a simple grammar tells each deed with one of
several verbs. The rules:

- An actor's first deed is to go somewhere, so that the place of everyone who did anything was told.
- An actor gets an object that nobody has in the room where both are, and drops it in any room.
- A question is drawn from one of the last `difficulty` facts. If the fact tells a move, the actor
  is asked about ("actor": where is Bill?; "before": where was Bill before the kitchen?, meaning
  his last visit there); if it tells a get or a drop, the object is ("object").

Supporting are, in order: "actor", the last move; "before", the move to the room named and the one
before it; "object", its last get or drop and the move that took that actor there.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

from memnn.story import Story

NAMES = ("Bill", "Fred", "Joe", "Julie")
OBJECTS = ("football", "milk", "apple")
ROOMS = ("bathroom", "bedroom", "garden", "kitchen", "office")
VERBS = {
    "go": ("went to", "travelled to", "journeyed to", "moved to"),
    "get": ("picked up", "got", "grabbed", "took"),
    "drop": ("dropped", "left", "discarded", "put down"),
}
KINDS = ("actor", "before", "object")


class Deed(NamedTuple):
    """One fact: an actor goes to a room, gets an object or drops one."""

    fact: int
    verb: str  # go, get or drop
    actor: str
    what: str


class Question(NamedTuple):
    """What is asked, whose room answers it, and the moves and deeds it rests on."""

    text: str
    opening: str  # of the answer as a sentence: 'Bill is in the'
    room: str
    supporting: tuple[int, ...]


def adventure(
    rng: random.Random,
    questions: int,
    difficulty: int = 1,
    kinds: Sequence[str] = ("actor", "object"),
    *,
    names: Sequence[str] = NAMES,
    objects: Sequence[str] = OBJECTS,
    rooms: Sequence[str] = ROOMS,
    sentence_answers: bool = False,
    questions_per_story: int = 5,
    facts_per_question: int = 2,
) -> list[Story]:
    """Exactly this many questions, story after story; those of one story share an id.

    `difficulty` is the number of newest facts a question may be about: 1 and 5 in the paper. Facts
    are told two at a time (`facts_per_question`) until there is something to ask. The answer is
    a room, or a sentence such as 'Bill is in the kitchen' with `sentence_answers`.

    Raises ValueError when a number is below 1, a kind is unknown, or there is nobody to go, nowhere
    to go to, or nothing to ask about.
    """
    _check(difficulty, kinds, names, objects, rooms, questions_per_story, facts_per_question)
    stories: list[Story] = []
    while len(stories) < questions:
        world = _World(rng, names, objects, rooms)
        name = f"adventure-{len(stories) // questions_per_story + 1:06d}"
        for _ in range(min(questions_per_story, questions - len(stories))):
            asked = None
            while asked is None:
                for _ in range(facts_per_question):
                    world.step()
                asked = world.ask(difficulty, kinds)
            answer = f"{asked.opening} {asked.room}" if sentence_answers else asked.room
            facts = tuple(world.facts)
            stories.append(Story(facts, asked.text, (answer,), asked.supporting, task="adventure", id=name))
    return stories


class _World:
    """Who is where and what lies where, and all deeds so far."""

    def __init__(
        self, rng: random.Random, names: Sequence[str], objects: Sequence[str], rooms: Sequence[str]
    ) -> None:
        self.rng, self.names, self.rooms = rng, names, rooms
        self.facts: list[str] = []
        self.deeds: list[Deed] = []
        self.moves: dict[str, list[Deed]] = {name: [] for name in names}
        self.handled: dict[str, Deed] = {}  # the last get or drop of each object
        self.lies: dict[str, str | None] = {thing: rng.choice(rooms) for thing in objects}  # None: carried

    def step(self) -> None:
        """Someone does something that can be done: one more fact."""
        while (deed := self._draw()) is None:
            pass
        if deed.verb == "go":
            self.moves[deed.actor].append(deed)
        else:
            self.handled[deed.what] = deed
            self.lies[deed.what] = None if deed.verb == "get" else self.moves[deed.actor][-1].what
        self.deeds.append(deed)
        self.facts.append(f"{deed.actor} {self.rng.choice(VERBS[deed.verb])} the {deed.what}.")

    def ask(self, difficulty: int, kinds: Sequence[str]) -> Question | None:
        """A question about one of the newest facts, or None where none of `kinds` fits any of them."""
        options = [
            question
            for deed in self.deeds[-difficulty:]
            for kind in kinds
            if (question := self._question(deed, kind)) is not None
        ]
        return self.rng.choice(options) if options else None

    def _draw(self) -> Deed | None:
        actor, verb = self.rng.choice(self.names), self.rng.choice(tuple(VERBS))
        here = self.moves[actor][-1].what if self.moves[actor] else None
        if verb == "go":
            options = [room for room in self.rooms if room != here]
        elif verb == "get":
            options = [thing for thing, room in self.lies.items() if here is not None and room == here]
        else:
            has = [deed for deed in self.handled.values() if deed.verb == "get" and deed.actor == actor]
            options = [deed.what for deed in has]
        return Deed(len(self.facts), verb, actor, self.rng.choice(options)) if options else None

    def _question(self, deed: Deed, kind: str) -> Question | None:
        if (deed.verb == "go") == (kind == "object"):
            return None
        if kind == "object":
            last = self.handled[deed.what]
            end = len(self.facts) if last.verb == "get" else last.fact
            move = [move for move in self.moves[last.actor] if move.fact < end][-1]
            text, opening = f"Where is the {deed.what}?", f"The {deed.what} is in the"
            return Question(text, opening, move.what, (last.fact, move.fact))
        moves = self.moves[deed.actor]
        if kind == "actor":
            last = moves[-1]
            return Question(f"Where is {last.actor}?", f"{last.actor} is in the", last.what, (last.fact,))
        visit = max(i for i, move in enumerate(moves) if move.what == deed.what)
        if visit == 0:
            return None
        text, opening = f"Where was {deed.actor} before the {deed.what}?", f"{deed.actor} was in the"
        before = moves[visit - 1]
        return Question(text, opening, before.what, (moves[visit].fact, before.fact))


def _check(
    difficulty: int,
    kinds: Sequence[str],
    names: Sequence[str],
    objects: Sequence[str],
    rooms: Sequence[str],
    *numbers: int,
) -> None:
    if min(difficulty, *numbers) < 1:
        raise ValueError("difficulty, questions and facts must be at least 1")
    if not kinds or not set(kinds) <= set(KINDS):
        raise ValueError(f"expected some of the kinds {', '.join(KINDS)}, found {', '.join(kinds) or 'none'}")
    if not names or len(rooms) < 2 or (set(kinds) == {"object"} and not objects):
        raise ValueError(
            "an adventure needs a name, two rooms, and an object if only objects are asked about"
        )
