import random
import re
from collections import Counter

import pytest

from memnn.question_answering.babi import read_babi
from memnn.worlds.knobs import Knobs
from memnn.worlds.positions import positional_reasoning

RELATIONS = {"above": (0, 1), "below": (0, -1), "to the left of": (-1, 0), "to the right of": (1, 0)}
RELATION = "|".join(RELATIONS)


def solve(facts, question):
    """Put the shapes on a grid, one step a fact, and look."""
    first, relation, second = re.fullmatch(rf"Is the (.+) ({RELATION}) the (.+)\?", question).groups()
    where, left = {first: (0, 0)}, [first]
    while left:
        known = left.pop()
        for fact in facts:
            here, told, there = re.fullmatch(
                rf"The (.+) ({RELATION}) the (.+)\.", fact.replace(" is ", " ", 1)
            ).groups()
            dx, dy = RELATIONS[told]
            for shape, other, sign in ((here, there, -1), (there, here, 1)):
                if shape == known and other not in where:
                    x, y = where[shape]
                    where[other] = (x + sign * dx, y + sign * dy)
                    left.append(other)
    (x, y), (dx, dy) = where[second], RELATIONS[relation]
    return "yes" if -x * dx - y * dy > 0 else "no"


def check(story):
    assert (solve(story.facts, story.question),) == story.answer
    assert (solve([story.facts[i] for i in story.supporting], story.question),) == story.answer
    first = re.match(rf"Is the (.+?) ({RELATION}) the", story.question)[1]
    assert f"he {first} " in story.facts[story.supporting[0]].replace(".", " ")


SHAPES = tuple(
    f"{colour} {shape}" for colour in ("red", "green", "blue") for shape in ("cube", "cone", "disc")
)
KNOBS = [Knobs(), Knobs(hops=1), Knobs(facts=5), Knobs(hops=5), Knobs(facts=8, hops=4, things=SHAPES)]


@pytest.mark.parametrize("knobs", KNOBS)
def test_a_reader_finds_the_answers(knobs):
    for seed in range(60):
        for story in positional_reasoning(random.Random(seed), knobs):
            check(story)


@pytest.mark.data
@pytest.mark.parametrize("split", ["train", "valid"])
def test_a_reader_finds_the_official_answers(data, split):
    for story in read_babi(data / "babi" / "en-valid-10k", split, ["17"]):
        check(story)


def test_half_of_the_questions_are_true_for_either_order_of_the_shapes():
    stories = [story for seed in range(500) for story in positional_reasoning(random.Random(seed), Knobs())]
    counts = Counter((story.answer, story.supporting) for story in stories)
    assert all(count / len(stories) == pytest.approx(0.25, abs=0.03) for count in counts.values())
    assert len(counts) == 4


def test_the_same_seed_tells_the_same_story():
    assert positional_reasoning(random.Random(3), Knobs()) == positional_reasoning(random.Random(3), Knobs())
    assert positional_reasoning(random.Random(3), Knobs()) != positional_reasoning(random.Random(4), Knobs())


def test_the_knobs_set_facts_hops_questions_and_shapes():
    stories = positional_reasoning(random.Random(0), Knobs(facts=8, hops=4, questions=3, things=SHAPES))
    assert len(stories) == 3
    assert (len(stories[0].facts), len(stories[0].supporting)) == (8, 4)
    assert all(shape in " ".join(stories[0].facts) for shape in SHAPES)


MANY_SHAPES = tuple(f"shape {number}" for number in range(121))


@pytest.mark.parametrize("hops", [1, 12])
def test_long_ways_among_many_facts(hops):
    for seed in range(2):
        for story in positional_reasoning(random.Random(seed), Knobs(120, 2, hops, things=MANY_SHAPES)):
            check(story)
            assert (len(story.facts), len(story.supporting)) == (120, hops)


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (Knobs(facts=6), "at least 7 things, not 6"),
        (Knobs(facts=1), "at least 2 facts, not 1"),
        (Knobs(facts=3, hops=4), "at least 4 facts, not 3"),
        (Knobs(hops=0), "at least 1 hops, not 0"),
        (Knobs(questions=0), "at least 1 questions, not 0"),
        (Knobs(things=("cube", "cube", "cone")), "distinct"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(knobs, message):
    with pytest.raises(ValueError, match=message):
        positional_reasoning(random.Random(0), knobs)
