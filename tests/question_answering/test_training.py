import dataclasses
import json
from pathlib import Path

import pytest
import torch

from memnn.errors import UserError
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.training import train_stories
from memnn.story import Story
from memnn.worlds import simulate

TOLD, HELD = list(simulate("1", 40, 0)), list(simulate("1", 12, 1))
BOTH = [*TOLD, *simulate("6", 30, 0)]
BOTH_HELD = [*HELD, *simulate("6", 10, 1)]


@pytest.fixture(autouse=True)
def no_picture(monkeypatch):
    """Drawing takes longer than training here; tests/training/test_curve.py draws."""
    monkeypatch.setattr("memnn.question_answering.training.draw_curve", lambda folder: None)


def plan(joint=True, dim=6, **options):
    training = {"epochs": 2, "restarts": 1, "linear_start_rate": 0.0, **options}
    return StoryPlan("memn2n", joint, settings={"dim": dim, "hops": 2, "capacity": 10}, options=training)


def files(folder):
    return sorted(path.name for path in folder.iterdir())


class Stopped(Exception):
    pass


def stop(task, epoch):
    def report(name, progress):
        if (name, progress.epoch) == (task, epoch):
            raise Stopped

    return report


def weights(net):
    return [p for reader in net.readers.values() for p in reader.network.parameters()]


def same(one, other):
    one, other = (weights(QuestionAnswerer.from_pretrained(run)) for run in (one, other))
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_nothing_is_left_but_the_folder(tmp_path):
    results = train_stories(TOLD, HELD, tmp_path / "run", plan(restarts=2))
    assert files(tmp_path) == ["run"]
    assert files(tmp_path / "run") == [
        "config.json",
        "metrics.jsonl",
        "model.safetensors",
        "result.json",
        "state.pt",
        "vocabulary.json",
    ]
    (trained,) = results.values()
    written = json.loads((tmp_path / "run" / "result.json").read_text())
    assert written == {"best_restart": trained.best, **trained.measures}
    assert len(written["error"]) == 2
    net = QuestionAnswerer.from_pretrained(tmp_path / "run")
    for name, tensor in net.readers[""].network.named_parameters():
        assert torch.equal(tensor, trained.weights[name])


def test_the_config_tells_how_it_was_trained_and_on_what(tmp_path):
    train_stories(BOTH, HELD, tmp_path / "run", dataclasses.replace(plan(seed=3), holdout_seed=9))
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert len(config["data"].pop("digest")) == 64
    assert config["data"].pop("openings") == ["where", "is"]
    assert config["data"] == {"tasks": ["1", "6"], "questions": 70, "valid": 12, "holdout_seed": 9}
    assert (config["settings"]["dim"], config["training"]["seed"]) == (6, 3)
    net = QuestionAnswerer.from_pretrained(tmp_path / "run")
    assert (net.tasks, net.holdout_seed) == (("1", "6"), 9)


def test_answers_are_those_that_were_validated(tmp_path):
    """The error that training reports is the error of the answers that the checkpoint gives."""
    (trained,) = train_stories(TOLD, HELD, tmp_path / "run", plan(epochs=6, learning_rate=0.05)).values()
    answers = QuestionAnswerer.from_pretrained(tmp_path / "run").answer(HELD)
    wrong = sum(answer.text != story.answer_text for answer, story in zip(answers, HELD))
    assert trained.measures["error"] == [pytest.approx(100 * wrong / len(HELD))]


@pytest.mark.parametrize("joint", [True, False])
def test_an_interrupted_run_goes_on_to_the_same_weights(tmp_path, joint):
    def run(name, **report):
        return train_stories(BOTH, BOTH_HELD, tmp_path / name, plan(joint, restarts=2), **report)

    whole = run("whole")
    for task, epoch in (("", 2),) if joint else (("1", 2), ("6", 1), ("6", 2)):
        with pytest.raises(Stopped):
            run("cut", report=stop(task, epoch))
        assert files(tmp_path) == ["cut.partial", "whole"]
    resumed = run("cut")
    assert files(tmp_path) == ["cut", "whole"]
    assert same(tmp_path / "whole", tmp_path / "cut")
    assert list(resumed) == list(whole)
    assert [r.measures for r in resumed.values()] == [r.measures for r in whole.values()]
    assert [r.best for r in resumed.values()] == [r.best for r in whole.values()]


def test_single_networks_are_each_trained_on_their_own_task(tmp_path):
    train_stories(BOTH, BOTH_HELD, tmp_path / "run", plan(False))
    assert files(tmp_path / "run") == ["config.json", "task-1", "task-6"]
    net = QuestionAnswerer.from_pretrained(tmp_path / "run")
    assert [reader.config.data["questions"] for reader in net.readers.values()] == [40, 30]
    assert "yes" not in net.reader("1").vocabulary
    assert "yes" in net.reader("6").vocabulary
    train_stories(TOLD, HELD, tmp_path / "alone", plan(False))
    alone = QuestionAnswerer.from_pretrained(tmp_path / "alone")
    assert alone.answer(HELD) == net.answer(HELD)


def test_an_unfinished_run_is_not_gone_on_with_on_other_stories(tmp_path):
    with pytest.raises(Stopped):
        train_stories(TOLD, HELD, tmp_path / "run", plan(), report=stop("", 1))
    first = TOLD[0]
    others = (
        ([dataclasses.replace(first, facts=("Bill went home.", *first.facts[1:])), *TOLD[1:]], HELD),
        ([dataclasses.replace(first, supporting=()), *TOLD[1:]], HELD),
        (TOLD, [dataclasses.replace(HELD[0], candidates=("office",)), *HELD[1:]]),
    )
    for told, held in others:
        with pytest.raises(UserError, match="is an unfinished run of other settings or stories"):
            train_stories(told, held, tmp_path / "run", plan())


def test_two_trainings_of_one_folder_are_one_too_many(tmp_path):
    told = []

    def report(task, progress):
        with pytest.raises(UserError, match="run: another training of it is running"):
            train_stories(TOLD, HELD, tmp_path / "run", plan())
        raise Stopped

    def also(task, progress):
        if not told:
            with pytest.raises(UserError, match="another training") as error:
                train_stories(TOLD, HELD, tmp_path / "run", plan())
            told.append(Path(str(error.value).partition(":")[0]).name)

    with pytest.raises(Stopped):
        train_stories(TOLD, HELD, tmp_path / "run", plan(), report=report)
    (tmp_path / "link").symlink_to(tmp_path)
    train_stories(TOLD, HELD, tmp_path / "link" / "run", plan(), report=also)
    assert told == ["run"]


def test_a_finished_run_is_kept_unless_told(tmp_path):
    train_stories(TOLD, HELD, tmp_path / "run", plan())
    with pytest.raises(UserError, match="run is there already"):
        train_stories(TOLD, HELD, tmp_path / "run", plan(dim=4))
    train_stories(TOLD, HELD, tmp_path / "run", plan(dim=4), overwrite=True)
    net = QuestionAnswerer.from_pretrained(tmp_path / "run")
    assert net.readers[""].config.settings["dim"] == 4
    assert files(tmp_path) == ["run"]


@pytest.mark.parametrize("joint", [True, False])
def test_an_unfinished_run_of_other_settings_is_refused_unless_told(tmp_path, joint):
    """Of single networks too, also where a network of the old settings is finished already."""
    with pytest.raises(Stopped):
        train_stories(BOTH, BOTH_HELD, tmp_path / "run", plan(joint), report=stop("" if joint else "6", 2))
    other = plan(joint, dim=4)
    with pytest.raises(UserError, match=r"run\.partial is an unfinished run of other settings"):
        train_stories(BOTH, BOTH_HELD, tmp_path / "run", other)
    train_stories(BOTH, BOTH_HELD, tmp_path / "run", other, overwrite=True)
    net = QuestionAnswerer.from_pretrained(tmp_path / "run")
    assert {reader.config.settings["dim"] for reader in net.readers.values()} == {4}


def test_an_unfinished_run_of_other_stories_is_refused(tmp_path):
    """As many of them; the words that the weights stand for are others."""
    with pytest.raises(Stopped):
        train_stories(TOLD, HELD, tmp_path / "run", plan(), report=stop("", 2))
    renamed = [
        dataclasses.replace(story, facts=tuple(fact.replace("Mary", "Ann") for fact in story.facts))
        for story in TOLD
    ]
    with pytest.raises(UserError, match="stories"):
        train_stories(renamed, HELD, tmp_path / "run", plan())


def test_without_validation_training_stories_stand_in(tmp_path):
    (trained,) = train_stories(TOLD, [], tmp_path / "run", plan()).values()
    assert trained.measures["loss"] == trained.measures["training_loss"]


def test_a_model_of_supporting_facts_wants_some(tmp_path):
    bare = [dataclasses.replace(story, supporting=()) for story in TOLD]
    with pytest.raises(UserError, match="supporting"):
        train_stories(bare, [], tmp_path / "run", StoryPlan(model="memnn"))
    assert not list(tmp_path.iterdir())


def test_no_stories_are_refused(tmp_path):
    with pytest.raises(UserError, match="no stories to train on"):
        train_stories([], HELD, tmp_path / "run", plan())
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "wrong", [plan(dim="wide"), plan(epochs=0), plan(seed=-1), StoryPlan("gpt"), StoryPlan(device="tpu")]
)
def test_a_plan_that_cannot_be_followed_leaves_nothing(tmp_path, wrong):
    with pytest.raises(UserError):
        train_stories(TOLD, HELD, tmp_path / "run", wrong)
    assert files(tmp_path) == []


def test_a_single_run_needs_a_task_for_every_question(tmp_path):
    some = [dataclasses.replace(story, task="") for story in HELD]
    with pytest.raises(UserError, match="one network a task needs a task for every question"):
        train_stories([*TOLD, *some], [], tmp_path / "run", plan(False))
    assert files(tmp_path) == []
    train_stories(some, [], tmp_path / "run", plan(False))  # no tasks at all: one network
    assert len(QuestionAnswerer.from_pretrained(tmp_path / "run").answer(some)) == 12


@pytest.mark.parametrize("task", ["../../x", "a/b", "two words", "क", ".."])
def test_a_tasks_name_makes_no_folder_outside(tmp_path, task):
    named = [dataclasses.replace(story, task=task) for story in TOLD[:10]]
    out = tmp_path / "deep" / "run"
    train_stories([*named, *TOLD], [], out, plan(False, epochs=1))
    assert files(tmp_path) == ["deep"] and files(tmp_path / "deep") == ["run"]
    assert len(files(out)) == 3
    net = QuestionAnswerer.from_pretrained(out)
    assert set(net.tasks) == {"1", task}
    net.save_pretrained(tmp_path / "copy")
    again = QuestionAnswerer.from_pretrained(tmp_path / "copy")
    assert again.answer([*named, *TOLD]) == net.answer([*named, *TOLD])


@pytest.mark.parametrize("model", ["memn2n", "symbol"])
def test_stories_without_facts_are_trained_on(tmp_path, model):
    asked = [Story((), "Is it so?", ("yes",)), Story((), "Was it so?", ("no",))] * 10
    how = plan(epochs=30, learning_rate=0.05, restarts=2)
    if model == "symbol":
        how = StoryPlan(settings={"dim": 8, "beside": 0.5}, options={"epochs": 3})
    train_stories(asked, asked, tmp_path / "run", how)
    answers = QuestionAnswerer.from_pretrained(tmp_path / "run").answer(asked[:2])
    assert [answer.text for answer in answers] == (["yes", "no"] if model == "memn2n" else ["unknown"] * 2)


def test_it_learns(tmp_path):
    told, held = list(simulate("1", 300, 0)), list(simulate("1", 200, 1))
    own = plan(dim=12, epochs=12, optimizer="adam", learning_rate=0.02, loss="mean")
    (trained,) = train_stories(told, held, tmp_path / "run", own).values()
    assert trained.measures["error"][0] < 40  # chance is 83; eight seeds gave 14 to 29
