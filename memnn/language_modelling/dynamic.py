"""Dynamic evaluation: a network that goes on learning from the text it has predicted (Krause et al. 2018).

Krause, Kahembwe, Murray, Renals: Dynamic Evaluation of Neural Sequence Models, arXiv:1709.07432.
"""

from types import TracebackType

import torch
from jaxtyping import Float
from torch import Tensor, nn

LENGTH = 20  # words learnt from at a time
RATE, DECAY = 5e-5, 1e-3


class Adapting:
    """The weights follow the text, and fall back towards where training left them.

        w <- w - rate g / (rms(g) + eps)        w <- w + decay (w_0 - w)

    with g the gradient of the mean loss of the words just predicted and rms its running root mean square, so
    the text itself is all that is needed. Leaving the `with` puts the weights of training back.
    """

    def __init__(
        self, network: nn.Module, rate: float = RATE, decay: float = DECAY, length: int = LENGTH
    ) -> None:
        """`length` words are predicted with the weights as they are, then learnt from."""
        self.length, self._decay = length, decay
        self._weights: list[Tensor] = list(network.parameters())
        self._trained: list[Tensor] = []
        self._optimizer = torch.optim.Adam(self._weights, lr=rate, betas=(0.0, 0.999), fused=True)

    def __enter__(self) -> "Adapting":
        self._trained = [weight.detach().clone() for weight in self._weights]
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
