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
ORDERS = 3  # in which the first that fits is looked for
SHARP = 4.0  # what chances are made of is multiplied by it, so that they are soon near 0 and 1
WILLING = 0.25  # offset of a fit before training
MANY = 2000  # facts from which steps are added up one by one, until there is next to nothing left
SMALL = 1e-6  # a step that is left out


@dataclass(frozen=True)
class Ends:
    """What the walks from all nodes come to."""

    shown: Float[Tensor, "batch nodes dim"]  # added to the nodes' states
    symbols: Float[Tensor, "batch nodes symbols"]  # shares, of 1 at most together
    walk: Float[Tensor, "batch nodes nodes"]  # W

    @property
    def passed(self) -> Float[Tensor, "batch nodes"]:
        """How often the walk from the question comes to each node, in the mean: its row of (1 - W)^-1."""
        start = torch.zeros_like(self.walk[..., :1])
        start[:, -1] = 1
        return _add_up(self.walk.mT, start)[..., 0]


class Links(nn.Module):
    """From node i a walk goes on to fact j with the chance W_ij, and ends with what is left:

        W_ij = sum_h l_ih w_hij        l_i = softmax(L y_i)        y = norm x
        E = (1 - W)^-1 diag(1 - W 1)        E_ij: the chance that from i it ends at j

    w_h goes to the first fact that fits, in one of three orders h: from the newest of all to the oldest; from
    i back; from i on, or of the question, behind which nothing was told, back too:

        w_hij = f_ij prod_k (1 - f_ik)        k: facts that come before j in order h
        f_ij = s(4 (q(y_i) . k(y_j) / sqrt(c) + d)) (a_i P_i) . (b_j P_j)        a_i = softmax(4 A y_i)

    s being the logistic function, P_i what fills the places of i, and a_i and b_j choices among them: facts
    without a symbol in common are no links, however many there are. What fits is the same in every order, so
    that what was learnt of it holds where another order turns out to be the right one. Of the end a node is
    shown

        x_i <- x_i + sum_j E_ij V y_j        scratch register 0 of i <- sum_j E_ij softmax(U y_j) P_j

    The cost grows as the cube of the facts, once for all hops; of more than `MANY` as their square, for each
    link of the longest chain.
    """

    def __init__(self, dim: int, places: int, width: int) -> None:
        super().__init__()
        self.sizes = [width, places]
        self.before = nn.RMSNorm(dim)
        self.ask = nn.Linear(dim, sum(self.sizes))  # q, A
        self.offer = nn.Linear(dim, sum(self.sizes))  # k, B
        self.offset = nn.Parameter(torch.tensor(WILLING))  # d
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
        found = _add_up(walk, at_end)
        return Ends(found[..., : states.shape[-1]], found[..., states.shape[-1] :], walk)

    def walk(
        self,
        states: Float[Tensor, "batch nodes dim"],
        fillers: Float[Tensor, "batch nodes places symbols"],
        told: Bool[Tensor, "batch nodes"],
    ) -> Float[Tensor, "batch nodes nodes"]:
        """W, the chances to go on."""
        y = self.before(states)
        (q, a), (k, b) = (torch.split(part(y), self.sizes, -1) for part in (self.ask, self.offer))
        asked, offered = (
            torch.einsum("bnp,bnps->bns", (SHARP * some).softmax(-1), fillers) for some in (a, b)
        )
        fits = q @ k.mT / self.sizes[0] ** 0.5 + self.offset
        fits = (SHARP * fits).sigmoid() * (asked @ offered.mT)
        node = torch.arange(fits.shape[-1], device=fits.device)
        question, here = node == node[-1], node[:, None]
        fits = fits * (told & ~question)[:, None]
        newest, back = (_first((fits * may).flip(-1)).flip(-1) for may in (node != here, node < here))
        on = torch.where(question[:, None], back, _first(fits * (node > here)))
        order = self.order(y).softmax(-1).unbind(-1)
        walk: Tensor = sum(first * share[..., None] for first, share in zip((newest, back, on), order))
        return (1 - GONE) * walk.to(self.offset)


def _first(fits: Float[Tensor, "batch nodes places"]) -> Float[Tensor, "batch nodes places"]:
    """Chances that each is the first that fits, from those that it fits."""
    passed = torch.log1p(-fits.clamp(max=1 - 1e-6)).cumsum(-1)
    before: Tensor = nn.functional.pad(passed, (1, 0))[..., :-1].exp()
    return fits * before


def _add_up(
    walk: Float[Tensor, "batch nodes nodes"], values: Float[Tensor, "batch nodes some"]
) -> Float[Tensor, "batch nodes some"]:
    """(1 - W)^-1 v = v + W v + W W v + ..."""
    nodes = walk.shape[-1]
    if nodes <= MANY:
        total: Tensor = torch.linalg.solve(torch.eye(nodes, device=walk.device) - walk, values)
        return total
    total = values
    for _ in range(nodes):
        values = walk @ values
        total = total + values
        if float(values.detach().abs().max()) < SMALL:
            break
    return total
