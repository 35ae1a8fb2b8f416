"""MemN2N for dialogue: ranks whole replies (Bordes, Boureau, Weston 2017, arXiv:1605.07683, section 4.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.conversation import Dialogue, Event, Reply, Used
from memnn.input_map.sentence import encode_sentences, word_vectors
from memnn.input_map.time import ages
from memnn.memory import Memory, Reading, Trace
from memnn.models.network import Answers, cross_entropy
from memnn.output_map.soft_read import soft_read
from memnn.text.replies import Candidates, ReplyBatch, ReplyTensors, ReplyVocabulary


@dataclass(frozen=True)
class MemN2NDialogue:
    """Settings of the model."""

    needs_supporting: ClassVar[bool] = False
    vocabulary: ClassVar[type] = ReplyVocabulary

    dim: int = 32  # d
    hops: int = 3  # N
    capacity: int = 100  # the newest turns and rows that are kept
    match: bool = False  # match-type features of section 4.4
    init: float = 0.1  # standard deviation of the initial weights

    def __post_init__(self) -> None:
        """Raises ValueError for a size below 1."""
        for name in ("dim", "hops", "capacity"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")

    def build(self, words: int, types: int) -> "ReplyRankingNetwork":
        """The network for a vocabulary of these sizes."""
        return ReplyRankingNetwork(words, types, self)


class ReplyRankingNetwork(nn.Module):
    """I, G, O and R for replies, Phi being a bag of words with one word that names the speaker.

        I, G    m_i = A Phi(turn_i) + T(age_i)                     u_1 = A Phi(last turn)
        O       p_i = softmax_i(u_k . m_i)                         u_{k+1} = u_k + R sum_i p_i m_i
        R       s(y) = u_{N+1} . (W Phi(y) + sum_e v_type(e))      softmax over the candidates y

    where e are the entities that y names and that were spoken of, with `match`: the paper adds a word for
    the type of such an entity to the candidate, and v is that word's vector.
    """

    def __init__(self, words: int, types: int, settings: MemN2NDialogue) -> None:
        super().__init__()
        dim, init = settings.dim, settings.init
        self.hops, self.capacity = settings.hops, settings.capacity
        self.table = word_vectors(words, dim, init)  # A
        self.time = nn.Parameter(init * torch.randn(settings.capacity, dim))  # T
        self.turn = nn.Parameter(init * torch.randn(dim, dim))  # R
        self.replies = word_vectors(words, dim, init)  # W
        self.types = nn.Parameter(init * torch.randn(types, dim)) if settings.match and types else None  # v

    def tensors(self, dialogues: Sequence[Dialogue], vocabulary: ReplyVocabulary) -> ReplyTensors:
        """The dialogues as the batches that `forward`, `losses` and `measure` take."""
        return ReplyTensors(dialogues, vocabulary, self.capacity)

    def write(self, batch: ReplyBatch) -> Memory:
        """The turns and rows before the last turn."""
        turns = batch.turns
        facts = self._encode(turns.facts)
        age = ages(turns.slots.shape[1], turns.slots.device)[:, 0].clamp(max=self.capacity - 1)
        slots = nn.functional.embedding(turns.slots, facts) + self.time[age]
        return Memory(slots, slots, turns.mask)

    def read(self, memory: Memory, query: Float[Tensor, "batch dim"]) -> tuple[Tensor, Trace]:
        """u_{N+1}, and where each hop looked."""
        trace: list[Reading] = []
        for _ in range(self.hops):
            reading = soft_read(query, memory.keys, memory.values, memory.mask)
            query = query + reading.vector @ self.turn
            trace.append(reading)
        return query, tuple(trace)

    def score(
        self,
        state: Float[Tensor, "batch dim"],
        candidates: Candidates,
        present: Bool[Tensor, "batch entities"],
    ) -> Float[Tensor, "batch candidates"]:
        """s(y) of every candidate."""
        scores = state @ encode_sentences(candidates.words, self.replies, "bag", len(state)).T
        if self.types is None:
            return scores
        spoken = (state @ self.types.T)[:, candidates.types] * present
        named = nn.functional.pad(spoken, (0, 1))[:, candidates.entities]  # NONE, -1, is the padded column
        return scores + named.sum(-1)

    def forward(self, batch: ReplyBatch) -> Answers:
        """Scores of the candidates of each dialogue, the lowest there is for replies of other lists."""
        state, trace = self.read(self.write(batch), self._encode(batch.turns.question))
        scores = self.score(state, batch.candidates, batch.present)
        return Answers(
            scores.masked_fill(~batch.candidates.lists[batch.list], torch.finfo(scores.dtype).min), trace
        )

    @torch.no_grad()
    def reply(
        self, tensors: ReplyTensors, indices: np.ndarray, evidence: bool = False, kind: str | None = None
    ) -> list[Reply]:
        """What the bot says at each of these places.

        Whole replies are of no kinds (`ReplyVocabulary.reply_kind`), so `kind` changes nothing.
        """
        said = self(tensors.batch(indices))
        chances, best = said.scores.softmax(-1).max(-1)
        replies = []
        for row, (index, chance, choice) in enumerate(zip(indices.tolist(), chances.tolist(), best.tolist())):
            dialogue, place = tensors.examples[index]
            told = dialogue.events[: max(0, place - 1)]  # the last event is asked, not read
            used = gather_used(told, said.trace, row) if evidence else ()
            replies.append(Reply(tensors.texts[choice], chance, used))
        return replies

    def losses(self, batch: ReplyBatch, **phase: bool) -> Float[Tensor, " batch"]:
        """-log p(reply); 0 for a reply that is no candidate."""
        return self.measure(batch)[0]

    def measure(
        self, batch: ReplyBatch, **phase: bool
    ) -> tuple[Float[Tensor, " batch"], Bool[Tensor, " batch"]]:
        """The losses, and which replies were chosen rightly."""
        scores, known = self(batch).scores, batch.answer >= 0
        losses = cross_entropy(scores, batch.answer.clamp(min=0)) * known
        return losses, (scores.argmax(-1) == batch.answer) & known

    def _encode(self, words: Int[Tensor, "facts words"]) -> Float[Tensor, "facts dim"]:
        return encode_sentences(words, self.table, "bag", self.table.shape[1])


LEAST_WEIGHT = 0.01  # an event that a hop weighs less is not evidence
MOST_EVENTS = 5  # named of one hop


def gather_used(told: Sequence[Event], trace: Trace, row: int) -> tuple[Used, ...]:
    """What each hop of one reply looked at. The trace's slots end with the newest event told."""
    used = []
    for hop, reading in enumerate(trace, start=1):
        weights = reading.weights[row]
        first = len(told) - len(weights)  # below 0 where slots are padded in front
        for slot in weights.argsort(descending=True)[:MOST_EVENTS].tolist():
            if weights[slot] >= LEAST_WEIGHT and first + slot >= 0:
                used.append(Used(hop, first + slot, told[first + slot].text, float(weights[slot])))
    return tuple(used)
