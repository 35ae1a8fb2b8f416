"""The grid of tasks 4, 17 and 19: things that lie next to each other, and how that is told.

Found in the official files:

- Two things are joined by each fact, and never is there a ring: the facts are a tree.
- The things asked about are the ends of a path that never meets itself. Whatever else is told
  of hangs off a room of that path, on any side still free. (Two such things may come to lie in the same
  cell. Nobody notices: no fact joins them.)
- To tell, a thing is drawn, then one of its neighbours; what was told before is not told again.
  So leaves come early, and in a pair the one with fewer neighbours tends to be drawn first.
"""

import random
from collections.abc import Iterator, Sequence

from memnn.worlds.telling import pick

STEPS = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
OPPOSITE = {"north": "south", "south": "north", "east": "west", "west": "east"}
_DIRECTIONS = tuple(STEPS)

Grid = dict[str, dict[str, str]]  # what lies north, south, east and west of each thing


def lay_out(rng: random.Random, names: Sequence[str], hops: int) -> Grid:
    """Lay out the things: the first `hops + 1` are a path, the others hang off it."""
    grid: Grid = {name: {} for name in names}
    path = names[: hops + 1]
    for here, direction, there in zip(path, _walk(rng, hops), path[1:]):
        join(grid, here, direction, there)
    sides = _free_sides(grid, path)
    for index in range(hops + 1, len(names)):
        if not sides:
            sides = _free_sides(grid, names[:index])
        near, direction = sides.pop(int(rng.random() * len(sides)))
        join(grid, near, direction, names[index])
    return grid


def join(grid: Grid, here: str, direction: str, there: str) -> None:
    """Put one thing in this direction of another."""
    grid[here][direction] = there
    grid[there][OPPOSITE[direction]] = here


def tell_links(rng: random.Random, grid: Grid) -> Iterator[tuple[str, str, str]]:
    """Each pair of neighbours once: the thing drawn, where its neighbour lies, the neighbour."""
    options = [(name, tuple(sides.items())) for name, sides in grid.items()]
    told: set[tuple[str, str]] = set()
    while len(told) < 2 * (len(options) - 1):
        here, sides = pick(rng, options)
        direction, there = pick(rng, sides)
        if (here, there) not in told:
            told.add((here, there))
            told.add((there, here))
            yield here, direction, there


def _free_sides(grid: Grid, names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, side) for name in names for side in _DIRECTIONS if side not in grid[name]]


def _walk(rng: random.Random, hops: int) -> list[str]:
    """Directions that never lead back to where the walk has been; a walk that is trapped starts afresh."""
    walk: list[str] = []
    x = y = 0
    been = {(0, 0)}
    while len(walk) < hops:
        free = [(d, cell) for d, (dx, dy) in STEPS.items() if (cell := (x + dx, y + dy)) not in been]
        if not free:
            return _walk(rng, hops)
        direction, (x, y) = pick(rng, free)
        been.add((x, y))
        walk.append(direction)
    return walk
