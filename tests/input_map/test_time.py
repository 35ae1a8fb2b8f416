import torch

from memnn.input_map.time import ages, noisy_ages


def test_time_counts_back_from_the_newest_fact():
    assert ages(4)[:, 0].tolist() == [3, 2, 1, 0]
    assert ages(0).shape == (0, 1)


def test_noise_keeps_the_order_and_makes_nothing_younger():
    noisy = noisy_ages(4, (20,), 0.5)
    assert (noisy.diff(dim=0) < 0).all()
    assert (noisy >= ages(4)).all()


def test_noise_at_most_doubles_the_ages():
    assert noisy_ages(4, (1,), 1.0)[:, 0].tolist() == [7, 5, 3, 1]


def test_every_story_of_every_restart_has_its_own_noise():
    noisy = noisy_ages(50, (2, 3), 0.5)
    assert noisy.shape == (2, 50, 3)
    assert len(noisy.mT.reshape(6, 50).unique(dim=0)) == 6


def test_a_tenth_of_the_memories_is_empty():
    empties = (noisy_ages(50, (200,), 0.1) - ages(50))[0].double().mean() / 50
    assert abs(empties - 0.1) < 0.01


def test_without_noise_ages_are_exact():
    assert torch.equal(noisy_ages(4, (1,), 0.0), ages(4))
