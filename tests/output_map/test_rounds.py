"""When the questions of a training batch are answered, and beside what its stories are told."""

import pytest
import torch

from memnn.output_map.rounds import Rounds, RoundsOfTraining


def test_half_of_training_with_pairs_is_answered_before_the_first_hop_too():
    torch.manual_seed(0)
    rounds = RoundsOfTraining(4, pairs=True)
    drawn = [rounds.draw() for _ in range(400)]
    assert {each.pairs for each in drawn} == set(range(3, 9))
    assert {each.stops for each in drawn} == {(0, 4), (4,)}
    assert 160 < sum(each.stops == (0, 4) for each in drawn) < 240
    assert not any(each.beside for each in drawn)


@pytest.mark.parametrize(("hops", "stops"), [(4, (0, 4)), (0, (0,))])
def test_all_of_training_with_walks_is(hops, stops):
    rounds = RoundsOfTraining(hops, walks=True)
    assert {rounds.draw() for _ in range(20)} == {Rounds(stops)}


def test_so_large_a_share_is_told_beside_others():
    torch.manual_seed(0)
    rounds = RoundsOfTraining(4, pairs=True, beside=0.25)
    assert 70 < sum(len(rounds.draw().beside) for _ in range(400)) < 130


def test_without_pairs_that_share_of_it_is_told_beside_as_many_again():
    torch.manual_seed(0)
    rounds = RoundsOfTraining(4, beside=0.5)
    times = [len(rounds.draw().beside) for _ in range(400)]
    assert set(times) == {0, 1, 2, 3}
    assert 170 < sum(count > 0 for count in times) < 230
    assert 70 < sum(count > 1 for count in times) < 130


def test_without_either_there_is_one_answer_after_all_hops():
    rounds = RoundsOfTraining(4)
    assert {rounds.draw() for _ in range(20)} == {Rounds((4,))}


def test_an_epochs_seed_tells_the_draws():
    rounds = RoundsOfTraining(4, pairs=True, beside=0.5)

    def draws(seed):
        torch.manual_seed(seed)
        return [rounds.draw() for _ in range(40)]

    first, other, again = draws(1), draws(2), draws(1)
    assert first == again != other
