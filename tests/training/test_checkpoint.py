import json
from pathlib import Path

import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from training.checkpoints import CONFIG, VOCABULARY, files, message, network, same, saved

from memnn.files import write_file
from memnn.training import checkpoint


def test_what_is_saved_is_loaded(run):
    config, vocabulary, loaded = checkpoint.load(run)
    assert config == CONFIG
    assert (vocabulary.words, vocabulary.spelling) == (VOCABULARY.words, VOCABULARY.spelling)
    assert same(loaded, network())
    assert not loaded.training
    assert loaded.response.weight is loaded.input_map.tables[2]  # tied weights are one again
    assert files(run) == ["config.json", "model.safetensors", "vocabulary.json"]
    assert files(run.parent) == ["run"]


def test_people_can_read_it(run):
    assert "Où?" in (run / "vocabulary.json").read_text("utf-8")
    said = json.loads((run / "config.json").read_text("utf-8"))
    assert (said["format"], said["model"], said["settings"]["dim"]) == (1, "memn2n", 4)


def test_a_finished_one_is_replaced_only_when_told(run):
    assert "is there already" in message(saved, run, network(1))
    assert same(checkpoint.load(run)[2], network(0))
    assert files(run.parent) == ["run"]
    saved(run, network(1), overwrite=True)
    assert same(checkpoint.load(run)[2], network(1))
    assert files(run.parent) == ["run"]


@pytest.mark.parametrize("name", ["run", "run.partial", "run.old"])
def test_nothing_but_a_run_is_overwritten(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "thesis.txt").write_text("done")
    assert f"{name} is there and is no run" in message(saved, tmp_path / "run", None, True)
    (tmp_path / name / "config.json").write_text('{"name": "another program"}')
    assert f"{name} is there and is no run" in message(saved, tmp_path / "run", None, True)
    assert (tmp_path / name / "thesis.txt").read_text() == "done"
    (tmp_path / "file").write_text("mine")
    assert "file is there and is no run" in message(saved, tmp_path / "file", None, True)
    assert (tmp_path / "file").read_text() == "mine"


def test_what_is_left_of_a_run_is_no_loss_but_a_folder_in_it_is(tmp_path):
    for name in ("run.old", "run.old/task-1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").touch()
    (tmp_path / "run.partial" / "film.partial").mkdir(parents=True)
    assert "run.partial is there and is no run" in message(saved, tmp_path / "run", None, True)
    (tmp_path / "run.partial" / "film.partial").rmdir()
    saved(tmp_path / "run")
    assert files(tmp_path) == ["run"]
    (tmp_path / "run.old" / "task-1").mkdir(parents=True)
    (tmp_path / "run.old" / "task-1" / "thesis.txt").touch()
    assert "run.old is there and is no run" in message(saved, tmp_path / "run", None, True)


def test_an_empty_folder_and_one_that_was_hardly_begun_are_no_loss(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run.partial").mkdir()
    (tmp_path / "run.partial" / "vocabulary.json").touch()
    assert "is there already" in message(saved, tmp_path / "run")
    assert same(checkpoint.load(saved(tmp_path / "run", network(1), overwrite=True))[2], network(1))
    assert files(tmp_path) == ["run"]


@pytest.mark.parametrize("path", ["file/below", "n" * 250])
def test_a_file_that_cannot_be_written_is_one_line(tmp_path, path):
    (tmp_path / "file").touch()
    assert "cannot be written" in message(write_file, tmp_path / path, b"")
    assert files(tmp_path) == ["file"]


@pytest.mark.parametrize("out", [".", "..", "/", "x/.."])
def test_a_folder_without_a_name_of_its_own_is_refused(tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    assert "expected a folder with a name" in message(checkpoint.begin, Path(out), {}, None, True)


def test_what_is_no_checkpoint_is_said(tmp_path):
    assert message(checkpoint.find, tmp_path / "nothing") == f"{tmp_path / 'nothing'} is not there"
    (tmp_path / "empty").mkdir()
    assert "is not a checkpoint: it has no config.json" in message(checkpoint.find, tmp_path / "empty")
    (tmp_path / "file").touch()
    assert "is not a checkpoint" in message(checkpoint.find, tmp_path / "file")


@pytest.mark.parametrize("name", [".", "", "..", "/"])
def test_a_folder_without_a_name_is_no_checkpoint_either(tmp_path, monkeypatch, name):
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert "is not a checkpoint" in message(checkpoint.find, name)


@pytest.fixture
def hub(monkeypatch):
    """What was asked of the Hub; it answers with `hub.answer`, or raises it."""

    class Hub:
        asked, answer = [], None

    def download(name, allow_patterns):
        for path in ("config.json", "task-1/model.safetensors"):
            assert any(map(Path(path).match, allow_patterns))
        Hub.asked.append(name)
        if isinstance(Hub.answer, Exception):
            raise Hub.answer
        return str(Hub.answer)

    Hub.asked = []
    monkeypatch.setattr(checkpoint.huggingface_hub, "snapshot_download", download)
    return Hub


def test_a_name_on_the_hub_is_fetched(run, hub):
    hub.answer = run
    assert checkpoint.find("someone/model") == run
    assert hub.asked == ["someone/model"]


def test_a_folder_here_goes_before_the_hub(run, hub, monkeypatch):
    monkeypatch.chdir(run.parent.parent)
    name = f"{run.parent.name}/{run.name}"
    assert checkpoint.find(name) == Path(name)
    misspelt = f"{run.parent.name}/other"
    for missing in (str(run.parent / "other"), "./a", "~/b", "a", "a/b/c", misspelt):
        assert "is not there" in message(checkpoint.find, missing)
    assert hub.asked == []


@pytest.mark.parametrize("problem", [LocalEntryNotFoundError("no\nnetwork"), ConnectionError("no")])
def test_a_hub_out_of_reach_is_one_line(hub, problem):
    hub.answer = problem
    assert "neither a folder here nor a model that the Hub gives out" in message(checkpoint.find, "some/one")


def test_offline_the_hub_is_not_waited_for(monkeypatch, tmp_path):
    monkeypatch.setattr(checkpoint.huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(checkpoint.huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert "neither a folder here nor a model" in message(checkpoint.find, "nobody/nothing-at-all")
    assert "neither a folder here nor a model" in message(checkpoint.find, "not a/name!")
