"""Several restarts of one model trained as one batched model.

The papers take the best of several random starts. Started one after another these cost their
number; held side by side, with every parameter stacked along a new first axis, they share the
batches and the overhead of small operations.
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from memnn.models.network import MemoryNetwork


class _Call(nn.Module):
    """A method of a network as a module, for `functional_call` knows only `forward`."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, method: str, *args: Any, **options: Any) -> Any:
        return getattr(self.network, method)(*args, **options)


class Restarts(nn.Module):
    """Networks of one build whose parameters live stacked: `restarts.stacked[i][r]` is restart r's."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.count = len(networks)
        first = networks[0]
        self._stackable = isinstance(first, MemoryNetwork) and first.stackable
        wrapped = [_Call(network) for network in networks]
        parameters, _ = stack_module_state(wrapped)
        self.names = tuple(parameters)
        self.stacked = nn.ParameterList(nn.Parameter(parameters[name].detach()) for name in self.names)
        # A skeleton outside the module tree, so that its own parameters are not trained or saved.
        self._skeleton = [wrapped[0]]

    def call(self, method: str, *args: Any, **options: Any) -> Any:
        """The method's result for each restart, stacked along a new first axis."""
        skeleton = self._skeleton[0].train(self.training)

        def one(parameters: dict[str, Tensor]) -> Any:
            return functional_call(skeleton, parameters, (method, *args), options)

        stacked = dict(zip(self.names, self.stacked))
        if self.count == 1:  # the same numbers without the overhead of vmap
            alone = one({name: parameter.squeeze(0) for name, parameter in stacked.items()})
            return torch.utils._pytree.tree_map(lambda tensor: tensor[None], alone)
        return one(stacked) if self._stackable else vmap(one, randomness="different")(stacked)

    def forward(self, *args: Any, **options: Any) -> Float[Tensor, "restarts batch"]:
        """The losses of each restart."""
        losses: Tensor = self.call("losses", *args, **options)
        return losses

    def weights(self, restart: int) -> dict[str, Tensor]:
        """The state dict of one restart's network."""
        return {
            name.removeprefix("network."): parameter[restart].detach().clone()
            for name, parameter in zip(self.names, self.stacked)
        }
