"""Tasks 4 and 19: rooms next to each other (see `grid` for how they are laid out and told).

Task 4 (two-argument relations): three rooms on a line, and the two facts that join neighbours.
One fact is asked back, in its own words or turned around: after 'The office is north of the
kitchen', either 'What is north of the kitchen?' or 'What is the kitchen south of?'. The answer
is always the room that the fact names first.

Task 19 (path finding): six rooms joined by five facts. The question asks the way along two of
them; the answer is its directions, 'n', 's', 'e' or 'w', in the order one walks.
"""

import random

from memnn.story import Story
from memnn.worlds.grid import OPPOSITE, Grid, join, lay_out, tell_links
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import PLACES, cast, pick


def two_argument_relations(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 4. Knobs: facts (rooms on the line, less one), places."""
    refuse(knobs, "questions", "hops")
    rooms = number("facts", knobs.facts, 2) + 1
    names = rng.sample(cast("places", knobs.places, PLACES, rooms), rooms)
    grid: Grid = {name: {} for name in names}
    direction = pick(rng, ("north", "east"))
    for here, there in zip(names, names[1:]):
        join(grid, here, direction, there)

    told = [(here, OPPOSITE[way], there) for here, way, there in tell_links(rng, grid)]
    facts = tuple(f"The {here} is {way} of the {there}." for here, way, there in told)
    fact = int(rng.random() * len(told))
    answer, way, other = told[fact]
    if rng.random() < 0.5:
        question = f"What is {way} of the {other}?"
    else:
        question = f"What is the {other} {OPPOSITE[way]} of?"
    return [Story(facts, question, (answer,), (fact,))]


def path_finding(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 19. Knobs: facts (rooms less one; own places are all used when it is not set), hops
    (length of the way), places.
    """
    refuse(knobs, "questions")
    hops = number("hops", knobs.hops, 2)
    places = cast("places", knobs.places, PLACES, hops + 1)
    rooms = number("facts", knobs.facts, len(places) - 1, at_least=hops) + 1
    names = rng.sample(cast("places", places, PLACES, rooms), rooms)
    grid = lay_out(rng, names, hops)

    facts = []
    line: dict[tuple[str, str], int] = {}
    for here, way, there in tell_links(rng, grid):
        line[here, there] = line[there, here] = len(facts)
        facts.append(f"The {here} is {OPPOSITE[way]} of the {there}.")
    steps = list(zip(names[:hops], names[1:]))
    answer = tuple(next(way[0] for way, room in grid[here].items() if room == there) for here, there in steps)
    question = f"How do you go from the {names[0]} to the {names[hops]}?"
    return [Story(tuple(facts), question, answer, tuple(line[step] for step in steps))]
