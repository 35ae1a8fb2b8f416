"""Training of a Symbol Memory Network beside its answers: what it begins with, stories told together, parts
that answer alone.
"""

import re
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from memnn.output_map.pair_answers import said_losses
from memnn.output_map.symbol_hops import Nodes
from memnn.response.copying import chance_losses
from memnn.text.lexicon import Lexicon
from memnn.text.symbol_batches import SymbolBatch

MANY, SHORT = 64, 8  # symbols at most of stories that training tells beside others, without and with pairs
BRIEF, CROWD = 20, 100  # facts at most of such stories, and of those told together: they cost their square


@torch.no_grad()
def begin_with(first: nn.Module, network: nn.Module, others: Lexicon, own: Lexicon) -> None:
    """Give the network the weights of a first one of the same sizes, for words and answers that both know.

    `others` is the lexicon of the first, `own` the network's.
    """
    of_answers = others.answers, own.answers
    by_word = {
        "input_map.table": (others.words, own.words),
        "response.say.weight": of_answers,
        "response.say.bias": of_answers,
        "output_map.said.score.weight": of_answers,
        "output_map.said.score.bias": of_answers,
        "output_map.said_of_ends.score.weight": of_answers,
        "output_map.said_of_ends.score.bias": of_answers,
    }
    theirs = dict(first.named_parameters())
    for name, parameter in network.named_parameters():
        part = re.sub(r"^members\.\d+\.", "", name)  # of an ensemble
        if part not in by_word:
            parameter.copy_(theirs[name])
            continue
        known, words = by_word[part]
        places = {word: place for place, word in enumerate(known)}
        both = [(place, places[word]) for place, word in enumerate(words) if word in places]
        here, there = torch.tensor(both).unbind(1)
        parameter[here] = theirs[name][there]


def told_beside(
    batch: SymbolBatch, beside: Sequence[int], pairs: bool, capacity: int | None, among: bool = False
) -> SymbolBatch:
    """The batch with every story told behind the ones so many further on, in turn, or `among` their facts,
    where stories are short; `pairs` of symbols cost the cube of these.
    """
    if batch.mask.shape[1] > BRIEF:
        return batch
    for others in beside:
        facts, symbols = 2 * batch.mask.shape[1], SHORT if pairs else MANY
        if int(batch.count.amax()) <= symbols and facts <= min(CROWD, capacity or CROWD):
            order = torch.arange(len(batch.count), device=batch.count.device)
            batch = batch.beside(order.roll(others), among)
    return batch


def taught(nodes: Nodes, batch: SymbolBatch, answers: int) -> Float[Tensor, "*batch"]:
    """What parts that are asked for the answer by themselves add to the gradient, and not to the loss, by
    which kinds of questions are drawn; 0 where none is asked. `answers`: those that may be said.
    """
    losses = torch.zeros(())
    if nodes.said is not None:
        losses = losses + said_losses(nodes.said, batch.answer)
    if nodes.ended is not None:
        losses = losses + chance_losses(nodes.ended[:, None], batch.answer, batch.copied, answers)[0]
    return losses - losses.detach()
