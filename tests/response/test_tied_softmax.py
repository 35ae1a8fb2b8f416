import math

import pytest
import torch
from torch import nn

from memnn.response.tied_softmax import TiedSoftmax


def softmax(vocab=6, dim=3, sampled=0):
    response = TiedSoftmax(nn.Parameter(torch.randn(vocab, dim, dtype=torch.float64)), sampled)
    response.bias.data = torch.randn(vocab, dtype=torch.float64)
    return response


def naive(response, state, following):
    losses = []
    for h, y in zip(state, following.tolist()):
        scores = [h @ vector + b for vector, b in zip(response.vectors, response.bias)]
        losses.append(torch.log(sum(s.exp() for s in scores)) - scores[y])
    return torch.stack(losses)


@pytest.mark.parametrize("sampled", [0, 6, 100])
def test_losses_are_the_equation_and_its_gradients(sampled):
    """Where every word is among the commonest, what is drawn is all of them."""
    response = softmax(sampled=sampled).train()
    state = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    following = torch.tensor([0, 5, 2, 2])
    leaves = (state, response.vectors, response.bias)
    ours, theirs = response.losses(state, following), naive(response, state, following)
    # the loss is computed in float32, whatever comes in
    torch.testing.assert_close(ours.double(), theirs, rtol=1e-5, atol=1e-5)
    ours = torch.autograd.grad(ours.sin().sum(), leaves)
    for a, b in zip(ours, torch.autograd.grad(theirs.sin().sum(), leaves)):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


def test_by_hand():
    response = TiedSoftmax(nn.Parameter(torch.eye(2)))
    torch.testing.assert_close(
        response.losses(torch.tensor([[1.0, 0.0]]), torch.tensor([0])),
        torch.tensor([math.log(1 + 1 / math.e)]),
    )


def test_the_estimated_sum_is_right_in_the_mean():
    """E[Z] over many draws is the sum over all words, for a common word, a rare one and the rarest."""
    response = softmax(vocab=50, sampled=5).train()
    response.vectors.data *= 0.3
    state, following = torch.randn(3, 3, dtype=torch.float64), torch.tensor([1, 20, 49])
    own = (state * response.vectors[following]).sum(-1) + response.bias[following]
    with torch.no_grad():
        exact = (naive(response, state, following) + own).exp()
        sums = torch.stack([(response.losses(state, following) + own).exp() for _ in range(4000)])
    error = sums.std(0) / 4000**0.5
    assert ((sums.mean(0) - exact).abs() < 4 * error).all()
    assert (error < 0.02 * exact).all()


def test_what_is_drawn_does_not_depend_on_the_words_to_predict():
    response, state = softmax(vocab=50, sampled=5).train(), torch.randn(3, 3, dtype=torch.float64)
    for others in ([2, 40, 41], [2, 2, 2]):
        torch.manual_seed(1)
        first = response.losses(state, torch.tensor(others))[0]
        torch.manual_seed(1)
        assert torch.equal(first, response.losses(state, torch.tensor([2, 17, 3]))[0])


def test_extreme_scores_give_finite_losses_and_gradients():
    response = softmax(vocab=50, sampled=5).train()
    response.vectors.data *= 100
    state = (30 * torch.randn(8, 3, dtype=torch.float64)).requires_grad_()
    losses = response.losses(state, torch.arange(8) * 6)
    (gradient,) = torch.autograd.grad(losses.sum(), state)
    assert losses.isfinite().all() and gradient.isfinite().all()
