import pytest
import torch

from memnn.generalization.append_symbols import AppendSymbols
from memnn.memory import SymbolMemory

STORIES, FACTS, DIM, PLACES = 2, 3, 4, 2


def shown(memory):
    """What the slots hold: frame, symbols, names, for each fact of each story that is there."""
    return [
        [
            (memory.frames[slot].tolist(), symbols.tolist(), names.tolist())
            for slot, symbols, names, there in zip(*columns)
            if there
        ]
        for columns in zip(memory.slots, memory.symbols, memory.names, memory.mask)
    ]


def random_facts():
    features, slots = torch.randn(5, DIM), torch.tensor([[2, 0, 1], [3, 3, 4]])
    symbols, names = torch.randint(-1, 6, (2, STORIES, FACTS, PLACES))
    return features, slots, symbols, names


@pytest.mark.parametrize("capacity", [None, 1, 2, 5])
def test_one_by_one_is_all_at_once(capacity):
    features, slots, symbols, names = random_facts()
    write = AppendSymbols(capacity)
    memory = write.empty(STORIES, DIM, PLACES)
    for step in range(FACTS):
        memory = write.write(memory, features[slots[:, step]], symbols[:, step], names[:, step])
    whole = write.write_all(features, slots, symbols, names, torch.ones(STORIES, FACTS, dtype=torch.bool))
    assert shown(memory) == shown(whole)
    assert memory.mask.shape[1] == min(FACTS, capacity or FACTS)


def test_the_newest_facts_are_kept_and_padding_in_front_goes_first():
    features, slots, symbols, names = random_facts()
    mask = torch.tensor([[False, False, True], [True, True, True]])
    told = shown(AppendSymbols().write_all(features, slots, symbols, names, mask))
    assert [len(facts) for facts in told] == [1, 3]
    kept = AppendSymbols(2).write_all(features, slots, symbols, names, mask)
    assert shown(kept) == [told[0], told[1][1:]]
    assert kept.symbols.shape == kept.names.shape == (STORIES, 2, PLACES)


def test_a_write_leaves_the_old_memory_as_it_was():
    write = AppendSymbols()
    features, _, symbols, names = random_facts()
    old = write.write(write.empty(STORIES, DIM, PLACES), features[:2], symbols[:, 0], names[:, 0])
    before = SymbolMemory(*(part.clone() for part in vars(old).values()))
    write.write(old, features[2:4], symbols[:, 1], names[:, 1])
    for name, part in vars(before).items():
        assert torch.equal(getattr(old, name), part), name
    with pytest.raises(AttributeError):
        old.mask = before.mask


def test_the_empty_memory_holds_nothing():
    memory = AppendSymbols().empty(STORIES, DIM, PLACES)
    assert shown(memory) == [[], []]
    assert memory.frames.shape == (0, DIM) and memory.symbols.shape == (STORIES, 0, PLACES)


def test_gradients_reach_the_frames_of_every_fact():
    write = AppendSymbols()
    features, _, symbols, names = random_facts()
    frames = features.requires_grad_()
    memory = write.empty(STORIES, DIM, PLACES)
    for step in range(2):
        memory = write.write(memory, frames[2 * step : 2 * step + 2], symbols[:, step], names[:, step])
    (grad,) = torch.autograd.grad(memory.frames[memory.slots].sum(), frames)
    assert (grad[:4] == 1).all() and not grad[4].any()


def test_what_is_forgotten_takes_no_room():
    write = AppendSymbols(capacity=2)
    memory = write.empty(1, DIM, PLACES)
    for fact in range(10):
        memory = write.write(
            memory, torch.randn(1, DIM), torch.tensor([[fact, -1]]), torch.zeros(1, 2, dtype=torch.long)
        )
    assert [symbols[0] for _, symbols, _ in shown(memory)[0]] == [8, 9]
    assert memory.frames.shape == (2, DIM)
