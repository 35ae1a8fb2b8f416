"""What decides a training run but its data: a model, its settings, the options of the loop."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from memnn.errors import UserError
from memnn.models import MODELS_OF
from memnn.training.options import Options
from memnn.training.settings import Recipe, assign, checked, read_config

PLENTY = 2_000_000  # what a recipe is written for where it is not told how much there is


@dataclasses.dataclass(frozen=True)
class Plan:
    """Settings over a model's recipe."""

    application: str  # a name in MODELS_OF
    model: str  # a name among its models
    recipe: Recipe = dataclasses.field(default_factory=Recipe)
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of the model
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of the training loop
    device: str = "cpu"

    def resolve(self, amount: int = PLENTY) -> tuple[Any, Options]:
        """The model's settings and the loop's options, the recipe's where nothing else is said.

        `amount` is how much there is to train on, words or replies, which some recipes ask about. Raises
        UserError for a value that cannot be.
        """
        check_device(self.device)
        kind, recipe = MODELS_OF[self.application][self.model], self.recipe.for_amount(amount)
        return (
            checked(kind, {**recipe.model, **self.settings}, f"setting of {self.model}"),
            checked(Options, {**recipe.training, **self.options}, "training option"),
        )


@dataclasses.dataclass(frozen=True)
class Said:
    """What a command line and its config say of a run."""

    model: str
    settings: Mapping[str, Any]  # of the model
    options: Mapping[str, Any]  # of the training loop
    config: Mapping[str, Any]  # all that the config says


def read_said(
    application: str,
    default: str,
    config: Path | None,
    model: str | None,
    assignments: Sequence[str],
    options: Mapping[str, Any] | None,
) -> Said:
    """What is said: on the command line goes before the config, which goes before the `default` model.

    `assignments` are "key=value" for the model or the loop. Raises UserError.
    """
    models, said = MODELS_OF[application], read_config(config) if config else {}
    model = model or said.get("model", default)
    if model not in models:
        raise UserError(f"no model {model!r}: expected one of {', '.join(models)}")
    settings, training = dict(said.get("settings", {})), dict(said.get("training", {}))
    assign(assignments, models[model], settings, training)
    return Said(model, settings, {**training, **(options or {})}, said)


def check_device(device: str) -> None:
    """Raises UserError unless it is cpu or auto."""
    if device not in ("cpu", "auto"):
        raise UserError(f"no device {device!r}: expected cpu or auto")


def make_plan(
    application: str,
    recipes: Mapping[str, Recipe],
    default: str,
    config: Path | None = None,
    model: str | None = None,
    assignments: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
) -> Plan:
    """A plan from the command line (`read_said`), over the recipe of the model. Raises UserError."""
    said = read_said(application, default, config, model, assignments, options)
    plan = Plan(application, said.model, recipes[said.model], said.settings, said.options, device)
    plan.resolve()
    return plan
