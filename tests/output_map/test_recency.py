import functools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.symbol_hop import share

from memnn.output_map.recency import add_up_by_node, barriers, nearest_first, nearest_weights, read_weights

NAMES = ("latest", "next", "soft", "sum")
HALF = math.log(1), math.log(3)  # scores whose logistic function is 1/2 and 3/4
MASK = torch.arange(6) >= torch.tensor([[0], [2], [5]])  # nodes of three stories, padded in front


def everyone(nodes):
    return torch.ones(1, nodes, dtype=torch.bool)


def look(scores, heads, mask, readers=None):
    """The weights of heads by their scores [heads batch nodes nodes], in the order told, nothing left out."""
    rows = scores[:, :, -(readers or scores.shape[2]) :]
    rows = nearest_first(torch.nn.functional.pad(rows, (1, 0)), heads, -1)
    barred = barriers(mask, heads, slice(mask.shape[1] - rows.shape[2], None))
    return nearest_first(torch.cat(read_weights(rows + barred, heads)), heads, -1)[..., 1:]


def weights_of(name, scores, mask):
    """Weights of one kind of head, by scores [... nodes nodes] of one story or several."""
    heads = tuple(int(name == other) for other in NAMES)
    many = scores.expand(len(mask), *scores.shape[-2:]) if scores.dim() < 4 else scores[:, 0]
    found = look(many[None], heads, mask)[0]
    return found.view(scores.shape) if scores.dim() >= 3 else found[0]


KINDS = {name: functools.partial(weights_of, name) for name in NAMES}
latest_weights, next_weights, soft_weights, sum_weights = KINDS.values()


def naive(kind, scores, mask):
    """The equations of the docstrings as loops over pairs of nodes."""
    weights = torch.zeros_like(scores)
    for story, filled in enumerate(mask):
        there = [j for j, one in enumerate(filled) if one]
        for head in range(scores.shape[1]):
            for i, row in enumerate(scores[story, head]):
                for j in range(len(row)):
                    weights[story, head, i, j] = share(kind, row, i, j, there)
    return weights


@pytest.mark.parametrize("name", KINDS)
def test_matches_the_equations_and_their_gradients(name):
    scores = (3 * torch.randn(3, 1, 6, 6, dtype=torch.float64)).requires_grad_()
    ours, theirs = KINDS[name](scores, MASK), naive(name, scores, MASK)
    torch.testing.assert_close(ours, theirs)
    ours_grad, theirs_grad = (torch.autograd.grad(w.sin().sum(), scores)[0] for w in (ours, theirs))
    torch.testing.assert_close(ours_grad, theirs_grad)


@pytest.mark.parametrize(
    ("kind", "weights"),
    [
        (latest_weights, [[0, 0, 0], [3 / 4, 0, 0], [3 / 8, 1 / 2, 0]]),
        (next_weights, [[0, 1 / 2, 3 / 8], [0, 0, 3 / 4], [0, 0, 0]]),
        (soft_weights, [[0, 1 / 5, 3 / 5], [3 / 7, 0, 3 / 7], [3 / 5, 1 / 5, 0]]),
        (sum_weights, [[0, 1 / 2, 3 / 4], [3 / 4, 0, 3 / 4], [3 / 4, 1 / 2, 0]]),
    ],
)
def test_by_hand(kind, weights):
    half, more = HALF
    scores = torch.tensor([[9.0, half, more], [more, 9.0, more], [more, half, 9.0]])
    torch.testing.assert_close(kind(scores, everyone(3)), torch.tensor(weights).float())


@pytest.mark.parametrize("farther", [0, 1, 3, 200])
def test_the_nearest_that_fits_takes_the_weight_however_many_lie_farther_away(farther):
    """Five nodes that do not fit lie between, and as many farther ones as you like fit as well."""
    nodes = farther + 7
    row = torch.full((nodes,), -30.0)
    row[: farther + 1] = 20.0
    latest = latest_weights(row.expand(nodes, nodes), everyone(nodes))[-1]
    following = next_weights(row.flip(0).expand(nodes, nodes), everyone(nodes))[0]
    nearest = torch.zeros(nodes)
    nearest[farther] = 1.0
    torch.testing.assert_close(latest, nearest, atol=1e-6, rtol=0)
    torch.testing.assert_close(following, nearest.flip(0), atol=1e-6, rtol=0)
    if farther:  # where softmax shares it
        assert soft_weights(row.expand(nodes, nodes), everyone(nodes))[-1].max() < 0.51


def test_farther_scores_and_more_facts_do_not_matter():
    """What is learnt on short stories holds for long ones."""
    short = torch.randn(6, 6, dtype=torch.float64)
    long = 20 * torch.randn(46, 46, dtype=torch.float64)
    long[40:, 40:] = short
    torch.testing.assert_close(
        latest_weights(long, everyone(46))[40:, 40:], latest_weights(short, everyone(6))
    )
    long[:6, :6] = short
    torch.testing.assert_close(next_weights(long, everyone(46))[:6, :6], next_weights(short, everyone(6)))


@pytest.mark.parametrize("kind", KINDS.values())
def test_padding_changes_nothing(kind):
    scores = torch.randn(2, 5, 5, dtype=torch.float64)
    padded = 10 * torch.randn(2, 9, 9, dtype=torch.float64)
    padded[:, 4:, 4:] = scores
    weights = kind(padded, (torch.arange(9) >= 4).expand(2, -1))
    torch.testing.assert_close(weights[:, 4:, 4:], kind(scores, everyone(5).expand(2, -1)))
    assert not weights[..., :4].any()


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_masked_node_between_is_passed_over(kind):
    scores, mask = torch.randn(5, 5, dtype=torch.float64), torch.tensor([[True, True, False, True, True]])
    kept = mask[0].nonzero().flatten()
    weights = kind(scores, mask)
    alone = kind(scores[kept][:, kept], everyone(4))
    torch.testing.assert_close(weights[kept][:, kept], alone)
    assert not weights[:, 2].any()


@pytest.mark.parametrize("kind", KINDS.values())
def test_where_nothing_fits_nothing_is_read(kind):
    assert kind(torch.full((4, 4), -40.0), everyone(4)).sum(-1).max() < 1e-6
    assert not kind(torch.randn(4, 4), ~everyone(4)).any()
    assert kind(torch.zeros(0, 0), everyone(0)).shape == (0, 0)


def test_the_first_node_has_none_before_it_and_the_last_none_after():
    scores = torch.full((3, 3), 50.0)
    assert not latest_weights(scores, everyone(3))[0].any()
    assert not next_weights(scores, everyone(3))[-1].any()


extreme = st.sampled_from([0.0, 1.0, -1.0, 90.0, -90.0, 1e4, -1e4, 1e30, -1e30])


@settings(max_examples=60)
@given(st.lists(extreme, min_size=16, max_size=16), st.lists(st.booleans(), min_size=4, max_size=4))
@pytest.mark.parametrize("kind", KINDS.values())
def test_extreme_scores_give_shares_and_finite_gradients(kind, values, there):
    scores = torch.tensor(values).view(4, 4).requires_grad_()
    weights = kind(scores, torch.tensor([there]))
    assert (weights >= 0).all()
    assert (weights.sum(-1) <= (4 if kind is KINDS["sum"] else 1) + 1e-5).all()
    (grad,) = torch.autograd.grad(weights.square().sum(), scores)
    assert grad.isfinite().all()


@pytest.mark.parametrize("heads", [(2, 1, 2, 1), (0, 0, 1, 0), (0, 2, 0, 1), (3, 0, 0, 0)])
@pytest.mark.parametrize("readers", [1, 3, 6])
def test_heads_of_all_kinds_side_by_side_and_some_readers_alone(heads, readers):
    scores = torch.randn(sum(heads), 3, 6, 6, dtype=torch.float64)
    together = look(scores, heads, MASK, readers)
    kinds = [name for name, number in zip(NAMES, heads) for _ in range(number)]
    for name, head, ours in zip(kinds, scores, together, strict=True):
        torch.testing.assert_close(ours, KINDS[name](head[:, None], MASK)[:, 0, -readers:])


def test_weights_add_up_by_node_in_the_order_told():
    heads, scores = (2, 1, 1, 1), torch.randn(5, 3, 6, 6, dtype=torch.float64)
    rows = nearest_first(torch.nn.functional.pad(scores, (1, 0)), heads, -1)
    weights = read_weights(rows + barriers(MASK, heads, slice(None)), heads)
    torch.testing.assert_close(add_up_by_node(weights), look(scores, heads, MASK).sum((0, 2)))


def test_turning_round_twice_changes_nothing():
    rows = torch.randn(4, 2, 5)
    assert torch.equal(nearest_first(nearest_first(rows, (2, 1, 0, 1), -1), (2, 1, 0, 1), -1), rows)
    assert torch.equal(nearest_first(rows, (2, 1, 0, 1), -1)[:2], rows[:2].flip(-1))
    assert torch.equal(nearest_first(rows, (2, 1, 0, 1), -1)[2:], rows[2:])


def test_weights_are_the_same_where_no_gradient_is_wanted():
    scores = 20 * torch.randn(3, 2, 4, 6, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        without = nearest_weights(scores)
    assert torch.equal(without, nearest_weights(scores.requires_grad_()))
