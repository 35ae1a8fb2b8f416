import random
import re
from itertools import groupby, pairwise

import pytest

from memnn.question_answering.babi import read_babi
from memnn.worlds.knobs import Knobs
from memnn.worlds.sizes import size_reasoning


def bigger(fact):
    """The bigger and the smaller thing of a fact."""
    if told := re.fullmatch(r"The (.+) is bigger than the (.+)\.", fact):
        return told[1], told[2]
    small, big = re.fullmatch(r"The (.+) fits inside the (.+)\.", fact).groups()
    return big, small


def claimed(question):
    """What the question takes to be the bigger and the smaller thing."""
    if asked := re.fullmatch(r"Is the (.+) bigger than the (.+)\?", question):
        return asked[1], asked[2]
    small, big = re.fullmatch(r"Does the (.+) fit in the (.+)\?", question).groups()
    return big, small


def solve(facts, question):
    """Everything smaller than either thing, step by step."""
    pairs = [bigger(fact) for fact in facts]

    def below(thing):
        found, left = set(), [thing]
        while left:
            big = left.pop()
            new = {small for large, small in pairs if large == big} - found
            found |= new
            left += new
        return found

    big, small = claimed(question)
    assert (small in below(big)) != (big in below(small))
    return "yes" if small in below(big) else "no"


def check(story):
    assert (solve(story.facts, story.question),) == story.answer
    support = [story.facts[i] for i in story.supporting]
    assert (solve(support, story.question),) == story.answer
    chain = [bigger(fact) for fact in support]
    if story.answer == ("no",):
        chain = [pair[::-1] for pair in chain]
    assert all(a[1] == b[0] for a, b in pairwise(chain))
    assert (chain[0][0], chain[-1][1]) == claimed(story.question)


def check_second_fact(story):
    """The second fact is the first one told, but for the other, that speaks of the thing between."""
    first, second = story.supporting
    (between,) = set(bigger(story.facts[first])) & set(bigger(story.facts[second]))
    others = (i for i, fact in enumerate(story.facts) if i != first and between in bigger(fact))
    assert second == next(others)


BALLS = tuple(f"ball {number}" for number in range(12))


def least_hops(facts, question):
    """How many facts lead from the bigger thing to the smaller at least, breadth first."""
    pairs = [bigger(fact) for fact in facts]
    start, end = claimed(question) if solve(facts, question) == "yes" else claimed(question)[::-1]
    found, hops = {start}, 0
    while end not in found:
        found, hops = {small for big, small in pairs if big in found}, hops + 1
    return hops


KNOBS = [
    Knobs(),
    Knobs(hops=1),
    Knobs(hops=5),
    Knobs(facts=20, hops=5),
    Knobs(facts=100, hops=5, questions=2),
    Knobs(facts=30, hops=8, things=BALLS),
    Knobs(facts=2, questions=9),
    Knobs(things=("egg", "hen", "cow")),
]


@pytest.mark.parametrize("knobs", KNOBS)
def test_a_reader_finds_the_answers(knobs):
    for seed in range(30):
        for story in size_reasoning(random.Random(seed), knobs):
            check(story)


@pytest.mark.data
@pytest.mark.parametrize("split", ["train", "valid"])
def test_a_reader_finds_the_official_answers(data, split):
    stories = read_babi(data / "babi" / "en-valid-10k", split, ["18"])
    for story in stories:
        check(story)
        check_second_fact(story)
    for _, questions in groupby(stories, lambda story: story.id):
        assert all(len(story.facts) % 5 == 0 for story in questions)


def test_the_second_fact_is_the_first_told_of_the_thing_between():
    for seed in range(300):
        for story in size_reasoning(random.Random(seed), Knobs()):
            check_second_fact(story)
            assert len(story.facts) % 5 == 0


def test_a_story_whose_search_came_short_goes_on_to_a_few_questions_more():
    lengths = [len(size_reasoning(random.Random(seed), Knobs())) for seed in range(1000)]
    assert min(lengths) == 5
    assert 5 < max(lengths) < 10
    assert 0.005 < sum(length > 5 for length in lengths) / len(lengths) < 0.04


def share_of_last(stories):
    """Where the first supporting fact tells what another fact tells too: how often it is the later one."""
    later = earlier = 0
    for story in stories:
        told = [bigger(fact) for fact in story.facts]
        same = [i for i, pair in enumerate(told) if pair == told[story.supporting[0]]]
        if len(same) == 2:
            later += story.supporting[0] == same[1]
            earlier += story.supporting[0] == same[0]
    return later / (later + earlier)


@pytest.mark.data
def test_of_facts_that_tell_the_same_the_later_one_is_preferred_as_often_as_officially(data):
    official = share_of_last(read_babi(data / "babi" / "en-valid-10k", "train", ["18"]))
    own = share_of_last(
        story for seed in range(2000) for story in size_reasoning(random.Random(seed), Knobs())
    )
    assert own == pytest.approx(official, abs=0.08)


def test_the_number_of_questions_is_exact_when_set():
    lengths = {len(size_reasoning(random.Random(seed), Knobs(questions=5))) for seed in range(300)}
    assert lengths == {5}


def test_the_same_seed_tells_the_same_story():
    assert size_reasoning(random.Random(3), Knobs()) == size_reasoning(random.Random(3), Knobs())
    assert size_reasoning(random.Random(3), Knobs()) != size_reasoning(random.Random(4), Knobs())


MANY_BALLS = tuple(f"ball {number}" for number in range(101))


@pytest.mark.parametrize(
    "knobs",
    [
        Knobs(facts=30, hops=8, questions=3, things=BALLS),
        Knobs(facts=6, hops=1, questions=2),
        Knobs(facts=2, hops=2, questions=2),
        Knobs(facts=20, hops=5, questions=2),
        Knobs(facts=100, hops=12, questions=2, things=MANY_BALLS),
    ],
)
def test_the_knobs_set_facts_hops_questions_and_things(knobs):
    for seed in range(20):
        stories = size_reasoning(random.Random(seed), knobs)
        assert len(stories) == knobs.questions
        for story in stories:
            check(story)
            assert len(story.facts) == knobs.facts
            assert len(story.supporting) == least_hops(story.facts, story.question) == knobs.hops
            assert not knobs.things or all(set(bigger(fact)) <= set(knobs.things) for fact in story.facts)


def test_the_biggest_asked_about_is_seldom_the_biggest_of_all():
    """Or else it would be known by never being the smaller one of a fact."""
    for seed in range(20):
        story = size_reasoning(random.Random(seed), Knobs(facts=20, hops=3, things=BALLS))[0]
        bigs, smalls = zip(*map(bigger, story.facts))
        assert set(claimed(story.question)) <= set(bigs) & set(smalls)


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (Knobs(hops=6), "at least 7 things, not 6"),
        (Knobs(facts=2, hops=3), "at least 3 facts, not 2"),
        (Knobs(hops=0), "at least 1 hops, not 0"),
        (Knobs(questions=0), "at least 1 questions, not 0"),
        (Knobs(things=("egg", "hen")), "at least 3 things, not 2"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(knobs, message):
    with pytest.raises(ValueError, match=message):
        size_reasoning(random.Random(0), knobs)
