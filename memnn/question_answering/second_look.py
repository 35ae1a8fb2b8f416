"""A second look at symbols, where a network errs on validation: which must it read by their names?

What words may trade places is found in training stories alone (`memnn.text.find_symbols`), and not all of it
can be seen there: of three belts the green one is in the middle now and then, and so is every other; only who
knows the order of all six can tell. Then the network cannot answer however long it is trained. So where one
fails in some kind of question another is trained on these questions alone, each batch with some of the
classes that stand in them read by name. Where names set right what is wrong without, and what the first
network has wrong, and not by chance, those that it takes are to be read by name (`names_needed`).
"""

import dataclasses
import itertools
import math
import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from memnn.models.symbol import SymbolMemoryNetwork
from memnn.story import Story
from memnn.text.lexicon import Lexicon
from memnn.text.symbol_batches import SymbolBatch, SymbolTensors
from memnn.training import checkpoint
from memnn.training.data import EVALUATION_BATCH, StoryData
from memnn.training.loop import Progress, train
from memnn.training.options import Options

FAILED = 5.0  # wrong validation questions of a kind, in %
CHANCE = 0.01  # that names are held for needed where they are not, in any kind
SPARED = 0.02  # share of a kind's questions, one at least, that a class may set right and not be needed
SHORT = 3  # what the epochs are divided by
MOST = 20_000  # questions that it is trained on, of all kinds together
WAYS = 12  # of reading stories, where there are more

Named = tuple[int, str]  # a class, and the kind of question in which it is read by name


@dataclasses.dataclass(frozen=True)
class Learner:
    """What trains a network to look with: settings and options of the one that errs."""

    settings: SymbolMemoryNetwork
    options: Options
    folder: Path  # for the state of training, from which an interrupted call goes on
    device: str = "cpu"
    report: Callable[[Progress], None] = lambda progress: None


def names_needed(
    network: Any, lexicon: Lexicon, train_on: Sequence[Story], valid: Sequence[Story], learner: Learner
) -> dict[Named, str]:
    """What a network that was trained on these stories should read by name beside what it does, and why."""
    valid = [story for story in valid if lexicon.can_answer(story)]
    rights = dict[str, np.ndarray]()
    kinds, asked = _by_kind(lexicon, valid), _by_kind(lexicon, train_on)
    for kind, some in kinds.items():
        right = is_right(network, network.tensors(some, lexicon))
        wrong = int((~right).sum())
        if kind in asked and 100 * wrong > FAILED * len(right) and is_no_chance(wrong, 0, CHANCE):
            rights[kind] = right
    classes = {kind: numbers for kind in rights if (numbers := _classes(lexicon, asked[kind]))}
    if not classes:
        return {}
    readings = _Readings(lexicon, train_on, classes)
    failed = [asked[kind] for kind in classes], [kinds[kind] for kind in classes]
    second = _train(readings, len(train_on), *failed, learner)
    needed: dict[Named, str] = {}
    for kind, numbers in classes.items():

        def answered(named: Collection[int], kind: str = kind) -> np.ndarray:
            return is_right(second, second.tensors(kinds[kind], readings.by_name([(n, kind) for n in named])))

        without, best = answered(()), answered(numbers)
        chance = CHANCE / len(classes)
        if not all(_is_better(best, other, chance) for other in (without, rights[kind])):
            continue
        kept = set(numbers)
        for number in numbers:
            if answered(kept - {number}).sum() >= best.sum() - max(1, SPARED * len(best)):
                kept -= {number}
        counts = int((~without).sum()), int((~answered(kept)).sum())
        why = f"{counts[0]} of {len(best)} questions to validate on were wrong without, {counts[1]} with"
        needed |= {(number, kind): why for number in sorted(kept)}
    return needed


def _is_better(right: np.ndarray, other: np.ndarray, chance: float) -> bool:
    return is_no_chance(int((right & ~other).sum()), int((other & ~right).sum()), chance)


def is_no_chance(better: int, worse: int, chance: float) -> bool:
    """Whether, of questions that changed, so many set right and so many set wrong are no chance: McNemar's
    test, sum_{k >= better} C(n, k) / 2^n <= chance, n = better + worse.
    """
    n = better + worse
    term = total = math.comb(n, better)
    for k in range(better, n):
        term = term * (n - k) // (k + 1)
        total += term
    return total / (1 << n) <= chance


@torch.no_grad()
def is_right(network: Any, told: SymbolTensors) -> np.ndarray:
    """For each question whether the network answers it rightly."""
    parts = np.array_split(np.arange(len(told)), math.ceil(len(told) / EVALUATION_BATCH))
    return np.concatenate([network.measure(told.batch(part))[1].numpy() for part in parts])


def _by_kind(lexicon: Lexicon, stories: Sequence[Story]) -> dict[str, list[Story]]:
    """The questions of each kind."""
    kinds: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        kinds[lexicon.symbols.parse(story.question).kind].append(story)
    return kinds


def _classes(lexicon: Lexicon, stories: Sequence[Story]) -> list[int]:
    """The classes that stand in stories with one kind of question, and are not read by name there."""
    symbols = lexicon.symbols
    sentences = {sentence for story in stories for sentence in (*story.facts, story.question)}
    found = {symbols.class_of(filler) for sentence in sentences for filler in symbols.parse(sentence).fillers}
    by_name = symbols.read_by_name(stories[0].question)
    return sorted(number for number in found if number is not None and number not in by_name)


class _Readings:
    """Lexicons that read some classes by name, in the words that any of them needs."""

    def __init__(
        self, lexicon: Lexicon, train_on: Sequence[Story], classes: Mapping[str, Sequence[int]]
    ) -> None:
        self.symbols, self.classes = lexicon.symbols, classes
        every = ((number, kind) for kind, numbers in classes.items() for number in numbers)
        self.lexicon = Lexicon.of_symbols(self.symbols.naming(dict.fromkeys(every, "")), train_on)

    def by_name(self, named: Iterable[Named]) -> Lexicon:
        """What reads these by name, beside those that were."""
        symbols = dataclasses.replace(self.symbols, kinds=self.lexicon.symbols.kinds)
        return self.lexicon.reading(symbols.naming(dict.fromkeys(named, "")))

    def of_training(self) -> list[Lexicon]:
        """Those that training takes in turn: in every kind of question no class by name, all, and others."""
        each = {kind: _subsets(numbers) for kind, numbers in self.classes.items()}
        return [
            self.by_name((n, kind) for kind, some in each.items() for n in some[way % len(some)])
            for way in range(max(map(len, each.values())))
        ]


def _subsets(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """None, all, and every other, or of many as many as there may be, by chance."""
    if 2 ** len(numbers) <= WAYS:
        every = (itertools.combinations(numbers, size) for size in range(len(numbers) + 1))
        return list(itertools.chain.from_iterable(every))
    rng = random.Random(0)
    drawn = (rng.sample(numbers, rng.randrange(1, len(numbers))) for _ in range(WAYS - 2))
    return [(), tuple(numbers), *map(tuple, drawn)]


class _InTurn:
    """The same stories as several lexicons read them, each batch as one of them does, by chance."""

    def __init__(self, readings: Sequence[SymbolTensors]) -> None:
        self.readings, first = readings, readings[0]
        self.lengths, self.kind, self.kinds = first.lengths, first.kind, first.kinds

    def __len__(self) -> int:
        return len(self.lengths)

    def batch(self, indices: np.ndarray) -> SymbolBatch:
        """The stories with these indices."""
        return self.readings[int(torch.randint(len(self.readings), ()))].batch(indices)


def _train(
    readings: _Readings,
    questions: int,
    asked: Sequence[Sequence[Story]],
    held: Sequence[Sequence[Story]],
    learner: Learner,
) -> Any:
    """The network that learns all readings of the failed kinds of question, out of so many questions.

    As in the recipes, fewer questions are read more often.
    """
    rng, most = random.Random(0), MOST // len(asked)
    told = [story for some in asked for story in (some if len(some) <= most else rng.sample(some, most))]
    epochs = learner.options.epochs / SHORT * math.sqrt(questions / len(told))
    options = dataclasses.replace(
        learner.options, epochs=max(1, round(epochs)), restarts=1, keep="last", patience=0, schedule="linear"
    )
    torch.manual_seed(options.seed)
    network = dataclasses.replace(learner.settings, ensemble=1).build(*readings.lexicon.sizes)
    data = StoryData(
        _InTurn([network.tensors(told, lexicon) for lexicon in readings.of_training()]),
        network.tensors([story for some in held for story in some], readings.lexicon),
    )
    learner.folder.mkdir(exist_ok=True)
    trained = train([network], data, options, learner.folder, learner.device, learner.report)
    checkpoint.put_weights(network, trained.weights, "the network that was trained")
    return network.eval()
