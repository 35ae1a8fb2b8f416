import pytest

from memnn.question_answering.datasets import DATASETS
from memnn.question_answering.reading import read_stories
from memnn.worlds import OTHERS, WORLDS
from memnn.worlds.folder import SPLITS


def test_make_writes_a_folder_that_is_read_again(memnn, tmp_path):
    out = tmp_path / "sim"
    sizes = ["--questions", "20", "--valid", "5", "--test", "0"]
    said = memnn("data", "make", "babi", out, "--tasks", "1,15", *sizes)
    assert (said.status, said.err) == (0, "")
    assert said.out == f"{out}: 4 files, 20 training questions a task\n"
    assert [len(read_stories(out, split)) for split in ("train", "valid")] == [40, 10]
    assert [path.name for path in tmp_path.iterdir()] == ["sim"]


def test_make_uses_own_words(memnn, tmp_path):
    words = ["--actors", "Zoe, Max", "--places", "moon,mars,sun,sky,sea,hill"]
    assert (
        memnn("data", "make", "babi", tmp_path / "sim", "--tasks", "1", "--questions", "9", *words).status
        == 0
    )
    facts = {fact for story in read_stories(tmp_path / "sim", "train") for fact in story.facts}
    assert all(fact.startswith(("Zoe ", "Max ")) for fact in facts)


@pytest.mark.parametrize("world", OTHERS)
def test_make_writes_another_world_as_json_lines(memnn, tmp_path, world):
    said = memnn("data", "make", world, tmp_path / "own", "--questions", "30", "--valid", "5", "--test", "7")
    assert (said.status, said.err) == (0, "")
    assert {path.name for path in (tmp_path / "own").iterdir()} == {f"{name}.jsonl" for name in SPLITS}
    for split, count in zip(SPLITS, (30, 5, 7)):
        stories = read_stories(tmp_path / "own", split)
        assert len(stories) == count and {story.task for story in stories} == {world}
        assert all(story.supporting for story in stories)


def test_stories_of_the_test_may_be_longer(memnn, tmp_path):
    lengths = ["--hops", "1-3", "--facts", "3-8", "--test-hops", "6", "--test-facts", "20"]
    said = memnn("data", "make", "families", tmp_path / "kin", "--questions", "60", "--test", "9", *lengths)
    assert said.status == 0
    for split, hops, facts in (("train", {1, 2, 3}, set(range(3, 9))), ("test", {6}, {20})):
        stories = read_stories(tmp_path / "kin", split)
        assert {len(story.supporting) for story in stories} == hops
        assert {len(story.facts) for story in stories} == facts


def test_list_names_data_sets_and_worlds(memnn):
    said = memnn("data", "list")
    assert (said.status, said.err) == (0, "")
    assert all(name in said.out for name in DATASETS)
    assert all(world.title in said.out for world in WORLDS.values())


@pytest.mark.parametrize(
    "words, expected",
    [
        (["make", "squad", "out"], "nothing called 'squad' can be made: expected babi, families"),
        (["make", "families", "out", "--tasks", "1"], "--tasks chooses among the bAbI tasks"),
        (["make", "babi", "out", "--tasks", "1,families"], "expected bAbI tasks"),
        (["make", "families", "out", "--hops", "3-1"], "expected --hops such as 2 or 1-3, found '3-1'"),
        (["make", "families", "out", "--test-hops", "many"], "expected --test-hops such as 2 or 1-3"),
        (["make", "families", "out", "--hops", "2-40"], "actors"),
        (["make", "kitchen", "out", "--hops", "2"], "hops"),
        (["make", "babi", "out", "--tasks", "21"], "no task '21': expected one of 1, 2"),
        (["make", "babi", "out", "--tasks", "1,kinship"], "no task 'kinship'"),
        (["make", "babi", "out", "--tasks", "3,2", "--facts", "0"], "not 0"),
        (["make", "babi", "out", "--tasks", "1", "--places", "moon"], "places"),
        (["make", "babi", "out", "--tasks", "5-"], "expected tasks such as"),
        (["make", "babi", "there"], "there is there already"),
        (["make", "babi", "file/out", "--tasks", "1"], "file/out"),
        (["get", "squad"], "expected a dataset among babi; found 'squad'"),
    ],
)
def test_what_cannot_be_made_is_one_line_and_leaves_nothing(refused, tmp_path, monkeypatch, words, expected):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "file").touch()
    assert expected in refused("data", *words)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "there"]
    assert list((tmp_path / "there").iterdir()) == []
