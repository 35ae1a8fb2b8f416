"""One trained network with its vocabulary: answers with their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from memnn.memory import Trace
from memnn.models.network import Answers
from memnn.story import Story
from memnn.text.batches import StoryTensors, pad
from memnn.text.strangers import StoryWords
from memnn.text.tokenizer import tokenize
from memnn.text.vocabulary import NIL, UNKNOWN, Vocabulary, answer_words
from memnn.training import checkpoint

LEAST_WEIGHT = 0.01  # a fact that a hop weighs less is not evidence
MOST_FACTS = 5  # named of one hop
BATCH = 256  # questions


@dataclass(frozen=True)
class Evidence:
    """A fact that a hop used."""

    hop: int  # from 1
    position: int  # of the fact in the story, from 0
    fact: str
    weight: float  # the hop's attention, 0 to 1


@dataclass(frozen=True)
class Answer:
    """What the network answers; `text` is 'unknown' where it cannot tell."""

    text: str
    probability: float
    evidence: tuple[Evidence, ...] = ()  # by hop, the weightiest fact first
    unknown: tuple[str, ...] = ()  # words of the question never seen in training: doubt the answer


@dataclass(frozen=True)
class Reader:
    """A network with its vocabulary: what one checkpoint folder holds."""

    config: checkpoint.Config
    vocabulary: Vocabulary
    network: Any  # a MemoryNetwork

    @torch.inference_mode()
    def answer(self, stories: Sequence[Story]) -> list[Answer]:
        """Answers to complete stories, in their order."""
        tensors = StoryTensors(stories, self.vocabulary, self.network.capacity, self.network.strangers)
        answers: list[Answer] = []
        for start in range(0, len(stories), BATCH):
            some = stories[start : start + BATCH]
            batch = tensors.batch(np.arange(start, start + len(some)))
            said = self.network(batch)
            words = tensors.words[start : start + BATCH]
            answers += [self.pick(*each, said, row) for row, each in enumerate(zip(some, words))]
        return answers

    def pick(self, story: Story, words: StoryWords, said: Answers, row: int) -> Answer:
        """The answer to one question of a batch, of a story whose words are these."""
        asked = tokenize(story.question)
        unknown = tuple(dict.fromkeys(word for word in asked if word not in self.vocabulary))
        if all(word in unknown for word in asked):
            return Answer("unknown", 0.0, unknown=unknown)
        evidence = gather_evidence(story.facts, said.trace, row)
        if self.network.writes:
            return Answer(*self._written(story.candidates, said, row), evidence, unknown)
        candidates = [words.id([candidate]) for candidate in story.candidates]
        index, probability = choose(said.scores[row], candidates)
        return Answer(words.spelled(index), probability, evidence, unknown)

    def _written(self, candidates: Sequence[str], said: Answers, row: int) -> tuple[str, float]:
        """The sentence written, or the likeliest candidate; and its probability."""
        assert said.state is not None and said.written is not None
        known = [self.vocabulary.ids(answer_words([candidate])) for candidate in candidates]
        known = [ids for ids in known if ids and UNKNOWN not in ids]
        if candidates and not known:
            return "unknown", 0.0
        sentences = torch.from_numpy(pad(known)) if known else said.written[row][None]
        state = said.state[row].expand(len(sentences), -1)
        scores = -self.network.response.sentence_losses(state, sentences)
        best = int(scores.argmax())
        probability = (scores.softmax(0) if known else scores.exp())[best]
        return self.vocabulary.sentence(sentences[best].tolist()), float(probability)


def choose(scores: Float[Tensor, " vocab"], candidates: Sequence[int] = ()) -> tuple[int, float]:
    """The best entry and its probability; among known candidates alone, where candidates are given."""
    if candidates:
        allowed = torch.zeros_like(scores, dtype=torch.bool)
        allowed[list(candidates)] = True
        allowed[[NIL, UNKNOWN]] = False
        if not allowed.any():
            return UNKNOWN, 0.0
        scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
    probability, index = scores.softmax(-1).max(-1)
    return int(index), float(probability)


def gather_evidence(facts: Sequence[str], trace: Trace, row: int) -> tuple[Evidence, ...]:
    """What each hop of one question looked at. The trace's slots end with the story's newest fact."""
    evidence = []
    for hop, reading in enumerate(trace, start=1):
        weights = reading.weights[row]
        first = len(facts) - len(weights)  # below 0 where slots are padded in front
        for slot in weights.argsort(descending=True)[:MOST_FACTS].tolist():
            if weights[slot] >= LEAST_WEIGHT and first + slot >= 0:
                evidence.append(Evidence(hop, first + slot, facts[first + slot], float(weights[slot])))
    return tuple(evidence)
