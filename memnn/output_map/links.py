"""O, where chains end: each fact leads to another, and what leads to none is the end, however far it is.

Whoever asks where a letter is that lies in a bag, in a crate, on a van, reads what was told last of the
letter, then of the bag, and so on. Hops that read one fact after another take as many hops as the chain has
facts, and have to learn when to stop. Where each fact leads can be found for all at once, and where they all
end follows in one step: as for a walk that ends in an absorbing Markov chain (Kemeny and Snell 1960, chapter
3).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

GONE = 1e-4  # chance that a walk ends at any fact: else one that goes round had no end
ORDERS = 3
SHARP = 4.0  # what chances are made of is multiplied by it, so that they are soon near 0 and 1
WILLING = 0.25  # offset of a fit before training


@dataclass(frozen=True)
class Ends:
    """What the walks from all nodes come to."""

    shown: Float[Tensor, "batch nodes dim"]  # added to the nodes' states
    symbols: Float[Tensor, "batch nodes symbols"]  # shares, of 1 at most together
    walk: Float[Tensor, "batch nodes nodes"]  # W

    @property
    def passed(self) -> Float[Tensor, "batch nodes"]:
        """How often the walk from the question comes to each node, in the mean: its row of (1 - W)^-1."""
        left = torch.eye(self.walk.shape[-1], device=self.walk.device) - self.walk
        start = torch.zeros_like(self.walk[..., :1])
        start[:, -1] = 1
        passed: Tensor = torch.linalg.solve(left.mT, start)
        return passed[..., 0]


class Links(nn.Module):
    """From node i a walk goes on to fact j with the chance W_ij, and ends with what is left:

        W_ij = sum_h l_ih w_hij        l_i = softmax(4 L y_i)        y = norm x
        E = (1 - W)^-1 diag(1 - W 1)        E_ij: the chance that from i it ends at j

    w_h goes to the first fact that fits, in one of three orders h: from the newest of all to the oldest, from
    i back, and from i on; of the question, which was told last, the third is as the second:

        w_hij = f_hij prod_k (1 - f_hik)        k: facts that come before j in order h
        f_hij = s(4 (q_h(y_i) . k_h(y_j) / sqrt(c) + d_h)) (a_hi P_i) . (b_hj P_j)

    s being the logistic function, P_i what fills the places of i, and a_hi = softmax(4 A_h y_i) a choice
    among them: facts without a symbol in common are no links, however many there are. Of the end a node is
    shown

        x_i <- x_i + sum_j E_ij V y_j        scratch register 0 of i <- sum_j E_ij softmax(U y_j) P_j

    The cost grows as the cube of the facts, once for all hops.
    """

    def __init__(self, dim: int, places: int, width: int) -> None:
        super().__init__()
        self.sizes = [width, places]
        self.before = nn.RMSNorm(dim)
        self.ask = nn.Linear(dim, ORDERS * sum(self.sizes))  # q, A
        self.offer = nn.Linear(dim, ORDERS * sum(self.sizes))  # k, B
        self.offset = nn.Parameter(torch.full((ORDERS, 1, 1, 1), WILLING))  # d
        self.order = nn.Linear(dim, ORDERS)  # L
        self.value = nn.Linear(dim, dim)  # V
        self.point = nn.Linear(dim, places)  # U

    def forward(
        self,
        states: Float[Tensor, "batch nodes dim"],
        fillers: Float[Tensor, "batch nodes places symbols"],
        told: Bool[Tensor, "batch nodes"],
    ) -> Ends:
        """Of the nodes, the question last. `told` says which facts count."""
        walk = self.walk(states, fillers, told)
        y = self.before(states)
        symbols = (self.point(y).softmax(-1)[..., None, :] @ fillers)[:, :, 0]
        at_end = torch.cat([self.value(y), symbols], -1).to(walk) * (1 - walk.sum(-1, keepdim=True))
        found = torch.linalg.solve(torch.eye(walk.shape[-1], device=walk.device) - walk, at_end)
        return Ends(found[..., : states.shape[-1]], found[..., states.shape[-1] :], walk)

    def walk(
        self,
        states: Float[Tensor, "batch nodes dim"],
        fillers: Float[Tensor, "batch nodes places symbols"],
        told: Bool[Tensor, "batch nodes"],
    ) -> Float[Tensor, "batch nodes nodes"]:
        """W, the chances to go on."""
        y = self.before(states)
        ask, offer = (part(y).unflatten(-1, (ORDERS, -1)) for part in (self.ask, self.offer))
        (q, a), (k, b) = (torch.split(part, self.sizes, -1) for part in (ask, offer))
        asked, offered = (
            torch.einsum("bnhp,bnps->hbns", (SHARP * some).softmax(-1), fillers) for some in (a, b)
        )
        fits = torch.einsum("bihc,bjhc->hbij", q, k) / self.sizes[0] ** 0.5 + self.offset
        fits = (SHARP * fits).sigmoid() * (asked @ offered.mT)
        node = torch.arange(fits.shape[-1], device=fits.device)
        question, back, on = node == node[-1], node < node[:, None], node > node[:, None]
        orders = torch.stack([back | on, back, on | question[:, None]])  # readers by what they may read
        fits = fits * (orders[:, None] & (told & ~question)[:, None])
        newest_first, oldest_first = _first(fits.flip(-1)).flip(-1), _first(fits[2:])
        on_from = torch.where(question[:, None], newest_first[2:], oldest_first)
        order = (SHARP * self.order(y)).softmax(-1).permute(2, 0, 1)[..., None]
        walk: Tensor = (torch.cat([newest_first[:2], on_from]) * order).sum(0)
        return (1 - GONE) * walk.to(self.offset)


def _first(fits: Float[Tensor, "orders batch nodes places"]) -> Float[Tensor, "orders batch nodes places"]:
    """Chances that each is the first that fits, from those that it fits."""
    passed = torch.log1p(-fits.clamp(max=1 - 1e-6)).cumsum(-1)
    before: Tensor = nn.functional.pad(passed, (1, 0))[..., :-1].exp()
    return fits * before
