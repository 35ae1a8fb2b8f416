"""Task 17 (positional reasoning): shapes above, below and beside each other.

Three shapes of different names are joined by two facts (see `grid`), and eight yes/no questions
ask about the two that no fact joins. A step in a fact has length one, so two shapes on either side of a third
are on one line, and neither is above or below the other. Half of the questions are true: then the
relation is any that holds; else any that does not. The supporting facts lead from the
shape named first in the question to the other.
"""

import random

from memnn.story import Story
from memnn.worlds.grid import OPPOSITE, STEPS, lay_out, tell_links
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
    grid = lay_out(rng, names, hops)

    told = []
    line: dict[tuple[str, str], int] = {}
    for here, way, there in tell_links(rng, grid):
        line[here, there] = line[there, here] = len(told)
        told.append(f"The {there} is {RELATIONS[way]} the {here}.")
    facts = tuple(told)

    x = y = 0
    for here, there in zip(names[:hops], names[1:]):
        dx, dy = next(STEPS[way] for way, name in grid[here].items() if name == there)
        x, y = x + dx, y + dy
    holds = [way for way, (dx, dy) in STEPS.items() if x * dx + y * dy < 0]  # of the start, seen from the end
    fails = [way for way in STEPS if way not in holds]
    start, end = names[0], names[hops]
    support = tuple(line[pair] for pair in zip(names[:hops], names[1:]))

    stories = []
    for _ in range(questions):
        true = rng.random() < 0.5
        way = pick(rng, holds if true else fails)
        answer = ("yes",) if true else ("no",)
        if rng.random() < 0.5:
            question, supporting = f"Is the {start} {RELATIONS[way]} the {end}?", support
        else:
            question = f"Is the {end} {RELATIONS[OPPOSITE[way]]} the {start}?"
            supporting = support[::-1]
        stories.append(Story(facts, question, answer, supporting))
    return stories
