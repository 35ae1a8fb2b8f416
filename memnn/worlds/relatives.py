"""Relatives: the chains of `families`, told as people tell of them.

'Ruth took her son Peter out for dinner.' Sentences say in many ways who is whose, now and then of two people
at once, and mostly tell of something else besides. Names are women's and men's, and often nothing else shows
whether the one asked about is an aunt or an uncle.
"""

import random
from collections.abc import Sequence

from memnn.story import Story
from memnn.worlds.families import HOPS, TURNED, WORDS, Link, draw_links
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import cast, pick

WOMEN = (
    "Agnes", "Alice", "Amanda", "Anna", "Barbara", "Bella", "Carmen", "Cecilia", "Clara", "Diana", "Dora",
    "Edith", "Elena", "Emma", "Esther", "Fatima", "Flora", "Greta", "Hannah", "Helen", "Ida", "Irene",
    "Julia", "Karen", "Laura", "Linda", "Lucy", "Maria", "Martha", "Nadia", "Nora", "Olga", "Paula", "Rosa",
    "Ruth", "Sophie", "Susan", "Teresa", "Vera", "Yvonne",
)  # fmt: skip
MEN = (
    "Adam", "Albert", "Andrew", "Anton", "Bernard", "Carl", "Daniel", "David", "Edgar", "Emil", "Eric",
    "Felix", "Frank", "George", "Hans", "Henry", "Hugo", "Isaac", "Ivan", "Jacob", "James", "Joseph", "Karim",
    "Kevin", "Leon", "Louis", "Marcus", "Martin", "Michael", "Nathan", "Oscar", "Otto", "Paul", "Peter",
    "Ralph", "Robert", "Simon", "Thomas", "Victor", "Walter",
)  # fmt: skip

# b is told of, a is what `word` says of b
TELLINGS = (
    "{a} is {b}'s {word}.",
    "{b}'s {word} {a} came to visit on Sunday.",
    "{b} took {his} {word} {a} out for dinner.",
    "{a}, {b}'s {word}, bought tickets for the game.",
    "{b} loves to go fishing with {his} {word} {a}.",
    "{b} asked {his} {word}, {a}, to help with the garden.",
    "{b} and {his} {word} {a} were at the park all afternoon.",
    "The {word} of {b} is called {a}.",
    "{b} was happy that {his} {word} {a} had passed the test.",
    "{a} went to the store with {b}, whose {word} {she} is.",
    "{b} has a {word} named {a}.",
    "{b} baked a cake for {his} {word} {a}.",
    "{b} called {his} {word} {a} last night.",
    "Yesterday {b} played chess with {his} {word} {a}.",
)
OF_TWO = (  # and c is what `other` says of b
    "{b} went to the zoo with {his} {word} {a} and {his} {other} {c}.",
    "{b} invited {his} {word} {a} and {his} {other} {c} to the party.",
    "{b}'s {word} {a} had a long talk with {b}'s {other} {c}.",
)
TOLD_TOGETHER = 0.25  # of the links that can be told with the next
ASKING = "How is {a} related to {b}?"


def relatives(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Kinship in many sentences. Knobs: facts (links told of), hops (links of the chain; 2 or 3 unless told).

    Where the number of facts is not set, twice as many are told of as the chain has. Two may share one.
    """
    refuse(knobs, "questions", "actors")
    hops = number("hops", knobs.hops, pick(rng, HOPS))
    count = number("facts", knobs.facts, 2 * hops, at_least=hops)
    answer, links, genders = draw_links(rng, hops, count)
    names = [
        iter(rng.sample(cast(what, None, some, at_least), at_least))
        for what, some, at_least in (("men", MEN, genders.count(0)), ("women", WOMEN, genders.count(1)))
    ]
    people = [next(names[gender]) for gender in genders]
    told = [
        (numbers, _tell(rng, [links[n] for n in numbers], genders, people)) for numbers in _group(rng, links)
    ]
    rng.shuffle(told)
    question = ASKING.format(a=people[0], b=people[links[hops - 1][2]])
    supporting = tuple(place for place, (numbers, _) in enumerate(told) if min(numbers) < hops)
    facts = tuple(sentence for _, sentence in told)
    return [Story(facts, question, (WORDS[answer][genders[0]],), supporting)]


def _group(rng: random.Random, links: Sequence[Link]) -> list[tuple[int, ...]]:
    """The links by number; two that share a person may be told together."""
    groups: list[tuple[int, ...]] = []
    left = list(range(len(links)))
    while left:
        first = left.pop(0)
        if left and links[first][2] == links[left[0]][0] and rng.random() < TOLD_TOGETHER:
            groups.append((first, left.pop(0)))
        else:
            groups.append((first,))
    return groups


def _tell(rng: random.Random, links: Sequence[Link], genders: Sequence[int], people: Sequence[str]) -> str:
    """One link from either side, or two from the person they share."""
    (first, relation, second), *more = links
    if not more and rng.random() < 0.5:
        first, relation, second = second, TURNED[relation], first
    other, third = (TURNED[more[0][1]], more[0][2]) if more else (relation, first)
    return pick(rng, OF_TWO if more else TELLINGS).format(
        a=people[first],
        b=people[second],
        c=people[third],
        word=WORDS[relation][genders[first]],
        other=WORDS[other][genders[third]],
        his=("his", "her")[genders[second]],
        she=("he", "she")[genders[first]],
    )
