import random
import re
from itertools import pairwise

import pytest
from reference.kinship import relations

from memnn.worlds.families import FOLLOWS, LINKS, SELF, WORDS, families
from memnn.worlds.knobs import Knobs

FACTS = [
    re.compile(r"(?P<a>\S+) is the (?P<word>\S+) of (?P<b>\S+)\."),
    re.compile(r"The (?P<word>\S+) of (?P<b>\S+) is (?P<a>\S+)\."),
    re.compile(r"(?P<b>\S+) has a (?P<word>\S+) called (?P<a>\S+)\."),
    re.compile(r"(?P<a>\S+) is a (?P<word>parent|child) of (?P<b>\S+)\."),
    re.compile(r"(?P<a>\S+) and (?P<b>\S+) have the (?P<word>same) parents\."),
    re.compile(r"(?P<a>\S+) is (?P<word>married) to (?P<b>\S+)\."),
]
MEANS = {
    "father": "parent", "mother": "parent", "parent": "parent",
    "son": "child", "daughter": "child", "child": "child",
    "brother": "sibling", "sister": "sibling", "same": "sibling",
    "husband": "spouse", "wife": "spouse", "married": "spouse",
}  # fmt: skip
MEN, WOMEN = {"father", "son", "brother", "husband"}, {"mother", "daughter", "sister", "wife"}
NAMES = tuple(f"P{number}" for number in range(150))


def read(facts):
    """Who is what of whom, and who was called by a word for a man (0) or for a woman (1)."""
    links, genders = [], {}
    for fact in facts:
        (match,) = filter(None, (form.fullmatch(fact) for form in FACTS))
        a, word, b = match["a"], match["word"], match["b"]
        links.append((a, MEANS[word], b))
        if word in MEN | WOMEN:
            assert genders.setdefault(a, int(word in WOMEN)) == int(word in WOMEN)
    return links, genders


def what(facts, x, y):
    return relations(*read(facts), x, y)


def asked(question):
    match = re.fullmatch(r"What is (\S+) to (\S+)\?|How is (\S+) related to (\S+)\?", question)
    return [name for name in match.groups() if name]


KNOBS = [
    Knobs(),
    Knobs(hops=1, facts=6),
    Knobs(hops=2, facts=2),
    Knobs(hops=3, facts=12),
    Knobs(hops=10),
    Knobs(hops=12, facts=30),
]


@pytest.mark.parametrize("knobs", KNOBS)
def test_a_reader_finds_the_answers(knobs):
    for seed in range(40):
        (story,) = families(random.Random(seed), knobs)
        support = [story.facts[i] for i in story.supporting]
        assert what(support, *asked(story.question)) == set(story.answer)
        if len(story.facts) < 15:
            assert what(story.facts, *asked(story.question)) == set(story.answer)


def test_what_follows_from_two_relations_does_follow():
    """Every step of the table is met, and every piece of a chain from its start is answered rightly."""
    met = set()
    for seed in range(150):
        (story,) = families(random.Random(seed), Knobs(hops=6, facts=6))
        support = [story.facts[i] for i in story.supporting]
        start, _ = asked(story.question)
        here, told = start, []
        for fact in support:
            (a, relation, b), _ = read([fact])[0][0], told.append(fact)
            if a != here:
                a, b, relation = b, a, {"parent": "child", "child": "parent"}.get(relation, relation)
            assert a == here
            met.add(relation)
            here = b
            assert len(what(told, start, here)) == 1
    assert met == set(LINKS)


def test_the_table_names_only_what_has_a_word():
    assert set(FOLLOWS) == {SELF, *WORDS}
    assert {relation for row in FOLLOWS.values() for relation in row.values()} <= set(WORDS)
    assert all(set(row) <= set(LINKS) and row for row in FOLLOWS.values())


def test_the_supporting_facts_lead_from_the_one_to_the_other():
    for seed in range(30):
        (story,) = families(random.Random(seed), Knobs(hops=6, facts=20))
        links, _ = read(story.facts[i] for i in story.supporting)
        here, end = asked(story.question)
        for a, _, b in links:
            here = b if a == here else a
        assert here == end


def test_the_knobs_set_facts_hops_and_names():
    (story,) = families(random.Random(0), Knobs(hops=12, facts=100, actors=NAMES))
    assert (len(story.facts), len(story.supporting)) == (100, 12)
    people = {name for a, _, b in read(story.facts)[0] for name in (a, b)}
    assert people <= set(NAMES) and len(people) == 101  # the facts form a tree


def test_long_chains_end_in_many_relations():
    answers = [families(random.Random(seed), Knobs(hops=10))[0].answer for seed in range(400)]
    shares = [answers.count(answer) / len(answers) for answer in set(answers)]
    assert len(shares) >= 20 and max(shares) < 0.15


def test_chains_of_training_are_short_and_no_fact_joins_those_asked_about():
    for seed in range(60):
        (story,) = families(random.Random(seed), Knobs())
        assert len(story.supporting) in (2, 3) and len(story.facts) == 2 * len(story.supporting)
        pairs = [{a, b} for a, _, b in read(story.facts)[0]]
        assert set(asked(story.question)) not in pairs
        assert all(one != other for one, other in pairwise(map(sorted, pairs)))


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (Knobs(hops=0), "at least 1 hops, not 0"),
        (Knobs(hops=3, facts=2), "at least 3 facts, not 2"),
        (Knobs(facts=6, actors=("Al", "Bo")), "at least 7 actors, not 2"),
        (Knobs(questions=2), "questions"),
    ],
)
def test_knobs_that_leave_nothing_to_tell(knobs, message):
    with pytest.raises(ValueError, match=message):
        families(random.Random(0), knobs)
