import random
import re
from collections import Counter

import pytest

from memnn.question_answering.babi import read_babi
from memnn.worlds.kinds import deduction, induction
from memnn.worlds.knobs import Knobs

SINGULAR = {"mice": "mouse", "sheep": "sheep", "wolves": "wolf", "cats": "cat", "owls": "owl", "dogs": "dog"}


def feared(facts, question):
    name = re.fullmatch(r"What is (\S+) afraid of\?", question)[1]
    kinds, fears = {}, {}
    for fact in facts:
        if told := re.fullmatch(r"(\S+) is an? (\S+)\.", fact):
            kinds[told[1].lower()] = told[2]
        else:
            kind, enemy = re.fullmatch(r"(\S+) are afraid of (\S+)\.", fact).groups()
            fears[SINGULAR[kind.lower()]] = SINGULAR[enemy]
    return fears[kinds[name]]


def coloured(facts, question):
    """The colour of the one of the same kind introduced last."""
    name = re.fullmatch(r"What color is (\S+)\?", question)[1]
    kinds, colours = {}, {}
    for fact in facts:
        if told := re.fullmatch(r"(\S+) is an? (\S+)\.", fact):
            kinds[told[1]] = told[2]
        else:
            who, colour = re.fullmatch(r"(\S+) is (\S+)\.", fact).groups()
            colours[who] = colour
    return colours[[who for who in kinds if kinds[who] == kinds[name] and who != name][-1]]


WORLDS = {"15": (deduction, feared), "16": (induction, coloured)}
NAMES = tuple("ABCDEFGHIJKL")
KNOBS = {
    "15": [Knobs(), Knobs(questions=9), Knobs(actors=NAMES, things=("owl", "dog"))],
    "16": [Knobs(), Knobs(actors=NAMES), Knobs(actors=("A", "B")), Knobs(things=("owl",))],
}


def check(task, story):
    solve = WORLDS[task][1]
    assert (solve(story.facts, story.question),) == story.answer
    assert (solve([story.facts[i] for i in story.supporting], story.question),) == story.answer


@pytest.mark.parametrize(("task", "knobs"), [(task, knobs) for task in KNOBS for knobs in KNOBS[task]])
def test_a_reader_finds_the_answers(task, knobs):
    for seed in range(200):
        for story in WORLDS[task][0](random.Random(seed), knobs):
            check(task, story)


@pytest.mark.data
@pytest.mark.parametrize("task", WORLDS)
def test_a_reader_finds_the_official_answers(task, data):
    for split in ("train", "valid"):
        for story in read_babi(data / "babi" / "en-valid-10k", split, [task]):
            check(task, story)
            rules[task](story)


def name_after_kind(story):
    """Whoever is introduced, what their kind fears was told before."""
    told = set()
    for fact in story.facts:
        if one := re.fullmatch(r"\S+ is an? (\S+)\.", fact):
            assert one[1] in told
        else:
            told.add(SINGULAR[fact.split()[0].lower()])


def colour_of_the_day(story):
    """Between two introductions of a kind it has one colour; and nobody asks about three of a kind."""
    kinds, today = {}, {}
    for fact in story.facts:
        who, _, *_, what = fact.rstrip(".").split()
        if " a " in fact or " an " in fact:
            kinds[who] = what
            today[what] = None
        else:
            assert today[kinds[who]] in (None, what)
            today[kinds[who]] = what
    asked = story.question.split()[-1].rstrip("?")
    assert Counter(kinds.values())[kinds[asked]] not in (1, 3)


rules = {"15": name_after_kind, "16": colour_of_the_day}


@pytest.mark.parametrize("task", WORLDS)
def test_the_rules_found_in_the_official_files_hold(task):
    for seed in range(300):
        for story in WORLDS[task][0](random.Random(seed), Knobs()):
            rules[task](story)


def test_a_kind_whose_next_member_is_introduced_may_change_its_colour():
    changed = Counter()
    for seed in range(400):
        (story,) = induction(random.Random(seed), Knobs(things=("owl",)))
        colours = {fact.split()[-1] for fact in story.facts if " an " not in fact}
        changed[len(colours) > 1] += 1
    assert changed[True] > 50 and changed[False] > 10


def test_kinds_and_names_are_drawn_evenly():
    """After the first kind, any of four kinds is drawn; if it is the same one, a name is told."""
    second, first_name = Counter(), Counter()
    for seed in range(3000):
        facts = deduction(random.Random(seed), Knobs())[0].facts
        second["afraid" in facts[1]] += 1
        first_name[next(fact for fact in facts if "afraid" not in fact).split()[0]] += 1
    assert second[True] / 3000 == pytest.approx(3 / 4, abs=0.03)
    assert all(count / 3000 == pytest.approx(1 / 4, abs=0.03) for count in first_name.values())


@pytest.mark.parametrize("make", [deduction, induction])
def test_the_same_seed_tells_the_same_story(make):
    assert make(random.Random(3), Knobs()) == make(random.Random(3), Knobs())
    assert make(random.Random(3), Knobs()) != make(random.Random(4), Knobs())


def test_the_knobs_set_names_kinds_and_questions():
    stories = deduction(random.Random(0), Knobs(questions=9, actors=NAMES, things=("owl", "wolf")))
    assert (len(stories), len(stories[0].facts)) == (9, 14)
    assert "Owls are afraid of wolves." in stories[0].facts
    assert any(fact.endswith("is an owl.") for fact in stories[0].facts)
    (story,) = induction(random.Random(0), Knobs(actors=NAMES))
    assert len(story.facts) == 2 * len(NAMES) - 1


@pytest.mark.parametrize(
    ("make", "knobs", "message"),
    [
        (deduction, Knobs(things=("owl",)), "at least 2 things, not 1"),
        (deduction, Knobs(actors=()), "at least 1 actors, not 0"),
        (deduction, Knobs(questions=0), "at least 1 questions, not 0"),
        (deduction, Knobs(facts=5), "facts"),
        (induction, Knobs(actors=("A",)), "at least 2 actors, not 1"),
        (induction, Knobs(actors=("A", "B", "C"), things=("owl",)), "three of one kind"),
        (induction, Knobs(hops=3), "hops"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(make, knobs, message):
    with pytest.raises(ValueError, match=message):
        make(random.Random(0), knobs)
