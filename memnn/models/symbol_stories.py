"""A Symbol Memory Network's stories: from text to memory by I and G, and from what is read to an answer."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.generalization.append_symbols import AppendSymbols
from memnn.input_map.asked import Question
from memnn.memory import SymbolMemory, Trace
from memnn.models.evidence import explain
from memnn.models.network import Answers
from memnn.models.symbol_settings import SymbolSettings
from memnn.output_map.symbol_hops import Hidden, Hop
from memnn.response.copying import item_losses
from memnn.story import Story
from memnn.text.batches import pad
from memnn.text.lexicon import Lexicon
from memnn.text.story_symbols import StorySymbols
from memnn.text.symbol_batches import SymbolBatch, SymbolTensors, rows
from memnn.text.vocabulary import NIL

Heard = tuple[Float[Tensor, "one dim"], list[int], list[int]]  # a fact's frame, symbols, and their names


@runtime_checkable
class FrameMap(Protocol):
    """I: the words of a frame to its vector."""

    dim: int
    places: int  # symbols that a frame may have

    def encode_frames(self, words: Int[Tensor, "frames words"]) -> Float[Tensor, "frames dim"]: ...


class SymbolStories(nn.Module, ABC):
    """`write`, or `begin` and `tell`, make a memory; `ask` reads it.

    Of any network that has an I and a G, and `read`s as O and R do.
    """

    def __init__(self, input_map: FrameMap, generalization: AppendSymbols, settings: SymbolSettings) -> None:
        super().__init__()
        self.input_map: Any = input_map
        self.generalization, self.settings = generalization, settings

    @property
    @abstractmethod
    def answers(self) -> int:
        """How many answers may be said."""

    @abstractmethod
    def read(
        self,
        memory: SymbolMemory,
        question: Question,
        items: int | None = None,
        hidden: Hidden = (),
        together: int | None = None,
    ) -> tuple[Float[Tensor, "batch items entries"], list[Hop]]:
        """Scores of answers and symbols for so many items, or until every answer has ended; and the hops.

        `hidden` names, for the first hops, nodes that none may read; `together` how many hops all nodes take.
        """

    @abstractmethod
    def walked(self, memory: SymbolMemory, question: Question) -> Float[Tensor, " facts"] | None:
        """How far the walk from the question of one story comes to each fact; None without links."""

    @property
    def capacity(self) -> int | None:
        """How many of a story's newest facts the memory holds; None: all."""
        return self.generalization.capacity

    def tensors(self, stories: Sequence[Story], lexicon: Lexicon) -> SymbolTensors:
        """The stories as the batches that `forward`, `losses` and `measure` take."""
        return SymbolTensors(stories, lexicon, self.capacity, self.settings.copying)

    def words(self, lexicon: Lexicon) -> StorySymbols:
        """The symbols of a story that begins."""
        return StorySymbols(lexicon)

    def hear(self, words: StorySymbols, facts: Sequence[str]) -> list[Heard]:
        """The frame and the symbols of each fact of a story, from its text."""
        read = [words.read(fact) for fact in facts]
        ids = pad([[words.lexicon.id(word) for word in parsed.frame] for parsed, _, _ in read])
        frames = torch.split(self.input_map.encode_frames(torch.from_numpy(ids)), 1)
        return [(frame, numbers, names) for frame, (_, numbers, names) in zip(frames, read)]

    def remember(self, heard: Sequence[Heard]) -> SymbolMemory:
        """The memory of facts that were heard one by one, oldest first."""
        if not heard:
            return self.begin()
        frames, numbers, names = zip(*heard)
        slots = torch.arange(len(frames))[None]
        symbols, named = (
            torch.from_numpy(rows(part, None, fill))[None] for part, fill in ((numbers, -1), (names, NIL))
        )
        return self.generalization.write_all(
            torch.cat(frames), slots, symbols, named, torch.ones_like(slots).bool()
        )

    def answer(self, memory: SymbolMemory, words: StorySymbols, question: str) -> Answers:
        """The answer to a question about one story, from its text."""
        allowed = torch.tensor(sorted(words.named_ids(question)), dtype=torch.long)
        ((frame, numbers, names),) = self.hear(words, [question])
        asked, known = torch.tensor([numbers or [-1]]), torch.tensor([names or [NIL]])
        told = memory.names.where(torch.isin(memory.names, allowed), NIL)
        known = known.where(torch.isin(known, allowed), NIL)
        count = torch.tensor([len(words.ids)])
        return self.ask(replace(memory, names=told), Question(frame, asked, known, count))

    def say(
        self, said: Answers, row: int, words: StorySymbols, candidates: Sequence[str] = ()
    ) -> tuple[str, float]:
        """One answer of a batch as people write it, and its probability; among the known candidates alone,
        where some are given.
        """
        return words.say(said.scores[row], candidates)

    def write(self, batch: SymbolBatch) -> SymbolMemory:
        """The memory of every story of the batch; each distinct frame is encoded once."""
        frames = self.input_map.encode_frames(batch.frames)
        return self.generalization.write_all(frames, batch.slots, batch.symbols, batch.names, batch.mask)

    def begin(self) -> SymbolMemory:
        """The memory of one story before anything was told."""
        return self.generalization.empty(1, self.input_map.dim, self.input_map.places)

    def tell(
        self,
        memory: SymbolMemory,
        frame: Int[Tensor, "batch words"],
        symbols: Int[Tensor, "batch places"],
        names: Int[Tensor, "batch places"],
    ) -> SymbolMemory:
        """The memory with one more fact; only this fact's frame is encoded."""
        return self.generalization.write(memory, self.input_map.encode_frames(frame), symbols, names)

    def ask(self, memory: SymbolMemory, question: Question) -> Answers:
        """Read the memory for a question and answer; what answers rest on is found when asked for."""
        with torch.inference_mode():  # a short story takes a seventh less than without gradients alone
            scores, _ = self.read(memory, question)

        def of(row: int) -> Trace:
            one = slice(row, row + 1)
            return explain(self, memory.of(one), question.of(one))

        return Answers(scores.clone(), explain=of)  # which others may learn from

    def forward(self, batch: SymbolBatch) -> Answers:
        """Answers to a batch of stories."""
        return self.ask(*self._written(batch))

    def measure(
        self, batch: SymbolBatch, **phase: bool
    ) -> tuple[Float[Tensor, " batch"], Bool[Tensor, " batch"]]:
        """The losses of answers, and which questions were answered rightly."""
        scores, _ = self.read(*self._written(batch), batch.answer.shape[1])
        return item_losses(scores, batch.answer, batch.copied, self.answers)

    def _written(self, batch: SymbolBatch) -> tuple[SymbolMemory, Question]:
        memory = self.write(batch)
        frame = nn.functional.embedding(batch.question, memory.frames)
        return memory, Question(frame, batch.question_symbols, batch.question_names, batch.count)
