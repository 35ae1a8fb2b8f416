import numpy as np
import pytest
import torch

from memnn.models.memn2n import MemN2N
from memnn.text.batches import StoryTensors
from memnn.text.vocabulary import Vocabulary
from memnn.training.checkpoint import put_weights
from memnn.training.restarts import Restarts
from memnn.worlds import simulate

STORIES = list(simulate("1", 12, 0))
VOCABULARY = Vocabulary.of_stories(STORIES)
BATCH = StoryTensors(STORIES, VOCABULARY).batch(np.arange(12))


def build(count, **settings):
    settings = {"dim": 6, "hops": 2, "capacity": 12, "noise": 0.0, **settings}
    return [MemN2N(**settings).build(len(VOCABULARY)).double() for _ in range(count)]


@pytest.mark.parametrize("tying", ["adjacent", "layerwise"])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("softmax", [True, False])
def test_side_by_side_is_each_alone_in_losses_and_gradients(tying, count, softmax):
    networks = build(count, tying=tying)
    restarts = Restarts(networks)
    losses = restarts(BATCH, softmax=softmax)
    assert losses.shape == (count, 12)
    losses.sum().backward()
    for r, network in enumerate(networks):
        alone = network.losses(BATCH, softmax=softmax)
        torch.testing.assert_close(losses[r], alone)
        alone.sum().backward()
        own = dict(network.named_parameters())
        assert len(own) == len(restarts.names)
        for name, stacked in zip(restarts.names, restarts.stacked):
            torch.testing.assert_close(stacked.grad[r], own[name.removeprefix("network.")].grad)


@pytest.mark.parametrize("tying", ["adjacent", "layerwise"])
def test_stacked_weights_and_mapping_over_them_agree(tying):
    mapped, stacked = (Restarts(networks) for networks in [build(3, tying=tying)] * 2)
    assert stacked._stackable
    mapped._stackable = False
    for ours, theirs in zip(stacked.call("measure", BATCH), mapped.call("measure", BATCH)):
        torch.testing.assert_close(ours, theirs)
    for restarts in (mapped, stacked):
        restarts(BATCH).sin().sum().backward()
    for ours, theirs in zip(stacked.stacked, mapped.stacked):
        torch.testing.assert_close(ours.grad, theirs.grad)


def test_a_part_that_takes_no_stacked_weights_is_mapped():
    networks = build(2)
    for network in networks:
        network.response = torch.nn.Sequential(torch.nn.Linear(6, len(VOCABULARY))).double()
        network.stackable = False
    losses = Restarts(networks)(BATCH)
    for ours, network in zip(losses, networks):
        torch.testing.assert_close(ours, network.losses(BATCH))


def test_one_restart_gives_what_it_gives_among_others():
    networks = build(2)
    alone, among = Restarts(networks[:1]), Restarts(networks)
    for ours, theirs in zip(alone.call("measure", BATCH), among.call("measure", BATCH)):
        torch.testing.assert_close(ours[0], theirs[0])


def test_the_networks_given_are_left_as_they_were():
    networks = build(2)
    before = [p.clone() for p in networks[1].parameters()]
    restarts = Restarts(networks)
    with torch.no_grad():
        for parameter in restarts.stacked:
            parameter.add_(1.0)
    assert all(torch.equal(a, b) for a, b in zip(before, networks[1].parameters()))


def test_weights_put_into_a_network_answer_alike_and_stay_tied():
    restarts = Restarts(build(3))
    optimizer = torch.optim.SGD(restarts.parameters(), lr=0.1)
    restarts(BATCH).sum().backward()
    optimizer.step()
    trained = restarts.call("losses", BATCH)
    for r in range(3):
        (network,) = build(1)
        put_weights(network, restarts.weights(r), "restarts")
        torch.testing.assert_close(network.losses(BATCH), trained[r])
        assert network.response.weight is network.input_map.tables[2]  # W^T = C_K
        assert "response.weight" not in restarts.weights(r)


def test_weights_are_a_copy():
    restarts = Restarts(build(1))
    weights = restarts.weights(0)
    before = {name: tensor.clone() for name, tensor in weights.items()}
    with torch.no_grad():
        for parameter in restarts.stacked:
            parameter.zero_()
    assert all(torch.equal(before[name], weights[name]) for name in before)


def test_restarts_draw_their_own_noise_in_training_and_none_after():
    network = build(1, noise=0.5)[0]
    restarts = Restarts([network, network])
    for stackable in (True, False):
        restarts._stackable = stackable
        first, second = restarts.train()(BATCH)
        assert not torch.equal(first, second)
        first, second = restarts.eval()(BATCH)
        torch.testing.assert_close(first, second)
