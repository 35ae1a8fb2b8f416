"""The grid of tasks 4, 17 and 19: things that lie next to each other, and how that is told.

Found in the official files:

- Each fact joins two neighbours, and never do the facts make a ring: the things form a tree.
- The things asked about are the ends of a path that never meets itself. Whatever else is told of
  hangs off a thing on that path, on any side still free. (Two things may come to lie in the same
  cell. Nobody notices: no fact joins them.)
- To tell a fact, a thing is drawn, then one of its neighbours; what was told is not told again.
  So those with one neighbour come early, and tend to be the one drawn first.
"""

import random
from collections.abc import Sequence
from itertools import pairwise

from memnn.worlds.telling import pick

STEPS = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
OPPOSITE = {"north": "south", "south": "north", "east": "west", "west": "east"}

Grid = dict[str, dict[str, str]]  # what lies north, south, east and west of each thing
Link = tuple[str, str, str]  # a thing, the direction in which its neighbour lies, the neighbour


def join(grid: Grid, here: str, direction: str, there: str) -> None:
    """Put one thing in this direction of another."""
    grid[here][direction] = there
    grid[there][OPPOSITE[direction]] = here


def lay_out(rng: random.Random, names: Sequence[str], hops: int) -> Grid:
    """Lay out the things: the first `hops + 1` are a path, the others hang off it."""
    grid: Grid = {name: {} for name in names}
    path = names[: hops + 1]
    for (here, there), direction in zip(pairwise(path), _walk(rng, hops)):
        join(grid, here, direction, there)
    sides = _free_sides(grid, path)
    for index in range(hops + 1, len(names)):
        if not sides:
            sides = _free_sides(grid, names[:index])
        near, direction = sides.pop(int(rng.random() * len(sides)))
        join(grid, near, direction, names[index])
    return grid


def directions_along(grid: Grid, path: Sequence[str]) -> list[str]:
    """The directions walked from the first thing of a path to its last."""
    return [
        next(direction for direction, name in grid[here].items() if name == there)
        for here, there in pairwise(path)
    ]


def draw_links(rng: random.Random, grid: Grid) -> list[Link]:
    """Each pair of neighbours once, in the order they are told: first the thing drawn, then its neighbour."""
    options = [(name, tuple(sides.items())) for name, sides in grid.items()]
    links: list[Link] = []
    drawn: set[tuple[str, str]] = set()
    while len(links) < len(options) - 1:
        here, sides = pick(rng, options)
        direction, there = pick(rng, sides)
        if (here, there) not in drawn and (there, here) not in drawn:
            drawn.add((here, there))
            links.append((here, direction, there))
    return links


def facts_along(links: Sequence[Link], path: Sequence[str]) -> tuple[int, ...]:
    """The links, by number, that lead from the first thing of a path to its last."""
    number: dict[tuple[str, str], int] = {}
    for index, (here, _, there) in enumerate(links):
        number[here, there] = number[there, here] = index
    return tuple(number[pair] for pair in pairwise(path))


def _free_sides(grid: Grid, names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, side) for name in names for side in STEPS if side not in grid[name]]


def _walk(rng: random.Random, hops: int) -> list[str]:
    """Directions that never lead back to where the walk has been; a walk that is trapped starts afresh."""
    walk: list[str] = []
    x = y = 0
    been = {(0, 0)}
    while len(walk) < hops:
        free = [(way, cell) for way, (dx, dy) in STEPS.items() if (cell := (x + dx, y + dy)) not in been]
        if not free:
            walk, x, y, been = [], 0, 0, {(0, 0)}
            continue
        way, (x, y) = pick(rng, free)
        been.add((x, y))
        walk.append(way)
    return walk
