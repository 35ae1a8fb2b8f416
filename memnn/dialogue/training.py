"""Train on dialogues: one network for all tasks."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from memnn.conversation import Dialogue
from memnn.dialogue.flow import describe_flow
from memnn.dialogue.recipes import RECIPES
from memnn.errors import UserError
from memnn.tasks import sort_tasks
from memnn.training import checkpoint
from memnn.training.curve import draw_curve
from memnn.training.data import digest, story_data
from memnn.training.loop import Progress, Trained, train
from memnn.training.options import Options
from memnn.training.plan import Plan
from memnn.training.processes import own_folder

DEFAULT_MODEL = "symbol"


def plan_for(
    model: str = DEFAULT_MODEL,
    settings: Mapping[str, Any] = MappingProxyType({}),
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Plan:
    """A model's recipe with other settings of the model and other options of the training loop."""
    return Plan("dialogue", model, RECIPES[model], settings, options)


def train_dialogues(
    train_on: Sequence[Dialogue],
    valid: Sequence[Dialogue],
    out: Path | str,
    plan: Plan | None = None,
    *,
    overwrite: bool = False,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Trained:
    """Train and write the checkpoint folder `out`; how the restarts ended.

    The same call on an unfinished `out` goes on where it was cut. Raises UserError.
    """
    plan = plan or plan_for()
    model, options = plan.resolve()
    if not any(dialogue.replies for dialogue in train_on):
        raise UserError("no replies to train on")
    checkpoint.check_free(Path(out), overwrite)
    with own_folder(Path(out)) as own:
        vocabulary = model.vocabulary.of_dialogues(train_on)
        config = _config(train_on, valid, plan, model, options, vocabulary)
        partial = checkpoint.begin(own, vars(config), vocabulary, overwrite)
        torch.manual_seed(options.seed)
        networks = [model.build(*vocabulary.sizes) for _ in range(options.restarts)]
        data = story_data(train_on, valid, vocabulary, networks[0])
        trained = train(networks, data, options, partial, plan.device, report)
        checkpoint.save_weights(partial, trained.weights)
        checkpoint.write_json(partial / "result.json", {"best_restart": trained.best, **trained.measures})
        draw_curve(partial)
        checkpoint.finish(partial, own)
    return trained


def _config(
    train_on: Sequence[Dialogue],
    valid: Sequence[Dialogue],
    plan: Plan,
    model: Any,
    options: Options,
    vocabulary: Any,
) -> checkpoint.Config:
    candidates = dict.fromkeys(dialogue.candidates for dialogue in (*train_on, *valid))
    data = {
        "tasks": sort_tasks(dialogue.task for dialogue in train_on),
        "dialogues": len(train_on),
        "valid": len(valid),
        "digest": digest(*([talk.events for talk in part] for part in (train_on, valid)), candidates),
        **describe_flow(train_on, vocabulary),
    }
    return checkpoint.Config(
        "dialogue", plan.model, dataclasses.asdict(model), dataclasses.asdict(options), data
    )
