"""Dynamic evaluation: a network that goes on learning from the text it has predicted (Krause et al. 2018).

Krause, Kahembwe, Murray, Renals: Dynamic Evaluation of Neural Sequence Models, arXiv:1709.07432.
"""

from types import TracebackType
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

LENGTH = 20  # words learnt from at a time
RATE, DECAY = 5e-4, 2e-3


class Adapting:
    """The weights follow the text, and fall back towards where training left them.

        w <- w - rate g / (rms(g) + eps)        w <- w + decay (w_0 - w)

    with g the gradient of the mean loss of the words just predicted and rms its running root mean square, so
    the text itself is all that is needed. (In the paper rms is that of gradients on the training text, taken
    once, and weights of a larger rms fall back faster.) Word vectors stay as they are: to change them would
    cost three times as much, and with a cache, which remembers words, lower the perplexity no further.
    Leaving the `with` puts the weights of training back.
    """

    def __init__(self, network: Any, rate: float = RATE, decay: float = DECAY, length: int = LENGTH) -> None:
        """`length` words are predicted with the weights as they are, then learnt from."""
        self.length, self._decay = length, decay
        self._fixed = network.word_vectors
        fixed = set(map(id, self._fixed))
        self._weights: list[Tensor] = [w for w in network.parameters() if id(w) not in fixed]
        self._trained: list[Tensor] = []
        self._optimizer = torch.optim.Adam(self._weights, lr=rate, betas=(0.0, 0.999), fused=True)

    def __enter__(self) -> "Adapting":
        self._trained = [weight.detach().clone() for weight in self._weights]
        for vectors in self._fixed:
            vectors.requires_grad_(False)
        return self

    def learn(self, losses: Float[Tensor, " length"]) -> None:
        """One step on words whose probabilities have been given already."""
        self._optimizer.zero_grad()
        torch.autograd.backward(losses.mean())
        self._optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self._weights, self._trained, self._decay)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with torch.no_grad():
            for weight, trained in zip(self._weights, self._trained):
                weight.copy_(trained)
                weight.grad = None
        for vectors in self._fixed:
            vectors.requires_grad_(True)
