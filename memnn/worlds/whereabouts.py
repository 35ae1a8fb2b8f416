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
from collections.abc import Callable

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import refuse
from memnn.worlds.telling import ACTORS, MOVE_VERBS, PLACES, WINDOW, Asked, cast, pick, tell

DOUBTERS = ("Fred", "Mary", "Bill", "Julie")
TOWN = ("school", "park", "cinema", "office", "kitchen", "bedroom")

Reply = Callable[[str], str]  # from the place asked about to yes, no or maybe
Telling = tuple[str, Reply, str | None]  # a sentence, what it replies, and the only place to ask about


def simple_negation(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 9. Knobs: facts, questions, actors, places."""

    def negate(actor: str, was: str, now: str) -> Telling:
        negation = pick(rng, ("is not in", "is no longer in"))
        return f"{actor} {negation} the {was}.", lambda asked: "no", was

    return _whereabouts(rng, knobs, ACTORS, PLACES, negate)


def indefinite_knowledge(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 10. Knobs: facts, questions, actors, places."""
    places = cast("places", knobs.places, TOWN, 2)

    def doubt(actor: str, was: str, now: str) -> Telling:
        either, other = now, pick(rng, places)
        if rng.random() < 0.5:
            either, other = other, either
        said = f"{actor} is either in the {either} or the {other}."
        return said, lambda asked: "maybe" if asked in (either, other) else "no", None

    return _whereabouts(rng, knobs, DOUBTERS, TOWN, doubt)


def _whereabouts(
    rng: random.Random,
    knobs: Knobs,
    official_actors: tuple[str, ...],
    official_places: tuple[str, ...],
    hint: Callable[[str, str, str], Telling],
) -> list[Story]:
    refuse(knobs, "hops")
    actors = cast("actors", knobs.actors, official_actors, 1)
    places = cast("places", knobs.places, official_places, 2)
    place = {actor: pick(rng, places) for actor in actors}
    facts: list[str] = []
    told: list[str] = []  # the actor of each fact
    last: dict[str, tuple[int, Reply, str | None]] = {}

    def step() -> None:
        actor = pick(rng, actors)
        was = place[actor]
        place[actor] = now = pick(rng, [p for p in places if p != was])
        chance = rng.random()
        if chance < 0.75:
            verb = pick(rng, MOVE_VERBS) if chance < 0.5 else "is in"
            said, only = f"{actor} {verb} the {now}.", None
            reply: Reply = lambda asked: "yes" if asked == now else "no"  # noqa: E731
        else:
            said, reply, only = hint(actor, was, now)
        last[actor] = (len(facts), reply, only)
        facts.append(said)
        told.append(actor)

    def ask() -> Asked | None:
        actor = pick(rng, told[-WINDOW:])
        fact, reply, only = last[actor]
        truly = rng.random() < 0.5
        asked = only or (place[actor] if truly else pick(rng, [p for p in places if p != place[actor]]))
        return f"Is {actor} in the {asked}?", (reply(asked),), (fact,)

    return tell(facts, step, ask, knobs)
