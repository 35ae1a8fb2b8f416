import pytest
import torch
from reference import pair_round

from memnn.output_map.references import AFTER, BEFORE, WIDTH, References

DIM, PLACES, KINDS, HEADS = 5, 3, 2, BEFORE + AFTER
STORY = [(0, 1, None), (None, None, None), (1, 2, 0), (None, 3, None), (3, 3, None), (2, 0, None)]


def layer():
    """With random weights everywhere, not only where it starts out with them."""
    refer = References(DIM, PLACES, KINDS).double()
    for weight in refer.parameters():
        torch.nn.init.normal_(weight, std=0.5)
    return refer


def filled(story, symbols=4):
    return pair_round.filled(story, PLACES, symbols)


def inputs(facts=6):
    y = torch.randn(1, facts, DIM, dtype=torch.float64, requires_grad=True)
    says = torch.randn(1, facts, PLACES, KINDS, dtype=torch.float64, requires_grad=True)
    return y, says


def test_references_match_the_loops_and_their_gradients():
    refer, (y, says) = layer(), inputs()
    w = dict(refer.named_parameters())
    ours = refer(y, filled(STORY), says)[0]
    facts = [(None, fillers, said) for fillers, said in zip(STORY, says[0])]
    shares = pair_round.refer(w, y[0], facts, HEADS, BEFORE, WIDTH, prefix="")
    zero = torch.zeros((), dtype=torch.float64)
    rows = [torch.stack([share.get(s, zero) for s in range(4)]) for fact in shares for share in fact]
    theirs = torch.stack(rows).view_as(ours)
    torch.testing.assert_close(ours, theirs)
    leaves = [y, says, *w.values()]
    for a, b in zip(*(torch.autograd.grad(x.sin().sum(), leaves) for x in (ours, theirs))):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize(("fits", "back", "ahead"), [(True, [1, 0, 3], [1, 3, 2]), (False, [], [])])
def test_the_nearest_mention_that_fits_is_taken(fits, back, ahead):
    refer, (y, says) = layer(), inputs()
    with torch.no_grad():
        refer.offset.fill_(50.0 if fits else -50.0)
    read = refer(y, filled(STORY), says)[0]
    assert (
        read[0, :BEFORE].eq(0).all() and read[-1, BEFORE:].eq(0).all()
    )  # nothing was said yet, or is to come
    for fact, symbol in zip((1, 3, 5), back):
        assert read[fact, 0, symbol] > 0.99
    for fact, symbol in zip((1, 2, 4), ahead):
        assert read[fact, BEFORE, symbol] > 0.99
    assert fits or read.max() < 0.01


def test_facts_that_name_two_each_are_not_joined():
    refer, (y, says) = layer(), inputs(3)
    story = [(0, 1, None), (2, 3, None), (1, None, None)]
    read = refer(y, filled(story), says)[0]
    assert (
        read[:2, :BEFORE].eq(0).all() and read[1, BEFORE:, 1].gt(0).all() and read[0, BEFORE:, 2:].eq(0).all()
    )
    assert read[2, :BEFORE].gt(0).all()


def test_what_is_between_counts_by_how_little_it_fits():
    refer, (y, says) = layer(), inputs(3)
    story = [(0, None, None), (1, None, None), (2, None, None)]
    with torch.no_grad():
        for weight in refer.parameters():
            weight.zero_()
    read = refer(y, filled(story, symbols=3), says)[0]
    torch.testing.assert_close(read[2, 0], torch.tensor([0.25, 0.5, 0.0], dtype=torch.float64))
    torch.testing.assert_close(read[0, BEFORE], torch.tensor([0.0, 0.5, 0.25], dtype=torch.float64))


def test_fewer_places_filled_is_as_if_the_others_were_empty():
    refer, (y, says) = layer(), inputs()
    story = [(*fillers[:2], None) for fillers in STORY]
    hot = filled(story)
    torch.testing.assert_close(refer(y, hot[:, :, :2], says[:, :, :2]), refer(y, hot, says))
