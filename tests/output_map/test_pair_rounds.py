import pytest
import torch
from reference import pair_round

from memnn.output_map import pair_rounds, references
from memnn.output_map.pair_rounds import HEADS, WIDTH, PairRounds
from memnn.output_map.references import AFTER, BEFORE

NODE, DIM, PLACES, KINDS = 5, 3, 3, 2
STORY = [(0, 1), (1, 2), (1, None), (2, 0)]  # the symbols in the places of three facts and the question


def layer(rounds=2):
    """With random weights everywhere, not only where it starts out with them."""
    sizes = {"dim": DIM, "kinds": KINDS, "hidden": 7}
    pairs = PairRounds(NODE, PLACES, **sizes, rounds=rounds).double().eval()
    for weight in pairs.parameters():
        torch.nn.init.normal_(weight, std=0.5)
    return pairs


def filled(story, symbols=3):
    return pair_round.filled(story, PLACES, symbols)


def shown(pairs, states, *told, **more):
    """The nodes' states, with what is added."""
    return states + pairs(states, *told, **more)[0]


def names(nodes=4):
    return torch.randn(1, nodes, PLACES, KINDS, dtype=torch.float64)


def told(story):
    return torch.ones(1, len(story), dtype=torch.bool)


def states(nodes=4):
    return torch.randn(1, nodes, NODE, dtype=torch.float64)


@pytest.mark.parametrize("rounds", [0, 1, 3])
@pytest.mark.parametrize(
    "story", [STORY, [(None, 1), (None, 0, 2), (None, None, 2), (0, None, 2)], [*STORY[:3], (1, None, 1)]]
)
def test_rounds_match_the_loops_and_their_gradients(rounds, story):
    pairs, told_states, says = layer(rounds), states().requires_grad_(), names().requires_grad_()
    w = dict(pairs.named_parameters())
    ours = shown(pairs, told_states, filled(story), told(story), says=says)[0]
    story = [(*fillers, None, None)[:PLACES] for fillers in story]
    *facts, question = zip(told_states[0], story, says[0])
    referring = BEFORE + AFTER, BEFORE, references.WIDTH
    theirs = pair_round.rounds(w, facts, question, range(3), DIM, HEADS, WIDTH, rounds, referring)
    torch.testing.assert_close(ours, theirs)
    leaves = {"states": told_states, "says": says, **w}
    gradients = (
        torch.autograd.grad(found.sin().sum(), list(leaves.values()), allow_unused=True)
        for found in (ours, theirs)
    )
    for name, a, b in zip(leaves, *gradients):
        zero = torch.zeros_like(leaves[name])
        a, b = (zero if grad is None else grad for grad in (a, b))
        torch.testing.assert_close(a, b, msg=lambda m, name=name: f"gradient of {name}: {m}")


def test_other_names_change_nothing():
    pairs, some = layer(), states()
    order = [2, 0, 1]
    other = [tuple(None if one is None else order[one] for one in fillers) for fillers in STORY]
    torch.testing.assert_close(
        shown(pairs, some, filled(other), told(STORY)), shown(pairs, some, filled(STORY), told(STORY))
    )


@pytest.mark.parametrize("asked", [(2, 2), (None, 1), (None, None)])
def test_a_question_that_does_not_name_two_symbols_sees_the_facts_as_they_are(asked):
    some, story = states(), [*STORY[:3], asked]
    assert torch.equal(shown(layer(), some, filled(story), told(story)), some)


def test_stories_of_few_and_of_many_symbols_side_by_side_are_as_each_alone():
    stories = [
        STORY,
        [(0, 1), (2, 3), (3, 4), (1, 4)],
        [(0, 0), (0, 0), (1, 0), (0, 1)],
        [(1, 1), (0, 1), (1, 1), (1, 1)],
    ]
    pairs, some = layer(), torch.cat([states() for _ in stories])
    fillers = torch.cat([filled(story, symbols=5) for story in stories])
    found = shown(pairs, some, fillers, torch.ones(len(stories), 4, dtype=torch.bool))
    for row, story in enumerate(stories):
        alone = shown(pairs, some[row : row + 1], filled(story, symbols=5), told(story))
        torch.testing.assert_close(found[row : row + 1], alone)


def test_what_is_not_told_is_as_if_it_were_not_there():
    pairs, some = layer(), states()
    without = told(STORY)
    without[0, 1] = False
    found = shown(pairs, some, filled(STORY), without)
    shorter = [0, 2, 3]
    story = [STORY[node] for node in shorter]
    torch.testing.assert_close(found[:, shorter], shown(pairs, some[:, shorter], filled(story), told(story)))
    assert not torch.allclose(found, shown(pairs, some, filled(STORY), told(STORY)))


def test_symbols_of_other_stories_change_nothing():
    pairs, some = layer(), states()
    wide = shown(pairs, some, filled(STORY, symbols=6), told(STORY))
    torch.testing.assert_close(wide, shown(pairs, some, filled(STORY), told(STORY)))


def test_a_product_made_in_parts_is_the_same(monkeypatch):
    pairs, some = layer(), states()
    whole = shown(pairs, some, filled(STORY), told(STORY))
    monkeypatch.setattr(pair_rounds, "AT_ONCE", 1)
    with torch.no_grad():
        torch.testing.assert_close(shown(pairs, some, filled(STORY), told(STORY)), whole)


def test_of_too_many_symbols_those_named_last_are_read(monkeypatch):
    pairs, some = layer(), states()
    monkeypatch.setattr(pair_rounds, "PAIRED", 3)
    story = [(3, 4), *STORY[1:]]  # two names that the other sentences have not
    first = [(None, None), *STORY[1:]]
    found = shown(pairs, some, filled(story, symbols=5), told(story))
    torch.testing.assert_close(found, shown(pairs, some, filled(first), told(first)))


@pytest.mark.parametrize(("skipped", "noise"), [(0.3, 0), (0, 0.3), (0, 0)])
def test_training_goes_without_some_of_the_thirds_and_adds_noise_and_answering_does_not(
    monkeypatch, skipped, noise
):
    monkeypatch.setattr(pair_rounds, "SKIPPED", skipped)
    monkeypatch.setattr(pair_rounds, "NOISE", noise)
    pairs, some = layer(), states()
    said = shown(pairs, some, filled(STORY), told(STORY))
    assert torch.equal(shown(pairs, some, filled(STORY), told(STORY)), said)
    pairs.train()
    trained = [shown(pairs, some, filled(STORY), told(STORY)) for _ in range(2)]
    if skipped or noise:
        assert not torch.allclose(*trained)
    else:
        torch.testing.assert_close(trained, [said, said])


@pytest.mark.parametrize(("rounds", "seen"), [(1, False), (3, True)])
def test_what_follows_from_eight_links_takes_three_rounds(rounds, seen):
    chain = [(link, link + 1) for link in range(8)]
    pairs, some = layer(rounds), states(9).requires_grad_()
    found = shown(pairs, some, filled([*chain, (0, 8)], symbols=9), told([*chain, None]))
    (slope,) = torch.autograd.grad(found[0, -1].sum(), some)
    assert bool(slope[0, 3].any()) == bool(slope[0, 4].any()) == seen


def test_where_names_say_nothing_pairs_go_by_facts_alone():
    pairs = PairRounds(NODE, PLACES, dim=DIM, kinds=0, rounds=2).double().eval()
    some = states()
    assert not torch.allclose(shown(pairs, some, filled(STORY), told(STORY)), some)


def test_what_the_two_are_to_each_other_is_found_both_ways():
    pairs, some = layer(), states()
    story = torch.cat([filled([*STORY[:3], (1, 1)]), filled(STORY)])  # the first is asked about one symbol
    _, between = pairs(some.repeat(2, 1, 1), story, told(STORY).repeat(2, 1))
    says = torch.zeros(1, 4, PLACES, KINDS).double()
    found = pairs.find(some[:, :-1], filled(STORY), told(STORY)[:, :-1], says, 2)[0]
    torch.testing.assert_close(between[1], torch.stack([found[2, 0], found[0, 2]]))
    assert not between[0].any()
