import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from memnn.models import MODELS
from memnn.question_answering.jsonl import write_jsonl
from memnn.question_answering.plan import make_plan
from memnn.question_answering.reading import read_stories
from memnn.question_answering.training import train_stories
from memnn.worlds import simulate

SETTINGS = [
    *("dim=6", "hops=2", "noise=0", "epochs=3", "linear_start_rate=0.005", "linear_start_epochs=1"),
    *("batch_size=8", "restarts=2", "clip_norm=2.0"),
]


@pytest.fixture
def stories(tmp_path):
    """41 questions of each of two tasks: the last batch has one, and one of two processes gets none."""
    folder = tmp_path / "stories"
    folder.mkdir()
    for split, count, seed in (("train", 41, 0), ("valid", 10, 1)):
        told = [story for task in ("1", "6") for story in simulate(task, count, seed)]
        write_jsonl(told, folder / f"{split}.jsonl")
    return folder


class Stopped(Exception):
    pass


@pytest.mark.parametrize("loss", ["sum", "mean"])
def test_two_processes_go_on_to_what_one_makes(stories, tmp_path, loss):
    settings = [*SETTINGS, f"loss={loss}"]
    plan = make_plan(None, "memn2n", False, settings, {}, "cpu")
    told = [read_stories(stories, split) for split in ("train", "valid")]

    def stop(task, progress):
        if task == "6" and progress.epoch == 3:
            raise Stopped

    train_stories(*told, tmp_path / "one", plan)
    with pytest.raises(Stopped):
        train_stories(*told, tmp_path / "two", plan, report=stop)
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", "-m", "memnn"]
    command += ["train", "qa", "--data", stories, "--out", tmp_path / "two", "--single", "--model", "memn2n"]
    ended = subprocess.run(
        [*command, *(word for setting in settings for word in ("--set", setting))],
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("is ready") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "stories", "two"]
    for part in (tmp_path / "one").glob("*/"):
        one, two = part, tmp_path / "two" / part.name
        assert sorted(path.name for path in one.iterdir()) == sorted(path.name for path in two.iterdir())
        weights, others = (load_file(folder / "model.safetensors") for folder in (one, two))
        for name, tensor in weights.items():
            torch.testing.assert_close(others[name], tensor, msg=lambda m, name=name: f"{name}: {m}")
        for line, other in zip(*((folder / "metrics.jsonl").open() for folder in (one, two)), strict=True):
            line, other = json.loads(line), json.loads(other)
            assert line["train_loss"] == pytest.approx(other["train_loss"])
            assert line["valid_error"] == other["valid_error"]


@pytest.mark.parametrize("model", MODELS)
def test_a_share_without_questions_teaches_nothing(model):
    stories = list(simulate("1", 1, 0))
    vocabulary = MODELS[model].vocabulary.of_stories(stories)
    network = MODELS[model]().build(*vocabulary.sizes)
    batch = network.tensors(stories, vocabulary).batch(np.arange(1))
    losses = network.losses(batch.share(1, 2))
    assert losses.shape == (0,)
    losses.sum().backward()
    assert not any(parameter.grad.any() for parameter in network.parameters() if parameter.grad is not None)
