"""Whether exchanging the words of a class keeps the data true, looked up in the training stories.

What follows holds for a class in one kind of question (the question's frame):

- An answer of the class that stands neither in the story nor in the question must be known by name.
- If exchanging the words at random, story by story, weakens the association between words and answers
  that are not copied, the answer depends on which word it is.
- If stories that are the same up to an exchange have different answers, the exchange is not true; nor if
  copied answers go with which word it is (`told_apart.py`).

There the class is read by name: its words keep their own meaning beside their identity. A class that is
neither asked for nor leads to an answer is no class of symbols.
"""

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from memnn.story import Story
from memnn.text.asked import Asked, by_kind
from memnn.text.association import Seen, Use, is_no_chance, of_all_roles
from memnn.text.symbols import Symbols
from memnn.text.told_apart import goes_before, why_told_apart

ABSENT = 0.02  # share of a kind's answers that may stand nowhere in the story
CONFLICTS = 0.02  # share of questions that an exchange may set against each other
BY_CHANCE = 0.5  # how often copied answers may be absent, to how often they are from another story
LEAST_CLOSED = 10  # answers that are not copied, for a judgement on them
LIFT, OVER_CHANCE = 0.2, 0.05  # questions whose answer can be reached only through a class
STEPS = 4  # from fact to fact, when looking for the answer
ABSENT_ANSWERS = "answers that stand nowhere in the story"
SAID_ANSWERS = "the answer depends on which of them it is"
NO_CHANCE = 20.0  # times that a word would be asked for, if it were as others are, and is not


def judge(stories: Sequence[Story], symbols: Symbols, given: int) -> Symbols:
    """Drop classes that are no symbols, and say which are read by name in which kind of question."""
    reasons: dict[str, str] = {}
    kinds = by_kind(stories, symbols)
    copied, dropped = _copied(kinds, symbols), set()
    for number in range(given, len(symbols.classes)):
        if number not in copied and (why := _why_no_symbol(number, kinds, symbols)):
            dropped.add(number)
            reasons[", ".join(symbols.classes[number])] = f"words: {why}"
    gone = {word for number in dropped for word in symbols.classes[number]}
    for number in set(range(given, len(symbols.classes))) - dropped:
        if outsiders := _never_asked_for(frozenset(symbols.classes[number]), kinds):
            gone |= outsiders
            reasons[", ".join(sorted(outsiders))] = "words: neither asked about nor answered as others are"
    symbols = _without(symbols, gone)
    kinds = by_kind(stories, symbols)
    failures = _failures(kinds, symbols, _copied(kinds, symbols))
    apart = {kind for (_, kind), why in failures.items() if why not in (ABSENT_ANSWERS, SAID_ANSWERS)}
    copied_there = any(
        sum({*question.closed} == {"@"} for question in kinds[kind]) > len(kinds[kind]) / 2 for kind in apart
    )
    return replace(symbols, reasons=reasons, told_apart=copied_there).naming(failures)


def _without(symbols: Symbols, gone: set[str]) -> Symbols:
    gone = gone | {form for form, base in symbols.forms.items() if base in gone}
    left = (tuple(word for word in words if word not in gone) for words in symbols.classes)
    return replace(
        symbols,
        classes=tuple(words for words in left if words),
        forms={form: base for form, base in symbols.forms.items() if form not in gone},
        words=symbols.words | gone,
    )


def _never_asked_for(members: frozenset[str], kinds: dict[str, list[Asked]]) -> set[str]:
    """Words of the class that questions neither name nor have for an answer, though as many stories as tell
    of them would make that no chance: 'he' stands where names do, and nobody asks where he is. Sunday is
    never the first of two days either, which is another matter.
    """
    told, wanted = Counter[str](), Counter[str]()
    judged = (some for some in kinds.values() if not goes_before(some, members))
    for question in itertools.chain.from_iterable(judged):
        told.update(members & question.present)
        wanted.update(members & {*question.question.fillers, *question.answer} & question.present)
    usual = sum(wanted.values()) / max(1, sum(told.values()))
    never = {word for word in members if not wanted[word] and told[word] * usual > NO_CHANCE}
    return never if len(members - never) > 1 else set()


def _copied(kinds: dict[str, list[Asked]], symbols: Symbols) -> set[int]:
    """Classes whose words are answers that stand in the story: mostly, in some kind of question nearly
    always, and not as they would in others.
    """
    there: Counter[int] = Counter()
    absent: Counter[int] = Counter()
    elsewhere: Counter[int] = Counter()  # answers absent from another story
    always: set[int] = set()
    for some in kinds.values():
        answered: Counter[int] = Counter()
        lacking: Counter[int] = Counter()
        for question, other in zip(some, [*some[1:], *some[:1]]):
            for item in question.answer:
                if (number := symbols.class_of(item)) is not None:
                    answered[number] += 1
                    lacking[number] += item not in question.present
                    elsewhere[number] += item not in other.present
        there += answered - lacking
        absent += lacking
        always |= {number for number in answered if lacking[number] <= max(1, ABSENT * len(some))}
    return {
        number
        for number in always
        if there[number] > absent[number] and absent[number] <= BY_CHANCE * elsewhere[number]
    }


def _why_no_symbol(number: int, kinds: dict[str, list[Asked]], symbols: Symbols) -> str:
    """Why a class that is never copied is no symbol, or nothing."""
    members = set(symbols.classes[number])
    for some in kinds.values():
        places: dict[int, set[str]] = defaultdict(set)
        for question in some:
            for place, filler in enumerate(question.question.fillers):
                places[place] |= {filler} & members
        if any(len(asked) > 1 for asked in places.values()):
            return "a pair is taken for opposites" if len(members) < 3 else ""
    for some in kinds.values():
        if any(members & q.present for q in some) and _links(number, some, symbols):
            return ""
    return "neither asked for in turn nor needed to find an answer"


def _links(number: int, questions: Sequence[Asked], symbols: Symbols) -> bool:
    """Whether the class leads from the question to the answer where nothing else does, and not by chance."""
    rng = random.Random(0)
    found: Counter[str] = Counter()
    questions = [q for q in questions if q.facts and set(q.answer) <= q.present]
    for question in questions:
        fillers = [set(parsed.fillers) for parsed in question.facts]
        own = {f for facts in fillers for f in facts if symbols.class_of(f) == number}
        drawn = [f for facts in fillers for f in sorted(facts & own)]
        rng.shuffle(drawn)
        shuffled = [(facts - own) | {drawn.pop() for _ in facts & own} for facts in fillers]
        start = set(question.question.fillers) - own
        found["with"] += _reaches(start, fillers, question.answer)
        found["without"] += _reaches(start, [facts - own for facts in fillers], question.answer)
        found["shuffled"] += _reaches(start, shuffled, question.answer)
    least = len(questions)
    return (
        least > 0
        and found["with"] - found["without"] > LIFT * least
        and found["with"] - found["shuffled"] > OVER_CHANCE * least
    )


def _reaches(start: set[str], facts: Sequence[set[str]], answer: Sequence[str]) -> bool:
    reached = set(start)
    for _ in range(STEPS):
        reached |= {filler for fillers in facts if fillers & reached for filler in fillers}
    return set(answer) <= reached


def _failures(
    kinds: dict[str, list[Asked]], symbols: Symbols, copied: set[int]
) -> dict[tuple[int, str], str]:
    """(class, kind of question): why exchanging the class is not true there."""
    failures: dict[tuple[int, str], str] = {}
    order = sorted(range(len(symbols.classes)), key=lambda number: (number not in copied, number))
    for kind, questions in kinds.items():
        accepted: set[int] = set()
        conflicts = _conflicts(questions, symbols, accepted)
        for number in order:
            members = set(symbols.classes[number])
            absent = sum(bool(members & set(q.answer) - q.present) for q in questions)
            if absent > max(1, ABSENT * len(questions)):
                failures[number, kind] = ABSENT_ANSWERS
                continue
            if not any(members & q.present for q in questions):
                continue
            if _depends(number, questions, symbols):
                failures[number, kind] = SAID_ANSWERS
                continue
            more = _conflicts(questions, symbols, accepted | {number})
            if more - conflicts > max(2, CONFLICTS * len(questions)):
                failures[number, kind] = "exchanging them sets answers against each other"
                continue
            if why := why_told_apart(questions, frozenset(members)):
                failures[number, kind] = why
                continue
            accepted.add(number)
            conflicts = more
    return failures


def _depends(number: int, questions: Sequence[Asked], symbols: Symbols) -> bool:
    """Whether answers that are not copied go with the words of the class more than by chance."""
    told = [question for question in questions if any(item != "@" for item in question.closed)]
    if len(told) < LEAST_CLOSED:
        return False
    members = set(symbols.classes[number])
    seen = []
    for question in told:
        uses = _roles(question, members)
        seen.append(Seen(question.story, frozenset(word for word, _, _ in uses), uses))
    return is_no_chance(seen, of_all_roles)


def _roles(question: Asked, members: set[str]) -> Counter[Use]:
    """How often the words have which role, a place in the question or beside a word of the question, and go
    with the answer.
    """
    uses: Counter[Use] = Counter()
    asked, answer = question.question.fillers, question.closed
    for place, filler in enumerate(asked):
        if filler in members:
            uses[filler, ("asked", place), answer] += 1
    for fact in question.facts:
        beside = tuple((asked.index(f), place) for place, f in enumerate(fact.fillers) if f in asked)
        for filler in fact.fillers:
            if filler in members and filler not in asked:
                uses[filler, ("beside", beside), answer] += 1
    return uses


def _conflicts(questions: Sequence[Asked], symbols: Symbols, exchanged: set[int]) -> int:
    """Questions answered otherwise than most that are the same up to an exchange of these classes."""
    answers: dict[tuple[object, ...], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for question in questions:
        names: dict[str, str] = {}
        key = tuple(
            (parsed.frame, tuple(_name(filler, symbols, exchanged, names) for filler in parsed.fillers))
            for parsed in (*question.facts, question.question)
        )
        answer = tuple(
            _name(item, symbols, exchanged, names) if item in question.present else item
            for item in question.answer
        )
        answers[key][answer] += 1
    return sum(sum(seen.values()) - max(seen.values()) for seen in answers.values())


def _name(filler: str, symbols: Symbols, exchanged: set[int], names: dict[str, str]) -> str:
    """The word, or where it may be exchanged its number in the order met."""
    number = symbols.class_of(filler)
    if number is not None and number not in exchanged:
        return filler
    return names.setdefault(filler, f"#{len(names)}")
