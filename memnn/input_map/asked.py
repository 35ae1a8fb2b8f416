"""I of the Symbol Memory Network: questions, and what fills the sentences of a story and its question."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


@dataclass(frozen=True)
class Question:
    """Questions as I makes them."""

    frame: Float[Tensor, "batch dim"]
    symbols: Int[Tensor, "batch places"]  # as in SymbolMemory
    names: Int[Tensor, "batch places"]
    count: Int[Tensor, " batch"]  # symbols in the story and the question

    @property
    def most(self) -> int:
        """Symbols of the story that has most."""
        return int(self.count.max()) if len(self.count) else 0

    def of(self, rows: slice) -> "Question":
        """Some of them."""
        return Question(*(part[rows] for part in vars(self).values()))

    def repeat(self, times: int) -> "Question":
        """One question as many times."""
        return Question(*(part.expand(times, *part.shape[1:]) for part in vars(self).values()))


def fillers(
    told: Int[Tensor, "batch slots _"], asked: Int[Tensor, "batch _"], places: int, fill: int
) -> Int[Tensor, "batch nodes places"]:
    """What stands in the places of the facts and of the question behind them; more than fits is left out."""
    return torch.cat([_fit(told, places, fill), _fit(asked, places, fill)[:, None]], 1)


def one_hot(
    symbols: Int[Tensor, "batch nodes places"], count: int, mask: Bool[Tensor, "batch nodes"]
) -> Bool[Tensor, "batch nodes places symbols"]:
    """Which of so many symbols it is; none where there is none, nor in padding."""
    return (symbols[..., None] == torch.arange(count, device=symbols.device)) & mask[..., None, None]


def _fit(rows: Int[Tensor, "*shape _"], places: int, fill: int) -> Int[Tensor, "*shape places"]:
    return nn.functional.pad(rows, (0, max(0, places - rows.shape[-1])), value=fill)[..., :places]
