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
    bleu: float | None = None  # of what the model writes without candidates, None where it writes nothing
    entity_f1: float | None = None  # of the entities in it, over all replies that name some


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
        of_task = [pair for pair in zip(dialogues, said) if pair[0].task == task]
        right = [
            [reply.text == text for reply, text in zip(replies, dialogue.reply_texts)]
            for dialogue, replies in of_task
        ]
        every = [each for dialogue in right for each in dialogue]
        tasks[task] = TaskResult(
            100 * sum(every) / max(1, len(every)),
            100 * sum(map(all, right)) / len(right),
            len(every),
            len(right),
            *_written(
                [reply.generated for _, replies in of_task for reply in replies],
                [text for dialogue, _ in of_task for text in dialogue.reply_texts],
                bot,
            ),
        )
    return Evaluation(tasks)


def _written(written: Sequence[str], given: Sequence[str], bot: Bot) -> tuple[float | None, float | None]:
    """BLEU (Papineni et al. 2002, by sacrebleu) and the micro F1 of entities, in %.

    An entity is what the lexicon takes for a symbol in the reply that was given; each counts once a reply.
    """
    if not any(written):
        return None, None
    from sacrebleu import corpus_bleu

    bleu = corpus_bleu(list(written), [list(given)], lowercase=True).score
    hits = said = wanted = 0
    for mine, theirs in zip(written, given):
        own, right = (set(bot.vocabulary.take_apart(text).fillers) for text in (mine, theirs))
        if right:
            hits, said, wanted = hits + len(own & right), said + len(own), wanted + len(right)
    return bleu, 200 * hits / (said + wanted) if wanted else None
