"""What an answer of a Symbol Memory Network rests on: the facts whose hiding takes from it."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.memory import Reading, SymbolMemory, Trace
from memnn.output_map.hiding import weigh_by_hiding
from memnn.output_map.spoke import reads_that_spoke
from memnn.output_map.symbol_hops import Hop
from memnn.text.story_symbols import STOP

AT_ONCE = 500_000  # pairs of nodes read in one go when facts are hidden
MOST_TRIED = 1_000_000  # pairs of nodes for all facts that are hidden
LEAST_TRIED = 4  # facts; or all that are on the way, where the question asks along one
ON = 0.5  # farther off the way than the nearest facts by less: as near


@runtime_checkable
class Reads(Protocol):
    """What is needed of a SymbolNetwork."""

    def read(
        self,
        memory: SymbolMemory,
        question: Any,
        items: int | None = None,
        hidden: Sequence[Bool[Tensor, "batch nodes"]] = (),
        together: int | None = None,
    ) -> tuple[Float[Tensor, "batch items entries"], list[Hop]]: ...

    def ways(self, memory: SymbolMemory, question: Any) -> Float[Tensor, " facts"] | None: ...

    def cost(self, facts: int, question: Any) -> int: ...


@torch.no_grad()
def explain(network: Reads, memory: SymbolMemory, question: Any) -> Trace:
    """The trace of a question about one story, its weights those of `weigh_by_hiding`.

    Where there are many facts, some are tried: those that reading spoke for most (`reads_that_spoke`), or
    where ways from fact to fact are read, those that are least off the way.
    """
    scores, hops = network.read(memory, question)
    best = scores[0].argmax(-1)
    items = int((best == STOP).nonzero()[0]) + 1 if (best == STOP).any() else len(best)
    facts, together = memory.mask.shape[1], len(hops) - len(best)
    count = together + max(1, items - 1)
    cost = network.cost(facts, question)

    def log_odds(variants: Bool[Tensor, "variants hops facts"]) -> Float[Tensor, " variants"]:
        found = []
        for some in torch.split(variants, max(1, AT_ONCE // cost)):
            hidden = nn.functional.pad(some.transpose(0, 1), (0, 1)).unbind(0)
            many = memory.repeat(len(some)), question.repeat(len(some))
            said, _ = network.read(*many, len(best), hidden, together)
            chances = said.log_softmax(-1)[:, torch.arange(items), best[:items]].sum(-1)
            found.append(chances - torch.log1p(-chances.exp().clamp(max=1 - 1e-6)))
        return torch.cat(found)

    most = max(LEAST_TRIED, MOST_TRIED // cost)
    tried = memory.mask[0].nonzero()[:, 0]
    if len(tried) > most:
        tried = _likeliest(network, memory, question, most)
    weights = weigh_by_hiding(log_odds, facts, count, tried)
    states = [hop.nodes.states[:, -1] for hop in hops]
    return tuple(Reading(state, row[None]) for state, row in zip(states, weights))


def _likeliest(network: Reads, memory: SymbolMemory, question: Any, most: int) -> Int[Tensor, " tried"]:
    """So many facts to try, or all on the way where ways are read, if they are more."""
    likely, ways = _spoken_for(network, memory, question), network.ways(memory, question)
    if ways is not None:
        most = max(most, int((ways < ways.min() + ON).sum())) if ways.min().isfinite() else most
        likely = likely / likely.max().clamp(min=1e-9) - 2 * ways.clamp(max=2 * len(ways))
    return likely.topk(most).indices


@torch.enable_grad()
def _spoken_for(network: Reads, memory: SymbolMemory, question: Any) -> Float[Tensor, " facts"]:
    """How much reading each fact of one story speaks for the answer's first item."""
    scores, hops = network.read(memory, question, items=1)
    best = scores[0, 0].argmax()
    others = scores[0, 0].index_fill(0, best, torch.finfo(scores.dtype).min / 4).logsumexp(0)
    return reads_that_spoke(scores[0, 0, best] - others, [hop.weights for hop in hops])[0]
