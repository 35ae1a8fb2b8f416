import json
import re
import shutil
from dataclasses import replace

import pytest

import memnn as library
from memnn.cli.evaluate import print_table
from memnn.question_answering.jsonl import read_jsonl, write_jsonl
from memnn.question_answering.metrics import Evaluation, evaluate
from memnn.question_answering.reading import read_stories

OTHERS = "5 questions of other tasks than it was trained on left out: 6\n"


def test_json_is_the_evaluation_of_the_runs_own_tasks(memnn, runs):
    said = memnn("evaluate", runs / "joint", "--data", runs / "stories.jsonl", "--split", "valid", "--json")
    assert (said.status, said.err) == (0, OTHERS)
    held = [story for story in read_stories(runs / "stories.jsonl", "valid") if story.task == "1"]
    assert said.json() == [evaluate(library.load(runs / "joint"), held).as_json()]
    assert said.json()[0].keys() >= {"mean_error", "failed", "tasks", "evidence"}


def test_tasks_may_be_named(memnn, runs):
    command = ["evaluate", runs / "single", "--data", runs / "stories.jsonl", "--split", "train", "--json"]
    assert memnn(*command).json()[0]["tasks"].keys() == {"1", "6"}
    assert memnn(*command, "--tasks", "6").json()[0]["tasks"].keys() == {"6"}


def test_a_table_for_people(memnn, runs):
    said = memnn("evaluate", runs / "single", "--data", runs / "stories.jsonl", "--split", "train")
    assert (said.status, said.err) == (0, "")
    assert "Where someone is: one supporting fact" in said.out
    assert "failed tasks (error above 5 %): " in said.out
    assert "supporting facts among as many that evidence weighs most: " in said.out


def test_names_with_brackets_are_shown_as_they_are(capsys):
    from collections import Counter

    shown = Evaluation({"[/b]": 50.0}, {"[/b]": 2}, None, Counter({"[/i]": 1, "[red]": 1}))
    print_table(shown, "run on [/x].jsonl")
    out = capsys.readouterr().out
    assert all(name in out for name in ("[/b]", "[/x].jsonl", "[/i] (1)", "[red] (1)"))


def test_the_validation_split_is_the_one_held_out_in_training(memnn, small, runs, tmp_path):
    """Wherever the seed of the split is recorded, no story of training is evaluated on."""
    stories = read_jsonl(runs / "stories.jsonl")
    write_jsonl(stories[:40], tmp_path / "own.jsonl")
    assert (
        memnn("train", "qa", "--data", tmp_path / "own.jsonl", "--out", tmp_path / "run", *small).status == 0
    )
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    said = memnn("evaluate", tmp_path / "run", "--data", tmp_path / "own.jsonl", "--split", "valid", "--json")
    assert said.json()[0]["mean_error"] == pytest.approx(result["error"][0])


def test_without_a_test_split_the_validation_split_serves(memnn, runs):
    data = ["--data", runs / "stories.jsonl", "--json"]
    unsaid = memnn("evaluate", runs / "joint", *data)
    assert unsaid.err == "no test split: this is of valid; --split all is the whole file\n" + OTHERS
    assert "stories.jsonl, valid" in memnn("evaluate", runs / "joint", *data[:2]).out
    assert unsaid.json() == memnn("evaluate", runs / "joint", *data, "--split", "valid").json()


def test_the_whole_of_one_file(memnn, refused, runs, tmp_path):
    stories = runs / "stories.jsonl"
    told = [
        memnn("evaluate", runs / "joint", "--data", stories, "--split", split).out
        for split in ("train", "valid", "all")
    ]
    train, valid, whole = (int(re.search(r"mean\D+(\d+)", table)[1]) for table in told)
    assert whole == train + valid > train > valid > 0
    assert "expected one .jsonl file for the split all" in refused(
        "evaluate", runs / "joint", "--data", tmp_path, "--split", "all"
    )


def test_a_test_split_that_cannot_be_read_is_no_missing_one(refused, runs, tmp_path):
    stories = read_jsonl(runs / "stories.jsonl")
    for name in ("train", "valid"):
        write_jsonl(stories, tmp_path / f"{name}.jsonl")
    (tmp_path / "test.jsonl").write_text("{oops\n")
    assert "test.jsonl:1: expected a JSON" in refused("evaluate", runs / "joint", "--data", tmp_path)


def test_the_table_names_its_columns(capsys):
    from collections import Counter

    print_table(Evaluation({"1": 0.0, "mine": 9.0}, {"1": 3, "mine": 4}, None, Counter()), "run")
    first = capsys.readouterr().out.splitlines()[2]
    names = ["task", "what it asks", "questions", "error %"]
    assert [name.strip() for name in first.strip("┃").split("┃")] == names
    print_table(Evaluation({"mine": 9.0}, {"mine": 4}, None, Counter()), "run")
    assert "what it asks" not in capsys.readouterr().out


def test_what_is_for_language_models_is_refused(refused, runs):
    data = ["--data", runs / "stories.jsonl"]
    for more in (["--cache", "10"], ["--dynamic"], ["--no-counts"]):
        assert "--cache, --dynamic and --no-counts are for language models" in refused(
            "evaluate", runs / "joint", *data, *more
        )


def test_what_cannot_be_evaluated_is_one_line(refused, runs, tmp_path):
    data = ["--data", runs / "stories.jsonl"]
    assert "expected a folder with test.jsonl" in refused(
        "evaluate", runs / "joint", *data, "--split", "test"
    )
    assert "expected the split to be one of train, valid, test; found 'dev'" in refused(
        "evaluate", runs / "joint", *data, "--split", "dev"
    )
    assert "nowhere: expected a folder of stories" in refused("evaluate", runs / "joint", "--data", "nowhere")
    assert "no network for task '6'" in refused(
        "evaluate", one_task(runs, tmp_path), *data, "--split", "train", "--tasks", "6"
    )
    assert "expected a task of train among 1, 6; found '9'" in refused(
        "evaluate", runs / "joint", *data, "--split", "train", "--tasks", "9"
    )


@pytest.mark.parametrize("task", ["", "6", "mine"])
def test_data_with_none_of_the_runs_own_tasks_is_evaluated_whole(memnn, refused, runs, tmp_path, task):
    stories = read_stories(runs / "stories.jsonl", "all", ["6"])
    write_jsonl([replace(story, task=task) for story in stories], tmp_path / "own.jsonl")
    said = memnn("evaluate", runs / "joint", "--data", tmp_path / "own.jsonl", "--split", "all", "--json")
    assert (said.err, said.json()[0]["questions"]) == ("", {task: len(stories)})
    command = ["evaluate", runs / "joint", "--data", tmp_path / "own.jsonl", "--split", "all", "--tasks", "1"]
    assert f"among {task or 'none, as no line has a task'}; found '1'" in refused(*command)


def test_a_split_that_lacks_a_task_is_told_with_those_it_has(memnn, refused, runs, tmp_path):
    for name in ("qa1_train", "qa1_test", "qa2_train", "qa6_train", "qa6_valid", "qa2_test"):
        (tmp_path / f"{name}.txt").write_text("1 Mary went home.\n2 Where is Mary?\thome\t1\n" * 3)
    command = ["evaluate", runs / "joint", "--data", tmp_path, "--tasks", "6", "--json"]
    assert memnn(*command).err == "the test split has tasks 1, 2: this is of valid\n"
    assert "expected a task of test among 1, 2; found '6'" in refused(*command, "--split", "test")


def one_task(runs, tmp_path):
    """A run of single tasks that has task 1 alone."""
    shutil.copytree(runs / "single", tmp_path / "one")
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    config["single"].pop("6")
    (tmp_path / "one" / "config.json").write_text(json.dumps(config))
    return tmp_path / "one"


def test_a_checkpoint_of_another_kind_is_one_line(refused, runs, tmp_path):
    run = shutil.copytree(runs / "joint", tmp_path / "run")
    config = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps(config | {"application": "music"}))
    data = ["--data", runs / "stories.jsonl", "--split", "train"]
    assert "which this memnn does not know" in refused("evaluate", run, *data)
    (run / "config.json").write_text(json.dumps(config | {"format": 99}))
    assert "a later version; please upgrade" in refused("evaluate", run, *data)
    (run / "config.json").write_text(json.dumps(config))
    (run / "model.safetensors").write_bytes(b"garbage")
    assert "model.safetensors: damaged or missing" in refused("evaluate", run, *data)
