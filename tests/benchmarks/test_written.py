import importlib
import random
import re
import sys
from pathlib import Path

from typer.testing import CliRunner

from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.reading import read_stories
from memnn.question_answering.training import train_stories

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
written = importlib.import_module("written")


def test_new_ways_and_words_are_in_no_story_of_training():
    for some in (written.ONE, written.TWO, written._words(written.DOES), written._words(written.ASIDES)):
        known, new = written._some(some, new=False), written._some(some, new=True)
        assert {*known, *new} == {*some} and len({*some}) == len(some) == len(known) + len(new)
        assert known and new and not {*known} & {*new}


def test_every_way_can_be_told_and_names_all_it_links():
    teller = written.Teller(random.Random(0), new=False)
    people, genders = ["Al", "Bea", "Cy"], [0, 1, 0]
    for ways, links in (
        (written.ONE, [(0, "sibling", 1)]),
        (written.TWO, [(0, "sibling", 1), (1, "child", 2)]),
    ):
        for way in ways:
            teller.ways[len(links)] = [way]
            told = teller.tell(links, people, genders)
            assert set(re.findall(r"\b(?:Al|Bea|Cy)\b", told)) == {
                people[n] for link in links for n in link[::2]
            }
            assert not re.search(r"[{}]|\b[A-Z]{2,}\b| {2}", told)
            assert not re.search(r"\bwith with\b| ,|\bwith \w+ed\b", told)


def test_it_writes_stories_and_tests_a_run(tmp_path):
    app = CliRunner()
    assert not app.invoke(written.app, ["make", str(tmp_path), "--stories", "40", "--asked", "2"]).exception
    stories = read_stories(tmp_path / "known", "train")
    assert len(stories) == 40 and {story.task for story in stories} == {"2", "3"}
    assert len(read_stories(tmp_path / "new", "test")) == 2 * len(written.LENGTHS)
    train_stories(stories, stories[:4], tmp_path / "run", StoryPlan(options={"epochs": 1}))
    said = app.invoke(written.app, ["test", str(tmp_path / "run"), str(tmp_path)])
    assert not said.exception
    head, known, new = said.stdout.splitlines()
    assert head.split() == ["links", *map(str, written.LENGTHS)]
    assert (
        known.startswith("known") and new.startswith("new") and len(new.split()) == 1 + len(written.LENGTHS)
    )
