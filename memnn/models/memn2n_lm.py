"""MemN2N-LM: End-To-End Memory Networks that predict words (Sukhbaatar et al. 2015, arXiv:1503.08895)."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.generalization.recent_words import RecentWords
from memnn.input_map.words import WordVectors
from memnn.models.language import Heard, window_losses
from memnn.output_map.count_read import CountRead
from memnn.output_map.window_hops import WindowHops
from memnn.response.whole_softmax import WholeSoftmax
from memnn.text.windows import Window
from memnn.text.word_list import WordList


@dataclass(frozen=True)
class MemN2NLM:
    """Settings of section 5: layer-wise tying, a constant query, times, half the units rectified."""

    vocabulary: ClassVar[type] = WordList

    dim: int = 150  # d
    hops: int = 6  # K
    capacity: int = 100  # N: the newest words, which are the memory
    window: int = 16  # words in a row that are predicted in a step; the paper draws each by itself
    init: float = 0.05  # standard deviation of the initial weights
    dropout: float = 0.0  # of the units of slots and of the last state; the paper has none

    def __post_init__(self) -> None:
        """Raises ValueError for a size below 1 or a share outside 0 to 1."""
        for name in ("dim", "hops", "capacity", "window"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is a share from 0 to below 1, not {self.dropout}")

    def build(self, vocab: int) -> "MemN2NLanguageNetwork":
        """The network for a vocabulary of that size."""
        return MemN2NLanguageNetwork(
            WordVectors(vocab, self.dim, 2, self.init),  # A and C
            RecentWords(self.capacity),
            WindowHops(self.dim, self.hops, self.capacity, self.init),
            WholeSoftmax(vocab, self.dim, self.init),  # W
            self.dropout,
        )


class MemN2NLanguageNetwork(nn.Module):
    """p(x_{t+1}) = softmax(W u_{K+1}) with the u_{K+1} of `WindowHops` over the words that end with x_t."""

    order = 0  # as published
    counts: CountRead | None = None

    def __init__(
        self,
        input_map: WordVectors,
        generalization: RecentWords,
        output_map: WindowHops,
        response: WholeSoftmax,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.input_map, self.generalization = input_map, generalization
        self.output_map, self.response = output_map, response
        self.drop = nn.Dropout(dropout)
        self.context = generalization.capacity
        self.word_vectors = [input_map.vectors, response.weight]

    def begin(self, batch: int) -> Int[Tensor, "batch capacity"]:
        """The words before any word: none."""
        return self.generalization.empty(batch, self.response.weight.device)

    def read(self, words: Int[Tensor, "batch length"], carried: Int[Tensor, "batch capacity"]) -> Heard:
        """The state after each word; what is carried on are the newest words."""
        stretch = torch.cat([carried, words], 1)
        keys, values = map(self.drop, self.input_map(stretch))
        memory = self.generalization.write(keys, values, stretch)
        states, trace = self.output_map(memory)
        return Heard(self.drop(states), self.generalization.newest(stretch), trace)

    def losses(self, window: Window) -> Float[Tensor, " predictions"]:
        """-log p of each next word."""
        return window_losses(self, window)
