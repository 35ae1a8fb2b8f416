"""An ensemble of Symbol Memory Networks, which answer by the mean of their probabilities."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.asked import Question
from memnn.memory import SymbolMemory
from memnn.models.symbol_stories import FrameMap, SymbolStories
from memnn.output_map.symbol_hops import Hidden, Hop


class SideBySide:
    """I: what several make of a frame, one behind the other."""

    def __init__(self, parts: Sequence[FrameMap]) -> None:
        self.parts = parts
        self.dim, self.places = sum(part.dim for part in parts), parts[0].places

    def encode_frames(self, words: Int[Tensor, "frames words"]) -> Float[Tensor, "frames dim"]:
        """The vectors of all parts."""
        return torch.cat([part.encode_frames(words) for part in self.parts], -1)


class SymbolEnsemble(SymbolStories):
    """Networks of one build, whose probabilities of each item are averaged (Hansen and Salamon 1990):

        p(item) = 1/n sum_m p_m(item)

    They share a memory: a fact is told to it once, with what the I of each makes of the frame. Each is
    trained by itself, side by side with the others as restarts are (`train_networks`). What short stories
    leave open one takes in one way and another in another, so that together they err less on longer ones.
    """

    def __init__(self, members: Sequence[SymbolStories]) -> None:
        first = members[0]
        super().__init__(SideBySide([one.input_map for one in members]), first.generalization, first.settings)
        self.members = nn.ModuleList(members)

    @property
    def answers(self) -> int:
        """How many may be said."""
        return self._members()[0].answers

    def read(
        self,
        memory: SymbolMemory,
        question: Question,
        items: int | None = None,
        hidden: Hidden = (),
        together: int | None = None,
    ) -> tuple[Float[Tensor, "batch items entries"], list[Hop]]:
        """The logarithms of the mean probabilities, and the hops of the first network."""
        read = [
            one.read(own, asked, items, hidden, together) for one, own, asked in self._each(memory, question)
        ]
        most = max(scores.shape[1] for scores, _ in read)
        if any(scores.shape[1] < most for scores, _ in read):  # ended sooner than others
            return self.read(memory, question, most, hidden, together)
        chances = torch.stack([scores for scores, _ in read]).log_softmax(-1)
        return chances.logsumexp(0).log_softmax(-1), read[0][1]

    def walked(self, memory: SymbolMemory, question: Question) -> Float[Tensor, " facts"] | None:
        """How far their walks come to each fact, in the mean."""
        walks = [one.walked(own, asked) for one, own, asked in self._each(memory, question)]
        found = [walk for walk in walks if walk is not None]
        return torch.stack(found).mean(0) if found else None

    def _members(self) -> list[SymbolStories]:
        return [one for one in self.members if isinstance(one, SymbolStories)]

    def _each(
        self, memory: SymbolMemory, question: Question
    ) -> list[tuple[SymbolStories, SymbolMemory, Question]]:
        """Each with its own part of the frames."""
        count = len(self.members)
        parts = memory.frames.chunk(count, -1), question.frame.chunk(count, -1)
        return [
            (one, replace(memory, frames=told), replace(question, frame=asked))
            for one, told, asked in zip(self._members(), *parts)
        ]
