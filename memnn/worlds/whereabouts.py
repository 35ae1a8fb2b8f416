"""Tasks 9 and 10: someone is, is not, or is perhaps in a place (negation; indefinite knowledge).

Nobody carries things. Each fact brings one actor to another place (nothing is told twice): half
of the facts tell a move, a quarter 'is in', and a quarter tell it by what was left or by a doubt:

- Task 9: 'is not in' or 'is no longer in' the place where the actor was; where to is not told.
- Task 10: 'is either in' the new place or in a place drawn from all, in either order; one in six
  names the same place twice.

Asked about is the actor of one of the last five facts; supporting is that actor's last fact.
Half of the questions name the place where the actor is, the others any other place, and the
answer is what the last fact allows: yes or no, or maybe if it was a doubt that names the place.
After a negation the question always names the place that was left, and the answer is no.
"""

import random
from typing import NamedTuple

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import refuse
from memnn.worlds.telling import ACTORS, MOVE_VERBS, PLACES, WINDOW, Asked, cast, pick, tell

DOUBTERS = ("Fred", "Mary", "Bill", "Julie")
TOWN = ("school", "park", "cinema", "office", "kitchen", "bedroom")


class Told(NamedTuple):
    """What a fact replies when asked about a place it names: yes, no or maybe."""

    fact: int
    reply: str
    places: tuple[str, ...]


class Whereabouts:
    """Where everyone is, and what was told of it."""

    def __init__(
        self, rng: random.Random, knobs: Knobs, actors: tuple[str, ...], places: tuple[str, ...], doubts: bool
    ) -> None:
        """Raises ValueError when the knobs leave no actor or fewer than two places."""
        refuse(knobs, "hops")
        self.rng = rng
        self.actors = cast("actors", knobs.actors, actors, 1)
        self.places = cast("places", knobs.places, places, 2)
        self.doubts = doubts
        self.place = {actor: pick(rng, self.places) for actor in self.actors}
        self.facts: list[str] = []
        self.about: list[str] = []  # the actor of each fact
        self.last: dict[str, Told] = {}

    def step(self) -> None:
        """Someone goes to another place; the fact says so, or says less."""
        actor = pick(self.rng, self.actors)
        was = self.place[actor]
        self.place[actor] = now = self.elsewhere(was)
        chance = self.rng.random()
        told: tuple[str, tuple[str, ...]] = ("yes", (now,))
        if chance < 0.5:
            said = f"{pick(self.rng, MOVE_VERBS)} the {now}"
        elif chance < 0.75:
            said = f"is in the {now}"
        elif self.doubts:
            either = [now, pick(self.rng, self.places)]
            self.rng.shuffle(either)
            said = "is either in the {} or the {}".format(*either)
            told = "maybe", tuple(either)
        else:
            said = f"{pick(self.rng, ('is not', 'is no longer'))} in the {was}"
            told = "no", (was,)
        self.last[actor] = Told(len(self.facts), *told)
        self.about.append(actor)
        self.facts.append(f"{actor} {said}.")

    def elsewhere(self, here: str) -> str:
        """Any other place."""
        return pick(self.rng, [place for place in self.places if place != here])


def simple_negation(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 9. Knobs: facts, questions, actors, places."""
    scene = Whereabouts(rng, knobs, ACTORS, PLACES, doubts=False)
    return tell(scene.facts, scene.step, lambda: _whether_there(scene), knobs)


def indefinite_knowledge(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 10. Knobs: facts, questions, actors, places."""
    scene = Whereabouts(rng, knobs, DOUBTERS, TOWN, doubts=True)
    return tell(scene.facts, scene.step, lambda: _whether_there(scene), knobs)


def _whether_there(scene: Whereabouts) -> Asked | None:
    actor = pick(scene.rng, scene.about[-WINDOW:])
    told = scene.last[actor]
    if told.reply == "no":
        asked = told.places[0]
    else:
        truly = scene.rng.random() < 0.5
        asked = scene.place[actor] if truly else scene.elsewhere(scene.place[actor])
    answer = told.reply if asked in told.places else "no"
    return f"Is {actor} in the {asked}?", (answer,), (told.fact,)
