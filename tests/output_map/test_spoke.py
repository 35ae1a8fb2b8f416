import itertools

import torch

from memnn.output_map.spoke import reads_that_spoke
from memnn.output_map.symbol_hops import SymbolHops

NODES = 3  # two facts and the question


def leaf(*values):
    """A hop's weights of one story and one soft head, nothing in front."""
    weights = torch.tensor(values).view(1, 1, NODES, NODES)
    return torch.nn.functional.pad(weights, (1, 0)).requires_grad_()


def hop(weights):
    """The same as the only kind of four that has heads."""
    none = torch.zeros(0, weights.shape[1], NODES, 1 + NODES, requires_grad=True)
    return [none, none, weights, none]


def read(weights, i, j):
    return weights[0, 0, i, 1 + j]


def test_by_hand():
    """S = 2 w_20 + 6 w_21 + 3 w_01: the first fact speaks 2 * .5, the second 6 * .25 + 3 * .5."""
    weights = leaf([0.0, 0.5, 0.0], [0.0, 0.0, 0.0], [0.5, 0.25, 0.0])
    answer = 2 * read(weights, 2, 0) + 6 * read(weights, 2, 1) + 3 * read(weights, 0, 1)
    (shares,) = reads_that_spoke(answer, [hop(weights)])
    torch.testing.assert_close(shares, torch.tensor([[0.25, 0.75]]))


def test_a_read_that_speaks_against_the_answer_counts_nothing():
    weights = leaf([0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.5, 0.5, 0.0])
    answer = read(weights, 2, 0) - 5 * read(weights, 2, 1) + read(weights, 0, 1)
    (shares,) = reads_that_spoke(answer, [hop(weights)])
    torch.testing.assert_close(shares, torch.tensor([[1 / 3, 2 / 3]]))  # not (0.5, 1 - 2.5)


def test_reads_of_the_question_are_no_reads_of_a_fact():
    weights = leaf([0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.2, 0.0, 0.0])
    (shares,) = reads_that_spoke(9 * read(weights, 0, 2) + read(weights, 2, 0), [hop(weights)])
    assert shares.tolist() == [[1.0, 0.0]]


def test_heads_of_a_hop_add_up_and_hops_stay_apart():
    first = torch.zeros(2, 1, NODES, 1 + NODES)
    first[0, 0, 2, 1], first[1, 0, 2, 2] = 1.0, 1.0
    second = torch.zeros(2, 1, NODES, 1 + NODES)
    second[1, 0, 2, 2] = 1.0
    weights = [first.requires_grad_(), second.requires_grad_()]
    shares = reads_that_spoke(weights[0].sum() + weights[1].sum(), [hop(some) for some in weights])
    assert [share.tolist() for share in shares] == [[[0.5, 0.5]], [[0.0, 1.0]]]


def test_a_latest_head_is_added_up_in_the_order_told():
    """Its places are turned round: question, facts newest first, nothing."""
    latest, none, *_ = hop(leaf([0.0] * 3, [0.0] * 3, [0.25, 0.5, 0.0]))[2:]
    turned = latest.detach().flip(-1).requires_grad_()
    (shares,) = reads_that_spoke(turned.sum(), [[turned, none, none, none]])
    torch.testing.assert_close(shares, torch.tensor([[1 / 3, 2 / 3]]))


def test_stories_of_a_batch_are_told_apart():
    weights = torch.zeros(1, 2, NODES, 1 + NODES)
    weights[0, 0, 2, 1], weights[0, 1, 2, 2] = 0.1, 0.9
    weights.requires_grad_()
    (shares,) = reads_that_spoke(weights.sum(), [hop(weights)])
    assert shares.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_a_hop_the_answer_does_not_rest_on_has_shares_of_zero():
    used, unused = leaf([0.0] * 3, [0.0] * 3, [0.4, 0.0, 0.0]), leaf([0.3] * 3, [0.3] * 3, [0.3] * 3)
    against = leaf([0.3] * 3, [0.3] * 3, [0.3] * 3)
    shares = reads_that_spoke(used.sum() - against.sum(), [hop(used), hop(unused), hop(against)])
    assert [share.tolist() for share in shares] == [[[1.0, 0.0]], [[0.0, 0.0]], [[0.0, 0.0]]]


def test_in_a_network_shares_sum_to_one_or_none():
    hops = SymbolHops(6, places=2, scratch=2, heads=(1, 1, 1, 1), width=4, hidden=8, hops=3).double()
    states, fillers = torch.randn(3, 5, 6).double(), torch.rand(3, 5, 2, 4).double() / 4
    mask = torch.arange(5) >= torch.tensor([[0], [2], [4]])  # the third story has no facts
    nodes = hops.begin(states, fillers * mask[..., None, None], mask)
    done = list(itertools.islice(hops(nodes), 4))  # the last two by the question alone
    shares = reads_that_spoke(done[-1].nodes.states.sum(), [one.weights for one in done])
    assert len(shares) == 4
    for share in shares:
        assert share.shape == (3, 4) and (share >= 0).all() and not share.requires_grad
        torch.testing.assert_close(share.sum(-1), torch.tensor([1.0, 1.0, 0.0]).double())
        assert not share[~mask[:, :-1]].any()
