import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memnn.errors import DataError, UserError
from memnn.question_answering.babi import babi_tasks, hold_out, read_babi
from memnn.story import Story
from memnn.tasks import sort_tasks

TASK_3 = (
    "1 Mary moved to the bathroom. \n"
    "2 John went to the hallway.\n"
    "3 Where is Mary? \tbathroom\t1\n"
    "4 Mary got the milk there.\n"
    "5 Mary went to the garden.\n"
    "6 Where was the milk before the garden?\tbathroom\t5 4 1 1\n"
    "1 John took the apple.\n"
    "2 What is John carrying? \tapple, milk\t1\n"
)


def write(folder, name, text):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def official(stories):
    """The text of an official file: a list of (facts and questions) for each story."""
    lines = []
    for told in stories:
        for number, entry in enumerate(told, 1):
            lines.append(f"{number} {entry}" if isinstance(entry, str) else f"{number} " + "\t".join(entry))
    return "".join(line + "\n" for line in lines)


def many(count, questions=2):
    """Stories that tell of themselves: story i says so in its fact."""
    asked = [("Which one?", "this", "1")] * questions
    return official([[f"Story {index} begins.", *asked] for index in range(count)])


def facts_of(stories):
    return {story.facts[0] for story in stories}


def message(call, *arguments, **options):
    with pytest.raises(UserError) as caught:
        call(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_part_of_the_format(tmp_path):
    stories = read_babi(write(tmp_path, "qa3_test.txt", TASK_3), "test")
    facts = (
        "Mary moved to the bathroom.",
        "John went to the hallway.",
        "Mary got the milk there.",
        "Mary went to the garden.",
    )
    before, carrying = "Where was the milk before the garden?", "What is John carrying?"
    assert stories == [
        Story(facts[:2], "Where is Mary?", ("bathroom",), (0,), task="3", id="3-test-1"),
        Story(facts, before, ("bathroom",), (3, 2, 0, 0), task="3", id="3-test-1"),
        Story(("John took the apple.",), carrying, ("apple", "milk"), (0,), task="3", id="3-test-2"),
    ]


def test_titles_windows_line_ends_byte_order_mark_and_missing_support(tmp_path):
    text = b"\xef\xbb\xbf1 Mary went home.\r\n2 Where is Mary?\thome\r\n3 Where is Mary?\thome\t\r\n\r\n"
    stories = read_babi(write(tmp_path, "qa1_single-supporting-fact_valid.txt", text), "valid")
    assert [(story.facts, story.answer, story.supporting) for story in stories] == [
        (("Mary went home.",), ("home",), ())
    ] * 2
    assert stories[0].facts is stories[1].facts


_words = st.text(
    st.characters(blacklist_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], blacklist_characters=",\ufeff")
)
_sentences = _words.filter(bool)


@st.composite
def _told(draw):
    """A story as it is written, its last entry a question."""
    entries, facts, read = [], [], []
    for fact in [*draw(st.lists(_sentences | st.none(), max_size=6)), None]:
        if fact is not None:
            entries.append(fact)
            facts.append((len(entries), fact))
            continue
        question, answer = draw(_sentences), draw(st.lists(_sentences, min_size=1, max_size=3))
        indices = draw(st.lists(st.sampled_from(range(len(facts))), max_size=3)) if facts else []
        entries.append((question, ",".join(answer), " ".join(str(facts[index][0]) for index in indices)))
        read.append((tuple(fact for _, fact in facts), question, tuple(answer), tuple(indices)))
    return entries, read


@given(st.lists(_told(), min_size=1, max_size=4))
def test_what_is_written_is_read(tmp_path_factory, stories):
    folder = write(
        tmp_path_factory.mktemp("babi"), "qa7_test.txt", official(entries for entries, _ in stories)
    )
    wanted = [(*each, number) for number, (_, read) in enumerate(stories, 1) for each in read]
    got = [
        (story.facts, story.question, story.answer, story.supporting, int(story.id.rpartition("-")[2]))
        for story in read_babi(folder, "test")
    ]
    assert got == wanted


def test_tasks_are_listed_and_read_in_numerical_order(tmp_path):
    for task in (10, 9, 2):
        write(tmp_path, f"qa{task}_test.txt", many(1, questions=1))
    assert babi_tasks(tmp_path) == ("2", "9", "10")
    assert [story.task for story in read_babi(tmp_path, "test")] == ["2", "9", "10"]
    assert [story.task for story in read_babi(tmp_path, "test", ["10", "2", "10"])] == ["2", "10"]


def test_numbers_sort_before_names():
    assert sort_tasks(["b", "10", "9", "a", "9"]) == ("9", "10", "a", "b")


def test_a_tenth_of_train_is_held_out_where_there_is_no_valid_file(tmp_path):
    folder = write(tmp_path, "qa1_train.txt", many(30))
    train, valid = read_babi(folder, "train"), read_babi(folder, "valid")
    assert len(valid) == 6 and len(train) == 54
    assert len(facts_of(valid)) == 3
    assert not facts_of(train) & facts_of(valid)
    assert Counter(story.id for story in train + valid) == {f"1-train-{n}": 2 for n in range(1, 31)}


def test_the_hold_out_depends_on_seed_and_task_alone(tmp_path):
    for task in (1, 2):
        write(tmp_path, f"qa{task}_train.txt", many(200))
    both, again = read_babi(tmp_path, "valid"), read_babi(tmp_path, "valid")
    first = [story for story in both if story.task == "1"]
    assert both == again
    assert first == read_babi(tmp_path, "valid", ["1"])
    assert facts_of(first) != facts_of(both[len(first) :])
    assert facts_of(first) != facts_of(read_babi(tmp_path, "valid", ["1"], holdout_seed=1))


def test_the_hold_out_is_the_same_in_every_version(tmp_path):
    valid = read_babi(write(tmp_path, "qa1_train.txt", many(30, questions=1)), "valid")
    assert [story.id for story in valid] == ["1-train-17", "1-train-19", "1-train-25"]


def test_a_folder_with_any_valid_file_holds_nothing_out(tmp_path):
    write(tmp_path, "qa1_train.txt", many(30))
    write(tmp_path, "qa2_train.txt", many(30))
    write(tmp_path, "qa2_valid.txt", many(1))
    assert len(read_babi(tmp_path, "train")) == 120
    assert {story.task for story in read_babi(tmp_path, "valid")} == {"2"}
    assert "a task of valid among 2; found '1'" in message(read_babi, tmp_path, "valid", ["1"])


def test_two_stories_give_one_each_and_a_single_story_cannot_be_split(tmp_path):
    folder = write(tmp_path, "qa1_train.txt", many(2))
    assert len(read_babi(folder, "train")) == len(read_babi(folder, "valid")) == 2
    write(tmp_path, "qa1_train.txt", many(1))
    assert len(read_babi(folder, "train")) == 2
    assert "two stories or more" in message(read_babi, folder, "valid")


def test_holding_out_goes_task_by_task_and_never_splits_a_story():
    stories = [Story(("x",), "q", ("a",), task=task, id=f"{task}{n}") for task in "ab" for n in range(20)]
    stories += [Story(("x",), "q", ("a",), task=f"c{n}", id=f"a{n}") for n in range(20)]
    train, valid = (hold_out(stories, split, 0, Path("x")) for split in ("train", "valid"))
    assert not {story.id for story in train} & {story.id for story in valid}
    assert Counter(id[0] for id in {story.id for story in valid}) == {"a": 2, "b": 2}
    singles = [Story(("x",), "q", ("a",), task=str(n), id=str(n)) for n in range(20)]
    assert len(hold_out(singles, "valid", 0, Path("x"))) == 2


def test_what_is_not_there(tmp_path):
    write(tmp_path, "qa1_train.txt", many(3))
    write(tmp_path, "qa1_valid.txt", many(3))
    write(tmp_path, "qa3_valid.txt", many(3))
    assert message(read_babi, tmp_path, "test") == (
        f"{tmp_path}: expected test files such as qa1_test.txt, found none"
    )
    assert message(read_babi, tmp_path, "train", ["3"]) == (
        f"{tmp_path}: expected a task of train among 1; found '3'"
    )
    assert message(read_babi, tmp_path, "valid", ["21"]) == (
        f"{tmp_path}: expected a task of valid among 1, 3; found '21'"
    )
    assert "train, valid, test" in message(read_babi, tmp_path, "dev")
    assert {story.task for story in read_babi(tmp_path, "train")} == {"1"}


def test_folders_that_are_none(tmp_path):
    assert "No such file" in message(babi_tasks, tmp_path / "nowhere")
    assert "found none" in message(babi_tasks, write(tmp_path, "README.txt", "hello"))
    write(tmp_path, "qa1_train.txt", many(1))
    assert "Not a directory" in message(babi_tasks, tmp_path / "qa1_train.txt")
    assert "found both" in message(babi_tasks, write(tmp_path, "qa1_some-title_train.txt", many(1)))


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (b"", None, "at least one question"),
        (b"1 Mary went home.\n", None, "at least one question"),
        (b"Mary went home.\n", 1, "numbered 1, then"),
        (b"2 Mary went home.\n", 1, "numbered 1, then"),
        (b"1 Mary went home.\n1\n", 2, "after 1, a higher number"),
        (b"1 Mary went home.\n\n2 Where?\thome\t1\n", 2, "after 1, a higher number"),
        (b"1 a\n2 b\n2 c\n", 3, "after 2, a higher number"),
        (b"1 Where?\t\n", 1, "question, tab, answer"),
        (b"1 Where?\t \t1\n", 1, "question, tab, answer"),
        (b"1 a\n2 \thome\t1\n", 2, "question, tab, answer"),
        (b"1 a\n2 Where?\thome,\t1\n", 2, "question, tab, answer"),
        (b"1 a\n2 Where?\thome\t1\t1\n", 2, "question, tab, answer"),
        (b"1 a\n2 Where?\thome\t3\n", 2, "line numbers of facts told before, found '3'"),
        (b"1 a\n2 Where?\thome\t1\n3 Where?\thome\t2\n", 3, "found '2'"),
        (b"1 a\n2 Where?\thome\tone\n", 2, "found 'one'"),
        (b"1 a\n2 b\n3 Where?\thome\t2\n1 a\n3 Where?\thome\t2\n", 5, "found '2'"),
        (b"1 a\n2 Where?\tcaf\xe9\t1\n", 2, "UTF-8"),
        (b"9" * 5000 + b" a\n", 1, "numbered 1"),
    ],
)
def test_a_malformed_line_is_named(tmp_path, text, line, expected):
    said = message(read_babi, write(tmp_path, "qa1_test.txt", text), "test")
    assert expected in said
    assert said.startswith(
        f"{tmp_path / 'qa1_test.txt'}:{line}: " if line else f"{tmp_path / 'qa1_test.txt'}: "
    )


@given(st.lists(st.sampled_from([b"1", b"2", b" ", b"\t", b"\n", b"a", b",", b"\r", b"\xff", "²".encode()])))
def test_no_file_makes_a_traceback(tmp_path_factory, parts):
    folder = write(tmp_path_factory.mktemp("babi"), "qa1_test.txt", b"".join(parts))
    try:
        read_babi(folder, "test")
    except DataError as error:
        assert "\n" not in str(error)


@pytest.mark.data
@pytest.mark.skipif("MEMNN_DATA" not in os.environ, reason="MEMNN_DATA names no folder with the bAbI data")
def test_the_real_files():
    folder = Path(os.environ["MEMNN_DATA"]) / "babi" / "en-valid-10k"
    train, valid = read_babi(folder, "train"), read_babi(folder, "valid")
    assert len(train) == 170_998 and len(valid) == 20_002
    assert len({story.task for story in train}) == 19 and len({story.task for story in valid}) == 20
    assert "found '3'" in message(read_babi, folder, "train", ["3"])
    assert {story.task for story in train if len(story.answer) > 1} == {"8", "19"}
    for before, story in pairwise(train):
        if story.id == before.id:
            assert story.facts[: len(before.facts)] == before.facts
