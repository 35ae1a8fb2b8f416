"""How a story is told: a few facts, a question, a few more facts, the next question.

Found in the official files of tasks 1 to 3 and 5 to 13: facts come two at a time; after each
two a question is asked if there is something to ask; a story ends with its fifth question. A
question is never about old news: it is drawn from the last five things that happened, so that
the newest supporting fact is at most five facts old. `WINDOW` is that five.
"""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number

T = TypeVar("T")

ACTORS = ("Mary", "John", "Sandra", "Daniel")
PLACES = ("bathroom", "bedroom", "garden", "hallway", "kitchen", "office")
THINGS = ("apple", "football", "milk")
MOVE_VERBS = ("went to", "journeyed to", "travelled to", "moved to", "went back to")

WINDOW = 5
FACTS_PER_QUESTION = 2
QUESTIONS = 5

Asked = tuple[str, tuple[str, ...], tuple[int, ...]]  # question, answer, supporting facts


def pick(rng: random.Random, options: Sequence[T]) -> T:
    """One option, each as likely as the others: `rng.choice`, four times faster."""
    return options[int(rng.random() * len(options))]


def cast(what: str, own: tuple[str, ...] | None, official: tuple[str, ...], at_least: int) -> tuple[str, ...]:
    """The names a story is told with: one's own, or the official ones.

    Raises ValueError when they are too few to tell a story, or not distinct.
    """
    names = official if own is None else own
    if len(set(names)) != len(names):
        raise ValueError(f"{what} must be distinct: {', '.join(names)}")
    if len(names) < at_least:
        raise ValueError(f"this task needs at least {at_least} {what}, not {len(names)}")
    return names


def tell(
    facts: list[str], step: Callable[[], None], ask: Callable[[], Asked | None], knobs: Knobs
) -> list[Story]:
    """Tell one story: `step` appends to the facts, `ask` finds a question about them, or None.

    The knob `facts` spreads that many facts evenly over the questions; where there is nothing to ask
    then, two more are told. Raises ValueError when the knobs leave nothing to tell or to ask.
    """
    questions = number("questions", knobs.questions, QUESTIONS)
    each = -(-number("facts", knobs.facts, FACTS_PER_QUESTION * questions) // questions)
    stories: list[Story] = []
    more = each
    while len(stories) < questions:
        enough = len(facts) + more
        while len(facts) < enough:
            step()
        asked = ask()
        more = FACTS_PER_QUESTION
        if asked is not None:
            stories.append(Story(tuple(facts), *asked))
            more = each
    return stories
