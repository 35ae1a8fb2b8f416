import pytest
import torch

from memnn.generalization.append import Append


@pytest.mark.parametrize("capacity", [None, 2, 5])
def test_one_by_one_is_all_at_once(capacity):
    features, slots = torch.randn(4, 3), torch.tensor([[2, 0, 1], [3, 3, 2]])
    write = Append(capacity)
    memory = write.empty(2, 3)
    for step in range(3):
        memory = write.write(memory, features[slots[:, step]])
    whole = write.write_all(features, slots, torch.ones(2, 3, dtype=torch.bool))
    for one, all_ in zip(vars(memory.dense()).values(), vars(whole.dense()).values()):
        assert torch.equal(one, all_)
    assert memory.mask.shape[1] == min(3, capacity or 3)


def test_a_write_leaves_the_old_memory_as_it_was():
    write = Append()
    old = write.write(write.empty(1, 3), torch.randn(1, 3))
    before = old.dense()
    write.write(old, torch.randn(1, 3))
    assert torch.equal(old.dense().keys, before.keys)
    assert old.slots.shape == (1, 1)


def test_the_newest_facts_are_kept():
    write = Append(capacity=2)
    memory = write.empty(1, 1)
    for fact in (1.0, 2.0, 3.0):
        memory = write.write(memory, torch.tensor([[fact]]))
    assert memory.dense().keys.flatten().tolist() == [2.0, 3.0]


def test_what_is_forgotten_takes_no_room():
    write = Append(capacity=2)
    memory = write.empty(3, 4)
    for _ in range(10):
        memory = write.write(memory, torch.randn(3, 4))
    assert memory.keys.shape == (6, 4)
