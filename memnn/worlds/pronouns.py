"""Tasks 11, 12 and 13: he, she, they, and two at once (coreference; conjunction; both).

- Task 11: an actor moves, and 'afterwards she' moves on. Both sentences support the answer.
- Task 12: two actors move together.
- Task 13: two actors move together, and 'then they' move on. Both sentences support the answer.

The actors of each sentence or pair of sentences are drawn anew. Nobody moves to where they are.
One of the last five moves is drawn and its actor asked about; in a sentence about two, each
makes a move, the second named after the first. The answer is where that actor moved last.
"""

import random

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import refuse
from memnn.worlds.telling import ACTORS, MOVE_VERBS, PLACES, WINDOW, Asked, cast, pick, tell

LATER = ("Afterwards", "After that", "Following that", "Then")
PRONOUNS = {"Mary": "she", "Sandra": "she", "Julie": "she"}
PRONOUNS |= {"John": "he", "Daniel": "he", "Bill": "he", "Fred": "he", "Jeff": "he"}


class Walk:
    """Groups of actors who move together, once or twice in a row."""

    def __init__(self, rng: random.Random, knobs: Knobs, together: int, moves: int) -> None:
        """Raises ValueError when the knobs leave too few actors, or nowhere for them to go."""
        refuse(knobs, "hops")
        self.rng = rng
        self.actors = cast("actors", knobs.actors, ACTORS, together)
        self.places = cast("places", knobs.places, PLACES, together + 1)
        self.pronoun = {**dict(zip(self.actors, ("she", "he") * len(self.actors))), **PRONOUNS}
        self.together = together
        self.moves = moves
        self.facts: list[str] = []
        self.moved: list[str] = []  # the actor of each move
        self.place: dict[str, str] = {}
        self.supporting: dict[str, tuple[int, ...]] = {}

    def step(self) -> None:
        """A group is drawn and moves; all its sentences support where its actors are now."""
        group = self.rng.sample(self.actors, self.together)
        who = " and ".join(group)
        for again in range(self.moves):
            if again:
                pronoun = self.pronoun[group[0]] if self.together == 1 else "they"
                who = f"{pick(self.rng, LATER)} {pronoun}"
            here = [self.place.get(actor) for actor in group]
            where = pick(self.rng, [place for place in self.places if place not in here])
            self.facts.append(f"{who} {pick(self.rng, MOVE_VERBS)} the {where}.")
            self.place |= dict.fromkeys(group, where)
            self.moved += group
        supporting = tuple(range(len(self.facts) - self.moves, len(self.facts)))
        self.supporting |= dict.fromkeys(group, supporting)


def basic_coreference(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 11. Knobs: facts, questions, actors, places. Own actors are she and he by turns."""
    walk = Walk(rng, knobs, together=1, moves=2)
    return tell(walk.facts, walk.step, lambda: _where(walk), knobs)


def conjunction(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 12. Knobs: facts, questions, actors, places."""
    walk = Walk(rng, knobs, together=2, moves=1)
    return tell(walk.facts, walk.step, lambda: _where(walk), knobs)


def compound_coreference(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 13. Knobs: facts, questions, actors, places."""
    walk = Walk(rng, knobs, together=2, moves=2)
    return tell(walk.facts, walk.step, lambda: _where(walk), knobs)


def _where(walk: Walk) -> Asked | None:
    actor = pick(walk.rng, walk.moved[-WINDOW:])
    return f"Where is {actor}?", (walk.place[actor],), walk.supporting[actor]
