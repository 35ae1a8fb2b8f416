import random
import re

import pytest

from memnn.worlds.debts import debts
from memnn.worlds.knobs import Knobs

LENDING = [
    r"(?P<a>\S+) borrowed (?P<n>\S+) crowns from (?P<b>\S+)\.",
    r"(?P<b>\S+) lent (?P<n>\S+) crowns to (?P<a>\S+)\.",
    r"(?P<a>\S+) got (?P<n>\S+) crowns from (?P<b>\S+) as a loan\.",
]
SELLING = [
    r"(?P<a>\S+) sold every claim to (?P<b>\S+)\.",
    r"(?P<b>\S+) took over the claims of (?P<a>\S+)\.",
    r"What was owed to (?P<a>\S+) is now owed to (?P<b>\S+)\.",
]
PAYING = [r"(?P<a>\S+) paid everything back\.", r"(?P<a>\S+) settled the debt\."]
NAMES = tuple(f"P{number}" for number in range(30))


def match(forms, fact):
    return next(filter(None, (re.fullmatch(form, fact) for form in forms)), None)


def solve(facts, question):
    """Follow one debtor's debt through the story: the answer, and the facts that touched it."""
    amount = re.fullmatch(r"How much does (\S+) owe\?", question)
    debtor = (amount or re.fullmatch(r"Whom does (\S+) owe\?|Who must be paid by (\S+)\?", question)).groups()
    (debtor,) = filter(None, debtor)
    creditor, lent, way = None, None, ()
    for number, fact in enumerate(facts):
        if loan := match(LENDING, fact):
            assert loan["a"] != loan["b"]
            if loan["a"] == debtor:
                assert creditor in (None, "nobody"), "nobody owes two at once"
                creditor, lent, way = loan["b"], loan["n"], (number,)
        elif sale := match(SELLING, fact):
            if sale["a"] == creditor:
                assert sale["b"] != debtor
                creditor, way = sale["b"], (*way, number)
        elif match(PAYING, fact)["a"] == debtor:
            creditor, way = "nobody", (number,)
    return (lent if amount else creditor), way[:1] if amount else way


KNOBS = [
    Knobs(),
    Knobs(hops=1, facts=1),
    Knobs(hops=1, facts=12),
    Knobs(hops=3, facts=30),
    Knobs(hops=12),
    Knobs(hops=12, facts=100, actors=NAMES),
    Knobs(hops=2, facts=15, actors=("Al", "Bo", "Cy", "Di")),
]


@pytest.mark.parametrize("knobs", KNOBS)
def test_a_reader_finds_the_answers(knobs):
    for seed in range(60):
        (story,) = debts(random.Random(seed), knobs)
        assert solve(story.facts, story.question) == (story.answer_text, story.supporting)
        if knobs.hops:
            assert len(story.supporting) == knobs.hops
        if knobs.facts:
            assert len(story.facts) == knobs.facts


def test_some_questions_are_about_amounts_and_some_about_debts_paid():
    stories = [debts(random.Random(seed), Knobs(hops=1, facts=12))[0] for seed in range(200)]
    assert 30 < sum(story.question.startswith("How much") for story in stories) < 90
    assert 10 < sum(story.answer == ("nobody",) for story in stories) < 70


def test_nobody_owes_themselves_and_who_borrows_again_has_not_paid():
    for seed in range(150):
        (story,) = debts(random.Random(seed), Knobs(hops=1, facts=30, actors=("Al", "Bo", "Cy", "Di")))
        assert solve(story.facts, story.question) == (story.answer_text, story.supporting)
        owes = {}
        for fact in story.facts:
            if loan := match(LENDING, fact):
                owes[loan["a"]] = loan["b"]
            elif sale := match(SELLING, fact):
                owes = {a: sale["b"] if b == sale["a"] else b for a, b in owes.items()}
            else:
                del owes[match(PAYING, fact)["a"]]
            assert all(a != b for a, b in owes.items())


def test_those_who_sell_sold_before_too():
    """The newest sale of each person alone would lead astray."""
    astray = 0
    for seed in range(100):
        (story,) = debts(random.Random(seed), Knobs(hops=3, facts=30))
        sales = [(number, match(SELLING, fact)) for number, fact in enumerate(story.facts)]
        newest = {sale["a"]: sale["b"] for _, sale in sales if sale}
        astray += story.answer_text in newest
    assert astray > 30


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (Knobs(hops=0), "at least 1 hops, not 0"),
        (Knobs(hops=3, facts=2), "at least 3 facts, not 2"),
        (Knobs(hops=2, actors=("Al", "Bo", "Cy")), "at least 4 actors, not 3"),
        (Knobs(questions=2), "questions"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(knobs, message):
    with pytest.raises(ValueError, match=message):
        debts(random.Random(0), knobs)
