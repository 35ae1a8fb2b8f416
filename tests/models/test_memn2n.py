import dataclasses

import numpy as np
import pytest
import torch
from reference.memn2n import PlainMemN2N

from memnn.models import MODELS
from memnn.models.memn2n import MemN2N
from memnn.story import Story
from memnn.text.batches import StoryTensors, cut_batches
from memnn.text.vocabulary import Vocabulary

NAMES, PLACES = ("Mary", "John", "Ann", "Bill"), ("kitchen", "garden", "office", "park", "hall", "attic")


def where_is(count, facts=6, seed=0):
    """A made task: where someone went last, of several who go about."""
    rng = np.random.default_rng(seed)
    stories = []
    for _ in range(count):
        moves = [(rng.choice(NAMES), rng.choice(PLACES)) for _ in range(facts)]
        name = rng.choice([name for name, _ in moves])
        place = [place for who, place in moves if who == name][-1]
        stories.append(
            Story(tuple(f"{n} went to the {p}." for n, p in moves), f"Where is {name}?", (str(place),))
        )
    return stories


STORIES = [*where_is(4), Story((), "Where is Mary?", ("park",)), *where_is(2, facts=1)]
VOCABULARY = Vocabulary.of_stories(STORIES)
BATCH = StoryTensors(STORIES, VOCABULARY, 8).batch(np.arange(len(STORIES)))


def plain_inputs(batch, capacity):
    """The batch as every slot's words, padded to the capacity."""
    words = batch.facts[batch.slots] * batch.mask[..., None]
    padding = words.new_zeros(len(words), capacity - words.shape[1], words.shape[2])
    return torch.cat([padding, words], 1)


def same_weights(plain, network):
    with torch.no_grad():
        for ours, theirs in zip(network.input_map.tables, plain.embeddings):
            theirs.weight.copy_(ours)
        for k, time in enumerate(plain.times):
            time.copy_(network.output_map.time[:, k * plain.dim : (k + 1) * plain.dim])


def test_equals_the_plain_implementation_in_value_and_gradient():
    network = MemN2N(dim=5, capacity=8).build(len(VOCABULARY)).double().eval()
    plain = PlainMemN2N(len(VOCABULARY), 5, 3, 8).double()
    same_weights(plain, network)
    theirs = plain(plain_inputs(BATCH, 8), BATCH.question)
    torch.testing.assert_close(network(BATCH).scores[:, 1:], theirs[:, 1:])
    network.losses(BATCH).sum().backward()
    torch.nn.functional.cross_entropy(theirs, BATCH.answer, reduction="sum").backward()
    for k, table in enumerate(network.input_map.tables):
        torch.testing.assert_close(table.grad, plain.embeddings[k].weight.grad)
    times = torch.cat([time.grad for time in plain.times], 1)
    torch.testing.assert_close(network.output_map.time.grad, times)


def naive_layerwise(network, facts, question, softmax, relu):
    """Section 2.2, type 2, for one story, in loops: u_{k+1} = H u_k + o_k."""
    a, c, b = network.input_map.tables
    time_a, time_c = network.output_map.time.split(network.output_map.dim, 1)
    u = sum(b[word] for word in question)
    for _ in network.output_map.hop_tables:
        keys = [sum(a[w] for w in fact) + time_a[len(facts) - 1 - i] for i, fact in enumerate(facts)]
        values = [sum(c[w] for w in fact) + time_c[len(facts) - 1 - i] for i, fact in enumerate(facts)]
        scores = torch.stack([u @ key for key in keys])
        p = scores.softmax(0) if softmax else scores
        u = network.output_map.between @ u + sum(weight * value for weight, value in zip(p, values))
        u = u.clamp(min=0) if relu else u
    return network.response.weight @ u


@pytest.mark.parametrize("softmax", [True, False])
@pytest.mark.parametrize("relu", [True, False])
def test_layerwise_tying_matches_the_equations(softmax, relu):
    settings = MemN2N(dim=4, hops=2, tying="layerwise", sentence="bag", relu=relu, empty_slots="masked")
    network = settings.build(len(VOCABULARY)).double().eval()
    ours = network.ask(network.write(BATCH), BATCH.question, softmax=softmax).scores
    for row in range(4):
        facts = [
            [w for w in BATCH.facts[s] if w] for s, there in zip(BATCH.slots[row], BATCH.mask[row]) if there
        ]
        theirs = naive_layerwise(network, facts, [w for w in BATCH.question[row] if w], softmax, relu)
        torch.testing.assert_close(ours[row, 1:], theirs[1:])


def test_adjacent_tying_shares_weights():
    network = MemN2N(hops=3).build(30)
    assert network.response.weight is network.input_map.tables[3]
    assert len(network.input_map.tables) == 4
    assert network.output_map.hop_tables == ((0, 1), (1, 2), (2, 3))


def test_layerwise_weights_do_not_grow_with_hops():
    sizes = {
        hops: sum(p.numel() for p in MemN2N(hops=hops, tying="layerwise").build(30).parameters())
        for hops in (1, 7)
    }
    assert sizes[1] == sizes[7]


@pytest.mark.parametrize("empty_slots", ["nil", "masked"])
def test_a_story_does_not_depend_on_its_batch(empty_slots):
    network = MemN2N(dim=5, capacity=8, empty_slots=empty_slots).build(len(VOCABULARY)).eval()
    together = network(BATCH).scores
    tensors = StoryTensors(STORIES, VOCABULARY, 8)
    for row in range(len(STORIES)):
        torch.testing.assert_close(network(tensors.batch(np.array([row]))).scores[0], together[row])


def test_told_one_by_one_is_told_at_once():
    network = MemN2N(dim=5, capacity=4).build(len(VOCABULARY)).eval()  # shorter than the stories
    batch = StoryTensors(STORIES[:1], VOCABULARY).batch(np.array([0]))
    memory = network.begin()
    for slot in batch.slots[0]:
        memory = network.tell(memory, batch.facts[slot][None])
    torch.testing.assert_close(network.ask(memory, batch.question).scores, network(batch).scores)


def test_noise_is_for_training_only():
    network = MemN2N(noise=0.9).build(len(VOCABULARY))
    assert not torch.equal(network(BATCH).scores, network(BATCH).scores)
    network.eval()
    assert torch.equal(network(BATCH).scores, network(BATCH).scores)


def test_settings_are_frozen_and_named():
    assert MODELS["memn2n"] is MemN2N
    with pytest.raises(dataclasses.FrozenInstanceError):
        MemN2N().dim = 3


@pytest.mark.parametrize("wrong", [{"hops": 0}, {"dim": -1}, {"capacity": 0}, {"noise": 1.5}, {"init": -0.1}])
def test_a_setting_that_cannot_be_is_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MemN2N(**wrong)


def test_learns_with_its_memory_and_not_without():
    """Chance is 1 in 6. Cut off: every slot is padding, and only the question is left."""
    train, test = (
        StoryTensors(s, Vocabulary.of_stories(where_is(100))) for s in (where_is(1000), where_is(300, seed=1))
    )
    network = MemN2N(noise=0.0).build(len(Vocabulary.of_stories(where_is(100))))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    for epoch in range(8):
        for batch in cut_batches(train, 32, np.random.default_rng(epoch)):
            optimizer.zero_grad()
            network.losses(batch).mean().backward()
            optimizer.step()
    network.eval()
    whole = test.batch(np.arange(300))
    cut = dataclasses.replace(whole, mask=torch.zeros_like(whole.mask))
    right, blind = (network.measure(batch)[1].double().mean() for batch in (whole, cut))
    assert right > 0.95
    assert blind < 0.35
