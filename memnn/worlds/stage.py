"""The stage of tasks 1 to 3 and 5 to 8: actors walk between places and carry things about.

It keeps who is where and who carries what (the truth), and where each of that was told (the
supporting facts). Found in the official files:

- Actors and things begin anywhere, and the story does not say where.
- Each fact is one deed. A kind of deed and an actor are drawn until they fit: one cannot move
  to where one is, get what is not here, or put down what one does not carry. So those who can do
  more do more.
- A giver is not drawn: of all gifts that can be made (someone carries a thing and someone else is
  there), it is always the first, things and then receivers in the order of the cast. So a thing
  just given is often given back.
- 'There' ends one in five sentences about things; getting always has it, except in task 3.
"""

import random
from typing import NamedTuple

from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import refuse
from memnn.worlds.telling import ACTORS, MOVE_VERBS, PLACES, THINGS, WINDOW, cast, pick

GET_VERBS = ("took", "got", "grabbed", "picked up")
PUT_VERBS = ("dropped", "discarded", "left", "put down")
GIVE_VERBS = ("gave", "passed", "handed")
THERE = 0.2

MOVING = ("move",)
CARRYING = ("move", "get", "put")
GIVING = ("move", "get", "put", "give")


class Deed(NamedTuple):
    """One fact: Mary *moves* to the kitchen, *gets*, *puts* down or *gives* the milk."""

    fact: int
    kind: str
    actor: str
    what: str  # the place moved to, or the thing
    receiver: str = ""


class Stage:
    """Actors, places and things, and all that was done."""

    def __init__(
        self,
        rng: random.Random,
        knobs: Knobs,
        kinds: tuple[str, ...],
        actors: tuple[str, ...] = ACTORS,
        get_there: float = 1.0,
    ) -> None:
        """Raises ValueError when the knobs leave too few actors, places or things, or ask for hops."""
        refuse(knobs, "hops")
        self.rng = rng
        self.actors = cast("actors", knobs.actors, actors, 2 if "give" in kinds else 1)
        self.places = cast("places", knobs.places, PLACES, 2)
        self.things = cast("things", knobs.things, THINGS, 1) if "get" in kinds else ()
        self.kinds = kinds
        self.get_there = get_there
        self.facts: list[str] = []
        self.deeds: list[Deed] = []
        self.place = {actor: pick(rng, self.places) for actor in self.actors}
        self.lies: dict[str, str | None] = {thing: pick(rng, self.places) for thing in self.things}
        self.carried: dict[str, list[str]] = {actor: [] for actor in self.actors}
        self.moves: dict[str, list[Deed]] = {actor: [] for actor in self.actors}
        self.handling: dict[str, list[Deed]] = {thing: [] for thing in self.things}

    def step(self) -> None:
        """Something is done that can be done: one more fact."""
        done = False
        while not done:
            kind = pick(self.rng, self.kinds)
            done = self._give() if kind == "give" else self._try(kind, pick(self.rng, self.actors))

    def recent(self, *kinds: str) -> list[Deed]:
        """The deeds of these kinds among the last five: what may be asked about."""
        return [deed for deed in self.deeds[-WINDOW:] if deed.kind in kinds]

    def _try(self, kind: str, actor: str) -> bool:
        here = self.place[actor]
        if kind == "move":
            where = pick(self.rng, self.places)
            if where == here:
                return False
            self._do(kind, actor, where)
            return True
        things = self.carried[actor] if kind == "put" else [t for t in self.things if self.lies[t] == here]
        if not things:
            return False
        self._do(kind, actor, pick(self.rng, things))
        return True

    def _give(self) -> bool:
        for thing in self.things:
            if self.lies[thing] is None:
                giver = next(actor for actor in self.actors if thing in self.carried[actor])
                for other in self.actors:
                    if other != giver and self.place[other] == self.place[giver]:
                        self._do("give", giver, thing, other)
                        return True
        return False

    def _do(self, kind: str, actor: str, what: str, receiver: str = "") -> None:
        deed = Deed(len(self.facts), kind, actor, what, receiver)
        self.deeds.append(deed)
        if kind == "move":
            self.place[actor] = what
            self.moves[actor].append(deed)
            self.facts.append(f"{actor} {pick(self.rng, MOVE_VERBS)} the {what}.")
            return
        self.handling[what].append(deed)
        if kind == "get":
            self.lies[what] = None
            self.carried[actor].append(what)
            self._say(actor, GET_VERBS, what, self.get_there)
        elif kind == "put":
            self.lies[what] = self.place[actor]
            self.carried[actor].remove(what)
            self._say(actor, PUT_VERBS, what, THERE)
        else:
            self.carried[actor].remove(what)
            self.carried[receiver].append(what)
            self.facts.append(f"{actor} {pick(self.rng, GIVE_VERBS)} the {what} to {receiver}.")

    def _say(self, actor: str, verbs: tuple[str, ...], thing: str, there: float) -> None:
        end = " there." if self.rng.random() < there else "."
        self.facts.append(f"{actor} {pick(self.rng, verbs)} the {thing}{end}")
