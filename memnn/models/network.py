"""A Memory Network: I, G, O and R joined (Weston, Chopra, Bordes 2014, section 2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.memory import SharedMemory, Trace
from memnn.text.batches import Batch
from memnn.text.vocabulary import NIL, UNKNOWN


@dataclass(frozen=True)
class Answers:
    """What a network says to a batch of questions."""

    scores: Float[Tensor, "batch vocab"]  # of entries, then strangers; softmax gives probabilities
    trace: Trace  # where each hop looked
    state: Float[Tensor, "batch dim"] | None = None  # what R was asked, and
    written: Int[Tensor, "batch words"] | None = None  # what it said word by word, where it writes


class InputMap(Protocol):
    """I: words to features. A question may be encoded otherwise than a fact."""

    width: int  # features of a fact

    def encode_facts(self, words: Int[Tensor, "facts words"]) -> Float[Tensor, "facts features"]: ...
    def encode_question(self, words: Int[Tensor, "batch words"]) -> Float[Tensor, "batch dim"]: ...


class Generalization(Protocol):
    """G: writes features into the memory."""

    capacity: int | None  # newest facts kept; None: all

    def empty(self, batch: int, dim: int) -> SharedMemory: ...
    def write(self, memory: SharedMemory, features: Float[Tensor, "batch dim"]) -> SharedMemory: ...
    def write_all(
        self,
        features: Float[Tensor, "facts dim"],
        slots: Int[Tensor, "batch slots"],
        mask: Bool[Tensor, "batch slots"],
    ) -> SharedMemory: ...


class MemoryNetwork(nn.Module):
    """Any I, G, O and R that fit each other.

        memory = G(memory, I(fact))        for every fact told
        state, trace = O(memory, I(question))
        scores = R(state)

    A model whose R looks at more than the state hands over its own `respond(network, memory, query,
    state, trace)`; where that can answer with words that only the story has, `strangers` says how many
    of a story are told apart, and their scores stand behind those of the vocabulary. An R that `writes`
    has `generate(state)` and `sentence_losses(state, sentence)` beside the scores of its first word.

    O is called as `output_map(memory, query, softmax=...)`; `softmax=False` asks for the linear
    start, and a read that has none ignores it. It learns from answers alone, by cross entropy, or
    from what `learn` makes of the network and a batch: a loss for each question.
    """

    def __init__(
        self,
        input_map: nn.Module,
        generalization: nn.Module,
        output_map: nn.Module,
        response: nn.Module,
        learn: Callable[["MemoryNetwork", Batch], Tensor] | None = None,
        respond: Callable[["MemoryNetwork", SharedMemory, Tensor, Tensor, Trace], Tensor] | None = None,
        strangers: int = 0,
        writes: bool = False,
    ) -> None:
        super().__init__()
        self.input_map: Any = input_map  # an InputMap
        self.generalization: Any = generalization  # a Generalization
        self.output_map: Any = output_map
        self.response: Any = response
        self._learn, self._respond = learn, respond
        self.strangers, self.writes = strangers, writes

    @property
    def capacity(self) -> int | None:
        """How many of a story's newest facts the memory holds; None: all."""
        capacity: int | None = self.generalization.capacity
        return capacity

    def write(self, batch: Batch) -> SharedMemory:
        """The memory of every story of the batch; each distinct fact is encoded once."""
        features = self.input_map.encode_facts(batch.facts)
        memory: SharedMemory = self.generalization.write_all(features, batch.slots, batch.mask)
        return memory

    def begin(self, batch: int = 1) -> SharedMemory:
        """The memory before anything was told."""
        memory: SharedMemory = self.generalization.empty(batch, self.input_map.width)
        return memory

    def tell(self, memory: SharedMemory, fact: Int[Tensor, "batch words"]) -> SharedMemory:
        """The memory with one more fact; only this fact is encoded."""
        written: SharedMemory = self.generalization.write(memory, self.input_map.encode_facts(fact))
        return written

    def ask(
        self, memory: SharedMemory, question: Int[Tensor, "batch words"], *, softmax: bool = True
    ) -> Answers:
        """Read the memory for a question and answer."""
        query = self.input_map.encode_question(question)
        state, trace = self.output_map(memory, query, softmax=softmax)
        if self._respond is not None:
            return Answers(self._respond(self, memory, query, state, trace), trace)
        if self.writes:
            return Answers(self.response(state), trace, state, self.response.generate(state))
        return Answers(self.response(state), trace)

    def forward(self, batch: Batch) -> Answers:
        """Answers to a batch of stories."""
        return self.ask(self.write(batch), batch.question)

    def losses(self, batch: Batch, *, softmax: bool = True) -> Float[Tensor, " batch"]:
        """What training makes small, for each question."""
        if self._learn is not None:
            return self._learn(self, batch)
        return self.measure(batch, softmax=softmax)[0]

    def measure(
        self, batch: Batch, *, softmax: bool = True
    ) -> tuple[Float[Tensor, " batch"], Bool[Tensor, " batch"]]:
        """The losses, and which questions were answered rightly; an answer never seen is wrong."""
        said = self.ask(self.write(batch), batch.question, softmax=softmax)
        scores = said.scores
        if self._learn is not None:
            losses = self._learn(self, batch)
        else:
            losses = nn.functional.cross_entropy(scores, batch.answer, reduction="none")
        if said.written is not None:
            return losses, same_sentences(said.written, batch.said)
        return losses, (scores.argmax(-1) == batch.answer) & (batch.answer != UNKNOWN)


def same_sentences(
    one: Int[Tensor, "batch some"], other: Int[Tensor, "batch words"]
) -> Bool[Tensor, " batch"]:
    """Where two lists of padded sentences are alike; a sentence with an unknown word is like no other."""
    width = max(one.shape[1], other.shape[1])
    one, other = (nn.functional.pad(words, (0, width - words.shape[1]), value=NIL) for words in (one, other))
    return ((one == other) & (other != UNKNOWN)).all(1)
