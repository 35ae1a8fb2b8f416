"""Hops drawn for training: enough of them, of all numbers, and half the batches as without."""

import numpy as np
import pytest
import torch

from memnn.output_map.rounds import AWAKE, Rounds, RoundsOfTraining, draw_rounds


def draws(fewest, most, count=2000):
    rng = np.random.default_rng(0)
    return [draw_rounds(rng, fewest, most) for _ in range(count)]


def test_half_the_batches_take_the_fewest_hops_and_the_others_are_answered_twice():
    drawn = draws(4, 16)
    plain = [rounds for rounds in drawn if rounds == Rounds((4,))]
    assert len(plain) / len(drawn) == pytest.approx(0.5, abs=0.05)
    assert all(len(rounds.stops) == 2 for rounds in drawn if rounds not in plain)


def test_each_node_is_given_its_reads_however_often_it_sleeps():
    for rounds in draws(4, 16):
        assert rounds.stops[0] * rounds.awake >= 4 - rounds.awake  # to half a hop
        assert sorted(set(rounds.stops)) == list(rounds.stops)
        assert rounds.stops[-1] <= 16
    assert {rounds.awake for rounds in draws(4, 16)} == set(AWAKE)
    assert {rounds.stops[-1] for rounds in draws(4, 16)} == {4, *range(5, 17)}


@pytest.mark.parametrize(("fewest", "most"), [(4, 5), (0, 1), (0, 3), (3, 3), (0, 0)])
def test_few_hops_are_never_exceeded(fewest, most):
    for rounds in draws(fewest, most):
        assert 0 <= rounds.stops[0] <= rounds.stops[-1] <= most


def test_half_of_training_with_pairs_is_answered_before_the_first_hop_too():
    torch.manual_seed(0)
    rounds = RoundsOfTraining(4, 12, pairs=True)
    drawn = [rounds.draw() for _ in range(400)]
    assert {each.pairs for each in drawn} == set(range(3, 9))
    at_once = [each.stops[0] == 0 for each in drawn]
    assert 160 < sum(at_once) < 240
    assert all(len(each.stops) > first and each.stops[first] >= 4 for each, first in zip(drawn, at_once))
    assert not any(each.beside for each in drawn)


def test_so_large_a_share_is_told_beside_others():
    torch.manual_seed(0)
    rounds = RoundsOfTraining(4, 12, pairs=True, beside=0.25)
    assert 70 < sum(len(rounds.draw().beside) for _ in range(400)) < 130


def test_without_pairs_that_share_of_it_is_told_beside_as_many_again():
    torch.manual_seed(0)
    rounds = RoundsOfTraining(4, 4, pairs=False, beside=0.5)
    times = [len(rounds.draw().beside) for _ in range(400)]
    assert set(times) == {0, 1, 2, 3}
    assert 170 < sum(count > 0 for count in times) < 230
    assert 70 < sum(count > 1 for count in times) < 130


def test_without_pairs_none_is_and_an_epochs_seed_tells_the_draws():
    rounds = RoundsOfTraining(4, 12, pairs=False)

    def draws(seed):
        torch.manual_seed(seed)
        return [rounds.draw() for _ in range(40)]

    first, other, again = draws(1), draws(2), draws(1)
    assert first == again != other
    assert all(each.pairs is None and not each.beside and each.stops[0] >= 4 for each in first)
