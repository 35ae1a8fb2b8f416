"""Task 14 (time reasoning): who was where, yesterday and at three times of today.

Each actor makes at most one journey a period, in order: yesterday, this morning, this afternoon,
this evening. It leads anywhere but to where the actor is. Journeys happen two at a time, made by
anyone who has a period left; after each two a question is asked, as soon as one can be.

A question ('Where was Julie before the school?') is about the actor and the place of one of the
last five journeys. Of all visits of that actor to that place the last one counts; it must not be
the actor's first journey. The answer is where the journey before led. Supporting: the journey to
the place, then the one before.

Facts are not told in the order of the journeys: those told since the last question are mixed so
that none stays in its place (Sattolo's shuffle). So two are always told in the wrong order.
"""

import random

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import FACTS_PER_QUESTION, QUESTIONS, WINDOW, Asked, cast, pick, tell

ACTORS = ("Bill", "Fred", "Julie", "Mary")
PLACES = ("bedroom", "cinema", "kitchen", "office", "park", "school")
PERIODS = ("yesterday", "this morning", "this afternoon", "this evening")
VERBS = ("went", "went back", "journeyed", "travelled", "moved")


def time_reasoning(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 14. Knobs: facts, questions, actors, places."""
    refuse(knobs, "hops")
    actors = cast("actors", knobs.actors, ACTORS, 1)
    places = cast("places", knobs.places, PLACES, 2)
    _check_periods(knobs, len(actors))
    facts: list[str] = []
    journeys: list[tuple[str, str]] = []  # actor and place, in the order they happened
    line: list[int] = []  # where among the facts each journey is told
    diaries: dict[str, list[int]] = {actor: [] for actor in actors}  # the n-th journey is in the n-th period
    last_visit: dict[tuple[str, str], int] = {}  # the period in which an actor was at a place last
    mixed = 0  # facts told before the last question

    def step() -> None:
        actor = pick(rng, actors)
        while len(diaries[actor]) == len(PERIODS):
            actor = pick(rng, actors)
        diary = diaries[actor]
        place = pick(rng, places)
        while diary and place == journeys[diary[-1]][1]:
            place = pick(rng, places)
        facts.append(_sentence(rng, actor, place, PERIODS[len(diary)]))
        line.append(len(line))
        last_visit[actor, place] = len(diary)
        diary.append(len(journeys))
        journeys.append((actor, place))

    def ask() -> Asked | None:
        nonlocal mixed
        later = [visit for visit in journeys[-WINDOW:] if last_visit[visit] > 0]
        if not later:
            return None
        _mix(rng, facts, line, mixed)
        mixed = len(facts)
        actor, place = pick(rng, later)
        period = last_visit[actor, place]
        before, visit = diaries[actor][period - 1 : period + 1]
        question = f"Where was {actor} before the {place}?"
        return question, (journeys[before][1],), (line[visit], line[before])

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

    A question has to wait only while the last five journeys are all their actors' first.
    """
    questions = number("questions", knobs.questions, QUESTIONS)
    each = FACTS_PER_QUESTION if knobs.facts is None else -(-knobs.facts // questions)
    waits = actors // max(1, min(each, WINDOW))
    if each * (questions + waits) > actors * len(PERIODS):
        raise ValueError(
            f"{actors} actors make too few journeys for {questions} questions, {each} facts each"
        )
