"""How good the answers are: errors by task, and how often the evidence holds the supporting facts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from memnn.errors import UserError
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.reader import Answer
from memnn.story import Story
from memnn.tasks import sort_tasks
from memnn.text.sentences import in_sentences
from memnn.text.vocabulary import answer_entry

EXPLAINED = 30  # questions a task
FAILED = 5.0  # % of wrong answers above which a task counts as failed (Weston et al. 2015)


@dataclass(frozen=True)
class Evaluation:
    """Results over a set of stories, in %."""

    tasks: dict[str, float]  # error by task
    questions: dict[str, int]  # how many by task
    evidence: float | None  # hit rate of supporting facts; None where none are labelled
    unseen: Counter[str]  # answers never seen in training that were therefore wrong

    @property
    def mean_error(self) -> float:
        """The mean of the tasks' errors."""
        return sum(self.tasks.values()) / len(self.tasks)

    @property
    def failed(self) -> int:
        """How many tasks have an error above 5 %."""
        return sum(error > FAILED for error in self.tasks.values())

    def as_json(self) -> dict[str, Any]:
        """What `memnn evaluate --json` prints."""
        return {
            "mean_error": self.mean_error,
            "failed": self.failed,
            "tasks": self.tasks,
            "evidence": self.evidence,
            "questions": self.questions,
            "unseen_answers": dict(self.unseen),
        }


def evaluate(net: QuestionAnswerer, stories: Sequence[Story]) -> Evaluation:
    """Ask every question. A list answer is right only when whole; case and spacing do not matter.

    The evidence hit rate is the mean, over the questions that have supporting facts, of `hit_rate`; as
    finding evidence may take longer than answering, the first EXPLAINED of each task stand for all. Raises
    UserError without stories.
    """
    if not stories:
        raise UserError("no stories to evaluate on")
    stories = [in_sentences(story) for story in stories]  # as the evidence counts them
    wrong: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    unseen: Counter[str] = Counter()
    hits: list[float] = []
    for story, answer in zip(stories, net.answer(stories)):
        asked[story.task] += 1
        right = is_right(answer, story)
        wrong[story.task] += not right
        if not right and not net.reader(story.task).vocabulary.can_answer(story):
            unseen[story.answer_text] += 1
        if story.supporting and asked[story.task] <= EXPLAINED:
            hits.append(hit_rate(answer, story))
    tasks = {task: 100 * wrong[task] / asked[task] for task in sort_tasks(asked)}
    evidence = 100 * sum(hits) / len(hits) if hits else None
    return Evaluation(tasks, {task: asked[task] for task in tasks}, evidence, unseen)


def is_right(answer: Answer, story: Story) -> bool:
    """Whether the answer is the story's, case and spacing apart."""
    return answer_entry(answer.text.split(",")) == answer_entry(",".join(story.answer).split(","))


def hit_rate(answer: Answer, story: Story) -> float:
    """The share of a story's supporting facts among as many facts that the evidence weighs most, each by the
    hop that weighs it most.
    """
    weights: dict[int, float] = {}
    for found in answer.evidence:
        weights[found.position] = max(found.weight, weights.get(found.position, 0.0))
    wanted = set(story.supporting)
    named = sorted(weights, key=weights.__getitem__, reverse=True)[: len(wanted)]
    return len(wanted.intersection(named)) / len(wanted)
