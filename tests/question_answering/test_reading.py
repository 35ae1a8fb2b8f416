import pytest

from memnn.errors import UserError
from memnn.question_answering.jsonl import write_jsonl
from memnn.question_answering.reading import read_stories
from memnn.story import Story
from memnn.tasks import parse_tasks

BABI = "1 Mary went home.\n2 Where is Mary?\thome\t1\n"


def own(count, task="", questions=2):
    """Stories of two questions each, under one id."""
    return [
        Story((f"Fact {n} of {task}.",), f"Question {q}?", ("a",), task=task, id=f"{task}{n}")
        for n in range(count)
        for q in range(questions)
    ]


def message(*arguments, call=read_stories):
    with pytest.raises(UserError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def ids(stories):
    return {story.id for story in stories}


def test_a_babi_folder(tmp_path):
    for name in ("qa1_train.txt", "qa2_some-title_train.txt"):
        (tmp_path / name).write_text(BABI * 20)
    assert len(read_stories(tmp_path, "train")) == 36
    assert len(read_stories(tmp_path, "valid", ["2"])) == 2
    assert ids(read_stories(tmp_path, "valid", ["2"], 1)) != ids(read_stories(tmp_path, "valid", ["2"], 2))
    assert "qa1_test.txt" in message(tmp_path, "test")


def test_a_folder_with_a_file_for_each_split(tmp_path):
    for count, split in enumerate(("train", "valid", "test"), 2):
        write_jsonl(own(count), tmp_path / f"{split}.jsonl")
    for count, split in enumerate(("train", "valid", "test"), 2):
        assert len(read_stories(str(tmp_path), split)) == 2 * count


@pytest.mark.parametrize("name", ["train.jsonl", "own.jsonl", "OWN.JSONL"])
def test_a_tenth_of_the_stories_is_held_out_without_a_valid_file(tmp_path, name):
    write_jsonl(own(40), tmp_path / name)
    path = tmp_path if name == "train.jsonl" else tmp_path / name
    train, valid = read_stories(path, "train"), read_stories(path, "valid")
    assert len(train) == 72 and len(valid) == 8
    assert len(ids(valid)) == 4 and not ids(train) & ids(valid)
    assert valid == read_stories(path, "valid")
    assert ids(valid) != ids(read_stories(path, "valid", holdout_seed=1))
    assert "test.jsonl" in message(path, "test")


def test_a_folder_that_lacks_train(tmp_path):
    write_jsonl(own(2), tmp_path / "test.jsonl")
    assert "expected train.jsonl in the folder for the split valid" in message(tmp_path, "valid")


def test_what_is_held_out_does_not_depend_on_the_tasks_asked_for(tmp_path):
    write_jsonl(own(30, "kinship") + own(30, "2"), tmp_path / "own.jsonl")
    whole = read_stories(tmp_path / "own.jsonl", "valid")
    part = read_stories(tmp_path / "own.jsonl", "valid", ["2"])
    assert part == [story for story in whole if story.task == "2"]
    assert len(ids(part)) == 3


def test_tasks_that_are_not_there(tmp_path):
    path = tmp_path / "own.jsonl"
    write_jsonl(own(3, "10") + own(3, "9") + own(3, "kinship"), path)
    assert (
        message(path, "train", ["9", "11"])
        == f"{path}: expected a task of train among 9, 10, kinship; found '11'"
    )
    write_jsonl(own(3), path)
    assert "no line has a task" in message(path, "train", ["1"])


def test_a_single_story_cannot_be_held_out(tmp_path):
    write_jsonl(own(1), tmp_path / "own.jsonl")
    assert len(read_stories(tmp_path / "own.jsonl", "train")) == 2
    assert "two stories or more" in message(tmp_path / "own.jsonl", "valid")


def test_a_fact_of_several_sentences_is_several_facts(tmp_path):
    whole = Story(("Mary went home. She ate.", "John left.", "Ann slept. Bob sang."), "Who?", ("x",), (2, 1))
    write_jsonl([whole, *own(20)], tmp_path / "train.jsonl")
    write_jsonl([whole], tmp_path / "valid.jsonl")
    (story,) = read_stories(tmp_path, "valid")
    assert story.facts == ("Mary went home.", "She ate.", "John left.", "Ann slept.", "Bob sang.")
    assert story.supporting == (3, 4, 2)
    assert read_stories(tmp_path, "train")[0].facts == story.facts


def test_an_answer_is_needed(tmp_path):
    write_jsonl([Story(("a",), "q")], tmp_path / "own.jsonl")
    assert 'own.jsonl:1: expected the field "answer"' in message(tmp_path / "own.jsonl", "train")


def test_paths_that_lead_nowhere(tmp_path):
    assert "found nothing there" in message(tmp_path / "nowhere", "train")
    assert "found nothing there" in message(tmp_path / ("x" * 5000), "train")
    (tmp_path / "qa1_train.txt").write_text(BABI)
    assert "found another kind of file" in message(tmp_path / "qa1_train.txt", "train")
    write_jsonl(own(2), tmp_path / "train.jsonl")
    assert "train, valid, test" in message(tmp_path / "train.jsonl", "dev")
    assert "found both" in message(tmp_path, "train")


def test_a_folder_above_the_right_one_names_it(tmp_path):
    assert message(tmp_path, "train") == f"{tmp_path}: expected bAbI files (qa1_train.txt) or train.jsonl"
    for name in ("shuffled", "hn", "en-valid", "en", "en/inner"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "qa1_train.txt").write_text(BABI)
    assert message(tmp_path, "train").endswith("; its folders en, en-valid, hn, shuffled have them")


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("1", ("1",)),
        ("5-8,1,2,6", ("1", "2", "5", "6", "7", "8")),
        (" kinship , 1-3", ("1", "2", "3", "kinship")),
        ("02,10", ("2", "10")),
        ("родство,milk-2", ("milk-2", "родство")),
    ],
)
def test_tasks_of_the_command_line(text, tasks):
    assert parse_tasks(text) == tasks


@pytest.mark.parametrize("text", ["", ",", "1,,2", "8-5", "-3", "1-", "1-x", "3b", "?", "1-999999", "²", "٣"])
def test_nonsense_for_tasks(text):
    assert "expected" in message(text, call=parse_tasks)
