import json
import os
import signal
import subprocess
import sys
from functools import partial

import pytest
import torch
from safetensors.torch import load_file

from memnn.question_answering.jsonl import write_jsonl
from memnn.training import checkpoint, loop
from memnn.worlds import simulate

FACTS = (
    '{"facts": ["Mary went to the %s.", "John went home."], "question": "Where is Mary?", "answer": "%s"}\n'
)
LINES = [FACTS % (place, place) for place in ("park", "hall", "attic", "shop")] * 5


@pytest.fixture
def stories(tmp_path):
    path = tmp_path / "stories.jsonl"
    path.write_text("".join(LINES))
    return path


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_results_on_stdout_progress_on_stderr(memnn, stories, small, tmp_path):
    out = tmp_path / "runs" / "mine"
    said = memnn("train", "qa", "--data", stories, "--out", out, *small)
    assert said.status == 0
    first, last = said.out.splitlines()
    assert first.startswith("validation error ") and first.endswith(" %")
    assert last == f"{out} is ready: memnn ask {out}"
    assert [line.partition("  ")[0] for line in said.err.splitlines()] == [
        "training: epoch 1 of 2",
        "training: epoch 2 of 2",
    ]
    assert files(tmp_path) == ["runs", "stories.jsonl"] and files(tmp_path / "runs") == ["mine"]
    assert "curve.png" in files(out)


def test_epochs_of_a_linear_start_are_called_so(memnn, stories, small, tmp_path):
    start = ["--set", "linear_start_rate=0.001", "--set", "linear_start_epochs=1"]
    said = memnn("train", "qa", "--data", stories, "--out", tmp_path / "run", *small, *start)
    assert [line.partition("  ")[0] for line in said.err.splitlines()] == [
        "training: epoch 1 of 3, linear start",
        "training: epoch 2 of 3",
        "training: epoch 3 of 3",
    ]


def test_what_is_said_of_an_unfinished_run(memnn, stories, small, tmp_path, monkeypatch):
    """Interrupted before an epoch was saved, and after one was."""
    command = ["train", "qa", "--data", stories, "--out", tmp_path / "run", *small]
    save = loop.save_state

    def interrupted(*arguments, after):
        if after:
            save(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "save_state", partial(interrupted, after=False))
    said = memnn(*command)
    assert said.status == 130 and "the same command begins anew, as no epoch was saved" in said.err
    monkeypatch.setattr(loop, "save_state", partial(interrupted, after=True))
    said = memnn(*command)
    assert "is unfinished: no epoch of it was saved, beginning anew" in said.err
    assert said.status == 130 and "the same command goes on after the last epoch saved" in said.err
    monkeypatch.setattr(loop, "save_state", save)
    said = memnn(*command)
    assert said.status == 0 and "is unfinished: going on after the last epoch saved" in said.err


def test_restarts_are_summed_up(memnn, stories, small, tmp_path):
    said = memnn("train", "qa", "--data", stories, "--out", tmp_path / "run", *small, "--restarts", "3")
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    best = result["best_restart"]
    assert f"validation error {result['error'][best]:.1f} % (restart {best + 1} of 3, lowest" in said.out
    assert f"mean {sum(result['error']) / 3:.1f}, standard deviation" in said.out


def test_one_network_a_task(memnn, runs, small, tmp_path):
    out = tmp_path / "run"
    said = memnn("train", "qa", "--data", runs / "stories.jsonl", "--single", "--out", out, *small)
    assert [line.partition(":")[0] for line in said.out.splitlines()[:2]] == ["task 1", "task 6"]
    assert "task 6: epoch 2 of 2" in said.err
    said = memnn(
        "train", "qa", "--data", runs / "stories.jsonl", "--tasks", "6", "--out", tmp_path / "six", *small
    )
    assert json.loads((tmp_path / "six" / "config.json").read_text())["data"]["tasks"] == ["6"]


def test_what_is_said_is_done(memnn, stories, small, tmp_path):
    config = tmp_path / "own.toml"
    config.write_text("[settings]\ndim = 5\n[training]\nseed = 2\nbatch_size = 8\n")
    out = tmp_path / "run"
    more = ["--config", config, "--seed", "4", "--minutes", "7", "--set", "batch_size=9"]
    assert memnn("train", "qa", "--data", stories, "--out", out, *small[4:], *more).status == 0
    said = json.loads((out / "config.json").read_text())
    assert said["settings"]["dim"] == 5
    assert [said["training"][name] for name in ("seed", "minutes", "batch_size", "restarts")] == [4, 7, 9, 1]


def test_a_finished_run_is_replaced_only_when_told(memnn, refused, stories, small, tmp_path):
    command = ["train", "qa", "--data", stories, "--out", tmp_path / "run", *small]
    assert memnn(*command).status == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    assert refused(*command).endswith("run is there already: name another folder or say --overwrite")
    assert {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()} == before
    assert memnn(*command, "--overwrite", "--seed", "1").status == 0
    assert json.loads((tmp_path / "run" / "config.json").read_text())["training"]["seed"] == 1
    assert files(tmp_path) == ["run", "stories.jsonl"]


def test_a_full_disk_is_one_line_and_the_run_goes_on_later(
    memnn, refused, stories, small, tmp_path, monkeypatch
):
    command = ["train", "qa", "--data", stories, "--out", tmp_path / "run", *small, "--set", "epochs=3"]
    assert memnn(*command, "--seed", "1").status == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    replace, moved = os.replace, []

    def full(source, target):
        moved.append(target)
        if len(moved) == 4:  # config, vocabulary, the state of one epoch
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(checkpoint.os, "replace", full)
    said = memnn(*command, "--overwrite")
    assert said.status == 2 and said.out == ""
    assert said.err.splitlines()[-1].endswith("state.pt: cannot be written: No space left on device")
    assert "Traceback" not in said.err
    assert {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()} == before
    monkeypatch.setattr(checkpoint.os, "replace", replace)
    assert memnn(*command, "--overwrite").status == 0
    resumed = load_file(tmp_path / "run" / "model.safetensors")
    command[5] = tmp_path / "whole"
    assert memnn(*command).status == 0
    whole = load_file(tmp_path / "whole" / "model.safetensors")
    assert all(torch.equal(resumed[name], whole[name]) for name in whole)
    assert files(tmp_path) == ["run", "stories.jsonl", "whole"]


BAD = {
    "missing folder": ({}, ["--data", "nowhere"], "nowhere: expected a folder of stories or a .jsonl file"),
    "malformed line": (
        {"a.jsonl": LINES[0] + "{oops\n"},
        ["--data", "a.jsonl"],
        "a.jsonl:2: expected a JSON",
    ),
    "blank line": (
        {"a.jsonl": LINES[0] + "\n" + LINES[1]},
        ["--data", "a.jsonl"],
        "a.jsonl:2: expected a JSON",
    ),
    "empty file": ({"a.jsonl": ""}, ["--data", "a.jsonl"], "a.jsonl: expected at least one line"),
    "not UTF-8": ({"a.jsonl": b'{"\xff'}, ["--data", "a.jsonl"], "a.jsonl:1: expected text in UTF-8"),
    "supporting fact": (
        {"a.jsonl": LINES[0].replace("}", ', "supporting": [2]}')},
        ["--data", "a.jsonl"],
        'a.jsonl:1: expected "supporting" to be indices into facts',
    ),
    "no answer": (
        {"a.jsonl": '{"facts": [], "question": "q?"}\n'},
        ["--data", "a.jsonl"],
        'the field "answer"',
    ),
    "one story": ({"a.jsonl": LINES[0]}, ["--data", "a.jsonl"], "expected two stories or more"),
    "no such task": (
        {},
        ["--tasks", "7"],
        "expected a task of train among none, as no line has a task; found '7'",
    ),
    "no tasks": ({}, ["--tasks", "1-"], "expected tasks such as 1,2,5-8 or names"),
    "empty tasks": ({}, ["--tasks", ""], "expected tasks such as 1,2,5-8 or names, found ''"),
    "name": ({}, ["--set", "colour=red"], "--set colour=red: expected name=value"),
    "value": ({}, ["--set", "dim=wide"], "setting of memn2n dim: Input should be a valid integer"),
    "number": ({}, ["--set", "epochs=0"], "training option: epochs must be at least 1, not 0"),
    "restarts": ({}, ["--restarts", "0"], "training option: restarts must be at least 1, not 0"),
    "seed": ({}, ["--seed", "-1"], "training option: seed must not be negative"),
    "no config": ({}, ["--config", "no.toml"], "no.toml: expected a TOML file"),
    "bad TOML": ({"c.toml": "model ="}, ["--config", "c.toml"], "c.toml: expected a TOML file"),
    "unknown key": ({"c.toml": "a = 1"}, ["--config", "c.toml"], "c.toml: expected model, joint, [settings]"),
    "model": ({}, ["--model", "gpt"], "no model 'gpt': expected one of symbol, memn2n"),
    "device": ({}, ["--device", "banana"], "no device 'banana': expected cpu or auto"),
    "out is here": ({}, ["--out", ".", "--overwrite"], ".: expected a folder with a name of its own"),
    "out in a file": ({}, ["--out", "stories.jsonl/run"], "stories.jsonl/run"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_leaves_nothing(refused, stories, small, tmp_path, monkeypatch, name):
    written, more, expected = BAD[name]
    monkeypatch.chdir(tmp_path)
    for file, content in written.items():
        (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    before = files(tmp_path)
    assert expected in refused("train", "qa", "--data", "stories.jsonl", "--out", "run", *small, *more)
    assert files(tmp_path) == before


def timeless(run):
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


KILLED = """
import os, signal
from memnn.cli import main, progress
from memnn.training import loop

calls = 0

def killed(*arguments, then=getattr({place}, "{name}")):
    global calls
    calls += 1
    if calls == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return then(*arguments)

{place}.{name} = killed
main()
"""

MOMENTS = (
    KILLED.format(place="progress.TrainingBar", name="report", call=8),  # a step in the linear start
    KILLED.format(place="loop", name="save_state", call=3),  # the metrics are written, the state not yet
)


@pytest.mark.parametrize("model", [("memn2n", "length_pool=1"), ("symbol", "focus=1.0")])
def test_a_killed_run_goes_on_to_the_same_bits(memnn, tmp_path, model):
    write_jsonl(simulate("1", 150, 0), tmp_path / "stories.jsonl")
    command = ["train", "qa", "--data", str(tmp_path / "stories.jsonl"), "--restarts", "2"]
    command += ["--model", model[0], "--set", model[1], "--set", "batch_size=32"]
    for setting in (
        *("dim=8", "threads=1", "epochs=4", "optimizer=adam", "learning_rate=0.03", "loss=mean", "keep=best"),
        *("linear_start_rate=0.001", "linear_start_epochs=2"),
    ):
        command += ["--set", setting]
    for script in MOMENTS:
        ended = subprocess.run(
            [sys.executable, "-c", script, *command, "--out", tmp_path / "cut"], capture_output=True
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        assert files(tmp_path) == ["cut.partial", "stories.jsonl"]
    assert [line["epoch"] for line in timeless(tmp_path / "cut.partial")] == [1, 2, 3, 4]
    assert memnn(*command, "--out", tmp_path / "cut").status == 0
    assert memnn(*command, "--out", tmp_path / "whole").status == 0
    assert files(tmp_path) == ["cut", "stories.jsonl", "whole"]
    cut, whole = (load_file(tmp_path / name / "model.safetensors") for name in ("cut", "whole"))
    assert cut.keys() == whole.keys()
    assert all(torch.equal(cut[name], whole[name]) for name in whole)
    lines = timeless(tmp_path / "cut")
    assert lines == timeless(tmp_path / "whole")
    assert [line["softmax"] for line in lines] == [False, False, True, True, True, True]
    assert (tmp_path / "cut" / "result.json").read_text() == (tmp_path / "whole" / "result.json").read_text()


TINY = [word for setting in ("dim=6", "width=4", "hidden=8", "epochs=1") for word in ("--set", setting)]


def test_training_begins_with_another_runs_weights_and_settings(memnn, stories, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert memnn("train", "qa", "--data", stories, "--out", first, *TINY).status == 0
    still = ["--set", "learning_rate=0", "--set", "epochs=1"]
    assert memnn("train", "qa", "--data", stories, "--out", second, "--init", first, *still).status == 0
    one, other = (load_file(run / "model.safetensors") for run in (first, second))
    assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
    said = json.loads((second / "config.json").read_text())
    assert said["settings"]["dim"] == 6 and said["data"]["init"] == str(first)


def test_symbols_that_the_data_lacks_are_named_in_a_line(memnn, stories, tmp_path):
    (tmp_path / "symbols.txt").write_text("Mary,John\nattic,Cellar,shop,moon base\n")
    command = ["train", "qa", "--data", stories, "--symbols", tmp_path / "symbols.txt", *TINY]
    said = memnn(*command, "--out", tmp_path / "run")
    assert said.status == 0
    warning = f"{tmp_path / 'symbols.txt'}: words that {stories} never has: Cellar, moon base"
    assert said.err.splitlines()[0] == warning
    (tmp_path / "symbols.txt").write_text("Mary,John\n")
    assert "never has" not in memnn(*command, "--out", tmp_path / "other").err


def test_training_cannot_begin_with_a_run_of_another_kind(memnn, refused, stories, small, tmp_path):
    other, out = tmp_path / "other", tmp_path / "out"
    assert memnn("train", "qa", "--data", stories, "--out", other, *small).status == 0
    assert "memn2n" not in refused("train", "qa", "--data", stories, "--out", out, "--init", other)
    assert memnn("train", "qa", "--data", stories, "--out", tmp_path / "symbol", *TINY).status == 0
    wider = ["--init", tmp_path / "symbol", "--set", "dim=8"]
    assert "of other sizes" in refused("train", "qa", "--data", stories, "--out", out, *wider)
    assert "is not there" in refused("train", "qa", "--data", stories, "--out", out, "--init", "nowhere")
    assert files(tmp_path) == ["other", "stories.jsonl", "symbol"]
