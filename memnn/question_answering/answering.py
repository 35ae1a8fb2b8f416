"""Ask a trained network: stories told fact by fact, answers with their evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from memnn.errors import UserError
from memnn.memory import Trace
from memnn.models.network import Answers
from memnn.story import Story
from memnn.text.batches import StoryTensors
from memnn.text.tokenizer import tokenize
from memnn.text.vocabulary import NIL, UNKNOWN, Vocabulary, answer_entry
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
        tensors = StoryTensors(stories, self.vocabulary, self.network.capacity)
        answers: list[Answer] = []
        for start in range(0, len(stories), BATCH):
            some = stories[start : start + BATCH]
            batch = tensors.batch(np.arange(start, start + len(some)))
            said = self.network(batch)
            answers += [self.pick(story, said, row) for row, story in enumerate(some)]
        return answers

    def pick(self, story: Story, said: Answers, row: int) -> Answer:
        """The answer to one question of a batch."""
        words = tokenize(story.question)
        unknown = tuple(dict.fromkeys(word for word in words if word not in self.vocabulary))
        if all(word in unknown for word in words):
            return Answer("unknown", 0.0, unknown=unknown)
        candidates = [self.vocabulary.id(answer_entry([candidate])) for candidate in story.candidates]
        index, probability = choose(said.scores[row], candidates)
        evidence = gather_evidence(story.facts, said.trace, row)
        return Answer(self.vocabulary.spelled(index), probability, evidence, unknown)


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


class StoryInProgress:
    """A story being told. Each fact is encoded once, when it is told; ages are counted when it is asked."""

    def __init__(self, reader: Reader) -> None:
        """A story without facts."""
        self._reader = reader
        self._facts: tuple[str, ...] = ()
        self._memory = reader.network.begin()

    @property
    def facts(self) -> tuple[str, ...]:
        """What was told, oldest first."""
        return self._facts

    @torch.inference_mode()
    def tell(self, *facts: str) -> None:
        """Add facts to the story."""
        for fact in facts:
            self._memory = self._reader.network.tell(self._memory, self._words(fact))
            self._facts = (*self._facts, fact)

    def forget(self, position: int) -> str:
        """Take back the fact at a position, from 0, and return it. Raises UserError where there is none."""
        if not 0 <= position < len(self._facts):
            raise UserError(f"there is no fact {position + 1}: the story has {len(self._facts)}")
        forgotten = self._facts[position]
        kept = self._facts[:position] + self._facts[position + 1 :]
        self.reset()
        self.tell(*kept)
        return forgotten

    def reset(self) -> None:
        """Forget everything and begin a new story."""
        self._facts, self._memory = (), self._reader.network.begin()

    @torch.inference_mode()
    def ask(self, question: str, candidates: Sequence[str] = ()) -> Answer:
        """Answer from the facts told so far; with one of the `candidates`, where some are given."""
        said = self._reader.network.ask(self._memory, self._words(question))
        return self._reader.pick(Story(self._facts, question, candidates=tuple(candidates)), said, 0)

    def _words(self, sentence: str) -> Tensor:
        return torch.tensor([self._reader.vocabulary.ids(tokenize(sentence)) or [NIL]])


class QuestionAnswerer:
    """A trained run: one network for all tasks, or one a task.

    >>> net = memnn.load("runs/x")
    >>> story = net.story()
    >>> story.tell("John took the football.", "John went to the office.")
    >>> answer = story.ask("Where is the football?")
    >>> answer.text, answer.probability, answer.evidence
    """

    def __init__(self, readers: dict[str, Reader]) -> None:
        """Readers by task; of a joint run the only reader, under the empty name."""
        self.readers = readers

    @classmethod
    def from_pretrained(cls, name: Path | str) -> "QuestionAnswerer":
        """Load a checkpoint folder, or a repository of the Hugging Face Hub. Raises UserError."""
        folder = checkpoint.find(name)
        readers = {task: Reader(*checkpoint.load(part)) for task, part in find_parts(folder).items()}
        for reader in readers.values():
            if reader.config.application != "question_answering":
                raise UserError(f"{folder}: a {reader.config.application} model answers no questions")
        return cls(readers)

    def save_pretrained(self, folder: Path | str, overwrite: bool = False) -> None:
        """Write what `from_pretrained` reads: config, vocabulary and weights. Raises UserError."""
        out = Path(folder)
        if "" in self.readers:
            partial = _save(self.readers[""], out, overwrite)
        else:
            config = single_config({task: reader.config for task, reader in self.readers.items()})
            partial = checkpoint.begin(out, config, None, overwrite)
            for task, part in config["single"].items():
                checkpoint.finish(_save(self.readers[task], partial / part, True), partial / part)
        checkpoint.finish(partial, out)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks it was trained on."""
        return tuple(
            dict.fromkeys(t for reader in self.readers.values() for t in reader.config.data["tasks"])
        )

    @property
    def holdout_seed(self) -> int:
        """The seed that held validation stories out of its training data."""
        seed: int = next(iter(self.readers.values())).config.data["holdout_seed"]
        return seed

    def reader(self, task: str = "") -> Reader:
        """The network for a task. Raises UserError when a run of single tasks has none for it."""
        if "" in self.readers:
            return self.readers[""]
        if not task and len(self.readers) == 1:
            return next(iter(self.readers.values()))
        if task not in self.readers:
            which = f"task {task!r}" if task else "a question without a task"
            raise UserError(f"no network for {which}: one was trained for each of {', '.join(self.readers)}")
        return self.readers[task]

    def story(self, task: str = "") -> StoryInProgress:
        """A new story to tell and ask about."""
        return StoryInProgress(self.reader(task))

    def answer(self, stories: Iterable[Story]) -> list[Answer]:
        """Answers to complete stories, in their order, computed in batches."""
        stories = list(stories)
        answers: list[Answer | None] = [None] * len(stories)
        by_task: dict[str, list[int]] = {}
        for index, story in enumerate(stories):
            by_task.setdefault(story.task if "" not in self.readers else "", []).append(index)
        for task, indices in by_task.items():
            said = self.reader(task).answer([stories[index] for index in indices])
            for index, answer in zip(indices, said):
                answers[index] = answer
        return [answer for answer in answers if answer is not None]


def single_config(configs: Mapping[str, checkpoint.Config]) -> dict[str, Any]:
    """config.json of a run that trains one network a task: which folder holds which, and how all are made."""
    first = next(iter(configs.values()))
    return {
        "application": first.application,
        "single": {task: f"task-{quote(task, safe=' ')}" for task in configs},
        "model": first.model,
        "settings": first.settings,
        "training": first.training,
        "questions": {task: config.data["questions"] for task, config in configs.items()},
        "format": first.format,
        "memnn": first.memnn,
    }


def find_parts(folder: Path) -> dict[str, Path]:
    """The folder of each task's network; of a joint run itself, under the empty name. Raises UserError."""
    single = checkpoint.read_config(folder).get("single")
    if single is None:
        return {"": folder}
    try:
        return {task: folder / part for task, part in single.items()}
    except (AttributeError, TypeError):
        raise UserError(f"{folder / 'config.json'}: expected a folder for each task") from None


def _save(reader: Reader, out: Path, overwrite: bool) -> Path:
    partial = checkpoint.begin(out, vars(reader.config), reader.vocabulary, overwrite)
    checkpoint.save_weights(partial, dict(reader.network.named_parameters()))
    return partial
