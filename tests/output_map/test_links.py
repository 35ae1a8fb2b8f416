"""Where chains of facts end: a walk that goes from each fact to the first that fits."""

import numpy as np
import pytest
import torch
from reference.symbol_hop import linear, norm

from memnn.output_map import links as module
from memnn.output_map.links import Links

DIM, PLACES, WIDTH, SYMBOLS = 5, 3, 4, 6
GOES_ON = 1 - 1e-4


def links() -> Links:
    made = Links(DIM, PLACES, WIDTH).double()
    for weight in made.parameters():
        torch.nn.init.normal_(weight)
    return made


def told(nodes, batch=1):
    """States, fillers of which some places are empty, and which facts count."""
    fillers = torch.nn.functional.one_hot(torch.randint(SYMBOLS, (batch, nodes, PLACES)), SYMBOLS).double()
    fillers[:, :, 2] *= torch.rand(batch, nodes, 1) < 0.5
    return torch.randn(batch, nodes, DIM).double(), fillers, torch.ones(batch, nodes).bool()


def by_loops(made, states, fillers, told):
    """W of one story, and what each node is shown, walking on until next to nothing is left."""
    w = dict(made.named_parameters())
    nodes = len(states)
    y = [norm(w, "before", x) for x in states]
    ask, offer = ([linear(w, name, each) for each in y] for name in ("ask", "offer"))
    orders = [
        lambda i: [j for j in range(nodes - 2, -1, -1) if j != i],
        lambda i: range(i - 1, -1, -1),
        lambda i: range(i + 1, nodes - 1) if i < nodes - 1 else range(i - 1, -1, -1),
    ]
    walk = torch.zeros(nodes, nodes).double()
    for i in range(nodes):
        shares = linear(w, "order", y[i]).softmax(0)
        for h, order in enumerate(orders):
            left = GOES_ON * shares[h]
            for j in order(i):
                if not told[j]:
                    continue
                (q, a), (k, b) = (torch.split(side, [WIDTH, PLACES]) for side in (ask[i], offer[j]))
                same = ((4 * a).softmax(0) @ fillers[i]) @ ((4 * b).softmax(0) @ fillers[j])
                fit = (4 * (q @ k / WIDTH**0.5 + w["offset"])).sigmoid() * same
                walk[i, j] += left * fit
                left = left * (1 - fit)
    shown = torch.zeros(nodes, DIM).double()
    symbols = torch.zeros(nodes, SYMBOLS).double()
    for i in range(nodes):
        at = torch.eye(nodes).double()[i]
        for _ in range(3000):
            for j in range(nodes):
                ends = at[j] * (1 - walk[j].sum())
                shown[i] += ends * linear(w, "value", y[j])
                symbols[i] += ends * linear(w, "point", y[j]).softmax(0) @ fillers[j]
            at = at @ walk
            if at.sum() < 1e-9:
                break
    return walk, shown, symbols


@torch.no_grad()
def test_walks_are_those_of_loops():
    torch.manual_seed(0)
    made = links()
    for _ in range(5):
        states, fillers, heard = told(6, batch=2)
        heard[0, 2] = heard[1, 4] = False
        ends, walk = made(states, fillers, heard), made.walk(states, fillers, heard)
        for row in range(2):
            one, shown, symbols = by_loops(made, states[row], fillers[row], heard[row])
            torch.testing.assert_close(walk[row], one)
            torch.testing.assert_close(ends.shown[row], shown)
            torch.testing.assert_close(ends.symbols[row], symbols)


@torch.no_grad()
def test_facts_without_a_symbol_of_the_chain_change_nothing_however_many():
    torch.manual_seed(1)
    made = links()
    states, fillers, heard = told(5)
    among = torch.randn(1, 400, DIM).double()
    others = torch.zeros(1, 400, PLACES, 2 * SYMBOLS).double()
    others[..., SYMBOLS:] = told(400)[1]
    fillers = torch.nn.functional.pad(fillers, (0, SYMBOLS))
    alone = made(states, fillers, heard)
    where = torch.randperm(404)[:4].sort().values
    told_among, filled = torch.zeros(1, 405, DIM).double(), torch.zeros(1, 405, PLACES, 2 * SYMBOLS).double()
    rest = np.setdiff1d(np.arange(404), where)
    for into, of, more in ((told_among, states, among), (filled, fillers, others)):
        into[:, where], into[:, rest], into[:, -1] = of[:, :4], more, of[:, -1]
    crowded = made(told_among, filled, torch.ones(1, 405).bool())
    torch.testing.assert_close(crowded.shown[:, -1], alone.shown[:, -1])
    torch.testing.assert_close(crowded.symbols[:, -1], alone.symbols[:, -1])


@torch.no_grad()
@pytest.mark.parametrize("facts", [0, 1, 3])
def test_walks_that_go_round_end_all_the_same(facts):
    made = links()
    made.offset.fill_(100)  # all facts with the same symbol fit
    states, _, heard = told(facts + 1)
    fillers = torch.zeros(1, facts + 1, PLACES, 1).double()
    fillers[:, :, :] = 1
    ends = made(states, fillers, heard)
    torch.testing.assert_close(ends.symbols, torch.ones_like(ends.symbols))
    assert ends.shown.isfinite().all()


@torch.no_grad()
def test_what_is_not_told_is_not_gone_to():
    made = links()
    states, fillers, heard = told(5)
    heard[0, 1] = False
    walk = made.walk(states, fillers, heard)
    assert (walk[0, :, 1] == 0).all()
    assert (walk[0, :, -1] == 0).all()  # nor is the question
    other = states.clone()
    other[0, 1] += 1
    torch.testing.assert_close(
        made(other, fillers, heard).shown[0, -1], made(states, fillers, heard).shown[0, -1]
    )


@torch.no_grad()
def test_what_the_questions_walk_passes_is_counted():
    made = links()
    states, fillers, heard = told(6)
    ends = made(states, fillers, heard)
    at, passed = torch.eye(6).double()[-1], torch.zeros(6).double()
    for _ in range(3000):
        passed, at = passed + at, at @ ends.walk[0]
    torch.testing.assert_close(ends.passed[0], passed)


@torch.no_grad()
def test_of_very_many_facts_steps_are_added_up_to_the_same(monkeypatch):
    made = links()
    told_of = told(30)
    solved = made(*told_of)
    ways = solved.shown, solved.symbols, solved.passed
    monkeypatch.setattr(module, "MANY", 20)
    monkeypatch.setattr(torch.linalg, "solve", None)
    stepped = made(*told_of)
    torch.testing.assert_close((stepped.shown, stepped.symbols, stepped.passed), ways, atol=1e-4, rtol=1e-4)
