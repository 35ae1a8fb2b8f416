import random
import re
from itertools import groupby, pairwise

import pytest

from memnn.question_answering.babi import read_babi
from memnn.worlds.knobs import Knobs
from memnn.worlds.times import time_reasoning

PERIODS = ["yesterday", "this morning", "this afternoon", "this evening"]
FACT = re.compile(
    r"(?:(Yesterday|This morning|This afternoon|This evening) )?(\S+) "
    r"(?:went|went back|journeyed|travelled|moved) to the (\S+?)(?: (yesterday|this \w+))?\."
)


def parse(fact):
    before, actor, place, after = FACT.fullmatch(fact).groups()
    assert (before is None) != (after is None)
    return actor, PERIODS.index((before or after).lower()), place


def solve(facts, question):
    """Sort the actor's visits by time; the last visit to the place counts."""
    actor, place = re.fullmatch(r"Where was (\S+) before the (\S+)\?", question).groups()
    visits = [
        there for _, there in sorted((when, there) for who, when, there in map(parse, facts) if who == actor)
    ]
    return visits[len(visits) - 2 - visits[::-1].index(place)]


def check(story):
    assert (solve(story.facts, story.question),) == story.answer
    assert (solve([story.facts[i] for i in story.supporting], story.question),) == story.answer
    (actor, later, _), (other, earlier, _) = (parse(story.facts[i]) for i in story.supporting)
    assert (actor, later) == (other, earlier + 1)


MANY = Knobs(questions=12, actors=tuple("ABCDEFGHIJ"), places=("here", "there", "elsewhere"))
KNOBS = [
    Knobs(),
    MANY,
    Knobs(facts=12, questions=4),
    Knobs(actors=("Ann",), questions=1),
    Knobs(facts=1, questions=1),
]


@pytest.mark.parametrize("knobs", KNOBS)
def test_a_reader_finds_the_answers(knobs):
    for seed in range(100):
        for story in time_reasoning(random.Random(seed), knobs):
            check(story)


@pytest.mark.data
@pytest.mark.parametrize("split", ["train", "valid"])
def test_a_reader_finds_the_official_answers(data, split):
    stories = read_babi(data / "babi" / "en-valid-10k", split, ["14"])
    for story in stories:
        check(story)
    for _, questions in groupby(stories, lambda story: story.id):
        check_order(list(questions))


def check_order(stories):
    """Two facts told together are told in the wrong order; and no question is about old news."""
    for before, after in pairwise(stories):
        (actor, when, _), (other, later, _) = map(parse, after.facts[len(before.facts) :])
        assert actor != other or when > later
    for before, after in zip(stories, stories[3:]):
        assert after.supporting[0] >= len(before.facts)


def test_facts_told_together_are_in_the_wrong_order_and_questions_are_about_news():
    for seed in range(200):
        check_order(time_reasoning(random.Random(seed), Knobs()))


def test_nobody_travels_twice_in_a_period_or_stays():
    for seed in range(100):
        days = sorted(map(parse, time_reasoning(random.Random(seed), Knobs())[-1].facts))
        for _, visits in groupby(days, lambda fact: fact[0]):
            visits = list(visits)
            assert [when for _, when, _ in visits] == list(range(len(visits)))
            assert all(a[2] != b[2] for a, b in pairwise(visits))


def test_the_same_seed_tells_the_same_story():
    assert time_reasoning(random.Random(3), Knobs()) == time_reasoning(random.Random(3), Knobs())
    assert time_reasoning(random.Random(3), Knobs()) != time_reasoning(random.Random(4), Knobs())


def test_the_knobs_set_actors_places_questions_and_facts():
    stories = time_reasoning(random.Random(0), MANY)
    assert len(stories) == 12
    told = [parse(fact) for fact in stories[-1].facts]
    assert {actor for actor, _, _ in told} <= set("ABCDEFGHIJ")
    assert {place for _, _, place in told} == {"here", "there", "elsewhere"}
    assert len(time_reasoning(random.Random(0), Knobs(facts=12, questions=4))[-1].facts) >= 12


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (Knobs(questions=8), "4 actors make too few journeys for 8 questions"),
        (Knobs(actors=("Ann", "Bob")), "2 actors make too few journeys for 5 questions"),
        (Knobs(facts=40), "too few journeys"),
        (Knobs(places=("here",)), "at least 2 places"),
        (Knobs(actors=()), "at least 1 actors"),
        (Knobs(questions=0), "at least 1 questions"),
        (Knobs(hops=3), "hops"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(knobs, message):
    with pytest.raises(ValueError, match=message):
        time_reasoning(random.Random(0), knobs)
