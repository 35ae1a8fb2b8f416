"""Task 14 (time reasoning): who was where, yesterday and at three times of today.

Each actor makes one journey in each period, in order: yesterday, this morning, this afternoon,
this evening. A journey leads anywhere but to where its actor is. Journeys happen two at a time, their
actor being anyone who has a period left; after each two a question is asked as soon as one can be.

A question ('Where was Julie before the school?') is about one of the last five journeys that
its actor made after another; the answer is the place of the journey before. Where its actor
was at that place twice, the last visit counts. Supporting: the journey to the place, then
the one before.

The facts are not told in the order of the journeys: those since the last question are mixed so that none
stays in its place (Sattolo's shuffle). Two are always told in the wrong order.
"""

import random
from typing import NamedTuple

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import FACTS_PER_QUESTION, QUESTIONS, WINDOW, Asked, cast, pick, tell

ACTORS = ("Bill", "Fred", "Julie", "Mary")
PLACES = ("bedroom", "cinema", "kitchen", "office", "park", "school")
PERIODS = ("yesterday", "this morning", "this afternoon", "this evening")
VERBS = ("went", "went back", "journeyed", "travelled", "moved")


class Journey(NamedTuple):
    """The n-th of an actor is made in the n-th period."""

    number: int  # in the order they happened, which is not the order of the facts
    actor: str
    place: str


def time_reasoning(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 14. Knobs: facts, questions, actors, places."""
    refuse(knobs, "hops")
    actors = cast("actors", knobs.actors, ACTORS, 1)
    places = cast("places", knobs.places, PLACES, 2)
    _check_periods(knobs, len(actors))
    facts: list[str] = []
    line: list[int] = []  # where each journey stands among the facts
    journeys: list[Journey] = []
    diaries: dict[str, list[Journey]] = {actor: [] for actor in actors}
    mixed = 0  # facts told before the last question

    def step() -> None:
        actor = pick(rng, actors)
        while len(diaries[actor]) == len(PERIODS):
            actor = pick(rng, actors)
        diary = diaries[actor]
        place = pick(rng, places)
        while diary and place == diary[-1].place:
            place = pick(rng, places)
        facts.append(_sentence(rng, actor, place, PERIODS[len(diary)]))
        line.append(len(journeys))
        journey = Journey(len(journeys), actor, place)
        journeys.append(journey)
        diary.append(journey)

    def ask() -> Asked | None:
        nonlocal mixed
        later = [journey for journey in journeys[-WINDOW:] if diaries[journey.actor][0] != journey]
        if not later:
            return None
        _mix(rng, facts, line, mixed)
        mixed = len(facts)
        _, actor, place = pick(rng, later)
        diary = diaries[actor]
        period = max(n for n, journey in enumerate(diary) if journey.place == place)
        before = diary[period - 1]
        supporting = (line[diary[period].number], line[before.number])
        return f"Where was {actor} before the {place}?", (before.place,), supporting

    return tell(facts, step, ask, knobs)


def _sentence(rng: random.Random, actor: str, place: str, period: str) -> str:
    verb = pick(rng, VERBS)
    if rng.random() < 0.5:
        return f"{period.capitalize()} {actor} {verb} to the {place}."
    return f"{actor} {verb} to the {place} {period}."


def _mix(rng: random.Random, facts: list[str], line: list[int], start: int) -> None:
    """Sattolo's shuffle of the facts from `start` on; `line` follows the journeys."""
    order = list(range(start, len(facts)))
    for last in range(len(order) - 1, 0, -1):
        other = int(rng.random() * last)
        order[last], order[other] = order[other], order[last]
    facts[start:] = [facts[journey] for journey in order]
    for place, journey in enumerate(order, start):
        line[journey] = place


def _check_periods(knobs: Knobs, actors: int) -> None:
    """Raises ValueError when the actors could run out of periods before the last question.

    A question has to wait as long as the last five journeys are all their actors' first.
    """
    questions = number("questions", knobs.questions, QUESTIONS)
    each = FACTS_PER_QUESTION if knobs.facts is None else -(-knobs.facts // questions)
    waits = actors // max(1, min(each, WINDOW))
    if each * (questions + waits) > actors * len(PERIODS):
        raise ValueError(
            f"{actors} actors make too few journeys for {questions} questions, {each} facts each"
        )
