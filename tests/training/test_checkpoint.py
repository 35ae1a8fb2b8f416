import dataclasses
import errno
import json
import os
import resource
import signal
from pathlib import Path

import pytest
import torch
from huggingface_hub.errors import LocalEntryNotFoundError

from memnn.errors import UserError
from memnn.models.memn2n import MemN2N
from memnn.text.vocabulary import Vocabulary
from memnn.training import checkpoint
from memnn.training.restarts import Restarts
from memnn.training.state import RunState, save_state

VOCABULARY = Vocabulary(["mary", "went", "home", "Où?"], {"home": "Home"})
SETTINGS = dataclasses.asdict(MemN2N(dim=4, hops=2, capacity=5))
CONFIG = checkpoint.Config("question_answering", "memn2n", SETTINGS, {"seed": 1}, {"tasks": ["1"]})


def network(seed=0):
    torch.manual_seed(seed)
    return MemN2N(**SETTINGS).build(len(VOCABULARY))


def weights(of):
    return dict(of.named_parameters())


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def saved(out, of=None, overwrite=False, config=CONFIG):
    partial = checkpoint.begin(out, vars(config), VOCABULARY, overwrite)
    checkpoint.save_weights(partial, weights(of or network()))
    checkpoint.finish(partial, out)
    return out


def message(call, *arguments):
    with pytest.raises(UserError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class Killed(BaseException):
    pass


def files(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def run(tmp_path):
    return saved(tmp_path / "run")


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


@pytest.mark.parametrize("out", [".", "..", "/", "x/.."])
def test_a_folder_without_a_name_of_its_own_is_refused(tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    assert "expected a folder with a name" in message(checkpoint.begin, Path(out), {}, None, True)


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


GARBAGE = {"no JSON": b"{", "not UTF-8": b'"\xff"', "empty": b"", "a list": b"[]", "a number": b"3"}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("name", ["config.json", "vocabulary.json"])
def test_damaged_json_is_named(run, name, content):
    (run / name).write_bytes(content)
    assert f"{run}" in message(checkpoint.load, run)
    assert name in message(checkpoint.load, run)


@pytest.mark.parametrize("name", ["config.json", "vocabulary.json", "model.safetensors"])
def test_a_missing_file_is_named(run, name):
    (run / name).unlink()
    assert str(run / name) in message(checkpoint.load, run)


def changed(run, **changes):
    said = json.loads((run / "config.json").read_text("utf-8"))
    (run / "config.json").write_text(json.dumps(said | changes), encoding="utf-8")


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"format": 2, "memnn": "9.9"}, "written by memnn 9.9, a later version; please upgrade"),
        ({"format": "new"}, "config.json: not written by memnn"),
        ({"format": None}, "config.json: not written by memnn"),
        ({"model": "gpt"}, "model 'gpt' is not one of symbol, memn2n"),
        ({"model": ["memn2n"]}, "config.json: not the config of one model"),
        ({"settings": []}, "config.json: not the config of one model"),
        ({"data": None}, "config.json: not the config of one model"),
        ({"surprise": 1}, "config.json: not the config of one model"),
        ({"settings": SETTINGS | {"dims": 3}}, "config.json: settings that memn2n cannot have"),
        ({"settings": SETTINGS | {"dim": "4"}}, "config.json: settings that memn2n cannot have"),
        ({"settings": SETTINGS | {"dim": -4}}, "config.json: settings that memn2n cannot have"),
        ({"settings": SETTINGS | {"hops": 0}}, "config.json: settings that memn2n cannot have"),
        ({"settings": SETTINGS | {"dim": 5}}, "model.safetensors: weights of another model"),
        ({"settings": SETTINGS | {"tying": "layerwise"}}, "model.safetensors: weights of another model"),
    ],
)
def test_a_config_that_cannot_be_is_named(run, changes, expected):
    changed(run, **changes)
    said = message(checkpoint.load, run)
    assert expected in said and str(run) in said


def test_a_config_without_a_field_is_named(run):
    (run / "config.json").write_text('{"format": 1, "application": "question_answering"}')
    assert f"{run / 'config.json'}: not the config of one model" in message(checkpoint.load, run)


@pytest.mark.parametrize("content", [{}, {"words": 3, "spelling": {}}, {"words": [1], "spelling": {}}])
def test_a_vocabulary_that_cannot_be_is_named(run, content):
    (run / "vocabulary.json").write_text(json.dumps(content))
    assert message(checkpoint.load, run) == f"{run / 'vocabulary.json'}: not a vocabulary of memn2n"


def test_a_vocabulary_of_another_size_is_told_by_the_weights(run):
    (run / "vocabulary.json").write_text('{"words": ["a"], "spelling": {}}')
    assert f"{run / 'model.safetensors'}: weights of another model" in message(checkpoint.load, run)


@pytest.mark.parametrize("damage", ["cut", "head cut", "garbage", "empty"])
def test_damaged_weights_are_named(run, damage):
    path = run / "model.safetensors"
    whole = path.read_bytes()
    content = {"cut": whole[:-9], "head cut": whole[:20], "garbage": b"\x13" * 999, "empty": b""}[damage]
    path.write_bytes(content)
    assert f"{path}: damaged or missing" in message(checkpoint.load, run)


def test_weights_of_another_network_are_named(run):
    checkpoint.save_weights(run, weights(network()) | {"more": torch.zeros(1)})
    assert "weights of another model" in message(checkpoint.load, run)


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

    def download(name):
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
    for missing in (str(run.parent / "other"), "./a", "~/b", "a", "a/b/c"):
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
