"""O for conversations: heads that read the newest entry that fits."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from memnn.output_map.recency import NEVER, nearest_weights


class NewestRead(nn.Module):
    """In head h, of entries x_j oldest first, for a state u,

        z_hj = q_h(u) . k_h(x_j) / sqrt(c) + d_h         w_hj = s(z_hj) prod_{i>j} (1 - s(z_hi))
        o_h = sum_j w_hj v_h(x_j)

    the newest entry that fits taking the weight however many older ones do too (`recency.py`).
    """

    def __init__(self, state: int, dim: int, heads: int, width: int) -> None:
        super().__init__()
        self.heads, self.width = heads, width
        self.query = nn.Linear(state, heads * width)
        self.keys = nn.Linear(dim, heads * width)
        self.values = nn.Linear(dim, heads * width, bias=False)
        self.offset = nn.Parameter(torch.full((heads, 1), -1.0))  # d

    def forward(
        self,
        state: Float[Tensor, "batch state"],
        entries: Float[Tensor, "batch entries dim"],
        mask: Bool[Tensor, "batch entries"],
    ) -> tuple[Float[Tensor, "batch read"], Float[Tensor, "batch heads entries"]]:
        """What all heads read and how much of anything, side by side; and the weights."""
        query = self.query(state).unflatten(-1, (self.heads, self.width))
        keys, values = (
            part(entries).unflatten(-1, (self.heads, self.width)) for part in (self.keys, self.values)
        )
        scores = torch.einsum("bhc,bjhc->bhj", query, keys) / self.width**0.5 + self.offset
        scores = scores.masked_fill(~mask[:, None], NEVER).flip(-1)  # the newest first
        weights = nearest_weights(scores[None])[0].flip(-1)
        read = torch.einsum("bhj,bjhc->bhc", weights, values).flatten(1)
        return torch.cat([read, weights.sum(-1)], -1), weights
