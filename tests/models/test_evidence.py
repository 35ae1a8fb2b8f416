"""Which facts of a very long story evidence looks at, and that it finds what the answer rests on there."""

import pytest
import torch

import memnn
from memnn.input_map.asked import Question
from memnn.memory import SymbolMemory
from memnn.models.evidence import nearest_facts
from memnn.text.symbol_batches import NONE


def told(*facts):
    """A story whose facts hold these symbols, two at most."""
    symbols = torch.tensor([[*fact, NONE, NONE][:2] for fact in facts])[None]
    slots = torch.arange(len(facts))[None]
    return SymbolMemory(torch.randn(len(facts), 3), slots, symbols, torch.zeros_like(symbols), slots >= 0)


def asked(*symbols):
    numbers = torch.tensor([symbols or (NONE,)])
    return Question(torch.randn(1, 3), numbers, torch.zeros_like(numbers), torch.tensor([9]))


def test_first_come_facts_that_name_what_is_asked_then_those_beside_then_the_newest():
    story = told((0, 1), (2, 3), (1, 4), (5, 6), (0, 7), (8,))
    found = [nearest_facts(story, asked(0), most).tolist() for most in (1, 2, 3, 4, 6, 7)]
    assert found == [[4], [0, 4], [0, 2, 4], [0, 2, 4, 5], [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]]


def test_where_nothing_is_asked_by_name_they_are_the_newest():
    assert nearest_facts(told((0, 1), (NONE, NONE), (1, 2)), asked(), 2).tolist() == [1, 2]


@pytest.mark.parametrize("most", [5, 20])
def test_of_a_long_story_evidence_names_the_fact_by_its_place_in_all_of_it(monkeypatch, most):
    monkeypatch.setattr("memnn.models.evidence.MOST_FACTS", most)
    story = memnn.load("pretrained").story()
    others = ["John went to the office.", "Daniel went to the kitchen."] * 20
    story.tell(*others[:30], "Mary went to the garden.", *others[30:])
    answer = story.ask("Where is Mary?")
    assert answer.text == "garden"
    assert max(answer.evidence, key=lambda found: found.weight).position == 30
