"""Task 20 (agent's motivations): who wants something goes to where it is and gets it.

Each of four actors is hungry, thirsty, tired or bored, and does three things: says so, goes to the
place that helps, and gets the thing that helps. The next to act is any actor with something left
to do; a thing is got only once, so of two actors in the same need one is left without. After each
fact comes its question: where the actor will go, why the actor went, why the actor got it.
Supporting: the fact that tells the need. Where the answer is a place it stands neither in story
nor in question: that the tired go to the bedroom is known from other stories alone.
"""

import random

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import refuse
from memnn.worlds.stage import GET_VERBS
from memnn.worlds.telling import MOVE_VERBS, cast, pick

ACTORS = ("Sumit", "Yann", "Jason", "Antoine")
NEEDS = {
    "hungry": ("kitchen", "apple"),
    "thirsty": ("kitchen", "milk"),
    "tired": ("bedroom", "pajamas"),
    "bored": ("garden", "football"),
}
_NEEDS = tuple(NEEDS)


def agents_motivations(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 20. Knobs: actors. There are as many facts and questions as they have things to do."""
    refuse(knobs, "facts", "questions", "hops")
    actors = cast("actors", knobs.actors, ACTORS, 1)
    need_of = {actor: pick(rng, _NEEDS) for actor in actors}
    need_told: dict[str, int] = {}
    gone: set[str] = set()
    got: set[str] = set()  # needs whose thing is taken
    busy = list(actors)  # those with something left to do
    facts: list[str] = []
    stories: list[Story] = []
    while busy:
        actor = pick(rng, busy)
        name, need = actor.lower(), need_of[actor]
        place, thing = NEEDS[need]
        if actor not in need_told:
            need_told[actor] = len(facts)
            facts.append(f"{actor} is {need}.")
            question, answer = f"Where will {name} go?", place
        elif actor not in gone:
            gone.add(actor)
            facts.append(f"{actor} {pick(rng, MOVE_VERBS)} the {place}.")
            question, answer = f"Why did {name} go to the {place}?", need
        else:
            got.add(need)
            facts.append(f"{actor} {pick(rng, GET_VERBS)} the {thing} there.")
            question, answer = f"Why did {name} get the {thing}?", need
        busy = [other for other in actors if other not in gone or need_of[other] not in got]
        stories.append(Story(tuple(facts), question, (answer,), (need_told[actor],)))
    return stories
