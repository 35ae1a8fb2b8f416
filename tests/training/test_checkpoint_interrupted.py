"""Kills and full disks at any moment: a checkpoint is whole or not there."""

import dataclasses
import errno
import json
import os
import resource
import signal
from pathlib import Path

import pytest
import torch
from training.checkpoints import CONFIG, VOCABULARY, files, message, network, same, saved, weights

from memnn.text.vocabulary import Vocabulary
from memnn.training import checkpoint
from memnn.training.restarts import Restarts
from memnn.training.state import RunState, save_state


class Killed(BaseException):
    pass


def test_an_unfinished_one_is_gone_on_with_by_the_same_command_alone(tmp_path):
    out = tmp_path / "deep" / "run"
    partial = checkpoint.begin(out, vars(CONFIG), VOCABULARY, False)
    (partial / "state.pt").write_bytes(b"where it had come to")
    assert checkpoint.begin(out, vars(CONFIG), VOCABULARY, False) == partial
    other = dataclasses.replace(CONFIG, training={"seed": 2})
    refused = message(checkpoint.begin, out, vars(other), VOCABULARY, False)
    assert "run.partial is an unfinished run of other settings" in refused
    assert "config.json" in refused
    assert (partial / "state.pt").exists()
    checkpoint.begin(out, vars(other), VOCABULARY, True)
    assert files(partial) == ["config.json", "vocabulary.json"]


def test_an_unfinished_one_of_other_stories_is_refused(tmp_path):
    """As many questions of the same tasks, but other words: its weights would mean other words."""
    checkpoint.begin(tmp_path / "run", vars(CONFIG), VOCABULARY, False)
    other = Vocabulary(["home", "went", "mary", "Où?"], {"home": "Home"})
    refused = message(checkpoint.begin, tmp_path / "run", vars(CONFIG), other, False)
    assert "stories" in refused and "vocabulary.json" in refused


def test_an_unfinished_one_that_is_damaged_is_replaced_when_told(tmp_path):
    partial = checkpoint.begin(tmp_path / "run", vars(CONFIG), VOCABULARY, False)
    (partial / "config.json").write_text("{")
    assert "unfinished" in message(checkpoint.begin, tmp_path / "run", vars(CONFIG), VOCABULARY, False)
    checkpoint.begin(tmp_path / "run", vars(CONFIG), VOCABULARY, True)
    assert json.loads((partial / "config.json").read_text())["model"] == "memn2n"


def test_a_folder_that_was_killed_before_it_was_begun_is_used_again(tmp_path):
    partial = tmp_path / "run.partial"
    partial.mkdir()
    (partial / "config.json.partial").write_text("{")
    checkpoint.begin(tmp_path / "run", vars(CONFIG), VOCABULARY, False)
    assert files(partial) == ["config.json", "vocabulary.json"]


def test_a_kill_while_it_is_begun_is_no_obstacle(tmp_path, monkeypatch):
    write, written = checkpoint.write_json, []

    def killed(path, content):
        if written:
            raise Killed
        written.append(path)
        write(path, content)

    monkeypatch.setattr(checkpoint, "write_json", killed)
    with pytest.raises(Killed):
        checkpoint.begin(tmp_path / "run", vars(CONFIG), VOCABULARY, False)
    monkeypatch.undo()
    saved(tmp_path / "run")
    assert same(checkpoint.load(tmp_path / "run")[2], network())


def test_an_unfinished_one_is_said_to_be(tmp_path):
    checkpoint.begin(tmp_path / "run", vars(CONFIG), VOCABULARY, False)
    assert "run is unfinished" in message(checkpoint.find, tmp_path / "run")


@pytest.mark.parametrize("after", range(4))
def test_a_kill_at_any_moment_of_finishing_leaves_one_to_find(run, monkeypatch, after):
    """A removal, two moves and a removal: killed before each of them."""
    partial = checkpoint.begin(run, vars(CONFIG), VOCABULARY, True)
    checkpoint.save_weights(partial, weights(network(1)))
    done = []

    def killed_in_time(do):
        def step(*arguments, **options):
            if len(done) == after:
                raise Killed
            do(*arguments, **options)
            done.append(do)

        return step

    monkeypatch.setattr(os, "rename", killed_in_time(os.rename))
    monkeypatch.setattr(checkpoint.shutil, "rmtree", killed_in_time(checkpoint.shutil.rmtree))
    with pytest.raises(Killed):
        checkpoint.finish(partial, run)
    monkeypatch.undo()
    found = checkpoint.load(checkpoint.find(run))[2]
    assert same(found, network(1 if after == 3 else 0))
    if after < 3:  # the command given again finishes
        again = checkpoint.begin(run, vars(CONFIG), VOCABULARY, True)
        assert again == partial
        checkpoint.finish(again, run)
        assert same(checkpoint.load(checkpoint.find(run))[2], network(1))
        assert files(run.parent) == ["run"]


def full_disk(*arguments, **options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("part", ["write_bytes", "replace"])
def test_a_full_disk_leaves_the_file_that_was_there(tmp_path, monkeypatch, part):
    of = Restarts([network()])
    optimizer = torch.optim.SGD(of.parameters(), lr=0.1)

    def write():
        checkpoint.save_weights(tmp_path, weights(network()))
        checkpoint.write_json(tmp_path / "config.json", {"a": 1})
        save_state(tmp_path, RunState(epoch=1), of, optimizer)

    write()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(*((Path, part) if part == "write_bytes" else (os, part)), full_disk)
    for name, call in (
        ("model.safetensors", lambda: checkpoint.save_weights(tmp_path, weights(network(1)))),
        ("config.json", lambda: checkpoint.write_json(tmp_path / "config.json", {"b": 2})),
        ("state.pt", lambda: save_state(tmp_path, RunState(epoch=2), of, optimizer)),
    ):
        said = message(call)
        assert said == f"{tmp_path / name}: cannot be written: No space left on device"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_that_outgrows_its_limit_is_not_left_in_part(tmp_path):
    """What the operating system does, not what a test pretends: no file may be larger than 1 kB."""
    of = Restarts([network()])
    optimizer = torch.optim.SGD(of.parameters(), lr=0.1)
    limits, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.getsignal(signal.SIGXFSZ)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        said = [
            message(checkpoint.save_weights, tmp_path, {"a": torch.zeros(10_000)}),
            message(save_state, tmp_path, RunState(), of, optimizer),
        ]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert [line.rpartition(": ")[2] for line in said] == ["File too large"] * 2
    assert files(tmp_path) == []
