"""Simulated worlds: any number of stories, offline, seeded, with supporting facts.

The 20 bAbI tasks (Weston et al. 2015, "Towards AI-complete question answering: a set of prerequisite toy
tasks"): the rule of each, as found in the official files, stands at the head of its module. And worlds of
other words and relations, to see how a model does on stories that nobody tuned it to.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from memnn.story import Story
from memnn.worlds.actors import (
    single_supporting_fact,
    three_supporting_facts,
    two_supporting_facts,
    yes_no_questions,
)
from memnn.worlds.ages import ages
from memnn.worlds.belongings import counting, lists_sets, three_argument_relations
from memnn.worlds.debts import debts
from memnn.worlds.directions import path_finding, two_argument_relations
from memnn.worlds.families import families
from memnn.worlds.kinds import deduction, induction
from memnn.worlds.kitchen import kitchen
from memnn.worlds.knobs import Knobs, Spread
from memnn.worlds.motivations import agents_motivations
from memnn.worlds.parcels import parcels
from memnn.worlds.positions import positional_reasoning
from memnn.worlds.pronouns import basic_coreference, compound_coreference, conjunction
from memnn.worlds.relatives import relatives
from memnn.worlds.sizes import size_reasoning
from memnn.worlds.times import time_reasoning
from memnn.worlds.whereabouts import indefinite_knowledge, simple_negation

__all__ = ["BABI", "OTHERS", "WORLDS", "Knobs", "Spread", "World", "simulate"]


@dataclass(frozen=True)
class World:
    """A task and the function that tells one story of it, one `Story` a question."""

    name: str
    title: str
    make: Callable[[random.Random, Knobs], list[Story]]


WORLDS: dict[str, World] = {
    "1": World("single-supporting-fact", "Where someone is: one supporting fact", single_supporting_fact),
    "2": World("two-supporting-facts", "Where something is: two supporting facts", two_supporting_facts),
    "3": World("three-supporting-facts", "Where something was: three facts", three_supporting_facts),
    "4": World("two-argument-relations", "What is north of what", two_argument_relations),
    "5": World("three-argument-relations", "Who gave what to whom", three_argument_relations),
    "6": World("yes-no-questions", "Whether someone is there: yes or no", yes_no_questions),
    "7": World("counting", "How many things someone carries", counting),
    "8": World("lists-sets", "Which things someone carries: an ordered list", lists_sets),
    "9": World("simple-negation", "Someone is no longer there", simple_negation),
    "10": World("indefinite-knowledge", "Someone is perhaps there: yes, no or maybe", indefinite_knowledge),
    "11": World("basic-coreference", "He and she", basic_coreference),
    "12": World("conjunction", "Two who move together", conjunction),
    "13": World("compound-coreference", "They", compound_coreference),
    "14": World("time-reasoning", "Where someone was before, told out of order", time_reasoning),
    "15": World("basic-deduction", "What someone is afraid of", deduction),
    "16": World("basic-induction", "What colour another of the kind has", induction),
    "17": World(
        "positional-reasoning", "Whether one shape is above or left of another", positional_reasoning
    ),
    "18": World("size-reasoning", "Whether one thing is bigger or fits in another", size_reasoning),
    "19": World("path-finding", "How to go from room to room", path_finding),
    "20": World("agents-motivations", "Where someone will go, and why", agents_motivations),
    "families": World("families", "What someone is to someone else, through a chain of relatives", families),
    "relatives": World("relatives", "What someone is to someone else, told in many ways", relatives),
    "ages": World("ages", "Whether someone is older than someone else, through others", ages),
    "parcels": World("parcels", "In which city something is that lies in something else", parcels),
    "debts": World("debts", "Whom someone owes, after claims changed hands", debts),
    "kitchen": World("kitchen", "What stands where, and what is in which dish", kitchen),
}
BABI = tuple(task for task in WORLDS if task.isdigit())
OTHERS = tuple(task for task in WORLDS if not task.isdigit())

_OFFICIAL = Knobs()


def simulate(task: str, questions: int, seed: int, knobs: Knobs | Spread = _OFFICIAL) -> Iterator[Story]:
    """Yield exactly this many questions of a task, story after story; the same ones for the same seed.

    The questions of one story share an id, such as '1-000017'; the last story may be cut short.
    Raises ValueError for an unknown task or for knobs that leave nothing to tell.
    """
    if task not in WORLDS:
        raise ValueError(f"no task '{task}': expected one of {', '.join(WORLDS)}")
    return _number(task, questions, random.Random(f"task {task}, seed {seed}"), knobs)


def _number(task: str, questions: int, rng: random.Random, knobs: Knobs | Spread) -> Iterator[Story]:
    make = WORLDS[task].make
    number = 0
    while questions > 0:
        number += 1
        for story in make(rng, knobs.draw(rng))[:questions]:
            yield replace(story, task=task, id=f"{task}-{number:06d}")
            questions -= 1
