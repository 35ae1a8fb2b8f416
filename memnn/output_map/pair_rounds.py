"""O, what a story's symbols are to one another: every two of them, read through a third, round after round.

Facts say what some symbols are to some others: who is whose mother, what lies north of what. What any two
are to each other follows by going through a third, and then through those that so became known, so that a
chain takes as many rounds as its length can be halved. Cf. edge transformers (Bergen et al. 2021,
arXiv:2112.00578), where every pair attends to every third.
"""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.output_map.references import References

HEADS, WIDTH = 4, 16
FEWEST, MOST = 3, 8  # rounds of a training batch
SKIPPED = 0.3  # share of the ways through a third that a training round does without, other ones each time
NOISE = 0.5  # standard deviation of what is added to y in training
PAIRED = 128  # symbols, those named last, of a story that has more
ALIKE = 3  # numbers of symbols whose stories are worked out together
AT_ONCE = 1 << 21  # numbers of a product that is made in one go where no gradient is wanted


def draw_pair_rounds(rng: np.random.Generator) -> int:
    """Those of a training batch."""
    return int(rng.integers(FEWEST, MOST, endpoint=True))


class PairRounds(nn.Module):
    """What symbol s is to symbol t is a vector e_st. First it is what facts say that name both,

        e_st(0) = sum_i sum_pq P_ips P_iqt (W_pq y_i + c_pq) + [s = t] (a + K n_s) + b          y_i = norm x_i

    P_ips being whether symbol s stands in place p of fact i, or, in the last places, how far the fact speaks
    of s without its name (`references.py`); n_s what the name of s says, where names are of `kinds` (else
    K n_s is left out): of what kind s is and not who; and x_i what the fact says without names: what follows
    from what holds whoever they are. Then in every round, with four heads and the same weights, each goes
    through the symbols l that lead from s to t, or through none, whose score is 0:

        w_slt = exp z_slt / (1 + sum_l' exp z_sl't)        z_slt = q(y_sl) . k(y_lt) / sqrt(16)
        e_st <- e_st(0) + F(sum_l w_slt v(y_sl) * u(y_lt))        y = norm e

    F being a layer of hidden units with ReLU. What was found is not added up, so that rounds after the last
    that are needed change little. Where the question names two symbols or more, every node then sees what its
    symbols are to each other, and to those of the question, Q:

        x_i <- x_i + a bias + sum_pq (A_pq z[P_ip, P_iq] + B_pq z[P_ip, Q_q])            z = norm e

    A training batch takes 3 to 8 rounds by chance, and in each round goes without three in ten of the
    thirds: what follows must not hang on the order in which things are joined. Noise is added to the y of
    each round, so that what follows in one way is near enough to what follows in another. The cost grows as
    the cube of the symbols, of which the 128 named last are read.
    """

    def __init__(
        self,
        node_dim: int,
        places: int,
        *,
        dim: int,
        kinds: int,
        rounds: int,
        hidden: int = 128,
    ) -> None:
        super().__init__()
        self.places, self.dim, self.kinds, self.rounds = places, dim, kinds, rounds
        self.told = nn.RMSNorm(node_dim)
        self.references = References(node_dim, places, kinds)
        self.spoken = places + self.references.heads
        self.write = nn.Linear(node_dim, self.spoken**2 * dim)  # W, c
        self.kind = nn.Linear(kinds, dim, bias=False) if kinds else None  # K
        self.same = nn.Parameter(0.3 * torch.randn(dim))  # a
        self.untold = nn.Parameter(0.3 * torch.randn(dim))  # b
        self.before = nn.RMSNorm(dim)
        self.read = nn.Linear(dim, 4 * HEADS * WIDTH)  # q, k, v, u
        self.mix = nn.Sequential(nn.Linear(HEADS * WIDTH, hidden), nn.ReLU(), nn.Linear(hidden, dim))  # F
        self.after = nn.RMSNorm(dim)
        self.show = nn.Linear(2 * places * places * dim, node_dim)  # A, B

    def forward(
        self,
        states: Float[Tensor, "batch nodes dim"],
        fillers: Float[Tensor, "batch nodes places symbols"],
        told: Bool[Tensor, "batch nodes"],
        rounds: int | None = None,
        says: Float[Tensor, "batch nodes places kinds"] | None = None,
    ) -> tuple[Float[Tensor, "batch nodes dim"], Float[Tensor, "batch ways pair"]]:
        """What the pairs add to the nodes' states, the question last, after this network's rounds unless
        told; and e_st and e_ts of the two that the question names first, 0 where it names fewer. `told` says
        which facts count, and `says` what names say, zero where it is nothing.
        """
        fillers = _named_last(fillers, PAIRED)[:, :, : _filled(fillers)]
        says = fillers.new_zeros(*fillers.shape[:3], self.kinds) if says is None else says
        says = says[:, :, : fillers.shape[2]]
        rounds = self.rounds if rounds is None else rounds
        shown, between = torch.zeros_like(states), states.new_zeros(len(states), 2, self.dim)
        for rows, symbols in _alike(fillers):
            some, filled = states[rows], fillers[rows, :, :, :symbols]
            pairs = self.find(some[:, :-1], filled, told[rows, :-1], says[rows], rounds)
            asked = torch.einsum("bis,bjt,bstp->bijp", filled[:, -1, :2], filled[:, -1, :2], pairs)
            between = between.index_add(0, rows, torch.stack([asked[:, 0, 1], asked[:, 1, 0]], 1))
            shown = shown.index_add(0, rows, self.seen(self.after(pairs), filled))
        return shown, between

    def find(
        self,
        states: Float[Tensor, "batch facts dim"],
        fillers: Float[Tensor, "batch nodes places symbols"],
        told: Bool[Tensor, "batch facts"],
        says: Float[Tensor, "batch nodes places kinds"],
        rounds: int,
    ) -> Float[Tensor, "batch symbols symbols pair"]:
        """e after so many rounds."""
        y, shown = self.told(states), fillers[:, :-1] * told[..., None, None]
        spoken = self.references(y, shown, says[:, :-1]) * told[..., None, None]
        first = self.tell(y, torch.cat([shown, spoken], 2)) + self.kind_of(fillers, says)
        there = fillers.flatten(1, 2).any(1)
        pairs: Tensor = first
        for _ in range(rounds):
            y = self.before(pairs)
            y = y + NOISE * torch.randn_like(y) if self.training else y
            pairs = first + self.mix(self.go_through(y, there))
        return pairs

    def tell(
        self, y: Float[Tensor, "batch facts dim"], fillers: Float[Tensor, "batch facts places symbols"]
    ) -> Float[Tensor, "batch symbols symbols pair"]:
        """e(0), of facts alone. Places that nothing fills may be left out, but not those of references."""
        batch, facts, places, symbols = fillers.shape
        heads = self.references.heads
        kept = [*range(places - heads), *range(self.places, self.places + heads)]
        sizes = self.spoken, self.spoken, self.dim
        weight = self.write.weight.view(*sizes, -1)[kept][:, kept].flatten(0, 2)
        bias = self.write.bias.view(sizes)[kept][:, kept].flatten()
        said = nn.functional.linear(y, weight, bias).view(batch, facts, places, places, self.dim)
        second = fillers.mT @ said.transpose(2, 3).flatten(3)  # by t; then p and what is said
        second = second.view(batch, facts, symbols, places, self.dim).transpose(2, 3).flatten(3)
        both: Tensor = fillers.flatten(1, 2).mT @ second.flatten(1, 2)
        told: Tensor = both.view(batch, symbols, symbols, self.dim) + self.untold
        return told

    def kind_of(
        self,
        fillers: Float[Tensor, "batch nodes places symbols"],
        says: Float[Tensor, "batch nodes places kinds"],
    ) -> Float[Tensor, "batch symbols symbols pair"]:
        """What a symbol is to itself, from its name: that of all its mentions."""
        mentions = fillers.flatten(1, 2).mT
        itself = self.same.expand(*mentions.shape[:2], -1)
        if self.kind is not None:
            said = mentions @ says.flatten(1, 2) / mentions.sum(2, keepdim=True).clamp(min=1)
            itself = itself + self.kind(said)
        found: Tensor = torch.eye(itself.shape[1], device=itself.device)[..., None] * itself[:, :, None]
        return found

    def go_through(
        self, pairs: Float[Tensor, "batch symbols symbols pair"], there: Bool[Tensor, "batch symbols"]
    ) -> Float[Tensor, "batch symbols symbols read"]:
        """sum_l w_slt v(y_sl) * u(y_lt), the heads side by side."""
        batch, symbols = there.shape
        parts = self.read(pairs).view(batch, symbols, symbols, 4, HEADS, WIDTH)
        parts = parts.permute(3, 0, 4, 1, 2, 5).contiguous()  # each batch heads symbols symbols width
        q, k, v, u = parts.unbind(0)
        barred = torch.zeros_like(there, dtype=q.dtype).masked_fill(~there, torch.finfo(q.dtype).min / 4)
        row = batch * HEADS * symbols * symbols * WIDTH  # numbers of the products of one s
        rows = symbols if torch.is_grad_enabled() else max(1, AT_ONCE // row)
        read = []
        for q_some, v_some in zip(q.split(rows, 2), v.split(rows, 2)):
            scores = q_some.transpose(2, 3) @ k.mT / WIDTH**0.5 + barred[:, None, :, None, None]  # l s t
            if self.training:
                skipped = torch.rand_like(scores[:, :1]) < SKIPPED
                scores = scores.masked_fill(skipped, torch.finfo(scores.dtype).min / 4)
            weights = nn.functional.pad(scores, (0, 0, 0, 0, 0, 1)).softmax(2)[:, :, :-1]
            through = weights[..., None] * v_some.transpose(2, 3)[:, :, :, :, None] * u[:, :, :, None]
            read.append(through.sum(2))
        return torch.cat(read, 2).permute(0, 2, 3, 1, 4).flatten(3)

    def seen(
        self,
        pairs: Float[Tensor, "batch symbols symbols pair"],
        fillers: Float[Tensor, "batch nodes places symbols"],
    ) -> Float[Tensor, "batch nodes dim"]:
        """What each node is shown: what its symbols are to each other, and to the question's."""
        batch, nodes, places, symbols = fillers.shape
        first = fillers.flatten(1, 2) @ pairs.flatten(2)
        first = first.view(batch, nodes, places, symbols, self.dim).transpose(2, 3).flatten(3)
        own, asked = (second @ first for second in (fillers, fillers[:, -1:].expand_as(fillers)))
        weight = self.show.weight.view(-1, 2, self.places, self.places, self.dim)[:, :, :places, :places]
        both = torch.cat([own.flatten(2), asked.flatten(2)], -1)
        return nn.functional.linear(both, weight.flatten(1), self.show.bias)


def _alike(fillers: Float[Tensor, "batch nodes places symbols"]) -> list[tuple[Int[Tensor, " some"], int]]:
    """The stories whose question names two symbols or more, in groups of about as many symbols, and the most
    of each: the cost grows as their cube.
    """
    named = fillers.amax(2) > 0  # batch nodes symbols
    numbers = torch.arange(1, fillers.shape[3] + 1, device=fillers.device)
    most = (named.any(1) * numbers).amax(1)
    group = (named[:, -1].sum(1) > 1) * (most + ALIKE - 1) // ALIKE  # 0: none
    rows = [(group == number).nonzero()[:, 0] for number in torch.unique(group).tolist() if number]
    return [(some, int(most[some].amax())) for some in rows]


def _filled(fillers: Float[Tensor, "batch nodes places symbols"]) -> int:
    """Up to which place any sentence is filled: those behind need no work."""
    return int((fillers.amax((0, 1, 3)) > 0).nonzero().amax()) + 1 if fillers.any() else 1


def _named_last(
    fillers: Float[Tensor, "batch nodes places symbols"], most: int
) -> Float[Tensor, "batch nodes places some"]:
    if fillers.shape[3] <= most:
        return fillers
    order = torch.arange(1, fillers.shape[1] + 1, device=fillers.device)
    last = (fillers.amax(2) * order[:, None]).amax(1)  # batch symbols
    kept = last.topk(most, 1).indices[:, None, None].expand(*fillers.shape[:3], -1)
    return fillers.gather(3, kept)
