"""The knobs of tasks 1 to 3 and 5 to 8."""

import re

import pytest

from memnn.worlds import Knobs, simulate


@pytest.mark.parametrize("task", ["1", "2", "3", "5", "6", "7", "8"])
def test_own_words(task):
    knobs = Knobs(actors=("Ann", "Bob"), places=("attic", "barn", "cellar"), things=("axe", "bow"))
    text = " ".join(word for story in simulate(task, 50, 0, knobs) for word in (*story.facts, story.question))
    for official in ("Mary", "Fred", "kitchen", "milk", "football"):
        assert official not in text
    assert {"Ann", "Bob", "attic", "barn", "cellar"} <= set(re.findall(r"\w+", text))


def test_more_things_than_the_official_three():
    things = tuple("abcdefghijkl")
    most = max(len(story.supporting) for story in simulate("7", 50, 0, Knobs(things=things, facts=300)))
    assert most > 20
    with pytest.raises(ValueError, match="at most 12 things, not 13"):
        simulate_one("7", Knobs(things=(*things, "m")))


@pytest.mark.parametrize(
    ("task", "knobs", "message"),
    [
        ("1", Knobs(hops=2), "does not let hops be set"),
        ("1", Knobs(actors=()), "at least 1 actors, not 0"),
        ("1", Knobs(places=("attic",)), "at least 2 places, not 1"),
        ("2", Knobs(things=()), "at least 1 things, not 0"),
        ("2", Knobs(things=("axe", "axe")), "things must be distinct"),
        ("5", Knobs(actors=("Ann",)), "at least 2 actors, not 1"),
        ("6", Knobs(questions=0), "at least 1 questions, not 0"),
        ("8", Knobs(facts=0), "at least 1 facts, not 0"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(task, knobs, message):
    with pytest.raises(ValueError, match=message):
        simulate_one(task, knobs)


def simulate_one(task, knobs):
    return next(simulate(task, 1, 0, knobs))
