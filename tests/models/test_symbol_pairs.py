"""The Symbol Memory Network with pairs of symbols: chains longer than any in training."""

import random
from dataclasses import replace

import numpy as np
import pytest
import torch
from reference.small import LEARNING, NAMES

from memnn.input_map.asked import Question
from memnn.input_map.frames import FrameEncoder, WindowFrameEncoder
from memnn.models import evidence, symbol_training
from memnn.models.evidence import cost_of_reading
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.output_map.pair_answers import said_losses
from memnn.question_answering.fit import fit
from memnn.question_answering.metrics import evaluate
from memnn.story import Story
from memnn.text.lexicon import Lexicon

SMALL = SymbolMemoryNetwork(dim=32, hops=3, width=8, hidden=64, pairs=10, pair_dim=48, beside=0.5, asked=0.5)


def quarrels(links, count, seed):
    """Who is for whom: a foe's foe is a friend."""
    rng = random.Random(seed)
    stories = []
    for number in range(count):
        people = rng.sample(NAMES, rng.choice(links) + 1)
        foes = [rng.random() < 0.5 for _ in people[1:]]
        facts = [
            f"{one} {'fights' if foe else 'likes'} {other}."
            for one, other, foe in zip(people, people[1:], foes)
        ]
        rng.shuffle(facts)
        answer = "no" if sum(foes) % 2 else "yes"
        question = f"Is {people[0]} for {people[-1]}?"
        stories.append(Story(tuple(facts), question, (answer,), task="quarrels", id=str(number)))
    return stories


TRAIN = quarrels((1, 2, 3), 1000, seed=0)


@pytest.fixture(scope="module")
def net():
    return fit(SMALL, TRAIN, epochs=12, **LEARNING)


def test_chains_of_three_links_teach_chains_of_ten(net):
    assert evaluate(net, quarrels((1, 2, 3), 100, seed=1)).mean_error <= 2
    assert evaluate(net, quarrels((6,), 100, seed=2)).mean_error <= 5
    assert evaluate(net, quarrels((10,), 100, seed=3)).mean_error <= 5


def test_without_going_through_a_third_they_do_not(net):
    (reader,) = net.readers.values()
    pairs = reader.network.output_map.pairs
    rounds, pairs.rounds = pairs.rounds, 0
    try:
        assert evaluate(net, quarrels((6,), 100, seed=2)).mean_error > 30
    finally:
        pairs.rounds = rounds


def test_training_tells_some_stories_beside_others(monkeypatch):
    lexicon = Lexicon.of_stories(TRAIN)
    network = SMALL.build(*lexicon.sizes).train()
    batch = network.tensors(TRAIN[:5], lexicon).batch(np.arange(5))
    seen, begin = [], network.output_map.begin
    monkeypatch.setattr(
        network.output_map,
        "begin",
        lambda states, *rest: seen.append(states.shape[1]) or begin(states, *rest),
    )
    most, facts = int(batch.count.amax()), batch.mask.shape[1]
    for _ in range(60):
        network.losses(batch)
    assert set(seen) == {facts + 1, 2 * facts + 1}
    assert 15 < seen.count(facts + 1) < 45
    seen.clear()
    with monkeypatch.context() as shorter:
        shorter.setattr(symbol_training, "SHORT", most - 1)
        for _ in range(10):
            network.losses(batch)
    network.generalization.capacity = 2 * facts - 1  # no room for two
    for _ in range(10):
        network.losses(batch)
    network.eval().losses(batch)
    assert seen == 21 * [facts + 1]


def test_training_asks_the_pairs_for_the_answer_too(monkeypatch):
    lexicon = Lexicon.of_stories(TRAIN)
    network = SMALL.build(*lexicon.sizes).train()
    batch = network.tensors(TRAIN[:5], lexicon).batch(np.arange(5))
    said = []
    monkeypatch.setattr(
        symbol_training, "said_losses", lambda *args: said.append(said_losses(*args)) or said[-1]
    )

    def lost(asked):
        network.settings = replace(SMALL, asked=asked)
        network._rounds._rng = None
        torch.manual_seed(1)
        losses = network.losses(batch)
        return losses, gradient(losses)

    def gradient(losses):
        return torch.autograd.grad(losses.sum(), network.output_map.pairs.same, retain_graph=True)[0]

    (without, plain), (weighed, taught) = lost(0.0), lost(0.25)
    assert (said[-1] > 0.01).all()
    torch.testing.assert_close(weighed, without)  # it teaches and does not count
    torch.testing.assert_close(taught, plain + 0.25 * gradient(said[-1]))
    network.eval().losses(batch)
    assert len(said) == 2
    assert replace(SMALL, asked=0.0).build(*lexicon.sizes).output_map.said is None


def test_another_network_hands_over_what_its_pairs_say_of_the_answers_that_both_know():
    others, own = Lexicon.of_stories(TRAIN), Lexicon.of_stories([s for s in TRAIN if s.answer == ("no",)])
    first, network = SMALL.build(*others.sizes), SMALL.build(*own.sizes)
    symbol_training.begin_with(first, network, others, own)
    mine, theirs = (each.output_map.said.score.weight for each in (network, first))
    assert len(mine) < len(theirs)
    assert torch.equal(mine[own.answer_id("no")], theirs[others.answer_id("no")])


def test_evidence_is_the_chain(net):
    story = net.story()
    story.tell("Ann fights Bob.", "Gus fights Hal.", "Bob fights Cid.", "Hal likes Ike.", "Cid fights Dan.")
    answer = story.ask("Is Ann for Dan?")
    assert answer.text == "no"
    assert {found.position for found in answer.evidence} == {0, 2, 4}


def test_of_many_facts_those_that_the_pairs_used_are_tried(net, monkeypatch):
    monkeypatch.setattr(evidence, "MOST_TRIED", 1)
    monkeypatch.setattr(evidence, "LEAST_TRIED", 1)  # but all of the shortest way are tried
    story = net.story()
    story.tell("Ann fights Bob.", "Gus fights Hal.", "Bob fights Cid.", "Hal likes Ike.", "Cid fights Dan.")
    assert {found.position for found in story.ask("Is Ann for Dan?").evidence} == {0, 2, 4}


def test_pairs_cost_the_cube_of_the_symbols_that_are_paired():
    def asked(symbols, *named):
        symbol = torch.tensor([named])
        return Question(torch.zeros(1, SMALL.dim), symbol, torch.zeros_like(symbol), torch.tensor([symbols]))

    def cost(pairs, question):
        return cost_of_reading(replace(SMALL, pairs=pairs), 9, question)

    assert cost(3, asked(40, 3, 5)) - cost(3, asked(20, 3, 5)) == (40**3 - 20**3) // 4
    assert cost(3, asked(1000, 3, 5)) == cost(3, asked(128, 3, 5))
    assert cost(3, asked(40, 3, -1)) == cost(3, asked(40, 3, 3)) == 100
    assert cost(0, asked(40, 3, 5)) == 100


def test_training_asks_for_3_to_8_rounds_by_chance_the_same_for_the_same_seed(monkeypatch):
    lexicon = Lexicon.of_stories(TRAIN)
    network = SMALL.build(*lexicon.sizes).train()
    batch = network.tensors(TRAIN[:2], lexicon).batch(np.arange(2))
    asked = []

    def read(states, fillers, told, rounds, *_):
        asked.append(rounds)
        return torch.zeros_like(states), states.new_zeros(len(states), 2, SMALL.pair_dim)

    monkeypatch.setattr(network.output_map.pairs, "forward", read)

    def rounds(seed):
        asked.clear()
        torch.manual_seed(seed)
        for _ in range(60):
            network.losses(batch)
        return list(asked)

    first, other, again = rounds(1), rounds(2), rounds(1)
    assert first == again != other
    assert set(asked) == set(range(3, 9))
    network.eval().losses(batch)
    assert asked[-1] is None  # the network's own


@pytest.mark.parametrize("together", [0, None])
def test_pairs_and_hops_know_of_names_of_what_kind_they_are_and_no_more(together):
    lexicon = Lexicon.of_stories(TRAIN, always_by_name=True)
    network = replace(SMALL, kinds=2).build(*lexicon.sizes).eval()
    batch = network.tensors(TRAIN[:4], lexicon).batch(np.arange(4))
    other = replace(batch, names=batch.names.flip(-1), question_names=batch.question_names.flip(-1))
    assert not torch.equal(other.names, batch.names)

    def said():
        return [
            network.read(*network._written(some), items=1, together=together)[0] for some in (batch, other)
        ]

    assert not torch.allclose(*said())
    torch.nn.init.zeros_(network.input_map.names)  # what names add to a sentence: pairs know it all the same
    assert not torch.allclose(*said())
    torch.nn.init.zeros_(network.input_map.kinds.weight)  # all of one kind
    assert torch.equal(*said())


def test_a_sentence_may_speak_of_whom_the_one_before_it_names():
    def told_apart(stories):
        """'Bal fights Dol.' as 'Bal came in. They fight Dol.'"""
        apart = []
        for story in stories:
            facts = [fact.split() for fact in story.facts]
            pairs = [(f"{one} came in.", f"They {verb.rstrip('s')} {other}") for one, verb, other in facts]
            apart.append(replace(story, facts=tuple(sentence for pair in pairs for sentence in pair)))
        return apart

    net = fit(SMALL, told_apart(quarrels((1, 2, 3), 1200, seed=0)), epochs=20, **LEARNING)
    assert evaluate(net, told_apart(quarrels((6,), 100, seed=1))).mean_error <= 10
    (reader,) = net.readers.values()
    with torch.no_grad():
        reader.network.output_map.pairs.references.offset.fill_(-1e3)
    assert evaluate(net, told_apart(quarrels((2, 3), 100, seed=1))).mean_error > 25


def test_a_name_tells_who_is_meant_where_nothing_else_does():
    """Women are the ones who bake."""
    rng, stories = random.Random(0), []
    women, men = NAMES[::2], NAMES[1::2]
    for _ in range(400):
        woman, man, third = rng.choice(women), rng.choice(men), rng.choice(NAMES)
        facts = [f"{woman} met {man}.", f"{third} slept."]
        first, second = rng.sample([woman, man], 2)
        stories.append(
            Story(
                tuple(facts), f"Does {first} bake more than {second}?", ("yes" if first == woman else "no",)
            )
        )
    net = fit(replace(SMALL, kinds=2), stories[:300], epochs=15, **LEARNING)
    assert evaluate(net, stories[300:]).mean_error <= 5


def test_without_kinds_pairs_do_not_know_who_is_told_of_and_the_hops_do(monkeypatch):
    lexicon = Lexicon.of_stories(TRAIN, always_by_name=True)
    network = SMALL.build(*lexicon.sizes).eval()
    batch = network.tensors(TRAIN[:4], lexicon).batch(np.arange(4))
    other = replace(batch, names=batch.names.flip(-1), question_names=batch.question_names.flip(-1))
    asked, find = [], network.output_map.pairs.find
    monkeypatch.setattr(
        network.output_map.pairs, "find", lambda *args: asked.append(find(*args)) or asked[-1]
    )
    said = [network.read(*network._written(some), items=1)[0] for some in (batch, other)]
    middle = len(asked) // 2
    assert all(torch.equal(*both) for both in zip(asked[:middle], asked[middle:], strict=True))
    assert not torch.allclose(*said)


def test_words_are_read_in_windows_where_that_is_asked_for():
    kinds = [type(replace(SMALL, windows=windows).build(9, 3).input_map) for windows in (True, False)]
    assert kinds == [WindowFrameEncoder, FrameEncoder]


def test_restarts_train_side_by_side():
    net = fit(replace(SMALL, windows=True, kinds=2), TRAIN[:40], epochs=1, restarts=2, **LEARNING)
    assert len(net.answer(TRAIN[:3])) == 3


def test_a_story_without_symbols_has_an_answer(net):
    story = net.story()
    story.tell("It rains.")
    assert story.ask("Does it?").text
