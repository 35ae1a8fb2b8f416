import io
from dataclasses import replace
from itertools import pairwise

import pytest

from memnn.question_answering.babi import read_babi
from memnn.story import Story
from memnn.worlds import BABI, simulate
from memnn.worlds.official import write_official

FIRST = Story(("Ann slept.", "Bob sang."), "Who slept?", ("Ann",), (0,), id="a")
THEN = Story((*FIRST.facts, "Cid sat."), "Who rests?", ("Ann", "Cid"), (2, 0), id="a")
APART = replace(THEN, facts=("Dan ran.", "Eve ate.", "Cid sat."))


def written(*stories):
    file = io.StringIO()
    write_official(stories, file)
    return file.getvalue()


def test_questions_of_one_story_are_numbered_on():
    assert written(FIRST, THEN) == (
        "1 Ann slept.\n2 Bob sang.\n3 Who slept?\tAnn\t1\n4 Cid sat.\n5 Who rests?\tAnn,Cid\t4 1\n"
    )


@pytest.mark.parametrize("other", [replace(THEN, id="b"), APART])
def test_another_story_starts_at_one(other):
    assert written(FIRST, other).splitlines()[3].startswith("1 ")


def test_a_question_may_follow_a_question():
    assert written(FIRST, FIRST).splitlines()[3] == "4 Who slept?\tAnn\t1"


@pytest.mark.parametrize("text", ["tab\there", "line\nbreak"])
def test_what_the_format_cannot_hold(text):
    for story in (Story((text,), "Who?", ("Ann",)), Story((), text, ("Ann",)), Story((), "Who?", (text,))):
        with pytest.raises(ValueError, match="cannot be written"):
            written(story)


def same_story(stories):
    return [before.id == story.id for before, story in pairwise(stories)]


@pytest.mark.parametrize("task", BABI)
def test_what_is_written_reads_back(task, tmp_path):
    stories = list(simulate(task, 60, seed=0))
    with open(tmp_path / f"qa{task}_train.txt", "w") as file:
        write_official(stories, file)
    (tmp_path / f"qa{task}_valid.txt").write_text("1 Ann slept.\n2 Who slept?\tAnn\t1\n")
    read = read_babi(tmp_path, "train", [task])
    assert [replace(story, id="") for story in read] == [replace(story, id="") for story in stories]
    assert same_story(read) == same_story(stories)
