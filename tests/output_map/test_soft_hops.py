import pytest
import torch

from memnn.memory import SharedMemory
from memnn.output_map.soft_hops import SoftHops
from memnn.output_map.soft_read import soft_read


def random_memory(tables=4, dim=3):
    facts = torch.randn(6, tables * dim, dtype=torch.float64, requires_grad=True)
    slots = torch.tensor([[0, 1, 2, 0], [5, 5, 4, 3], [0, 0, 0, 0]])
    mask = torch.tensor([[True] * 4, [False, False, True, True], [False] * 4])
    return SharedMemory(facts, facts, slots, mask)


@pytest.mark.parametrize("empty_slots", ["masked", "nil"])
def test_is_soft_read_hop_after_hop(empty_slots):
    hops = SoftHops(3, 3, capacity=6, empty_slots=empty_slots).double()
    memory, query = random_memory(), torch.randn(3, 3, dtype=torch.float64)
    state, trace = hops(memory, query)
    age = torch.tensor([[3, 2, 1, 0], [2, 2, 1, 0], [0, 0, 0, 0]])  # where masked, any
    dense = memory.dense().keys + hops.time[age]
    nil = None if empty_slots == "masked" else 6 - memory.mask.sum(1)
    for k in range(3):
        keys, values = dense[..., 3 * k : 3 * k + 3], dense[..., 3 * k + 3 : 3 * k + 6]
        reading = soft_read(query, keys, values, memory.mask, nil)
        torch.testing.assert_close(trace[k].weights, reading.weights)
        torch.testing.assert_close(trace[k].vector, reading.vector)
        query = query + reading.vector
    torch.testing.assert_close(state, query)


def test_an_empty_story_leaves_the_query_as_it_was():
    query = torch.randn(3, 3, dtype=torch.float64)
    state, trace = SoftHops(3, 3).double()(random_memory(), query)
    torch.testing.assert_close(state[2], query[2])
    assert all(not reading.weights[2].any() for reading in trace)


def test_facts_older_than_the_capacity_share_its_last_age():
    hops = SoftHops(3, 1, capacity=2).double()
    facts = torch.zeros(1, 6, dtype=torch.float64)
    memory = SharedMemory(
        facts, facts, torch.zeros(1, 4, dtype=torch.long), torch.ones(1, 4, dtype=torch.bool)
    )
    weights = hops(memory, torch.randn(1, 3, dtype=torch.float64))[1][0].weights[0]
    torch.testing.assert_close(weights[:3], weights[:1].expand(3))
    assert weights[3] != weights[0]


@pytest.mark.parametrize("tying", ["adjacent", "layerwise"])
@pytest.mark.parametrize("softmax", [True, False])
def test_weights_of_several_restarts_are_taken_stacked(tying, softmax):
    memory, query = random_memory(4 if tying == "adjacent" else 2), torch.randn(2, 3, 3, dtype=torch.float64)
    alone = [SoftHops(3, 3, capacity=6, tying=tying).double() for _ in range(2)]
    keys = torch.stack([memory.keys, 2 * memory.keys])
    hops = SoftHops(3, 3, capacity=6, tying=tying)
    for name, parameter in hops.named_parameters():
        stacked = [dict(network.named_parameters())[name] for network in alone]
        setattr(hops, name, torch.nn.Parameter(torch.stack(stacked).detach()))
        assert parameter.dim() == getattr(hops, name).dim() - 1
    state, trace = hops(SharedMemory(keys, keys, memory.slots, memory.mask), query, softmax=softmax)
    for r, network in enumerate(alone):
        single = SharedMemory(keys[r], keys[r], memory.slots, memory.mask)
        own_state, own_trace = network(single, query[r], softmax=softmax)
        torch.testing.assert_close(state[r], own_state)
        for reading, own in zip(trace, own_trace):
            torch.testing.assert_close(reading.vector[r], own.vector)
            torch.testing.assert_close(reading.weights[r], own.weights)


@pytest.mark.parametrize("noise", [0.0, 0.5, 1.0])
def test_noise_reaches_no_age_that_is_not_there(noise):
    hops = SoftHops(3, 3, capacity=50, noise=noise).double().train()
    state, _ = hops(random_memory(), torch.randn(3, 3, dtype=torch.float64))
    assert state.isfinite().all()
    if noise == 1:  # an empty memory after each fact: ages 7, 5, 3, 1
        state.sum().backward()
        assert hops.time.grad.any(1).nonzero().flatten().tolist() == [1, 3, 5, 7]


def test_gradients_are_finite():
    memory = random_memory()
    state, _ = SoftHops(3, 3, empty_slots="nil", capacity=4).double()(
        memory, torch.zeros(3, 3, dtype=torch.float64)
    )
    (gradient,) = torch.autograd.grad(state.sum(), memory.keys)
    assert gradient.isfinite().all()
