"""Cache-LM: an LSTM, a memory of all past states (Grave et al. 2017, arXiv:1612.04426), and counts."""

from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.generalization.append_words import AppendWords
from memnn.input_map.recurrent import LstmState, RecurrentEncoder
from memnn.models.language import Heard, window_losses
from memnn.output_map.cache_read import CacheRead
from memnn.output_map.count_read import CountRead
from memnn.response.tied_softmax import TiedSoftmax
from memnn.text.windows import Window
from memnn.text.word_list import WordList


@dataclass(frozen=True)
class CacheLM:
    """Settings: the regularised LSTM of Merity et al. 2018 (arXiv:1708.02182), smaller, and a cache."""

    vocabulary: ClassVar[type] = WordList

    dim: int = 400  # of word vectors, states and slots
    hidden: int = 640  # of the layers between
    layers: int = 2
    counts: int = 5  # words in a row that are counted in the training text; 0: nothing is
    window: int = 35  # words that a gradient goes back through
    sampled: int = 600  # the commonest words, which the softmax of training always counts; 0: all
    drop_words: float = 0.1  # shares of what is dropped in training: whole words,
    drop_input: float = 0.3  # units of their vectors,
    drop_between: float = 0.25  # units between layers,
    drop_output: float = 0.4  # units of the last,
    drop_weights: float = 0.25  # recurrent weights

    def __post_init__(self) -> None:
        """Raises ValueError for a size below 1 or a share outside 0 to 1."""
        for name in ("dim", "hidden", "layers", "window"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("drop_words", "drop_input", "drop_between", "drop_output", "drop_weights"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is a share from 0 to below 1, not {getattr(self, name)}")
        for name in ("sampled", "counts"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, not {getattr(self, name)}")

    def build(self, vocab: int) -> "CacheLanguageNetwork":
        """The network for a vocabulary of that size."""
        encoder = RecurrentEncoder(
            vocab,
            self.dim,
            self.hidden,
            self.layers,
            drop_words=self.drop_words,
            drop_input=self.drop_input,
            drop_between=self.drop_between,
            drop_output=self.drop_output,
            drop_weights=self.drop_weights,
        )
        response = TiedSoftmax(encoder.vectors, self.sampled)
        return CacheLanguageNetwork(encoder, AppendWords(), CacheRead(), response, self.counts)


class CacheLanguageNetwork(nn.Module):
    """I reads words; G writes each state with the word that came; O reads states like it; R is a softmax.

    h_t = I(x_1 .. x_t)     memory = G(memory, (h_t, x_{t+1}))     p = O.mix(R(h_t), O(h_t, memory))

    Where the training text is counted, R(h_t) is first mixed with what its counts say after the last words
    (`CountRead`). Training knows neither.
    """

    context = 0

    def __init__(
        self,
        input_map: RecurrentEncoder,
        generalization: AppendWords,
        output_map: CacheRead,
        response: TiedSoftmax,
        order: int = 0,
    ) -> None:
        super().__init__()
        self.order = order
        self.counts: CountRead | None = None
        self.input_map, self.generalization = input_map, generalization
        self.output_map, self.response = output_map, response
        self.word_vectors = [input_map.vectors]  # R's too

    def begin(self, batch: int) -> LstmState:
        """The state before any word."""
        return self.input_map.begin(batch)

    def read(self, words: Int[Tensor, "batch length"], carried: LstmState) -> Heard:
        """The state after each word."""
        return Heard(*self.input_map(words, carried))

    def losses(self, window: Window) -> Float[Tensor, " predictions"]:
        """-log p of each next word, without the cache."""
        return window_losses(self, window)
