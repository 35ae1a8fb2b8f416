import random

import pytest

from memnn.worlds.grid import OPPOSITE, STEPS, directions_along, draw_links, facts_along, lay_out

SHAPES = [(3, 2), (6, 2), (6, 5), (30, 4), (30, 29), (2, 1)]  # things, hops


def cells(grid):
    """Walk the tree from any thing and say where each thing lies."""
    start = next(iter(grid))
    where, left = {start: (0, 0)}, [start]
    while left:
        here = left.pop()
        for way, there in grid[here].items():
            if there not in where:
                x, y = where[here]
                where[there] = (x + STEPS[way][0], y + STEPS[way][1])
                left.append(there)
    return where


@pytest.mark.parametrize(("things", "hops"), SHAPES)
def test_things_form_a_tree_whose_path_never_meets_itself(things, hops):
    for seed in range(30):
        names = [str(number) for number in range(things)]
        grid = lay_out(random.Random(seed), names, hops)
        where = cells(grid)
        assert set(where) == set(names)
        assert sum(map(len, grid.values())) == 2 * (things - 1)
        assert len({where[name] for name in names[: hops + 1]}) == hops + 1
        for here, sides in grid.items():
            assert all(grid[there][OPPOSITE[way]] == here for way, there in sides.items())


def test_what_is_not_on_the_path_hangs_off_it():
    for seed in range(30):
        grid = lay_out(random.Random(seed), "abcdef", 2)
        assert all(set(grid[name].values()) <= set("abc") for name in "def")


@pytest.mark.parametrize(("things", "hops"), SHAPES)
def test_each_pair_is_told_once_and_the_path_leads_from_end_to_end(things, hops):
    rng = random.Random(things)
    names = [str(number) for number in range(things)]
    grid = lay_out(rng, names, hops)
    links = draw_links(rng, grid)
    assert all(grid[here][way] == there for here, way, there in links)
    assert len({frozenset((here, there)) for here, _, there in links}) == len(links) == things - 1

    path = names[: hops + 1]
    here = path[0]
    for way, number in zip(directions_along(grid, path), facts_along(links, path)):
        there = grid[here][way]
        assert {here, there} == {links[number][0], links[number][2]}
        here = there
    assert here == path[-1]


def test_of_a_pair_the_one_with_fewer_neighbours_is_drawn_first_more_often():
    """Of three, a pair is drawn from its end one time in three, from the middle one time in six."""
    rng = random.Random(5)
    ends = 0
    for _ in range(3000):
        grid = lay_out(rng, "abc", 2)
        ends += sum(here != "b" for here, _, _ in draw_links(rng, grid))
    assert ends / 6000 == pytest.approx(2 / 3, abs=0.03)
