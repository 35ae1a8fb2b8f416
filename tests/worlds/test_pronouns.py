"""Tasks 11 to 13, against a solver that reads nothing but the text."""

import re

import pytest

from memnn.question_answering.babi import read_babi
from memnn.worlds import Knobs, simulate

FACT = re.compile(
    r"(?:(?:Afterwards|After that|Following that|Then) (?P<pronoun>he|she|they)"
    r"|(?P<who>\w+)(?: and (?P<too>\w+))?)"
    r" (?:went|journeyed|travelled|moved|went back) to the (?P<place>\w+)\."
)
TASKS = ("11", "12", "13")


def solve(story):
    """Where the actor is: the place of the last sentence about them, pronouns read as the names before."""
    place, support, group, first = {}, {}, (), 0
    for index, fact in enumerate(story.facts):
        told = FACT.fullmatch(fact)
        if not told["pronoun"]:
            group, first = tuple(filter(None, (told["who"], told["too"]))), index
        for actor in group:
            assert place.get(actor) != told["place"]
            place[actor], support[actor] = told["place"], tuple(range(first, index + 1))
    actor = re.fullmatch(r"Where is (\w+)\?", story.question)[1]
    return (place[actor],), support[actor]


@pytest.mark.parametrize("task", TASKS)
def test_simulated_stories_answer_as_they_read(task):
    for story in simulate(task, 2000, seed=1):
        assert solve(story) == (story.answer, story.supporting)


@pytest.mark.data
@pytest.mark.parametrize("task", TASKS)
def test_official_stories_follow_the_same_rule(task, data):
    for story in read_babi(data / "babi" / "en-valid-10k", "train", [task]):
        assert solve(story) == (story.answer, story.supporting)


def test_she_is_a_woman_and_he_is_a_man():
    for story in simulate("11", 200, seed=0):
        for name, later in zip(story.facts[::2], story.facts[1::2]):
            she = name.split()[0] in ("Mary", "Sandra")
            assert FACT.fullmatch(later)["pronoun"] == ("she" if she else "he")


def test_own_actors_are_she_and_he_by_turns_unless_known():
    (story,) = simulate("11", 1, 0, Knobs(actors=("Ann", "Bob", "John"), facts=60, questions=1))
    heard = {
        (name.split()[0], FACT.fullmatch(later)["pronoun"])
        for name, later in zip(story.facts[::2], story.facts[1::2])
    }
    assert heard == {("Ann", "she"), ("Bob", "he"), ("John", "he")}


def test_a_question_reaches_five_moves_back():
    """Two move in each sentence of task 12: of the third sentence back only the second is asked about."""
    back = set()
    for story in simulate("12", 3000, seed=0):
        (fact,) = story.supporting
        told = FACT.fullmatch(story.facts[fact])
        back.add((len(story.facts) - fact, story.question[len("Where is ") : -1] == told["too"]))
    assert back == {(1, True), (1, False), (2, True), (2, False), (3, True)}


@pytest.mark.parametrize(
    ("task", "knobs"),
    [
        ("11", Knobs(actors=())),
        ("11", Knobs(hops=1)),
        ("12", Knobs(actors=("Ann",))),
        ("13", Knobs(places=("attic", "barn"))),
    ],
)
def test_knobs_that_leave_nothing_to_tell(task, knobs):
    with pytest.raises(ValueError, match=r"hops|at least"):
        next(simulate(task, 1, 0, knobs))
