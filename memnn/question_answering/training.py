"""Train on stories: one network for all tasks (joint), or one a task (single)."""

import dataclasses
import functools
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from memnn.errors import UserError
from memnn.models import MODELS
from memnn.question_answering.answering import single_config
from memnn.question_answering.fit import find_vocabulary, train_networks
from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.second_look import Learner, names_needed
from memnn.question_answering.telling import how_asked
from memnn.story import Story
from memnn.tasks import sort_tasks
from memnn.text.lexicon import Lexicon
from memnn.text.sentences import in_sentences
from memnn.training import checkpoint
from memnn.training.curve import draw_curve
from memnn.training.data import digest
from memnn.training.loop import Progress, Trained
from memnn.training.processes import own_folder

LOOKING, AGAIN = "a second look at symbols", "with more read by name"  # what `report` is told then
Report = Callable[[str, Progress], None]


def train_stories(
    train_on: Sequence[Story],
    valid: Sequence[Story],
    out: Path | str,
    plan: StoryPlan | None = None,
    *,
    overwrite: bool = False,
    report: Report = lambda name, progress: None,
) -> dict[str, Trained]:
    """Train and write the checkpoint folder `out`; how the restarts ended, by task ("" when joint).

    Facts of several sentences are taken apart.
    The same call on an unfinished `out` goes on where it was cut. Several processes may call it, each
    with the same arguments; see `memnn.training.processes`. Raises UserError.
    """
    plan = plan or StoryPlan()
    plan.resolve()
    if not train_on:
        raise UserError("no stories to train on")
    if MODELS[plan.model].needs_supporting and not any(story.supporting for story in train_on):
        raise UserError(f"{plan.model} learns from supporting facts, and no story names any: try memn2n")
    train_on, valid = ([in_sentences(story) for story in some] for some in (train_on, valid))
    checkpoint.check_free(Path(out), overwrite)  # before symbols are looked for, which takes its time
    with own_folder(Path(out)) as own:
        return _train_all(train_on, valid, own, plan, overwrite, report)


def _train_all(
    train_on: Sequence[Story],
    valid: Sequence[Story],
    out: Path,
    plan: StoryPlan,
    overwrite: bool,
    report: Report,
) -> dict[str, Trained]:
    tasks = sort_tasks(story.task for story in train_on)
    if plan.joint or tasks == ("",):
        return {"": _train_one(train_on, valid, out, plan, overwrite, functools.partial(report, ""))}
    if "" in tasks:
        raise UserError("one network a task needs a task for every question; some have none")
    told, held = _by_task(train_on), _by_task(valid)
    config = single_config({task: _config(told[task], held[task], plan) for task in tasks})
    partial = checkpoint.begin(out, config, None, overwrite)
    results = {}
    for task, part in config["single"].items():
        if (partial / part).exists():
            results[task] = _trained(partial / part)
        else:
            tell = functools.partial(report, task)
            results[task] = _train_one(told[task], held[task], partial / part, plan, False, tell)
    checkpoint.finish(partial, out)
    return results


def _by_task(stories: Sequence[Story]) -> dict[str, list[Story]]:
    by_task: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        by_task[story.task].append(story)
    return by_task


def _train_one(
    train_on: Sequence[Story],
    valid: Sequence[Story],
    out: Path,
    plan: StoryPlan,
    overwrite: bool,
    report: Callable[[Progress], None],
) -> Trained:
    plan = plan.for_stories(train_on)
    model, options = plan.resolve(len(train_on))
    vocabulary = find_vocabulary(model, train_on, plan.symbols)
    config = vars(_config(train_on, valid, plan))

    def train_in(folder: Path, words: Any, report: Callable[[Progress], None]) -> Trained:
        trained = train_networks(
            model.build, train_on, valid, words, options, folder, plan.device, report, plan.init
        )
        checkpoint.save_weights(folder, trained.weights)
        checkpoint.write_json(folder / "result.json", {"best_restart": trained.best, **trained.measures})
        draw_curve(folder)
        return trained

    partial = checkpoint.begin(out, config, vocabulary, overwrite)
    trained = train_in(partial, vocabulary, report)
    if (
        plan.second_look
        and valid
        and plan.init is None
        and not options.minutes
        and isinstance(vocabulary, Lexicon)
    ):
        network = model.build(*vocabulary.sizes)
        checkpoint.put_weights(network, trained.weights, partial)
        learner = Learner(model, options, partial / checkpoint.LOOK, plan.device, _calling(report, LOOKING))
        needed = names_needed(network.eval(), vocabulary, train_on, valid, learner)
        if needed:
            words = Lexicon.of_symbols(vocabulary.symbols.naming(needed), train_on)
            other = checkpoint.begin(partial / checkpoint.NAMED, config, words, overwrite=True)
            second = train_in(other, words, _calling(report, AGAIN))
            if second.measures["error"][second.best] < trained.measures["error"][trained.best]:
                checkpoint.finish(other, out)
                shutil.rmtree(partial)
                return second
    for aside in checkpoint.ASIDE:
        shutil.rmtree(partial / aside, ignore_errors=True)
    checkpoint.finish(partial, out)
    return trained


def _calling(report: Callable[[Progress], None], phase: str) -> Callable[[Progress], None]:
    return lambda step: report(dataclasses.replace(step, phase=phase))


def _config(train_on: Sequence[Story], valid: Sequence[Story], plan: StoryPlan) -> checkpoint.Config:
    model, options = plan.for_stories(train_on).resolve(len(train_on))
    data = {
        "tasks": sort_tasks(story.task for story in train_on),
        "questions": len(train_on),
        "valid": len(valid),
        "holdout_seed": plan.holdout_seed,
        **how_asked(train_on),
        "digest": digest(train_on, valid),
    }
    if plan.init is not None:
        data["init"] = plan.init
    return checkpoint.Config(
        "question_answering", plan.model, dataclasses.asdict(model), dataclasses.asdict(options), data
    )


def _trained(part: Path) -> Trained:
    """How the training of a finished part ended."""
    _, _, network = checkpoint.load(part)
    result = checkpoint.read_json(part / "result.json")
    return Trained(dict(network.named_parameters()), result.pop("best_restart"), result)
