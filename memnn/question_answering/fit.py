"""Train networks on stories in memory: what a run does inside, and what one's own parts are tried with."""

import dataclasses
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from memnn.models import MODELS
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.models.symbol_training import begin_with
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.reader import Reader
from memnn.question_answering.telling import how_asked
from memnn.story import Story
from memnn.tasks import sort_tasks
from memnn.text.lexicon import Lexicon
from memnn.text.vocabulary import Vocabulary
from memnn.training import checkpoint
from memnn.training.data import StoryData
from memnn.training.loop import Progress, Trained, train
from memnn.training.options import Options

Build = Callable[..., Any]  # the sizes of a vocabulary to a fresh network


def fit(
    build: Any, train_on: Sequence[Story], valid: Sequence[Story] = (), **options: Any
) -> QuestionAnswerer:
    """Train networks that `build(vocab)` makes, and return the one kept, ready to answer.

    In place of `build` the settings of one of MODELS serve too: `fit(SymbolMemoryNetwork(hops=3), stories)`.
    `options` are those of `memnn.training.options.Options`. Nothing is written: a network of one's own
    parts has no name that a checkpoint could be loaded by.
    """
    make = maker(build)
    chosen, vocabulary = Options(**options), find_vocabulary(build, train_on)
    with tempfile.TemporaryDirectory() as folder:
        trained = train_networks(make, train_on, valid, vocabulary, chosen, Path(folder))
    network = make(*vocabulary.sizes)
    checkpoint.put_weights(network, trained.weights, "the network that was trained")
    data = {
        "tasks": sort_tasks(story.task for story in train_on),
        "holdout_seed": 0,
        **how_asked(train_on),
    }
    config = checkpoint.Config("question_answering", "own parts", {}, dataclasses.asdict(chosen), data)
    return QuestionAnswerer({"": Reader(config, vocabulary, network.eval())})


def maker(build: Any) -> Build:
    """What makes a network, of the settings of one of MODELS or as it is."""
    make: Build = build.build if type(build) in MODELS.values() else build
    return make


def find_vocabulary(
    build: Any, stories: Sequence[Story], given: Sequence[Sequence[str]] = ()
) -> Vocabulary | Lexicon:
    """The words of the stories as the networks need them, from what `fit` takes.

    `given` are classes of symbols, for a model that has symbols.
    """
    if isinstance(build, SymbolMemoryNetwork):
        return Lexicon.of_stories(stories, given, always_by_name=build.by_name)
    make = maker(build)
    vocabulary = Vocabulary.of_stories(stories)
    writes = make(len(vocabulary)).writes
    return Vocabulary.of_stories(stories, written=True) if writes else vocabulary


def train_networks(
    build: Build,
    train_on: Sequence[Story],
    valid: Sequence[Story],
    vocabulary: Any,
    options: Options,
    folder: Path,
    device: str = "cpu",
    report: Callable[[Progress], None] = lambda progress: None,
    init: str | None = None,
) -> Trained:
    """Train the restarts that the options ask for, with the state of training in `folder`.

    `init` names a run of the same sizes (`Plan.resolve` sees to it) whose weights they all begin with.
    """
    torch.manual_seed(options.seed)
    networks = [build(*vocabulary.sizes) for _ in range(options.restarts)]
    if init is not None:
        _, known, first = checkpoint.load(checkpoint.find(init))
        for network in networks:
            begin_with(first, network, known, vocabulary)
    data = StoryData(train_on, valid, vocabulary, networks[0])
    return train(networks, data, options, folder, device, report)
