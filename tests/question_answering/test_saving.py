"""Runs of one network for all tasks and of one a task, kept and loaded again."""

import json
from dataclasses import replace

import pytest
from question_answering.networks import STORIES, WHERE, assert_same, reader, told, two_tasks

import memnn
from memnn.errors import UserError
from memnn.question_answering.answering import QuestionAnswerer
from memnn.training import checkpoint


def test_a_run_of_single_tasks_needs_the_task():
    net, of = two_tasks()
    assert net.tasks == ("2", "1")
    with pytest.raises(UserError, match="no network for a question without a task: one was trained for each"):
        net.story()
    with pytest.raises(UserError, match="no network for task '3'"):
        net.story("3")
    with pytest.raises(UserError, match="no network for task '3'"):
        net.answer([replace(STORIES[0], task="3")])
    mixed = [story for pair in zip(of["1"], of["2"]) for story in pair]
    for story, answer in zip(mixed, net.answer(mixed), strict=True):
        alone = net.story(story.task)
        alone.tell(*story.facts)
        assert_same(alone.ask(story.question), answer)


def test_a_run_of_one_single_task_needs_no_name():
    one = QuestionAnswerer({"1": reader()})
    assert told(one, "Mary went to the park.").ask(WHERE).text
    with pytest.raises(UserError, match="no network for task '2'"):
        one.story("2")


def test_a_joint_run_answers_any_task(net):
    assert_same(net.answer([replace(STORIES[0], task="nine")])[0], net.answer([STORIES[0]])[0])
    assert net.tasks == ("1",)
    assert net.holdout_seed == 0


def test_saved_and_loaded_a_joint_run_answers_alike(net, tmp_path):
    net.save_pretrained(tmp_path / "joint")
    again = memnn.load(tmp_path / "joint")
    assert again.answer(STORIES) == net.answer(STORIES)
    assert again.readers[""].config == net.readers[""].config
    assert [path.name for path in tmp_path.iterdir()] == ["joint"]
    with pytest.raises(UserError, match="is there already"):
        again.save_pretrained(tmp_path / "joint")
    QuestionAnswerer({"": reader(seed=1)}).save_pretrained(tmp_path / "joint", overwrite=True)
    assert memnn.load(tmp_path / "joint").answer(STORIES) != net.answer(STORIES)


def test_saved_and_loaded_a_run_of_single_tasks_answers_alike(tmp_path):
    net, of = two_tasks()
    net.save_pretrained(tmp_path / "single")
    again = memnn.load(tmp_path / "single")
    assert again.tasks == ("2", "1")
    mixed = [*of["1"], *of["2"]]
    assert again.answer(mixed) == net.answer(mixed)
    assert [path.name for path in tmp_path.iterdir()] == ["single"]
    assert sorted(path.name for path in (tmp_path / "single").iterdir()) == [
        "config.json",
        "task-1",
        "task-2",
    ]


def test_from_the_hub(net, tmp_path, monkeypatch):
    net.save_pretrained(tmp_path / "snapshot")
    monkeypatch.setattr(
        checkpoint.huggingface_hub, "snapshot_download", lambda name, **_: str(tmp_path / "snapshot")
    )
    assert memnn.load("someone/model").answer(STORIES) == net.answer(STORIES)


def test_a_checkpoint_of_another_application_answers_no_questions(net, tmp_path):
    net.save_pretrained(tmp_path / "run")
    config = tmp_path / "run" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"application": "music"}))
    with pytest.raises(UserError, match="which this memnn does not know"):
        memnn.load(tmp_path / "run")


@pytest.mark.parametrize("single", [["1"], "1", 3, {"1": 5}, {}])
def test_a_damaged_list_of_tasks_is_named(tmp_path, single):
    (tmp_path / "config.json").write_text(
        json.dumps({"format": 1, "application": "question_answering", "single": single})
    )
    with pytest.raises(UserError, match=r"config\.json: expected a folder for each task"):
        memnn.load(tmp_path)


@pytest.mark.parametrize("threads", [0, "x", None])
def test_a_damaged_number_of_threads_is_named(threads):
    config = checkpoint.Config("question_answering", "memn2n", {}, {"threads": threads}, {})
    with pytest.raises(UserError, match="threads must be a number from 1 on"):
        checkpoint.use_threads(config)


def test_a_missing_part_is_named(tmp_path):
    two_tasks()[0].save_pretrained(tmp_path / "run")
    (tmp_path / "run" / "task-2" / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"task-2/model\.safetensors: damaged or missing"):
        memnn.load(tmp_path / "run")
