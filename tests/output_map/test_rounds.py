"""Hops drawn for training: enough of them, of all numbers, and half the batches as without."""

import numpy as np
import pytest

from memnn.output_map.rounds import AWAKE, Rounds, draw_rounds


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
