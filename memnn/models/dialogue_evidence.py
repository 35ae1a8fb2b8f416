"""What a reply rests on: the turns, mentions and rows that its template and its symbols would miss."""

from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from memnn.conversation import Used
from memnn.memory import ConversationMemory
from memnn.response.template_search import Guess
from memnn.text.dialogue_batches import Conversation, DialogueTensors, Slots
from memnn.text.dialogue_symbols import NONE

LEAST_WEIGHT = 0.01  # an event of a smaller share is not evidence
MOST_EVENTS = 5  # named of one hop


@runtime_checkable
class Writes(Protocol):
    """What is needed of a DialogueNetwork."""

    def write(
        self,
        told: Conversation,
        spoken: Float[Tensor, "batch turns"] | None = None,
        named: Float[Tensor, "batch mentions"] | None = None,
        rows: Float[Tensor, "batch rows"] | None = None,
    ) -> ConversationMemory: ...

    def __call__(
        self, told: Conversation, memory: ConversationMemory, slots: Slots
    ) -> tuple[Float[Tensor, "batch templates"], Float[Tensor, "slots entries"]]: ...


@torch.enable_grad()
def events_used(network: Writes, tensors: DialogueTensors, index: int, guess: Guess) -> tuple[Used, ...]:
    """The events that the template (hop 1) and the symbol in each slot (hops 2, ...) rest on.

        S = log p(what was said) - log sum p(anything else)        share_e = max(0, dS/da_e) / sum

    a_e being 1: how much turns, mentions and rows of event e count (Chefer et al. 2021, of weights). Of
    a symbol, the weightiest event in which it stands goes first: where it was copied from.
    """
    slots, lexicon = len(guess.entries), tensors.lexicon
    told = tensors.batch(np.repeat(index, 1 + slots)).told
    symbols = told.symbol_mask.shape[1]
    amounts = [
        torch.ones_like(mask, dtype=torch.float32).requires_grad_()
        for mask in (told.turn_mask, told.mention_mask, told.row_mask)
    ]
    filled = [entry if entry < symbols else NONE for entry in guess.entries]
    before = [(filled[number - 1], filled[0]) if number else (NONE, NONE) for number in range(slots)]
    asked = Slots(
        torch.arange(1, 1 + slots),
        lexicon.first_slot[guess.template] + torch.arange(slots),
        torch.tensor(before, dtype=torch.long).reshape(-1, 2),
    )
    templates, entries = network(told, network.write(told, *amounts), asked)
    margins = _margin(templates[:1], torch.tensor([guess.template])).sum()
    margins = margins + _margin(entries, torch.tensor(guess.entries, dtype=torch.long)).sum()
    slopes = torch.autograd.grad(margins, amounts)
    events = (told.turn_event, told.mention_event, told.row_event)
    masks = (told.turn_mask, told.mention_mask, told.row_mask)
    dialogue, place = tensors.examples[index]
    shares = torch.zeros(1 + slots, max(1, place))
    for slope, event, mask in zip(slopes, events, masks):
        shares = shares.scatter_add(1, event * mask, slope.clamp(min=0) * mask)
    shares = shares / shares.sum(1, keepdim=True).clamp(min=1e-9)
    used = []
    for hop, row in enumerate(shares):
        order = row.argsort(descending=True)
        if hop:  # what was copied is named from where it stands
            holds = _holding(told, filled[hop - 1], len(row))
            order = torch.cat([order[holds[order]][:1], order])
        for event in dict.fromkeys(order[: MOST_EVENTS + 1].tolist()):
            if row[event] >= LEAST_WEIGHT:
                used.append(Used(hop + 1, event, dialogue.events[event].text, float(row[event])))
    return tuple(used)


def _margin(log_p: Float[Tensor, "some entries"], said: Int[Tensor, " some"]) -> Float[Tensor, " some"]:
    others = log_p.scatter(1, said[:, None], torch.finfo(log_p.dtype).min / 4).logsumexp(-1)
    return log_p.gather(1, said[:, None])[:, 0] - others


def _holding(told: Conversation, symbol: int, events: int) -> Bool[Tensor, " events"]:
    """The events of the batch's first conversation in which the symbol stands."""
    named = (told.mention_symbol[0] == symbol) & told.mention_mask[0]
    rows = ((told.row_subject[0] == symbol) | (told.row_value[0] == symbol)) & told.row_mask[0]
    holds = torch.zeros(events, dtype=torch.bool)
    holds[torch.cat([told.mention_event[0][named], told.row_event[0][rows]])] = True
    return holds
