import math

import torch

from memnn.memory import Memory
from memnn.output_map.window_hops import WindowHops, half_rectified, seen, unseen_as_zero


def random_memory(batch=2, length=3, capacity=4, dim=6, empty=0):
    keys, values = torch.randn(2, batch, capacity + length, dim, dtype=torch.float64)
    mask = (torch.arange(capacity + length) >= empty).expand(batch, -1)
    return Memory(keys.requires_grad_(), values.requires_grad_(), mask)


def hops(dim=6, count=3, capacity=4):
    return WindowHops(dim, count, capacity, init=0.5).double()


def naive(part, memory):
    """Section 5 as loops: one word, one slot, one unit at a time."""
    rows = []
    for keys, values, mask in zip(memory.keys, memory.values, memory.mask):
        for t in range(len(keys) - part.capacity):
            slots = [i for i in range(t + 1, t + 1 + part.capacity) if mask[i]]
            u = torch.full((keys.shape[-1],), 0.1, dtype=torch.float64)
            for _ in range(part.hops):
                exps = [torch.exp(u @ (keys[i] + part.key_time[i - t - 1])) for i in slots]
                o = sum(e / sum(exps) * (values[i] + part.value_time[i - t - 1]) for e, i in zip(exps, slots))
                u = part.between @ u + o
                u = torch.stack([x if n < len(u) // 2 else x.clamp(min=0) for n, x in enumerate(u)])
            rows.append(u)
    return torch.stack(rows)


def test_matches_the_equations_and_their_gradients():
    for empty in (0, 3):
        part, memory = hops(), random_memory(empty=empty)
        ours, theirs = part(memory)[0].flatten(0, 1), naive(part, memory)
        torch.testing.assert_close(ours, theirs)
        leaves = (memory.keys, memory.values, *part.parameters())
        for a, b in zip(
            torch.autograd.grad(ours.sin().sum(), leaves), torch.autograd.grad(theirs.sin().sum(), leaves)
        ):
            torch.testing.assert_close(a, b)


def test_one_slot_by_hand():
    part = hops(dim=2, count=1, capacity=1)
    part.between.data.copy_(torch.tensor([[1.0, 0.0], [0.0, -30.0]]))
    part.value_time.data.zero_()
    memory = Memory(torch.zeros(1, 2, 2).double(), torch.ones(1, 2, 2).double(), torch.ones(1, 2).bool())
    # H u + o with u = 0.1 and o = 1; the second unit is rectified
    torch.testing.assert_close(part(memory)[0], torch.tensor([[[1.1, 0.0]]], dtype=torch.float64))


def test_the_readings_weigh_the_words_before_and_none_after():
    part, memory = hops(), random_memory(empty=2)
    _, trace = part(memory)
    assert len(trace) == 3
    weights = trace[0].weights.view(2, 3, 4)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, dtype=torch.float64))
    assert (weights[:, 0, 0] == 0).all() and (weights[:, 0, 1] > 0).all()


def test_half_of_the_units_are_rectified():
    assert half_rectified(torch.tensor([-1.0, -2.0, -3.0, 4.0])).tolist() == [-1.0, -2.0, 0.0, 4.0]
    assert half_rectified(torch.tensor([-1.0, -2.0, -3.0])).tolist() == [-1.0, 0.0, 0.0]


def test_weights_by_hand():
    part = hops(dim=1, count=1, capacity=2)
    part.key_time.data.zero_()
    keys = torch.tensor([[[5.0], [0.0], [10.0]]]).double()
    _, trace = part(Memory(keys, keys, torch.ones(1, 3).bool()))
    torch.testing.assert_close(trace[0].weights, torch.tensor([[1.0, math.e]]).double() / (1 + math.e))


def test_in_bfloat16_it_reads_nearly_the_same():
    part, memory = hops(dim=8).float(), random_memory(dim=8, empty=1)
    keys, values = (side.detach().float().requires_grad_() for side in (memory.keys, memory.values))
    memory = Memory(keys, values, memory.mask)
    exact, _ = part(memory)
    with torch.autocast("cpu", torch.bfloat16):
        rough, _ = part(memory)
    torch.testing.assert_close(rough.float(), exact, atol=0.1, rtol=0.1)
    for a, b in zip(
        torch.autograd.grad(rough.float().sum(), (keys, values)),
        torch.autograd.grad(exact.sum(), (keys, values)),
    ):
        assert a.dtype == torch.float32
        torch.testing.assert_close(a, b, atol=0.1, rtol=0.2)


def test_seen_slots_are_those_of_a_loop_however_the_rows_lie_in_store():
    whole = torch.arange(2.0 * 5 * 9 * 2).view(2, 5, 9, 2)
    for rows in (whole[..., 0].contiguous(), whole[..., 1], whole[1:, ..., 0], whole[1].permute(2, 0, 1)):
        taken = seen(rows, rows.shape[2] - rows.shape[1])
        for t in range(rows.shape[1]):
            assert torch.equal(taken[:, t], rows[:, t, t + 1 : t + 5])
            spread = unseen_as_zero(taken, rows.shape[2])[:, t]
            assert torch.equal(spread[:, t + 1 : t + 5], taken[:, t])
            assert not spread[:, : t + 1].any() and not spread[:, t + 5 :].any()
