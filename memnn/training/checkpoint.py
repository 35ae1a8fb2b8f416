"""The checkpoint: a folder that a person can read and that appears whole or not at all.

    config.json          which model, its settings, how and on what it was trained
    vocabulary.json      its words, and how answers are spelled
    model.safetensors    the weights
    metrics.jsonl        a line an epoch; curve.png draws it
    state.pt             the optimizer and counters, apart: only to resume

While training the folder is called NAME.partial; a finished one is renamed to NAME.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from memnn.errors import UserError
from memnn.models import MODELS
from memnn.text.vocabulary import Vocabulary

FORMAT = 1  # raised when an older memnn could not read what a newer one writes


@dataclass(frozen=True)
class Config:
    """What config.json says."""

    application: str  # "question_answering"
    model: str  # a name in MODELS
    settings: dict[str, Any]  # of the model
    training: dict[str, Any]  # the options of the loop
    data: dict[str, Any]  # tasks, hold-out seed, number of questions: enough to find the splits again
    format: int = FORMAT
    memnn: str = version("memnn")

    def build(self, vocabulary: Vocabulary) -> nn.Module:
        """The network, with fresh weights."""
        network: nn.Module = MODELS[self.model](**self.settings).build(len(vocabulary))
        return network


def write_json(path: Path, content: Any) -> None:
    """Write a file in one move: whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(partial, path)


def save_weights(folder: Path, weights: Mapping[str, Tensor]) -> None:
    """Write model.safetensors in one move."""
    partial = folder / "model.safetensors.partial"
    save_file(dict(weights), partial)
    os.replace(partial, folder / "model.safetensors")


def begin(out: Path, config: Mapping[str, Any], vocabulary: Vocabulary | None, overwrite: bool) -> Path:
    """The folder to work in, NAME.partial: a new one, or that of an interrupted run of the same command.

    Raises UserError where a finished run stands in the way, or an unfinished one of other settings.
    """
    partial = out.with_name(out.name + ".partial")
    if out.exists() and not overwrite:
        raise UserError(f"{out} is there already: name another folder or say --overwrite")
    if (partial / "config.json").exists():
        begun = _read_json(partial / "config.json")
        if begun == json.loads(json.dumps(config)):
            return partial
        if not overwrite:
            differ = ", ".join(sorted(k for k in {*begun, *config} if begun.get(k) != config.get(k)))
            raise UserError(
                f"{partial} is an unfinished run of other settings ({differ}): finish it with the command "
                "that began it, or say --overwrite"
            )
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    if vocabulary is not None:
        write_json(partial / "vocabulary.json", {"words": vocabulary.words, "spelling": vocabulary.spelling})
    write_json(partial / "config.json", config)
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
    """The folder of a checkpoint: a path, or the name of a repository on the Hugging Face Hub."""
    path = Path(name)
    if (path / "config.json").exists():
        return path
    for other, meaning in ((".partial", "unfinished: give the command that began it again"), (".old", "")):
        beside = path.with_name(path.name + other)
        if (beside / "config.json").exists():
            if not meaning:  # a kill between the two moves of finish()
                return beside
            raise UserError(f"{path} is {meaning}")
    if path.exists():
        raise UserError(f"{path} is not a checkpoint: it has no config.json")
    if str(name).count("/") == 1 and not str(name).startswith((".", "/", "~")):
        try:
            return Path(huggingface_hub.snapshot_download(str(name)))
        except (HfHubHTTPError, LocalEntryNotFoundError, HFValidationError, OSError):
            raise UserError(f"{name} is neither a folder here nor a model that the Hub gives out") from None
    raise UserError(f"{path} is not there")


def read_config(folder: Path) -> dict[str, Any]:
    """config.json, checked to be one this version reads."""
    config = _read_json(folder / "config.json")
    if not isinstance(config, dict) or "format" not in config:
        raise UserError(f"{folder / 'config.json'}: not written by memnn")
    if config["format"] > FORMAT:
        raise UserError(f"{folder}: written by memnn {config.get('memnn')}, a later version; please upgrade")
    return config


def load(folder: Path) -> tuple[Config, Vocabulary, nn.Module]:
    """A checkpoint's config, vocabulary and network, ready to answer.

    Raises UserError, with the file, for a damaged or missing file and for a model unknown here.
    """
    content = read_config(folder)
    try:
        config = Config(**content)
    except TypeError:
        raise UserError(f"{folder / 'config.json'}: not the config of one model") from None
    if config.model not in MODELS:
        raise UserError(f"{folder}: model {config.model!r} is not one of {', '.join(MODELS)}")
    stored = _read_json(folder / "vocabulary.json")
    try:
        vocabulary = Vocabulary(stored["words"], stored["spelling"])
        network = config.build(vocabulary)
        weights = load_file(folder / "model.safetensors")
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{folder}: config.json and vocabulary.json do not fit together ({error})") from None
    except (OSError, SafetensorError) as error:
        raise UserError(f"{folder / 'model.safetensors'}: damaged or missing ({error})") from None
    put_weights(network, weights, folder)
    return config, vocabulary, network.eval()


def put_weights(network: nn.Module, weights: Mapping[str, Tensor], source: Path) -> None:
    """Copy weights into the network; raises UserError unless names and shapes are the network's own."""
    own = dict(network.named_parameters())
    if {name: tensor.shape for name, tensor in weights.items()} != {n: p.shape for n, p in own.items()}:
        raise UserError(f"{source / 'model.safetensors'}: weights of another model than config.json names")
    for name, parameter in own.items():
        parameter.data.copy_(weights[name])


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UserError(f"{path}: damaged or missing ({error})") from None
