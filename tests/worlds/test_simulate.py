from collections import Counter
from itertools import groupby, pairwise

import pytest

from memnn.worlds import BABI, WORLDS, Knobs, Spread, simulate


def test_there_are_the_twenty_tasks_and_others():
    assert list(BABI) == [str(number) for number in range(1, 21)]
    assert len({world.name for world in WORLDS.values()}) == len(WORLDS)


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


def test_hops_and_facts_are_drawn_anew_for_each_story():
    rooms = tuple(f"room {number}" for number in range(9))
    spread = Spread(range(1, 4), range(2, 9), Knobs(places=rooms))
    told = Counter((len(story.supporting), len(story.facts)) for story in simulate("19", 4000, 0, spread))
    assert set(told) == {(hops, facts) for hops in (1, 2, 3) for facts in range(max(2, hops), 9)}
    assert all(
        count / 4000 == pytest.approx(1 / 3 / (9 - max(2, hops)), abs=0.02)
        for (hops, _), count in told.items()
    )
    single = Spread(range(3, 4), range(8, 9), Knobs(places=rooms))
    assert list(simulate("19", 9, 0, single)) == list(simulate("19", 9, 0, Knobs(8, hops=3, places=rooms)))


def test_too_few_facts_for_the_hops_are_refused():
    with pytest.raises(ValueError, match="at least 4 facts, not 2"):
        next(simulate("19", 1, 0, Spread(range(4, 5), range(1, 3))))
