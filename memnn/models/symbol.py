"""The Symbol Memory Network: few examples, many steps, and names never seen.

I keeps a sentence as its frame and the symbols that fill it; G writes both; O lets facts and question
read one another and moves symbols between registers, hop after hop with one layer's weights; R says an
answer or copies a symbol. No weight belongs to a symbol, so no name has to be learnt. It learns from
answers alone.
"""

import itertools
from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor, nn

from memnn.generalization.append_symbols import AppendSymbols
from memnn.input_map.asked import Question, fillers, one_hot
from memnn.input_map.frames import FrameEncoder, WindowFrameEncoder
from memnn.memory import SymbolMemory
from memnn.models.symbol_ensemble import SymbolEnsemble
from memnn.models.symbol_settings import SymbolSettings
from memnn.models.symbol_stories import SymbolStories
from memnn.models.symbol_training import taught, told_beside
from memnn.output_map.called import Called
from memnn.output_map.end_answers import EndAnswers
from memnn.output_map.layout import Layout
from memnn.output_map.links import Links
from memnn.output_map.pair_answers import PairAnswers
from memnn.output_map.pair_rounds import PairRounds
from memnn.output_map.rounds import Rounds, RoundsOfTraining
from memnn.output_map.symbol_hops import Hidden, Hop, Nodes, SymbolHops
from memnn.output_map.unread import unread_losses
from memnn.response.copying import CopyingResponse, item_losses
from memnn.text.story_symbols import STOP
from memnn.text.symbol_batches import NONE, SymbolBatch
from memnn.text.vocabulary import NIL


class SymbolMemoryNetwork(SymbolSettings):
    """The model: its settings, and the network that they make."""

    def build(self, words: int, answers: int) -> "SymbolNetwork | SymbolEnsemble":
        """The network for a lexicon of these sizes."""
        members = [self._member(words, answers) for _ in range(self.ensemble)]
        return members[0] if len(members) == 1 else SymbolEnsemble(members)

    def _member(self, words: int, answers: int) -> "SymbolNetwork":
        sizes = words, self.dim, self.places, self.kinds
        encoder = WindowFrameEncoder(*sizes, self.unheard) if self.windows else FrameEncoder(*sizes)
        hops = SymbolHops(
            self.dim,
            places=self.places,
            scratch=self.scratch,
            heads=self.heads,
            width=self.width,
            hidden=self.hidden,
            hops=self.hops,
            dropout=self.dropout,
            pairs=self._pairs(),
            layout=self._layout(),
            links=Links(self.dim, self.places, self.width) if self.links else None,
            said=self._said(answers),
            said_of_ends=EndAnswers(self.dim, answers) if self.links and self.asked else None,
            called=Called(self.dim, self.kinds or self.dim, self.scratch) if self.called else None,
        )
        response = CopyingResponse(self.dim, self.places + self.scratch, self.places, answers)
        generalization = AppendSymbols(self.capacity)
        return SymbolNetwork(encoder, generalization, hops, response, self)

    def _pairs(self) -> PairRounds | None:
        if not self.pairs:
            return None
        sizes = self.dim, self.places
        return PairRounds(*sizes, dim=self.pair_dim, kinds=self.kinds or 0, rounds=self.pairs)

    def _layout(self) -> Layout | None:
        if not self.space:
            return None
        return Layout(self.dim, self.places, space=self.space, items=self.items + 1)

    def _said(self, answers: int) -> PairAnswers | None:
        if not self.asked or not (self.pairs or self.space):
            return None
        return PairAnswers(self.dim, answers, pair=self.pair_dim if self.pairs else 0, space=self.space)


class SymbolNetwork(SymbolStories):
    """I, G, O and R joined."""

    def __init__(
        self,
        input_map: FrameEncoder,
        generalization: AppendSymbols,
        output_map: SymbolHops,
        response: CopyingResponse,
        settings: SymbolMemoryNetwork,
    ) -> None:
        super().__init__(input_map, generalization, settings)
        self.output_map, self.response = output_map, response
        self._rounds = RoundsOfTraining(
            settings.hops - 1, pairs=settings.pairs > 0, walks=settings.links, beside=settings.beside
        )

    @property
    def answers(self) -> int:
        """How many may be said."""
        return self.response.answers

    def read(
        self,
        memory: SymbolMemory,
        question: Question,
        items: int | None = None,
        hidden: Hidden = (),
        together: int | None = None,
    ) -> tuple[Float[Tensor, "batch items entries"], list[Hop]]:
        rounds = None if together is None else Rounds((together,))
        return next(
            self._read(self._nodes(memory, question, hidden, rounds), question, items, hidden, rounds)
        )

    def _read(
        self,
        nodes: Nodes,
        question: Question,
        items: int | None = None,
        hidden: Hidden = (),
        rounds: Rounds | None = None,
    ) -> Iterator[tuple[Float[Tensor, "batch items entries"], list[Hop]]]:
        """As `read` does, at every stop of the rounds."""
        done = list[Hop]()
        hops = self.output_map.read_together(nodes, hidden, rounds)
        stops = (rounds or self.output_map.rounds).stops
        for count in range(stops[-1] + 1):
            if count in stops:
                scores, more = self._say(nodes, question, items, hidden[count:])
                yield scores, done + more
            if count < stops[-1]:
                done.append(next(hops))
                nodes = done[-1].nodes

    def _say(
        self, nodes: Nodes, question: Question, items: int | None, hidden: Hidden
    ) -> tuple[Float[Tensor, "batch items entries"], list[Hop]]:
        """The items of the answer, and the hops that the question took for them."""
        most, done = self.settings.items + 1, list[Hop]()
        count = question.count
        there = torch.arange(question.most, device=count.device) < count[:, None]
        forbidden = nn.functional.pad(~there, (self.response.answers, 0), value=False)
        scores: list[Tensor] = []
        ended = torch.zeros_like(count, dtype=torch.bool)
        for hop in itertools.islice(self.output_map.read_alone(nodes, hidden), min(items or most, most)):
            said = self.response(hop.nodes.states[:, -1], hop.nodes.registers[:, -1])
            said = said.masked_fill(forbidden, torch.finfo(said.dtype).min / 4)
            done.append(hop)
            scores.append(said)
            ended = ended | (said.argmax(-1) == STOP)
            if items is None and ended.all():
                break
        return torch.stack(scores, 1), done

    def walked(self, memory: SymbolMemory, question: Question) -> Float[Tensor, " facts"] | None:
        ends = self._nodes(memory, question).ends
        return None if ends is None else ends.passed[0, :-1]

    def losses(self, batch: SymbolBatch, **phase: bool) -> Float[Tensor, " batch"]:
        """What training makes small, for each question."""
        rounds = self._rounds.draw() if self.training else None
        if rounds is not None:
            # Parts that join facts by symbols know no time, and pairs take up what the sentence before names
            among = not (self.settings.pairs or self.settings.space or self.settings.links)
            batch = told_beside(batch, rounds.beside, self.settings.pairs > 0, self.capacity, among)
        memory, question = self._written(batch)
        nodes = self._nodes(memory, question, (), rounds)
        total, stops = torch.zeros(()), 0
        for scores, hops in self._read(nodes, question, batch.answer.shape[1], rounds=rounds):
            losses, _ = item_losses(scores, batch.answer, batch.copied, self.response.answers)
            if self.settings.supporting:
                asked = [hop.weights for hop in hops]
                losses = losses + self.settings.supporting * unread_losses(asked, batch.supporting)
            total, stops = total + losses, stops + 1
        return total / stops + self.settings.asked * taught(nodes, batch, self.response.answers)

    def _nodes(
        self, memory: SymbolMemory, question: Question, hidden: Hidden = (), rounds: Rounds | None = None
    ) -> Nodes:
        named = fillers(memory.names, question.names, self.input_map.places, NIL)
        if self.training and self.settings.nameless:
            unnamed = torch.rand(len(named), 1, 1, device=named.device) < self.settings.nameless
            named = named.masked_fill(unnamed, NIL)
        facts = nn.functional.embedding(memory.slots, memory.frames)
        states = torch.cat([facts, question.frame[:, None]], 1)
        mask = nn.functional.pad(memory.mask, (0, 1), value=True)
        symbols = fillers(memory.symbols, question.symbols, self.input_map.places, NONE)
        filled = one_hot(symbols, question.most, mask).to(states)
        says = self.input_map.name_vectors(named)
        names, kinds = self.input_map.encode_names(says), None if self.settings.kinds is None else says
        return self.output_map.begin(states, filled, mask, names, hidden, rounds, kinds, named == NIL, says)
