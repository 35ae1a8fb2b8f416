"""The Symbol Memory Network with links: chains in time of more steps than in training."""

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from reference.small import LEARNING, NAMES

from memnn.models import evidence
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.models.symbol_training import told_beside
from memnn.question_answering.fit import fit
from memnn.question_answering.metrics import evaluate
from memnn.response.copying import chance_losses
from memnn.story import Story
from memnn.text.lexicon import Lexicon
from memnn.text.symbol_batches import SymbolBatch

SMALL = SymbolMemoryNetwork(hops=2, width=8, hidden=64, links=True, beside=0.5, asked=0.5)


def followers(steps, count, seed, others=4):
    """Who leads somebody, through all whom they follow; what was told last of each holds. Others follow one
    another.
    """
    rng = random.Random(seed)
    stories = []
    for number in range(count):
        length = rng.choice(steps)
        people = rng.sample(NAMES, length + 1 + others)
        path = people[: length + 1]
        follow = [*pairwise(path), *pairwise(people[length + 1 :])]
        rng.shuffle(follow)
        before = [(one, rng.choice(people)) for one, _ in rng.sample(follow, len(follow) // 2)]
        told = [(one, other) for one, other in before if one != other] + follow
        facts = [
            rng.choice((f"{one} follows {other}.", f"{other} is followed by {one}.")) for one, other in told
        ]
        stories.append(Story(tuple(facts), f"Who leads {path[0]}?", (path[-1],), id=str(number)))
    return stories


TRAIN = followers((1, 2, 3), 900, seed=0)


@pytest.fixture(scope="module")
def net():
    return fit(SMALL, TRAIN, epochs=12, **LEARNING)


def test_chains_of_three_steps_teach_those_of_ten_among_more_facts(net):
    assert evaluate(net, followers((1, 2, 3), 100, seed=1)).mean_error <= 2
    assert evaluate(net, followers((10,), 100, seed=2, others=10)).mean_error <= 2


def test_without_links_they_do_not(net):
    (reader,) = net.readers.values()
    links = reader.network.output_map.links
    walk = links.walk
    links.walk = lambda *told: torch.zeros_like(walk(*told))
    try:
        cut = evaluate(net, followers((10,), 100, seed=2)).mean_error
    finally:
        del links.walk
    assert cut > 50


def test_evidence_is_the_chain(net):
    story = net.story()
    story.tell(
        "Bal follows Fir.", "Don follows Gul.", "Bal follows Dol.", "Dol follows Kel.", "Kel follows Lor."
    )
    answer = story.ask("Who leads Bal?")
    assert answer.text == "Lor"
    assert {found.position for found in answer.evidence if found.weight > 0.1} == {2, 3, 4}


def test_among_many_facts_evidence_is_looked_for_on_the_walk(net, monkeypatch):
    """Of 57 facts next to none are hidden, and of these the chain all the same."""
    monkeypatch.setattr(evidence, "MOST_TRIED", 1)
    story = net.story()
    chain = [f"{one} follows {other}." for one, other in pairwise(NAMES[:8])]
    others = [f"{NAMES[9 + number % 15]} follows {NAMES[10 + number % 15]}." for number in range(50)]
    story.tell(*others[:30], *chain, *others[30:])
    answer = story.ask(f"Who leads {NAMES[0]}?")
    assert answer.text == NAMES[7]
    assert {found.position for found in answer.evidence if found.weight > 0.05} == {*range(30, 37)}


def test_ends_of_walks_are_taught_and_do_not_count():
    lexicon = Lexicon.of_stories(TRAIN[:50])
    network = replace(SMALL, nameless=0.0).build(*lexicon.sizes).train()
    batch = network.tensors(TRAIN[:6], lexicon).batch(np.arange(6))

    def lost(asked):
        network.settings = replace(network.settings, asked=asked, beside=0.0)
        network._rounds.beside = 0.0
        network.zero_grad()
        losses = network.losses(batch)
        losses.sum().backward()
        return losses.detach(), network.output_map.links.offset.grad.clone()

    (without, plain), (weighed, taught) = lost(0.0), lost(0.5)
    torch.testing.assert_close(weighed, without)
    network.zero_grad()
    ended = network._nodes(*network._written(batch)).ended
    losses, _ = chance_losses(ended[:, None], batch.answer, batch.copied, network.response.answers)
    losses.sum().backward()
    torch.testing.assert_close(taught, plain + 0.5 * network.output_map.links.offset.grad)
    assert network.eval()._nodes(*network._written(batch)).ended is None


def test_a_story_without_symbols_or_facts_has_an_answer(net):
    story = net.story()
    story.tell("It rains.")
    assert story.ask("Does it?").text
    assert net.story().ask("Who leads Bal?").text


def test_restarts_train_side_by_side():
    net = fit(SMALL, TRAIN[:40], epochs=1, restarts=2, **LEARNING)
    assert len(net.answer(TRAIN[:3])) == 3


def test_names_trade_places(net):
    """Another name in the story, the other in the answer, and no number changes."""
    (reader,) = net.readers.values()
    lexicon, network = reader.vocabulary, reader.network.eval()
    names = dict(zip(NAMES, reversed(NAMES)))
    for story in TRAIN[:20]:
        facts, (question,), (answer,) = (
            tuple(
                " ".join(names.get(word.strip(".?"), word.strip(".?")) for word in text.split())
                for text in some
            )
            for some in (story.facts, (story.question,), story.answer)
        )
        other = Story(facts, question, (answer,))
        batches = [network.tensors([one], lexicon).batch(np.array([0])) for one in (story, other)]
        assert torch.equal(network(batches[0]).scores, network(batches[1]).scores)


@pytest.mark.parametrize("parts", [{}, {"links": True}, {"space": 2}, {"pairs": 2, "pair_dim": 8}])
def test_stories_are_told_in_turns_where_hops_alone_read(monkeypatch, parts):
    lexicon = Lexicon.of_stories(TRAIN[:50])
    network = SymbolMemoryNetwork(hops=1, width=8, hidden=16, beside=0.9, **parts).build(*lexicon.sizes)
    batch, asked = network.tensors(TRAIN[:4], lexicon).batch(np.arange(4)), []
    whole = SymbolBatch.beside

    def beside(self, others, among):
        asked.append(among)
        return whole(self, others, among)

    monkeypatch.setattr(SymbolBatch, "beside", beside)
    for _ in range(20):
        network.train().losses(batch)
    assert set(asked) == {not parts}


@pytest.mark.parametrize(("facts", "told"), [(20, 40), (21, 21)])
def test_long_stories_are_told_by_themselves(facts, told):
    stories = [
        Story((f"{name} follows Bal.",) * facts, f"Who leads {name}?", ("Bal",)) for name in NAMES[1:4]
    ]
    lexicon = Lexicon.of_stories(TRAIN[:50])
    network = SMALL.build(*lexicon.sizes)
    batch = network.tensors(stories, lexicon).batch(np.arange(3))
    assert told_beside(batch, (1,), False, 1000).mask.shape[1] == told
    assert told_beside(batch, (), False, 1000).mask.shape[1] == facts
    assert told_beside(batch, (1, 1, 1), False, 1000).mask.shape[1] == (80 if told == 40 else told)
