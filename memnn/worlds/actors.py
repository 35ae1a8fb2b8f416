"""Tasks 1, 6, 2 and 3: where someone or something is, or was.

Tasks 1 and 6 (one supporting fact; yes/no questions): one of the recent moves is drawn and its
actor asked about; the answer is the last place that actor moved to. Half of the yes/no questions
ask about that place, the others about any other.
"""

import random
from itertools import pairwise

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.stage import CARRYING, MOVING, THERE, Stage
from memnn.worlds.telling import Asked, pick, tell


def single_supporting_fact(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 1. Knobs: facts, questions, actors, places."""
    stage = Stage(rng, knobs, MOVING)
    return tell(stage.facts, stage.step, lambda: _where_someone_is(stage), knobs)


def _where_someone_is(stage: Stage) -> Asked | None:
    actor = pick(stage.rng, stage.recent("move")).actor
    last = stage.moves[actor][-1]
    return f"Where is {actor}?", (last.what,), (last.fact,)


def yes_no_questions(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 6. Knobs: facts, questions, actors, places, things."""
    stage = Stage(rng, knobs, CARRYING)
    return tell(stage.facts, stage.step, lambda: _whether_someone_is_there(stage), knobs)


def _whether_someone_is_there(stage: Stage) -> Asked | None:
    moves = stage.recent("move")
    if not moves:
        return None
    actor = pick(stage.rng, moves).actor
    last = stage.moves[actor][-1]
    truly = stage.rng.random() < 0.5
    place = last.what if truly else pick(stage.rng, [p for p in stage.places if p != last.what])
    return f"Is {actor} in the {place}?", ("yes" if truly else "no",), (last.fact,)


def two_supporting_facts(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 2. Knobs: facts, questions, actors, places, things.

    Asked about: a thing handled recently that was put down by someone whose place is known, or
    that was carried to a place after it was got.
    """
    stage = Stage(rng, knobs, CARRYING)
    return tell(stage.facts, stage.step, lambda: _where_something_is(stage), knobs)


def _where_something_is(stage: Stage) -> Asked | None:
    known = []
    for handled in stage.recent("get", "put"):
        last = stage.handling[handled.what][-1]
        moves = stage.moves[last.actor]
        if last.kind == "put":
            moves = [move for move in moves if move.fact < last.fact]
        elif moves and moves[-1].fact < last.fact:
            continue
        if moves:
            known.append((last, moves[-1]))
    if not known:
        return None
    last, move = pick(stage.rng, known)
    return f"Where is the {last.what}?", (move.what,), (last.fact, move.fact)


def three_supporting_facts(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Task 3. Knobs: facts, questions, actors, places, things.

    Asked about: a thing handled recently that was carried through two places or more since it was
    got, and may have been put down there. 'Before the kitchen' means the last time it came to the
    kitchen. Hence the long stories: such a thing is rare.
    """
    stage = Stage(rng, knobs, CARRYING, get_there=THERE)
    return tell(stage.facts, stage.step, lambda: _where_something_was(stage), knobs)


def _where_something_was(stage: Stage) -> Asked | None:
    carried = []
    for handled in stage.recent("get", "put"):
        *before, last = stage.handling[handled.what]
        got, end = (last, len(stage.facts)) if last.kind == "get" else (before[-1], last.fact)
        moves = [move for move in stage.moves[last.actor] if got.fact < move.fact < end]
        if len(moves) > 1:
            carried.append((last, moves))
    if not carried:
        return None
    last, moves = pick(stage.rng, carried)
    comings = {to.what: (origin, to) for origin, to in pairwise(moves)}  # the last to each place
    origin, to = pick(stage.rng, list(comings.values()))
    question = f"Where was the {last.what} before the {to.what}?"
    return question, (origin.what,), (last.fact, to.fact, origin.fact)
