"""How good the replies are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from memnn.conversation import Dialogue
from memnn.dialogue.bot import Bot
from memnn.tasks import sort_tasks


@dataclass(frozen=True)
class TaskResult:
    """Results over the dialogues of a task, in %."""

    response_accuracy: float  # replies that are right to the letter
    dialog_accuracy: float  # dialogues of which every reply is
    replies: int
    dialogues: int


@dataclass(frozen=True)
class Evaluation:
    """Results by task."""

    tasks: dict[str, TaskResult]

    def as_json(self) -> dict[str, Any]:
        """All of it, for `--json`."""
        return {"tasks": {task: vars(result) for task, result in self.tasks.items()}}


def evaluate(bot: Bot, dialogues: Sequence[Dialogue]) -> Evaluation:
    """Let the bot reply at every turn of the dialogues, whatever it said before."""
    said = bot.reply(dialogues)
    tasks = {}
    for task in sort_tasks(dialogue.task for dialogue in dialogues):
        right = [
            [reply.text == text for reply, text in zip(replies, dialogue.reply_texts)]
            for dialogue, replies in zip(dialogues, said)
            if dialogue.task == task
        ]
        every = [each for dialogue in right for each in dialogue]
        tasks[task] = TaskResult(
            100 * sum(every) / max(1, len(every)),
            100 * sum(map(all, right)) / len(right),
            len(every),
            len(right),
        )
    return Evaluation(tasks)
