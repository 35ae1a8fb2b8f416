from itertools import groupby, pairwise

import pytest

from memnn.worlds import WORLDS, Knobs, simulate


def test_there_are_twenty_tasks():
    assert list(WORLDS) == [str(number) for number in range(1, 21)]
    assert len({world.name for world in WORLDS.values()}) == 20


@pytest.mark.parametrize("task", WORLDS)
def test_same_seed_same_stories(task):
    assert list(simulate(task, 50, seed=7)) == list(simulate(task, 50, seed=7))
    assert list(simulate(task, 50, seed=7)) != list(simulate(task, 50, seed=8))
    assert list(simulate(task, 20, seed=7)) == list(simulate(task, 50, seed=7))[:20]


@pytest.mark.parametrize("task", WORLDS)
def test_stories_are_whole(task):
    stories = list(simulate(task, 101, seed=0))
    assert len(stories) == 101
    assert all(story.task == task and story.answer and story.supporting for story in stories)
    ids = [name for name, _ in groupby(story.id for story in stories)]
    assert ids == [f"{task}-{number:06d}" for number in range(1, len(ids) + 1)]
    for before, story in pairwise(stories):
        if before.id == story.id:
            assert story.facts[: len(before.facts)] == before.facts


@pytest.mark.parametrize(
    ("facts", "questions", "told"), [(None, 3, [2, 4, 6]), (30, 3, [10, 20, 30]), (4, 1, [4])]
)
def test_facts_are_spread_over_questions(facts, questions, told):
    stories = list(simulate("1", questions, 0, Knobs(facts=facts, questions=questions)))
    assert [len(story.facts) for story in stories] == told
    assert len({story.id for story in stories}) == 1


def test_an_unknown_task_is_refused_at_once():
    with pytest.raises(ValueError, match="no task '21': expected one of 1, 2, 3"):
        simulate("21", 1, 0)


def test_no_questions():
    assert list(simulate("1", 0, 0)) == []
