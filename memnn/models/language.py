"""What a language model is: a network that reads words one after another and says which may come next."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.memory import Trace
from memnn.output_map.count_read import CountRead
from memnn.text.windows import Window


@dataclass(frozen=True)
class Heard:
    """A window of text after reading it."""

    states: Float[Tensor, "batch length dim"]  # what R is asked with, after each word
    carried: Any  # what the next window goes on from
    trace: Trace = ()  # where each hop looked, where hops look at words


@runtime_checkable
class LanguageNetwork(Protocol):
    """The I, G, O and R of one model.

        h_t = read(x_1 .. x_t)          p(x_{t+1} = w) = softmax_w(response(h_t))

    No h_t depends on a word after x_t. Where O, `output_map`, is a `CacheRead`, it may read a cache.
    """

    context: int  # words before a window that it wants to see while training; 0: windows in their order
    word_vectors: list[nn.Parameter]  # the weights with a row for each word
    response: Any  # R: `response(states)` are scores of all words, `response.losses(states, following)`
    order: int  # so many words in a row are counted in the training text, if any
    counts: CountRead | None  # these, once they were counted

    def begin(self, batch: int) -> Any: ...  # what is carried into the first window
    def read(self, words: Int[Tensor, "batch length"], carried: Any) -> Heard: ...
    def losses(self, window: Window) -> Float[Tensor, " predictions"]: ...  # `window_losses` of it


def window_losses(network: LanguageNetwork, window: Window) -> Float[Tensor, " predictions"]:
    """-log p of each next word of a window, row by row. No gradient goes back beyond the window."""
    carried = window.carry.state
    heard = network.read(window.words, network.begin(len(window.words)) if carried is None else carried)
    window.carry.state = torch.utils._pytree.tree_map(lambda tensor: tensor.detach(), heard.carried)
    losses: Tensor = network.response.losses(heard.states.flatten(0, 1), window.answer)
    return losses
