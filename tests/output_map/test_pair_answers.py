import pytest
import torch
from reference.symbol_hop import linear, norm

from memnn.output_map.pair_answers import PairAnswers, said_losses

NODE, ANSWERS = 5, 4


@pytest.mark.parametrize(("pair", "space"), [(3, 0), (0, 2), (3, 2)])
def test_the_answer_is_of_either_order_of_the_two_and_of_what_is_asked(pair, space):
    asked = PairAnswers(NODE, ANSWERS, pair=pair, space=space).double()
    for weight in asked.parameters():
        torch.nn.init.normal_(weight)
    w = dict(asked.named_parameters())
    question, between, apart = (torch.randn(2, *size).double() for size in ((NODE,), (2, pair), (space,)))
    said = asked(question, between if pair else None, apart if space else None)
    for row in range(2):
        gate = linear(w, "turn", question[row]).sigmoid()
        far = (
            apart[row] * (1 + w["want.weight"] @ norm(w, "question", question[row])) if space else apart[row]
        )
        chances = []
        for way, on in enumerate((far, -far)):
            found = torch.cat([norm(w, "before", between[row, way]), on]) if pair else on
            chances.append((2 * linear(w, "score", found)).softmax(0))
        torch.testing.assert_close(said[row].exp(), gate * chances[0] + (1 - gate) * chances[1])


@pytest.mark.parametrize(
    ("answer", "lost"), [([3, 0], 0.7), ([3, 2, 0], 0.7), ([1, 0], 0.0), ([0, -1], 0.0), ([-1, -1], 0.0)]
)
def test_pairs_are_asked_for_the_first_item_if_it_is_said_and_known(answer, lost):
    chances = torch.tensor([[-0.1, -0.2, -0.3, -0.7]])
    torch.testing.assert_close(said_losses(chances, torch.tensor([answer])), torch.tensor([lost]))
