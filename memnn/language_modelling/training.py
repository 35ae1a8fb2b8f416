"""Train a language model on a corpus."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int

from memnn.errors import UserError
from memnn.language_modelling.corpus import encode, read_lines, unknown_share
from memnn.language_modelling.counting import count, save_counts
from memnn.language_modelling.data import LanguageData
from memnn.language_modelling.recipes import RECIPES
from memnn.language_modelling.tuning import tune
from memnn.text.word_list import WordList
from memnn.training import checkpoint, plan
from memnn.training.curve import draw_curve
from memnn.training.data import digest
from memnn.training.loop import Progress, Trained, train
from memnn.training.plan import Plan
from memnn.training.processes import own_folder

APPLICATION, DEFAULT_MODEL = "language_modelling", "cache-lm"


@dataclasses.dataclass(frozen=True)
class Corpus:
    """What a network is trained on: words as numbers, and which words they are."""

    words: WordList
    train: Int[np.ndarray, " text"]
    valid: Int[np.ndarray, " text"]
    held_out: bool  # whether `valid` is the tail of one text

    @property
    def unknown(self) -> float:
        """The share of the validation text that the vocabulary lacks, 0 to 1."""
        return unknown_share(self.valid, self.words)


def make_plan(
    config: Path | None = None,
    model: str | None = None,
    assignments: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
) -> Plan:
    """`memnn.training.plan.make_plan` for language models. Raises UserError."""
    made = plan.make_plan(APPLICATION, RECIPES, DEFAULT_MODEL, config, model, assignments, options, device)
    _, chosen = made.resolve()
    if chosen.restarts > 1:
        raise UserError("a language model trains from one start: restarts must be 1")
    if chosen.linear_start_rate > 0:
        raise UserError("a language model has no linear start: linear_start_rate must be 0")
    if chosen.curriculum > 0:
        raise UserError("a text has no short stories to begin with: curriculum must be 0")
    return made


def read_corpus(data: Path, size: int = 0) -> Corpus:
    """The training and validation text of `data`, and a vocabulary of the training text, of `size` words
    (0: see `WordList.of_lines`). Raises UserError.
    """
    train, valid = read_lines(data, "train"), read_lines(data, "valid")
    words = WordList.of_lines(train.lines, size)
    return Corpus(words, encode(train, words), encode(valid, words), train.held_out)


def train_corpus(
    corpus: Corpus,
    out: Path | str,
    plan: Plan | None = None,
    *,
    overwrite: bool = False,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Trained:
    """Train and write the checkpoint folder `out`.

    The same call on an unfinished `out` goes on where it was cut. Raises UserError.
    """
    plan = plan or make_plan()
    with own_folder(Path(out)) as own:
        return _train(corpus, own, plan, overwrite, report)


def _train(
    corpus: Corpus, out: Path, plan: Plan, overwrite: bool, report: Callable[[Progress], None]
) -> Trained:
    model, options = plan.resolve(len(corpus.train))
    data = {
        "words": len(corpus.train),
        "valid": len(corpus.valid),
        "held_out": corpus.held_out,
        "digest": digest([corpus.train.tobytes()], [corpus.valid.tobytes()]),
    }
    config = checkpoint.Config(
        APPLICATION, plan.model, dataclasses.asdict(model), dataclasses.asdict(options), data
    )
    partial = checkpoint.begin(out, vars(config), corpus.words, overwrite)
    torch.manual_seed(options.seed)
    network = model.build(len(corpus.words))
    windows = LanguageData(
        corpus.train, corpus.valid, corpus.words.end, network, model.window, options.precision
    )
    trained = train([network], windows, options, partial, plan.device, report)
    checkpoint.put_weights(network, trained.weights, "the network that was trained")
    tuned = tune(network, corpus.valid, corpus.words.end)
    weights = {name: parameter.detach() for name, parameter in network.named_parameters()}
    checkpoint.save_weights(partial, weights)
    count(network, corpus.train)
    if network.counts is not None:  # beside them the cache has another flatness and mixing
        alone = {
            f"{name}_without_counts": value for name, value in tuned.items() if name != "perplexity_alone"
        }
        tuned = {**alone, **tune(network, corpus.valid, corpus.words.end)}
    save_counts(network, partial)
    trained = dataclasses.replace(trained, measures={**trained.measures, **tuned})
    result = {"best_restart": trained.best, **trained.measures}
    checkpoint.write_json(partial / "result.json", result)
    draw_curve(partial)
    checkpoint.finish(partial, out)
    return trained
