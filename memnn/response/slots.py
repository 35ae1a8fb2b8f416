"""R for conversations: a template, and symbols copied into its slots."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from memnn.generalization.conversation import gather_by_symbol
from memnn.memory import ConversationMemory
from memnn.text.dialogue_batches import Slots


def find_fitting(
    memory: ConversationMemory, slots: Slots, admits: Bool[Tensor, "kinds properties"]
) -> Bool[Tensor, "slots symbols"]:
    """Which symbols have a property that training's symbols had in the slot, by the rows told so far.

    `admits` is that of `DialogueTensors`. A symbol of which rows tell nothing, or only what is of a property
    that training never had, was only said.
    """
    symbols, properties = memory.mask.shape[1], admits.shape[1]
    as_value = nn.functional.one_hot(memory.relation, properties) * memory.rows[..., None]
    as_value[..., 0] = 0  # the property that training never had
    as_subject = torch.zeros_like(as_value)
    as_subject[..., -1] = memory.rows
    has = gather_by_symbol(as_value, memory.value, symbols)
    has = has + gather_by_symbol(as_subject, memory.subject, symbols)
    has[..., 0] = has.sum(-1) == 0
    return torch.einsum("np,nsp->ns", admits[slots.kind].to(has.dtype), has[slots.reply]) > 0


def keep_fitting(
    scores: Float[Tensor, "slots entries"], fitting: Bool[Tensor, "slots symbols"]
) -> Float[Tensor, "slots entries"]:
    """log softmax over the symbols that fit, and the names behind them."""
    names = scores.shape[1] - fitting.shape[1]
    lowest = torch.finfo(scores.dtype).min / 4
    allowed = nn.functional.pad(fitting, (0, names), value=True) & (scores > lowest / 2)
    return scores.masked_fill(~allowed, lowest).log_softmax(-1).masked_fill(~allowed, lowest)


class SlotFilling(nn.Module):
    """Scores of the symbols s for a slot i of a reply, in a state u that has heads on symbols:

        q = e_i + V u
        score(s) = q . F(x_s) + sum_h a_h(q) r_h(s) + sum_rows p(row) [value is s] + p'(row) [subject is s]
        p(row) = sum_h c_{h, property}(q) r_h(subject)       p' the same the other way, of r_h(value)

    where r_h(s) is how much head h points at s, two further heads pointing at what fills the slot before
    and the first slot. So 'the phone of what was offered last' is a row whose subject a head points at.
    Names that replies may say without having heard them score q . n.
    """

    def __init__(
        self,
        state: int,
        features: int,
        slots: int,
        names: int,
        relations: int,
        heads: int,
        dim: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.heads, self.relations = heads + 2, relations
        self.slot = nn.Parameter(0.3 * torch.randn(max(1, slots), dim))  # e
        self.asked = nn.Linear(state, dim)  # V
        self.symbol = nn.Sequential(
            nn.Linear(features, dim), nn.ReLU(), nn.Dropout(dropout), nn.Linear(dim, dim)
        )
        self.linear = nn.Linear(features, dim, bias=False)  # F = the layer above and this one
        self.points = nn.Linear(dim, self.heads)  # a
        self.forwards = nn.Linear(dim, self.heads * relations)  # c
        self.backwards = nn.Linear(dim, self.heads * relations)
        self.names = nn.Parameter(0.1 * torch.randn(names, dim))  # n

    def forward(
        self,
        state: Float[Tensor, "batch state"],
        memory: ConversationMemory,
        pointers: Float[Tensor, "batch heads symbols"],
        slots: Slots,
    ) -> Float[Tensor, "slots entries"]:
        """log softmax over the symbols and then the names; the first name stands for none."""
        reply, count = slots.reply, memory.mask.shape[1]
        query = self.slot[slots.kind] + self.asked(state)[reply]
        symbols = self.symbol(memory.symbols) + self.linear(memory.symbols)
        scores = torch.einsum("nd,nsd->ns", query, symbols[reply])
        filled = (slots.before[..., None] == torch.arange(count, device=reply.device)).to(query.dtype)
        points = torch.cat([pointers[reply], filled], 1)  # slots heads symbols
        scores = scores + torch.einsum("nh,nhs->ns", self.points(query), points)
        scores = scores + self._rows(query, points, memory, reply)
        names = query @ self.names.T
        allowed = torch.cat([memory.mask[reply], torch.ones_like(names, dtype=torch.bool)], -1)
        allowed[:, count] = False
        lowest = torch.finfo(scores.dtype).min / 4
        scores = torch.cat([scores, names], -1).masked_fill(~allowed, lowest).log_softmax(-1)
        return scores.masked_fill(~allowed, lowest)  # also where nothing is allowed

    def _rows(
        self,
        query: Float[Tensor, "slots dim"],
        points: Float[Tensor, "slots heads symbols"],
        memory: ConversationMemory,
        reply: Tensor,
    ) -> Float[Tensor, "slots symbols"]:
        """What the rows send from one of their symbols to the other."""
        subject, value, relation = (part[reply] for part in (memory.subject, memory.value, memory.relation))
        total = query.new_zeros(len(query), points.shape[-1])
        for layer, start, end in ((self.forwards, subject, value), (self.backwards, value, subject)):
            strength = layer(query).unflatten(-1, (self.heads, self.relations))
            index = relation[:, None].expand(-1, self.heads, -1)
            from_ = start.clamp(min=0)[:, None].expand(-1, self.heads, -1)
            sent = (strength.gather(2, index) * points.gather(2, from_)).sum(1)
            sent = sent * memory.rows[reply] * (start >= 0)
            total = total + gather_by_symbol(sent[..., None], end, points.shape[-1])[..., 0]
        return total
