"""Where things are, by least squares, and the chain of facts between two of them."""

import itertools

import numpy as np
import pytest
import torch

from memnn.output_map.layout import Laid, Layout

DIM, PLACES, SPACE, ITEMS = 6, 3, 2, 5
NEAR = 7.0  # resistance of things that are half joined


def layout() -> Layout:
    made = Layout(DIM, PLACES, space=SPACE, items=ITEMS).double()
    for weight in made.parameters():
        torch.nn.init.normal_(weight)
    return made


def told(links: list[tuple[int, ...]], asked: tuple[int, ...], symbols: int):
    """Fillers of facts that name those symbols, and of the question, and which count."""
    fillers = torch.zeros(1, len(links) + 1, PLACES, symbols).double()
    for node, named in enumerate((*links, asked)):
        for place, symbol in enumerate(named):
            fillers[0, node, place, symbol] = 1
    return fillers, torch.ones(1, len(links) + 1).bool()


def by_loops(made: Layout, states, links, asked, symbols):
    """f_ipq, Q_2 h - Q_1 h and the chain of one story whose facts are one graph."""
    w = {name: weight.detach().numpy() for name, weight in made.named_parameters()}
    pairs = list(itertools.combinations(range(PLACES), 2))
    y = [x / np.sqrt((x**2).mean() + np.finfo(float).eps) * w["told.weight"] for x in states.numpy()]
    laplacian, pulled = np.zeros((symbols, symbols)), np.zeros((symbols, SPACE))
    edges = []
    for i, named in enumerate(links):
        for e, (p, q) in enumerate(pairs):
            if q < len(named) and named[p] != named[q]:
                k = 1 / (1 + np.exp(-(w["strength.weight"][e] @ y[i] + w["strength.bias"][e])))
                d = w["distance.weight"].reshape(len(pairs), SPACE, DIM)[e] @ y[i]
                step = np.zeros(symbols)
                step[named[q]], step[named[p]] = 1, -1
                laplacian += k * np.outer(step, step)
                pulled += k * np.outer(step, d)
                edges.append((i, e, k, step))
    inverse = np.linalg.pinv(laplacian)
    h = inverse @ pulled
    led = np.zeros(symbols)
    led[asked[0]], led[asked[1]] = 1, -1
    v = inverse @ led
    joined = NEAR / (NEAR + v[asked[0]] - v[asked[1]])
    flow = np.zeros((len(links), len(pairs)))
    for i, e, k, step in edges:
        flow[i, e] = -k * step @ v
    along = w["along.weight"].reshape(DIM, 2 * len(pairs), DIM)
    chain = []
    for j in range(ITEMS):
        said, taken = np.zeros(DIM), 0.0
        for i, e, _, step in edges:
            middle = np.abs(step) @ v
            passed = sum(abs(flow[a, b]) for a, b, _, s in edges if np.abs(s) @ v > middle + 1e-3)
            if abs(passed - j) < 0.5:
                back = 0 if flow[i, e] > 0 else len(pairs)
                said += joined * abs(flow[i, e]) * along[:, back + e] @ y[i]
                taken += joined * abs(flow[i, e])
        chain.append(said + (1 - taken) * w["ended"] + (j > 0) * w["later"])
    return joined * flow, joined * (h[asked[1]] - h[asked[0]]), np.array(chain)


@pytest.mark.parametrize(
    "links",
    [
        [(1, 0), (1, 2), (3, 2), (0, 4), (2, 5)],  # a chain and what hangs off it
        [(1, 0), (1, 2), (3, 2), (0, 3, 1), (2, 4), (4, 5)],  # rings, and a fact that names three
        [(0, 1), (1, 2), (2, 1), (2, 3), (3, 3)],  # one thing told twice, and one of itself
    ],
)
def test_positions_currents_and_the_chain_are_those_of_the_equations(links, monkeypatch):
    monkeypatch.setattr("memnn.output_map.layout.FAR", NEAR)
    torch.manual_seed(0)
    made, symbols, asked = layout(), 6, (0, 3)
    states = torch.randn(1, len(links) + 1, DIM).double()
    fillers, counts = told(links, asked, symbols)
    laid = made(states, fillers, counts)
    flow, apart, chain = (
        torch.from_numpy(found) for found in by_loops(made, states[0], links, asked, symbols)
    )
    near = {"atol": 1e-5, "rtol": 1e-5}
    torch.testing.assert_close(laid.apart[0], apart, **near)
    torch.testing.assert_close(laid.chain[0], chain, **near)
    shown = torch.cat([flow, torch.zeros_like(flow[:1])]) @ made.current.weight.T + made.current.bias
    shown[-1] += made.show(apart.tanh())
    torch.testing.assert_close(laid.shown[0], shown.detach(), **near)


def test_a_long_walk_is_as_far_as_its_steps_and_is_read_in_its_order():
    made, symbols = Layout(4, 2, space=2, items=61), 70
    rng = np.random.default_rng(0)
    ways = torch.tensor([[0.0, 1], [0, -1], [1, 0], [-1, 0]])
    names, walk = rng.permutation(symbols), rng.integers(0, 4, 50)
    with torch.no_grad():
        made.distance.weight.copy_(ways.T)
        made.later.zero_()
        made.along.weight.copy_(torch.cat([torch.eye(4), -torch.eye(4)], 1))
    links = [(names[n], names[n + 1]) for n in range(50)] + [(names[n], names[n + 51]) for n in range(18)]
    says = [*walk, *rng.integers(0, 4, 18)]
    turned = rng.random(len(links)) < 0.5
    opposite = [1, 0, 3, 2]
    facts = [
        (link[::-1], opposite[say]) if turn else (link, say) for link, say, turn in zip(links, says, turned)
    ]
    order = rng.permutation(len(facts))
    fillers, counts = told([facts[n][0] for n in order], (names[0], names[50]), symbols)
    states = torch.eye(4)[[*(facts[n][1] for n in order), 0]][None]
    laid = made(states, fillers[:, :, :2].float(), counts)
    norm = 2  # of y, whose mean square is 1
    torch.testing.assert_close(laid.apart[0], norm * ways[walk].sum(0), atol=0.1, rtol=0.02)
    read = [
        -1 - int(opposite[int(step.argmin())]) if step.min() < -1 else int(step.argmax())
        for step in laid.chain[0, :50]
    ]
    assert [say if say >= 0 else opposite[opposite[-1 - say]] for say in read] == list(walk)
    torch.testing.assert_close(laid.chain[0, 50:], made.ended.expand(11, -1), atol=0.05, rtol=0)


def test_nothing_is_shown_of_things_that_no_fact_joins_or_of_one_thing():
    torch.manual_seed(1)
    made = layout()
    states = torch.randn(1, 4, DIM).double()
    fillers, counts = told([(0, 1), (2, 3), (3, 4)], (0, 4), 6)
    laid = made(states, fillers, counts)
    torch.testing.assert_close(laid.apart, torch.zeros_like(laid.apart), atol=1e-2, rtol=0)
    torch.testing.assert_close(laid.chain[0, 0], made.ended, atol=0.05, rtol=0)
    torch.testing.assert_close(
        laid.chain[0, 1:], (made.ended + made.later).expand(ITEMS - 1, -1), atol=0.05, rtol=0
    )
    alone = made(states, *told([(0, 1), (2, 3), (3, 4)], (0,), 6))
    assert not alone.asked.any()
    assert not any(part.any() for part in (alone.shown, alone.apart, alone.chain))


def test_facts_that_do_not_count_join_nothing():
    torch.manual_seed(2)
    made = layout()
    states = torch.randn(1, 4, DIM).double()
    fillers, counts = told([(0, 1), (1, 2), (0, 2)], (0, 2), 3)
    counts[0, 2] = False
    without = made(states[:, [0, 1, 3]], *told([(0, 1), (1, 2)], (0, 2), 3))
    torch.testing.assert_close(made(states, fillers, counts).chain, without.chain)


def test_places_that_hold_no_thing_are_as_if_empty():
    torch.manual_seed(4)
    made = layout()
    states = torch.randn(1, 3, DIM).double()
    fillers, counts = told([(0, 5, 1), (2, 4, 1)], (0, 5, 2), 6)
    things = torch.tensor([True, False, True]).expand(1, 3, 3)
    empty = fillers * things[..., None]
    found, plain = made(states, fillers, counts, things), made(states, empty, counts)
    for part, other in zip(vars(found).values(), vars(plain).values()):
        torch.testing.assert_close(part, other)
    assert plain.chain.any()
    assert not made(
        states, *told([(0, 5), (1, 5)], (0, 5), 6), torch.tensor([[[True, False, True]] * 3])
    ).asked


def test_answers_teach_what_facts_say_and_which_ones_join():
    torch.manual_seed(3)
    made = layout()
    states = torch.randn(1, 4, DIM).double().requires_grad_()
    laid = made(states, *told([(0, 1), (1, 2), (0, 2)], (0, 2), 3))
    (laid.apart.sum() + laid.chain.sum() + laid.shown.square().sum()).backward()
    for name, weight in made.named_parameters():
        assert weight.grad is not None and weight.grad.abs().max() > 0, name
    assert states.grad.abs().max() > 0


def test_a_question_about_two_things_begins_anew_for_each_item_and_another_goes_on():
    chain, question, begun = torch.randn(2, ITEMS, DIM), torch.randn(2, 1, DIM), torch.randn(2, 1, DIM)
    laid = Laid(torch.zeros(2, 3, DIM), torch.zeros(2, SPACE), chain, torch.tensor([True, False]))
    for item in (0, 2, ITEMS + 3):  # answers that are too long see the last
        led = laid.lead(question, begun, item)
        assert torch.equal(led[0], begun[0] + chain[0, min(item, ITEMS - 1)])
        assert torch.equal(led[1], question[1])
