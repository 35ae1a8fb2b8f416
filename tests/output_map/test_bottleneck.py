import pytest
import torch
from reference import pair_round

from memnn.output_map import bottleneck
from memnn.output_map.bottleneck import AnswerBottleneck, said_losses

NODE, DIM, ANSWERS = 5, 3, 4


def narrow():
    """With random weights everywhere."""
    made = AnswerBottleneck(DIM, NODE, ANSWERS).double().eval()
    for weight in made.parameters():
        torch.nn.init.normal_(weight)
    return made, {f"bottleneck.{name}": weight for name, weight in made.named_parameters()}


def test_the_answer_is_of_either_order_of_the_two_that_the_question_names():
    made, w = narrow()
    pairs, question = torch.randn(2, 3, 3, DIM).double(), torch.randn(2, NODE).double()
    asked = [(2, 0), (1, 1)]
    named = torch.stack([torch.eye(3).double()[[*two, 0]] for two in asked])
    for row, (s, t) in enumerate(asked):
        gate = (w["bottleneck.turn.weight"][0] @ question[row] + w["bottleneck.turn.bias"][0]).sigmoid()
        there, back = (pair_round.type_scores(w, pairs[row][two]).softmax(0) for two in ((s, t), (t, s)))
        said = made.says(pairs, question, named)[row]
        torch.testing.assert_close(said.exp(), gate * there + (1 - gate) * back)


def test_what_comes_out_is_a_mixture_of_types_and_in_training_a_noisy_one(monkeypatch):
    made, w = narrow()
    pairs = torch.randn(2, 3, 3, DIM).double()
    mixed = made(pairs)
    torch.testing.assert_close(mixed[1, 2, 0], pair_round.narrowed(w, {0: pairs[1, 2, 0]})[0])
    made.train()
    assert not torch.allclose(made(pairs), mixed)
    monkeypatch.setattr(bottleneck, "NOISE", 0.0)
    torch.testing.assert_close(made(pairs), mixed)


@pytest.mark.parametrize(
    ("answer", "lost"), [([3, 0], 0.7), ([3, 2, 0], 0.0), ([1, 0], 0.0), ([0, -1], 0.0), ([-1, -1], 0.0)]
)
def test_only_answers_that_are_one_entry_to_say_are_asked_of_pairs(answer, lost):
    chances = torch.tensor([[-0.1, -0.2, -0.3, -0.7]])
    torch.testing.assert_close(said_losses(chances, torch.tensor([answer])), torch.tensor([lost]))
