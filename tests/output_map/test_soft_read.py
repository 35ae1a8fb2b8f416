import math

import pytest
import torch
from jaxtyping import TypeCheckError

from memnn.memory import Memory
from memnn.output_map.soft_read import soft_read

MASK = torch.arange(5) < torch.tensor([[5], [2], [1]])


def random_memory(batch=3, slots=5, dim=4):
    keys, values = torch.randn(2, batch, slots, dim, dtype=torch.float64)
    return keys.requires_grad_(), values.requires_grad_()


def naive(query, keys, values, mask, nil=None, softmax=True):
    """Section 2.1 as loops: no einsum, no mask arithmetic."""
    rows = []
    for b, (u, ms, cs, filled) in enumerate(zip(query, keys, values, mask)):
        facts = [i for i, there in enumerate(filled) if there]
        scores = [u @ ms[i] for i in facts]
        weights = [math.e**score for score in scores] if softmax else scores
        total = sum(weights) + (nil[b].item() if nil is not None else 0) if softmax else 1
        rows.append(sum(w / total * cs[i] for w, i in zip(weights, facts)))
    return torch.stack(rows)


def test_by_hand():
    query, slots = torch.tensor([[0.0, 1.0]]), torch.eye(2)[None]
    weights = soft_read(query, slots, slots, torch.tensor([[True, True]])).weights
    torch.testing.assert_close(weights, torch.tensor([[1.0, math.e]]) / (1 + math.e))


def test_nil_slots_by_hand():
    query, slots = torch.tensor([[0.0, 1.0]]), torch.eye(2)[None]
    weights = soft_read(query, slots, slots, torch.tensor([[True, True]]), torch.tensor([3])).weights
    torch.testing.assert_close(weights, torch.tensor([[1.0, math.e]]) / (1 + math.e + 3))


@pytest.mark.parametrize("nil", [None, torch.tensor([0, 3, 48])])
@pytest.mark.parametrize("softmax", [True, False])
def test_matches_the_equations_and_their_gradients(nil, softmax):
    query, (keys, values) = torch.randn(3, 4, dtype=torch.float64, requires_grad=True), random_memory()
    ours = soft_read(query, keys, values, MASK, nil, softmax).vector
    theirs = naive(query, keys, values, MASK, nil, softmax)
    torch.testing.assert_close(ours, theirs)
    leaves = (query, keys, values)
    ours_grads = torch.autograd.grad(ours.sin().sum(), leaves)
    for name, a, b in zip("qkv", ours_grads, torch.autograd.grad(theirs.sin().sum(), leaves)):
        torch.testing.assert_close(a, b, msg=lambda m, name=name: f"gradient of {name}: {m}")


def test_padding_changes_nothing():
    query, (keys, values) = torch.randn(3, 4, dtype=torch.float64), random_memory()
    junk, empty = 10 * torch.randn(3, 7, 4, dtype=torch.float64), torch.zeros(3, 7, dtype=torch.bool)
    padded = soft_read(
        query, torch.cat([keys, junk], 1), torch.cat([values, junk], 1), torch.cat([MASK, empty], 1)
    )
    torch.testing.assert_close(padded.vector, soft_read(query, keys, values, MASK).vector)


@pytest.mark.parametrize("slots", [0, 5])
@pytest.mark.parametrize("nil", [None, torch.tensor([0]), torch.tensor([50])])
def test_empty_memory_reads_zeros_with_finite_gradients(slots, nil):
    query, facts = torch.randn(1, 4, requires_grad=True), torch.randn(1, slots, 4)
    vector = soft_read(query, facts, facts, torch.zeros(1, slots, dtype=torch.bool), nil).vector
    assert torch.equal(vector, torch.zeros(1, 4))
    (grad,) = torch.autograd.grad(vector.sum(), query)
    assert grad.isfinite().all()


def test_a_wrong_width_names_the_argument():
    with pytest.raises(TypeCheckError, match="values"):
        soft_read(torch.randn(3, 4), torch.randn(3, 5, 4), torch.randn(3, 5, 6), MASK)


def test_memory_checks_itself():
    with pytest.raises(TypeCheckError, match="mask"):
        Memory(torch.randn(3, 5, 4), torch.randn(3, 5, 4), torch.ones(3, 6, dtype=torch.bool))
