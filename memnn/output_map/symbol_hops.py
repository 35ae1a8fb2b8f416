"""O of the Symbol Memory Network: facts and question read one another, hop after hop with the same weights.

Every node (fact or question) has a state x_i of `dim` numbers and registers that point at symbols: a
register is a share of 1 over the story's symbols. The first `places` registers hold what fills the sentence
and never change; the others are scratch, at first empty. Symbols are only ever compared and moved, each the
same way, so that a story with other names is read to the same answer with other names, exactly.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from memnn.output_map.recency import latest_weights, next_weights, soft_weights, sum_weights

KINDS = (latest_weights, next_weights, soft_weights, sum_weights)


@dataclass(frozen=True)
class Nodes:
    """A story's facts and its question, the last node, as the hops see them."""

    states: Float[Tensor, "batch nodes dim"]  # x
    registers: Float[Tensor, "batch nodes registers symbols"]  # P
    mask: Bool[Tensor, "batch nodes"]  # False where padded


class SymbolHops(nn.Module):
    """Hops of one layer. In head h, node i reads node j with a weight made from the score

        z_ij = q(y_i) . k(y_j) / sqrt(c)  +  g_h (a(y_i) P_i) . (b(y_j) P_j)  +  d_h        y = norm x

    the second term being whether a symbol that y_i chooses among the registers of i is the one that y_j
    chooses among those of j. Heads of four kinds turn scores to weights: the newest before that
    fits, the next after that fits, softmax, and a sum (`recency.py`). A head reads content and a symbol,

        o_i = sum_j w_ij v(y_j)        s_i = sum_j w_ij softmax(u(y_j)) P_j / max(1, W_i)
        W_i = sum_j w_ij

    and then, F being a layer of hidden units with ReLU and t_r linear in a second norm of the new x_i,

        x_i <- x_i + F(y_i, o_i, m_i)        m_i: P_i P_i^T, P_i Q^T, W_i, max_r s_i . Q_r
        scratch register r of i <- a mean of the symbols s_i, of itself and of the sentence's symbols,
                                   with weights softmax(t_r)

    where Q are the question's own symbols, so that m_i says which of the symbols at hand are the same.
    """

    def __init__(
        self,
        dim: int,
        *,
        places: int = 4,
        scratch: int = 4,
        heads: tuple[int, int, int, int] = (2, 1, 2, 1),
        width: int = 16,
        hidden: int = 192,
        hops: int = 5,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.places, self.scratch, self.heads, self.width, self.hops = places, scratch, heads, width, hops
        count, registers = sum(heads), places + scratch
        self.asked = nn.Parameter(0.3 * torch.randn(dim))  # tells the question from a fact
        self.before = nn.RMSNorm(dim)
        self.content = nn.Linear(dim, count * 3 * width)  # q, k, v
        self.choose = nn.Linear(dim, 3 * count * registers)  # a, b, u
        self.gain = nn.Parameter(torch.full((count, 1), 4.0))  # g
        self.offset = nn.Parameter(torch.full((count, 1, 1), -2.0))  # d
        seen = dim + count * width + registers * (registers + places) + 2 * count
        self.mix = nn.Sequential(
            nn.Linear(seen, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, dim)
        )
        self.after = nn.RMSNorm(dim)
        self.move = nn.Linear(dim, scratch * (count + 1 + places))  # t

    def begin(
        self,
        states: Float[Tensor, "batch nodes dim"],
        fillers: Float[Tensor, "batch nodes places symbols"],
        mask: Bool[Tensor, "batch nodes"],
    ) -> Nodes:
        """The nodes before the first hop; the question is the last."""
        batch, nodes, _, symbols = fillers.shape
        empty = fillers.new_zeros(batch, nodes, self.scratch, symbols)
        states = torch.cat([states[:, :-1], states[:, -1:] + self.asked], 1)
        return Nodes(states, torch.cat([fillers, empty], 2), mask)

    def forward(self, nodes: Nodes) -> list[tuple[Nodes, Float[Tensor, "batch heads nodes nodes"]]]:
        """After each hop the nodes, and where the hop looked."""
        done = []
        for _ in range(self.hops):
            nodes, weights = self.hop(nodes)
            done.append((nodes, weights))
        return done

    def hop(self, nodes: Nodes) -> tuple[Nodes, Float[Tensor, "batch heads nodes nodes"]]:
        """One hop, and where it looked."""
        registers, (batch, count, _) = nodes.registers, nodes.states.shape
        heads, wide, symbols = sum(self.heads), registers.shape[2], registers.shape[3]
        x = self.before(nodes.states)
        q, k, v = self.content(x).view(batch, count, heads, 3, self.width).unbind(3)
        a, b, u = self.choose(x).view(batch, count, 3, heads, wide).unbind(2)
        query = torch.cat([q / self.width**0.5, self.gain * (a @ registers)], -1)
        key = torch.cat([k, b @ registers], -1)
        value = torch.cat([v, u.softmax(-1) @ registers], -1)
        scores = torch.einsum("bihc,bjhc->bhij", query, key) + self.offset
        keys = nodes.mask[:, None, None, :]
        parts = zip(KINDS, torch.split(scores, list(self.heads), 1))
        weights = torch.cat([kind(some, keys) for kind, some in parts if some.shape[1]], 1)
        read = torch.einsum("bhij,bjhc->bihc", weights, value)
        content, moved = torch.split(read, [self.width, symbols], -1)
        total = weights.sum(-1).transpose(1, 2)  # batch nodes heads
        moved = moved / total.clamp(min=1)[..., None]  # a sum may read more than one
        asked = registers[:, -1, : self.places].transpose(-1, -2)[:, None]
        seen = (
            x,
            content.flatten(2),
            (registers @ registers.transpose(-1, -2)).flatten(2),
            (registers @ asked).flatten(2),
            total,
            (moved @ asked).amax(-1),
        )
        states = nodes.states + self.mix(torch.cat(seen, -1))
        t = (
            self.move(self.after(states))
            .view(batch, count, self.scratch, heads + 1 + self.places)
            .softmax(-1)
        )
        of_reads, of_itself, of_sentence = torch.split(t, [heads, 1, self.places], -1)
        sentence, scratch = torch.split(registers, [self.places, self.scratch], 2)
        scratch = of_reads @ moved + of_itself * scratch + of_sentence @ sentence
        return Nodes(states, torch.cat([sentence, scratch], 2), nodes.mask), weights
