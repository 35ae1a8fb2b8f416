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
    torch.testing.assert_close(reads_that_spoke(answer, [hop(weights)]), torch.tensor([[1.0, 3.0]]))


def test_a_read_that_speaks_against_the_answer_counts_nothing():
    weights = leaf([0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.5, 0.5, 0.0])
    answer = read(weights, 2, 0) - 5 * read(weights, 2, 1) + read(weights, 0, 1)
    spoke = reads_that_spoke(answer, [hop(weights)])
    torch.testing.assert_close(spoke, torch.tensor([[0.5, 1.0]]))  # not (0.5, 1 - 2.5)


def test_reads_of_the_question_are_no_reads_of_a_fact():
    weights = leaf([0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.2, 0.0, 0.0])
    spoke = reads_that_spoke(9 * read(weights, 0, 2) + read(weights, 2, 0), [hop(weights)])
    torch.testing.assert_close(spoke, torch.tensor([[0.2, 0.0]]))


def test_heads_and_hops_add_up():
    first = torch.zeros(2, 1, NODES, 1 + NODES)
    first[0, 0, 2, 1], first[1, 0, 2, 2] = 1.0, 1.0
    second = torch.zeros(2, 1, NODES, 1 + NODES)
    second[1, 0, 2, 2] = 1.0
    weights = [first.requires_grad_(), second.requires_grad_()]
    spoke = reads_that_spoke(weights[0].sum() + weights[1].sum(), [hop(some) for some in weights])
    assert spoke.tolist() == [[1.0, 2.0]]


def test_a_latest_head_is_added_up_in_the_order_told():
    """Its places are turned round: question, facts newest first, nothing."""
    latest, none, *_ = hop(leaf([0.0] * 3, [0.0] * 3, [0.25, 0.5, 0.0]))[2:]
    turned = latest.detach().flip(-1).requires_grad_()
    spoke = reads_that_spoke(turned.sum(), [[turned, none, none, none]])
    torch.testing.assert_close(spoke, torch.tensor([[0.25, 0.5]]))


def test_stories_of_a_batch_are_told_apart_and_unused_hops_count_nothing():
    weights = torch.zeros(1, 2, NODES, 1 + NODES)
    weights[0, 0, 2, 1], weights[0, 1, 2, 2] = 0.5, 1.0
    unused = torch.ones(1, 2, NODES, 1 + NODES, requires_grad=True)
    spoke = reads_that_spoke(weights.requires_grad_().sum(), [hop(weights), hop(unused)])
    assert spoke.tolist() == [[0.5, 0.0], [0.0, 1.0]]


def test_in_a_network_padding_and_missing_facts_speak_for_nothing():
    hops = SymbolHops(6, places=2, scratch=2, heads=(1, 1, 1, 1), width=4, hidden=8, hops=3).double()
    states, fillers = torch.randn(3, 5, 6).double(), torch.rand(3, 5, 2, 4).double() / 4
    mask = torch.arange(5) >= torch.tensor([[0], [2], [4]])  # the third story has no facts
    nodes = hops.begin(states, fillers * mask[..., None, None], mask)
    done = list(hops.read_together(nodes))
    done += itertools.islice(hops.read_alone(done[-1].nodes), 2)
    spoke = reads_that_spoke(done[-1].nodes.states.sum(), [one.weights for one in done])
    assert spoke.shape == (3, 4) and (spoke >= 0).all() and not spoke.requires_grad
    assert spoke[:2].sum(-1).min() > 0
    assert not spoke[~mask[:, :-1]].any()
