import torch
from torch import nn

from memnn.response.vocabulary_softmax import VocabularySoftmax


def test_scores_are_products_and_nil_is_never_answered():
    response = VocabularySoftmax(torch.tensor([[9.0, 9.0], [1.0, 0.0], [0.0, 2.0]]))
    scores = response(torch.tensor([[1.0, 3.0]]))
    assert scores[0, 1:].tolist() == [1.0, 6.0]
    assert scores.softmax(-1)[0, 0] == 0


def test_a_parameter_given_is_tied():
    weight = nn.Parameter(torch.randn(3, 2))
    assert VocabularySoftmax(weight).weight is weight


def test_nil_gets_no_gradient():
    response = VocabularySoftmax(torch.randn(3, 2))
    nn.functional.cross_entropy(response(torch.randn(4, 2)), torch.tensor([1, 2, 1, 2])).backward()
    assert not response.weight.grad[0].any() and response.weight.grad[1].any()
