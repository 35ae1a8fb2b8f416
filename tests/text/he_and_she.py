"""Stories in which names are told apart by he and she."""

import random

from memnn.story import Story

MEN, WOMEN = ("adam", "carl", "emil"), ("beth", "dora", "fay")
PEOPLE, PLACES, THINGS = (*MEN, *WOMEN), ("barn", "hill", "lake", "mill"), ("book", "lamp", "ring")


def told(tell, times, seed=0, others=4):
    """So many stories as told by `tell(rng)`, facts, question and answer, with other facts before."""
    rng, stories = random.Random(seed), []
    for _ in range(times):
        facts, question, answer = tell(rng)
        before = [f"{rng.choice(PEOPLE)} went to the {rng.choice(PLACES)}" for _ in range(others)]
        stories.append(Story((*before, *facts), question, (answer,)))
    return stories


def two_who_met(rng):
    man, woman = rng.choice(MEN), rng.choice(WOMEN)
    one, other = rng.sample((man, woman), 2)
    return man, woman, f"{one} met {other} at the {rng.choice(PLACES)}"


def who_took_it(rng):
    man, woman, met = two_who_met(rng)
    some = rng.sample(THINGS, 2)
    told = [f"he took the {some[0]}", f"she took the {some[1]}"]
    rng.shuffle(told)
    which = rng.randrange(2)
    return [met, *told], f"who took the {some[which]}", (man, woman)[which]


def where_they_went(rng):
    man, woman, met = two_who_met(rng)
    some = rng.sample(PLACES, 2)
    told = [f"he went to the {some[0]}", f"she went to the {some[1]}"]
    rng.shuffle(told)
    which = rng.randrange(2)
    return [met, *told], f"where is {(man, woman)[which]}", some[which]
