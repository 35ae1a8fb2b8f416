"""Dialogues with symbols as tensors: what was said, who named which symbol where, what the rows say."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from memnn.conversation import Dialogue, Turn
from memnn.text.batches import find_kinds, pad
from memnn.text.dialogue_lexicon import UNTOLD, DialogueLexicon, Said
from memnn.text.dialogue_symbols import NONE, DialogueSymbols
from memnn.text.entities import NAME
from memnn.text.vocabulary import NIL

# The columns of a dialogue's events as they are kept here; each has one entry a turn, a mention or a row.
_TURNS = ("frame", "speaker", "event")
_MENTIONS = ("frame", "place", "speaker", "symbol", "event")
_ROWS = ("subject", "relation", "value", "group", "event")


@dataclass(frozen=True)
class Conversation:
    """What was said and told before each reply, oldest first and padded in front.

    A symbol is a number within its dialogue, counted from 0 in the order met.
    """

    frames: Int[Tensor, "frames words"]  # distinct sentences less their symbols, padded with NIL behind
    turn_frame: Int[Tensor, "batch turns"]
    turn_speaker: Int[Tensor, "batch turns"]  # as in SPEAKERS
    turn_event: Int[Tensor, "batch turns"]  # which event of the dialogue it is
    turn_mask: Bool[Tensor, "batch turns"]
    mention_frame: Int[Tensor, "batch mentions"]  # a mention is a symbol at its place in a sentence
    mention_place: Int[Tensor, "batch mentions"]  # counted in words of the frame
    mention_speaker: Int[Tensor, "batch mentions"]
    mention_symbol: Int[Tensor, "batch mentions"]
    mention_event: Int[Tensor, "batch mentions"]
    mention_mask: Bool[Tensor, "batch mentions"]
    row_subject: Int[Tensor, "batch rows"]  # a symbol
    row_relation: Int[Tensor, "batch rows"]
    row_value: Int[Tensor, "batch rows"]  # a symbol, NONE where it is a number
    row_number: Float[Tensor, "batch rows"]  # in spreads from the mean of the property, 0 where it is none
    row_event: Int[Tensor, "batch rows"]
    row_newest: Bool[Tensor, "batch rows"]  # whether the row came with the newest rows
    row_mask: Bool[Tensor, "batch rows"]
    symbol_class: Int[Tensor, "batch symbols"]
    symbol_mask: Bool[Tensor, "batch symbols"]


@dataclass(frozen=True)
class Slots:
    """Slots of replies in a row, all of them to be filled at once."""

    reply: Int[Tensor, " slots"]  # which of the batch
    kind: Int[Tensor, " slots"]  # the slot among those of all templates
    before: Int[Tensor, "slots two"]  # the symbols in the slot before it and in the first, NONE where none


@dataclass(frozen=True)
class DialogueBatch:
    """Conversations and the replies that were given."""

    told: Conversation
    answer: Int[Tensor, " batch"]  # the template, 0 where training never had it
    slots: Slots
    copied: Int[Tensor, " slots"]  # the symbol that fills the slot, NONE where the conversation has it not
    named: Int[Tensor, " slots"]  # the name that does, 0 where there is none
    kind: Int[Tensor, " batch"]

    def to(self, device: torch.device) -> "DialogueBatch":
        """The same batch on another device."""
        if self.answer.device == device:
            return self
        moved: DialogueBatch = _to(self, device)
        return moved

    def share(self, number: int, of: int) -> "DialogueBatch":
        """Every `of`-th reply from that number on: what one of several processes takes."""
        told = {
            field.name: getattr(self.told, field.name)[
                slice(None) if field.name == "frames" else slice(number, None, of)
            ]
            for field in fields(Conversation)
        }
        own = self.slots.reply % of == number
        return DialogueBatch(
            Conversation(**told),
            self.answer[number::of],
            Slots(self.slots.reply[own] // of, self.slots.kind[own], self.slots.before[own]),
            self.copied[own],
            self.named[own],
            self.kind[number::of],
        )


def _to(part: Any, device: torch.device) -> Any:
    moved = {}
    for field in fields(part):
        value = getattr(part, field.name)
        moved[field.name] = value.to(device) if isinstance(value, Tensor) else _to(value, device)
    return type(part)(**moved)


class DialogueTensors:
    """Every reply of the dialogues, ready for batching: `batch(indices)` costs a few array look-ups.

    `examples` says where each reply stands; `symbols` holds those of each dialogue, whose first
    `counts[reply]` were there before the reply. `admits` says of each slot which properties its symbols may
    have: no row tells of them (the first column), the properties by number, a name (the last).
    """

    def __init__(
        self, dialogues: Sequence[Dialogue], lexicon: DialogueLexicon, capacity: int | None = None
    ) -> None:
        """`capacity` keeps only so many of the newest turns, mentions and rows each."""
        self.lexicon, self.admits = lexicon, _admits(lexicon)
        self._candidates: dict[int, dict[Said, str]] = {}
        frames: dict[tuple[str, ...], int] = {}
        self.symbols: list[DialogueSymbols] = []
        self.examples: list[tuple[Dialogue, int]] = []
        self.dialogue: list[int] = []  # of each reply
        ends: list[tuple[int, int, int, int]] = []
        counts: list[tuple[int, int, int, int]] = []
        answers: list[int] = []
        slots: list[list[tuple[int, int, int, int, int]]] = []
        done = (0, 0, 0, 0)
        for dialogue in dialogues:
            words = DialogueSymbols(lexicon, frames)
            for place, event in enumerate(dialogue.events):
                if isinstance(event, Turn) and event.speaker == "bot":
                    self.examples.append((dialogue, place))
                    self.dialogue.append(len(self.symbols))
                    counts.append(words.counts)
                    ends.append(tuple(before + own for before, own in zip(done, words.counts)))  # type: ignore[arg-type]
                    template, filled = _reply(event.text, words)
                    answers.append(template)
                    slots.append(filled)
                words.read(event)
            self.symbols.append(words)
            done = tuple(before + own for before, own in zip(done, words.counts))  # type: ignore[assignment]
        every = self.symbols
        self._turns = _columns([turn for words in every for turn in words.turns], _TURNS)
        self._mentions = _columns([mention for words in every for mention in words.mentions], _MENTIONS)
        self._rows = _columns([row for words in every for row in words.rows], _ROWS)
        self._numbers = np.array([n for words in every for n in words.numbers] + [0.0], dtype=np.float32)
        self._classes = np.array(
            [lexicon.class_id(symbol) for words in every for symbol in words.ids] + [0], dtype=np.int64
        )
        self._frames = pad([[lexicon.id(word) for word in frame] for frame in frames] or [[]])
        self._words = (self._frames != NIL).sum(-1)
        self._ends = np.array(ends, dtype=np.int64).reshape(-1, 4)
        self.counts = np.array(counts, dtype=np.int64).reshape(-1, 4)
        if capacity is not None:
            self.counts[:, :3] = self.counts[:, :3].clip(max=capacity)
        self._answer = np.array(answers, dtype=np.int64)
        self._slots = _columns(
            [slot for filled in slots for slot in filled], ("kind", "before", "first", "copied", "named")
        )
        self._slot_counts = np.array([len(filled) for filled in slots], dtype=np.int64)
        self._slot_ends = self._slot_counts.cumsum()
        self.lengths = self.counts.sum(1)
        self.kinds, self.kind = find_kinds(
            f"{dialogue.task} {answer}" for (dialogue, _), answer in zip(self.examples, answers)
        )

    def __len__(self) -> int:
        return len(self.examples)

    def batch(self, indices: np.ndarray) -> DialogueBatch:
        """The replies with these indices."""
        turns, turn_mask = _newest(self._turns, self._ends[indices, 0], self.counts[indices, 0])
        mentions, mention_mask = _newest(self._mentions, self._ends[indices, 1], self.counts[indices, 1])
        rows, row_mask = _newest(self._rows, self._ends[indices, 2], self.counts[indices, 2])
        numbers, _ = _newest({"number": self._numbers}, self._ends[indices, 2], self.counts[indices, 2])
        counts = self.counts[indices, 3]
        symbol_mask = np.arange(max(1, int(counts.max(initial=0)))) < counts[:, None]
        first = self._ends[indices, 3] - counts
        classes = self._classes[np.where(symbol_mask, first[:, None] + np.arange(symbol_mask.shape[1]), -1)]
        used = np.concatenate([turns["frame"].ravel(), mentions["frame"].ravel()])
        distinct, where = np.unique(used, return_inverse=True)
        width = max(1, int(self._words[distinct].max(initial=0)))
        newest = (rows["group"] == rows["group"].max(1, keepdims=True, initial=0)) & row_mask
        told = (
            self._frames[distinct][:, :width],
            where[: turns["frame"].size].reshape(turns["frame"].shape),
            turns["speaker"],
            turns["event"],
            turn_mask,
            where[turns["frame"].size :].reshape(mentions["frame"].shape),
            *(mentions[name] for name in _MENTIONS[1:]),
            mention_mask,
            *(rows[name] for name in ("subject", "relation", "value")),
            numbers["number"],
            rows["event"],
            newest,
            row_mask,
            classes,
            symbol_mask,
        )
        how_many = self._slot_counts[indices]
        reply = np.repeat(np.arange(len(indices)), how_many)
        nth = np.arange(len(reply)) - np.repeat(how_many.cumsum() - how_many, how_many)
        flat = np.repeat(self._slot_ends[indices] - how_many, how_many) + nth
        slots = {name: column[flat] for name, column in self._slots.items()}
        return DialogueBatch(
            Conversation(*map(_tensor, told)),
            _tensor(self._answer[indices]),
            Slots(
                _tensor(reply),
                _tensor(slots["kind"]),
                _tensor(np.stack([slots["before"], slots["first"]], 1)),
            ),
            _tensor(slots["copied"]),
            _tensor(slots["named"]),
            _tensor(self.kind[indices]),
        )

    def name_ids(self, indices: np.ndarray) -> Int[Tensor, "batch symbols"]:
        """The name of each symbol of these conversations, for symbols that replies may name too; else 0."""
        counts = self.counts[indices, 3]
        table = np.zeros((len(indices), max(1, int(counts.max(initial=0)))), dtype=np.int64)
        for row, index, count in zip(table, indices, counts):
            symbols = islice(self.symbols[self.dialogue[index]].ids, int(count))
            row[:count] = [self.lexicon.name_id(symbol) for symbol in symbols]
        return _tensor(table)

    def said(self, index: int, entries: Sequence[int], symbols: int) -> tuple[str, ...]:
        """What fills slots, by number: the batch's symbols, padded to so many, and then names."""
        ids = list(self.symbols[self.dialogue[index]].ids)
        return tuple(
            ids[entry] if entry < symbols else self.lexicon.names[entry - symbols] for entry in entries
        )

    def candidates(self, index: int) -> dict[Said, str]:
        """The replies to choose from at this place, taken apart; empty for any."""
        listed = self.examples[index][0].candidates
        if id(listed) not in self._candidates:
            apart = {self.lexicon.take_apart(text): text for text in reversed(listed)}
            self._candidates[id(listed)] = apart
        return self._candidates[id(listed)]


def _admits(lexicon: DialogueLexicon) -> Bool[Tensor, "kinds properties"]:
    """What `DialogueLexicon.fills` says, as a table."""
    if lexicon.fills is None:
        return torch.ones(lexicon.slots, len(lexicon.relations) + 2, dtype=torch.bool)
    columns = [UNTOLD, *lexicon.relations, NAME]
    table = [[column in kinds for column in columns] for kinds in lexicon.fills]
    return torch.tensor(table, dtype=torch.bool).reshape(-1, len(columns))


def _reply(text: str, words: DialogueSymbols) -> tuple[int, list[tuple[int, int, int, int, int]]]:
    """The template of a reply, and of each slot its kind, the symbols before it, and what fills it."""
    lexicon = words.lexicon
    said = lexicon.take_apart(text)
    template = lexicon.template_id(said.template)
    if not template:
        return 0, []
    copied = [words.ids.get(filler, NONE) for filler in said.fillers]
    slots = []
    for number, filler in enumerate(said.fillers):
        before = (copied[number - 1], copied[0]) if number else (NONE, NONE)
        kind = lexicon.first_slot[template] + number
        slots.append((kind, *before, copied[number], lexicon.name_id(filler)))
    return template, slots


def _columns(entries: Sequence[tuple[int, ...]], names: Sequence[str]) -> dict[str, np.ndarray]:
    """A column for each name, with an entry of zeros behind that padding shows."""
    table = np.array([*entries, (0,) * len(names)], dtype=np.int64).reshape(-1, len(names))
    return dict(zip(names, np.ascontiguousarray(table.T)))


def _newest(
    columns: dict[str, np.ndarray], ends: np.ndarray, counts: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The entries before each end, padded in front."""
    back = np.arange(int(counts.max(initial=0)), 0, -1)
    mask = back <= counts[:, None]
    flat = np.where(mask, ends[:, None] - back, -1)
    return {name: column[flat] for name, column in columns.items()}, mask


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array))
