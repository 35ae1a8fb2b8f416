import itertools
from dataclasses import replace

import pytest
import torch
from reference import symbol_hop

from memnn.output_map.links import Links
from memnn.output_map.recency import barriers, nearest_first
from memnn.output_map.rounds import Rounds
from memnn.output_map.symbol_hops import Nodes, SymbolHops

DIM, PLACES, SCRATCH, WIDTH = 5, 2, 3, 3
REGISTERS = PLACES + SCRATCH
HEADS = pytest.mark.parametrize("heads", [(1, 1, 1, 1), (2, 0, 0, 1), (0, 0, 2, 0)])


def layer(heads=(1, 1, 1, 1), hops=2):
    """A hop with random weights everywhere, not only where it starts out with them."""
    hops = SymbolHops(
        DIM,
        places=PLACES,
        scratch=SCRATCH,
        heads=heads,
        width=WIDTH,
        hidden=7,
        hops=hops,
    ).double()
    for weight in hops.parameters():
        torch.nn.init.normal_(weight, std=0.7)
    return hops


def random_nodes(batch=2, nodes=4, symbols=3):
    """Stories whose registers hold shares, some of them less than 1 in all; the second is padded in front."""
    states = torch.randn(batch, nodes, DIM, dtype=torch.float64)
    registers = torch.randn(batch, nodes, REGISTERS, symbols + 1, dtype=torch.float64).softmax(-1)[..., 1:]
    mask = torch.arange(nodes) >= torch.tensor([[0], [1], [2]])[:batch]
    registers = registers * mask[..., None, None]
    return Nodes(states.requires_grad_(), registers.requires_grad_(), mask)


def hop(hops, nodes, readers=None):
    """One hop of the last so many nodes, or of all, and its weights [batch heads readers nodes] as told."""
    readers = readers or nodes.mask.shape[1]
    some = Nodes(*(part[:, -readers:] for part in (nodes.states, nodes.registers, nodes.mask)))
    last = slice(nodes.mask.shape[1] - readers, None)
    done = hops.hop(some, hops.offered(nodes), barriers(nodes.mask, hops.heads, last).double())
    return done.nodes, told(hops, done.weights)


def told(hops, weights):
    return nearest_first(torch.cat(weights), hops.heads, -1)[..., 1:].transpose(0, 1)


def walk(hops, nodes, items=2):
    """All hops up to so many items, and their weights as told."""
    done = list(hops.read_together(nodes))
    done += itertools.islice(hops.read_alone(done[-1].nodes), items)
    return [(hop.nodes, told(hops, hop.weights)) for hop in done]


def permuted(nodes, order):
    return Nodes(nodes.states, nodes.registers[..., order], nodes.mask)


@HEADS
@pytest.mark.parametrize("readers", [4, 1])
def test_a_hop_matches_the_loops_and_their_gradients(heads, readers):
    hops, nodes = layer(heads), random_nodes()
    w = dict(hops.named_parameters())
    after, weights = hop(hops, nodes, readers)
    ours, theirs = [], []
    for story, mask in enumerate(nodes.mask):
        there = mask.nonzero().flatten().tolist()
        states, registers, reads = symbol_hop.hop(
            w, list(nodes.states[story]), list(nodes.registers[story]), there, heads, PLACES, WIDTH
        )
        theirs += [*states[-readers:], *(torch.stack(some) for some in registers[-readers:])]
        ours += [*after.states[story], *after.registers[story]]
        looked = [row for head in reads for row in head[-readers:]]
        looked = [torch.as_tensor(one, dtype=torch.float64) for row in looked for one in row]
        torch.testing.assert_close(weights[story].flatten(), torch.stack(looked))
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b)
    leaves = {"states": nodes.states, "registers": nodes.registers, **w}
    del leaves["asked"], leaves["answering"]  # of `begin` and `forward`
    ours_grads, theirs_grads = (
        torch.autograd.grad(sum(part.sin().sum() for part in parts), list(leaves.values()), allow_unused=True)
        for parts in (ours, theirs)
    )
    for name, a, b in zip(leaves, ours_grads, theirs_grads):
        zero = torch.zeros_like(leaves[name])
        a, b = (zero if grad is None else grad for grad in (a, b))
        torch.testing.assert_close(a, b, msg=lambda m, name=name: f"gradient of {name}: {m}")


def test_all_nodes_read_and_then_the_question_alone_once_an_item():
    hops, nodes = layer(hops=3), random_nodes()
    done = walk(hops, nodes, items=3)
    for after, weights in done[:2]:
        nodes, looked = hop(hops, nodes)
        assert torch.equal(after.states, nodes.states)
        assert torch.equal(after.registers, nodes.registers)
        assert torch.equal(weights, looked)
    facts, question = nodes, nodes.states[:, -1:] + hops.answering
    registers = nodes.registers
    for after, weights in done[2:]:
        alone = Nodes(question, registers[:, -1:], nodes.mask[:, -1:])
        now = hops.hop(alone, hops.offered(facts), barriers(facts.mask, hops.heads, slice(3, 4)).double())
        assert torch.equal(after.states, now.nodes.states)
        assert torch.equal(after.registers, now.nodes.registers)
        assert torch.equal(weights, told(hops, now.weights))
        question, registers = after.states, after.registers
    assert [after.states.shape[1] for after, _ in done] == [4, 4, 1, 1, 1]


def test_the_question_is_told_from_a_fact_and_scratch_begins_empty():
    hops = layer()
    states, fillers = torch.zeros(1, 3, DIM).double(), torch.rand(1, 3, PLACES, 4).double()
    nodes = hops.begin(states, fillers, torch.ones(1, 3, dtype=torch.bool))
    assert not nodes.states[:, :-1].any()
    assert torch.equal(nodes.states[0, -1], hops.asked)
    assert torch.equal(nodes.registers[:, :, :PLACES], fillers)
    assert nodes.registers.shape[2] == REGISTERS
    assert not nodes.registers[:, :, PLACES:].any()


def test_other_names_change_nothing_but_the_names():
    """Symbols exchanged for others: the same states and reads, and the registers exchanged alike."""
    hops, nodes, order = layer(hops=4), random_nodes(symbols=5), torch.tensor([3, 0, 4, 1, 2])
    for (after, weights), (other, looked) in zip(
        walk(hops, nodes), walk(hops, permuted(nodes, order)), strict=True
    ):
        torch.testing.assert_close(other.states, after.states, atol=1e-12, rtol=0)
        torch.testing.assert_close(other.registers, after.registers[..., order], atol=1e-12, rtol=0)
        torch.testing.assert_close(looked, weights, atol=1e-12, rtol=0)


def test_which_symbol_it_is_does_matter_where_symbols_are_compared():
    """The property above does not hold for want of looking at symbols."""
    hops, nodes = layer(), random_nodes(batch=1, symbols=5)
    registers = nodes.registers.clone()
    registers[:, 0] = registers[:, 0].roll(1, -1)  # the names of one fact alone
    other, _ = hop(hops, Nodes(nodes.states, registers, nodes.mask))
    assert not torch.allclose(other.states, hop(hops, nodes)[0].states)


@pytest.mark.parametrize("front", [1, 6])
def test_padding_in_front_changes_nothing(front):
    hops, nodes = layer(hops=3), random_nodes()
    junk = 10 * torch.randn(2, front, DIM, dtype=torch.float64)
    states = torch.cat([junk, nodes.states], 1)
    registers = torch.cat([torch.rand(2, front, *nodes.registers.shape[2:]).double(), nodes.registers], 1)
    mask = torch.cat([torch.zeros(2, front, dtype=torch.bool), nodes.mask], 1)
    padded = walk(hops, Nodes(states, registers, mask))
    for (after, weights), (wide, looked) in zip(walk(hops, nodes), padded, strict=True):
        count = after.states.shape[1]
        torch.testing.assert_close(wide.states[:, -count:], after.states)
        torch.testing.assert_close(wide.registers[:, -count:], after.registers)
        torch.testing.assert_close(looked[..., -count:, front:], weights)
        assert not looked[..., :front].any()


def test_symbols_of_other_stories_change_nothing():
    hops, nodes = layer(hops=3), random_nodes()
    wide = Nodes(nodes.states, torch.nn.functional.pad(nodes.registers, (0, 4)), nodes.mask)
    for (after, _), (more, _) in zip(walk(hops, nodes), walk(hops, wide), strict=True):
        torch.testing.assert_close(more.states, after.states)
        torch.testing.assert_close(more.registers[..., :3], after.registers)
        assert not more.registers[..., 3:].any()


@pytest.mark.parametrize("symbols", [0, 2])
def test_a_story_without_facts_reads_nothing(symbols):
    hops = layer(hops=3)
    states = torch.randn(1, 1, DIM, dtype=torch.float64, requires_grad=True)
    fillers = torch.eye(symbols, dtype=torch.float64)[:PLACES].expand(1, 1, -1, -1)
    fillers = torch.nn.functional.pad(fillers, (0, 0, 0, PLACES - fillers.shape[2]))
    done = walk(hops, hops.begin(states, fillers, torch.ones(1, 1, dtype=torch.bool)))
    assert not any(weights.any() for _, weights in done)
    (grad,) = torch.autograd.grad(done[-1][0].states.sum(), states)
    assert grad.isfinite().all()
    assert done[-1][0].registers.shape == (1, 1, REGISTERS, symbols)


def test_registers_stay_shares_and_what_fills_a_sentence_stays():
    hops = layer(heads=(2, 1, 1, 2), hops=6)
    for weight in hops.parameters():
        torch.nn.init.normal_(weight, std=3.0)
    nodes = random_nodes(nodes=9, symbols=4)
    done = walk(hops, nodes)
    for after, _ in done:
        count = after.states.shape[1]
        assert (after.registers >= 0).all()
        assert (after.registers.sum(-1) <= 1 + 1e-12).all()
        assert torch.equal(after.registers[:, :, :PLACES], nodes.registers[:, -count:, :PLACES])
        assert torch.equal(after.mask, nodes.mask[:, -count:])
    assert done[3][1].sum(-1).max() > 1.5  # though the sum heads read more than one


def test_dropout_is_of_training_alone():
    hops = SymbolHops(DIM, dropout=0.5).double()
    nodes = hops.begin(
        torch.randn(1, 3, DIM).double(), torch.rand(1, 3, 4, 2).double(), torch.ones(1, 3).bool()
    )
    first, second = (hop(hops, nodes)[0].states for _ in range(2))
    assert not torch.equal(first, second)
    hops.eval()
    assert torch.equal(hop(hops, nodes)[0].states, hop(hops, nodes)[0].states)


def test_rounds_end_at_their_last_stop():
    hops, nodes = layer(hops=9), random_nodes()
    assert hops.rounds == Rounds((8,))
    assert len(list(hops.read_together(nodes))) == 8
    assert len(list(hops.read_together(nodes, rounds=Rounds((2, 5))))) == 5


def test_where_links_end_is_what_the_hops_begin_with():
    hops, nodes = layer(), random_nodes()
    fillers = nodes.registers[:, :, :PLACES].detach()
    plain = hops.begin(nodes.states, fillers, nodes.mask)
    hops.links = Links(DIM, PLACES, WIDTH).double()
    linked = hops.begin(nodes.states, fillers, nodes.mask)
    ends = hops.links(plain.states, fillers, nodes.mask)
    torch.testing.assert_close(linked.states, plain.states + ends.shown)
    torch.testing.assert_close(linked.registers[:, :, PLACES], ends.symbols)
    rest = [place for place in range(REGISTERS) if place != PLACES]
    assert torch.equal(linked.registers[:, :, rest], plain.registers[:, :, rest])
    hidden = [nodes.mask & (torch.arange(4) == 2)]
    unseen = hops.begin(nodes.states, fillers, nodes.mask, hidden=hidden)
    assert (unseen.ends.walk[:, :, 2] == 0).all()


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_a_long_story_read_in_parts_is_read_to_the_same(monkeypatch, rows):
    hops, nodes = layer(hops=3).eval(), random_nodes(nodes=7)
    veils = [torch.rand(2, 7) < 0.3 for _ in range(3)]
    with torch.no_grad():
        whole = [*hops.read_together(nodes, veils)]
        monkeypatch.setattr("memnn.output_map.symbol_hops.AT_ONCE", rows * 2 * 8)
        parts = [*hops.read_together(nodes, veils)]
    assert len(whole) == len(parts) == 2
    for one, other in zip(whole, parts):
        assert torch.allclose(one.nodes.states, other.nodes.states, atol=1e-12)
        assert torch.allclose(one.nodes.registers, other.nodes.registers, atol=1e-12)
        assert torch.equal(one.nodes.mask, other.nodes.mask)
        seen = [weights if rows == 100 else weights[:, :, -1:] for weights in one.weights]
        assert all(torch.allclose(*pair, atol=1e-12) for pair in zip(seen, other.weights))


def test_where_a_gradient_is_wanted_nothing_is_read_in_parts(monkeypatch):
    hops, nodes = layer(hops=2), random_nodes()
    monkeypatch.setattr("memnn.output_map.symbol_hops.AT_ONCE", 1)
    (only,) = hops.read_together(nodes)
    assert all(weights.shape[2] == 4 for weights in only.weights)


class Wanted(torch.nn.Module):
    """Says the same of whatever is at hand."""

    def __init__(self, *added):
        super().__init__()
        self.added = added

    def forward(self, *at_hand):
        return self.added


@pytest.mark.parametrize("place", [None, 0, 1])
def test_what_is_wanted_by_its_name_is_moved(place):
    """Into every scratch register goes a symbol of the sentence, or what it holds stays there."""
    hops, nodes = layer(), random_nodes()
    heads, (batch, count) = sum(hops.heads), nodes.mask.shape
    others = torch.zeros(batch, count, hops.scratch, heads + hops.places, dtype=torch.float64)
    own = torch.zeros(batch, count, hops.scratch, 1, dtype=torch.float64)
    wanted = own[..., 0] if place is None else others[..., heads + place]
    wanted += 1000
    hops.called = Wanted(others, own)
    named = replace(nodes, names=torch.zeros(batch, 3, 1, dtype=torch.float64))
    done = hops.hop(named, hops.offered(named), barriers(nodes.mask, hops.heads, slice(None)).double())
    scratch = done.nodes.registers[:, :, hops.places :]
    held = nodes.registers[:, :, hops.places :] if place is None else nodes.registers[:, :, place, None]
    torch.testing.assert_close(scratch, held.expand_as(scratch))
