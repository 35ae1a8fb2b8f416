"""The simulated stories against the official ones: words, forms and distributions, task by task."""

import re
from collections import Counter
from functools import cache
from itertools import groupby

import pytest

from memnn.question_answering.babi import read_babi
from memnn.text.tokenizer import tokenize
from memnn.worlds import BABI, simulate

QUESTIONS = 10_000
TOLERANCE = 0.05

SLOTS = {
    "NAME": "Mary|John|Sandra|Daniel|Bill|Fred|Jeff|Julie|Emily|Gertrude|Jessica|Winona"
    "|Bernhard|Brian|Greg|Julius|Lily|Antoine|Jason|Sumit|Yann",
    "PLACE": "bathroom|bedroom|garden|hallway|kitchen|office|school|park|cinema",
    "THING": "apple|football|milk|pajamas|(?:red|blue|pink|yellow) (?:rectangle|sphere|square|triangle)"
    "|rectangle|sphere|square|triangle|box of chocolates|chocolate|box|chest|container|suitcase",
    "KIND": "cat|mouse|sheep|wolf|frog|lion|rhino|swan",
    "KINDS": "cats|mice|wolves",
    "COLOUR": "gray|green|white|yellow",
}
SLOT = re.compile(
    r"\b(?:" + "|".join(f"(?P<{slot}>{words})" for slot, words in SLOTS.items()) + r")\b", re.IGNORECASE
)


@cache
def form(sentence):
    return SLOT.sub(lambda match: match.lastgroup, sentence)


def last_of_each(stories):
    """The last question of each story, which has all its facts, and how many questions there were."""
    for _, group in groupby(stories, key=lambda story: story.id):
        questions = list(group)
        yield questions[-1], len(questions)


def words(stories):
    sentences = {s for story, _ in last_of_each(stories) for s in story.facts}
    sentences |= {text for story in stories for text in (story.question, *story.answer)}
    return {word for sentence in sentences for word in tokenize(sentence)}


DISTRIBUTIONS = {
    "facts before a question": lambda stories: Counter(len(s.facts) for s in stories),
    "answers": lambda stories: Counter(s.answer_text for s in stories),
    "number of supporting facts": lambda stories: Counter(len(s.supporting) for s in stories),
    "age of the newest supporting fact": lambda stories: Counter(
        len(s.facts) - max(s.supporting) for s in stories if s.supporting
    ),
    "order of the supporting facts": lambda stories: Counter(
        tuple(sorted(range(len(s.supporting)), key=s.supporting.__getitem__)) for s in stories
    ),
    "forms of questions": lambda stories: Counter(form(s.question) for s in stories),
    "forms of facts": lambda stories: Counter(
        form(fact) for story, _ in last_of_each(stories) for fact in story.facts
    ),
    "questions of a story": lambda stories: Counter(count for _, count in last_of_each(stories)),
}


def distance(ours, theirs):
    """Total variation: half the sum of the differences of two distributions."""
    here, there = ours.total(), theirs.total()
    return sum(abs(ours[key] / here - theirs[key] / there) for key in ours | theirs) / 2


def test_distance_by_hand():
    assert distance(Counter(a=1, b=1), Counter(a=10, b=10)) == 0
    assert distance(Counter(a=1), Counter(b=7)) == 1
    assert distance(Counter(a=1, b=1), Counter(a=3, b=1)) == 0.25


@pytest.mark.data
@pytest.mark.parametrize("task", BABI)
def test_like_the_official_stories(task, data):
    folder = data / "babi" / ("en-valid" if task == "3" else "en-valid-10k")
    official = read_babi(folder, "train", [task]) + read_babi(folder, "valid", [task])
    ours = list(simulate(task, QUESTIONS, seed=0))
    assert words(ours) == words(official)

    names = sorted({story.id for story in official})
    first = set(names[::2])
    halves = [s for s in official if s.id in first], [s for s in official if s.id not in first]
    for name, count in DISTRIBUTIONS.items():
        theirs, found = count(official), count(ours)
        if name.startswith("forms"):
            assert set(found) == set(theirs), name
        allowed = max(TOLERANCE, 2 * distance(*map(count, halves)))
        assert distance(found, theirs) <= allowed, f"{name}: {found.most_common(5)}, {theirs.most_common(5)}"
