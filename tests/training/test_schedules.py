import math

import pytest
import torch

from memnn.training.options import Options
from memnn.training.schedules import admitted, clip_gradients, learning_rate


def rates(times, **options):
    return [learning_rate(Options(learning_rate=0.8, epochs=100, **options), float(time)) for time in times]


def test_halving_every_25_epochs():
    times = (0, 24.99, 25, 49.99, 50, 75, 99)
    assert rates(times, halve_every=25) == [0.8, 0.8, 0.4, 0.4, 0.2, 0.1, 0.1]


def test_stories_grow_over_the_epochs_of_the_curriculum():
    assert [admitted(Options(curriculum=3.0), epoch) for epoch in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert admitted(Options(), 0) == 1.0


def test_few_epochs_leave_little_for_short_stories():
    few = Options(curriculum=3.0, epochs=4)
    assert [admitted(few, epoch) for epoch in range(3)] == [1 / 3, 2 / 3, 1.0]
    assert admitted(Options(curriculum=3.0, epochs=1), 0) == 1.0


def test_constant():
    assert rates((0, 50, 1000), schedule="constant") == [0.8, 0.8, 0.8]


def test_linear_falls_to_zero_at_the_last_epoch_and_stays():
    assert rates((0, 25, 75, 100, 101), schedule="linear") == pytest.approx([0.8, 0.6, 0.2, 0.0, 0.0])


def test_cosine_falls_to_zero_at_the_last_epoch_and_stays():
    by_hand = [0.8, 0.4 * (1 + math.sqrt(0.5)), 0.4, 0.0, 0.0]
    assert rates((0, 25, 50, 100, 130), schedule="cosine") == pytest.approx(by_hand)


def test_warm_up_rises_from_zero_under_any_schedule():
    assert rates((0, 2, 4, 8), schedule="constant", warmup_epochs=4.0) == pytest.approx([0, 0.4, 0.8, 0.8])
    by_hand = [0.8 * 0.5 * 0.99, 0.8 * 0.96]
    assert rates((1, 4), schedule="linear", warmup_epochs=2.0) == pytest.approx(by_hand)


def with_gradients():
    """Two tensors of three restarts: gradients below, about and far above a norm of 1."""
    scale = torch.tensor([0.01, 1.0, 100.0], dtype=torch.float64)
    shapes = (3, 4, 5), (3, 6)
    stacked = [torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    for parameter in stacked:
        parameter.grad = torch.randn(parameter.shape, dtype=torch.float64)
        parameter.grad *= scale.view(-1, *[1] * (parameter.dim() - 1))
    return stacked


def by_torch(groups, norm):
    """The clipping of torch of each group of gradients."""
    clipped = []
    for group in groups:
        parameters = [torch.nn.Parameter(torch.zeros_like(gradient)) for gradient in group]
        for parameter, gradient in zip(parameters, group):
            parameter.grad = gradient.clone()
        torch.nn.utils.clip_grad_norm_(parameters, norm)
        clipped.append([parameter.grad for parameter in parameters])
    return clipped


@pytest.mark.parametrize("norm", [1.0, 3.0, 1e6])
@pytest.mark.parametrize("how", ["tensor", "global"])
def test_clipping_is_torchs_own_for_each_restart(how, norm):
    stacked = with_gradients()
    each = [[parameter.grad[r].clone() for parameter in stacked] for r in range(3)]
    if how == "tensor":
        expected = [[by_torch([[gradient]], norm)[0][0] for gradient in group] for group in each]
    else:
        expected = by_torch(each, norm)
    clip_gradients(stacked, how, norm)
    for r in range(3):
        for parameter, gradient in zip(stacked, expected[r]):
            torch.testing.assert_close(parameter.grad[r], gradient, rtol=1e-5, atol=1e-12)


def test_tensors_are_clipped_apart_or_together():
    for how, expected in (("tensor", [[1.0, 1.0]]), ("global", [[0.6, 0.8]])):
        stacked = [torch.zeros(1, 1, requires_grad=True) for _ in range(2)]
        for parameter, gradient in zip(stacked, (3.0, 4.0)):
            parameter.grad = torch.tensor([[gradient]])
        clip_gradients(stacked, how, 1.0)
        torch.testing.assert_close(torch.cat([p.grad for p in stacked], 1), torch.tensor(expected))


def test_none_leaves_gradients_as_they_are():
    stacked = with_gradients()
    before = [parameter.grad.clone() for parameter in stacked]
    clip_gradients(stacked, "none", 1e-3)
    assert all(torch.equal(a, p.grad) for a, p in zip(before, stacked))


def test_a_gradient_of_zero_stays_zero_and_a_parameter_without_one_is_passed_over():
    zero, without = (torch.zeros(2, 3, requires_grad=True) for _ in range(2))
    zero.grad = torch.zeros(2, 3)
    clip_gradients([zero, without], "global", 1.0)
    assert torch.equal(zero.grad, torch.zeros(2, 3))
    assert without.grad is None


def test_the_rate_is_divided_on_every_plateau():
    options = Options(learning_rate=0.9, schedule="plateau", plateau_factor=1.5)
    for plateaus, rate in ((0, 0.9), (1, 0.6), (2, 0.4)):
        assert learning_rate(options, 3.7, plateaus) == pytest.approx(rate)
    with pytest.raises(ValueError, match="plateau_factor must be at least 1"):
        Options(plateau_factor=0.5)
