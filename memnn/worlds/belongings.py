"""Tasks 5, 7 and 8: who gave what to whom, and what or how much someone carries.

Task 5 (three argument relations): a recent gift is drawn; the question is about the last gift of
the same thing, and asks for its giver, for the thing or for its receiver, each as often.
'What did Bill give to Fred?' rests on that gift even when Bill has since given Fred another
thing (one question in 500).

Tasks 7 and 8 (counting; lists): an actor who got, put down or gave something recently is drawn.
Supporting are all facts by which something came to that actor or went: in task 7 in the order
told, in task 8 thing by thing. A list names things in the order in which the actor first got them.
"""

import random

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.stage import CARRYING, GIVING, Stage
from memnn.worlds.telling import Asked, pick, tell

GIVERS = ("Mary", "Fred", "Bill", "Jeff")
NUMBERS = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"
)  # fmt: skip


def three_argument_relations(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 5. Knobs: facts, questions, actors, places, things."""
    stage = Stage(rng, knobs, GIVING, actors=GIVERS)
    return tell(stage.facts, stage.step, lambda: _about_a_gift(stage), knobs)


def _about_a_gift(stage: Stage) -> Asked | None:
    gifts = stage.recent("give")
    if not gifts:
        return None
    thing = pick(stage.rng, gifts).what
    gift = [deed for deed in stage.handling[thing] if deed.kind == "give"][-1]
    giver, receiver = gift.actor, gift.receiver
    question, answer = pick(
        stage.rng,
        (
            (f"Who gave the {thing}?", giver),
            (f"Who gave the {thing} to {receiver}?", giver),
            (f"What did {giver} give to {receiver}?", thing),
            (f"What did {giver} give to {receiver}?", thing),
            (f"Who did {giver} give the {thing} to?", receiver),
            (f"Who received the {thing}?", receiver),
        ),
    )
    return question, (answer,), (gift.fact,)


def counting(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 7. Knobs: facts, questions, actors, places, things (at most twelve)."""
    stage = Stage(rng, knobs, GIVING)
    if len(stage.things) >= len(NUMBERS):
        raise ValueError(f"counting knows at most {len(NUMBERS) - 1} things, not {len(stage.things)}")
    return tell(stage.facts, stage.step, lambda: _how_many(stage), knobs)


def _how_many(stage: Stage) -> Asked | None:
    handled = stage.recent("get", "put", "give")
    if not handled:
        return None
    actor = pick(stage.rng, handled).actor
    supporting = [d.fact for d in stage.deeds if d.kind != "move" and actor in (d.actor, d.receiver)]
    number = NUMBERS[len(stage.carried[actor])]
    return f"How many objects is {actor} carrying?", (number,), tuple(supporting)


def lists_sets(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 8. Knobs: facts, questions, actors, places, things."""
    stage = Stage(rng, knobs, CARRYING)
    return tell(stage.facts, stage.step, lambda: _which_things(stage), knobs)


def _which_things(stage: Stage) -> Asked | None:
    handled = stage.recent("get", "put")
    if not handled:
        return None
    actor = pick(stage.rng, handled).actor
    by_thing: dict[str, list[int]] = {}
    for deed in stage.deeds:
        if deed.kind != "move" and deed.actor == actor:
            by_thing.setdefault(deed.what, []).append(deed.fact)
    carried = [thing for thing in by_thing if thing in stage.carried[actor]]
    supporting = tuple(fact for facts in by_thing.values() for fact in facts)
    return f"What is {actor} carrying?", tuple(carried) or ("nothing",), supporting
