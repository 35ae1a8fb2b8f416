"""Whether answers that are copied hang on which words of a class a story tells of.

Of two who met "He took the ring" tells of the man, and of three days the first comes before the others. Then
exchanging names or days at random does not keep a story true, though no two stories are alike enough to say
so. Where the answer follows as well from who was named last, it does.
"""

import itertools
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace

from memnn.text.asked import Asked
from memnn.text.association import Seen, Use, between_signs, is_no_chance

FARTHEST = 2  # facts that name words of the class, from a fact back: those farther are one
FORETOLD, SURELY = 30, 0.9  # times of two words that others tell of; how many of them rightly


def why_told_apart(questions: Sequence[Asked], members: frozenset[str]) -> str:
    """Why exchanging the words would not keep answers true, or nothing."""
    if goes_before(questions, members):
        return "of any two of them the answer goes with the same one"
    for uses_of in (_answered, _asked_about):
        seen = _that_differ(
            [
                Seen(question.story, members & question.present, uses_of(question, members))
                for question in questions
            ]
        )
        if any(question.uses for question in seen) and is_no_chance(seen, between_signs):
            return "some facts tell of some of them alone"
    return ""


def goes_before(questions: Sequence[Asked], members: frozenset[str]) -> bool:
    """Whether of two words in a story it is always the same one that stands with the answer, or is it, as
    foretold of each time by all others.
    """
    times: Counter[tuple[str, str]] = Counter()
    for question in questions:
        answer = set(question.answer)
        if not answer <= question.present:
            continue
        told = [members & set(fact.fillers) for fact in question.facts]
        there = frozenset[str]().union(*told) - set(question.question.fillers)
        beside = (words for words, fact in zip(told, question.facts) if answer & set(fact.fillers))
        chosen = there & (answer if answer <= members else frozenset[str]().union(*beside))
        times.update(itertools.product(chosen, there - chosen))
    foretold, right = 0, 0.0
    for (one, other), won in times.items():
        lost = times[other, one]
        if won + lost > 1:
            foretold += won
            right += won * ((won - 1 > lost) + (won - 1 == lost) / 2)
    return foretold >= FORETOLD and right >= SURELY * foretold


def _answered(question: Asked, members: frozenset[str]) -> Counter[Use]:
    """For each fact with a word of the question: where before it each word of the class was named last, and
    whether it is the answer.
    """
    uses: Counter[Use] = Counter()
    asked = set(question.question.fillers)
    if not set(question.answer) <= question.present & members:
        return uses
    named: list[dict[str, Hashable]] = []  # of each fact that names some: where
    for fact in question.facts:
        here: dict[str, Hashable] = {
            w: (fact.frame, place) for place, w in enumerate(fact.fillers) if w in members
        }
        named += [here] if here else []
        if asked & set(fact.fillers):
            last: dict[str, Hashable] = {}
            for back, words in enumerate(reversed(named)):
                for word, where in words.items():
                    last.setdefault(word, (where, min(back, FARTHEST)))
            for word in last.keys() - asked:
                uses[word, (last[word], fact.frame), word in question.answer] += 1
    return uses


def _asked_about(question: Asked, members: frozenset[str]) -> Counter[Use]:
    """For each word of the class that is asked about: where it was named last, and whether the answer stands
    in the fact after that.
    """
    uses: Counter[Use] = Counter()
    if not set(question.answer) <= question.present:
        return uses
    for word in members & set(question.question.fillers):
        at = [number for number, fact in enumerate(question.facts[:-1]) if word in fact.fillers]
        if at:
            fact, following = question.facts[at[-1] : at[-1] + 2]
            where = (fact.frame, fact.fillers.index(word))
            uses[word, (where, following.frame), set(question.answer) <= set(following.fillers)] += 1
    return uses


def _that_differ(seen: Sequence[Seen]) -> list[Seen]:
    """Without places where there is one sign alone, and those where one thing alone is said: they tell
    nothing, however words are exchanged.
    """
    signs: dict[Hashable, set[Hashable]] = {}
    said: dict[Hashable, set[Hashable]] = {}
    for question in seen:
        for _, (place, sign), what in question.uses:
            signs.setdefault(place, set()).add(sign)
            said.setdefault(place, set()).add(what)
    kept = {place for place in signs if len(signs[place]) > 1 and len(said[place]) > 1}
    return [
        replace(question, uses=Counter({use: n for use, n in question.uses.items() if use[1][0] in kept}))
        for question in seen
    ]
