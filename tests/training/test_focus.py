import numpy as np
import pytest
import torch

from memnn.training.focus import LEAST, MEMORY, follow, kind_weights


def test_weights_by_hand():
    assert kind_weights([0.5, 0.25, 0.0], 1.0).tolist() == [0.5, 0.25, LEAST]
    assert kind_weights([0.5, 0.25, 0.01], 2.0).tolist() == pytest.approx([0.25, 0.0625, LEAST**2])


@pytest.mark.parametrize(("difficulty", "focus"), [([0.5, 0.1], 0.0), ([], 1.0)])
def test_without_focus_each_question_is_asked_once(difficulty, focus):
    assert kind_weights(difficulty, focus) is None


def test_difficulty_follows_the_mean_loss_of_its_kind():
    difficulty = [1.0, 1.0, 0.5]
    losses = torch.tensor([[0.2, 0.4, 0.0], [0.0, 0.2, 0.6]])  # two restarts, three questions
    follow(difficulty, torch.tensor([0, 0, 2]), losses)
    step = 1 - MEMORY
    assert difficulty == pytest.approx([MEMORY + step * 0.2, 1.0, MEMORY * 0.5 + step * 0.3])


def test_a_loss_counts_as_one_at_most():
    difficulty = [0.0]
    follow(difficulty, torch.tensor([0, 0]), torch.tensor([[50.0, 0.0]]))
    assert difficulty == pytest.approx([(1 - MEMORY) * 0.5])


def test_what_is_learnt_grows_easy_and_what_is_not_stays_hard():
    difficulty = [1.0, 1.0]
    for _ in range(400):
        follow(difficulty, torch.tensor([0, 1]), torch.tensor([[0.0, 5.0]], requires_grad=True))
    assert difficulty[0] < LEAST and difficulty[1] == pytest.approx(1.0)
    weights = kind_weights(difficulty, 1.0)
    assert weights[0] == LEAST  # and is not forgotten
    assert np.argmax(weights) == 1
