"""Whether questions ask what is to be found by going from one thing to another, fact by fact, whether they
name both or the first alone, and how they are answered.
"""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from memnn.story import Story
from memnn.text.tokenizer import tokenize

LOOKED_AT = 1000  # questions
COMMON = 0.5  # share of questions that have a word which is no name
NAMES = 20  # of a question that are looked at
MOST = 0.5  # share of questions that must be of that kind
HARDLY = 0.1  # share that may be of another
YES_AND_NO = 2  # answers


def ask_along_chains(stories: Sequence[Story], share: float = MOST) -> bool:
    """Whether most questions, or more than another share of them, hold two words that facts tell of and no
    fact joins, as two names of a family.

    Words that stand in most questions do not count.
    """
    some = _some(stories)
    found = 0
    for story, names in zip(some, _names(some)):
        facts = [frozenset(tokenize(fact)) for fact in story.facts]
        asked = sorted(names & frozenset().union(*facts))[:NAMES]
        found += any(not any({*two} <= fact for fact in facts) for two in combinations(asked, 2))
    return found > share * len(some)


def lead_to_answers(stories: Sequence[Story]) -> bool:
    """Whether most answers are told in facts that hold nothing of the question, as the city that a van left
    for with a crate in which a letter lies.

    Words that stand in most questions do not count, nor do answers of several items.
    """
    some = _some(stories)
    found = 0
    for story, names in zip(some, _names(some)):
        facts = [frozenset(tokenize(fact)) for fact in story.facts]
        answer = frozenset(tokenize(story.answer[0]))
        telling = [fact for fact in facts if answer <= fact]
        single = len(",".join(story.answer).split(",")) == 1
        asked = names & frozenset().union(*facts)
        found += bool(single and telling and asked and not any(asked & fact for fact in telling))
    return found > MOST * len(some)


def answer_in_a_word(stories: Sequence[Story]) -> bool:
    """Whether most answers are one item that the story and the question do not hold, as aunt, and of more
    kinds than yes and no: such questions name a relation, and do not ask for it.
    """
    some, said = _some(stories), []
    for story in some:
        heard = frozenset(token for text in (*story.facts, story.question) for token in tokenize(text))
        if len(",".join(story.answer).split(",")) == 1 and not heard & {*tokenize(story.answer[0])}:
            said.append(story.answer)
    return len(said) > MOST * len(some) and len({*said}) > YES_AND_NO


def _some(stories: Sequence[Story]) -> Sequence[Story]:
    return stories if len(stories) <= LOOKED_AT else random.Random(0).sample(stories, LOOKED_AT)


def _names(stories: Sequence[Story]) -> list[frozenset[str]]:
    """The words of each question that most questions do not have."""
    asked = [frozenset(tokenize(story.question)) for story in stories]
    seen = Counter(word for words in asked for word in words)
    return [frozenset(word for word in words if seen[word] <= COMMON * len(stories)) for words in asked]
