"""Training where a network errs: `second_look` finds what to read by name, and it is trained again."""

import dataclasses

import pytest
import torch
from question_answering.orders import ORDERS, WHO, orders

from memnn.question_answering import training
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.training import train_stories

TOLD, HELD = orders(100, 0), orders(40, 1)
PLAN = StoryPlan(
    settings={"dim": 16, "hops": 2, "width": 8, "hidden": 32},
    options={"epochs": 6, "batch_size": 32, "learning_rate": 5e-3},
)
FILES = ["config.json", "metrics.jsonl", "model.safetensors", "result.json", "state.pt", "vocabulary.json"]


@pytest.fixture(autouse=True)
def no_picture(monkeypatch):
    """Drawing takes longer than training here."""
    monkeypatch.setattr(training, "draw_curve", lambda folder: None)


@pytest.fixture
def looked(monkeypatch):
    """Finds that orders are to be read by name; how often it was asked."""
    asked = []

    def names_needed(network, lexicon, *others):
        asked.append(network)
        return {(lexicon.symbols.classes.index(ORDERS), WHO): "so it was said"}

    monkeypatch.setattr(training, "names_needed", names_needed)
    return asked


@pytest.fixture
def errors(monkeypatch):
    """Errors that are reported in place of those reached, one training after the other."""
    said = []
    train_networks = training.train_networks

    def reporting(*arguments):
        trained = train_networks(*arguments)
        return dataclasses.replace(trained, measures={**trained.measures, "error": [said.pop(0)]})

    monkeypatch.setattr(training, "train_networks", reporting)
    return said


class Stopped(Exception):
    pass


def stop(phase, epoch):
    def report(name, progress):
        if (progress.phase, progress.epoch) == (phase, epoch):
            raise Stopped

    return report


def tell(told):
    return lambda _, step: told.append((step.phase, step.epoch))


def of(run):
    return QuestionAnswerer.from_pretrained(run).readers[""]


def same(one, other):
    one, other = (of(run).network.parameters() for run in (one, other))
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_network_that_errs_less_is_kept(tmp_path, looked, errors):
    errors += [50.0, 40.0]
    (trained,) = train_stories(TOLD, HELD, tmp_path / "run", PLAN).values()
    assert trained.measures["error"] == [40.0]
    assert files(tmp_path) == ["run"] and files(tmp_path / "run") == FILES
    symbols = of(tmp_path / "run").vocabulary.symbols
    assert symbols.by_name == {WHO: (symbols.classes.index(ORDERS),)}
    assert symbols.reasons[f"{', '.join(ORDERS)} in '{WHO}'"] == "by name: so it was said"
    for name, tensor in of(tmp_path / "run").network.named_parameters():
        assert torch.equal(tensor, trained.weights[name])


def test_the_first_network_is_kept_unless_the_second_errs_less(tmp_path, looked, errors):
    errors += [50.0, 50.0, 50.0]
    (trained,) = train_stories(TOLD, HELD, tmp_path / "run", PLAN).values()
    alone = dataclasses.replace(PLAN, second_look=False)
    (first,) = train_stories(TOLD, HELD, tmp_path / "alone", alone).values()
    assert len(looked) == 1 and not of(tmp_path / "run").vocabulary.symbols.by_name
    assert files(tmp_path / "run") == FILES and same(tmp_path / "run", tmp_path / "alone")
    assert trained.measures == first.measures


def test_it_is_trained_once_where_nothing_is_needed(tmp_path, monkeypatch, errors):
    monkeypatch.setattr(training, "names_needed", lambda *all: {})
    errors.append(50.0)
    train_stories(TOLD, HELD, tmp_path / "run", PLAN)
    assert not errors and files(tmp_path / "run") == FILES


@pytest.mark.parametrize(
    "plan, held",
    [
        (dataclasses.replace(PLAN, second_look=False), HELD),
        (dataclasses.replace(PLAN, options={**PLAN.options, "minutes": 5}), HELD),
        (PLAN, []),
        (StoryPlan("memn2n", settings={"dim": 6}, options={"epochs": 1, "restarts": 1}), HELD),
    ],
    ids=["told not to", "time is set", "no stories to validate on", "no symbols"],
)
def test_where_no_second_look_is_taken(tmp_path, looked, plan, held):
    train_stories(TOLD, held, tmp_path / "run", plan)
    assert not looked


def test_nor_where_it_began_with_another_run(tmp_path, looked, errors):
    errors += [50.0, 40.0, 50.0]
    train_stories(TOLD, HELD, tmp_path / "run", PLAN)
    begun = StoryPlan(init=str(tmp_path / "run"), options=PLAN.options)
    train_stories(TOLD, HELD, tmp_path / "begun", begun)
    assert len(looked) == 1


def test_cut_in_the_second_training_it_goes_on_to_the_same_weights(tmp_path, looked, errors):
    errors += [50.0, 40.0, 50.0, 50.0, 40.0]
    train_stories(TOLD, HELD, tmp_path / "whole", PLAN)
    with pytest.raises(Stopped):
        train_stories(TOLD, HELD, tmp_path / "cut", PLAN, report=stop(training.AGAIN, 3))
    assert files(tmp_path) == ["cut.partial", "whole"]
    told = []
    train_stories(TOLD, HELD, tmp_path / "cut", PLAN, report=tell(told))
    assert told[0] == (training.AGAIN, 3)
    assert files(tmp_path) == ["cut", "whole"] and same(tmp_path / "whole", tmp_path / "cut")


def test_cut_in_the_second_look_it_goes_on_to_the_same_end(tmp_path):
    told = []
    with pytest.raises(Stopped):
        train_stories(TOLD, HELD, tmp_path / "run", PLAN, report=stop(training.LOOKING, 2))
    train_stories(TOLD, HELD, tmp_path / "run", PLAN, report=tell(told))
    assert (
        told[0] == (training.LOOKING, 2) and files(tmp_path) == ["run"] and files(tmp_path / "run") == FILES
    )


@pytest.mark.parametrize("phase", [training.LOOKING, training.AGAIN])
def test_cut_and_told_to_do_without_it_leaves_the_first_network(phase, tmp_path, looked, errors, request):
    errors += [50.0, 40.0, 50.0, 50.0]
    if phase == training.LOOKING:
        request.getfixturevalue("monkeypatch").undo()
    with pytest.raises(Stopped):
        train_stories(TOLD, HELD, tmp_path / "run", PLAN, report=stop(phase, 2))
    train_stories(TOLD, HELD, tmp_path / "run", dataclasses.replace(PLAN, second_look=False))
    assert not of(tmp_path / "run").vocabulary.symbols.by_name
    assert set(files(tmp_path / "run")) - {"curve.png"} == set(FILES)


def test_what_is_left_of_a_finished_run_is_in_nobodys_way(tmp_path, looked, errors, monkeypatch):
    """As after a kill while the unfinished folder was removed."""
    errors += [50.0, 50.0, 40.0, 50.0, 40.0]
    left = tmp_path / "run.partial"

    def rmtree(folder, **options):
        (left / "config.json").unlink(missing_ok=True)
        raise Stopped

    with pytest.raises(Stopped):
        train_stories(TOLD, HELD, tmp_path / "run", PLAN, report=stop(training.AGAIN, 6))
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(training.shutil, "rmtree", rmtree)
        train_stories(TOLD, HELD, tmp_path / "run", PLAN)
    assert left.exists() and (tmp_path / "run" / "model.safetensors").exists()
    train_stories(TOLD, HELD, tmp_path / "run", PLAN, overwrite=True)
    assert files(tmp_path) == ["run"]


def test_members_of_an_ensemble_are_trained_again_together(tmp_path, looked, errors):
    errors += [50.0, 40.0]
    plan = dataclasses.replace(PLAN, settings={**PLAN.settings, "ensemble": 2})
    train_stories(TOLD, HELD, tmp_path / "run", plan)
    assert len(of(tmp_path / "run").network.members) == 2
    assert of(tmp_path / "run").vocabulary.symbols.by_name
