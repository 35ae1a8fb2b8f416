"""What an answer of a Symbol Memory Network rests on: the facts whose hiding takes from it."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.input_map.asked import Question
from memnn.memory import Reading, SymbolMemory, Trace
from memnn.models.symbol_settings import SymbolSettings
from memnn.output_map.hiding import weigh_by_hiding
from memnn.output_map.pair_rounds import PAIRED
from memnn.output_map.spoke import reads_that_spoke
from memnn.output_map.symbol_hops import Hop
from memnn.output_map.ways import lengths_of_ways
from memnn.text.story_symbols import STOP
from memnn.text.symbol_batches import NONE
from memnn.text.vocabulary import NIL

AT_ONCE = 500_000  # pairs of nodes read in one go when facts are hidden
MOST_TRIED = 1_000_000  # pairs of nodes for all facts that are hidden
MOST_FACTS = 1000  # of a story that are looked at
LEAST_TRIED = 4  # facts; or all that are on the way, where the question asks along one
ON = 0.5  # farther off the way than the nearest facts by less: as near


@runtime_checkable
class Reads(Protocol):
    """What is needed of SymbolStories."""

    @property
    def settings(self) -> SymbolSettings: ...

    def read(
        self,
        memory: SymbolMemory,
        question: Question,
        items: int | None = None,
        hidden: Sequence[Bool[Tensor, "batch nodes"]] = (),
        together: int | None = None,
    ) -> tuple[Float[Tensor, "batch items entries"], list[Hop]]: ...

    def walked(self, memory: SymbolMemory, question: Question) -> Float[Tensor, " facts"] | None: ...


@torch.no_grad()
def explain(network: Reads, memory: SymbolMemory, question: Question) -> Trace:
    """The trace of a question about one story, its weights those of `weigh_by_hiding`.

    Where there are many facts, some are tried: those that reading spoke for most (`reads_that_spoke`), or
    where ways from fact to fact are read, those that are least off the way. Of very many only the
    `nearest_facts` are looked at, and hidden in a story of these.
    """
    scores, hops = network.read(memory, question)
    best = scores[0].argmax(-1)
    items = int((best == STOP).nonzero()[0]) + 1 if (best == STOP).any() else len(best)
    kept = nearest_facts(memory, question, MOST_FACTS)
    memory, told = memory.at(kept), memory.mask.shape[1]
    facts, together = len(kept), len(hops) - len(best)
    count = together + max(1, items - 1)
    cost = cost_of_reading(network.settings, facts, question)

    @torch.inference_mode()
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
    weights = torch.zeros(count, told)
    weights[:, kept] = weigh_by_hiding(log_odds, facts, count, tried)
    states = [hop.nodes.states[:, -1] for hop in hops]
    return tuple(Reading(state, row[None]) for state, row in zip(states, weights))


def nearest_facts(memory: SymbolMemory, question: Question, most: int) -> Int[Tensor, " some"]:
    """So many facts of one story, in their order: those that name a symbol of the question, then those that
    name one of theirs, then any; the newest first.
    """
    count = memory.mask.shape[1]
    if count <= most:
        return torch.arange(count)
    symbols = memory.symbols[0]
    reached, near = torch.unique(question.symbols[0]), torch.zeros(count, dtype=torch.long)
    for _ in range(2):
        fits = torch.isin(symbols, reached[reached != NONE]).any(1)
        near += fits
        reached = torch.unique(symbols[fits])
    order = (near * count + torch.arange(count)).topk(most).indices
    return order.sort().values


def _likeliest(network: Reads, memory: SymbolMemory, question: Question, most: int) -> Int[Tensor, " tried"]:
    """So many facts to try, or all on the way where ways are read, if they are more."""
    likely, ways = _spoken_for(network, memory, question), off_the_way(network, memory, question)
    if ways is not None:
        most = max(most, int((ways < ways.min() + ON).sum())) if ways.min().isfinite() else most
        likely = likely / likely.max().clamp(min=1e-9) - 2 * ways.clamp(max=2 * len(ways))
    return likely.topk(most).indices


def off_the_way(network: Reads, memory: SymbolMemory, question: Question) -> Float[Tensor, " facts"] | None:
    """How far each fact of one story is off the way that the question asks for: how long the shortest way
    between two of its symbols is that leads through the fact, or 0 where the walk from the question comes
    to it and 1 where it does not; None where the network reads neither.
    """
    found = None
    if network.settings.pairs:
        found = lengths_of_ways(memory.symbols[0], question.symbols[0])
    elif network.settings.space:
        things = memory.symbols[0].where(memory.names[0] == NIL, NONE)
        found = lengths_of_ways(things, question.symbols[0])
    if found is None or found.isinf().all():
        walked = network.walked(memory, question)
        found = found if walked is None else 1 - walked
    return found


def cost_of_reading(settings: SymbolSettings, facts: int, question: Question) -> int:
    """About what it takes to read one story for a question, in pairs of nodes that read each other."""
    several = (torch.unique(question.symbols) >= 0).sum() > 1
    paired = min(question.most, PAIRED) if settings.pairs and several else 0
    laid = question.most if settings.space and several else 0
    linked = facts + 1 if settings.links else 0
    one = (facts + 1) ** 2 + paired**3 // 4 + (laid**3 + linked**3) // 4000
    return settings.ensemble * one


@torch.enable_grad()
def _spoken_for(network: Reads, memory: SymbolMemory, question: Question) -> Float[Tensor, " facts"]:
    """How much reading each fact of one story speaks for the answer's first item."""
    scores, hops = network.read(memory, question, items=1)
    best = scores[0, 0].argmax()
    others = scores[0, 0].index_fill(0, best, torch.finfo(scores.dtype).min / 4).logsumexp(0)
    return reads_that_spoke(scores[0, 0, best] - others, [hop.weights for hop in hops])[0]
