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

With the knob `hops` things come in groups by size, and a fact compares things of neighbouring groups: so
no way from one thing to another is shorter than their groups are apart. A chain with one thing of each group
is told, and the questions ask about the ends of so long a piece of it; where facts and things suffice it goes
on beyond either end, and the other facts hang on things told of already.

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
    one thing of the question to the other, and no fewer do).
    """
    hops = number("hops", knobs.hops, HOPS)
    each = number("facts", knobs.facts, max(FACTS, hops), at_least=hops)
    questions = number("questions", knobs.questions, QUESTIONS)
    cast("things", knobs.things, SWEETS + BOXES, hops + 1)
    own = knobs.things
    order = rng.sample(own, len(own)) if own is not None else [*SWEETS, *rng.sample(BOXES, len(BOXES))]
    if knobs.hops is not None:
        return _in_groups(rng, order, hops, each, questions)

    told: list[Comparison] = []
    facts: list[str] = []
    stories: list[Story] = []
    while len(stories) < questions:
        new = [_compare(rng, order) for _ in range(each)]
        told += new
        facts += [_sentence(rng, big, small) for big, small, _ in new]
        for _ in range(questions):
            found = _find(rng, told)
            if found is not None:
                down, (first, second) = found
                top, bottom = (first, second) if down else (second, first)
                ends = told[top][0], told[bottom][1]
                stories.append(_ask(rng, facts, down, *(ends if down else ends[::-1]), [first, second]))
    return stories[: knobs.questions]


def _in_groups(rng: random.Random, order: list[str], hops: int, count: int, questions: int) -> list[Story]:
    told_hops = min(hops + 2, count, len(order) - 1)  # beyond both ends, lest an end be known by being one
    cuts = sorted(rng.sample(range(1, len(order)), told_hops))
    groups = [order[start:end] for start, end in pairwise((0, *cuts, len(order)))]
    chain = list(enumerate(pick(rng, group) for group in groups))
    links = [(big, small) for (_, small), (_, big) in pairwise(chain)]
    mentioned = chain.copy()
    while len(links) < count:
        group, thing = pick(rng, mentioned)
        near = group + 1 if group == 0 or (group < told_hops and rng.random() < 0.5) else group - 1
        other = pick(rng, groups[near])
        mentioned.append((near, other))
        links.append((other, thing) if near > group else (thing, other))
    numbers = rng.sample(range(count), count)  # where in the story each link is told
    facts = [""] * count
    for number_, link in zip(numbers, links):
        facts[number_] = _sentence(rng, *link)

    start = (told_hops - hops + int(rng.random() < 0.5)) // 2
    up = numbers[start : start + hops]
    small, big = chain[start][1], chain[start + hops][1]
    stories = []
    for _ in range(questions):
        down = rng.random() < 0.5
        way = (big, small, up[::-1]) if down else (small, big, up)
        stories.append(_ask(rng, facts, down, *way))
    return stories


def _compare(rng: random.Random, order: list[str]) -> Comparison:
    """Any two things, each pair as likely as the others."""
    first = second = int(rng.random() * len(order))
    while second == first:
        second = int(rng.random() * len(order))
    return order[max(first, second)], order[min(first, second)], rng.random() < 0.5


def _find(rng: random.Random, told: list[Comparison]) -> tuple[bool, list[int]] | None:
    """Whether a question leads down in size, and its facts from one thing to the other; None if not found."""
    for _ in range(TRIES):
        drawn = pick(rng, told)
        first = len(told) - 1 - told[::-1].index(drawn)
        down = rng.random() < 0.5
        second = _lead_on(told, first, down)
        if second is not None:
            return down, [first, second]
    return None


def _lead_on(told: list[Comparison], fact: int, down: bool) -> int | None:
    """The first other fact that speaks of the thing between, if it leads the same way, down or up."""
    middle = told[fact][1] if down else told[fact][0]
    for index, (big, small, _) in enumerate(told):
        if middle == (big if down else small):
            return index
        if middle == (small if down else big) and index != fact:
            return None
    return None


def _ask(rng: random.Random, facts: list[str], down: bool, start: str, end: str, way: list[int]) -> Story:
    question = (
        f"Is the {start} bigger than the {end}?"
        if rng.random() < 0.5
        else f"Does the {end} fit in the {start}?"
    )
    return Story(tuple(facts), question, ("yes" if down else "no",), tuple(way))


def _sentence(rng: random.Random, big: str, small: str) -> str:
    if rng.random() < 0.5:
        return f"The {big} is bigger than the {small}."
    return f"The {small} fits inside the {big}."
