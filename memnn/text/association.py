"""Whether words and what goes with them are met together more often than by chance.

Chance is the same stories with those of the words that a story has exchanged at random, for all questions
about it alike.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

DRAWS, DEVIATIONS = 100, 3.5  # random exchanges; how far from theirs an association is no chance

Role = tuple[Hashable, Hashable]  # a place, and a sign there
Use = tuple[str, Role, Hashable]  # a word, its role, and what it went with
Table = Counter[tuple[str, Hashable]]  # how often a word went with what


@dataclass(frozen=True)
class Seen:
    """What one question tells: how often a word, in a role, went with what."""

    story: object  # the same for all questions about a story
    words: frozenset[str]  # those that may be exchanged there
    uses: Counter[Use]


def is_no_chance(seen: Sequence[Seen], association: Callable[[Mapping[Role, Table]], float]) -> bool:
    """Whether the association of words and what goes with them, over the tables of all roles, is far above
    that of words exchanged.
    """
    rng = random.Random(0)

    def statistic(exchange: bool) -> float:
        orders: dict[object, dict[str, float]] = defaultdict(lambda: defaultdict(rng.random))
        tables: dict[Role, Table] = defaultdict(Counter)
        for question in seen:
            there = sorted(question.words)
            new = dict(zip(there, there))
            if exchange:
                new = dict(zip(there, sorted(there, key=orders[question.story].__getitem__)))
            for (word, role, what), times in question.uses.items():
                tables[role][new[word], what] += times
        return association(tables)

    found, drawn, as_far = statistic(False), list[float](), 0
    while len(drawn) < DRAWS:
        drawn.append(statistic(True))
        as_far += drawn[-1] >= found
        if as_far * (1 + DEVIATIONS**2) > DRAWS:  # by Cantelli's inequality it is not that far from the mean
            return False
    mean = sum(drawn) / DRAWS
    deviation: float = (sum((value - mean) ** 2 for value in drawn) / DRAWS) ** 0.5
    return found > mean + DEVIATIONS * deviation + 1e-9


def of_all_roles(tables: Mapping[Role, Table]) -> float:
    """Chi squared summed over roles."""
    return sum(map(_chi_squared, tables.values()), 0.0)


def between_signs(tables: Mapping[Role, Table]) -> float:
    """How far words differ in what each sign says of them, beyond how far they differ in that place whatever
    the sign. A word that is often the answer is so by any sign.
    """
    places: dict[Hashable, Table] = defaultdict(Counter)
    for (place, _), table in tables.items():
        places[place].update(table)
    return of_all_roles(tables) - sum(map(_chi_squared, places.values()))


def _chi_squared(table: Table) -> float:
    """sum_rc (n_rc - E_rc)^2 / E_rc = N sum_rc n_rc^2 / (n_r n_c) - N, in which empty cells add nothing."""
    total = sum(table.values())
    rows: Counter[str] = Counter()
    columns: Counter[Hashable] = Counter()
    for (row, column), count in table.items():
        rows[row] += count
        columns[column] += count
    shares = (count**2 / (rows[row] * columns[column]) for (row, column), count in table.items())
    return total * sum(shares) - total
