"""What the end of a walk says of the answer by itself."""

import torch
from reference.symbol_hop import linear, norm

from memnn.output_map.end_answers import LEAST, EndAnswers

DIM, ANSWERS = 5, 3


@torch.no_grad()
def test_the_question_says_whether_a_word_is_said_or_a_symbol_copied():
    asked = EndAnswers(DIM, ANSWERS).double()
    for weight in asked.parameters():
        torch.nn.init.normal_(weight)
    w = dict(asked.named_parameters())
    question, shown = (torch.randn(2, DIM).double() for _ in range(2))
    symbols = torch.tensor([[0.9, 0.0], [0.25, 0.75]]).double()
    said = asked(question, shown, symbols).exp()
    for row in range(2):
        gate = linear(w, "turn", question[row]).sigmoid()
        words = linear(w, "score", norm(w, "before", shown[row])).softmax(0)
        torch.testing.assert_close(said[row], torch.cat([gate * words, (1 - gate) * (symbols[row] + LEAST)]))
