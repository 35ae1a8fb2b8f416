"""Several restarts of one model trained as one batched model.

The papers take the best of several random starts. Started one after another these cost their
number; held side by side, with every parameter stacked along a new first axis, they share the
batches and the overhead of small operations.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import vmap

from memnn.models.network import MemoryNetwork


class Restarts(nn.Module):
    """Networks of one build whose parameters live stacked: `restarts.stacked[i][r]` is restart r's.

    A network that is `stackable` computes with them as they are; any other is mapped over them.
    """

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.count = len(networks)
        self.names = tuple(name for name, _ in networks[0].named_parameters())
        each = zip(*(network.parameters() for network in networks))
        self.stacked = nn.ParameterList(nn.Parameter(torch.stack(same).detach()) for same in each)
        # A skeleton outside the module tree, so that its own parameters are not trained or saved,
        # and every place in it that holds one: a tied parameter has several.
        skeleton = deepcopy(networks[0])
        number = {id(parameter): i for i, parameter in enumerate(skeleton.parameters())}
        self._places: list[tuple[dict[str, Any], str, int]] = [
            (module._parameters, name, number[id(parameter)])
            for module in skeleton.modules()
            for name, parameter in module._parameters.items()
            if parameter is not None
        ]
        self._skeleton = [skeleton.train(self.training)]
        self._stackable = isinstance(skeleton, MemoryNetwork) and skeleton.stackable

    def train(self, mode: bool = True) -> "Restarts":
        """Train or evaluate all."""
        self._skeleton[0].train(mode)
        return super().train(mode)

    def call(self, method: str, *args: Any, **options: Any) -> Any:
        """The method's result for each restart, stacked along a new first axis."""

        def with_weights(weights: Sequence[Tensor]) -> Any:
            # What `functional_call` does too, but that takes a tenth of a millisecond longer, as much as
            # a tenth of a small network's step.
            for parameters, name, number in self._places:
                parameters[name] = weights[number]
            return getattr(self._skeleton[0], method)(*args, **options)

        stacked = tuple(self.stacked)
        if self.count == 1:  # the same numbers without the overhead of a further axis
            alone = with_weights([parameter.squeeze(0) for parameter in stacked])
            return torch.utils._pytree.tree_map(lambda tensor: tensor[None], alone)
        if self._stackable:
            return with_weights(stacked)
        return vmap(with_weights, randomness="different")(stacked)

    def forward(self, *args: Any, **options: Any) -> Float[Tensor, "restarts batch"]:
        """The losses of each restart."""
        losses: Tensor = self.call("losses", *args, **options)
        return losses

    def weights(self, restart: int) -> dict[str, Tensor]:
        """The state dict of one restart's network."""
        return {
            name: parameter[restart].detach().clone() for name, parameter in zip(self.names, self.stacked)
        }
