"""Ask a trained network: stories told fact by fact, answers with their evidence."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from memnn.errors import UserError
from memnn.question_answering.reader import Answer, Reader
from memnn.question_answering.telling import StoryInProgress
from memnn.story import Story
from memnn.text.sentences import in_sentences
from memnn.training import checkpoint


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
        parts = find_parts(folder)
        for part in parts.values():
            checkpoint.expect(part, "question_answering")
        return cls({task: Reader(*checkpoint.load(part)) for task, part in parts.items()})

    def save_pretrained(self, folder: Path | str, overwrite: bool = False) -> None:
        """Write what `from_pretrained` reads: config, vocabulary and weights. Raises UserError."""
        out = Path(folder)
        if "" in self.readers:
            _save(self.readers[""], out, overwrite)
            return
        config = single_config({task: reader.config for task, reader in self.readers.items()})
        partial = checkpoint.begin(out, config, None, overwrite)
        for task, part in config["single"].items():
            _save(self.readers[task], partial / part, True)
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

    def use_threads(self) -> None:
        """Compute with as many CPU threads as in training, in this whole process: small models want one."""
        checkpoint.use_threads(next(iter(self.readers.values())).config)

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
        """Answers to complete stories, in their order, computed in batches.

        Facts of several sentences are taken apart, as `StoryInProgress.tell` does; evidence counts sentences.
        """
        stories = [in_sentences(story) for story in stories]
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
    if (
        not single
        or not isinstance(single, dict)
        or not all(isinstance(part, str) for part in single.values())
    ):
        raise UserError(f"{folder / 'config.json'}: expected a folder for each task")
    return {task: folder / part for task, part in single.items()}


def _save(reader: Reader, out: Path, overwrite: bool) -> None:
    weights = dict(reader.network.named_parameters())
    checkpoint.write(out, reader.config, reader.vocabulary, weights, overwrite)
