import pytest

from memnn.question_answering.datasets import DATASETS
from memnn.question_answering.reading import read_stories
from memnn.worlds import WORLDS


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


def test_list_names_data_sets_and_worlds(memnn):
    said = memnn("data", "list")
    assert (said.status, said.err) == (0, "")
    assert all(name in said.out for name in DATASETS)
    assert all(world.title in said.out for world in WORLDS.values())


@pytest.mark.parametrize(
    "words, expected",
    [
        (["make", "squad", "out"], "nothing called 'squad' can be made: expected babi"),
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
