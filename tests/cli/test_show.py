import json
import re
import shutil

from memnn.models import MODELS
from memnn.question_answering.jsonl import write_jsonl
from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.training import train_stories
from memnn.training import checkpoint
from memnn.worlds import simulate


def test_list_names_models_with_settings_and_runs(memnn, runs):
    said = memnn("list", runs)
    assert (said.status, said.err) == (0, "")
    for name in MODELS:
        assert f"\n  {name}: " in said.out
    assert "dim=20" in said.out and "epochs=by size of data" in said.out and "<function" not in said.out
    assert f"runs in {runs}:\n  {runs / 'joint'}\n  {runs / 'single'}\n" in said.out


def test_list_tells_unfinished_runs_and_none(memnn, tmp_path):
    assert memnn("list", tmp_path / "none").out.endswith(f"no runs in {tmp_path / 'none'}\n")
    checkpoint.begin(tmp_path / "run", {"format": 1}, None, False)
    assert memnn("list", tmp_path).out.endswith(f"  {tmp_path / 'run.partial'}  (unfinished)\n")


def test_show_tells_model_settings_data_and_results(memnn, runs):
    said = memnn("show", runs / "joint")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == f"{runs / 'joint'}: answers questions, one network"
    assert lines[1].startswith("memn2n, ") and lines[1].endswith(" weights")
    assert [line.split()[0] for line in lines[2:]] == [
        "vocabulary",
        "settings",
        "data",
        "training",
        "trained",
        "result",
    ]
    assert re.search(r"\n  trained     2 epochs in [0-9]+ s\n", said.out)
    for nothing in ("minutes=", "plateau_factor=", "weight_decay=", "linear_start", "digest=", "openings="):
        assert nothing not in said.out
    assert "seed=0" in said.out
    assert "dim=6" in said.out and "tasks=1, questions=80" in said.out
    assert "best of 2 restarts" in lines[-1]
    errors = json.loads((runs / "joint" / "result.json").read_text())["error"]
    mean, half = sum(errors) / 2, abs(errors[0] - errors[1]) / 2
    assert f"error {mean:.3g} (standard deviation {half:.2g})" in lines[-1].partition("; their mean: ")[2]


def test_show_leaves_out_what_is_switched_off(memnn, tmp_path):
    train_stories(list(simulate("1", 20, 0)), [], tmp_path / "run", StoryPlan(options={"epochs": 1}))
    said = memnn("show", tmp_path / "run").out
    for off in ("links=", "kinds=", "windows=", "pairs=", "beside="):
        assert off not in said
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    config["settings"]["capacity"] = None
    (tmp_path / "run" / "config.json").write_text(json.dumps(config))
    assert "capacity=all" in memnn("show", tmp_path / "run").out


def test_show_of_a_bot_is_brief(memnn, booking_run):
    said = memnn("show", booking_run)
    assert said.status == 0 and "holds conversations" in said.out
    assert "plain=(" in said.out and "arguments=R_food,R_city" in said.out
    assert ",... (" in said.out  # what users say


def test_show_names_no_tasks_where_there_are_none(memnn, runs, tmp_path):
    run = shutil.copytree(runs / "joint", tmp_path / "run")
    config = json.loads((run / "config.json").read_text())
    config["data"]["tasks"] = [""]
    (run / "config.json").write_text(json.dumps(config))
    assert "tasks=" in memnn("show", runs / "joint").out and "tasks=" not in memnn("show", run).out


def test_show_tells_how_long_training_took_and_its_linear_start(memnn, refused, runs, tmp_path):
    run = shutil.copytree(runs / "joint", tmp_path / "run")
    lines = [{"epoch": n, "softmax": n > 2, "seconds": 100 * n} for n in range(1, 6)]
    (run / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "5 epochs in 8 min, the first 2 a linear start" in memnn("show", run).out
    (run / "metrics.jsonl").write_text("{")
    assert "metrics.jsonl: damaged" in refused("show", run)
    (run / "metrics.jsonl").unlink()
    assert "\n  trained " not in memnn("show", run).out


def test_show_of_single_networks(memnn, runs):
    said = memnn("show", runs / "single")
    assert "one network a task" in said.out.splitlines()[0]
    assert said.out.count("best of 2 restarts") == 2
    assert "\ntask 6: memn2n, " in said.out


def test_show_without_results_and_with_damaged_ones(memnn, refused, runs, tmp_path):
    run = shutil.copytree(runs / "joint", tmp_path / "run")
    for content in (
        "{",
        "[]",
        "{}",
        '{"best_restart": 9, "error": [1.0]}',
        '{"best_restart": 0, "error": 1}',
    ):
        (run / "result.json").write_text(content)
        assert str(run / "result.json") in refused("show", run)
    (run / "result.json").unlink()
    assert "\n  result " not in memnn("show", run).out
    assert "is not there" in refused("show", tmp_path / "none")


def test_show_tells_the_symbols_and_why_other_words_are_none(memnn, tmp_path):
    stories = list(simulate("1", 150, 0))
    write_jsonl(stories, tmp_path / "stories.jsonl")
    given = tmp_path / "symbols.txt"
    given.write_text("Zoe,Yann\n")
    out = tmp_path / "run"
    command = ["train", "qa", "--data", tmp_path / "stories.jsonl", "--out", out, "--symbols", given]
    assert memnn(*command, *(f"--set={name}=1" for name in ("epochs", "hops"))).status == 0
    lines = [line.strip() for line in memnn("show", out).out.splitlines()]
    assert {"zoe, yann", "daniel, john, mary, sandra"} <= set(lines)
    assert any(line.startswith("journeyed, moved") and "words:" in line for line in lines)
