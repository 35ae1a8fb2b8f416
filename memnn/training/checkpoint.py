"""The checkpoint: a folder that a person can read and that appears whole or not at all.

    config.json          which model, its settings, how and on what it was trained
    vocabulary.json      its words, and how answers are spelled
    model.safetensors    the weights
    metrics.jsonl        a line an epoch; curve.png draws it
    result.json          what it reached in the end
    text.safetensors     of a language model that counts it, the text it was trained on
    state.pt             the optimizer and counters, apart: only to resume

While training the folder is called NAME.partial; a finished one is renamed to NAME.
"""

import importlib.resources
import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import huggingface_hub
import torch
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from memnn.errors import UserError
from memnn.files import write_file
from memnn.models import MODELS_OF
from memnn.training.settings import checked

PRETRAINED = "pretrained"  # the name of the network that comes with the package
FITTING = {  # what the models of an application do, and the command for it
    "question_answering": ("answers questions", "ask"),
    "dialogue": ("holds conversations", "chat"),
    "language_modelling": ("predicts words", "generate"),
}
FILES = ("config.json", "vocabulary.json", "model.safetensors", "text.safetensors")  # all a model needs
_OTHERS = ("metrics.jsonl", "curve.png", "result.json", "state.pt")  # that a run may have
LOOK, NAMED = "look", "named"  # of an unfinished run: a second look, and the training after it
ASIDE = (LOOK, f"{NAMED}.partial")  # their folders
FORMAT = 1  # raised when an older memnn could not read what a newer one writes


@dataclass(frozen=True)
class Config:
    """What config.json says."""

    application: str  # a name in MODELS_OF
    model: str  # a name in the MODELS of the application
    settings: dict[str, Any]  # of the model
    training: dict[str, Any]  # the options of the loop
    data: dict[str, Any]  # tasks, hold-out seed, number of questions: enough to find the splits again
    format: int = FORMAT
    memnn: str = version("memnn")

    @property
    def kind(self) -> Any:
        """The class of the model's settings. Raises LookupError where there is no such model."""
        return MODELS_OF[self.application][self.model]

    def build(self, vocabulary: Any) -> nn.Module:
        """The network, with fresh weights. Raises UserError for a setting that is not of its type."""
        settings = checked(self.kind, self.settings, "setting", strict=True)
        network: nn.Module = settings.build(*vocabulary.sizes)
        return network


def use_threads(config: Config) -> None:
    """Compute with as many CPU threads as in training, in this whole process: small models want one.

    Raises UserError where the config names no number of threads.
    """
    threads = config.training.get("threads", 1)
    if not isinstance(threads, int) or threads < 1:
        raise UserError(f"config.json: threads must be a number from 1 on, not {threads!r}")
    torch.set_num_threads(threads)


def write_json(path: Path, content: Any) -> None:
    """Write a file of JSON that people can read. Raises UserError."""
    write_file(path, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())


def save_weights(folder: Path, weights: Mapping[str, Tensor]) -> None:
    """Write model.safetensors. Raises UserError."""
    write_file(folder / "model.safetensors", save(dict(weights)))


def write(
    out: Path,
    config: Config,
    vocabulary: Any,
    weights: Mapping[str, Tensor],
    overwrite: bool = False,
    beside: Callable[[Path], None] = lambda folder: None,
) -> None:
    """Write a checkpoint that is not of a training, with what `beside` puts there. Raises UserError."""
    partial = begin(out, vars(config), vocabulary, overwrite)
    save_weights(partial, weights)
    beside(partial)
    finish(partial, out)


def check_free(out: Path, overwrite: bool) -> None:
    """Raises UserError where a finished run would be in the way of `out`, or what is no run would be lost."""
    if out.name in ("", ".."):
        raise UserError(f"{out}: expected a folder with a name of its own")
    for folder in (out, out.with_name(out.name + ".partial"), out.with_name(out.name + ".old")):
        if not _may_go(folder):
            raise UserError(f"{folder} is there and is no run: name another folder")
    if out.exists() and not overwrite:
        raise UserError(f"{out} is there already: name another folder or say --overwrite")


def begin(out: Path, config: Mapping[str, Any], vocabulary: Any, overwrite: bool) -> Path:
    """The folder to work in, NAME.partial: a new one, or that of an interrupted run of the same command.

    `vocabulary` is a Vocabulary or a Lexicon, as the model has it, or None.

    Raises UserError where a finished run stands in the way, or an unfinished one of other settings or
    stories; and where what would be overwritten is no run.
    """
    check_free(out, overwrite)
    partial = out.with_name(out.name + ".partial")
    content = {"config.json": config}
    if vocabulary is not None:
        content["vocabulary.json"] = vocabulary.to_json()
    if (partial / "config.json").exists():
        differ = [name for name in content if not _holds(partial / name, content[name])]
        if not differ:
            return partial
        if not overwrite:
            raise UserError(
                f"{partial} is an unfinished run of other settings or stories (another {differ[0]}): finish "
                "it with the command that began it, or say --overwrite"
            )
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in reversed(content):  # config.json last: a folder without it was not begun
        write_json(partial / name, content[name])
    return partial


def finish(partial: Path, out: Path) -> None:
    """Give the finished folder its name; what stood there before is removed last."""
    old = out.with_name(out.name + ".old")
    if out.exists():
        shutil.rmtree(old, ignore_errors=True)
        os.rename(out, old)
    os.rename(partial, out)
    shutil.rmtree(old, ignore_errors=True)


def find(name: Path | str) -> Path:
    """The folder of a checkpoint: a path, PRETRAINED, or a repository's name on the Hugging Face Hub."""
    if not str(name):
        raise UserError("an empty name is not a checkpoint: expected the folder of a run")
    path = Path(name)
    if (path / "config.json").exists():
        return path
    if str(name) == PRETRAINED and not path.exists():
        return Path(str(importlib.resources.files("memnn"))) / "pretrained"
    old, partial = (path.parent / (path.name + other) for other in (".old", ".partial"))
    if (old / "config.json").exists():  # a kill between the two moves of finish()
        return old
    if (partial / "config.json").exists():
        raise UserError(f"{path} is unfinished: give the command that began it again")
    if path.exists():
        raise UserError(f"{path} is not a checkpoint: it has no config.json")
    # a folder of that owner's name here means that the path was misspelt
    if str(name).count("/") == 1 and not str(name).startswith((".", "/", "~")) and not path.parent.exists():
        try:
            return Path(
                huggingface_hub.snapshot_download(str(name), allow_patterns=[f"*{name}" for name in FILES])
            )
        except (HfHubHTTPError, LocalEntryNotFoundError, HFValidationError, OSError):
            raise UserError(f"{name} is neither a folder here nor a model that the Hub gives out") from None
    raise UserError(f"{path} is not there")


def expect(folder: Path, application: str) -> None:
    """Raises UserError, naming the command that fits, where a run is of another application."""
    found = read_config(folder).get("application")
    if found != application and found in FITTING:
        does, command = FITTING[found]
        raise UserError(f"{folder}: a model that {does}: `memnn {command} {folder}` is for it")


def read_config(folder: Path) -> dict[str, Any]:
    """config.json, checked to be one this version reads."""
    config = read_json(folder / "config.json")
    kinds = {"format": int, "application": str}
    if not isinstance(config, dict) or not all(isinstance(config.get(k), kind) for k, kind in kinds.items()):
        raise UserError(f"{folder / 'config.json'}: not written by memnn")
    if config["format"] > FORMAT:
        raise UserError(f"{folder}: written by memnn {config.get('memnn')}, a later version; please upgrade")
    return config


def load(folder: Path) -> tuple[Config, Any, nn.Module]:
    """A checkpoint's config, vocabulary and network, ready to answer.

    Raises UserError, with the file, for a damaged or missing file and for a model unknown here.
    """
    read_config(folder)
    config: Config = _read_as(Config, folder / "config.json", "the config of one model")
    known = MODELS_OF.get(config.application, {})
    if config.model not in known:
        names = ", ".join(known) or f"those of {config.application!r}, which this memnn does not know"
        raise UserError(f"{folder}: model {config.model!r} is not one of {names}")
    stored = read_json(folder / "vocabulary.json")
    try:
        vocabulary = config.kind.vocabulary.from_json(stored)
    except (AttributeError, LookupError, TypeError, ValueError):
        raise UserError(f"{folder / 'vocabulary.json'}: not a vocabulary of {config.model}") from None
    try:
        network = config.build(vocabulary)
    except (UserError, LookupError, TypeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f"{folder / 'config.json'}: settings that {config.model} cannot have: {reason}"
        ) from None
    try:
        weights = load_file(folder / "model.safetensors")
    except (OSError, SafetensorError) as error:
        raise UserError(f"{folder / 'model.safetensors'}: damaged or missing ({error})") from None
    put_weights(network, weights, folder / "model.safetensors")
    return config, vocabulary, network.eval()


def put_weights(network: nn.Module, weights: Mapping[str, Tensor], source: Path | str) -> None:
    """Copy weights into the network; raises UserError unless names and shapes are the network's own."""
    own = dict(network.named_parameters())
    if {name: tensor.shape for name, tensor in weights.items()} != {n: p.shape for n, p in own.items()}:
        raise UserError(f"{source}: weights of another model than config.json names")
    for name, parameter in own.items():
        parameter.data.copy_(weights[name])


def read_json(path: Path) -> Any:
    """The content of a file of JSON. Raises UserError when it is damaged or missing."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except OSError as error:
        raise UserError(f"{path}: expected a file that can be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: damaged: expected text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise UserError(f"{path}:{error.lineno}: damaged: expected JSON: {error.msg}") from None


def _read_as(kind: type, path: Path, what: str) -> Any:
    try:
        return TypeAdapter(kind).validate_python(read_json(path), extra="forbid")
    except ValidationError:
        raise UserError(f"{path}: not {what}") from None


def _may_go(folder: Path) -> bool:
    """Whether nothing would be lost with it: it is not there, or a run, or what is left of one."""
    if not folder.exists():
        return True
    said = None
    if (folder / "config.json").exists():
        with suppress(UserError):  # damaged
            said = read_json(folder / "config.json")
    if said is not None:
        return isinstance(said, dict) and isinstance(said.get("format"), int)
    return folder.is_dir() and all(
        path.name.removesuffix(".partial") in (*FILES, *_OTHERS)
        if path.is_file()
        else (path.name.startswith("task-") or path.name in ASIDE) and _may_go(path)
        for path in folder.iterdir()
    )


def _holds(path: Path, content: Any) -> bool:
    """Whether the file is whole and says this."""
    try:
        said = read_json(path)
    except UserError:
        return False
    return bool(said == json.loads(json.dumps(content)))  # a tuple is read as a list
