"""The transcript of a live conversation: what was said and told, and what of it the model sees."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memnn.conversation import SILENCE, Event, Row, Turn


@dataclass(frozen=True)
class Transcript:
    """A conversation as a value: what was said and told, and which of it the model does not see."""

    events: tuple[Event, ...] = ()
    unseen: frozenset[tuple[int, int]] = frozenset()  # an event's place, and how many there were when it was
    # set aside: stock replies and what they answer, results that a changed request has outdated

    @property
    def aside(self) -> frozenset[int]:
        """The places of events that the model does not see."""
        return frozenset(place for place, _ in self.unseen)

    def add(self, *events: Event, aside: bool = False) -> "Transcript":
        """The transcript with more events."""
        first = len(self.events)
        longer = Transcript((*self.events, *events), self.unseen)
        return longer.set_aside(range(first, first + len(events)), first) if aside else longer

    def set_aside(self, places: Iterable[int], when: int | None = None) -> "Transcript":
        """The same with these events unseen from now on."""
        when = len(self.events) if when is None else when
        return Transcript(self.events, self.unseen | {(place, when) for place in places})

    def replace_last(self, event: Event) -> "Transcript":
        """The transcript with another last event, which the model does not see."""
        return Transcript(self.events[:-1], self.unseen).add(event, aside=True)

    def before_last_turn(self) -> "Transcript":
        """The transcript as it was before the user spoke last; itself where the user never did."""
        spoken = [
            place
            for place, event in enumerate(self.events)
            if isinstance(event, Turn) and event.speaker == "user" and event.text != SILENCE
        ]
        if not spoken:
            return self
        kept = frozenset(pair for pair in self.unseen if pair[1] < spoken[-1])
        return Transcript(self.events[: spoken[-1]], kept)

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON."""
        events = [
            [e.subject, e.relation, e.value] if isinstance(e, Row) else [e.speaker, e.text]
            for e in self.events
        ]
        return {"events": events, "unseen": sorted(self.unseen)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Transcript":
        """What `to_json` gave. Raises LookupError, TypeError or ValueError for anything else."""
        events = tuple(_event(parts) for parts in content["events"])
        return cls(events, frozenset((int(place), int(when)) for place, when in content["unseen"]))


def _event(parts: Sequence[Any]) -> Event:
    if not all(isinstance(part, str) for part in parts):
        raise TypeError
    if len(parts) == 3:
        return Row(*parts)
    speaker, text = parts
    if speaker not in ("user", "bot", "kb"):
        raise ValueError
    return Turn(speaker, text)
