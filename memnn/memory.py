"""The memory: what G writes and O reads.

Axis names, used in every annotation of this package:

    batch   stories (or questions) in the batch     slots   memory slots of a story, padded
    words   words of a sentence, padded             dim     embedding width
    hops    readings in a row                       vocab   words known
    facts   distinct facts, shared by all stories of the batch
    length  words of a window of running text
    frames  distinct facts less their symbols       places  places for symbols in a frame
    turns   what was said in a dialogue, padded     mentions symbols named in them
    rows    of a knowledge base, padded             entries any of these
    nodes   a story's facts and its question, last  symbols symbols of a story, padded

    *restarts   networks trained side by side, where a part can take their weights stacked in front

Facts stand oldest first. Shapes are checked at construction where the tests run.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


@dataclass(frozen=True)
class Memory:
    """Slots as vectors. Immutable: a write returns a new Memory and leaves the old one as it was."""

    keys: Float[Tensor, "batch slots dim"]  # m_i: what a query is compared with
    values: Float[Tensor, "batch slots dim"]  # c_i: what a read returns
    mask: Bool[Tensor, "batch slots"]  # True where the slot holds a fact


@dataclass(frozen=True)
class SharedMemory:
    """Slots that name facts: the same memory held once for all stories that tell the same facts.

    Simulated stories repeat a few hundred sentences, so this is several times smaller than the
    `Memory` it stands for, and a query is compared once with each distinct fact. Immutable too.
    """

    keys: Float[Tensor, "*restarts facts dim"]
    values: Float[Tensor, "*restarts facts dim"]
    slots: Int[Tensor, "batch slots"]  # the fact in each slot; any fact where padded
    mask: Bool[Tensor, "batch slots"]  # True where the slot holds a fact

    def dense(self) -> Memory:
        """The memory this stands for, every slot a vector of its own."""
        keys, values = (nn.functional.embedding(self.slots, side) for side in (self.keys, self.values))
        return Memory(keys, values, self.mask)


@dataclass(frozen=True)
class SymbolMemory:
    """Slots that hold a frame and the symbols that fill it: '* went to the *' and (mary, kitchen).

    A symbol is a number within its story, counted from 0 in the order told, and means nothing else.
    Immutable too.
    """

    frames: Float[Tensor, "frames dim"]  # what G was given of each distinct frame
    slots: Int[Tensor, "batch slots"]  # the frame in each slot; any frame where padded
    symbols: Int[Tensor, "batch slots places"]  # the symbol at each place of the frame, -1 where none
    names: Int[Tensor, "batch slots places"]  # the same as words of the vocabulary, NIL where none
    mask: Bool[Tensor, "batch slots"]  # True where the slot holds a fact

    def of(self, rows: slice) -> "SymbolMemory":
        """The memory of some of the stories."""
        stories = (part[rows] for part in (self.slots, self.symbols, self.names, self.mask))
        return SymbolMemory(self.frames, *stories)

    def at(self, facts: Int[Tensor, " some"]) -> "SymbolMemory":
        """The memory of some of the facts."""
        stories = (part[:, facts] for part in (self.slots, self.symbols, self.names, self.mask))
        return SymbolMemory(self.frames, *stories)

    def repeat(self, times: int) -> "SymbolMemory":
        """One story's memory as many times, at no cost."""
        stories = (self.slots, self.symbols, self.names, self.mask)
        return SymbolMemory(self.frames, *(part.expand(times, *part.shape[1:]) for part in stories))


@dataclass(frozen=True)
class WordSlots:
    """A stretch of a `WordMemory`."""

    keys: Float[Tensor, "slots dim"]  # h_i: the state before a word
    words: Int[Tensor, " slots"]  # x_{i+1}: the word that came then


@dataclass(frozen=True)
class WordMemory:
    """A text as it was read: each state, and the word that followed it, oldest first.

    Held in blocks, so that a write copies the last of them at most, however long the text. Immutable too.
    """

    blocks: tuple[WordSlots, ...] = ()
    forgotten: int = 0  # older slots that are no longer held

    def __len__(self) -> int:
        """How many slots were written so far, those forgotten included."""
        return self.forgotten + sum(len(block.words) for block in self.blocks)

    @property
    def words(self) -> Int[Tensor, " slots"]:
        """The words held, oldest first."""
        return torch.cat([block.words for block in self.blocks])


@dataclass(frozen=True)
class ConversationMemory:
    """What was said and told, and the symbols with all that was said and told of each. Immutable too.

    A mention is a symbol at its place in a turn; a row says that a subject has a value by some property.
    """

    turns: Float[Tensor, "batch turns dim"]  # oldest first, as everything here, 0 where padded
    mentions: Float[Tensor, "batch mentions dim"]
    named: Int[Tensor, "batch mentions"]  # the symbol of each mention, 0 where padded
    subject: Int[Tensor, "batch rows"]  # the symbols of each row, 0 where padded
    value: Int[Tensor, "batch rows"]  # -1 where it is no symbol
    relation: Int[Tensor, "batch rows"]
    rows: Float[Tensor, "batch rows"]  # 1, or less to see what becomes of less; 0 where padded
    symbols: Float[Tensor, "batch symbols features"]  # what was said and told of each
    mask: Bool[Tensor, "batch symbols"]  # False where padded


@dataclass(frozen=True)
class Reading:
    """What one hop read, and where it looked."""

    vector: Float[Tensor, "*restarts batch dim"]  # o = sum_i p_i c_i
    weights: Float[Tensor, "*restarts batch slots"]  # p_i


Trace = tuple[Reading, ...]
"""The readings of all hops, first hop first."""

NAMED = 5  # facts of a hop, and all those of a long chain, which weigh about as much as one another:
MUCH = 0.04  # so much, and half as much as the weightiest


def weightiest(weights: Float[Tensor, " slots"]) -> Int[Tensor, " named"]:
    """The few slots that evidence names, the weightiest first."""
    much = max(MUCH, 0.5 * float(weights.max())) if len(weights) else 1.0
    return weights.argsort(descending=True)[: max(NAMED, int((weights >= much).sum()))]
