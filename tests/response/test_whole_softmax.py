import math

import torch

from memnn.response.whole_softmax import WholeSoftmax


def naive(weight, state, following):
    """One state, one word at a time."""
    losses = []
    for u, y in zip(state, following.tolist()):
        scores = [sum(w * x for w, x in zip(row, u)) for row in weight]
        losses.append(torch.log(sum(s.exp() for s in scores)) - scores[y])
    return torch.stack(losses)


def test_losses_are_the_equation_and_its_gradients():
    response = WholeSoftmax(6, 3, 0.5).double()
    state = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    following = torch.tensor([0, 5, 2, 2])
    ours, theirs = response.losses(state, following), naive(response.weight, state, following)
    torch.testing.assert_close(ours.double(), theirs, rtol=1e-5, atol=1e-5)  # computed in float32
    leaves = (state, response.weight)
    ours = torch.autograd.grad(ours.sin().sum(), leaves)
    for a, b in zip(ours, torch.autograd.grad(theirs.sin().sum(), leaves)):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


def test_by_hand():
    response = WholeSoftmax(3, 2, 0.5)
    response.weight.data = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    losses = response.losses(torch.tensor([[math.log(2), math.log(3)]]), torch.tensor([1]))
    torch.testing.assert_close(losses, torch.tensor([math.log(6 / 3)]))
