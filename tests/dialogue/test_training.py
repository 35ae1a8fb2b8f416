"""Learning tests: what is learnt with the memory, also of things never seen, and not without it."""

import dataclasses
import json

import pytest
import torch
from dialogue.worlds import bookings

import memnn
from memnn.dialogue.metrics import evaluate
from memnn.dialogue.training import plan_for, train_dialogues
from memnn.errors import UserError
from memnn.text.dialogue_batches import DialogueTensors

NEW = {"foods": ["korean", "peruvian"], "cities": ["seoul", "quito", "hanoi"]}
SMALL = {"dim": 16, "hops": 1, "heads": 2}


def accuracy(bot, dialogues):
    return evaluate(bot, dialogues).tasks["1"].response_accuracy


def test_learns_to_ask_offer_the_best_and_tell_the_phone(bot):
    assert accuracy(bot, bookings(40, seed=2)) == 100


def test_things_never_seen_cost_nothing(bot):
    assert accuracy(bot, bookings(40, seed=2, **NEW)) == 100


@pytest.mark.parametrize("part", ["row", "mention", "turn"])
def test_fails_when_the_memory_is_cut_off(bot, monkeypatch, part):
    whole = DialogueTensors.batch

    def cut(self, indices):
        batch = whole(self, indices)
        gone = {f"{part}_mask": torch.zeros_like(getattr(batch.told, f"{part}_mask"))}
        return dataclasses.replace(batch, told=dataclasses.replace(batch.told, **gone))

    monkeypatch.setattr(DialogueTensors, "batch", cut)
    assert accuracy(bot, bookings(40, seed=2)) < 80


def test_memn2n_learns_what_was_said(tmp_path):
    options = {"optimizer": "adam", "loss": "mean", "epochs": 8}
    plan = plan_for("memn2n", settings={"match": True}, options=options)
    train_dialogues(bookings(150), [], tmp_path / "run", plan)
    bot = memnn.load(tmp_path / "run")
    said = [reply for replies in bot.reply(bookings(150)) for reply in replies]
    given = [text for dialogue in bookings(150) for text in dialogue.reply_texts]
    plain = [(reply.text, text) for reply, text in zip(said, given) if "_" not in text]
    assert sum(mine == theirs for mine, theirs in plain) > 0.95 * len(plain)


@pytest.mark.parametrize("model", ["symbol", "memn2n"])
def test_a_killed_training_goes_on_to_the_same_weights(tmp_path, model, monkeypatch):
    settings = SMALL if model == "symbol" else {"dim": 8}
    plan = plan_for(model, settings=settings, options={"epochs": 3})
    whole = train_dialogues(bookings(20), bookings(5, seed=1), tmp_path / "whole", plan)

    def killed(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_dialogues(bookings(20), bookings(5, seed=1), tmp_path / "cut", plan, report=killed)
    assert not (tmp_path / "cut").exists()
    others = [dataclasses.replace(talk, candidates=("hi",)) for talk in bookings(20)]
    for told, held in ((bookings(20), bookings(5, seed=2)), (others, bookings(5, seed=1))):
        with pytest.raises(UserError, match="an unfinished run of other settings or stories"):
            train_dialogues(told, held, tmp_path / "cut", plan)
    resumed = train_dialogues(bookings(20), bookings(5, seed=1), tmp_path / "cut", plan)
    assert all(torch.equal(whole.weights[name], resumed.weights[name]) for name in whole.weights)


def test_a_run_says_how_dialogues_go_on(booking_run):
    data = json.loads((booking_run / "config.json").read_text())["data"]
    assert data["arguments"] == ["R_food", "R_city"]
    assert (data["result_sets"], data["no_result"], data["begins"]) == (1, False, False)
    assert "api_call * *" in data["asks"] and "i will book it" not in data["asks"]
    assert "thai" in data["user_words"]


def test_a_bot_is_saved_and_loaded(bot, tmp_path):
    bot.save_pretrained(tmp_path / "copy")
    assert memnn.load(tmp_path / "copy").fingerprint == bot.fingerprint
    with pytest.raises(UserError, match="--overwrite"):
        bot.save_pretrained(tmp_path / "copy")
    bot.save_pretrained(tmp_path / "copy", overwrite=True)


def test_what_cannot_be_is_one_line(tmp_path):
    with pytest.raises(UserError, match="no replies to train on"):
        train_dialogues([], [], tmp_path / "run")
    with pytest.raises(UserError, match="dim must be at least 1"):
        train_dialogues(bookings(2), [], tmp_path / "run", plan_for("memn2n", {"dim": 0}))
    with pytest.raises(UserError, match="classless is a share"):
        train_dialogues(bookings(2), [], tmp_path / "run", plan_for("symbol", {"classless": 2}))
    assert not list(tmp_path.iterdir())


def test_restarts_train_side_by_side(tmp_path):
    plan = plan_for("memn2n", settings={"dim": 8}, options={"epochs": 1, "restarts": 2})
    trained = train_dialogues(bookings(10), [], tmp_path / "run", plan)
    assert len(trained.measures["error"]) == 2
