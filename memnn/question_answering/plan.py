"""What decides a training run but the stories: a model, its settings, the options of the loop."""

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError

from memnn.errors import DataError, UserError
from memnn.models import MODELS
from memnn.question_answering.jsonl import read_lines
from memnn.question_answering.recipes import RECIPES
from memnn.text.lexicon import Lexicon
from memnn.training import checkpoint
from memnn.training.options import Options

DEFAULT_MODEL = "symbol"
_CONFIG_KEYS = {"model": str, "joint": bool, "settings": dict, "training": dict, "result": dict}


@dataclasses.dataclass(frozen=True)
class Plan:
    """Settings over a model's recipe (`recipes.py`)."""

    model: str = DEFAULT_MODEL  # a name in MODELS
    joint: bool = True  # one network for all tasks, or one a task
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of the model
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of the training loop
    device: str = "cpu"
    symbols: tuple[tuple[str, ...], ...] = ()  # classes of words that may trade places, beside those found
    init: str | None = None  # a run whose weights and settings training begins with
    holdout_seed: int = 0  # that split the stories; recorded, to find the split again

    def resolve(self) -> tuple[Any, Options]:
        """The model's settings and the loop's options, the recipe's where nothing else is said.

        Raises UserError for a name or value that cannot be.
        """
        if self.model not in MODELS:
            raise UserError(f"no model {self.model!r}: expected one of {', '.join(MODELS)}")
        if self.device not in ("cpu", "auto"):
            raise UserError(f"no device {self.device!r}: expected cpu or auto")
        if self.symbols and MODELS[self.model].vocabulary is not Lexicon:
            raise UserError(f"{self.model} knows no symbols: they are for --model symbol")
        recipe = RECIPES[self.model, "joint" if self.joint else "single"]
        options = _checked(Options, {**recipe.training, **self.options}, "training option")
        what = f"setting of {self.model}"
        if self.init is None:
            return _checked(MODELS[self.model], {**recipe.model, **self.settings}, what), options
        first = self._first_settings(self.init)
        settings, begun = (
            _checked(MODELS[self.model], {**first, **said}, what) for said in (self.settings, {})
        )
        if _shapes(settings) != _shapes(begun):
            raise UserError(f"--init {self.init}: a network of other sizes than the settings say")
        return settings, options

    def _first_settings(self, init: str) -> dict[str, Any]:
        config = checkpoint.read_config(checkpoint.find(init))
        if config.get("model") != self.model or self.model != "symbol":
            raise UserError(f"--init {init}: expected one network of --model symbol, and the same model here")
        return dict(config["settings"])


def _shapes(settings: Any) -> list[torch.Size]:
    return [parameter.shape for parameter in settings.build(3, 3).parameters()]


def make_plan(
    config: Path | None = None,
    model: str | None = None,
    joint: bool | None = None,
    assignments: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
    symbols: Path | None = None,
    init: str | None = None,
) -> Plan:
    """A plan from the command line: what is said there goes before the config, which goes before the recipe.

    `assignments` are "key=value" for the model or the loop; `symbols` is a file of `read_symbols`. Raises
    UserError.
    """
    said = _read_config(config) if config else {}
    model = model or said.get("model", DEFAULT_MODEL)
    settings, training = dict(said.get("settings", {})), dict(said.get("training", {}))
    if model not in MODELS:
        raise UserError(f"no model {model!r}: expected one of {', '.join(MODELS)}")
    of_model = {field.name for field in dataclasses.fields(MODELS[model])}
    of_loop = {field.name for field in dataclasses.fields(Options)}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or name not in of_model | of_loop:
            known = ", ".join(sorted(of_model | of_loop))
            raise UserError(f"--set {assignment}: expected name=value with a name of {known}")
        (settings if name in of_model else training)[name] = _value(value)
    if joint is None:
        joint = said.get("joint", True)
    plan = Plan(model, joint, settings, {**training, **(options or {})}, device, init=init)
    if symbols is not None:
        plan = dataclasses.replace(plan, symbols=read_symbols(symbols))
    plan.resolve()
    return plan


def read_symbols(path: Path) -> tuple[tuple[str, ...], ...]:
    """Classes of words that may trade places, one a line, the words or groups of words joined by commas.

    Raises DataError for a line of fewer than two.
    """
    classes = []
    for number, line in enumerate(read_lines(path), 1):
        words = tuple(word.strip() for word in line.split(",") if word.strip())
        if line.strip() and len(words) < 2:
            raise DataError(path, number, "expected words that may trade places, joined by commas")
        if words:
            classes.append(words)
    return tuple(classes)


def _read_config(path: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(path, None, f"expected a TOML file ({error})") from None
    for key, value in said.items():
        if key not in _CONFIG_KEYS or not isinstance(value, _CONFIG_KEYS[key]):
            raise DataError(path, None, f"expected model, joint, [settings] and [training], found {key}")
    return said


def _value(text: str) -> Any:
    """A value as TOML reads it; a bare word is text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _checked(kind: type, values: Mapping[str, Any], what: str) -> Any:
    """The dataclass with these values, each of its field's type. Raises UserError naming one that is not."""
    try:
        return TypeAdapter(kind).validate_python(dict(values), extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # said by the dataclass itself
            raise UserError(f"{what}: {first['ctx']['error']}") from None
        where = ".".join(map(str, first["loc"]))
        raise UserError(f"{what} {where}: {first['msg']}, found {first['input']!r}") from None
