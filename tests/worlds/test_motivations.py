import random
import re

import pytest

from memnn.question_answering.babi import read_babi
from memnn.worlds.knobs import Knobs
from memnn.worlds.motivations import agents_motivations

HELP = {"hungry": "kitchen", "thirsty": "kitchen", "tired": "bedroom", "bored": "garden"}
GOT = {"hungry": "apple", "thirsty": "milk", "tired": "pajamas", "bored": "football"}


def solve(facts, question):
    """What one needs was told once, and the rest is knowledge of the world."""
    needs = {told[1].lower(): told[2] for fact in facts if (told := re.fullmatch(r"(\S+) is (\w+)\.", fact))}
    if asked := re.fullmatch(r"Where will (\S+) go\?", question):
        return HELP[needs[asked[1]]]
    name, what = re.fullmatch(r"Why did (\S+) (?:go to|get) the (\w+)\?", question).groups()
    assert what in (HELP[needs[name]], GOT[needs[name]])
    return needs[name]


def check(story):
    assert (solve(story.facts, story.question),) == story.answer
    assert (solve([story.facts[i] for i in story.supporting], story.question),) == story.answer
    assert story.facts[-1].split()[0].lower() in story.question.split()


@pytest.mark.parametrize("knobs", [Knobs(), Knobs(actors=("Ann",)), Knobs(actors=tuple("ABCDEFGHIJ"))])
def test_a_reader_finds_the_answers(knobs):
    for seed in range(100):
        for story in agents_motivations(random.Random(seed), knobs):
            check(story)


@pytest.mark.data
@pytest.mark.parametrize("split", ["train", "valid"])
def test_a_reader_finds_the_official_answers(data, split):
    for story in read_babi(data / "babi" / "en-valid-10k", split, ["20"]):
        check(story)


def test_everyone_goes_but_each_thing_is_got_once():
    for seed in range(200):
        facts = agents_motivations(random.Random(seed), Knobs())[-1].facts
        needs = [told[1] for fact in facts if (told := re.fullmatch(r"\S+ is (\w+)\.", fact))]
        got = [told[1] for fact in facts if (told := re.fullmatch(r".+ the (\w+) there\.", fact))]
        assert len(needs) == 4
        assert sorted(got) == sorted(GOT[need] for need in set(needs))
        assert len(facts) == 8 + len(got)


def test_the_same_seed_tells_the_same_story():
    assert agents_motivations(random.Random(3), Knobs()) == agents_motivations(random.Random(3), Knobs())
    assert agents_motivations(random.Random(3), Knobs()) != agents_motivations(random.Random(4), Knobs())


def test_the_knob_sets_the_actors():
    facts = agents_motivations(random.Random(0), Knobs(actors=("Ann", "Bob")))[-1].facts
    assert {fact.split()[0] for fact in facts} == {"Ann", "Bob"}


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (Knobs(actors=()), "at least 1 actors, not 0"),
        (Knobs(questions=3), "questions"),
        (Knobs(facts=3), "facts"),
        (Knobs(hops=3), "hops"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(knobs, message):
    with pytest.raises(ValueError, match=message):
        agents_motivations(random.Random(0), knobs)
