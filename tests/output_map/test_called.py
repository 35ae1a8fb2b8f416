"""What is moved by what it is called, against loops."""

import torch

from memnn.output_map.called import NUMBERS, SHARP, Called

BATCH, NODES, PLACES, SYMBOLS, DIM, SAID, SCRATCH = 2, 4, 3, 5, 7, 6, 2


def drawn():
    torch.manual_seed(0)
    fillers = torch.zeros(BATCH, NODES, PLACES, SYMBOLS)
    for story in range(BATCH):
        for node in range(NODES):
            for place, symbol in enumerate(torch.randperm(SYMBOLS)[: 1 + node % PLACES]):
                fillers[story, node, place, symbol] = 1
    return Called(DIM, SAID, SCRATCH), fillers, torch.randn(BATCH, NODES, PLACES, SAID)


def test_a_symbol_is_called_what_its_mentions_say_in_the_mean():
    part, fillers, says = drawn()
    found = part.of_symbols(fillers, says)
    for story in range(BATCH):
        for symbol in range(SYMBOLS):
            mentions = [tuple(at) for at in fillers[story, :, :, symbol].nonzero().tolist()]
            said = sum((says[story][at] for at in mentions), torch.zeros(SAID)) / max(1, len(mentions))
            torch.testing.assert_close(found[story, symbol], part.call.weight @ said)


def test_places_that_nothing_is_read_of_may_be_left_out():
    part, fillers, says = drawn()
    fillers[:, :, -1] = 0
    assert torch.equal(part.of_symbols(fillers, says), part.of_symbols(fillers, says[:, :, :-1]))


def test_what_is_added_matches_the_loops():
    part, fillers, says = drawn()
    called = part.of_symbols(fillers, says)
    y, shared = torch.randn(BATCH, NODES, DIM), torch.rand(BATCH, NODES, 3, SYMBOLS)
    scratch = torch.rand(BATCH, NODES, SCRATCH, SYMBOLS)
    others, own = part(y, called, shared, scratch)
    for story in range(BATCH):
        for node in range(NODES):
            want = part.want(y[story, node]).view(SCRATCH, NUMBERS)
            for r in range(SCRATCH):
                for a in range(3):
                    fits = want[r] @ (shared[story, node, a] @ called[story])
                    torch.testing.assert_close(others[story, node, r, a], SHARP * fits)
                fits = want[r] @ (scratch[story, node, r] @ called[story])
                torch.testing.assert_close(own[story, node, r, 0], SHARP * fits)


def test_what_no_name_is_read_of_moves_as_it_would():
    part, fillers, says = drawn()
    called = part.of_symbols(fillers, 0 * says)
    added = part(torch.randn(BATCH, NODES, DIM), called, fillers, fillers[:, :, :SCRATCH])
    assert not any(part.any() for part in added)
