import math

import pytest
import torch

from memnn.output_map.unread import unread_losses

NONE = torch.zeros(0, 1, 3, 4)


def hop(first, second, readers=3):
    """A hop of one story and one soft head: how much the question reads of two facts; nothing in front."""
    weights = torch.full((1, 1, readers, 4), 0.9)  # what others read does not count
    weights[0, 0, -1] = torch.tensor([0.3, first, second, 0.0])
    return [NONE, NONE, weights, NONE]


def test_by_hand():
    """Fact 0 is missed by both hops with 0.5 * 0.75, fact 1 with 0.8 * 1."""
    hops = [hop(0.5, 0.2), hop(0.25, 0.0, readers=1)]
    both, one, none = (unread_losses(hops, torch.tensor([facts])).item() for facts in ([0, 1], [1, -1], [-1]))
    assert both == pytest.approx(-(math.log(1 - 0.375) + math.log(1 - 0.8)) / 2)
    assert one == pytest.approx(-math.log(1 - 0.8))
    assert none == 0


def test_heads_add_up_to_one_at_most_and_what_is_never_read_has_a_finite_loss():
    weights = torch.tensor([[[[0.0, 0.8, 0.0, 0.0]]], [[[0.0, 0.7, 0.0, 0.0]]]])
    losses = [unread_losses([[NONE, NONE, weights, NONE]], torch.tensor([[fact]])).item() for fact in (0, 1)]
    assert losses == pytest.approx([0.0, -math.log(1e-6)], abs=1e-5)


def test_a_story_without_facts_loses_nothing_and_gradients_are_finite():
    empty = [
        torch.zeros(0, 1, 1, 2),
        torch.zeros(0, 1, 1, 2),
        torch.ones(1, 1, 1, 2),
        torch.zeros(0, 1, 1, 2),
    ]
    assert unread_losses([empty], torch.tensor([[-1]])).item() == 0
    weights = torch.tensor([[[[0.0, 1.0, 0.0, 0.0]]]], requires_grad=True)
    unread_losses([[NONE, NONE, weights, NONE]], torch.tensor([[0, 1]])).sum().backward()
    assert weights.grad.isfinite().all()
