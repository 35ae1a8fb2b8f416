"""Train on dialogues: one network for all tasks."""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from memnn.conversation import Dialogue
from memnn.dialogue.flow import describe_flow
from memnn.dialogue.recipes import RECIPES
from memnn.errors import UserError
from memnn.models import DIALOGUE_MODELS
from memnn.tasks import sort_tasks
from memnn.training import checkpoint
from memnn.training.curve import draw_curve
from memnn.training.data import StoryData
from memnn.training.loop import Progress, Trained, train
from memnn.training.options import Options
from memnn.training.processes import own_folder
from memnn.training.settings import assign, checked, read_config

DEFAULT_MODEL = "symbol"


@dataclasses.dataclass(frozen=True)
class Plan:
    """Settings over a model's recipe (`recipes.py`)."""

    model: str = DEFAULT_MODEL  # a name in DIALOGUE_MODELS
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of the model
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of the training loop
    device: str = "cpu"

    def resolve(self) -> tuple[Any, Options]:
        """The model's settings and the loop's options, the recipe's where nothing else is said.

        Raises UserError for a name or value that cannot be.
        """
        if self.model not in DIALOGUE_MODELS:
            raise UserError(f"no model {self.model!r}: expected one of {', '.join(DIALOGUE_MODELS)}")
        recipe, kind = RECIPES[self.model], DIALOGUE_MODELS[self.model]
        return (
            checked(kind, {**recipe.model, **self.settings}, f"setting of {self.model}"),
            checked(Options, {**recipe.training, **self.options}, "training option"),
        )


def make_plan(
    config: Path | None = None,
    model: str | None = None,
    assignments: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
) -> Plan:
    """A plan from the command line: what is said there goes before the config, which goes before the recipe.

    Raises UserError.
    """
    said = read_config(config) if config else {}
    model = model or said.get("model", DEFAULT_MODEL)
    settings, training = dict(said.get("settings", {})), dict(said.get("training", {}))
    if model not in DIALOGUE_MODELS:
        raise UserError(f"no model {model!r}: expected one of {', '.join(DIALOGUE_MODELS)}")
    assign(assignments, DIALOGUE_MODELS[model], settings, training)
    plan = Plan(model, settings, {**training, **(options or {})}, device)
    plan.resolve()
    return plan


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
    plan = plan or Plan()
    model, options = plan.resolve()
    if not any(dialogue.replies for dialogue in train_on):
        raise UserError("no replies to train on")
    with own_folder(Path(out)) as own:
        vocabulary = model.vocabulary.of_dialogues(train_on)
        config = _config(train_on, valid, plan, model, options, vocabulary)
        partial = checkpoint.begin(own, vars(config), vocabulary, overwrite)
        torch.manual_seed(options.seed)
        networks = [model.build(*vocabulary.sizes) for _ in range(options.restarts)]
        data = StoryData(train_on, valid, vocabulary, networks[0])
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
    data = {
        "tasks": sort_tasks(dialogue.task for dialogue in train_on),
        "dialogues": len(train_on),
        "valid": len(valid),
        "digest": _digest(train_on),
        **describe_flow(train_on, vocabulary),
    }
    return checkpoint.Config(
        "dialogue", plan.model, dataclasses.asdict(model), dataclasses.asdict(options), data
    )


def _digest(dialogues: Sequence[Dialogue]) -> str:
    """Tells other training dialogues from these, so that no run is resumed on them."""
    digest = hashlib.sha256()
    for dialogue in dialogues:
        digest.update(repr(dialogue.events).encode())
    return digest.hexdigest()
