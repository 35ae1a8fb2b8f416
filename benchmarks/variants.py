"""The Symbol Memory Network from fewer questions, and with parts taken away.

    python benchmarks/variants.py curve DATA OUT [--questions 50,100,200,500,1000] [--seeds 1]
    python benchmarks/variants.py ablations DATA OUT [--epochs 10]

DATA holds the folders en-valid and en-valid-10k of bAbI. Training takes whole stories from the head of each
train file of en-valid, up to so many questions a task, of which a tenth is held out; at 1,000 a task, the
whole file, with the validation file. Tests are on the validation questions of en-valid-10k that stand in
neither split of en-valid. An interrupted training goes on when its command is given again.
"""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

import memnn
from memnn.question_answering.babi import hold_out, read_babi
from memnn.question_answering.metrics import evaluate
from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.training import train_stories
from memnn.story import Story

WHOLE = 1000  # questions a task, 900 to train on and 100 to choose by
ABLATIONS: dict[str, dict[str, Any]] = {
    "whole": {},
    "symbols read by name": {"by_name": True},
    "and nothing copied": {"by_name": True, "copying": False},
    "one hop": {"hops": 1},
    "no sense of time": {"heads_latest": 0, "heads_next": 0, "heads_soft": 5},
    "supporting facts added": {"supporting": 1.0},
    "memory cut": {"capacity": 1},
    "pairs of symbols added": {"pairs": 10},
}


def head(stories: list[Story], questions: int) -> list[Story]:
    """Whole stories from the head of each task, as long as it has no more questions than so many."""
    sizes = Counter(story.id for story in stories)
    taken: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    full: set[str] = set()
    for story in stories:
        if story.id in taken.setdefault(story.task, []) or story.task in full:
            continue
        if counts[story.task] + sizes[story.id] > questions:
            full.add(story.task)
            continue
        taken[story.task].append(story.id)
        counts[story.task] += sizes[story.id]
    kept = {name for names in taken.values() for name in names}
    return [story for story in stories if story.id in kept]


def told(story: Story) -> tuple[object, ...]:
    return story.facts, story.question, story.answer


def test_stories(data: Path) -> list[Story]:
    """Without labels of supporting facts, as evidence takes longer to find than answers."""
    known = {told(story) for split in ("train", "valid") for story in read_babi(data / "en-valid", split)}
    larger = read_babi(data / "en-valid-10k", "valid")
    return [replace(story, supporting=()) for story in larger if told(story) not in known]


def report(
    name: str, train: list[Story], valid: list[Story], run: Path, plan: StoryPlan, test: list[Story]
) -> None:
    if not run.exists():
        train_stories(train, valid, run, plan)
    found = evaluate(memnn.load(run), test)
    failed = [task for task, error in found.tasks.items() if error > 5]
    line = (run / "metrics.jsonl").read_text("utf-8").splitlines()[-1]
    minutes = json.loads(line)["seconds"] / 60
    numbers = f"{len(train):>8}{found.mean_error:>8.2f}{len(failed):>8}{minutes:>9.1f}"
    print(f"{name:<26}{numbers}  {' '.join(failed)}", flush=True)


def print_head() -> None:
    print(f"{'':<26}{'trained':>8}{'error':>8}{'failed':>8}{'minutes':>9}", flush=True)


app = typer.Typer(help=__doc__, pretty_exceptions_enable=False)


@app.command()
def curve(
    data: Path,
    out: Path,
    questions: Annotated[str, typer.Option(help="a task, joined by commas")] = "50,100,200,500,1000",
    seeds: int = 1,
) -> None:
    """Error by number of training questions a task."""
    test, given = test_stories(data), read_babi(data / "en-valid", "train")
    print_head()
    for count in map(int, questions.split(",")):
        some = given if count >= WHOLE else head(given, count)
        train = some if count >= WHOLE else hold_out(some, "train", 0, data)
        valid = read_babi(data / "en-valid", "valid") if count >= WHOLE else hold_out(some, "valid", 0, data)
        for seed in range(seeds):
            plan = StoryPlan(options={"seed": seed})
            report(f"{count} a task, seed {seed}", train, valid, out / f"{count}-{seed}", plan, test)


@app.command()
def ablations(data: Path, out: Path, epochs: int = 10, seed: int = 0) -> None:
    """Error of the network without one of its parts, all else the same."""
    test = test_stories(data)
    train, valid = (read_babi(data / "en-valid", split) for split in ("train", "valid"))
    print_head()
    for name, settings in ABLATIONS.items():
        plan = StoryPlan(settings=settings, options={"seed": seed, "epochs": epochs})
        report(name, train, valid, out / f"{name.replace(' ', '-')}-{seed}", plan, test)


if __name__ == "__main__":
    app()
