import importlib
import random
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.reader import Answer, Evidence
from memnn.question_answering.training import train_stories
from memnn.story import Story
from memnn.worlds import simulate
from memnn.worlds.folder import write_folder

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
evidence = importlib.import_module("evidence")


def answering(truly):
    """Answers 'here' while a fact says so; names that fact, or the first one, as evidence."""

    def answer(stories):
        answers = []
        for story in stories:
            there = next((i for i, fact in enumerate(story.facts) if "here" in fact), None)
            named = 0 if not truly or there is None else there
            found = Evidence(1, named, story.facts[named], 1.0)
            answers.append(Answer("there", 0.6, (found,)) if there is None else Answer("here", 0.9, (found,)))
        return answers

    return answer


@pytest.mark.parametrize("truly", [True, False])
def test_deleting_true_evidence_changes_the_answer_and_deleting_others_does_not(truly):
    story = Story(("A was away.", "B was away.", "C is here."), "Where is C?", ("here",), (2,), task="t")
    (fall,) = evidence.measure(answering(truly), [story] * 200, random.Random(0)).values()
    assert fall.hits == [float(truly)] * 200
    if truly:
        assert set(fall.probability["evidence"]) == {0.9} and all(fall.changed["evidence"])
        assert set(fall.probability["others"]) == {0.0} and not any(fall.changed["others"])
    else:
        assert set(fall.probability["evidence"]) == {0.0}
        assert 70 < sum(fall.changed["others"]) < 130  # one of the two others, each as often


def test_what_has_no_other_facts_is_not_asked():
    story = Story(("C is here.",), "Where is C?", ("here",), (0,), task="t")
    (fall,) = evidence.measure(answering(True), [story], random.Random(0)).values()
    assert fall.hits == [1.0] and not fall.changed["evidence"]


def test_the_table_has_a_row_for_each_task_and_one_for_all(tmp_path):
    write_folder(tmp_path / "data", ["1", "6"], {"train": 40, "test": 12})
    told = [story for task in ("1", "6") for story in simulate(task, 40, 0)]
    options = {"epochs": 1, "restarts": 1, "linear_start_rate": 0.0}
    train_stories(told, [], tmp_path / "run", StoryPlan("memn2n", settings={"dim": 6}, options=options))
    app = evidence.typer.Typer()
    app.command()(evidence.main)
    said = CliRunner().invoke(app, [str(tmp_path / "run"), str(tmp_path / "data"), "--questions", "10"])
    assert said.exit_code == 0
    assert [line.split()[0] for line in said.stdout.splitlines()[2:]] == ["1", "6", "all"]
