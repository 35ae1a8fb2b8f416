"""Train on stories: one network for all tasks (joint), or one a task (single)."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from memnn.errors import UserError
from memnn.question_answering.answering import single_config
from memnn.question_answering.babi import sort_tasks
from memnn.question_answering.data import StoryData
from memnn.question_answering.plan import Plan
from memnn.story import Story
from memnn.text.vocabulary import Vocabulary
from memnn.training import checkpoint
from memnn.training.curve import draw_curve
from memnn.training.loop import Progress, Trained, train

Report = Callable[[str, Progress], None]


def train_stories(
    train_on: Sequence[Story],
    valid: Sequence[Story],
    out: Path | str,
    plan: Plan | None = None,
    *,
    overwrite: bool = False,
    report: Report = lambda name, progress: None,
) -> dict[str, Trained]:
    """Train and write the checkpoint folder `out`; how the restarts ended, by task ("" when joint).

    The same call on an unfinished `out` goes on where it was cut. Raises UserError.
    """
    plan, out = plan or Plan(), Path(out)
    plan.resolve()
    if not train_on:
        raise UserError("no stories to train on")
    if plan.joint:
        return {"": _train_one(train_on, valid, out, plan, overwrite, functools.partial(report, ""))}
    tasks = sort_tasks({story.task for story in train_on})
    parts = {task: f"task-{task}" for task in tasks}
    partial = checkpoint.begin(out, single_config(parts), None, overwrite)
    results = {}
    for task, part in parts.items():
        if (partial / part).exists():
            continue
        told, held = ([s for s in stories if s.task == task] for stories in (train_on, valid))
        results[task] = _train_one(told, held, partial / part, plan, False, functools.partial(report, task))
    checkpoint.finish(partial, out)
    return results


def _train_one(
    train_on: Sequence[Story],
    valid: Sequence[Story],
    out: Path,
    plan: Plan,
    overwrite: bool,
    report: Callable[[Progress], None],
) -> Trained:
    model, options = plan.resolve()
    vocabulary = Vocabulary.of_stories(train_on)
    tasks = sort_tasks({story.task for story in train_on})
    data = {
        "tasks": tasks,
        "questions": len(train_on),
        "valid": len(valid),
        "holdout_seed": plan.holdout_seed,
    }
    config = checkpoint.Config(
        "question_answering", plan.model, dataclasses.asdict(model), dataclasses.asdict(options), data
    )
    partial = checkpoint.begin(out, vars(config), vocabulary, overwrite)
    torch.manual_seed(options.seed)
    networks = [model.build(len(vocabulary)) for _ in range(options.restarts)]
    tensors = StoryData(train_on, valid, vocabulary, model.capacity)
    trained = train(networks, tensors, options, partial, plan.device, report)
    checkpoint.save_weights(partial, trained.weights)
    checkpoint.write_json(partial / "result.json", {"best_restart": trained.best, **trained.measures})
    draw_curve(partial)
    checkpoint.finish(partial, out)
    return trained
