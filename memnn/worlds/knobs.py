"""What every simulated world can be told: how long, how many, and in whose words."""

from dataclasses import dataclass


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
