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
from memnn.output_map.cache_read import CacheRead
from memnn.text.windows import windows_in_order

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
    report: Callable[[int], Any] = lambda words: None,
) -> Measured:
    """The perplexity of a text by the protocol above; `end` is the number of the end of a line.

    With `cache` the words before, at most so many, are read too; with `adapting` the network learns from
    each stretch of text after it has predicted it. `report` hears of how many words more.
    """
    started, total, words = time.monotonic(), 0.0, 0
    for losses in losses_of_text(network, text, end, cache, adapting):
        total += float(losses.double().sum())
        words += len(losses)
        report(len(losses))
    return Measured(math.exp(total / words), words, time.monotonic() - started)


@dataclass(frozen=True)
class Stretch:
    """A stretch of text just read."""

    states: Float[Tensor, "length dim"]  # before each word
    following: Int[Tensor, " length"]  # the words
    losses: Float[Tensor, " length"]  # -log p of each by R alone
    counted: Float[Tensor, " length"] | None  # p of each by the counts of the training text, if there are any
    memory: WordMemory  # with this stretch; empty where there is no cache
    before: Int[Tensor, " length"]  # slots of it that had been written before each word


def read_stretches(
    network: Any,
    text: Int[np.ndarray, " text"],
    end: int,
    cache: int = 0,
    adapting: Adapting | None = None,
) -> Iterator[Stretch]:
    """The text in its order, a stretch at a time; `cache` slots at least are held for each word."""
    network.eval()
    carried, memory = network.begin(1), WordMemory()
    whole = np.concatenate([[end], text])
    counted = network.counts and torch.from_numpy(network.counts.ngrams.probabilities(whole)[1:]).float()
    read = 0
    for window in windows_in_order(whole, 1, adapting.length if adapting else LENGTH):
        with torch.set_grad_enabled(adapting is not None):
            heard = network.read(window.words, carried)
            states, following = heard.states[0], window.following[0]
            losses = network.response.losses(states, following)
        carried = torch.utils._pytree.tree_map(lambda tensor: tensor.detach(), heard.carried)
        before = len(memory) + torch.arange(len(following))
        if cache:
            memory = network.generalization.write(memory, states, following, cache)
        own = None if counted is None else counted[read : read + len(following)]
        read += len(following)
        yield Stretch(states.detach(), following, losses.detach(), own, memory, before)
        if adapting is not None:
            adapting.learn(losses)


def losses_of_text(
    network: Any,
    text: Int[np.ndarray, " text"],
    end: int,
    cache: int = 0,
    adapting: Adapting | None = None,
) -> Iterator[Float[Tensor, " length"]]:
    """-log p of the words of a text in their order, a stretch at a time."""
    if cache:
        check_cache(network)
    for stretch in read_stretches(network, text, end, cache, adapting):
        response = losses_without_cache(network, stretch)
        if not cache:
            yield response
            continue
        with torch.no_grad():
            weights = network.output_map(stretch.states, stretch.memory, stretch.before, cache)
            said = (weights * (stretch.memory.words == stretch.following[:, None])).sum(-1)
            yield -network.output_map.mix(response.neg().exp(), said, (stretch.before > 0).float()).log()


def losses_without_cache(network: Any, stretch: Stretch) -> Float[Tensor, " length"]:
    """-log p of each word by R, and by the counts of the training text where there are any."""
    if stretch.counted is None:
        return stretch.losses
    mixed: Tensor = network.counts.mix(stretch.losses.neg().exp(), stretch.counted)
    return -mixed.log()


def check_cache(network: Any) -> None:
    """Raises UserError where O of the network is no cache."""
    if not reads_cache(network):
        raise UserError("this model reads no cache: its memory is what its hops read (try cache-lm)")


def reads_cache(network: Any) -> bool:
    """Whether O of the network is a cache over the whole text."""
    return isinstance(getattr(network, "output_map", None), CacheRead)
