import importlib
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from memnn.training import checkpoint

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
longer = importlib.import_module("longer")


@pytest.mark.parametrize("name", [name for name, world in longer.WORLDS.items() if world.chain])
@pytest.mark.parametrize(
    ("column", "hops", "facts"),
    [
        ("as trained", {1, 2, 3}, set(range(1, 9))),
        ("12 hops", {12}, {17}),
        ("10 times", {1, 2, 3}, {80}),
        ("both", {12}, {80}),
    ],
)
def test_stories_are_as_long_as_the_column_says(name, column, hops, facts):
    stories = longer.simulate_column(longer.WORLDS[name], column, facts=8, count=150, seed=0)
    assert len(stories) == 150
    assert {len(story.supporting) for story in stories} == hops
    assert {len(story.facts) for story in stories} <= facts
    assert max(len(story.facts) for story in stories) == max(facts)


@pytest.mark.parametrize("name", ["debts", "parcels"])
def test_training_tells_of_few_names_and_of_many(name):
    world = longer.WORLDS[name]
    stories = longer.simulate_column(world, "as trained", facts=8, count=280, seed=0)
    names = set(longer.NAMES[:81])
    told = [
        names & set(" ".join(story.facts).replace(".", "").split())
        for story in stories
        if len(story.facts) == 8
    ]
    assert min(map(len, told)) <= world.fewest < max(map(len, told))
    assert len(set().union(*told)) > 60


def test_carrying_is_told_no_longer_in_training_and_of_few_and_of_many():
    world = longer.WORLDS["carrying"]
    stories = longer.simulate_column(world, "as trained", facts=6, count=162, seed=0)
    assert len(stories) == 162 and {len(story.facts) for story in stories} <= set(range(1, 7))
    assert {task: sum(story.task == task for story in stories) for task in "123"} == {
        "1": 54,
        "2": 54,
        "3": 54,
    }
    assert {len(story.supporting) for story in stories} == {1, 2, 3}
    told = [
        len({word for fact in story.facts for word in fact.split() if word[0].isupper()}) for story in stories
    ]
    assert min(told) == 1 and max(told) > 2


def test_carrying_is_told_longer_but_not_with_more_hops():
    world = longer.WORLDS["carrying"]
    assert not longer.simulate_column(world, "12 hops", 8, 9, 0)
    stories = longer.simulate_column(world, "10 times", 8, 9, 0)
    assert {len(story.supporting) for story in stories} == {1, 2, 3}
    assert min(len(story.facts) for story in stories) == 80


def test_a_run_is_trained_and_tested(tmp_path):
    sizes = ["--facts", "4", "--stories", "60", "--asked", "6", "--epochs", "1"]
    said = CliRunner().invoke(
        longer.app, ["train", str(tmp_path), "parcels", "carrying", "--ensemble", "2", *sizes]
    )
    assert said.exit_code == 0, said.output
    assert checkpoint.read_config(tmp_path / "carrying-0")["settings"]["ensemble"] == 2
    rows = [line.split() for line in said.stdout.splitlines()[2:]]
    assert [row[0] for row in rows] == ["parcels-0", "carrying-0"]
    assert rows[1][2] == rows[1][4] == "-"
    again = CliRunner().invoke(
        longer.app, ["test", str(tmp_path / "parcels-0"), "--facts", "4", "--asked", "6"]
    )
    assert again.stdout.splitlines()[2].split() == rows[0]
