"""O of the Symbol Memory Network: facts and question read one another, hop after hop with the same weights.

Every node (fact or question) has a state x_i of `dim` numbers and registers that point at symbols: a
register is a share of 1 over the story's symbols. The first `places` registers hold what fills the sentence
and never change; the others are scratch, at first empty. Symbols are only ever compared and moved, each the
same way, so that a story with other names is read to the same answer with other names, exactly.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from memnn.output_map.called import Called
from memnn.output_map.end_answers import EndAnswers
from memnn.output_map.layout import Laid, Layout
from memnn.output_map.links import Ends, Links
from memnn.output_map.pair_answers import PairAnswers
from memnn.output_map.pair_rounds import PairRounds
from memnn.output_map.recency import NEVER, Heads, barriers, nearest_first, read_weights
from memnn.output_map.rounds import Rounds

AT_ONCE = 1_000_000  # scores of a head that are worked out in one go where no gradient is wanted

Hidden = Sequence[Bool[Tensor, "batch nodes"]]


@dataclass(frozen=True)
class Nodes:
    """A story's facts and its question, the last node, as the hops see them."""

    states: Float[Tensor, "batch nodes dim"]  # x
    registers: Float[Tensor, "batch nodes registers symbols"]  # P
    mask: Bool[Tensor, "batch nodes"]  # False where padded
    said: Float[Tensor, "batch answers"] | None = None  # log p by the two asked about alone, in training
    ended: Float[Tensor, "batch entries"] | None = None  # log p by where links end alone, in training
    ends: Ends | None = None  # where they end, with links
    laid: Laid | None = None  # where things are, with a layout
    names: Float[Tensor, "batch symbols called"] | None = None  # what symbols are called, where that counts

    def of(self, part: slice) -> "Nodes":
        """Some of the nodes, one after the other."""
        return replace(
            self, states=self.states[:, part], registers=self.registers[:, part], mask=self.mask[:, part]
        )


@dataclass(frozen=True)
class Hop:
    """The nodes that read in a hop, afterwards, and where each kind of head looked (`read_weights`): all of
    them, or the question alone where a long story was read in parts.
    """

    nodes: Nodes
    weights: list[Float[Tensor, "_ batch readers places"]]


@dataclass(frozen=True)
class Offered:
    """What the nodes show to those that read."""

    keys: Float[Tensor, "heads batch places key"]
    values: Float[Tensor, "heads batch places value"]
    asked: Float[Tensor, "batch symbols filled"]  # the symbols of the question, Q


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

    All nodes read for `hops` - 1 hops. Then the question alone goes on, once for each item of the answer,
    over facts that no longer change: a list may be as long as the answer is, at the cost of its facts.

    With `pairs` the nodes begin with what their symbols are to one another (`pair_rounds.py`); with a
    `layout` with where things are, and a question about two things is led along the facts between them, item
    by item (`layout.py`); with `links` with what is told where the facts that lead on from them end, the
    symbol there in the first scratch register (`links.py`). In training these may be asked for the answer by
    themselves (`pair_answers.py`, `end_answers.py`). With `called`, t_r depends on names too (`called.py`).
    """

    def __init__(
        self,
        dim: int,
        *,
        places: int = 4,
        scratch: int = 4,
        heads: Heads = (2, 1, 2, 1),
        width: int = 16,
        hidden: int = 192,
        hops: int = 5,
        dropout: float = 0.0,
        pairs: PairRounds | None = None,
        layout: Layout | None = None,
        links: Links | None = None,
        said: PairAnswers | None = None,
        said_of_ends: EndAnswers | None = None,
        called: Called | None = None,
    ) -> None:
        super().__init__()
        self.pairs, self.layout, self.links = pairs, layout, links
        self.said, self.said_of_ends, self.called = said, said_of_ends, called
        self.places, self.scratch, self.heads, self.width = places, scratch, heads, width
        self.hops = hops
        count, registers = sum(heads), places + scratch
        self.asked = nn.Parameter(0.3 * torch.randn(dim))  # tells the question from a fact
        self.answering = nn.Parameter(0.3 * torch.randn(dim))  # tells it that it reads alone now
        self.before = nn.RMSNorm(dim)
        self.ask = nn.Linear(dim, count * (width + registers))  # q, a
        self.offer = nn.Linear(dim, count * (2 * width + 2 * registers))  # k, v, b, u
        self.gain = nn.Parameter(torch.full((count, 1), 4.0))  # g
        self.offset = nn.Parameter(torch.full((count, 1), -2.0))  # d
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
        names: Float[Tensor, "batch nodes dim"] | None = None,
        hidden: Hidden = (),
        rounds: Rounds | None = None,
        says: Float[Tensor, "batch nodes places said"] | None = None,
        things: Bool[Tensor, "batch nodes places"] | None = None,
        called: Float[Tensor, "batch nodes filled named"] | None = None,
    ) -> Nodes:
        """The nodes before the first hop; the question is the last. Of what is `hidden` in the first hop
        pairs and layout know nothing; nor pairs of what `names` add, but of what they say (`PairRounds`).
        `things` says in which places symbols stand that the layout may join, all unless told: not words read
        by name, which are part of what a fact says. `called` is what names say to `called.py`.
        """
        batch, nodes, _, symbols = fillers.shape
        told, frames = mask & ~hidden[0] if hidden else mask, states
        between, laid, said = None, None, None
        states = states if names is None else states + names
        if self.layout is not None and symbols:
            laid = self.layout(states, fillers, told, things)
        if self.pairs is not None and symbols:
            shown, between = self.pairs(frames, fillers, told, rounds.pairs if rounds else None, says)
            states = states + shown
        if self.training and self.said is not None and symbols:
            said = self.said(frames[:, -1], between, None if laid is None else laid.apart)
            said = said * ((fillers[:, -1].amax(-1) > 0).sum(1) > 1)[:, None]
        states = states if laid is None else states + laid.shown
        states = torch.cat([states[:, :-1], states[:, -1:] + self.asked], 1)
        scratch, ended, ends = fillers.new_zeros(batch, nodes, self.scratch, symbols), None, None
        if self.links is not None:
            ends = self.links(states, fillers, told)
            states = states + ends.shown
            scratch = torch.cat([ends.symbols[:, :, None], scratch[:, :, 1:]], 2)
            if self.training and self.said_of_ends is not None:
                ended = self.said_of_ends(frames[:, -1], ends.shown[:, -1], ends.symbols[:, -1])
        registers = torch.cat([fillers, scratch], 2)
        known = None if self.called is None or called is None else self.called.of_symbols(fillers, called)
        return Nodes(states, registers, mask, said, ended, ends, laid, known)

    @property
    def rounds(self) -> Rounds:
        """The hops of all nodes that an answer takes."""
        return Rounds((self.hops - 1,))

    def read_together(self, nodes: Nodes, hidden: Hidden = (), rounds: Rounds | None = None) -> Iterator[Hop]:
        """The hops of all nodes up to the last stop of `rounds`, this network's unless told.

        `hidden` names, for the first hops, nodes that none may read.
        """
        parts = _parts(nodes.mask)
        whole = self._barred(nodes, parts[0]) if len(parts) == 1 else None
        for number in range((rounds or self.rounds).stops[-1]):
            veil, offered = hidden[number] if number < len(hidden) else None, self.offered(nodes)
            done = list[Nodes]()
            for part in parts:
                barred = self._barred(nodes, part) if whole is None else whole
                hop = self.hop(nodes.of(part), offered, self._veiled(barred, veil))
                done.append(hop.nodes)
            if len(parts) > 1:
                hop = Hop(_joined(nodes, done), [weights[:, :, -1:] for weights in hop.weights])
            nodes = hop.nodes
            yield hop

    def read_alone(self, nodes: Nodes, hidden: Hidden = ()) -> Iterator[Hop]:
        """The hops of the question alone, without end: one an item of the answer. `hidden` as above."""
        question = slice(nodes.mask.shape[1] - 1, None)
        barred, offered, asking = self._barred(nodes, question), self.offered(nodes), nodes.of(question)
        begun = asking.states + self.answering
        asking = replace(asking, states=begun)
        for item in itertools.count():
            if nodes.laid is not None:
                asking = replace(asking, states=nodes.laid.lead(asking.states, begun, item))
            veil = hidden[item] if item < len(hidden) else None
            hop = self.hop(asking, offered, self._veiled(barred, veil))
            asking = hop.nodes
            yield hop

    def _barred(self, nodes: Nodes, part: slice) -> Float[Tensor, "heads batch readers places"]:
        return barriers(nodes.mask, self.heads, part).to(nodes.states)

    def _veiled(
        self,
        barred: Float[Tensor, "heads batch readers places"],
        hidden: Bool[Tensor, "batch nodes"] | None,
    ) -> Float[Tensor, "heads batch readers places"]:
        if hidden is None:
            return barred
        places = nn.functional.pad(hidden, (1, 0))[None, :, None].expand(len(barred), -1, -1, -1)
        return barred.masked_fill(nearest_first(places, self.heads, -1), NEVER)

    def offered(self, nodes: Nodes) -> Offered:
        """Keys and values of all nodes, the question last, behind those of nothing, which are 0."""
        (batch, count, _), (heads, width) = nodes.states.shape, (sum(self.heads), self.width)
        sizes = [width, width, *2 * [self.places + self.scratch]]
        offer = self.offer(self.before(nodes.states)).view(batch, count, heads, sum(sizes))
        k, v, b, u = offer.split_with_sizes(sizes, -1)
        compared, moved = (torch.cat([b, u.softmax(-1)], 2) @ nodes.registers).chunk(2, 2)
        offset = self.offset.expand(batch, count, heads, 1)
        sides = (torch.cat([k, compared, offset], -1), torch.cat([v, moved, torch.ones_like(offset)], -1))
        keys, values = (
            nearest_first(nn.functional.pad(side.permute(2, 0, 1, 3), (0, 0, 1, 0)), self.heads, 2)
            for side in sides
        )
        return Offered(keys, values, nodes.registers[:, -1, : self.places].mT)

    def hop(self, nodes: Nodes, offered: Offered, barred: Float[Tensor, "heads batch readers places"]) -> Hop:
        """One hop of some of the nodes, which may not read what is `barred` to them (`barriers`)."""
        registers, (batch, count, _) = nodes.registers, nodes.states.shape
        heads, width = sum(self.heads), self.width
        x = self.before(nodes.states)
        sizes = [width, self.places + self.scratch]
        q, a = self.ask(x).view(batch, count, heads, sum(sizes)).split_with_sizes(sizes, -1)
        query = torch.cat([q / width**0.5, self.gain * a @ registers, torch.ones_like(q[..., :1])], -1)
        query = query.permute(2, 0, 1, 3).flatten(0, 1)  # heads first: those of a kind lie together
        scores = torch.baddbmm(barred.flatten(0, 1), query, offered.keys.flatten(0, 1).mT)
        weights = read_weights(scores.view(heads, *barred.shape[1:]), self.heads)
        values = offered.values.split_with_sizes(self.heads)
        read = torch.cat([some @ value for some, value in zip(weights, values)]).permute(1, 2, 0, 3)
        content, moved, total = read.split_with_sizes([width, registers.shape[-1], 1], -1)
        moved = moved / total.clamp(min=1)  # a sum may read more than one
        asked = offered.asked[:, None]
        seen = (
            x,
            content.flatten(2),
            (registers @ registers.mT).flatten(2),
            (registers @ asked).flatten(2),
            total.flatten(2),
            (moved @ asked).amax(-1),
        )
        states = nodes.states + self.mix(torch.cat(seen, -1))
        sizes = [heads, 1, self.places]
        sentence, scratch = registers.split_with_sizes([self.places, self.scratch], 2)
        y = self.after(states)
        t = self.move(y).view(batch, count, self.scratch, sum(sizes))
        if self.called is not None and nodes.names is not None:
            others, own = self.called(y, nodes.names, torch.cat([moved, sentence], 2), scratch)
            t = t + torch.cat([others[..., :heads], own, others[..., heads:]], -1)
        of_reads, of_itself, of_sentence = t.softmax(-1).split_with_sizes(sizes, -1)
        scratch = of_reads @ moved + of_itself * scratch + of_sentence @ sentence
        return Hop(replace(nodes, states=states, registers=torch.cat([sentence, scratch], 2)), weights)


def _parts(mask: Bool[Tensor, "batch nodes"]) -> list[slice]:
    """The nodes that read in one go: all of them where a gradient is wanted."""
    batch, nodes = mask.shape
    rows = nodes if torch.is_grad_enabled() else max(1, AT_ONCE // (batch * (nodes + 1)))
    return [slice(first, first + rows) for first in range(0, nodes, rows)]


def _joined(nodes: Nodes, parts: Sequence[Nodes]) -> Nodes:
    states = torch.cat([part.states for part in parts], 1)
    return replace(nodes, states=states, registers=torch.cat([part.registers for part in parts], 1))
