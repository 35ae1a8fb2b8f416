"""O of MemNN: a chain of hard reads, one fact each (Weston, Chopra, Bordes 2014, section 3.1)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.input_map.bags import Layout, Squash
from memnn.input_map.match import MarkedPairs, Match, Matching
from memnn.memory import Reading, SharedMemory, Trace
from memnn.output_map.hard_read import Pairs, Scores, hard_read, hop_losses
from memnn.output_map.hashed_slots import HashedSlots
from memnn.output_map.hashing import ClusterHash, WordHash


@dataclass(frozen=True)
class _State:
    """How far a chain has come."""

    vectors: Float[Tensor, "batch dims"]  # of the question and all facts read, for O and R
    last: Float[Tensor, "batch dims"]  # what the fact read last adds to them
    sets: Float[Tensor, "batch vocab"]  # how often each word was said
    words: Int[Tensor, "batch words"]  # of the question
    said: Int[Tensor, "batch said"]  # these, and those of the facts read
    marked: Float[Tensor, "batch dim"]  # what R hears of the facts' words asked for
    read_at: Int[Tensor, " batch"]  # the slot of the fact read last
    unread: Bool[Tensor, "batch slots"]

    def for_output(self) -> Float[Tensor, "batch dim"]:
        """U Phi([x, m_o1, ...]) of O."""
        return (self.vectors + self.last).chunk(2, 1)[0]

    def for_response(self) -> Float[Tensor, "batch dim"]:
        """U Phi([x, m_o1, ...]) of R."""
        return (self.vectors + self.last).chunk(2, 1)[1] + self.marked


class HardChain(nn.Module):
    """Reads one fact a hop, each for the question and the facts read before.

        o_1 = argmax_i s_O(x, m_i)        o_2 = argmax_i s_O([x, m_o1], m_i)        and so on

    Without `time` the argmax is plain, with it the loop of `hard_read`. An `adaptive` chain may read
    nothing and stop, else it reads `hops` facts (AM of Weston et al. 2015). No fact is read twice.
    With `new_hash`, which makes hashes by the present weights, a trained chain looks only at facts that share
    a bucket with the words of the question and of the facts read, at about `look_at` of them at most.
    `matching` adds to s_O what query and memory share, `MarkedPairs` of the first `pair_words` tell R where
    the facts read have the question's words; questions and facts must be laid out with what these need.
    """

    def __init__(
        self,
        vocab: int,
        layout: Layout,
        hops: int,
        *,
        adaptive: bool = True,
        time: bool = True,
        nonlinear: bool = False,
        matching: Matching = "none",
        pair_words: int = 0,
        pair_buckets: int = 2048,
        margin: float = 0.1,
        pairs: Pairs = "asked",
        new_hash: Callable[[], Callable[[], WordHash | ClusterHash]] | None = None,
        look_at: int = 100,
        init: float = 0.1,
    ) -> None:
        super().__init__()
        self.new_hash, self.look_at = new_hash, look_at
        self.layout, self.hops, self.adaptive = layout, hops, adaptive
        self.margin, self.pairs, self.pair_words = margin, pairs, pair_words
        dim = layout.dim
        self.asked, self.candidate = Squash(dim, nonlinear), Squash(dim, nonlinear)
        self.stop = nn.Parameter(init * torch.randn(1, dim))  # the empty memory
        self.time = nn.Parameter(torch.zeros(3, dim)) if time else None  # T
        self.match = None if matching == "none" else Match(vocab, dim, matching, layout.sets - vocab)
        self.marked = MarkedPairs(vocab, dim, pair_buckets) if pair_words else None

    def forward(
        self, memory: SharedMemory, query: Float[Tensor, "batch features"], *, softmax: bool = True
    ) -> tuple[Float[Tensor, "batch dim"], Trace]:
        """What R is asked after the last hop, and the readings: weight 1 for the fact read, else 0."""
        state, candidates, trace = self._start(memory, query), self._candidates(memory), []
        hashed = self._hash(memory)
        for _ in range(self.hops):  # to stop changes nothing, so that all later hops stop too
            scores, slots = self._scores(memory, candidates, state), None
            if hashed is not None:
                looked = hashed.among(state.said, state.unread)
                scores = replace(scores, mask=torch.cat([looked, scores.mask[:, -1:]], 1))
                slots = looked.any(0).nonzero().flatten().tolist()
            slot = hard_read(scores, slots)
            state, reading = self._read(memory, state, slot)
            trace.append(reading)
        return state.for_response(), tuple(trace)

    def follow(
        self,
        memory: SharedMemory,
        query: Float[Tensor, "batch features"],
        supporting: Int[Tensor, "batch hops"],
    ) -> tuple[Float[Tensor, " batch"], Float[Tensor, "batch dim"]]:
        """The ranking losses of all hops, each given the right facts before, and what R is asked then.

        After its supporting facts an adaptive chain learns to stop.
        """
        state, candidates = self._start(memory, query), self._candidates(memory)
        stop = memory.mask.shape[1]
        targets = nn.functional.pad(supporting, (0, 1), value=-1)[:, : self.hops]
        losses, going = query.new_zeros(len(query)), torch.ones_like(state.read_at, dtype=torch.bool)
        for target in targets.where(targets >= 0, stop).unbind(1):
            asked = going if self.adaptive else going & (target < stop)
            scores = self._scores(memory, candidates, state)
            losses = losses + hop_losses(scores, target, self.margin, self.pairs) * asked
            going = going & (target < stop)
            state, _ = self._read(memory, state, target.where(going, stop))
        return losses, state.for_response()

    def _start(self, memory: SharedMemory, query: Float[Tensor, "batch features"]) -> _State:
        vectors, sets, words = self.layout.split_question(query)
        now = torch.full((len(query),), memory.mask.shape[1], device=query.device)
        nothing = torch.zeros_like(vectors)
        words = words.long()
        return _State(vectors, nothing, sets, words, words, nothing.chunk(2, 1)[0], now, memory.mask)

    def _hash(self, memory: SharedMemory) -> HashedSlots | None:
        """The facts in buckets, where reading is hashed: it is learnt without."""
        if self.new_hash is None or self.training:
            return None
        words = self.layout.split_fact(memory.keys)[-1].long()
        return HashedSlots(self.new_hash(), words, memory.slots, memory.mask, self.look_at)

    def _candidates(self, memory: SharedMemory) -> Float[Tensor, "facts dim"]:
        """E(y) of every fact, and last that of stopping."""
        candidates: Tensor = self.candidate(torch.cat([self.layout.split_fact(memory.keys)[0], self.stop]))
        return candidates

    def _scores(self, memory: SharedMemory, candidates: Float[Tensor, "facts dim"], state: _State) -> Scores:
        vector = self.asked(state.for_output())
        gains = vector @ candidates.T
        if self.match is not None:
            _, _, _, sets, words = self.layout.split_fact(memory.keys)
            shared = self.match(vector, state.sets.clamp(max=1), sets, words.long())
            gains = gains + nn.functional.pad(shared, (0, 1))
        times = vector.new_zeros(len(vector), 3) if self.time is None else vector @ self.time.T
        may_stop = self.adaptive | ~state.unread.any(-1, keepdim=True)
        mask = torch.cat([state.unread, may_stop], 1)
        return Scores(gains.gather(1, self._slots(memory)), times, state.read_at, mask)

    def _read(
        self, memory: SharedMemory, state: _State, slot: Int[Tensor, " batch"]
    ) -> tuple[_State, Reading]:
        """The state after one more read; to stop reads zeros."""
        stop = memory.mask.shape[1]
        fact = self._slots(memory).gather(1, slot[:, None]).squeeze(1)
        told = nn.functional.embedding(fact, nn.functional.pad(memory.values, (0, 0, 0, 1)))
        _, read, last, sets, words = self.layout.split_fact(told)
        weights, some = torch.arange(stop, device=slot.device) == slot[:, None], slot < stop
        marked = state.marked
        if self.marked is not None:
            asked, heard = (row[:, : self.pair_words] for row in (state.words, words.long()))
            marked = marked + self.marked(asked, heard)
        after = _State(
            state.vectors + read,
            last.where(some[:, None], state.last),
            state.sets + sets,
            state.words,
            torch.cat([state.said, words.long()], 1),
            marked,
            slot.where(some, state.read_at),
            state.unread & ~weights,
        )
        return after, Reading(read, weights.to(read.dtype))

    def _slots(self, memory: SharedMemory) -> Int[Tensor, "batch slots"]:
        """The fact in every slot, and last the stop."""
        return nn.functional.pad(memory.slots, (0, 1), value=len(memory.keys))
