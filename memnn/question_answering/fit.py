"""Train networks on stories in memory: what a run does inside, and what one's own parts are tried with."""

import dataclasses
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from memnn.errors import UserError
from memnn.models import MODELS
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.models.symbol_ensemble import SymbolEnsemble
from memnn.models.symbol_training import begin_with
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.reader import Reader
from memnn.question_answering.telling import how_asked
from memnn.story import Story
from memnn.tasks import sort_tasks
from memnn.text.lexicon import Lexicon
from memnn.text.vocabulary import Vocabulary
from memnn.training import checkpoint
from memnn.training.data import StoryData, story_data
from memnn.training.loop import Progress, Trained, train
from memnn.training.options import Options
from memnn.training.restarts import Restarts

Build = Callable[..., Any]  # the sizes of a vocabulary to a fresh network


def fit(
    build: Any, train_on: Sequence[Story], valid: Sequence[Story] = (), **options: Any
) -> QuestionAnswerer:
    """Train networks that `build(vocab)` makes, and return the one kept, ready to answer.

    In place of `build` the settings of one of MODELS serve too: `fit(SymbolMemoryNetwork(hops=3), stories)`.
    `options` are those of `memnn.training.options.Options`. Nothing is written: a network of one's own
    parts has no name that a checkpoint could be loaded by. Raises UserError.
    """
    make = maker(build)
    chosen, vocabulary = Options(**options), find_vocabulary(build, train_on)
    check_restarts(build, chosen)
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


def check_restarts(settings: Any, options: Options) -> None:
    """Raises UserError for several restarts of what is trained once."""
    if options.restarts > 1 and getattr(settings, "ensemble", 1) > 1:
        raise UserError("the members of an ensemble are trained as restarts are: restarts must be 1")
    if options.restarts > 1 and getattr(settings, "hashing", "none") != "none":
        raise UserError("a memory is hashed for one network at a time: restarts must be 1")


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
    """Train the restarts that the options ask for, with the state of training in `folder`; or the members of
    an ensemble, side by side as restarts, of which all are kept.

    `init` names a run of the same sizes (`Plan.resolve` sees to it) whose weights they all begin with.
    """
    torch.manual_seed(options.seed)
    networks = [build(*vocabulary.sizes) for _ in range(options.restarts)]
    ensemble = networks[0] if isinstance(networks[0], SymbolEnsemble) else None
    if init is not None:
        _, known, first = checkpoint.load(checkpoint.find(init))
        for network in networks:
            begin_with(first, network, known, vocabulary)
    data = story_data(train_on, valid, vocabulary, networks[0])
    if ensemble is None:
        return train(networks, data, options, folder, device, report)
    trained = train(list(ensemble.members), data, options, folder, device, report)
    for member, weights in zip(ensemble.members, trained.every):
        checkpoint.put_weights(member, weights, "the member that was trained")
    return _measure_together(ensemble, data)


@torch.no_grad()
def _measure_together(ensemble: SymbolEnsemble, data: StoryData) -> Trained:
    """What an ensemble comes to, whose members have been trained."""
    together, device = Restarts([ensemble]).eval(), torch.device("cpu")
    measured = {"training_loss": data.training_loss(together, device), **data.validate(together, device)}
    return Trained(together.weights(0), 0, {name: values.tolist() for name, values in measured.items()})
