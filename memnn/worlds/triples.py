"""A made-up encyclopaedia: any number of facts 'subject relation object', and questions about them.

It has the shape of the large-scale facts of the 2014 paper (section 5.1; ReVerb, Fader et al. 2011):
few entities and relations are named often and most hardly ever (Zipf's law), a relation is told
with several phrases ('wrote', 'is author of'), and an entity may be asked about by another name than
the facts give it. Words are made of syllables. A question is 'who RELATION OBJECT'; right is every
fact of that relation and object, whichever phrase tells it.

Each relation joins entities of one kind to entities of another ('people' to 'books'), so that which
of two entities is the subject never has to be told from the order of words.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Int

KINDS = 8  # of entities
PHRASES = 4  # the most ways to tell one relation
SMALL_WORDS = ("of", "in", "by", "with", "to", "at", "for")
FIRST_WORD = 2  # ids 0 and 1 mean nil and unknown everywhere


@dataclass(frozen=True)
class Triples:
    """Facts in the order they are told, as ids of words; padded behind with 0."""

    words: tuple[str, ...]  # every word, by id
    facts: Int[np.ndarray, "facts words"]  # subject, verb, object, and a small word or 0
    meaning: Int[np.ndarray, "facts 2"]  # relation and object of each fact, whatever its words
    phrases: Int[np.ndarray, "relations phrases 2"]  # verb, small word or 0; repeated where there are fewer
    names: Int[np.ndarray, "entities 2"]  # the name in facts, the other name; twice the same where none
    who: int  # the id of 'who'

    def ask(self, rng: np.random.Generator, facts: Int[np.ndarray, " n"]) -> Int[np.ndarray, "n words"]:
        """A question about each of these facts, in any phrase of its relation and any name of its object."""
        relation, entity = self.meaning[facts].T
        verb, small = self.phrases[relation, rng.integers(0, PHRASES, len(facts))].T
        name = self.names[entity, rng.integers(0, 2, len(facts))]
        return np.stack([np.full_like(verb, self.who), verb, name, small], 1)

    def is_right(
        self, asked: Int[np.ndarray, " n"], read: Int[np.ndarray, " n"]
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether the facts read answer the questions about the facts asked; -1 read nothing."""
        same: np.ndarray[tuple[int], np.dtype[np.bool_]] = (self.meaning[asked] == self.meaning[read]).all(1)
        return same & (read >= 0)


def triples(
    rng: np.random.Generator,
    facts: int,
    entities: int = 100_000,
    relations: int = 1000,
    other_names: float = 0.3,
) -> Triples:
    """So many different facts; a share `other_names` of the entities has a second name for questions.

    Raises ValueError when the entities or relations are too few to tell that many facts of.
    """
    if entities < KINDS or relations < 1:
        raise ValueError(f"expected at least {KINDS} entities and 1 relation")
    if 10 * facts > relations * (entities // KINDS) ** 2:
        raise ValueError(f"{facts} facts are too many for {entities} entities and {relations} relations")
    told_once = np.zeros(0, dtype=np.int64)  # subject, relation and object as one number
    while len(told_once) < facts:
        some = _draw(rng, facts - len(told_once) + 16, entities, relations)
        told_once = np.concatenate([told_once, np.ravel_multi_index(some, (entities, relations, entities))])
        told_once = told_once[np.sort(np.unique(told_once, return_index=True)[1])]
    subject, relation, entity = np.unravel_index(told_once[:facts], (entities, relations, entities))

    several = rng.random(entities) < other_names
    ids = iter(range(FIRST_WORD + len(SMALL_WORDS) + 1, 10**9))
    name = np.fromiter(ids, dtype=np.int64, count=entities)
    other = name.copy()
    other[several] = np.fromiter(ids, dtype=np.int64, count=int(several.sum()))
    verb = np.fromiter(ids, dtype=np.int64, count=relations * PHRASES).reshape(relations, PHRASES)
    small = FIRST_WORD + 1 + rng.integers(0, len(SMALL_WORDS), verb.shape)
    phrases = np.stack([verb, np.where(rng.random(verb.shape) < 0.5, small, 0)], 2)
    ways = rng.integers(1, PHRASES + 1, relations)
    phrases = phrases[np.arange(relations)[:, None], np.arange(PHRASES) % ways[:, None]]
    told = phrases[relation, rng.integers(0, PHRASES, facts)]
    return Triples(
        words=_words(rng, next(ids)),
        facts=np.stack([name[subject], told[:, 0], name[entity], told[:, 1]], 1),
        meaning=np.stack([relation, entity], 1),
        phrases=phrases,
        names=np.stack([name, other], 1),
        who=FIRST_WORD,
    )


def _draw(
    rng: np.random.Generator, count: int, entities: int, relations: int
) -> tuple[Int[np.ndarray, " facts"], ...]:
    """Subject, relation and object by Zipf's law: the n-th most common is named 1/n as often as the first."""
    relation = _zipf(rng, count, relations)
    subject_kind = relation % KINDS
    object_kind = (subject_kind + 1 + relation // KINDS % (KINDS - 1)) % KINDS
    each = entities // KINDS
    subject, entity = (_zipf(rng, count, each) * KINDS + kind for kind in (subject_kind, object_kind))
    return subject, relation, entity


def _zipf(rng: np.random.Generator, count: int, ranks: int) -> Int[np.ndarray, " count"]:
    share = np.cumsum(1 / np.arange(1, ranks + 1))
    drawn: Int[np.ndarray, " count"] = np.searchsorted(share, rng.random(count) * share[-1])
    return drawn


def _words(rng: np.random.Generator, count: int) -> tuple[str, ...]:
    """That many different words: nil, unknown, 'who', the small words, then syllables in random order."""
    syllables = [a + b for a, b in product("bdfgklmnprstvz", "aeiou")]
    length = 3
    while len(syllables) ** length < count:
        length += 1
    start, step = int(rng.integers(len(syllables) ** length)), 7_654_321  # no factor in common with 70
    coined = ([syllables[(start + step * n) // 70**i % 70] for i in range(length)] for n in range(count))
    return ("", "<unknown>", "who", *SMALL_WORDS, *map("".join, coined))[:count]
