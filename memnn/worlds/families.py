"""Families: who is what to whom, through a chain of relatives.

Facts tell of two people how they are related ('Kim is the mother of Lee.'), by one of four relations:
parent, child, sibling, spouse. The question names two people that no fact joins ('What is Kim to Noa?'),
and the answer is found by going from one to the other. Which relation follows from one relation and the
next link is the table `FOLLOWS`; a chain never leaves it, so the longest chain still ends in a word of
`WORDS`. Names say nothing of gender: the words of kinship do, and the first person of the question is
always called by one.

Families are whole: siblings have the same two parents, and a couple's children are children of both. The
facts that are not on the way tell of further relatives, each hung on someone told of already.
"""

import functools
import random
from collections.abc import Sequence

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import cast, pick

NAMES = (
    "Alex", "Ash", "Blair", "Casey", "Charlie", "Dana", "Drew", "Eden", "Ellis", "Finley", "Gray", "Harper",
    "Indigo", "Jamie", "Jo", "Kim", "Kit", "Lane", "Lee", "Lou", "Marlow", "Morgan", "Noa", "Noor", "Pat",
    "Quinn", "Remy", "Riley", "Robin", "Rowan", "Sage", "Sam", "Sasha", "Skyler", "Tay", "Toni", "Val",
)  # fmt: skip

WORDS = {  # what a man is called, what a woman is called
    "parent": ("father", "mother"),
    "child": ("son", "daughter"),
    "sibling": ("brother", "sister"),
    "spouse": ("husband", "wife"),
    "grandparent": ("grandfather", "grandmother"),
    "grandchild": ("grandson", "granddaughter"),
    "sibling of a parent": ("uncle", "aunt"),
    "spouse of a parent's sibling": ("uncle", "aunt"),
    "child of a sibling": ("nephew", "niece"),
    "child of a spouse's sibling": ("nephew", "niece"),
    "cousin": ("cousin", "cousin"),
    "parent of a spouse": ("father-in-law", "mother-in-law"),
    "spouse of a child": ("son-in-law", "daughter-in-law"),
    "sibling of a spouse": ("brother-in-law", "sister-in-law"),
    "spouse of a sibling": ("brother-in-law", "sister-in-law"),
}

# If a is R of b, and b is S of someone else, then a is FOLLOWS[R][S] of that one, all on the way being
# different people. What is missing has no word above, or does not follow.
SELF = "self"
FOLLOWS = {
    SELF: {"parent": "parent", "child": "child", "sibling": "sibling", "spouse": "spouse"},
    "parent": {
        "parent": "grandparent",
        "child": "spouse",
        "sibling": "parent",
        "spouse": "parent of a spouse",
    },
    "child": {"parent": "sibling", "child": "grandchild", "sibling": "child of a sibling", "spouse": "child"},
    "sibling": {
        "parent": "sibling of a parent",
        "child": "child",
        "sibling": "sibling",
        "spouse": "sibling of a spouse",
    },
    "spouse": {"parent": "parent", "child": "spouse of a child", "sibling": "spouse of a sibling"},
    "grandparent": {"child": "parent of a spouse", "sibling": "grandparent"},
    "grandchild": {"parent": "child of a sibling", "spouse": "grandchild"},
    "sibling of a parent": {"child": "sibling of a spouse", "sibling": "sibling of a parent"},
    "spouse of a parent's sibling": {"sibling": "spouse of a parent's sibling"},
    "child of a sibling": {
        "parent": "cousin",
        "child": "grandchild",
        "sibling": "child of a sibling",
        "spouse": "child of a spouse's sibling",
    },
    "child of a spouse's sibling": {"parent": "cousin"},
    "cousin": {"child": "child of a spouse's sibling", "sibling": "cousin"},
    "parent of a spouse": {"parent": "grandparent"},
    "spouse of a child": {"parent": "spouse of a sibling", "spouse": "spouse of a child"},
    "sibling of a spouse": {"parent": "sibling of a parent"},
    "spouse of a sibling": {
        "parent": "spouse of a parent's sibling",
        "child": "spouse of a child",
        "sibling": "spouse of a sibling",
    },
}

LINKS = ("parent", "child", "sibling", "spouse")
TURNED = {"parent": "child", "child": "parent", "sibling": "sibling", "spouse": "spouse"}
TELLINGS = ("{a} is the {word} of {b}.", "The {word} of {b} is {a}.", "{b} has a {word} called {a}.")
PLAIN = {  # that show nobody's gender
    "parent": "{a} is a parent of {b}.",
    "child": "{a} is a child of {b}.",
    "sibling": "{a} and {b} have the same parents.",
    "spouse": "{a} is married to {b}.",
}
ASKINGS = ("What is {a} to {b}?", "How is {a} related to {b}?")
PLAINLY = 0.2  # of the facts that may be told so
HOPS = (2, 3)

Link = tuple[int, str, int]  # one person is parent, child, sibling or spouse of another


class Relatives:
    """People by number, each a child of one family and a parent in another."""

    def __init__(self, rng: random.Random) -> None:
        """One person."""
        self.rng = rng
        self.genders: list[int] = []  # 0 man, 1 woman, as in WORDS
        self.born: list[int] = []  # the family in which each is a child
        self.founded: list[int] = []  # the family in which each is a parent
        self.couples: list[set[int]] = []  # the genders of the parents told of, by family
        self._add()

    def has_room(self, person: int, relation: str) -> bool:
        """Whether there may be someone new of whom the person is parent, child, sibling or spouse."""
        return relation in ("parent", "sibling") or len(self.couples[self._family(person, relation)]) < 2

    def link(self, person: int, relation: str) -> Link:
        """Someone new of whom the person is parent, child, sibling or spouse."""
        family = self._family(person, relation)
        if relation in ("parent", "sibling"):
            return person, relation, self._add(born=family)
        gender = pick(self.rng, sorted({0, 1} - self.couples[family]))
        return person, relation, self._add(founded=family, gender=gender)

    def _family(self, person: int, relation: str) -> int:
        """The family that the person shares with whoever they are that of."""
        return (self.born if relation in ("child", "sibling") else self.founded)[person]

    def _add(self, born: int | None = None, founded: int | None = None, gender: int | None = None) -> int:
        gender = int(self.rng.random() < 0.5) if gender is None else gender
        self.born.append(self._new_family() if born is None else born)
        self.founded.append(self._new_family() if founded is None else founded)
        self.couples[self.founded[-1]].add(gender)
        self.genders.append(gender)
        return len(self.genders) - 1

    def _new_family(self) -> int:
        self.couples.append(set())
        return len(self.couples) - 1


def families(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Kinship. Knobs: facts, hops (links of the chain; 2 or 3 unless told), actors.

    Where the number of facts is not set, twice as many are told as the chain has.
    """
    refuse(knobs, "questions")
    hops = number("hops", knobs.hops, pick(rng, HOPS))
    count = number("facts", knobs.facts, 2 * hops, at_least=hops)
    people = rng.sample(cast("actors", knobs.actors, NAMES, count + 1), count + 1)
    answer, links, genders = draw_links(rng, hops, count)
    order = rng.sample(range(count), count)
    facts = tuple(_tell(rng, links[n], genders, people, gendered=n == 0) for n in order)
    question = pick(rng, ASKINGS).format(a=people[0], b=people[links[hops - 1][2]])
    return [Story(facts, question, (WORDS[answer][genders[0]],), tuple(order.index(n) for n in range(hops)))]


def draw_links(rng: random.Random, hops: int, count: int) -> tuple[str, list[Link], list[int]]:
    """What the first person is to the last of a chain; so many links, of which the first `hops` are the
    chain; and the genders.
    """
    answer, links, relatives = _chain(rng, hops)
    while len(links) < count:
        person, relation = int(rng.random() * len(relatives.genders)), pick(rng, LINKS)
        if relatives.has_room(person, relation):
            links.append(relatives.link(person, relation))
    return answer, links, relatives.genders


def _chain(rng: random.Random, hops: int) -> tuple[str, list[Link], Relatives]:
    """What the first person is to the last, and links that show it.

    Each relation is tried as often as the others; those that long chains seldom end in come up less often.
    """
    ends = [relation for relation in WORDS if _ways(SELF, hops, relation)]
    links = None
    while links is None:
        end, relatives = pick(rng, ends), Relatives(rng)
        links = _walk(rng, relatives, hops, end)
    return end, links, relatives


def _walk(rng: random.Random, relatives: Relatives, hops: int, end: str) -> list[Link] | None:
    """Links that lead to that end; None where they came to a point from which none does."""
    relation, person = SELF, 0
    links: list[Link] = []
    for left in reversed(range(hops)):
        steps = {
            step: _ways(following, left, end)
            for step, following in FOLLOWS[relation].items()
            if relatives.has_room(person, step)
        }
        if not any(steps.values()):
            return None
        (step,) = rng.choices(list(steps), list(steps.values()))
        links.append(relatives.link(person, step))
        relation, person = FOLLOWS[relation][step], links[-1][2]
    return links


@functools.cache
def _ways(relation: str, hops: int, end: str) -> int:
    """In how many ways so many links lead from one relation to another."""
    if hops == 0:
        return int(relation == end)
    return sum(_ways(following, hops - 1, end) for following in FOLLOWS[relation].values())


def _tell(
    rng: random.Random, link: Link, genders: Sequence[int], people: Sequence[str], gendered: bool
) -> str:
    """The link from one side or the other; `gendered` makes it show what its first person is."""
    first, relation, second = link
    if not gendered and rng.random() < 0.5:
        first, relation, second = second, TURNED[relation], first
    telling = PLAIN[relation] if not gendered and rng.random() < PLAINLY else pick(rng, TELLINGS)
    return telling.format(a=people[first], b=people[second], word=WORDS[relation][genders[first]])
