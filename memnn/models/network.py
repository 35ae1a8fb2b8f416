"""A Memory Network: I, G, O and R joined (Weston, Chopra, Bordes 2014, section 2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.memory import SharedMemory, Trace
from memnn.story import Story
from memnn.text.batches import Batch, StoryTensors, pad
from memnn.text.strangers import StoryWords
from memnn.text.vocabulary import NIL, UNKNOWN, Vocabulary, answer_words


@dataclass(frozen=True)
class Answers:
    """What a network says to a batch of questions."""

    scores: Float[Tensor, "..."]  # [restarts] batch [items] entries; softmax gives probabilities
    trace: Trace = ()  # where each hop looked
    state: Float[Tensor, "batch dim"] | None = None  # what R was asked, and
    written: Int[Tensor, "batch words"] | None = None  # what it said word by word, where it writes
    explain: Callable[[int], Trace] | None = None  # the trace of one question, where it takes work to find


class InputMap(Protocol):
    """I: words to features. A question may be encoded otherwise than a fact."""

    width: int  # features of a fact

    def encode_facts(self, words: Int[Tensor, "facts words"]) -> Float[Tensor, "facts features"]: ...
    def encode_question(self, words: Int[Tensor, "batch words"]) -> Float[Tensor, "batch dim"]: ...
    def encode_batch(self, batch: Batch) -> tuple[Tensor, Tensor]: ...  # the two of a batch's sentences


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
    from what `learn` makes of the network and a batch: a loss for each question. `stackable` says
    that all parts also compute with the weights of several restarts stacked in front.
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
        *,
        stackable: bool = False,
    ) -> None:
        super().__init__()
        self.stackable = stackable
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

    def tensors(self, stories: Sequence[Story], vocabulary: Vocabulary) -> StoryTensors:
        """The stories as the batches that `forward`, `losses` and `measure` take."""
        return StoryTensors(stories, vocabulary, self.capacity, self.strangers)

    def words(self, vocabulary: Vocabulary) -> StoryWords:
        """The words of a story that begins."""
        return StoryWords(vocabulary, self.strangers)

    def hear(self, words: StoryWords, facts: Sequence[str]) -> list[Tensor]:
        """The features of each fact of a story, from its text."""
        rows = torch.from_numpy(pad([words.ids(fact) for fact in facts]))
        return list(self.input_map.encode_facts(rows).split(1))

    def remember(self, heard: Sequence[Tensor]) -> SharedMemory:
        """The memory of facts that were heard one by one, oldest first."""
        memory: SharedMemory = self.begin()
        if heard:
            slots = torch.arange(len(heard))[None]
            memory = self.generalization.write_all(
                torch.cat(list(heard)), slots, torch.ones_like(slots).bool()
            )
        return memory

    def answer(self, memory: SharedMemory, words: StoryWords, question: str) -> Answers:
        """The answer to a question about one story, from its text."""
        return self.ask(memory, torch.from_numpy(pad([words.ids(question)])))

    def say(
        self, said: Answers, row: int, words: StoryWords, candidates: Sequence[str] = ()
    ) -> tuple[str, float]:
        """One answer of a batch as people write it, and its probability; among the known candidates alone,
        where some are given.
        """
        if not self.writes:
            return words.say(said.scores[row], candidates)
        assert said.state is not None and said.written is not None
        vocabulary = words.vocabulary
        known = [vocabulary.ids(answer_words([candidate])) for candidate in candidates]
        known = [ids for ids in known if ids and UNKNOWN not in ids]
        if candidates and not known:
            return "unknown", 0.0
        sentences = torch.from_numpy(pad(known)) if known else said.written[row][None]
        state = said.state[row].expand(len(sentences), -1)
        scores = -self.response.sentence_losses(state, sentences)
        best = int(scores.argmax())
        probability = (scores.softmax(0) if known else scores.exp())[best]
        return vocabulary.sentence(sentences[best].tolist()), float(probability)

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
        return self._read(memory, self.input_map.encode_question(question), softmax)

    def forward(self, batch: Batch) -> Answers:
        """Answers to a batch of stories."""
        return self._answer(batch)

    def losses(self, batch: Batch, *, softmax: bool = True) -> Float[Tensor, "*restarts batch"]:
        """What training makes small, for each question."""
        if self._learn is not None:
            return self._learn(self, batch)
        return cross_entropy(self._answer(batch, softmax).scores, batch.answer)

    def measure(
        self, batch: Batch, *, softmax: bool = True
    ) -> tuple[Float[Tensor, "*restarts batch"], Bool[Tensor, "*restarts batch"]]:
        """The losses, and which questions were answered rightly; an answer never seen is wrong."""
        said = self._answer(batch, softmax)
        scores = said.scores
        losses = cross_entropy(scores, batch.answer) if self._learn is None else self._learn(self, batch)
        if said.written is not None:
            return losses, same_sentences(said.written, batch.said)
        return losses, (scores.argmax(-1) == batch.answer) & (batch.answer != UNKNOWN)

    def _answer(self, batch: Batch, softmax: bool = True) -> Answers:
        features, query = self.input_map.encode_batch(batch)
        return self._read(self.generalization.write_all(features, batch.slots, batch.mask), query, softmax)

    def _read(
        self, memory: SharedMemory, query: Float[Tensor, "*restarts batch dim"], softmax: bool
    ) -> Answers:
        state, trace = self.output_map(memory, query, softmax=softmax)
        if self._respond is not None:
            return Answers(self._respond(self, memory, query, state, trace), trace)
        if self.writes:
            return Answers(self.response(state), trace, state, self.response.generate(state))
        return Answers(self.response(state), trace)


def cross_entropy(
    scores: Float[Tensor, "*restarts batch vocab"], answer: Int[Tensor, " batch"]
) -> Float[Tensor, "*restarts batch"]:
    """-log p(answer) of each question."""
    answers = answer.expand(scores.shape[:-1])
    losses = nn.functional.cross_entropy(scores.flatten(0, -2), answers.flatten(), reduction="none")
    return losses.view(answers.shape)


def same_sentences(
    one: Int[Tensor, "batch some"], other: Int[Tensor, "batch words"]
) -> Bool[Tensor, " batch"]:
    """Where two lists of padded sentences are alike; a sentence with an unknown word is like no other."""
    width = max(one.shape[1], other.shape[1])
    one, other = (nn.functional.pad(words, (0, width - words.shape[1]), value=NIL) for words in (one, other))
    return ((one == other) & (other != UNKNOWN)).all(1)
