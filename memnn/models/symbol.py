"""The Symbol Memory Network: few examples, many steps, and names never seen.

I keeps a sentence as its frame and the symbols that fill it; G writes both; O lets facts and question read one
another and moves symbols between registers, hop after hop with one layer's weights; R says an answer or copies a
symbol. No weight belongs to a symbol, so no name has to be learnt. It learns from answers alone.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.generalization.append_symbols import AppendSymbols
from memnn.input_map.frames import FrameEncoder
from memnn.memory import Reading, SymbolMemory
from memnn.models.network import Answers
from memnn.output_map.symbol_hops import Nodes, SymbolHops
from memnn.response.copying import CopyingResponse, item_losses
from memnn.text.lexicon import Lexicon
from memnn.text.symbol_batches import SymbolBatch
from memnn.text.vocabulary import NIL


@dataclass(frozen=True)
class SymbolMemoryNetwork:
    """Settings of the model."""

    needs_supporting: ClassVar[bool] = False
    vocabulary: ClassVar[type] = Lexicon

    dim: int = 64  # of a node's state
    hops: int = 5
    capacity: int | None = None  # the newest facts that are kept; None: all
    places: int = 4  # symbols of a sentence, the others being left out
    scratch: int = 4  # registers beside those of the sentence
    heads: tuple[int, int, int, int] = (2, 1, 2, 1)  # newest before, next after, softmax, sum
    width: int = 16  # of what a head reads
    hidden: int = 192  # units between a hop's reads and the new state
    items: int = 3  # of an answer that is a list
    dropout: float = 0.0  # of the hidden units
    nameless: float = 0.2  # share of training stories in which no symbol is read by name

    def __post_init__(self) -> None:
        """Raises ValueError for a size below 1 or a share outside 0 to 1."""
        for name in ("dim", "hops", "places", "scratch", "width", "hidden", "items"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.capacity is not None and self.capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {self.capacity}")
        if min(self.heads) < 0 or sum(self.heads) < 1:
            raise ValueError(f"heads must be four counts, one at least above 0, not {self.heads}")
        for name in ("dropout", "nameless"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is a share from 0 to below 1, not {getattr(self, name)}")

    def build(self, words: int, answers: int) -> "SymbolNetwork":
        """The network for a lexicon of these sizes."""
        encoder = FrameEncoder(words, self.dim, self.places)
        hops = SymbolHops(
            self.dim,
            places=self.places,
            scratch=self.scratch,
            heads=self.heads,
            width=self.width,
            hidden=self.hidden,
            hops=self.hops,
            dropout=self.dropout,
        )
        response = CopyingResponse(self.dim, self.places + self.scratch, self.places, answers, self.items + 1)
        return SymbolNetwork(encoder, AppendSymbols(self.capacity), hops, response, self.nameless)


class SymbolNetwork(nn.Module):
    """I, G, O and R joined: `write` or `begin` and `tell` make a memory, `ask` reads it."""

    def __init__(
        self,
        input_map: FrameEncoder,
        generalization: AppendSymbols,
        output_map: SymbolHops,
        response: CopyingResponse,
        nameless: float,
    ) -> None:
        super().__init__()
        self.input_map, self.generalization = input_map, generalization
        self.output_map, self.response = output_map, response
        self.nameless = nameless

    @property
    def capacity(self) -> int | None:
        """How many of a story's newest facts the memory holds; None: all."""
        return self.generalization.capacity

    def write(self, batch: SymbolBatch) -> SymbolMemory:
        """The memory of every story of the batch; each distinct frame is encoded once."""
        frames = self.input_map.encode_frames(batch.frames)
        return self.generalization.write_all(frames, batch.slots, batch.symbols, batch.names, batch.mask)

    def begin(self) -> SymbolMemory:
        """The memory of one story before anything was told."""
        return self.generalization.empty(1, self.input_map.dim, self.input_map.places)

    def tell(
        self,
        memory: SymbolMemory,
        frame: Int[Tensor, "batch words"],
        symbols: Int[Tensor, "batch places"],
        names: Int[Tensor, "batch places"],
    ) -> SymbolMemory:
        """The memory with one more fact; only this fact's frame is encoded."""
        return self.generalization.write(memory, self.input_map.encode_frames(frame), symbols, names)

    def read(
        self,
        memory: SymbolMemory,
        question: Float[Tensor, "batch dim"],
        symbols: Int[Tensor, "batch places"],
        names: Int[Tensor, "batch places"],
        count: Int[Tensor, " batch"],
    ) -> tuple[Float[Tensor, "batch items entries"], list[Tensor]]:
        """Scores of answers and symbols, and every hop's weights."""
        nodes = self._nodes(memory, question, symbols, names, int(count.max()) if len(count) else 0)
        nodes, weights = self.output_map(nodes)
        scores = self.response(*nodes.question)
        answers = self.response.answers
        there = torch.arange(scores.shape[-1] - answers, device=count.device) < count[:, None]
        allowed = torch.cat([there.new_ones(len(there), answers), there], 1)[:, None]
        return scores.masked_fill(~allowed, torch.finfo(scores.dtype).min / 4), weights

    def ask(
        self,
        memory: SymbolMemory,
        question: Float[Tensor, "batch dim"],
        symbols: Int[Tensor, "batch places"],
        names: Int[Tensor, "batch places"],
        count: Int[Tensor, " batch"],
    ) -> Answers:
        """Read the memory for a question, answer, and say what the answer rests on.

        A fact's weight in a hop is the share of the hop's reads that spoke for the answer: the sum over
        heads and nodes of w_ij dS/dw_ij where positive, S being the answer's margin over all others
        (attention times gradient: Chefer et al. 2021, arXiv:2103.15679).
        """
        with torch.enable_grad():
            scores, weights = self.read(memory, question, symbols, names, count)
            best = scores.detach().argmax(-1, keepdim=True)
            others = scores.scatter(-1, best, torch.finfo(scores.dtype).min / 4).logsumexp(-1)
            margin = (scores.gather(-1, best)[..., 0] - others)[:, 0].sum()
            slopes = torch.autograd.grad(margin, weights, allow_unused=True)
        trace = []
        for read, slope in zip(weights, slopes):
            spoke = torch.zeros_like(read) if slope is None else (read * slope).clamp(min=0)
            by_node = spoke.detach().sum((1, 2))[:, :-1]  # the last node is the question
            share = by_node / by_node.sum(-1, keepdim=True).clamp(min=1e-9)
            trace.append(Reading(share.new_zeros(len(share), 1), share))
        return Answers(scores.detach(), tuple(trace))

    def forward(self, batch: SymbolBatch) -> Answers:
        """Answers to a batch of stories."""
        memory, question = self._written(batch)
        return self.ask(memory, question, batch.question_symbols, batch.question_names, batch.count)

    def losses(self, batch: SymbolBatch, **phase: bool) -> Float[Tensor, " batch"]:
        """What training makes small, for each question."""
        return self.measure(batch)[0]

    def measure(
        self, batch: SymbolBatch, **phase: bool
    ) -> tuple[Float[Tensor, " batch"], Bool[Tensor, " batch"]]:
        """The losses, and which questions were answered rightly."""
        memory, question = self._written(batch)
        scores, _ = self.read(
            memory, question, batch.question_symbols, batch.question_names, batch.count
        )
        return item_losses(scores, batch.answer, batch.copied, self.response.answers)

    def _written(self, batch: SymbolBatch) -> tuple[SymbolMemory, Float[Tensor, "batch dim"]]:
        memory = self.write(batch)
        return memory, nn.functional.embedding(batch.question, memory.frames)

    def _nodes(
        self,
        memory: SymbolMemory,
        question: Float[Tensor, "batch dim"],
        symbols: Int[Tensor, "batch places"],
        names: Int[Tensor, "batch places"],
        most: int,
    ) -> Nodes:
        places = self.input_map.places
        fillers = torch.cat([_fit(memory.symbols, places, -1), _fit(symbols, places, -1)[:, None]], 1)
        named = torch.cat([_fit(memory.names, places, NIL), _fit(names, places, NIL)[:, None]], 1)
        if self.training and self.nameless:
            hidden = torch.rand(len(named), 1, 1, device=named.device) < self.nameless
            named = named.masked_fill(hidden, NIL)
        facts = nn.functional.embedding(memory.slots, memory.frames)
        states = torch.cat([facts, question[:, None]], 1) + self.input_map.encode_names(named)
        one_hot = (fillers[..., None] == torch.arange(most, device=fillers.device)).to(states.dtype)
        mask = torch.cat([memory.mask, memory.mask.new_ones(len(named), 1)], 1)
        one_hot = one_hot * mask[..., None, None]  # what padding shows is not there
        return self.output_map.begin(states, one_hot, mask)


def _fit(rows: Int[Tensor, "*shape places"], places: int, fill: int) -> Int[Tensor, "*shape width"]:
    """Rows cut or padded to so many places."""
    more = max(0, places - rows.shape[-1])
    return nn.functional.pad(rows, (0, more), value=fill)[..., :places]
