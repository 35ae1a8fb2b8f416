import math

import pytest
import torch
from question_answering.networks import reader, rows, told

from memnn.memory import Reading
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.reader import Evidence, gather_evidence
from memnn.story import Story

WORDS = [f"w{number}" for number in range(60)]
SURE = 4.0  # u . m of a fact whose word is asked for; 0 of any other


@pytest.fixture
def looking():
    """One hop that looks for the fact whose word stands in the question, among 50 facts at most."""
    stories = [Story((word,), f"{word}?", ("yes",)) for word in WORDS]
    one = reader(
        stories, dim=64, hops=1, capacity=50, sentence="bag", empty_slots="masked", init=0.0, noise=0.0
    )
    table = one.network.input_map.tables[0]
    with torch.no_grad():
        for number, word in enumerate(WORDS):
            table[one.vocabulary.id(word), number] = math.sqrt(SURE)
    return QuestionAnswerer({"": one})


def weight(others):
    """The attention to the fact asked for, beside so many others."""
    return math.exp(SURE) / (math.exp(SURE) + others)


def assert_is(evidence, hop, position, fact, weight):
    assert evidence == Evidence(hop, position, fact, evidence.weight)
    assert evidence.weight == pytest.approx(weight, rel=1e-5)


def test_evidence_names_position_fact_and_weight(looking):
    (first, *rest) = told(looking, "w4", "w7", "w1").ask("w7?").evidence
    assert_is(first, 1, 1, "w7", weight(2))
    older, newer = sorted(rest, key=lambda e: e.position)
    assert_is(older, 1, 0, "w4", (1 - weight(2)) / 2)
    assert_is(newer, 1, 2, "w1", (1 - weight(2)) / 2)


def test_evidence_counts_positions_in_the_story_beyond_capacity(looking):
    """Of 60 facts the memory holds the 50 newest, 10 to 59."""
    facts = tuple(WORDS)
    for found in (10, 37, 59):
        question = f"w{found}?"
        for answer in (told(looking, *facts).ask(question), looking.answer([Story(facts, question)])[0]):
            assert_is(answer.evidence[0], 1, found, f"w{found}", weight(49))
            assert all(evidence.fact == facts[evidence.position] for evidence in answer.evidence)
    forgotten = told(looking, *facts).ask("w9?").evidence
    assert len(forgotten) == 5
    assert all(e.position >= 10 and e.weight == pytest.approx(1 / 50) for e in forgotten)


def test_evidence_in_a_batch_is_each_storys_own(looking):
    stories = [Story(("w1", "w2", "w3"), "w3?"), Story(("w4",), "w4?"), Story((), "w5?")]
    longest, shorter, empty = (answer.evidence for answer in looking.answer(stories))
    assert_is(longest[0], 1, 2, "w3", weight(2))
    assert len(shorter) == 1
    assert_is(shorter[0], 1, 0, "w4", 1.0)
    assert empty == ()


def test_evidence_is_by_hop_weightiest_first_without_the_negligible():
    hops = [[0.02, 0.005, 0.9, 0.075], [0.0, 1.0, 0.0, 0.0]]
    trace = tuple(Reading(torch.zeros(1, 2), torch.tensor([hop])) for hop in hops)
    found = gather_evidence(["a", "b", "c", "d"], trace, 0)
    assert rows(found) == [(1, 2, "c"), (1, 3, "d"), (1, 0, "a"), (2, 1, "b")]


def test_a_slot_that_holds_no_fact_is_no_evidence():
    trace = (Reading(torch.zeros(1, 2), torch.tensor([[0.6, 0.4]])),)
    assert rows(gather_evidence(["a"], trace, 0)) == [(1, 0, "a")]


@pytest.mark.parametrize(("weights", "named"), [([0.1] * 10, 10), ([0.02] * 50, 5), ([0.4] + [0.1] * 6, 5)])
def test_all_of_a_long_chain_is_named_and_of_what_is_spread_out_five(weights, named):
    trace = (Reading(torch.zeros(1, 2), torch.tensor([weights])),)
    assert len(gather_evidence([str(n) for n in range(len(weights))], trace, 0)) == named
