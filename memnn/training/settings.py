"""Settings of a model and options of the loop as people say them: in a config, or as key=value."""

import dataclasses
import json
import tomllib
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from memnn.errors import DataError, UserError
from memnn.training.options import Options

_CONFIG_KEYS = {"model": str, "joint": bool, "settings": dict, "training": dict, "result": dict}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Settings of the model and options of the loop, or functions of how much is trained on."""

    model: dict[str, Any] = dataclasses.field(default_factory=dict)
    training: dict[str, Any] = dataclasses.field(default_factory=dict)

    def for_amount(self, amount: int) -> "Recipe":
        """The recipe for so many questions, or words of a text: functions called with the amount."""
        return Recipe(
            *(
                {name: v(amount) if callable(v) else v for name, v in part.items()}
                for part in (self.model, self.training)
            )
        )


def assign(
    assignments: Sequence[str],
    model: type,
    settings: MutableMapping[str, Any],
    training: MutableMapping[str, Any],
) -> None:
    """Put each "key=value" among the settings of the model or the options of the loop. Raises UserError."""
    of_model = {field.name for field in dataclasses.fields(model)}
    of_loop = {field.name for field in dataclasses.fields(Options)}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or name not in of_model | of_loop:
            known = ", ".join(sorted(of_model | of_loop))
            raise UserError(f"--set {assignment}: expected name=value with a name of {known}")
        (settings if name in of_model else training)[name] = read_value(value)


def read_config(path: Path) -> dict[str, Any]:
    """A file of configs/. Raises DataError."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(path, None, f"expected a TOML file ({error})") from None
    for key, value in said.items():
        if key not in _CONFIG_KEYS or not isinstance(value, _CONFIG_KEYS[key]):
            raise DataError(path, None, f"expected model, joint, [settings] and [training], found {key}")
    return said


def read_value(text: str) -> Any:
    """A value as TOML reads it; a bare word is text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def checked(kind: type, values: Mapping[str, Any], what: str, *, strict: bool = False) -> Any:
    """The dataclass with these values, each of its field's type; `strict`: a "4" is no 4.

    Raises UserError naming one that is not.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    try:
        if strict:  # as JSON, in which a tuple is a list
            return adapter.validate_json(json.dumps(values), strict=True, extra="forbid")
        return adapter.validate_python(dict(values), extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # said by the dataclass itself
            raise UserError(f"{what}: {first['ctx']['error']}") from None
        where = ".".join(map(str, first["loc"]))
        raise UserError(f"{what} {where}: {first['msg']}, found {first['input']!r}") from None
