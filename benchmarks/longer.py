"""Stories longer than in training: error where questions need more hops, and among more facts.

    python benchmarks/longer.py train OUT [WORLD...]     trains a run for each world, then tests it
    python benchmarks/longer.py test RUN...              tests runs that `train` made

Training stories need 1 to 3 hops and have at most `--facts` facts; tests are of the same size, of 12 hops, of
ten times the facts, and of both. Where names are needed, training and tests draw them from one list of
made-up words, so that length alone is new. Where a story may be told of fewer names than it has facts,
training tells of few and of many, as those of a long story come up again and again. In carrying (tasks 1 to
3) hops cannot be set: they are 1, 2 and 3, and a story goes on until there is something to ask. Of training
the longer ones are left out, those of the longest test have as many facts or more. An interrupted training
goes on when its command is given again.
"""

import random
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Annotated

import typer

import memnn
from memnn.question_answering.metrics import evaluate
from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.training import train_stories
from memnn.story import Story
from memnn.worlds import Knobs, Spread, simulate
from memnn.worlds.telling import ACTORS, PLACES, THINGS

NAMES = tuple("".join(letters) for letters in product("bdfgklmnprstvz", "aeiou", "klmnrst", "aeiou"))[::7]
HOPS, LONG, TIMES = range(1, 4), 12, 10
CASTS = 4  # of each size
PLAIN = {"pairs": 0, "space": 0, "links": False}  # a fixed number of hops and nothing else


@dataclass(frozen=True)
class World:
    """The tasks trained on together, and how their stories are told."""

    tasks: tuple[str, ...]
    named: str = ""  # the knob that takes the names; none: the world's own
    questions: int | None = None  # a story, where there may be several
    chain: bool = True  # whether hops can be set
    fewest: int | None = None  # names that tell a story of training; None: as many as it has facts, and more


WORLDS = {
    "paths": World(("19",), "places"),
    "positions": World(("17",), "things", questions=1),
    "sizes": World(("18",), "things", questions=1),
    "ages": World(("ages",), "actors"),
    "families": World(("families",), "actors"),
    "parcels": World(("parcels",), "things", fewest=4),
    "debts": World(("debts",), "actors", fewest=6),
    "carrying": World(("1", "2", "3"), questions=1, chain=False),
}
COLUMNS = ("as trained", "12 hops", "10 times", "both")


def simulate_column(world: World, column: str, facts: int, count: int, seed: int) -> list[Story]:
    """So many stories in all, of a length of the table; none where the world cannot be told so."""
    long = column in ("12 hops", "both")
    if long and not world.chain:
        return []
    hops = range(LONG, LONG + 1) if long else HOPS
    most = {"as trained": facts, "12 hops": facts + LONG - HOPS[-1]}.get(column, TIMES * facts)
    least = HOPS[0] if column == "as trained" else most
    knobs = Knobs(questions=world.questions)
    spread = Spread(hops if world.chain else None, range(least, most + 1), knobs)
    if world.named:
        names = NAMES[: TIMES * facts + 1]
        spread = replace(spread, knobs=replace(knobs, **{world.named: names}))
        if world.fewest and column == "as trained":
            return _tell_of_few_and_many(world, spread, names, count, seed)
    if not world.chain and column == "as trained":
        return _carry_few_and_many(world, spread, facts, count, seed)
    each = count // len(world.tasks)
    return [story for task in world.tasks for story in simulate(task, each, seed, spread)]


def _tell_of_few_and_many(
    world: World, spread: Spread, names: tuple[str, ...], count: int, seed: int
) -> list[Story]:
    """Stories of one task, told of casts of the fewest, twice as many and so on to all."""
    rng, casts, size = random.Random(seed), [], world.fewest or 1
    while size < len(names):
        casts += [tuple(rng.sample(names, size)) for _ in range(CASTS)]
        size *= 2
    casts += [names] * CASTS
    stories = []
    for number, cast in enumerate(casts):
        own = replace(spread, knobs=replace(spread.knobs, **{world.named: cast}))
        some = count * (number + 1) // len(casts) - count * number // len(casts)
        stories += simulate(world.tasks[0], some, seed * 1000 + number, own)
    rng.shuffle(stories)
    return stories


def _carry_few_and_many(world: World, spread: Spread, facts: int, count: int, seed: int) -> list[Story]:
    """Stories of at most so many facts, as many of each task and size of cast."""
    rng, stories = random.Random(seed), []
    sizes = list(product(world.tasks, (1, 2, 4), (2, 3, 6), (1, 2, 3)))
    for number, (task, actors, places, things) in enumerate(sizes):
        some = count * (number + 1) // len(sizes) - count * number // len(sizes)
        cast = {"actors": rng.sample(ACTORS, actors), "places": rng.sample(PLACES, places)}
        if task != "1":  # nothing is carried there
            cast["things"] = rng.sample(THINGS, things)
        knobs = replace(spread.knobs, **{name: tuple(words) for name, words in cast.items()})
        told: list[Story] = []
        while len(told) < some:
            more = simulate(task, max(200, 2 * some), rng.randrange(2**32), replace(spread, knobs=knobs))
            told += [story for story in more if len(story.facts) <= facts]
        stories += told[:some]
    rng.shuffle(stories)
    return stories


def print_row(run: Path, facts: int, questions: int) -> None:
    """Test the run of a world, which has its name."""
    net, world = memnn.load(run), WORLDS[run.name.split("-")[0]]
    net.use_threads()
    cells = []
    for seed, column in enumerate(COLUMNS, start=100):
        stories = simulate_column(world, column, facts, questions, seed)
        unlabelled = [replace(story, supporting=()) for story in stories]  # evidence takes its time
        cells.append(f"{evaluate(net, unlabelled).mean_error:.1f}" if stories else "-")
    print(f"{run.name:<14}" + "".join(f"{cell:>12}" for cell in cells), flush=True)


def print_head(facts: int) -> None:
    print(f"error %, trained on 1 to 3 hops and at most {facts} facts")
    print(f"{'':<14}" + "".join(f"{column:>12}" for column in COLUMNS), flush=True)


app = typer.Typer(help=__doc__, pretty_exceptions_enable=False)
Facts = Annotated[int, typer.Option(min=4, max=30, help="the most facts of a training story")]
Asked = Annotated[int, typer.Option(help="stories of each test")]


@app.command("train")
def train(
    out: Path,
    worlds: Annotated[
        list[str] | None, typer.Argument(help=f"of {', '.join(WORLDS)}; all unless told")
    ] = None,
    facts: Facts = 10,
    stories: Annotated[int, typer.Option(help="for training")] = 20_000,
    asked: Asked = 1000,
    epochs: int = 8,
    ensemble: Annotated[int, typer.Option(help="networks that answer together")] = 1,
    plain: Annotated[bool, typer.Option(help="a fixed number of hops and nothing else")] = False,
    seeds: Annotated[int, typer.Option(help="runs of each world")] = 1,
    model: str = "symbol",
) -> None:
    """Train the runs that are not there yet, and test all."""
    print_head(facts)
    for name in worlds or WORLDS:
        for seed in range(seeds):
            run = out / f"{name}-{seed}"
            if not run.exists():
                told = simulate_column(WORLDS[name], "as trained", facts, stories, seed)
                held = simulate_column(WORLDS[name], "as trained", facts, max(len(told) // 20, 20), seed + 50)
                settings = dict(PLAIN) if plain and model == "symbol" else {}
                settings |= {"ensemble": ensemble} if ensemble > 1 else {}
                plan = StoryPlan(model, settings=settings, options={"epochs": epochs, "seed": seed})
                train_stories(told, held, run, plan)
            print_row(run, facts, asked)


@app.command("test")
def test(runs: list[Path], facts: Facts = 10, asked: Asked = 1000) -> None:
    """Test runs that `train` made, with the facts that they were trained on."""
    print_head(facts)
    for run in runs:
        print_row(run, facts, asked)


if __name__ == "__main__":
    app()
