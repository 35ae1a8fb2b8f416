import dataclasses

import numpy as np
import pytest
import torch
from question_answering.orders import NAMES, ORDERS, WHAT, WHO, orders

from memnn.models.symbol import SymbolMemoryNetwork
from memnn.question_answering import second_look
from memnn.question_answering.second_look import Learner, is_no_chance, is_right, names_needed
from memnn.text.lexicon import Lexicon
from memnn.training.options import Options

SETTINGS = SymbolMemoryNetwork(dim=24, hops=3, width=8, hidden=64)
OPTIONS = Options(
    epochs=24,
    batch_size=32,
    optimizer="adamw",
    learning_rate=5e-3,
    loss="mean",
    schedule="linear",
    clip="global",
    clip_norm=1.0,
    warmup_epochs=1.0,
)
TOLD, HELD = orders(500, 0), orders(120, 1)
LEXICON = Lexicon.of_stories(TOLD)


def look(tmp_path, network, told=TOLD[:80]):
    needed = names_needed(network, LEXICON, told, HELD, Learner(SETTINGS, OPTIONS, tmp_path / "look"))
    return {(LEXICON.symbols.classes[number], kind): why for (number, kind), why in needed.items()}


def test_discovery_takes_the_orders_for_words_that_may_trade_places():
    assert ORDERS in LEXICON.symbols.classes and not LEXICON.symbols.by_name


class Untrained:
    """Answers nothing rightly."""

    def __init__(self):
        self.network = SETTINGS.build(*LEXICON.sizes)

    def tensors(self, stories, lexicon):
        return self.network.tensors(stories, lexicon)

    def measure(self, batch):
        return None, torch.zeros(len(batch.answer), dtype=torch.bool)


class Told(Untrained):
    """Answers rightly where `suffices` says so of what is read by name: orders, people."""

    def __init__(self, readings, suffices):
        super().__init__()
        self.suffices = suffices
        self.ids = [
            torch.tensor([readings.lexicon.name_id(w.lower()) for w in words]) for words in (ORDERS, NAMES)
        ]

    def measure(self, batch):
        named = (torch.isin(batch.names, ids).flatten(1).any(1) for ids in self.ids)
        right = self.suffices(*named)
        return None, right if isinstance(right, torch.Tensor) else torch.full((len(batch.answer),), right)


def look_with(monkeypatch, suffices):
    """Look with a network that need not be trained; the readings it is to learn."""
    seen = []

    def train(readings, questions, asked, held, learner):
        seen.append(readings)
        return Told(readings, suffices)

    monkeypatch.setattr(second_look, "_train", train)
    return seen


PEOPLE = tuple(name.lower() for name in NAMES)


@pytest.mark.parametrize(
    "suffices, needed",
    [
        (lambda orders, people: orders, [ORDERS]),
        (lambda orders, people: orders & people, [ORDERS, PEOPLE]),
        (lambda orders, people: orders | people, [ORDERS]),
        (lambda orders, people: True, []),
        (lambda orders, people: False, []),
        (lambda orders, people: ~orders, []),
    ],
    ids=["one class", "both", "any", "none is needed", "none helps", "it hurts"],
)
def test_what_is_read_by_name_is_what_it_takes(suffices, needed, tmp_path, monkeypatch):
    look_with(monkeypatch, suffices)
    found = look(tmp_path, Untrained())
    assert set(found) == {(words, kind) for words in needed for kind in (WHO, WHAT)}


def test_why_is_said_in_numbers(tmp_path, monkeypatch):
    look_with(monkeypatch, lambda orders, people: orders)
    asked = sum("like" in story.question for story in HELD)
    why = look(tmp_path, Untrained())[ORDERS, WHO]
    assert why == f"{asked} of {asked} questions to validate on were wrong without, 0 with"


def erring(wrong):
    """A network that has so many of the questions of each kind wrong."""

    class Erring(Untrained):
        def measure(self, batch):
            return None, torch.arange(len(batch.answer)) >= wrong

    return Erring()


@pytest.mark.parametrize("copies, wrong, looks", [(1, 6, False), (1, 7, True), (3, 11, False), (3, 12, True)])
def test_a_network_that_errs_on_few_takes_no_second_look(copies, wrong, looks, tmp_path, monkeypatch):
    """Seven at least, and more than one in twenty."""
    seen = look_with(monkeypatch, lambda orders, people: False)
    held = [story for story in HELD if "like" in story.question] * copies
    assert len(held) == 76 * copies
    names_needed(erring(wrong), LEXICON, TOLD[:80], held, Learner(SETTINGS, OPTIONS, tmp_path / "look"))
    assert bool(seen) == looks


def test_what_training_cannot_teach_is_not_counted(tmp_path, monkeypatch):
    seen = look_with(monkeypatch, lambda orders, people: False)
    held = [dataclasses.replace(story, answer=("Zoe",)) for story in HELD]
    names_needed(Untrained(), LEXICON, TOLD[:80], held, Learner(SETTINGS, OPTIONS, tmp_path / "look"))
    assert not seen


def test_names_must_set_right_what_the_first_network_has_wrong(tmp_path, monkeypatch):
    """It has a tenth wrong; the second nearly all without names, and with them as many as the first."""
    look_with(monkeypatch, lambda orders, people: orders & (torch.arange(len(orders)) >= 8))
    assert look(tmp_path, erring(8)) == {}


@pytest.mark.parametrize("right, needed", [(6, False), (30, True)])
def test_names_that_help_by_chance_are_not_needed(right, needed, tmp_path, monkeypatch):
    look_with(monkeypatch, lambda orders, people: orders & (torch.arange(len(orders)) < right))
    assert bool(look(tmp_path, Untrained())) == needed


def test_a_class_that_sets_one_question_right_is_not_needed(tmp_path, monkeypatch):
    look_with(monkeypatch, lambda orders, people: orders & (people | (torch.arange(len(orders)) > 0)))
    assert {words for words, _ in look(tmp_path, Untrained())} == {ORDERS}


def test_one_that_sets_three_in_a_hundred_right_is(tmp_path, monkeypatch):
    look_with(monkeypatch, lambda orders, people: orders & (people | (torch.arange(len(orders)) > 2)))
    assert {words for words, _ in look(tmp_path, Untrained())} == {ORDERS, PEOPLE}


def test_what_is_read_by_name_already_is_not_looked_at(tmp_path, monkeypatch):
    seen = look_with(monkeypatch, lambda orders, people: False)
    number = LEXICON.symbols.classes.index(ORDERS)
    lexicon = Lexicon.of_symbols(LEXICON.symbols.naming({(number, WHO): "known"}), TOLD)
    names_needed(Untrained(), lexicon, TOLD, HELD, Learner(SETTINGS, OPTIONS, tmp_path / "look"))
    assert number not in seen[0].classes[WHO] and number in seen[0].classes[WHAT]


@pytest.mark.parametrize(
    "better, worse, told",
    [(7, 0, True), (6, 0, False), (10, 1, True), (8, 1, False), (0, 9, False), (0, 0, False)],
)
def test_no_chance_is_a_sign_test(better, worse, told):
    """0.5^7 = 0.008; 12 / 2^11 = 0.006; 10 / 2^9 = 0.02."""
    assert is_no_chance(better, worse, 0.01) == told


def test_no_chance_of_thousands_of_questions():
    assert is_no_chance(3000, 2000, 0.01) and not is_no_chance(2500, 2500, 0.01)


def test_which_questions_are_right_is_told_in_their_order():
    class ByAnswer(Untrained):
        def measure(self, batch):
            return None, batch.copied[:, 0] > 2

    tensors = SETTINGS.build(*LEXICON.sizes).tensors(TOLD, LEXICON)
    whole = tensors.batch(np.arange(len(TOLD))).copied[:, 0] > 2
    assert is_right(ByAnswer(), tensors).tolist() == whole.tolist()


def test_training_reads_stories_in_every_way():
    numbers = [LEXICON.symbols.classes.index(words) for words in (ORDERS, PEOPLE)]
    readings = second_look._Readings(LEXICON, TOLD[:80], {WHO: numbers, WHAT: numbers[:1]})
    one, other, both = tuple(numbers[:1]), tuple(numbers[1:]), tuple(sorted(numbers))
    read = [
        [lexicon.symbols.by_name.get(kind, ()) for kind in (WHO, WHAT)] for lexicon in readings.of_training()
    ]
    assert read == [[(), ()], [one, one], [other, ()], [both, one]]
    assert {lexicon.words for lexicon in readings.of_training()} == {readings.lexicon.words}


@pytest.mark.parametrize("many", [3, 4, 9])
def test_many_classes_are_read_in_some_ways(many):
    subsets = second_look._subsets(range(many))
    assert subsets[0] == () and tuple(range(many)) in subsets
    assert len(set(subsets)) == 8 if many == 3 else len(subsets) == second_look.WAYS
    assert {number for some in subsets[2:] for number in some} == set(range(many))


def test_every_batch_is_read_in_one_way():
    number = LEXICON.symbols.classes.index(ORDERS)
    readings = second_look._Readings(LEXICON, TOLD[:80], {WHO: [number]})
    network = SETTINGS.build(*readings.lexicon.sizes)
    turns = second_look._InTurn([network.tensors(TOLD[:80], each) for each in readings.of_training()])
    rows = np.array([row for row, story in enumerate(TOLD[:80]) if "like" in story.question])

    def named():
        return [int((turns.batch(rows).names.flatten(1).amax(1) > 0).sum()) for _ in range(20)]

    torch.manual_seed(0)
    first = named()
    assert set(first) == {0, len(rows)} and len(turns) == 80
    torch.manual_seed(0)
    assert named() == first


def test_few_questions_are_read_often_and_of_many_some(tmp_path, monkeypatch):
    seen = []

    def train(networks, data, options, *others):
        seen.append((len(data.train), data.valid.lengths.size, options))
        raise Stopped

    monkeypatch.setattr(second_look, "train", train)
    readings = second_look._Readings(LEXICON, TOLD[:80], {WHO: [0], WHAT: [0]})
    options = dataclasses.replace(OPTIONS, keep="best", patience=3, restarts=4)
    learner = Learner(dataclasses.replace(SETTINGS, ensemble=2), options, tmp_path / "look")
    for questions, most in ((90, 20_000), (800, 20_000), (90, 20)):
        monkeypatch.setattr(second_look, "MOST", most)
        with pytest.raises(Stopped):
            second_look._train(readings, questions, [TOLD[:80], TOLD[80:90]], [HELD[:5], HELD[5:7]], learner)
    assert [told for told, _, _ in seen] == [90, 90, 20] and {held for _, held, _ in seen} == {7}
    assert [options.epochs for _, _, options in seen] == [
        8,
        24,
        17,
    ]  # 24 / 3, times the root of 800/90, 90/20
    assert all((o.keep, o.patience, o.restarts) == ("last", 0, 1) for _, _, o in seen)


class Stopped(Exception):
    pass


def test_a_network_learns_which_words_it_needs_by_name_and_where(tmp_path):
    assert list(look(tmp_path, Untrained(), TOLD)) == [(ORDERS, WHO)]
