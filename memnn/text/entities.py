"""The entities of training dialogues: what rows say of things, and what queries ask for."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean, pstdev

from memnn.conversation import API_CALL, Dialogue, Row
from memnn.text.symbols import Symbols
from memnn.text.tokenizer import fold, tokenize

NAME = "name"  # the property that subjects of rows are values of
SPOKEN = 0.1  # of the dialogues that say an entity, at least so large a share has it in rows or queries
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def number_of(value: str) -> float | None:
    """The number that a value is; None for any other. Numbers are ordered, and so never symbols."""
    return float(value) if _NUMBER.fullmatch(value) else None


def find_entities(dialogues: Sequence[Dialogue]) -> tuple[Symbols, list[str], list[str]]:
    """The entities of training dialogues by class, the names of the classes, and the arguments of queries.

    Entities are the subjects and values of rows that are no numbers, and the words of queries. A word that
    most dialogues say of themselves is none, be it the name of a place ('ask').
    """
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    asked: dict[int, Counter[str]] = defaultdict(Counter)
    told_in: Counter[str] = Counter()
    said_in: Counter[str] = Counter()
    often: Counter[str] = Counter()
    relations = {fold(e.relation) for d in dialogues for e in d.events if isinstance(e, Row)}
    for dialogue in dialogues:
        told: set[str] = set()
        said: set[str] = set()
        for event in dialogue.events:
            if isinstance(event, Row):
                kinds[fold(event.subject)][NAME] += 1
                told.add(fold(event.subject))
                if number_of(event.value) is None:
                    kinds[fold(event.value)][event.relation] += 1
                    told.add(fold(event.value))
            else:
                words = tokenize(event.text)
                often.update(words)
                said.update(words)
                if event.speaker == "bot" and words[:1] == (API_CALL,):
                    told.update(words[1:])
                    for place, word in enumerate(words[1:]):
                        asked[place][word] += word not in relations
        told_in.update(told & said)
        said_in.update(said)
    arguments: list[str] = []
    for _, queried in sorted(asked.items()):
        votes: Counter[str] = Counter()
        for word in queried:
            votes.update(kinds[word].keys() - {NAME} if word in kinds else ())
        arguments.append(votes.most_common(1)[0][0] if votes else f"{API_CALL} {len(arguments) + 1}")
        for word, count in queried.items():
            if count and word not in kinds:
                kinds[word][arguments[-1]] += count
    by_class: dict[str, list[str]] = defaultdict(list)
    for word, counts in kinds.items():
        if word and told_in[word] >= SPOKEN * said_in[word]:
            by_class[counts.most_common(1)[0][0]].append(word)
    entities = [word for words in by_class.values() for word in words]
    known = relations | {word for word, count in often.items() if count > 1}
    classes = tuple(tuple(sorted(words)) for words in by_class.values())
    return Symbols(classes, spaced(entities), words=frozenset(known)), list(by_class), arguments


def spaced(entities: Iterable[str]) -> dict[str, str]:
    """The names that are joined by underscores, as they are written in several words."""
    spaced = ((fold(word.replace("_", " ")), word) for word in entities if "_" in word)
    return {words: word for words, word in spaced if " " in words}


def find_relations(dialogues: Sequence[Dialogue]) -> dict[str, tuple[float, float] | None]:
    """The properties of rows, with the mean and the standard deviation of their numbers, if any."""
    numbers: dict[str, list[float]] = {}
    for row in (event for dialogue in dialogues for event in dialogue.events if isinstance(event, Row)):
        found = numbers.setdefault(row.relation, [])
        number = number_of(row.value)
        if number is not None:
            found.append(number)
    return {name: (fmean(found), pstdev(found) or 1.0) if found else None for name, found in numbers.items()}
