"""How well a network predicts a text: perplexity, with and without its cache, fixed or learning as it reads.

The protocol: the text is read once, in its order, from one state that is carried over; every word
is predicted once, the ends of lines included, from all words before it and an end of line before the first.

    perplexity = exp(-1/T sum_t log p(x_t | x_1 .. x_{t-1}))
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from memnn.errors import UserError
from memnn.language_modelling.dynamic import Adapting
from memnn.memory import WordMemory
from memnn.text.windows import Window, windows_in_order

LENGTH = 64  # words read at a time; when the network learns from them, `Adapting` says how many


@dataclass(frozen=True)
class Measured:
    """What `memnn evaluate --json` prints."""

    perplexity: float
    tokens: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return asdict(self)


def measure(
    network: Any,
    text: Int[np.ndarray, " text"],
    end: int,
    cache: int = 0,
    adapting: Adapting | None = None,
    report: Callable[[float], None] = lambda done: None,
) -> Measured:
    """The perplexity of a text by the protocol above; `end` is the number of the end of a line.

    With `cache` the words before, at most so many, are read too; with `adapting` the network learns from
    each stretch of text after it has predicted it. `report` hears which share of the text is done.
    """
    started, total, words = time.monotonic(), 0.0, 0
    for losses in losses_of_text(network, text, end, cache, adapting):
        total += float(losses.double().sum())
        words += len(losses)
        report(words / len(text))
    return Measured(math.exp(total / words), words, time.monotonic() - started)


def losses_of_text(
    network: Any,
    text: Int[np.ndarray, " text"],
    end: int,
    cache: int = 0,
    adapting: Adapting | None = None,
) -> Iterator[Float[Tensor, " length"]]:
    """-log p of the words of a text in their order, a stretch at a time."""
    if cache and not hasattr(network.output_map, "mix"):
        raise UserError("this model reads no cache: its memory is what its hops read (try cache-lm)")
    network.eval()
    carried, memory = network.begin(1), WordMemory()
    whole = np.concatenate([[end], text])
    for window in windows_in_order(whole, 1, adapting.length if adapting else LENGTH):
        with torch.set_grad_enabled(adapting is not None):
            heard = network.read(window.words, carried)
            states, following = heard.states[0], window.following[0]
            losses = network.response.losses(states, following)
        carried = torch.utils._pytree.tree_map(lambda tensor: tensor.detach(), heard.carried)
        if cache:
            before = len(memory) + torch.arange(len(following))
            memory = network.generalization.write(memory, states, following, cache)
            with torch.no_grad():
                said = read_cache(network, states, memory, before, cache, following)
                mixed = network.output_map.mix(losses.neg().exp(), said, (before > 0).float())
            yield -mixed.log()
        else:
            yield losses.detach()
        if adapting is not None:
            adapting.learn(losses)


def read_cache(
    network: Any,
    states: Float[Tensor, "length dim"],
    memory: WordMemory,
    before: Int[Tensor, " length"],
    cache: int,
    following: Int[Tensor, " length"],
) -> Float[Tensor, " length"]:
    """The cache's probability of the word that followed each state."""
    weights = network.output_map(states, memory, before, cache)
    said: Tensor = (weights * (memory.words == following[:, None])).sum(-1)
    return said
