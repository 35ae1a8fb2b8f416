"""Tasks 9 and 10, against a solver that reads nothing but the text."""

import re
from collections import Counter

import pytest

from memnn.question_answering.babi import read_babi
from memnn.worlds import Knobs, simulate

FACT = re.compile(r"(\w+) (is no longer in|is not in|is either in|is in|.* to) the (\w+)(?: or the (\w+))?\.")
TASKS = ("9", "10")


def solve(story):
    """The answer and its supporting fact: the last one about the actor, whatever came before."""
    actor, asked = re.fullmatch(r"Is (\w+) in the (\w+)\?", story.question).groups()
    last = max(index for index, fact in enumerate(story.facts) if fact.startswith(actor))
    _, verb, place, other = FACT.fullmatch(story.facts[last]).groups()
    if verb in ("is not in", "is no longer in"):
        assert asked == place
        answer = "no"
    elif verb == "is either in":
        answer = "maybe" if asked in (place, other) else "no"
    else:
        answer = "yes" if asked == place else "no"
    return (answer,), (last,)


@pytest.mark.parametrize("task", TASKS)
def test_simulated_stories_answer_as_they_read(task):
    for story in simulate(task, 2000, seed=1):
        assert solve(story) == (story.answer, story.supporting)


@pytest.mark.data
@pytest.mark.parametrize("task", TASKS)
def test_official_stories_follow_the_same_rule(task, data):
    for story in read_babi(data / "babi" / "en-valid-10k", "train", [task]):
        assert solve(story) == (story.answer, story.supporting)


def test_a_negation_names_the_place_that_was_told_before():
    for story in list(simulate("9", 1000, seed=0))[4::5]:
        place = {}
        for fact in story.facts:
            actor, verb, named, _ = FACT.fullmatch(fact).groups()
            if verb in ("is not in", "is no longer in"):
                assert place.get(actor, named) == named
                place.pop(actor, None)
            else:
                assert place.get(actor) != named
                place[actor] = named


def test_one_doubt_in_six_names_a_place_twice():
    doubts = Counter()
    for story in list(simulate("10", 8000, seed=0))[4::5]:
        for fact in story.facts:
            _, verb, place, other = FACT.fullmatch(fact).groups()
            if verb == "is either in":
                doubts[place == other] += 1
    assert 0.14 < doubts[True] / doubts.total() < 0.19


def test_own_words_and_longer_stories():
    knobs = Knobs(actors=("Ann",), places=("attic", "barn"), facts=30, questions=3)
    stories = list(simulate("10", 3, 0, knobs))
    assert [len(story.facts) for story in stories] == [10, 20, 30]
    assert all(solve(story) == (story.answer, story.supporting) for story in stories)
    assert all(re.search("Ann .*(attic|barn)", fact) for fact in stories[-1].facts)


@pytest.mark.parametrize("knobs", [Knobs(hops=2), Knobs(actors=()), Knobs(places=("attic",)), Knobs(facts=0)])
def test_knobs_that_leave_nothing_to_tell(knobs):
    with pytest.raises(ValueError, match=r"hops|at least"):
        next(simulate("9", 1, 0, knobs))
