"""Whether questions ask what is to be found by going from one thing to another, fact by fact, and how such
questions are answered.
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
YES_AND_NO = 2  # answers


def ask_along_chains(stories: Sequence[Story]) -> bool:
    """Whether most questions hold two words that facts tell of and no fact joins, as two names of a family.

    Words that stand in most questions do not count.
    """
    some = stories if len(stories) <= LOOKED_AT else random.Random(0).sample(stories, LOOKED_AT)
    asked = [frozenset(tokenize(story.question)) for story in some]
    seen = Counter(word for words in asked for word in words)
    found = 0
    for story, words in zip(some, asked):
        facts = [frozenset(tokenize(fact)) for fact in story.facts]
        told = words & frozenset().union(*facts)
        names = sorted(word for word in told if seen[word] <= COMMON * len(some))[:NAMES]
        found += any(not any({*two} <= fact for fact in facts) for two in combinations(names, 2))
    return found > MOST * len(some)


def answer_in_a_word(stories: Sequence[Story]) -> bool:
    """Whether most answers are one item that the story and the question do not hold, as aunt, and of more
    kinds than yes and no: such questions name a relation, and do not ask for it.
    """
    some = stories if len(stories) <= LOOKED_AT else random.Random(0).sample(stories, LOOKED_AT)
    said = []
    for story in some:
        heard = frozenset(token for text in (*story.facts, story.question) for token in tokenize(text))
        if len(",".join(story.answer).split(",")) == 1 and not heard & {*tokenize(story.answer[0])}:
            said.append(story.answer)
    return len(said) > MOST * len(some) and len({*said}) > YES_AND_NO
