import random
import re

import pytest

from memnn.worlds.belongings import NUMBERS
from memnn.worlds.kitchen import kitchen
from memnn.worlds.knobs import Knobs

FACTS = {
    "fill": [
        r"\S+ filled the (?P<b>.+) with (?P<a>.+)\.",
        r"\S+ poured the (?P<a>.+) into the (?P<b>.+)\.",
        r"The (?P<a>.+) is kept in the (?P<b>.+)\.",
    ],
    "place": [
        r"\S+ set the (?P<a>.+) on the (?P<b>.+)\.",
        r"The (?P<a>.+) stands on the (?P<b>.+)\.",
        r"\S+ moved the (?P<a>.+) to the (?P<b>.+)\.",
    ],
    "stir": [
        r"\S+ stirred (?P<a>.+) into the (?P<b>.+)\.",
        r"\S+ added (?P<a>.+) to the (?P<b>.+)\.",
        r"The (?P<b>.+) got some (?P<a>.+)\.",
    ],
    "cook": [
        r"(?P<a>\S+) (?:began|took over) the (?P<b>.+)\.",
        r"(?P<a>\S+) put the pot for the (?P<b>.+) on the stove\.",
        r"Now (?P<a>\S+) sees to the (?P<b>.+)\.",
    ],
}
QUESTIONS = {
    "shelf": r"Where is the (.+)\?",
    "cook": r"Who is making the (.+)\?",
    "list": r"What is in the (.+)\?",
    "number": r"How many foods are in the (.+)\?",
    "whether": r"Is there (.+) in the (.+)\?",
}


def read(fact):
    ((kind, match),) = [
        (kind, match)
        for kind, forms in FACTS.items()
        for form in forms
        if (match := re.fullmatch(form, fact))
    ]
    return kind, match["a"], match["b"]


def solve(facts, question):
    ((kind, match),) = [(k, m) for k, form in QUESTIONS.items() if (m := re.fullmatch(form, question))]
    told = [read(fact) for fact in facts]
    if kind == "shelf":
        jar = [b for what, a, b in told if (what, a) == ("fill", match[1])][-1]
        return ([b for what, a, b in told if (what, a) == ("place", jar)][-1],)
    if kind == "cook":
        return ([a for what, a, b in told if (what, b) == ("cook", match[1])][-1],)
    if kind == "whether":
        return ("yes" if ("stir", match[1], match[2]) in told else "no",)
    foods = [a for what, a, b in told if (what, b) == ("stir", match[1])]
    assert len(set(foods)) == len(foods)
    return (NUMBERS[len(foods)],) if kind == "number" else tuple(foods) or ("nothing",)


FEW = Knobs(facts=40, questions=2, actors=("Al",), places=("here", "there"), things=("egg", "oil"))
MANY = Knobs(facts=400, questions=2, things=tuple(f"food {number}" for number in range(30)))


@pytest.mark.parametrize("knobs", [Knobs(), Knobs(facts=60), FEW, MANY])
def test_a_reader_finds_the_answers(knobs):
    for seed in range(40):
        for story in kitchen(random.Random(seed), knobs):
            assert solve(story.facts, story.question) == story.answer
            assert solve([story.facts[i] for i in story.supporting], story.question) == story.answer


def test_all_kinds_of_questions_are_asked():
    asked = [story.question for seed in range(100) for story in kitchen(random.Random(seed), Knobs())]
    for form in QUESTIONS.values():
        assert sum(bool(re.fullmatch(form, question)) for question in asked) > 40


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (Knobs(hops=2), "hops"),
        (Knobs(questions=0), "at least 1 questions, not 0"),
        (Knobs(places=("here",)), "at least 2 places, not 1"),
        (Knobs(things=("egg",)), "at least 2 things, not 1"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(knobs, message):
    with pytest.raises(ValueError, match=message):
        kitchen(random.Random(0), knobs)
