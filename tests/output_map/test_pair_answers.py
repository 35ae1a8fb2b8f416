import pytest
import torch
from reference.symbol_hop import linear, norm

from memnn.output_map.pair_answers import PairAnswers, said_losses

NODE, DIM, ANSWERS = 5, 3, 4


def test_the_answer_is_of_either_order_of_the_two_that_the_question_names():
    asked = PairAnswers(DIM, NODE, ANSWERS).double()
    for weight in asked.parameters():
        torch.nn.init.normal_(weight)
    w = dict(asked.named_parameters())
    pairs, question = torch.randn(2, 3, 3, DIM).double(), torch.randn(2, NODE).double()
    names = [(2, 0), (1, 1)]
    said = asked(pairs, question, torch.eye(3).double()[torch.tensor(names)])
    for row, (s, t) in enumerate(names):
        gate = linear(w, "turn", question[row]).sigmoid()
        there, back = (
            (2 * linear(w, "score", norm(w, "before", pairs[row][two]))).softmax(0)
            for two in ((s, t), (t, s))
        )
        torch.testing.assert_close(said[row].exp(), gate * there + (1 - gate) * back)


@pytest.mark.parametrize(
    ("answer", "lost"), [([3, 0], 0.7), ([3, 2, 0], 0.0), ([1, 0], 0.0), ([0, -1], 0.0), ([-1, -1], 0.0)]
)
def test_only_answers_that_are_one_entry_to_say_are_asked_of_pairs(answer, lost):
    chances = torch.tensor([[-0.1, -0.2, -0.3, -0.7]])
    torch.testing.assert_close(said_losses(chances, torch.tensor([answer])), torch.tensor([lost]))
