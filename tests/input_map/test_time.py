import torch

from memnn.input_map.time import ages, noisy_ages

MASK = torch.tensor([[False, True, True, True], [True] * 4, [False] * 4])


def test_time_counts_back_from_the_newest_fact():
    assert ages(MASK)[0, 1:].tolist() == [2, 1, 0]
    assert ages(MASK)[1].tolist() == [3, 2, 1, 0]


def test_noise_keeps_the_order_and_makes_nothing_younger():
    for _ in range(20):
        noisy = noisy_ages(MASK, 0.5)
        assert (noisy[1].diff() < 0).all()
        assert (noisy >= ages(MASK)).all()


def test_a_tenth_of_the_memories_is_empty():
    mask = torch.ones(200, 50, dtype=torch.bool)
    empties = (noisy_ages(mask, 0.1) - ages(mask))[:, 0].double().mean() / 50
    assert abs(empties - 0.1) < 0.01


def test_without_noise_ages_are_exact():
    assert torch.equal(noisy_ages(MASK, 0.0), ages(MASK))
