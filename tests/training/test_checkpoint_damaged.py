"""Every file of a checkpoint, damaged in every way: one line that names it."""

import json

import pytest
import torch
from training.checkpoints import SETTINGS, message, network, weights

from memnn.training import checkpoint

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
        ({"settings": SETTINGS | {"relu": "no"}}, "settings that memn2n cannot have: setting relu: "),
        ({"settings": SETTINGS | {"noise": None}}, "settings that memn2n cannot have: setting noise: "),
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
