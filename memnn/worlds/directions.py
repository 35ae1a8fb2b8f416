"""Tasks 4 and 19: rooms next to each other (see `grid` for how they are laid out and told).

Task 4 (two-argument relations): three rooms on a line, and the two facts that join neighbours.
One fact is asked back, in its own words or turned around: after 'The office is north of the
kitchen', either 'What is north of the kitchen?' or 'What is the kitchen south of?'. The answer
is always the room that the fact names first.

Task 19 (path finding): six rooms joined by five facts. The question asks the way along two of
them; the answer is its directions, 'n', 's', 'e' or 'w', in the order one walks.
"""

import random
from itertools import pairwise

from memnn.story import Story
from memnn.worlds.grid import OPPOSITE, Grid, directions_along, draw_links, facts_along, join, lay_out
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import PLACES, cast, pick


def two_argument_relations(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 4. Knobs: facts (rooms on the line, less one), places."""
    refuse(knobs, "questions", "hops")
    rooms = number("facts", knobs.facts, 2) + 1
    names = rng.sample(cast("places", knobs.places, PLACES, rooms), rooms)
    grid: Grid = {name: {} for name in names}
    line = pick(rng, ("north", "east"))
    for here, there in pairwise(names):
        join(grid, here, line, there)

    told = [(here, OPPOSITE[way], there) for here, way, there in draw_links(rng, grid)]
    facts = tuple(f"The {here} is {way} of the {there}." for here, way, there in told)
    asked = int(rng.random() * len(told))
    answer, way, other = told[asked]
    if rng.random() < 0.5:
        question = f"What is {way} of the {other}?"
    else:
        question = f"What is the {other} {OPPOSITE[way]} of?"
    return [Story(facts, question, (answer,), (asked,))]


def path_finding(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 19. Knobs: facts (rooms less one), hops (length of the way), places.

    Where the number of facts is not set, all places are used.
    """
    refuse(knobs, "questions")
    hops = number("hops", knobs.hops, 2)
    places = cast("places", knobs.places, PLACES, hops + 1)
    rooms = number("facts", knobs.facts, len(places) - 1, at_least=hops) + 1
    names = rng.sample(cast("places", places, PLACES, rooms), rooms)
    path = names[: hops + 1]
    grid = lay_out(rng, names, hops)
    links = draw_links(rng, grid)

    facts = tuple(f"The {here} is {OPPOSITE[way]} of the {there}." for here, way, there in links)
    question = f"How do you go from the {path[0]} to the {path[-1]}?"
    answer = tuple(way[0] for way in directions_along(grid, path))
    return [Story(facts, question, answer, facts_along(links, path))]
