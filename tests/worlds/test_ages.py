import random
import re

import pytest

from memnn.worlds.ages import TALKING, YEARS, ages
from memnn.worlds.knobs import Knobs

NAMES = tuple(f"P{number}" for number in range(120))
FACT = re.compile(rf"(\S+) is ({'|'.join(YEARS)}) (older|younger) than (\S+)\.")


def solve(story):
    """The answer by going from one of the two to the other, and the facts on the way."""
    links = {}
    for number, fact in enumerate(story.facts):
        if told := FACT.fullmatch(fact):
            one, years, how, other = told.groups()
            apart = (YEARS.index(years) + 1) * (1 if how == "older" else -1)
            assert one not in links.get(other, {}), "told once"
            links.setdefault(one, {})[other] = -apart, number
            links.setdefault(other, {})[one] = apart, number
    end, how, start = re.fullmatch(r"Is (\S+) (older|younger) than (\S+)\?", story.question).groups()
    found, open_ = {start: (0, ())}, [start]
    for here in open_:
        for there, (apart, number) in links[here].items():
            if there not in found:
                found[there] = found[here][0] + apart, (*found[here][1], number)
                open_.append(there)
    apart, way = found[end]
    assert apart != 0
    return ("yes" if (apart > 0) == (how == "older") else "no"), way


KNOBS = [
    Knobs(),
    Knobs(hops=1, facts=1),
    Knobs(hops=3, facts=12),
    Knobs(hops=12),
    Knobs(hops=12, facts=100, actors=NAMES),
    Knobs(hops=2, facts=15, actors=("Al", "Bo", "Cy")),
]


@pytest.mark.parametrize("knobs", KNOBS)
def test_a_reader_finds_the_answers(knobs):
    for seed in range(60):
        (story,) = ages(random.Random(seed), knobs)
        assert solve(story) == (story.answer_text, story.supporting)
        assert len(story.supporting) == knobs.hops or (not knobs.hops and len(story.supporting) in (1, 2, 3))
        assert len(story.facts) == (knobs.facts or 2 * len(story.supporting) + 1)


def test_both_answers_are_as_likely_and_some_facts_tell_of_nobodys_age():
    stories = [ages(random.Random(seed), Knobs(hops=2, facts=12))[0] for seed in range(400)]
    assert 170 < sum(story.answer == ("yes",) for story in stories) < 230
    talk = [fact for story in stories for fact in story.facts if not FACT.fullmatch(fact)]
    assert len(talk) / 4000 == pytest.approx(TALKING, abs=0.03)


def test_the_last_link_alone_does_not_decide():
    right = 0
    for seed in range(300):
        (story,) = ages(random.Random(seed), Knobs(hops=3, facts=3))
        one, _, how, other = FACT.fullmatch(story.facts[story.supporting[-1]]).groups()
        end, asked = re.match(r"Is (\S+) (\S+)", story.question).groups()
        older = (how == "older") == (one == end)
        right += (story.answer_text == "yes") == (older == (asked == "older"))
        assert end in (one, other)
    assert right < 240


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (Knobs(hops=0), "at least 1 hops, not 0"),
        (Knobs(hops=3, facts=2), "at least 3 facts, not 2"),
        (Knobs(hops=2, actors=("Al", "Bo")), "at least 3 actors, not 2"),
        (Knobs(questions=2), "questions"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(knobs, message):
    with pytest.raises(ValueError, match=message):
        ages(random.Random(0), knobs)
