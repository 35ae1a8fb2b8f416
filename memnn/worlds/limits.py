"""What a world answers to knobs that it cannot follow: one clear line."""

from memnn.worlds.knobs import Knobs


def number(what: str, own: int | None, official: int, at_least: int = 1) -> int:
    """One's own number of something, or the official one. Raises ValueError when it is too small."""
    value = official if own is None else own
    if value < at_least:
        raise ValueError(f"this task needs at least {at_least} {what}, not {value}")
    return value


def refuse(knobs: Knobs, *names: str) -> None:
    """Raise ValueError if a number is set that this task has no use for; a number ignored would mislead."""
    for name in names:
        if getattr(knobs, name) is not None:
            raise ValueError(f"this task does not let {name} be set")
