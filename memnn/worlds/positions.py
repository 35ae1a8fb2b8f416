"""Task 17 (positional reasoning): shapes above, below and beside each other.

Three shapes are joined by two facts (see `grid`), and eight yes/no questions ask about the two
that no fact joins. Each step has length one, so of two shapes on the left and on the right of a
third, neither is above or below the other. Half of the questions are to be true: their relation
is any that holds; that of the others is any that does not. The supporting facts lead from the
shape named first in the question to the other.
"""

import random

from memnn.story import Story
from memnn.worlds.grid import OPPOSITE, STEPS, directions_along, draw_links, facts_along, lay_out
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number
from memnn.worlds.telling import cast, pick

SHAPES = ("triangle", "pink rectangle", "blue square", "red square", "yellow square", "red sphere")
RELATIONS = {"north": "above", "south": "below", "west": "to the left of", "east": "to the right of"}
QUESTIONS = 8


def positional_reasoning(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 17. Knobs: facts (shapes less one), hops (facts between the two shapes asked about),
    questions, things (the shapes).
    """
    hops = number("hops", knobs.hops, 2)
    shapes = number("facts", knobs.facts, hops, at_least=hops) + 1
    questions = number("questions", knobs.questions, QUESTIONS)
    names = rng.sample(cast("things", knobs.things, SHAPES, shapes), shapes)
    path = names[: hops + 1]
    grid = lay_out(rng, names, hops)
    links = draw_links(rng, grid)
    facts = tuple(f"The {there} is {RELATIONS[way]} the {here}." for here, way, there in links)
    support = facts_along(links, path)

    walked = [STEPS[way] for way in directions_along(grid, path)]
    x, y = sum(dx for dx, _ in walked), sum(dy for _, dy in walked)
    holds = [way for way, (dx, dy) in STEPS.items() if x * dx + y * dy > 0]  # of the end, seen from the start
    fails = [way for way in STEPS if way not in holds]

    stories = []
    for _ in range(questions):
        true = rng.random() < 0.5
        answer = ("yes",) if true else ("no",)
        way = pick(rng, holds if true else fails)
        if rng.random() < 0.5:
            question = f"Is the {path[0]} {RELATIONS[OPPOSITE[way]]} the {path[-1]}?"
            stories.append(Story(facts, question, answer, support))
        else:
            question = f"Is the {path[-1]} {RELATIONS[way]} the {path[0]}?"
            stories.append(Story(facts, question, answer, support[::-1]))
    return stories
