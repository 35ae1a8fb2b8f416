"""The symbols of one dialogue by number, and what its events say of them."""

from memnn.conversation import Row, Turn
from memnn.text.dialogue_lexicon import DialogueLexicon
from memnn.text.symbols import MARK

NONE = -1
SPEAKERS = {"user": 0, "bot": 1, "kb": 2}


class DialogueSymbols:
    """Numbers the symbols of one dialogue in the order they are met, and reads its events.

    `turns`, `mentions`, `rows` and `numbers` grow with every event; nothing that was read changes.
    """

    def __init__(self, lexicon: DialogueLexicon, frames: dict[tuple[str, ...], int]) -> None:
        """`frames` numbers the sentences of all dialogues."""
        self.lexicon, self._frames = lexicon, frames
        self.ids: dict[str, int] = {}
        self.turns: list[tuple[int, ...]] = []
        self.mentions: list[tuple[int, ...]] = []
        self.rows: list[tuple[int, ...]] = []
        self.numbers: list[float] = []
        self._events, self._group, self._after_row = 0, 0, False

    def read(self, event: Turn | Row) -> None:
        """Read one more event."""
        number = self._events
        self._events += 1
        if isinstance(event, Row):
            self._group += not self._after_row
            self._after_row = True
            value = self.lexicon.number(event)
            self.rows.append(
                (
                    self._id(self.lexicon.entry(event.subject)),
                    self.lexicon.relation(event.relation),
                    NONE if value is not None else self._id(self.lexicon.entry(event.value)),
                    self._group,
                    number,
                )
            )
            self.numbers.append(value or 0.0)
            return
        self._after_row = False
        parsed = self.lexicon.parse(event.text)
        frame = self._frames.setdefault(parsed.frame, len(self._frames))
        speaker = SPEAKERS[event.speaker]
        self.turns.append((frame, speaker, number))
        places = [place for place, word in enumerate(parsed.frame) if word is MARK]
        for place, filler in zip(places, parsed.fillers):
            self.mentions.append((frame, place, speaker, self._id(filler), number))

    def _id(self, symbol: str) -> int:
        return self.ids.setdefault(symbol, len(self.ids))

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many turns, mentions, rows and symbols were read."""
        return len(self.turns), len(self.mentions), len(self.rows), len(self.ids)
