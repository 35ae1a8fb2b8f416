"""Whether answers rest on their evidence: the facts named as evidence deleted, against as many others.

    python benchmarks/evidence.py RUN DATA [--split valid] [--questions 200]

Evidence is the weightiest fact of each hop. It is deleted from the story and the question asked again; then,
from the whole story, as many other facts drawn at random. By task, in %: how far the probability of the
answer falls (to 0 where another answer is given), how often another answer is given, and the share of
supporting facts among as many that the evidence weighs most. Where a story has too few other facts, or no
evidence is named, the question counts for that share alone; `asked` are the questions that count for all.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean
from typing import Annotated

import typer

import memnn
from memnn.question_answering.metrics import hit_rate
from memnn.question_answering.reader import Answer
from memnn.question_answering.reading import read_stories
from memnn.story import Story
from memnn.tasks import parse_tasks, sort_tasks

Answering = Callable[[list[Story]], list[Answer]]  # `net.answer`


@dataclass
class Fall:
    """What became of the answers to some questions, one number each."""

    probability: dict[str, list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )  # by what was deleted
    changed: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    hits: list[float] = field(default_factory=list)


def weightiest(answer: Answer) -> frozenset[int]:
    """The positions of the facts that some hop weighs highest."""
    top: dict[int, int] = {}
    for found in answer.evidence:
        top.setdefault(found.hop, found.position)  # the weightiest comes first
    return frozenset(top.values())


def without(story: Story, gone: frozenset[int]) -> Story:
    """The story with these facts never told."""
    kept = tuple(fact for position, fact in enumerate(story.facts) if position not in gone)
    return replace(story, facts=kept, supporting=())


def measure(answer: Answering, stories: list[Story], rng: random.Random) -> dict[str, Fall]:
    """The falls by task."""
    falls: dict[str, Fall] = defaultdict(Fall)
    asked: list[tuple[Story, Answer]] = []
    deleted: dict[str, list[Story]] = {"evidence": [], "others": []}
    for story, said in zip(stories, answer(stories)):
        if story.supporting:
            falls[story.task].hits.append(hit_rate(said, story))
        evidence = weightiest(said)
        others = [position for position in range(len(story.facts)) if position not in evidence]
        if 0 < len(evidence) <= len(others):
            asked.append((story, said))
            deleted["evidence"].append(without(story, evidence))
            deleted["others"].append(without(story, frozenset(rng.sample(others, len(evidence)))))
    for what, shorter in deleted.items():
        for (story, before), after in zip(asked, answer(shorter)):
            changed = after.text != before.text
            falls[story.task].changed[what].append(changed)
            left = 0.0 if changed else after.probability
            falls[story.task].probability[what].append(before.probability - left)
    return falls


def percent(numbers: list[float] | list[bool]) -> str:
    """Their mean in %, or a dash without any."""
    return f"{100 * mean(numbers):.1f}" if numbers else "-"


def main(
    run: Path,
    data: Path,
    split: str = "test",
    tasks: Annotated[str | None, typer.Option(help="such as 1,2,5-8; all unless told")] = None,
    questions: Annotated[int, typer.Option(help="the first so many of each task")] = 200,
) -> None:
    """Print the table."""
    net = memnn.load(run)
    net.use_threads()
    told = read_stories(data, split, parse_tasks(tasks) if tasks else None)
    names = sort_tasks(story.task for story in told)
    stories = [
        story for name in names for story in [story for story in told if story.task == name][:questions]
    ]
    falls = measure(net.answer, stories, random.Random(0))
    print(f"{'':<10}{'probability falls':>22}{'other answer':>22}{'supporting':>12}")
    print(f"{'task':<10}" + f"{'evidence':>12}{'others':>10}" * 2 + f"{'found':>12}{'asked':>8}")
    rows = {task or "-": falls[task] for task in names}
    everything = Fall()
    for fall in falls.values():
        everything.hits += fall.hits
        for what in ("evidence", "others"):
            everything.probability[what] += fall.probability[what]
            everything.changed[what] += fall.changed[what]
    for task, fall in (rows | {"all": everything}).items():
        pairs = [
            percent(of[what]) for of in (fall.probability, fall.changed) for what in ("evidence", "others")
        ]
        cells = f"{pairs[0]:>12}{pairs[1]:>10}{pairs[2]:>12}{pairs[3]:>10}{percent(fall.hits):>12}"
        print(f"{task:<10}{cells}{len(fall.changed['evidence']):>8}")


if __name__ == "__main__":
    typer.run(main)
