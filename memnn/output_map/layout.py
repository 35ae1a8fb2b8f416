"""O, where things are: positions that fit all facts at once, and the chain of facts between two things.

What adds up along a chain, as steps to the north or differences in size, need not be followed link by link.
Where each fact says how far apart two things are, the positions that fit the facts best are those of least
squares, and any two things are as far apart as their positions, however long the chain between them. The same
equations say which facts join two things: a current led in at one and out at the other flows through the
facts of the chain between them, in its order, and not through those that hang off it. Cf. HodgeRank (Jiang et
al. 2011, arXiv:0811.1067).
"""

from dataclasses import dataclass
from itertools import combinations, product

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

LOOSE = 1e-8  # strength of what holds every thing where it is: else those that no fact holds had no position
FAR = 1e4  # resistance between two things that are taken for half joined
SAME = 1e-4  # potentials that differ by less are the same


@dataclass(frozen=True)
class Laid:
    """What the layout says for a question."""

    shown: Float[Tensor, "batch nodes dim"]  # added to the nodes' states
    apart: Float[Tensor, "batch space"]  # how far the second thing of the question is from the first
    chain: Float[Tensor, "batch items dim"]  # added to the question's state for each item of the answer
    asked: Bool[Tensor, " batch"]  # whether the question names two things; else all else is 0

    def lead(
        self, question: Float[Tensor, "batch 1 dim"], begun: Float[Tensor, "batch 1 dim"], item: int
    ) -> Float[Tensor, "batch 1 dim"]:
        """The question's state before its hop for this item. Led along the chain it begins anew each time:
        what it says hangs on the fact that it is shown, and not on how many came before.
        """
        shown = self.chain[:, min(item, self.chain.shape[1] - 1), None]
        return torch.where(self.asked[:, None, None], begun + shown, question)


@dataclass(frozen=True)
class _Edges:
    """What joins the things in two places of a node, for all nodes and places behind one another."""

    first: Int[Tensor, "batch edges"]  # symbols
    second: Int[Tensor, "batch edges"]
    strength: Float[Tensor, "batch edges"]  # 0 where nothing is joined
    apart: Float[Tensor, "batch edges space"]


class Layout(nn.Module):
    """Positions h_s of the symbols, of `space` numbers, by what facts say of those in their places p < q,

        h = argmin sum_ipq k_ipq |P_iq h - P_ip h - D_pq y_i|^2
        k_ipq = s(K_pq y_i + c_pq)        y = norm x

    and the current f_ipq through fact i from the first symbol that the question names, Q_1, to the second,

        f_ipq = k_ipq (P_ip - P_iq) v        L v = Q_1 - Q_2
        L = sum_ipq k_ipq (P_ip - P_iq)(P_ip - P_iq)^T

    P_ip being the symbol in place p of fact i and s the logistic function. L is the Laplacian of the graph
    whose edges are facts; h comes from it too. Facts and question are shown

        x_i <- x_i + B f_i + b        x_Q <- x_Q + b + A tanh(Q_2 h - Q_1 h) + a

    and for item j of the answer the question is shown the fact that comes j-th on the way, with

        u_ijpq = |f_ipq| [r_ipq = j]        r_ipq: the current through facts that it passes before
        x_Q + sum_ipq u_ijpq E_pq,sign(f) y_i + (1 - sum_ipq u_ijpq) e + [j > 0] l

    so that e says that the way has ended, and l that something was said. All of it is 0 where the question
    names fewer than two symbols. The cost grows as the cube of the symbols, once for all hops.
    """

    def __init__(self, dim: int, places: int, *, space: int, items: int) -> None:
        """`items`: of an answer, at most."""
        super().__init__()
        self.space, self.items = space, items
        self.ends = list(combinations(range(places), 2))  # p, q
        self.told = nn.RMSNorm(dim)
        self.strength = nn.Linear(dim, len(self.ends))  # K, c
        self.distance = nn.Linear(dim, len(self.ends) * space, bias=False)  # D
        self.current = nn.Linear(len(self.ends), dim)  # B, b
        self.show = nn.Linear(space, dim)  # A, a
        self.along = nn.Linear(2 * len(self.ends) * dim, dim, bias=False)  # E
        self.ended = nn.Parameter(0.3 * torch.randn(dim))  # e
        self.later = nn.Parameter(0.3 * torch.randn(dim))  # l

    def forward(
        self,
        states: Float[Tensor, "batch nodes dim"],
        fillers: Float[Tensor, "batch nodes places symbols"],
        told: Bool[Tensor, "batch nodes"],
        things: Bool[Tensor, "batch nodes places"] | None = None,
    ) -> Laid:
        """Of the nodes, the question last. `told` says which facts count, and `things` which places hold what
        may be joined, all unless told.
        """
        filled, names = fillers.amax(-1) > 0, fillers.argmax(-1)
        there = filled if things is None else filled & things
        asks = there[:, -1].sum(1) > 1
        laid = Laid(
            torch.zeros_like(states),
            states.new_zeros(len(states), self.space),
            states.new_zeros(len(states), self.items, states.shape[-1]),
            asks,
        )
        rows = (filled[:, -1].sum(1) > 1).nonzero()[:, 0]  # at least all that ask
        if not len(rows):
            return laid
        found = self._found(states[rows], names[rows], there[rows], told[rows], fillers.shape[-1])
        asking = asks[rows].to(states)
        shown, apart, chain = (part * asking.view(-1, *(1,) * (part.ndim - 1)) for part in found)
        return Laid(
            laid.shown.index_add(0, rows, shown),
            laid.apart.index_add(0, rows, apart),
            laid.chain.index_add(0, rows, chain),
            asks,
        )

    def _found(
        self,
        states: Float[Tensor, "batch nodes dim"],
        names: Int[Tensor, "batch nodes places"],
        there: Bool[Tensor, "batch nodes places"],
        told: Bool[Tensor, "batch nodes"],
        symbols: int,
    ) -> tuple[
        Float[Tensor, "batch nodes dim"], Float[Tensor, "batch space"], Float[Tensor, "batch items dim"]
    ]:
        y, asked = self.told(states), _first_two(names[:, -1], there[:, -1])
        edges = self._edges(y, names, there & told[..., None])
        positions, potentials = self._solve(edges, asked, symbols)
        between = potentials.gather(1, asked)
        joined = FAR / (FAR + between[:, :1] - between[:, 1:]).to(y)
        at = positions.gather(1, asked[..., None].expand(-1, -1, self.space))
        apart = (at[:, 1] - at[:, 0]) * joined
        ends = potentials.gather(1, edges.first), potentials.gather(1, edges.second)
        flow = edges.strength * (ends[0] - ends[1]).to(y)
        passed = _passed(flow.abs().detach(), -(ends[0] + ends[1]).detach() / 2)
        flow = (flow * joined).view(len(flow), -1, len(self.ends))  # by node
        shown = self.current(flow)
        shown = torch.cat([shown[:, :-1], shown[:, -1:] + self.show(apart.tanh())[:, None]], 1)
        return shown, apart, self._chain(y, flow, passed)

    def _edges(
        self,
        y: Float[Tensor, "batch nodes dim"],
        names: Int[Tensor, "batch nodes places"],
        there: Bool[Tensor, "batch nodes places"],
    ) -> _Edges:
        first, second = ([end[side] for end in self.ends] for side in (0, 1))
        both = there[..., first] & there[..., second]
        both = torch.cat([both[:, :-1], torch.zeros_like(both[:, -1:])], 1)  # a question tells nothing
        return _Edges(
            names[..., first].flatten(1),
            names[..., second].flatten(1),
            (self.strength(y).sigmoid() * both).flatten(1),
            self.distance(y).view(len(y), -1, self.space),
        )

    def _solve(
        self, edges: _Edges, asked: Int[Tensor, "batch 2"], symbols: int
    ) -> tuple[Float[Tensor, "batch symbols space"], Float[Tensor, "batch symbols"]]:
        """h, and v in double precision: it is large where nothing joins the two."""
        strength, first, second = edges.strength.double(), edges.first, edges.second
        laplacian = strength.new_zeros(len(strength), symbols * symbols)
        for one, other in product((first, second), repeat=2):
            sign = 1 if one is other else -1
            laplacian = laplacian.scatter_add(1, one * symbols + other, sign * strength)
        laplacian = laplacian.view(-1, symbols, symbols)
        laplacian = laplacian + LOOSE * torch.eye(symbols, device=laplacian.device)
        pulled = strength[..., None] * edges.apart.double()
        sought = pulled.new_zeros(len(pulled), symbols, self.space)
        for ends, sign in ((first, -1), (second, 1)):
            sought = sought.scatter_add(1, ends[..., None].expand_as(pulled), sign * pulled)
        led = (asked[..., None] == torch.arange(symbols, device=asked.device)).to(sought)
        sought = torch.cat([sought, (led[:, 0] - led[:, 1])[..., None]], -1)
        found = torch.cholesky_solve(sought, torch.linalg.cholesky(laplacian))
        return found[..., :-1].to(edges.strength), found[..., -1]

    def _chain(
        self,
        y: Float[Tensor, "batch nodes dim"],
        flow: Float[Tensor, "batch nodes ends"],
        passed: Float[Tensor, "batch edges"],
    ) -> Float[Tensor, "batch items dim"]:
        items = torch.arange(self.items, device=flow.device)[:, None, None]
        turn = (passed.view(len(flow), 1, *flow.shape[1:]) - items).abs() < 0.5
        taken = (flow[:, None] * turn).repeat(1, 1, 1, 2)  # batch items nodes, ends twice: there and back
        taken = (taken * flow.new_tensor([1, -1]).repeat_interleave(len(self.ends))).relu()
        left = 1 - taken.sum((2, 3))[..., None]
        said: Tensor = self.along(torch.einsum("bjne,bnd->bjed", taken, y).flatten(2))
        return said + left * self.ended + (items[..., 0] > 0) * self.later


def _first_two(
    names: Int[Tensor, "batch places"], filled: Bool[Tensor, "batch places"]
) -> Int[Tensor, "batch 2"]:
    order = filled.cumsum(1) * filled
    return torch.stack([(names * (order == number)).sum(1) for number in (1, 2)], 1)


def _passed(
    share: Float[Tensor, "batch edges"], drop: Float[Tensor, "batch edges"]
) -> Float[Tensor, "batch edges"]:
    """The current through what it passes before: whose `drop` is smaller."""
    drop, order = drop.sort(1)
    share = share.gather(1, order)
    before = share.cumsum(1) - share
    other = nn.functional.pad(drop.diff(dim=1) > SAME, (1, 0), value=True)  # than the one before
    return torch.empty_like(before).scatter(1, order, before.where(other, 0).cummax(1).values)
