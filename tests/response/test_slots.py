import dataclasses

import torch

from memnn.memory import ConversationMemory
from memnn.response.slots import SlotFilling, find_fitting, keep_fitting
from memnn.text.dialogue_batches import Slots

NONE = -1


def memory():
    """Two conversations of up to four symbols; the second has no rows."""
    return ConversationMemory(
        turns=torch.zeros(2, 1, 1).double(),
        mentions=torch.zeros(2, 1, 1).double(),
        named=torch.zeros(2, 1, dtype=torch.long),
        subject=torch.tensor([[0, 0, 3], [0, 0, 0]]),
        value=torch.tensor([[1, NONE, 2], [0, 0, 0]]),
        relation=torch.tensor([[1, 2, 1], [0, 0, 0]]),
        rows=torch.tensor([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]).double(),
        symbols=torch.randn(2, 4, 5).double(),
        mask=torch.tensor([[True] * 4, [True, True, False, False]]),
    )


def naive(net, state, memory, pointers, slots):
    """Slot by slot, symbol by symbol and row by row."""
    lines = []
    for reply, kind, before in zip(slots.reply.tolist(), slots.kind.tolist(), slots.before.tolist()):
        query = net.slot[kind] + net.asked(state[reply])
        points = [pointers[reply, h] for h in range(pointers.shape[1])]
        points += [torch.tensor([float(s == b) for s in range(4)]).double() for b in before]
        gains = net.points(query)
        forwards, backwards = (
            part(query).view(len(points), net.relations) for part in (net.forwards, net.backwards)
        )
        scores = []
        for s in range(4):
            x = memory.symbols[reply, s]
            score = query @ (net.symbol(x) + net.linear(x)) + sum(g * p[s] for g, p in zip(gains, points))
            for r in range(3):
                subject, value, relation = (
                    int(part[reply, r]) for part in (memory.subject, memory.value, memory.relation)
                )
                if not memory.rows[reply, r] or value == NONE:
                    continue
                if value == s:
                    score = score + sum(c[relation] * p[subject] for c, p in zip(forwards, points))
                if subject == s:
                    score = score + sum(c[relation] * p[value] for c, p in zip(backwards, points))
            scores.append(score if memory.mask[reply, s] else torch.tensor(-1e30).double())
        scores += [torch.tensor(-1e30).double(), *(query @ name for name in net.names[1:])]
        lines.append(torch.stack(scores).log_softmax(0))
    return torch.stack(lines)


def test_is_the_equations_with_their_gradients():
    net = SlotFilling(3, 5, slots=2, names=3, relations=3, heads=2, dim=4, dropout=0.0).double()
    state, pointers = torch.randn(2, 3).double(), torch.rand(2, 2, 4).double().requires_grad_()
    slots = Slots(
        torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1]), torch.tensor([[NONE, NONE], [3, 0], [1, 1]])
    )
    told = memory()
    ours, theirs = net(state, told, pointers, slots), naive(net, state, told, pointers, slots)
    there = theirs > -1e20
    torch.testing.assert_close(ours[there], theirs[there])
    assert (ours[~there] < -1e30).all()
    leaves = [pointers, net.slot, net.forwards.weight, net.names]
    pairs = (torch.autograd.grad(scores[there].sin().sum(), leaves) for scores in (ours, theirs))
    for mine, other in zip(*pairs):
        torch.testing.assert_close(mine, other)


def test_where_there_is_no_symbol_none_is_likely():
    net = SlotFilling(3, 5, slots=1, names=1, relations=3, heads=1, dim=4, dropout=0.0).double()
    told = memory()
    empty = ConversationMemory(**{**vars(told), "mask": torch.zeros(2, 4, dtype=torch.bool)})
    slots = Slots(torch.tensor([0]), torch.tensor([0]), torch.tensor([[NONE, NONE]]))
    scores = net(torch.randn(2, 3).double(), empty, torch.zeros(2, 1, 4).double(), slots)
    assert (scores < -1e30).all()


def test_what_fits_a_slot_is_of_a_property_that_training_had_there():
    """0 and 3 are things, 1 and 2 what they have of property 1; the second conversation has no rows."""
    untold, value, name = (torch.eye(4, dtype=torch.bool)[column] for column in (0, 1, 3))
    slots = Slots(
        torch.tensor([0, 0, 0, 0, 1, 1]), torch.tensor([0, 1, 2, 3, 0, 2]), torch.zeros(6, 2).long()
    )
    fitting = find_fitting(memory(), slots, torch.stack([untold, value, name, value | name]))
    assert fitting.int().tolist() == [
        [0, 0, 0, 0],
        [0, 1, 1, 0],
        [1, 0, 0, 1],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
        [0, 0, 0, 0],
    ]


def test_a_property_that_training_never_had_is_none():
    strange = dataclasses.replace(memory(), relation=torch.zeros(2, 3, dtype=torch.long))
    slots = Slots(torch.tensor([0]), torch.tensor([0]), torch.zeros(1, 2).long())
    untold = torch.tensor([[True, False, False, False]])
    assert find_fitting(strange, slots, untold).tolist() == [[False, True, True, False]]


def test_what_does_not_fit_gives_its_chance_to_the_rest():
    scores = torch.tensor([[0.1, 0.2, 0.3, 0.4]]).log()
    kept = keep_fitting(scores, torch.tensor([[True, False]]))
    torch.testing.assert_close(kept.exp(), torch.tensor([[0.1, 0.0, 0.3, 0.4]]) / 0.8)
    lowest = torch.finfo(scores.dtype).min / 4
    nothing = keep_fitting(torch.full((1, 3), lowest), torch.tensor([[True, False]]))
    assert (nothing == lowest).all()
