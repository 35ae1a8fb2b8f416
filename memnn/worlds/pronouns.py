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


def basic_coreference(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 11. Knobs: facts, questions, actors, places. Own actors are she and he by turns."""
    return _moves(rng, knobs, together=1, moves=2)


def conjunction(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 12. Knobs: facts, questions, actors, places."""
    return _moves(rng, knobs, together=2, moves=1)


def compound_coreference(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 13. Knobs: facts, questions, actors, places."""
    return _moves(rng, knobs, together=2, moves=2)


def _moves(rng: random.Random, knobs: Knobs, together: int, moves: int) -> list[Story]:
    """Tell of so many actors who move together, so many times in a row."""
    refuse(knobs, "hops")
    actors = cast("actors", knobs.actors, ACTORS, together)
    places = cast("places", knobs.places, PLACES, together + 1)
    by_turns = dict(zip(actors, ("she", "he") * len(actors)))
    facts: list[str] = []
    moved: list[str] = []  # the actor of each move
    place: dict[str, str] = {}
    last: dict[str, tuple[int, ...]] = {}

    def step() -> None:
        group = rng.sample(actors, together)
        who = " and ".join(group)
        for again in range(moves):
            if again:
                pronoun = "they" if together > 1 else PRONOUNS.get(group[0], by_turns[group[0]])
                who = f"{pick(rng, LATER)} {pronoun}"
            where = pick(rng, [p for p in places if all(place.get(actor) != p for actor in group)])
            facts.append(f"{who} {pick(rng, MOVE_VERBS)} the {where}.")
            for actor in group:
                place[actor] = where
            moved.extend(group)
        supporting = tuple(range(len(facts) - moves, len(facts)))
        for actor in group:
            last[actor] = supporting

    def ask() -> Asked | None:
        actor = pick(rng, moved[-WINDOW:])
        return f"Where is {actor}?", (place[actor],), last[actor]

    return tell(facts, step, ask, knobs)
