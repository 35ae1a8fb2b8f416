import torch

from memnn.response.candidate_ranking import CandidateRanking, ranking_losses
from memnn.text.vocabulary import UNKNOWN


def naive(scores, right, margin):
    rows = []
    for row, r in zip(scores, right.tolist()):
        violated = [margin - row[r] + row[w] for w in range(len(row)) if w != r]
        rows.append(sum(v for v in violated if v > 0) + 0 * row.sum())
    return torch.stack(rows)


def test_losses_match_the_equation_and_its_gradient():
    scores = torch.randn(4, 6, dtype=torch.float64, requires_grad=True)
    right = torch.tensor([0, 5, 2, 2])
    ours, theirs = ranking_losses(scores, right, 0.1), naive(scores, right, 0.1)
    torch.testing.assert_close(ours, theirs)
    a, b = (torch.autograd.grad(losses.square().sum(), scores)[0] for losses in (ours, theirs))
    torch.testing.assert_close(a, b)


def test_by_hand():
    scores = torch.tensor([[1.0, 0.95, 0.5, 1.2]])
    torch.testing.assert_close(ranking_losses(scores, torch.tensor([0]), 0.1), torch.tensor([0.05 + 0.3]))


def test_scores_are_products_counted_in_margins():
    ranking, state = CandidateRanking(5, 3, margin=0.5), torch.randn(2, 3)
    scores = ranking(state)
    torch.testing.assert_close(scores[:, 2:], 2 * state @ ranking.words[2:].T)
    assert (scores[:, :2] == torch.finfo(scores.dtype).min).all()


def test_losses_are_those_of_the_scores_before_they_are_divided():
    ranking, state, right = (
        CandidateRanking(5, 3, margin=0.5, init=1.0),
        torch.randn(2, 3),
        torch.tensor([2, 4]),
    )
    scores = state @ ranking.words[2:].T
    torch.testing.assert_close(ranking.losses(state, right), ranking_losses(scores, right - 2, 0.5))


def test_an_answer_never_seen_teaches_nothing():
    ranking = CandidateRanking(5, 3, margin=5.0)
    losses = ranking.losses(torch.randn(2, 3), torch.tensor([UNKNOWN, 3]))
    assert losses[0] == 0 and losses[1] > 0
    losses.sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in ranking.parameters())


def test_nonlinear_scores_are_bounded():
    ranking = CandidateRanking(5, 3, nonlinear=True, margin=1.0)
    assert ranking(1e3 * torch.randn(9, 3))[:, 2:].abs().max() <= 3
