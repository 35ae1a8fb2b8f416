import dataclasses

import pytest
import torch

from memnn.output_map.hard_read import Scores, hard_read, hop_losses


def random_scores(seed=0, scale=1.0):
    """Three stories of four slots and the stop: full, padded in front with two facts read, and empty."""
    generator = torch.Generator().manual_seed(seed)
    gains = torch.randn(3, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    times = (scale * torch.randn(3, 3, generator=generator, dtype=torch.float64)).requires_grad_()
    mask = torch.tensor([[True] * 5, [False, True, False, True, True], [False] * 4 + [True]])
    return Scores(gains, times, torch.tensor([4, 2, 4]), mask)


def preference(scores, row, y, z):
    """s_Ot(x, y, z) of section 3.4 for one question, with the three time features as `if`s."""
    a, b, c = scores.times[row]
    stop = scores.mask.shape[1] - 1
    x = int(scores.read_at[row])
    value = scores.gains[row, y] - scores.gains[row, z]
    if y != stop and x < y:
        value = value + a
    if z != stop and x < z:
        value = value + b
    if y != stop and z != stop and y < z:
        value = value + c
    return value


def naive_read(scores, row):
    stop = scores.mask.shape[1] - 1
    there = [slot for slot in [*reversed(range(stop)), stop] if scores.mask[row, slot]]
    winner = there[0]
    for y in there[1:]:
        if preference(scores, row, y, winner) > 0:
            winner = y
    return winner


def asked_first(y, z, stop):
    """Whether the loop, newest first and the stop last, would ask if y beats z and not the reverse."""
    return y == stop or (z != stop and y < z)


def naive_losses(scores, target, margin, pairs):
    rows, stop = [], scores.mask.shape[1] - 1
    for row, right in enumerate(target.tolist()):
        loss = torch.zeros((), dtype=torch.float64)
        for wrong in range(stop + 1):
            if wrong == right or not scores.mask[row, wrong]:
                continue
            if pairs == "both" or asked_first(right, wrong, stop):
                loss = loss + max(0 * loss, margin - preference(scores, row, right, wrong))
            if pairs == "both" or asked_first(wrong, right, stop):
                loss = loss + max(0 * loss, margin + preference(scores, row, wrong, right))
        rows.append(loss)
    return torch.stack(rows)


@pytest.mark.parametrize("pairs", ["asked", "both"])
@pytest.mark.parametrize("target", [(0, 1, 4), (3, 3, 4), (4, 4, 4)])
def test_losses_match_the_equations_and_their_gradients(pairs, target):
    scores, target = random_scores(), torch.tensor(target)
    ours, theirs = hop_losses(scores, target, 0.1, pairs), naive_losses(scores, target, 0.1, pairs)
    torch.testing.assert_close(ours, theirs)
    leaves = (scores.gains, scores.times)
    ours_grads = torch.autograd.grad(ours.square().sum(), leaves)
    for a, b in zip(ours_grads, torch.autograd.grad(theirs.square().sum(), leaves)):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("seed", range(20))
def test_the_read_is_the_loop_over_memories(seed):
    scores = random_scores(seed, scale=0.5)
    assert hard_read(scores).tolist() == [naive_read(scores, row) for row in range(3)]


def test_without_time_the_loop_is_the_argmax():
    for seed in range(20):
        scores = random_scores(seed, scale=0.0)
        best = scores.gains.masked_fill(~scores.mask, float("-inf")).argmax(-1)
        assert torch.equal(hard_read(scores), best)


def test_of_two_facts_that_say_the_same_time_decides():
    gains, mask = torch.tensor([[1.0, 1.0, 1.0, 0.0]]), torch.ones(1, 4, dtype=torch.bool)
    for times, read_at, slot in (
        ((0.0, 0.0, -1.0), 3, 2),  # the newest
        ((0.0, 0.0, 1.0), 3, 0),  # the oldest
        ((1.5, 0.0, -1.0), 0, 1),  # the oldest of those newer than x, which is the fact in slot 0
    ):
        assert hard_read(Scores(gains, torch.tensor([times]), torch.tensor([read_at]), mask)).item() == slot


def test_zero_loss_is_a_right_read():
    """The pairs that are trained are those that are asked: no loss, no mistake."""
    checked = 0
    for seed in range(200):
        scores = random_scores(seed)
        for slot in range(5):
            target = torch.full((3,), slot)
            losses, read = hop_losses(scores, target, 0.0, "asked"), hard_read(scores)
            for row in range(2):
                if losses[row] == 0 and scores.mask[row, slot]:
                    assert read[row] == slot
                    checked += 1
    assert checked > 50


def test_a_story_without_facts_stops():
    scores = Scores(
        torch.randn(2, 1), torch.randn(2, 3), torch.zeros(2, dtype=torch.long), torch.ones(2, 1).bool()
    )
    assert hard_read(scores).tolist() == [0, 0]
    assert hop_losses(scores, torch.zeros(2, dtype=torch.long), 0.1).tolist() == [0.0, 0.0]


def test_slots_that_no_story_may_choose_can_be_left_out():
    for seed in range(50):
        scores = random_scores(seed)
        mask = scores.mask & (torch.rand(scores.mask.shape[1]) < 0.5)
        mask[:, -1] = True
        scores = dataclasses.replace(scores, mask=mask)
        slots = mask[:, :-1].any(0).nonzero().flatten().tolist()
        assert torch.equal(hard_read(scores, slots), hard_read(scores))
