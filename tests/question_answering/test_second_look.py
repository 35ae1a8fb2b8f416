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

    def __init__(self, ways, suffices):
        super().__init__()
        self.suffices = suffices
        self.ids = [
            torch.tensor([ways.lexicon.name_id(w.lower()) for w in words]) for words in (ORDERS, NAMES)
        ]

    def measure(self, batch):
        named = (torch.isin(batch.names, ids).flatten(1).any(1) for ids in self.ids)
        right = self.suffices(*named)
        return None, right if isinstance(right, torch.Tensor) else torch.full((len(batch.answer),), right)


def look_with(monkeypatch, suffices):
    """Look with a network that need not be trained; the ways in which it is to read."""
    seen = []

    def train(ways, asked, held, learner):
        seen.append(ways)
        return Told(ways, suffices)

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


def test_a_network_that_errs_on_few_takes_no_second_look(tmp_path, monkeypatch):
    monkeypatch.setattr(second_look, "_train", None)
    rows = [number for number, story in enumerate(HELD) if "like" in story.question]

    class Right(Untrained):
        def measure(self, batch):
            right = torch.ones(len(batch.answer), dtype=torch.bool)
            right[: round(0.04 * len(rows))] = False
            return None, right

    assert look(tmp_path, Right()) == {}


def test_what_is_read_by_name_already_is_not_looked_at(tmp_path, monkeypatch):
    seen = look_with(monkeypatch, lambda orders, people: False)
    number = LEXICON.symbols.classes.index(ORDERS)
    lexicon = Lexicon.of_symbols(LEXICON.symbols.naming({(number, WHO): "known"}), TOLD)
    names_needed(Untrained(), lexicon, TOLD, HELD, Learner(SETTINGS, OPTIONS, tmp_path / "look"))
    assert number not in seen[0].stands[WHO] and number in seen[0].stands[WHAT]


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


def test_stories_are_read_in_every_way_in_training():
    numbers = [LEXICON.symbols.classes.index(words) for words in (ORDERS, PEOPLE)]
    ways = second_look._Ways(LEXICON, TOLD, {WHO: numbers, WHAT: numbers[:1]})
    network = SETTINGS.build(*ways.lexicon.sizes)
    read = [[lexicon.symbols.by_name.get(kind, ()) for kind in (WHO, WHAT)] for lexicon in ways.all()]
    none, first, second, both = (), tuple(numbers[:1]), tuple(numbers[1:]), tuple(sorted(numbers))
    assert read == [[none, none], [both, first], [first, none], [second, first]]
    both = second_look._InTurn([network.tensors(TOLD, lexicon) for lexicon in ways.all()[:2]])
    rows = np.array([row for row, story in enumerate(TOLD) if "like" in story.question])
    shown = [int(both.batch(rows[[row]]).names.count_nonzero()) for row in range(20)]
    assert 0 < shown.count(0) < 20
    assert shown == [int(both.batch(rows[[row]]).names.count_nonzero()) for row in range(20)]


def test_a_network_learns_which_words_it_needs_by_name_and_where(tmp_path):
    assert list(look(tmp_path, Untrained(), TOLD)) == [(ORDERS, WHO)]
