"""G for conversations: what is said and told of a symbol is written to the symbol."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


def gather_by_symbol(
    features: Float[Tensor, "batch entries dim"], symbol: Int[Tensor, "batch entries"], symbols: int
) -> Float[Tensor, "batch symbols dim"]:
    """The sum of all entries of each symbol; entries whose symbol is -1 are left out."""
    there = symbol >= 0
    index = symbol.clamp(min=0)[..., None].expand_as(features)
    empty = features.new_zeros(features.shape[0], symbols, features.shape[-1])
    return empty.scatter_add(1, index, features * there[..., None])


def ever(amounts: Float[Tensor, "*shape dim"]) -> Float[Tensor, "*shape dim"]:
    """1 - exp(-sum): whether something was ever said, of features that add up and are 0 or more.

    The noisy or of independent hints: once certain, hearing it again changes nothing.
    """
    return 1 - (-amounts).exp()


class SymbolTable(nn.Module):
    """The features of a symbol s, from its mentions m, the rows that it stands in, and its class.

        [ 1 - exp(-sum_m mention_m),  1 - exp(-sum_rows 4 [s is subject, s is value of property]),
          sum_rows number of property,  1 if s came with the newest rows,  class ]

    Numbers are ordered, so they are added as they are.
    """

    def __init__(self, relations: int, classes: int, dim: int) -> None:
        super().__init__()
        self.relations, self.classes = relations, classes
        self.width = dim + 3 * relations + 1 + classes

    def forward(
        self,
        mentions: Float[Tensor, "batch mentions dim"],
        named: Int[Tensor, "batch mentions"],
        subject: Int[Tensor, "batch rows"],
        relation: Int[Tensor, "batch rows"],
        value: Int[Tensor, "batch rows"],
        number: Float[Tensor, "batch rows"],
        newest: Bool[Tensor, "batch rows"],
        rows: Float[Tensor, "batch rows"],
        kind: Int[Tensor, "batch symbols"],
    ) -> Float[Tensor, "batch symbols features"]:
        """`rows` is 1 for each row and 0 for padding."""
        symbols = kind.shape[1]
        which = nn.functional.one_hot(relation, self.relations).to(mentions.dtype) * rows[..., None]
        as_subject = torch.cat([4 * which, which * number[..., None], (newest * rows)[..., None]], -1)
        told = gather_by_symbol(as_subject, subject, symbols)
        as_value = gather_by_symbol(4 * which, value, symbols)
        roles, numbers, new = torch.tensor_split(told, (self.relations, 2 * self.relations), -1)
        classes = nn.functional.one_hot(kind, self.classes).to(mentions.dtype)
        said = gather_by_symbol(mentions, named, symbols)
        return torch.cat([ever(said), ever(roles), ever(as_value), numbers, new.clamp(max=1), classes], -1)
