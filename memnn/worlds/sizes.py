"""Task 18 (size reasoning): what is bigger, through a thing of a size between.

A chocolate is smaller than a box of chocolates, and both are smaller than four other things,
whose order of size differs from story to story. Five facts are told, each about any two things;
then questions about all facts so far are searched for five times, 40 tries each. So it goes on
until there are five or more: seldom are there more, up to nine.

To find a question, a fact is drawn, and one of its two things, which is to be the one between; the
first other fact that speaks of it is the second. They make a question if both lead the same way,
from big to small or from small to big. It asks about the outer two things, in the order of the
facts: 'Is .. bigger than ..?' or 'Does .. fit in ..?', so that it is true when the way leads
down. (The outer two may also have been compared by a fact directly.)

The labels have one quirk: when facts repeat a comparison, two of them count as the same half of
the time, whatever their words, and then the last of the two stands for the fact drawn.
"""

import random
from itertools import pairwise

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number
from memnn.worlds.telling import cast, pick

SWEETS = ("chocolate", "box of chocolates")
BOXES = ("box", "chest", "container", "suitcase")
FACTS = 5
QUESTIONS = 5
HOPS = 2
TRIES = 40

Comparison = tuple[str, str, bool]  # the bigger, the smaller, and a coin: see the quirk above


def size_reasoning(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 18. Knobs: facts, questions, things (in any order of size), hops (facts that lead from
    one thing of the question to the other).

    A chain of the length set is always told; the official two hops leave it to chance.
    """
    hops = number("hops", knobs.hops, HOPS)
    each = number("facts", knobs.facts, max(FACTS, hops), at_least=hops)
    questions = number("questions", knobs.questions, QUESTIONS)
    cast("things", knobs.things, SWEETS + BOXES, hops + 1)
    own = knobs.things
    order = rng.sample(own, len(own)) if own is not None else [*SWEETS, *rng.sample(BOXES, len(BOXES))]

    told: list[Comparison] = []
    facts: list[str] = []
    stories: list[Story] = []
    while len(stories) < questions:
        new = _chain_of(rng, order, hops) if hops != HOPS and not told else []
        new += [_compare(rng, order) for _ in range(each - len(new))]
        rng.shuffle(new)
        told += new
        facts += [_sentence(rng, comparison) for comparison in new]
        for _ in range(questions):
            found = _find(rng, told, hops)
            if found is not None:
                stories.append(_ask(rng, told, facts, *found))
    return stories[: knobs.questions]


def _compare(rng: random.Random, order: list[str]) -> Comparison:
    """Any two things, each pair as likely as the others."""
    first = second = int(rng.random() * len(order))
    while second == first:
        second = int(rng.random() * len(order))
    return order[max(first, second)], order[min(first, second)], rng.random() < 0.5


def _chain_of(rng: random.Random, order: list[str], hops: int) -> list[Comparison]:
    things = [order[rank] for rank in sorted(rng.sample(range(len(order)), hops + 1))]
    return [(big, small, rng.random() < 0.5) for small, big in pairwise(things)]


def _find(rng: random.Random, told: list[Comparison], hops: int) -> tuple[bool, list[int]] | None:
    """Whether a question leads down in size, and its facts from one thing to the other; None if not found."""
    for _ in range(TRIES):
        drawn = pick(rng, told)
        last_same = len(told) - 1 - told[::-1].index(drawn)
        down = rng.random() < 0.5
        chain = _chain(told, last_same, down, hops, strict=hops == HOPS, dead=set())
        if chain is not None:
            return down, chain
    return None


def _chain(
    told: list[Comparison], fact: int, down: bool, hops: int, strict: bool, dead: set[tuple[str, int]]
) -> list[int] | None:
    """A fact and those that lead on from it, to smaller things or to bigger ones.

    Strictly, as in the official files, the first other fact that speaks of the thing between must lead on.
    `dead` collects the things that lead nowhere, with the number of hops that were left.
    """
    if hops == 1:
        return [fact]
    middle = told[fact][1] if down else told[fact][0]
    if (middle, hops) in dead:
        return None
    for index, (big, small, _) in enumerate(told):
        if middle == (big if down else small):
            rest = _chain(told, index, down, hops - 1, strict, dead)
            if rest is not None:
                return [fact, *rest]
        elif strict and middle == (small if down else big) and index != fact:
            return None
    dead.add((middle, hops))
    return None


def _ask(rng: random.Random, told: list[Comparison], facts: list[str], down: bool, chain: list[int]) -> Story:
    start, end = told[chain[0]][not down], told[chain[-1]][down]
    question = (
        f"Is the {start} bigger than the {end}?"
        if rng.random() < 0.5
        else f"Does the {end} fit in the {start}?"
    )
    return Story(tuple(facts), question, ("yes" if down else "no",), tuple(chain))


def _sentence(rng: random.Random, comparison: Comparison) -> str:
    big, small, _ = comparison
    if rng.random() < 0.5:
        return f"The {big} is bigger than the {small}."
    return f"The {small} fits inside the {big}."
