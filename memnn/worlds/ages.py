"""Ages: whether someone is older than someone else, through a chain of differences.

Facts say by how many years one is older or younger than another, and other things that nobody asks about; the
question is about the two ends of a chain. Steps lead up and down, so that no link alone decides it, and
nobody else's age does: the others hang off the chain.
"""

import random
from itertools import pairwise

from memnn.story import Story
from memnn.worlds.families import NAMES
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import cast, pick

YEARS = ("one year", "two years", "three years", "four years", "five years")
TALK = (
    "{a} likes {w}.",
    "{a} sold the old {w}.",
    "{a} and {b} spoke of {w}.",
    "{a} gave {b} a lift to the station.",
    "It rained in {p}.",
)
THINGS = ("tea", "piano", "bicycle", "chess", "football", "boat", "camera")
TOWNS = ("Lisbon", "Bergen", "Turin", "Leeds")
HOPS = (1, 2, 3)
TALKING = 0.3  # share of the facts behind the chain that tell of nobody's age


def ages(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Who is older. Knobs: facts, hops (from one of the two to the other; 1 to 3 unless told), actors.

    Where the number of facts is not set, twice as many are told as the chain has, and one more.
    """
    refuse(knobs, "questions")
    hops = number("hops", knobs.hops, pick(rng, HOPS))
    count = number("facts", knobs.facts, 2 * hops + 1, at_least=hops)
    names = cast("actors", knobs.actors, NAMES, hops + 1)
    people = rng.sample(names, min(len(names), count + 1))
    chain = people[: hops + 1]
    apart = 0
    while apart == 0:  # those of one age are not asked about
        steps = [_draw_years(rng) for _ in range(hops)]
        apart = sum(steps)
    told = [_tell(rng, here, there, years) for (here, there), years in zip(pairwise(chain), steps)]
    others = people[hops + 1 :]
    while len(told) < count:
        if others and rng.random() >= TALKING:
            told.append(_tell(rng, pick(rng, chain), others.pop(), _draw_years(rng)))
        else:
            one, other = rng.sample(people, 2)
            said = pick(rng, TALK)
            told.append(said.format(a=one, b=other, w=pick(rng, THINGS), p=pick(rng, TOWNS)))
    places = rng.sample(range(count), count)  # where in the story each is told
    facts = [""] * count
    for place, fact in zip(places, told):
        facts[place] = fact
    start, end, way = chain[0], chain[-1], places[:hops]
    older = apart > 0
    if rng.random() < 0.5:
        question = f"Is {end} older than {start}?"
    else:
        question, older = f"Is {end} younger than {start}?", not older
    return [Story(tuple(facts), question, ("yes" if older else "no",), tuple(way))]


def _draw_years(rng: random.Random) -> int:
    return pick(rng, (1, -1)) * (1 + int(rng.random() * len(YEARS)))


def _tell(rng: random.Random, here: str, there: str, years: int) -> str:
    """How much older `there` is than `here`, in either direction."""
    if rng.random() < 0.5:
        here, there, years = there, here, -years
    return f"{there} is {YEARS[abs(years) - 1]} {'older' if years > 0 else 'younger'} than {here}."
