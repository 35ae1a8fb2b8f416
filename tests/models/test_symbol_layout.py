"""The Symbol Memory Network with a layout: ways and sums of more steps than in training."""

import random

import numpy as np
import pytest
import torch
from reference.small import LEARNING, NAMES

from memnn.input_map.asked import Question
from memnn.models.evidence import cost_of_reading
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.question_answering.fit import fit
from memnn.question_answering.metrics import evaluate
from memnn.story import Story
from memnn.text.lexicon import Lexicon

SMALL = SymbolMemoryNetwork(hops=2, width=8, hidden=64, space=2, beside=0.5, asked=0.5)
BACK = {"over": "under", "under": "over"}


def towers(steps, count, seed, others=2):
    """The way from one to another, and whether it leads up, by who sits over whom."""
    rng = random.Random(seed)
    stories = []
    for number in range(count):
        length = rng.choice(steps)
        people = rng.sample(NAMES, length + 1 + others)
        path = people[: length + 1]
        ways = [rng.choice(("over", "under")) for _ in range(length)]
        links = [(there, way, here) for here, way, there in zip(path, ways, path[1:])]
        links += [(each, rng.choice(("over", "under")), rng.choice(path)) for each in people[length + 1 :]]
        turned = [rng.random() < 0.5 for _ in links]
        facts = [
            f"{here} is {BACK[way]} {there}." if turn else f"{there} is {way} {here}."
            for (there, way, here), turn in zip(links, turned)
        ]
        rng.shuffle(facts)
        height = sum(1 if way == "over" else -1 for way in ways)
        asked = [
            (f"What is the way from {path[0]} to {path[-1]}?", tuple(ways)),
            (f"Is {path[-1]} higher than {path[0]}?", ("yes" if height > 0 else "no",)),
        ]
        for question, answer in asked:
            stories.append(Story(tuple(facts), question, answer, task=question.split()[0], id=str(number)))
    return stories


TRAIN = towers((1, 2, 3), 600, seed=0)


@pytest.fixture(scope="module")
def net():
    return fit(SMALL, TRAIN, epochs=12, **LEARNING)


def test_ways_and_sums_of_three_steps_teach_those_of_ten(net):
    assert evaluate(net, towers((1, 2, 3), 100, seed=1)).mean_error <= 2
    longer = evaluate(net, towers((10,), 100, seed=2, others=8)).tasks
    assert longer["What"] <= 2
    assert longer["Is"] <= 2


def test_without_the_facts_they_do_not(net):
    (reader,) = net.readers.values()
    layout = reader.network.output_map.layout
    forward = layout.forward
    layout.forward = lambda states, fillers, told, *things: forward(
        states, fillers, torch.zeros_like(told), *things
    )
    try:
        cut = evaluate(net, towers((10,), 100, seed=2)).tasks
    finally:
        del layout.forward
    assert cut["What"] > 90
    assert cut["Is"] > 25


def test_a_way_is_told_by_the_facts_along_it(net):
    story = net.story()
    story.tell(
        "Bal is over Don.", "Fir is under Gus.", "Don is under Kel.", "Kel is over Lor.", "Gus is over Mis."
    )
    answer = story.ask("What is the way from Bal to Lor?")
    assert answer.text == "under,over,under"
    assert {found.position for found in answer.evidence} == {0, 2, 3}


def test_among_many_facts_the_chain_is_found_too(net):
    (reader,) = net.readers.values()
    chain = ["Bal is over Don.", "Don is under Kel.", "Kel is over Lor."]
    facts = [f"N{n} is over {'Don' if n % 9 == 0 else f'N{n - 1}'}." for n in range(230)]
    for fact, place in zip(chain, (20, 90, 160)):
        facts.insert(place, fact)
    story = net.story()
    story.tell(*facts)
    answer = story.ask("What is the way from Bal to Lor?")
    assert answer.text == "under,over,under"
    assert {found.position for found in answer.evidence} == {20, 90, 160}
    symbols, names = torch.tensor([[0, 1]]), torch.zeros(1, 2, dtype=torch.long)
    asked = Question(torch.zeros(1, 2), symbols, names, torch.tensor([400]))
    assert cost_of_reading(reader.network.settings, 9, asked) == 100 + 400**3 // 4000


def test_words_read_by_name_say_what_a_fact_says_and_join_nothing():
    lexicon = Lexicon.of_stories(TRAIN, always_by_name=True)
    network = SMALL.build(*lexicon.sizes).eval()
    batch = network.tensors(TRAIN[:4], lexicon).batch(np.arange(4))
    assert not network._nodes(*network._written(batch)).laid.asked.any()
    nameless = Lexicon.of_stories(TRAIN)
    network = SMALL.build(*nameless.sizes).eval()
    batch = network.tensors(TRAIN[:4], nameless).batch(np.arange(4))
    assert network._nodes(*network._written(batch)).laid.asked.all()


def test_a_story_of_hundreds_of_things_is_laid_out():
    lexicon = Lexicon.of_stories(TRAIN)
    network = SMALL.build(*lexicon.sizes).eval()
    facts = tuple(f"N{n} is over N{n + 1}." for n in range(700))
    batch = network.tensors([Story(facts, "Is N0 higher than N700?", ("yes",))], lexicon).batch(np.arange(1))
    assert torch.isfinite(network(batch).scores[:, :, : network.response.answers]).all()
