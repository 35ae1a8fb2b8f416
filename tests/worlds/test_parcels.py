import random
import re

import pytest

from memnn.worlds.knobs import Knobs
from memnn.worlds.parcels import CARRIED, VEHICLES, parcels

FACTS = [
    re.compile(r"The (?P<a>.+) was packed into the (?P<b>.+)\."),
    re.compile(r"The (?P<a>.+) is now in the (?P<b>.+)\."),
    re.compile(r"The (?P<a>.+) was put on the (?P<b>.+)\."),
    re.compile(r"The (?P<a>.+) left for (?P<b>.+)\."),
    re.compile(r"\S+ put the (?P<a>.+) into the (?P<b>.+)\."),
    re.compile(r"\S+ loaded the (?P<a>.+) onto the (?P<b>.+)\."),
    re.compile(r"\S+ got the (?P<a>.+) on the (?P<b>.+)\."),
    re.compile(r"\S+ (?:drove|took) the (?P<a>.+) to (?P<b>.+)\."),
]
NAMES = tuple(f"box {number}" for number in range(40))


def read(fact):
    (match,) = filter(None, (form.fullmatch(fact) for form in FACTS))
    return match["a"], match["b"]


def where(facts, thing):
    """The newest fact of each thing holds; from the thing out, as far as it goes, and by which facts."""
    place, told = {}, {}
    for number, fact in enumerate(facts):
        a, b = read(fact)
        place[a], told[a] = b, number
    way = []
    while thing in place:
        assert told[thing] not in way, "something lies in itself"
        way.append(told[thing])
        thing = place[thing]
    return thing, tuple(way)


KNOBS = [
    Knobs(),
    Knobs(hops=1, facts=1),
    Knobs(hops=2, facts=30),
    Knobs(hops=12),
    Knobs(hops=12, facts=100, things=NAMES),
    Knobs(hops=4, facts=20, things=("egg", "nest", "tree"), places=("here", "there"), actors=("Wind",)),
]


@pytest.mark.parametrize("knobs", KNOBS)
def test_a_reader_finds_the_answers(knobs):
    for seed in range(60):
        (story,) = parcels(random.Random(seed), knobs)
        thing = re.fullmatch(r"(?:Where|In which city) is the (.+)\?", story.question)[1]
        assert where(story.facts, thing) == (story.answer_text, story.supporting)
        assert len(story.supporting) == (knobs.hops or len(story.supporting))
        assert len(story.facts) == (knobs.facts or 3 * len(story.supporting))


def test_nothing_goes_into_something_smaller():
    sizes = [*CARRIED, *VEHICLES]
    for seed in range(60):
        for fact in parcels(random.Random(seed), Knobs(facts=20))[0].facts:
            a, b = read(fact)
            if b in sizes:
                assert a not in VEHICLES and sizes.index(a) < sizes.index(b)


def test_things_of_the_chain_may_lie_elsewhere_before():
    stories = [parcels(random.Random(seed), Knobs(facts=20))[0] for seed in range(50)]
    moved = [{read(story.facts[i])[0] for i in story.supporting} for story in stories]
    again = [
        sum(read(fact)[0] in things for fact in story.facts) > len(things)
        for story, things in zip(stories, moved)
    ]
    assert sum(again) > 20


def test_own_words():
    knobs = Knobs(hops=3, facts=9, actors=("Zoe",), places=("Rome", "Oslo"), things=("ring", "purse"))
    words = " ".join(" ".join(parcels(random.Random(seed), knobs)[0].facts) for seed in range(20))
    assert "Zoe" in words and "Rome" in words and "ring" in words
    assert not any(thing in words for thing in CARRIED)


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (Knobs(hops=0), "at least 1 hops, not 0"),
        (Knobs(hops=3, facts=2), "at least 3 facts, not 2"),
        (Knobs(hops=3, things=("egg",)), "at least 2 things, not 1"),
        (Knobs(places=("here",)), "at least 2 places, not 1"),
        (Knobs(questions=2), "questions"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(knobs, message):
    with pytest.raises(ValueError, match=message):
        parcels(random.Random(0), knobs)
