"""Tasks 15 and 16: what is known of someone from what is told of their kind.

Task 15 (deduction): each of four kinds of animal is afraid of another one, and each of four names
is of some kind. To tell a fact, a kind is drawn. If what it fears was not told, that is told;
else a name is drawn, and if it was not told what it is, it is of that kind. So a name comes after
its kind. Then four questions are asked, each about any name. Supporting: what the name is, what
its kind fears.

Task 16 (induction): each of five names is of some kind. To tell a fact, a name is drawn; first
its kind is told, the second time its colour, until one name is left without: the one asked about.
The answer is the colour of that other name of its kind that was introduced last. This matters,
for a kind has no lasting colour: whenever one of the kind is introduced, its colour is drawn anew,
and all whose colour is told from then on have the new one. The kind asked about has two, four or
five names, never three. Supporting: what the name is, what the other is, its colour.
"""

import random

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import cast, pick

FEARFUL = ("Gertrude", "Winona", "Jessica", "Emily")
PREY = ("mouse", "sheep", "wolf", "cat")
PLURALS = {"mouse": "mice", "sheep": "sheep", "wolf": "wolves"}

COLOURED = ("Lily", "Bernhard", "Greg", "Julius", "Brian")
BEASTS = ("lion", "rhino", "swan", "frog")
COLOURS = ("gray", "white", "yellow", "green")


def deduction(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 15. Knobs: questions, actors (the names), things (the kinds)."""
    refuse(knobs, "facts", "hops")
    questions = number("questions", knobs.questions, 4)
    names = cast("actors", knobs.actors, FEARFUL, 1)
    kinds = cast("things", knobs.things, PREY, 2)
    told: list[str] = []
    feared: dict[str, tuple[str, int]] = {}  # what a kind fears, and the fact that says so
    known: dict[str, tuple[str, int]] = {}  # of what kind a name is, and the fact that says so
    while len(told) < len(names) + len(kinds):
        kind = pick(rng, kinds)
        if kind not in feared:
            enemy = pick(rng, kinds)
            while enemy == kind:
                enemy = pick(rng, kinds)
            feared[kind] = enemy, len(told)
            told.append(f"{_plural(kind).capitalize()} are afraid of {_plural(enemy)}.")
        elif (name := pick(rng, names)) not in known:
            known[name] = kind, len(told)
            told.append(f"{name} is {_one(kind)}.")

    facts = tuple(told)
    stories = []
    for _ in range(questions):
        name = pick(rng, names)
        kind, name_fact = known[name]
        enemy, fear_fact = feared[kind]
        question = f"What is {name.lower()} afraid of?"
        stories.append(Story(facts, question, (enemy,), (name_fact, fear_fact)))
    return stories


def induction(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 16. Knobs: actors (the names), things (the kinds)."""
    refuse(knobs, "facts", "questions", "hops")
    names = cast("actors", knobs.actors, COLOURED, 2)
    kinds = cast("things", knobs.things, BEASTS, 1)
    if len(kinds) == 1 and len(names) == 3:
        raise ValueError("this task does not ask about three of one kind: give more names or kinds")

    facts: list[str] = []
    drawn, asked = _order(rng, names)
    kind_of = _assign(rng, names, kinds, asked)
    colour_of_kind: dict[str, str] = {}
    introduced: dict[str, int] = {}  # the fact that tells a name's kind
    coloured: dict[str, tuple[str, int]] = {}  # a name's colour, and the fact that tells it
    for name in drawn:
        kind = kind_of[name]
        if name not in introduced:
            colour_of_kind[kind] = pick(rng, COLOURS)
            introduced[name] = len(facts)
            facts.append(f"{name} is {_one(kind)}.")
        else:
            coloured[name] = colour_of_kind[kind], len(facts)
            facts.append(f"{name} is {colour_of_kind[kind]}.")

    like = [name for name in introduced if name != asked and kind_of[name] == kind_of[asked]][-1]
    colour, fact = coloured[like]
    supporting = (introduced[asked], introduced[like], fact)
    return [Story(tuple(facts), f"What color is {asked}?", (colour,), supporting)]


def _order(rng: random.Random, names: tuple[str, ...]) -> tuple[list[str], str]:
    """Names in the order they are drawn, twice each but for one; and that one, to be asked about."""
    left = dict.fromkeys(names, 2)
    drawn: list[str] = []
    while len(drawn) < 2 * len(names) - 1:
        name = pick(rng, names)
        if left[name]:
            left[name] -= 1
            drawn.append(name)
    return drawn, next(name for name in names if left[name])


def _assign(rng: random.Random, names: tuple[str, ...], kinds: tuple[str, ...], asked: str) -> dict[str, str]:
    """A kind for each name, so that there is another of the kind asked about, and not three of it."""
    while True:
        kind_of = {name: pick(rng, kinds) for name in names}
        if list(kind_of.values()).count(kind_of[asked]) not in (1, 3):
            return kind_of


def _plural(kind: str) -> str:
    return PLURALS.get(kind, kind + "s")


def _one(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
