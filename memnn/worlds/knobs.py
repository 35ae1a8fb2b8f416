"""What every simulated world can be told: how long, how many, and in whose words."""

import random
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Knobs:
    """Settings of a world. None means: as in the official bAbI files.

    Raises ValueError, in the world that reads it, when a value leaves nothing to tell
    (no places, fewer facts than hops).
    """

    facts: int | None = None  # facts in a story (at least; a world may need a few more to finish)
    questions: int | None = None  # questions about a story
    hops: int | None = None  # facts a question needs, where the task has a chain to lengthen
    actors: tuple[str, ...] | None = None  # own names; their number is the number of actors
    places: tuple[str, ...] | None = None
    things: tuple[str, ...] | None = None  # what is carried, or the shapes, boxes or kinds compared

    def draw(self, rng: random.Random) -> "Knobs":
        """The knobs of the next story."""
        return self


@dataclass(frozen=True)
class Spread:
    """Knobs whose hops and facts are drawn anew for each story, each number as likely as the others.

    Facts are drawn among those that suffice for the hops drawn, or are the most there can be.
    """

    hops: range | None = None  # None: as the knobs say
    facts: range | None = None
    knobs: Knobs = field(default_factory=Knobs)

    def draw(self, rng: random.Random) -> Knobs:
        """The knobs of the next story."""
        knobs = self.knobs
        if self.hops is not None:
            knobs = replace(knobs, hops=_draw(rng, self.hops))
        if self.facts is not None:
            least = min(max(self.facts.start, knobs.hops or 0), self.facts[-1])
            knobs = replace(knobs, facts=_draw(rng, range(least, self.facts.stop)))
        return knobs


def _draw(rng: random.Random, numbers: range) -> int:
    """One of them; a single one takes no draw, so that it tells the same stories as if it were set."""
    return numbers.start if len(numbers) == 1 else rng.choice(numbers)
