import random
import re

import pytest

from memnn.question_answering.babi import read_babi
from memnn.worlds.directions import path_finding, two_argument_relations
from memnn.worlds.knobs import Knobs

FACT = re.compile(r"The (.+) is (north|south|east|west) of the (.+)\.")
STEPS = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
LETTERS = {(0, 1): "n", (0, -1): "s", (1, 0): "e", (-1, 0): "w"}


def neighbours(facts):
    """From each room, the step to each of its neighbours."""
    steps = {}
    for fact in facts:
        here, way, there = FACT.fullmatch(fact).groups()
        dx, dy = STEPS[way]
        steps.setdefault(there, {})[here] = (dx, dy)
        steps.setdefault(here, {})[there] = (-dx, -dy)
    return steps


def next_room(facts, question):
    """'What is north of the kitchen?' and 'What is the kitchen south of?' are the same question."""
    if asked := re.fullmatch(r"What is (north|south|east|west) of the (.+)\?", question):
        (dx, dy), room = STEPS[asked[1]], asked[2]
    else:
        asked = re.fullmatch(r"What is the (.+) (north|south|east|west) of\?", question)
        (x, y), room = STEPS[asked[2]], asked[1]
        dx, dy = -x, -y
    return tuple(there for there, step in neighbours(facts)[room].items() if step == (dx, dy))


def way(facts, question):
    """Breadth first, from room to room."""
    start, end = re.fullmatch(r"How do you go from the (.+) to the (.+)\?", question).groups()
    steps, ways = neighbours(facts), {start: ()}
    for room in (queue := [start]):
        for there, step in steps[room].items():
            if there not in ways:
                ways[there] = (*ways[room], LETTERS[step])
                queue.append(there)
    return ways[end]


WORLDS = {"4": (two_argument_relations, next_room), "19": (path_finding, way)}
ROOMS = tuple(f"room {number}" for number in range(40))
KNOBS = {
    "4": [Knobs(), Knobs(facts=1), Knobs(facts=12, places=ROOMS)],
    "19": [Knobs(), Knobs(hops=1), Knobs(hops=5), Knobs(places=ROOMS, hops=7), Knobs(facts=8, places=ROOMS)],
}


def check(task, story):
    solve = WORLDS[task][1]
    assert solve(story.facts, story.question) == story.answer
    assert solve([story.facts[i] for i in story.supporting], story.question) == story.answer


@pytest.mark.parametrize(("task", "knobs"), [(task, knobs) for task in KNOBS for knobs in KNOBS[task]])
def test_a_reader_finds_the_answers(task, knobs):
    for seed in range(100):
        (story,) = WORLDS[task][0](random.Random(seed), knobs)
        check(task, story)


@pytest.mark.data
@pytest.mark.parametrize("task", WORLDS)
def test_a_reader_finds_the_official_answers(task, data):
    for split in ("train", "valid"):
        for story in read_babi(data / "babi" / "en-valid-10k", split, [task]):
            check(task, story)


def test_the_supporting_facts_of_a_way_are_in_the_order_one_walks():
    (story,) = path_finding(random.Random(1), Knobs(places=ROOMS, hops=7))
    here = re.findall(r"from the (.+) to", story.question)[0]
    for number in story.supporting:
        first, _, second = FACT.fullmatch(story.facts[number]).groups()
        here = second if first == here else first
    assert here == re.findall(r"to the (.+)\?", story.question)[0]


@pytest.mark.parametrize("make", [two_argument_relations, path_finding])
def test_the_same_seed_tells_the_same_story(make):
    assert make(random.Random(3), Knobs()) == make(random.Random(3), Knobs())
    assert make(random.Random(3), Knobs()) != make(random.Random(4), Knobs())


def test_the_knobs_set_the_number_of_facts_and_the_length_of_the_way():
    (story,) = two_argument_relations(random.Random(0), Knobs(facts=12, places=ROOMS))
    assert len(story.facts) == 12
    (story,) = path_finding(random.Random(0), Knobs(facts=9, hops=4, places=ROOMS))
    assert (len(story.facts), len(story.answer), len(story.supporting)) == (9, 4, 4)
    (story,) = path_finding(random.Random(0), Knobs(places=("cellar", "attic", "porch", "shed")))
    assert {room for fact in story.facts for room in FACT.fullmatch(fact).groups()[::2]} == {
        "cellar",
        "attic",
        "porch",
        "shed",
    }


MANY_ROOMS = tuple(f"room {number}" for number in range(121))


def test_long_ways_among_many_facts():
    for seed in range(20):
        for knobs in (
            Knobs(facts=120, hops=12, places=MANY_ROOMS),
            Knobs(facts=120, hops=1, places=MANY_ROOMS),
        ):
            (story,) = path_finding(random.Random(seed), knobs)
            check("19", story)
            assert len(story.facts) == 120
            assert len(story.answer) == len(story.supporting) == knobs.hops


@pytest.mark.parametrize(
    ("make", "knobs", "message"),
    [
        (two_argument_relations, Knobs(facts=6), "at least 7 places, not 6"),
        (two_argument_relations, Knobs(facts=0), "at least 1 facts, not 0"),
        (two_argument_relations, Knobs(hops=2), "hops"),
        (path_finding, Knobs(facts=6), "at least 7 places, not 6"),
        (path_finding, Knobs(facts=2, hops=3), "at least 3 facts, not 2"),
        (path_finding, Knobs(hops=0), "at least 1 hops, not 0"),
        (path_finding, Knobs(hops=6), "at least 7 places, not 6"),
        (path_finding, Knobs(questions=2), "questions"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(make, knobs, message):
    with pytest.raises(ValueError, match=message):
        make(random.Random(0), knobs)
